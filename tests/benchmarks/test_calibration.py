"""The calibration study: the rule that it compares with, and its tables, on totals that are written out."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import calibration
from benchmarks.calibration import RULES, Totals, cut_offs_of, errors, lines_of
from benchmarks.forecasts.learned_span import best_span
from scoring.scorecard.forecast_error import ForecastError

GROWING = [40, 50, 62, 78, 98, 122, 153, 191, 238, 298, 373, 466]


@pytest.mark.parametrize(
    ("won", "periods", "spans"),
    [
        (GROWING, 6, {1}),
        (GROWING[::-1], 6, {1}),
        ([50, 60, 180, 110] * 4, 4, {4, 8}),  # whole years of four quarters
        ([100] * 12, 6, {6, 12}),  # all foretell alike: the longest
        ([100, 200, 400, 800, 1600], 4, {4}),  # two past periods to judge by are too few to tell
        ([1, 1, 1, 1, 1], 6, {5}),  # thirty wins are not there
    ],
)
def test_the_span_follows_what_foretold_best(won: list[int], periods: int, spans: set[int]) -> None:
    assert best_span(np.array(won, dtype="float64"), np.full(len(won), 100.0), periods) in spans


def told(*, known: bool) -> pd.DataFrame:
    """A hundred at 30 %, of whom 25 won; the truth is 20 %. The span says 40 %, LightGBM 20 %, logistic 60 %."""
    rows = pd.DataFrame({"won": [1] * 25 + [0] * 75, "grade": ["A"] * 50 + ["B"] * 50, "as_of": 100})
    rows = rows.assign(p_closedwon=0.3, p_span=0.4, p_ceiling=0.2, p_logistic=0.6, expected_amount=10.0, has_deal=False)
    rows = rows.assign(amount=rows["won"] * 8.0)
    return rows.assign(p_true=0.2, value_true=2.0) if known else rows


def totals(market: str, *, known: bool) -> Totals:
    return Totals.of(market, "2025-03-31", told(known=known), ForecastError(0.1, 1.2, 0.05, 3.0))


@pytest.mark.parametrize(
    ("known", "wins", "revenue"),
    [
        (True, [np.log(1.5), np.log(2.0), 0.0, np.log(3.0)], [np.log(1.5), np.log(2.0), 0.0, np.log(3.0)]),
        (False, [np.log(1.2), np.log(1.6), np.log(1.25), np.log(2.4)], [np.log(x) for x in (1.5, 2.0, 1.0, 3.0)]),
    ],
)
def test_errors_are_against_the_truth_where_it_is_known(known: bool, wins: list[float], revenue: list[float]) -> None:
    found = [totals("quiet-7", known=known)]
    assert [errors(found, rule, "wins")[0] for rule in RULES] == pytest.approx(wins)
    assert [errors(found, rule, "revenue")[0] for rule in RULES] == pytest.approx(revenue)


def test_the_tables() -> None:
    lines = lines_of([totals("quiet-7", known=True), totals("quiet-8", known=True), totals("maven", known=False)])
    assert lines[0] == "3 cut-offs of 2 kinds of market:"
    assert "| closedwon: half-life of one horizon | 0.331 | 1.50 | 0.405 |" in lines
    assert "| quiet | 2 | 0.405 | 0.693 | 0.000 | 1.099 |" in lines
    assert "| maven | 1 | 0.182 | 0.470 | 0.223 | 0.875 |" in lines
    assert "| all | 3 | 100 | 100 | 0 | 100 | 0 | 0 |" in lines  # all wins are of grade A
    assert "| grade A | 1.50 |" in lines


def test_a_named_market_is_prepared_at_the_days_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "SIZES", {7: 60})
    with cut_offs_of("stepup-7", ["2025-09-29", "2025-03-31"]) as (cut_offs, market):
        assert [(one.date, one.entity) for one in cut_offs] == [("2025-09-29", "account"), ("2025-03-31", "account")]
        assert market is not None
        assert len(market.tables["accounts"]) == 60
        assert {one.config.training.horizon_days for one in cut_offs} == {calibration.HORIZON_DAYS}
