"""One past cut-off: nothing later reaches a forecast."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.backtest import prepared_cut_offs
from pipelines.evaluation.cutoff import _with_known_outcomes, backtest_cut_off, upto_day
from pipelines.intake.leak_guard import guard_attributes
from pipelines.training.fitting import fit_scorecard
from pipelines.training.neglect import LEFT_ALONE
from scoring.features.facts import market
from scoring.knowledge import LooksAhead, upto
from scoring.timeline import day_number
from tests.pipelines.evaluation.small_backtest import CONFIG, CUT_OFFS, Done, export
from tests.pipelines.small_crm import AS_OF, Frames, people, with_rows

OUTCOMES = ["won", "won_period", "amount"]


def forecast(frames: Frames, folder: Path, day: str) -> pd.DataFrame:
    """The forecasts of one cut-off, backtested on an export as of `AS_OF`."""
    known = export(frames, folder / "crm")
    with prepared_cut_offs(known, "lead", CONFIG, folder / "kept", [day_number(date.fromisoformat(day))]) as (cut_off,):
        backtest_cut_off(cut_off)
        return cut_off.forecast()


def rows_known_from(frames: Frames, day: str) -> Frames:
    """New leads, deals won and lost, touches: all of them known on this day or later."""
    at, leads = pd.Timestamp(day), list(frames["leads"]["lead_id"])
    won_already = set(frames["opportunities"].query("status == 'won'")["lead_id"])
    waiting = [name for name in leads if name not in won_already][:40]
    later = [at + pd.Timedelta(days=i) for i in range(40)]
    won = {"status": "won", "amount": 9e6}
    return with_rows(
        frames,
        leads=[
            {"lead_id": f"new-{i}", "created_at": when, "source": "event", "size": 7.0, "industry": "Health"}
            for i, when in enumerate(later)
        ],
        opportunities=[
            {"opportunity_id": f"new-{i}", "lead_id": name, "created_at": when, "closed_at": when} | won
            for i, (name, when) in enumerate(zip(waiting, later, strict=True))
        ],
        activities=[
            {"lead_id": name, "activity_type": "demo_request", "occurred_at": when}
            for name in leads
            for when in later[:3]
        ],
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("known_from", "outcomes_change"),
    [(AS_OF, False), ("2025-09-30", True)],
    ids=["after the last horizon", "on the day of the cut-off and after it"],
)
def test_later_rows_change_no_forecast(done: Done, tmp_path: Path, known_from: str, outcomes_change: bool) -> None:
    before = pd.read_parquet(done.folder / "2025-09-30.parquet")
    after = forecast(rows_known_from(done.frames, known_from), tmp_path, "2025-09-30")
    pd.testing.assert_frame_equal(after.drop(columns=OUTCOMES), before.drop(columns=OUTCOMES), check_exact=True)
    assert before[OUTCOMES].equals(after[OUTCOMES]) is not outcomes_change


def test_earlier_rows_do_change_a_forecast(done: Done, tmp_path: Path) -> None:
    before = pd.read_parquet(done.folder / "2025-09-30.parquet")
    after = forecast(rows_known_from(done.frames, "2025-09-29"), tmp_path, "2025-09-30")
    assert not after["p_closedwon"].equals(before["p_closedwon"])


def test_the_model_gets_tables_that_raise_when_it_looks_further(done: Done, tmp_path: Path) -> None:
    day = day_number(date.fromisoformat(CUT_OFFS[0]))
    with prepared_cut_offs(done.export, "lead", CONFIG, tmp_path, [day]) as (cut_off,):
        past = upto_day(cut_off)
        with pytest.raises(LooksAhead, match="known before 2025-09-01, but these tables end before 2025-08-31"):
            upto(past.tables, day + 1)
        with pytest.raises(LooksAhead, match="known before 2025-09-01, but these tables end before 2025-08-31"):
            fit_scorecard(past.tables, "lead", day + 1, CONFIG, keep=past.keep)
        with pytest.raises(LooksAhead, match="Learning as of 2025-08-30 needs tables that end there"):
            fit_scorecard(past.tables, "lead", day - 1, CONFIG, keep=past.keep)


def filled_by_the_win() -> Frames:
    """Somebody enters the onboarding of most customers; of the others, of one in fifty."""
    frames = people(300, 200)
    won = set(frames["opportunities"].query("status == 'won'")["lead_id"])
    random = np.random.default_rng(1).random(300)
    filled = np.where(frames["leads"]["lead_id"].isin(won), random < 0.6, random < 0.02)
    frames["leads"]["onboarding"] = np.where(filled, "done", None)
    return frames


def test_what_a_win_fills_is_held_back_at_past_cut_offs_too(tmp_path: Path) -> None:
    """In March those who are to win by December have it filled as well, and the guard alone sees no harm in it."""
    known, day = export(filled_by_the_win(), tmp_path / "crm"), date(2025, 3, 31)
    with prepared_cut_offs(known, "lead", CONFIG, tmp_path / "kept", [day_number(day)]) as (cut_off,):
        assert [suspicion.attribute for suspicion in cut_off.later] == ["onboarding"]
        past = upto_day(cut_off)
        alone = guard_attributes(market(past.tables, "lead", keep=past.keep), cut_off.day, CONFIG, past.keep)
        assert not alone.held_back("onboarding")
        finished = backtest_cut_off(cut_off)
        assert cut_off.finished() == finished
    assert finished.scorecard is not None
    assert [held.attribute for held in finished.scorecard.quarantined] == ["onboarding"]
    assert "onboarding" not in finished.scorecard.encodings


def test_nobody_is_judged_by_what_came_where_sales_left_them_alone() -> None:
    forecast = pd.DataFrame({"unit": ["C", "A", "B"], "p_closedwon": [0.1, 0.2, 0.3]})
    today = pd.DataFrame({"unit": ["A", "B", "C"], LEFT_ALONE: [False, True, False]})
    assert _with_known_outcomes(forecast, today).to_dict("list") == {"unit": ["C", "A"], "p_closedwon": [0.1, 0.2]}
    assert _with_known_outcomes(forecast, today[["unit"]]) is forecast
