"""The commands of `docs/start.md`, run as they are written on an export of the simulated market.

What they take is the size of a training and of a backtest: the configuration that `init` wrote is given smaller ones.
"""

import shlex
from pathlib import Path

import pytest

from benchmarks.raw_markets import salesforce
from pipelines.cli import main
from scoring.simulator import simulate
from tests.pipelines.small_crm import KINDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "start.md"
COMMANDS = [
    line.split(maxsplit=1)[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("    closedwon ")
]
#: The sizes, for the end of the configuration.
SMALL = "[training]\nmax_rows = 20_000\nmax_snapshots = 12\nresamples = 2\n[backtest]\nworkers = 1\nreplicates = 20\n"


@pytest.mark.slow
def test_the_commands_lead_from_a_raw_export_to_files_for_the_crm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = simulate(accounts=1_200, seed=7)
    touches = market.tables["activities"]
    market.tables["activities"] = touches[touches["activity_type"].isin(KINDS)]
    (tmp_path / "salesforce").mkdir()
    salesforce.write(market.export(market.as_of), tmp_path / "salesforce" / "WE_00D000000000001_1.ZIP")
    monkeypatch.chdir(tmp_path)
    init, *others = COMMANDS
    assert (init.partition(" ")[0], main(shlex.split(init))) == ("init", 0)
    with (tmp_path / "crm" / "closedwon.toml").open("a", encoding="utf-8") as config:
        config.write(SMALL)
    assert [(command, main(shlex.split(command))) for command in others] == [(command, 0) for command in others]
    assert (tmp_path / "report.html").stat().st_size > 10_000
    files = [path for path in (tmp_path / "scores").rglob("*.csv") if "salesforce" in str(path)]
    assert any("00159" in path.read_text(encoding="utf-8-sig") for path in files)
