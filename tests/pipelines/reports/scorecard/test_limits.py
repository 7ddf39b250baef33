"""What the report says that a scorecard and its evidence cannot tell."""

from dataclasses import replace

import pytest

from pipelines.reports.scorecard.limits import limits_in_words
from scoring.evidence.measures.totals import Total
from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.parts import HeldOut, Quarantined
from tests.pipelines.reports.small_report import evidence, scorecard, two_cut_offs


def test_limits_say_what_this_evidence_does_not_show() -> None:
    text = " ".join(limits_in_words(scorecard(), two_cut_offs(ratio=(1.5, 1.2, 1.9))))
    assert "not shown to be better than: Recency." in text
    assert "The evidence holds 40 wins." in text
    assert "The 2 past dates look ahead into overlapping months" in text
    assert "Run closedwon backtest" in limits_in_words(scorecard(), None)[0]
    assert "logistic regression on coarse bins" in limits_in_words(scorecard(rung="logistic"), None)[1]
    shared = "A lead's revenue is its share of a deal"
    assert not any(shared in limit for limit in limits_in_words(scorecard(), None))
    assert any(shared in limit for limit in limits_in_words(replace(scorecard(), entity="lead"), None))
    assert "weights of evidence did best" in limits_in_words(scorecard(rung="evidence"), None)[1]
    suspect = Quarantined("deals", "filled_when_won", "not 0 for 90% of the won")
    assert limits_in_words(scorecard(trusted=(suspect,)), None)[1].startswith(
        "deals is used because it is trusted, though it looks as if an outcome had filled it: not 0 for 90% of the won."
    )


@pytest.mark.parametrize(
    ("ratio", "won", "says"),
    [
        ((1.1, 0.9, 1.3), 36, None),
        (
            (1.25, 1.1, 1.5),
            32,
            "It expected 1.25 times the wins that came, within the 0.80 to 1.43 that it states itself: totals may be "
            "so far off. This does not show that today's sums are too high.",
        ),
        (
            (2.0, 1.5, 2.7),
            20,
            "It expected 2.00 times the wins that came, outside the 0.80 to 1.43 that it states itself. The order is "
            "as good as shown; the sums of expected revenue are too high, if the market stays as it was.",
        ),
        (
            (0.5, 0.4, 0.6),
            80,
            "It expected 0.50 times the wins that came, outside the 0.80 to 1.43 that it states itself. The order is "
            "as good as shown; the sums of expected revenue are too low, if the market stays as it was.",
        ),
    ],
)
def test_sums_are_called_off_only_beyond_what_the_scorecards_state(
    ratio: tuple[float, float, float], won: int, says: str | None
) -> None:
    wins, revenue = Interval(40.0, 32.0, 46.0, 28.0, 50.0), Interval(1.0, 1.0, 1.0, 1.0, 1.0)
    known = evidence().totals
    assert known is not None
    totals = replace(known, together=Total(wins, revenue, won, 1.0))
    found = [
        text for text in limits_in_words(scorecard(), two_cut_offs(ratio=ratio, totals=totals)) if "It expected" in text
    ]
    assert found == ([] if says is None else [says])
    before = limits_in_words(scorecard(), two_cut_offs(ratio=ratio, totals=None))
    assert any("sums of expected revenue were too" in text for text in before) == (says is not None)


@pytest.mark.parametrize(
    ("next_ten", "says"),
    [
        (
            0.012,
            "Ten more wins would raise its skill (how much lower its log loss is than without a model) from 20.0% to "
            "about 21.2%, as it learned less from half of the wins than from four fifths of them.",
        ),
        (
            0.0004,
            "Ten more wins would hardly make it better: from four fifths of the wins it learned about as much as "
            "from half of them.",
        ),
        (None, None),
    ],
)
def test_what_ten_more_wins_would_buy(next_ten: float | None, says: str | None) -> None:
    held_out = HeldOut(
        rows=9_000,
        winning_rows=180,
        log_loss={"logistic": 0.09, "evidence": 0.08},
        log_loss_constant=0.1,
        next_ten=next_ten,
    )
    found = [
        text
        for text in limits_in_words(replace(scorecard(rung="evidence"), held_out=held_out), None)
        if "Ten more wins" in text
    ]
    assert found == ([] if says is None else [says])
