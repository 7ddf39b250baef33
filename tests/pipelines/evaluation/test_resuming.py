"""A backtest that was begun before: what is kept, what is backtested anew, by one process or two."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Backtest, Capacity, Config, Gate, Mql
from pipelines.evaluation.backtest import EVIDENCE, backtest, prepared_cut_offs
from pipelines.evaluation.cutoff import CutOff, backtest_cut_off
from pipelines.evaluation.cutoff_key import cut_off_key
from pipelines.evaluation.parallel import backtest_all, run_parallel
from scoring.timeline import day_number
from tests.pipelines.evaluation.small_backtest import CONFIG, CUT_OFFS, Done, export, silent

pytestmark = pytest.mark.slow


@pytest.fixture
def tested(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The days that are backtested, in their order."""
    days: list[str] = []

    def counted(cut_off: CutOff) -> dict[str, Any]:
        days.append(cut_off.date)
        return backtest_cut_off(cut_off)

    monkeypatch.setattr("pipelines.evaluation.parallel.backtest_cut_off", counted)
    return days


def test_a_finished_cut_off_is_not_backtested_again(done: Done, tested: list[str], tmp_path: Path) -> None:
    (folder := tmp_path / "lead" / done.folder.name).mkdir(parents=True)
    for file in done.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "2025-08-31.json").unlink()  # it is written last: the forecasts may not be whole
    messages: list[str] = []
    assert backtest(done.export, "lead", CONFIG, tmp_path, say=messages.append) == done.evidence
    assert tested == ["2025-08-31"]
    assert "  2025-09-30: done before" in messages


def test_a_killed_backtest_goes_on_where_it_was(done: Done, tested: list[str], tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def interrupted(cut_off: CutOff) -> dict[str, Any]:
        if cut_off.date == "2025-08-31":
            raise Killed
        return backtest_cut_off(cut_off)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.evaluation.parallel.backtest_cut_off", interrupted)
        with pytest.raises(Killed):
            backtest(done.export, "lead", CONFIG, tmp_path, say=silent)
    assert not list(tmp_path.rglob(EVIDENCE))
    days = [day_number(date.fromisoformat(day)) for day in CUT_OFFS]
    with prepared_cut_offs(done.export, "lead", CONFIG, tmp_path, days) as cut_offs:
        assert [cut_off.date for cut_off, _ in backtest_all(cut_offs, CONFIG, silent)] == CUT_OFFS
    assert tested == ["2025-08-31"]  # the newest was first, and is kept


@pytest.mark.parametrize(
    ("config", "same"),
    [
        (replace(CONFIG, training=replace(CONFIG.training, max_snapshots=7)), False),
        (replace(CONFIG, mql=Mql(threshold=40.0)), False),
        (replace(CONFIG, backtest=Backtest(cut_offs=5, replicates=50)), True),
        (replace(CONFIG, capacity=Capacity(share=0.2), gate=Gate(cut_offs=1)), True),
    ],
)
def test_what_changes_a_forecast_is_backtested_anew(done: Done, config: Config, same: bool) -> None:
    assert (cut_off_key(done.export, "lead", config) == cut_off_key(done.export, "lead", CONFIG)) is same


def test_other_tables_and_another_day_are_backtested_anew(done: Done, tmp_path: Path) -> None:
    frames, own = done.frames, cut_off_key(done.export, "lead", CONFIG)
    same = export(frames, tmp_path / "same")
    fewer = export(frames | {"activities": frames["activities"][1:]}, tmp_path / "fewer")
    assert cut_off_key(same, "lead", CONFIG) == own
    assert (
        len(
            {
                own,
                cut_off_key(fewer, "lead", CONFIG),
                cut_off_key(replace(same, as_of=date(2025, 12, 28)), "lead", CONFIG),
            }
        )
        == 3
    )


def test_two_processes_find_what_one_does(done: Done, tmp_path: Path) -> None:
    two = replace(CONFIG, backtest=replace(CONFIG.backtest, workers=2))
    assert backtest(done.export, "lead", two, tmp_path, say=silent) == done.evidence


def test_results_come_as_they_are_done_and_nothing_to_do_is_nothing(done: Done) -> None:
    cut_off = CutOff("lead", 3, 9, CONFIG, done.folder, done.folder)
    other: Callable[[CutOff], str] = lambda cut_off: cut_off.date  # noqa: E731
    assert list(run_parallel(other, {4: cut_off}, CONFIG)) == [(4, "1970-01-04")]
    assert list(run_parallel(other, {}, CONFIG)) == []
