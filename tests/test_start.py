"""The commands of `docs/start.md`, run as they are written on an export of the simulated market."""

import shlex
from pathlib import Path

import pytest

from benchmarks.raw_markets import salesforce
from pipelines.cli import main
from scoring.simulator import simulate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "start.md"
COMMANDS = [
    line.split(maxsplit=1)[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("    closedwon ")
]


@pytest.mark.slow
def test_the_commands_lead_from_a_raw_export_to_files_for_the_crm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = simulate(accounts=1_500, seed=7)
    (tmp_path / "salesforce").mkdir()
    salesforce.write(market.export(market.as_of), tmp_path / "salesforce" / "WE_00D000000000001_1.ZIP")
    monkeypatch.chdir(tmp_path)
    assert [(command, main(shlex.split(command))) for command in COMMANDS] == [(command, 0) for command in COMMANDS]
    assert (tmp_path / "report.html").stat().st_size > 10_000
    files = [path for path in (tmp_path / "scores").rglob("*.csv") if "salesforce" in str(path)]
    assert any("00159" in path.read_text(encoding="utf-8-sig") for path in files)
