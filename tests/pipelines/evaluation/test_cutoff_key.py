"""The key of finished cut-offs: what it is made of, and that the same settings have the same key."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines import ROOT
from pipelines.config import Question
from pipelines.config_file import read_config
from pipelines.evaluation import cutoff_key
from pipelines.evaluation.cutoff_key import cut_off_key, digest, kept_in, program, source_files
from scoring.nights.parts import TableInput
from tests.test_import_rule import modules_of

PROGRAM = "0123456789abcdef" * 4
OWN_FEATURES = """
[[feature]]
type = "Age"
name = "known_for"
[[feature]]
type = "Recency"
name = "since_trial"
activity = "trial"
"""
OWN = """
[training]
l2 = 2
horizon_days = 90
[features]
file = "own.toml"
[attributes]
trust = ["a"]
[mql]
threshold = 40
"""


def export() -> Any:
    """As much of an export as the key reads."""
    inputs = {
        "leads": TableInput(sha256="aa" * 32, rows=3, rejected=0),
        "opportunities": TableInput(sha256="bb" * 32, rows=5, rejected=0),
    }
    return SimpleNamespace(kept="", inputs=inputs, as_of=date(2025, 12, 29))


@pytest.mark.parametrize(
    ("entity", "config", "expected"),
    # Written out: if one changes, every store backtests its finished cut-offs again. A new key of [input] does that.
    [
        ("lead", "", "5b2a7264ce8ea526"),
        ("account", OWN, "c83b19710991262a"),
        ("account", OWN + "[matching]\nnames = true\n", "c83b19710991262a"),  # names are for review only
        ("account", OWN + "[capacity]\nshare = 0.2\n[backtest]\ncut_offs = 9\n", "c83b19710991262a"),
        # What is written of a night, where to and for how long changes no forecast.
        (
            "account",
            OWN + '[crm]\nfiles = ["odoo"]\n[night]\nnights = 3\n[ledger]\nkeep_files = 2\n',
            "c83b19710991262a",
        ),
    ],
)
def test_the_same_settings_have_the_same_key(
    entity: Any, config: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutoff_key, "program", lambda: PROGRAM)
    (tmp_path / "own.toml").write_text(OWN_FEATURES)
    (tmp_path / "closedwon.toml").write_text(config)
    assert cut_off_key(export(), entity, read_config(tmp_path / "closedwon.toml")) == expected


def test_another_question_is_judged_anew(tmp_path: Path) -> None:
    (tmp_path / "closedwon.toml").write_text('[question]\nwin = "any"\n')
    asked = read_config(tmp_path / "closedwon.toml")
    assert cut_off_key(export(), "lead", asked) != cut_off_key(export(), "lead", replace(asked, question=Question()))


def test_the_cut_offs_of_the_release_before_are_found_also_where_other_sections_are_set(tmp_path: Path) -> None:
    (tmp_path / "closedwon.toml").write_text("[ledger]\nkeep_files = 2\n")
    config = read_config(tmp_path / "closedwon.toml")
    own, earlier = (
        tmp_path / "lead" / cut_off_key(export(), "lead", config, neutral=neutral) for neutral in (True, False)
    )
    assert kept_in(tmp_path, export(), "lead", config) == own
    earlier.mkdir(parents=True)
    assert kept_in(tmp_path, export(), "lead", config) == earlier != own
    own.mkdir()
    assert kept_in(tmp_path, export(), "lead", config) == own


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small program: a file in each room."""
    for place in ("scoring/scorecard/lookup.py", "models/hazard.py", "pipelines/evaluation/cutoff.py"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(place)
    return tmp_path


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("scoring/scorecard/lookup.py", True),
        ("models/new.py", True),
        ("pipelines/training/fitting.py", True),
        ("pipelines/clients.py", True),
        ("scoring/evidence/crm.py", True),
        ("scoring/crm/odoo/fields.py", False),
        ("pipelines/reports/drawing/svg.py", False),
        ("pipelines/serving/score.py", False),
        ("pipelines/delivery/files.py", False),
        ("pipelines/commands/nightly.py", False),
        ("pipelines/cli.py", False),
        ("pipelines/evaluation/cutoff_key.py", False),
        ("pipelines/evaluation/notes.md", False),
    ],
)
def test_what_cannot_change_a_forecast_is_left_out(source: Path, place: str, changes: bool) -> None:
    before = digest(source)
    (source / place).parent.mkdir(parents=True, exist_ok=True)
    (source / place).write_text("changed")
    assert (digest(source) != before) is changes


@pytest.mark.parametrize("room", ["scoring", "models", "pipelines"])
def test_a_room_without_source_is_refused(source: Path, room: str) -> None:
    (file,) = (source / room).rglob("*.py")
    file.unlink()
    with pytest.raises(RuntimeError, match=f"no source file was found in {source / room}"):
        digest(source)


def test_a_release_with_the_same_forecasts_keeps_its_cut_offs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutoff_key, "SAME_FORECASTS", {digest(): PROGRAM})
    program.cache_clear()
    assert program() == PROGRAM
    monkeypatch.setattr(cutoff_key, "SAME_FORECASTS", {"another": PROGRAM})
    program.cache_clear()
    assert program() == digest()
    program.cache_clear()


def loaded(module: str, seen: set[str]) -> Iterator[Path]:
    """The files of ours that a module imports, wherever the import stands, and all that these import."""
    path = ROOT.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.exists():
            yield file
            for name in modules_of(ast.parse(file.read_text(encoding="utf-8"))) - seen:
                seen.add(name)
                yield from loaded(name, seen)


def test_a_backtest_loads_nothing_that_is_left_out() -> None:
    files = set(loaded("pipelines.evaluation.cutoff", set()))
    assert ROOT / "models" / "outcome.py" in files
    left_out = {str(file.relative_to(ROOT)) for file in files - set(source_files())}
    # The configuration names the CRMs that there are, and the intake writes rejected rows as CRM files are written.
    assert {file for file in left_out if not file.startswith("scoring/crm/")} == set()
