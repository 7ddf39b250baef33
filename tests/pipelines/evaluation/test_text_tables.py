"""The comparison as a person reads it: literal lines, for a terminal and for a document."""

from dataclasses import replace

import pytest

from pipelines.evaluation.text_tables import COLUMNS, backtest_lines, comparison_text, figure, rows, totals_lines
from scoring.evidence.comparison_result import Comparison, Measure, RankingMeasures
from scoring.evidence.measures.totals import IntervalCoverage, StatedTotals, Total
from scoring.scorecard.forecast_error import Spread
from tests.pipelines.reports.small_report import evidence

#: One with a probability, one that only ranks, and one whose name nobody knows.
COMPARISON = Comparison(
    rows=20_000,
    units=10_000,
    cut_offs=2,
    wins=1_234,
    revenue=5_600_000.4,
    capacity=1_000.0,
    share=0.05,
    replicates=200,
    rankings={
        "closedwon": RankingMeasures(
            {
                "revenue_captured": Measure(0.512, 0.461, 0.56),
                "auc": Measure(0.7444, 0.7, 0.79),
                "brier_skill": Measure(-0.012, -0.05, 0.01),
                "ratio": Measure(1.0, 0.9, 1.1),
                "touch_correlation": Measure(0.3, 0.2, 0.4),
            }
        ),
        "touches": RankingMeasures(
            {"revenue_captured": Measure(0.25), "auc": Measure(0.5)},
            closedwon_minus={"revenue_captured": Measure(0.262, 0.2, 0.32)},
        ),
        "house_rule": RankingMeasures({"revenue_captured": Measure(None)}, closedwon_minus={}),
    },
)


@pytest.mark.parametrize(
    ("found", "form", "written"),
    [
        (Measure(0.512, 0.461, 0.56), ".1%", "51.2 % (46.1 to 56.0)"),
        (Measure(0.512, 0.461, 0.56), ".3f", "0.512 (0.461 to 0.560)"),
        (Measure(-0.05, -0.1, 0.0), "+.1%", "-5.0 % (-10.0 to +0.0)"),
        (Measure(0.0, 0.0, 0.0), ".2f", "0.00 (0.00 to 0.00)"),
        (Measure(0.25), ".1%", "25.0 %"),
        (Measure(1.0), ".2f", "1.00"),
        (Measure(None), ".1%", "-"),
        (None, ".1%", "-"),
    ],
)
def test_a_figure_with_its_interval(found: Measure | None, form: str, written: str) -> None:
    assert figure(found, form) == written


def test_a_row_for_each_ranking_by_the_name_that_people_call_it() -> None:
    head, *body = rows(COMPARISON)
    assert head == ["", *(heading for heading, *_ in COLUMNS)]
    assert [row[:4] for row in body] == [
        ["closedwon", "51.2 % (46.1 to 56.0)", "-", "0.744 (0.700 to 0.790)"],
        ["touch count", "25.0 %", "+26.2 % (+20.0 to +32.0)", "0.500"],
        ["house_rule", "-", "-", "-"],
    ]


def test_lines_for_a_terminal_stand_in_columns() -> None:
    head, *body = comparison_text(COMPARISON)
    assert head.startswith("             revenue captured       closedwon's lead")
    assert " ".join(body[0].split()) == "closedwon 51.2 % (46.1 to 56.0) - 0.744 -0.012 1.00 0.30"
    assert body[1].startswith("touch count  25.0 %                 +26.2 % (+20.0 to +32.0)  0.500  ")
    assert [line for line in [head, *body] if line != line.rstrip()] == []


def test_what_the_table_is_made_of_stands_above_it() -> None:
    found = replace(evidence(), entity="lead", comparison=COMPARISON, totals=None)
    first, second, empty, *table = backtest_lines(found)
    assert first == (
        "Leads, 182 days ahead, on 2 cut-offs from 2025-05-01 to 2025-05-31: 1,234 wins worth 5,600,000 (horizons that "
        "overlap count each),"
    )
    assert second == "captured by working the best 5.0% of those open, with 95 % intervals:"
    assert (empty, table) == ("", comparison_text(COMPARISON))


def test_the_ratio_stands_beside_the_interval_that_closedwon_states() -> None:
    """An interval of 100 wins with a deviation of 19, and coverage of two cut-offs and eight parts."""
    wins, revenue = Spread(100.0, 19.0).interval(whole=True), Spread(5e6, 1e6).interval()
    total = Total(wins, revenue, won=62, booked=4e6)
    totals = StatedTotals(total, (total, total), (), IntervalCoverage(2, 0, 2, 1, 2), IntervalCoverage(8, 6, 8, 5, 7))
    _, _, _, head, *lines = backtest_lines(replace(evidence(), comparison=COMPARISON, totals=totals))
    assert "predicted / actual  its interval  like touch count" in head
    assert [" ".join(line.split()).split(" 1.00 ")[-1] for line in lines[:1]] == ["0.71 to 1.52 0.30"]
    assert lines[1].split()[-3:] == ["-", "-", "-"]
    assert lines[3:] == [
        "",
        "predicted 100.0 wins (95 % interval 66 to 141), 62 came: 1.61 times as many, outside the 0.71 to 1.52 that "
        "closedwon states itself",
        "expected revenue 5,000,000 (3,234,853 to 7,142,323), 4,000,000 was booked",
        "its intervals of 80 % and of 95 % held: wins in 0 and 2, revenue in 1 and 2 of 2 cut-offs; wins in 6 and 8, "
        "revenue in 5 and 7 of 8 grades and segments of each cut-off",
    ]


def test_where_no_win_has_an_amount_nothing_is_said_of_revenue() -> None:
    wins = Spread(100.0, 19.0).interval(whole=True)
    total = Total(wins, Spread(100.0, 19.0).interval(), won=90, booked=0.0)
    totals = StatedTotals(total, (total,), (), IntervalCoverage(1, 1, 1, 0, 0), IntervalCoverage(8, 6, 8, 0, 0))
    assert totals_lines(totals)[1:] == [
        "no amount was booked: nothing is said of revenue",
        "its intervals of 80 % and of 95 % held: wins in 1 and 1 of 1 cut-offs; wins in 6 and 8 of 8 grades and "
        "segments of each cut-off",
    ]
