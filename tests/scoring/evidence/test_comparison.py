"""The comparison on a frame that is written out, and on a market whose truth is known."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring.evidence.baselines import CLOSEDWON
from scoring.evidence.comparison import compare
from scoring.evidence.comparison_result import Comparison, Measure
from scoring.evidence.plain import from_plain, to_plain
from tests.scoring.example_forecast import APRIL, MARCH, drawn, example

BOTH = (CLOSEDWON, "touches")
CAPACITY = {MARCH: 2.0, APRIL: 1.0}


def compared(frame: pd.DataFrame, names: tuple[str, ...] = BOTH, replicates: int = 0, **options: Any) -> Comparison:
    capacity = options.pop("capacity", None) or {
        int(day): 0.05 * sum(frame["as_of"] == day) for day in set(frame["as_of"])
    }
    return compare(frame, names, capacity=capacity, replicates=replicates, **options)


def values(found: Comparison, ranking: str, reference: str = "") -> dict[str, float | None]:
    figures = found.rankings[ranking]
    return {name: one.value for name, one in (figures.minus(reference) if reference else figures.measures).items()}


def known(figure: float | None) -> float:
    assert figure is not None
    return figure


def width(figure: Measure) -> float:
    return known(figure.high) - known(figure.low)


def test_what_was_compared() -> None:
    found = to_plain(compared(example(), capacity=CAPACITY))
    del found["contenders"]
    assert found == {
        "rows": 8,
        "units": 5,
        "cut_offs": 2,
        "wins": 3,
        "revenue": 1000.0,
        "capacity": 3.0,
        "share": 0.375,
        "replicates": 0,
        "winners": 3,
    }


def test_every_measure_of_the_example() -> None:
    """In March closedwon works a (300) and b, in April b (600); touch count works b and d, then b."""
    found = compared(example(), capacity=CAPACITY)
    assert values(found, CLOSEDWON) == pytest.approx(
        {
            "revenue_captured": 0.9,
            "wins_captured": 2 / 3,
            "precision": 2 / 3,
            "lift": 2 / (0.5 * 2 + 0.25 * 1),
            "auc": (2 + 0 + 3) / (2 * 2 + 1 * 3),
            "average_precision": (1 / 1 + 2 / 4 + 1 / 1) / 3,
            "touch_correlation": (0.4 + 0.8) / 2,
            "log_loss": -np.log([0.5, 0.7, 0.2, 0.9, 0.6, 0.6, 0.9, 0.9]).mean(),
            "log_loss_skill": 0.3129,  # by SciPy's root of the shift
            "brier_skill": 1 - (0.25 + 0.09 + 0.64 + 0.01 + 0.16 + 0.16 + 0.01 + 0.01) / (1.0 + 0.75),
            "ratio": 2.3 / 3,
            "calibration_error": (0.3 + 0.8 + 0.3 + 0.4 + 0.5 + 0.4) / 8,  # the three of 0.1 share a bin
            "revenue_ratio": 0.73,
        },
        abs=1e-4,
    )
    assert values(found, "touches") == pytest.approx(
        {
            "revenue_captured": 0.6,
            "wins_captured": 1 / 3,
            "precision": 1 / 3,
            "lift": 0.8,
            "auc": 3 / 7,
            "average_precision": (1 / 3 + 2 / 4 + 1) / 3,
            "touch_correlation": 1.0,
        }
    )
    assert values(found, "touches", CLOSEDWON) == pytest.approx(
        {name: known(values(found, CLOSEDWON)[name]) - known(value) for name, value in values(found, "touches").items()}
    )
    assert found.rankings[CLOSEDWON].closedwon_minus is None


def test_intervals_hold_the_truth_and_tell_the_better_ranking() -> None:
    """On a drawn market: closedwon's probabilities are the true ones."""
    found = compared(drawn(), (*BOTH, "mql"), 200)
    own = found.rankings[CLOSEDWON].measures
    assert known(own["ratio"].low) < 1.0 < known(own["ratio"].high)
    assert known(own["auc"].low) > 0.7
    for name in ("touches", "mql"):
        assert known(found.rankings[name].minus(CLOSEDWON)["revenue_captured"].low) > 0.0
    assert values(found, "mql")["revenue_captured"] == pytest.approx(0.05)  # constant: what chance captures
    assert from_plain(Comparison, json.loads(json.dumps(to_plain(found), allow_nan=False))) == found


def test_pairs_share_their_resamples() -> None:
    """The same ranking under another name differs by nothing, in every resample; a close one by little."""
    frame = drawn(units=300)
    close = frame["value_closedwon"] * np.random.default_rng(1).uniform(0.9, 1.1, len(frame))
    found = compared(
        frame.assign(value_same=frame["value_closedwon"], value_close=close), (CLOSEDWON, "same", "close"), 100
    )
    pair = found.rankings["same"].minus(CLOSEDWON)
    assert all(figure == Measure(0.0, 0.0, 0.0) for figure in pair.values())
    alone = found.rankings[CLOSEDWON].measures["auc"]
    assert width(found.rankings["close"].minus(CLOSEDWON)["auc"]) < 0.3 * width(alone)


def test_a_challenger_is_compared_with_all_others_too() -> None:
    frame = example()
    frame = frame.assign(value_challenger=frame["value_closedwon"], value_champion=frame["touches"])
    found = compared(frame, (CLOSEDWON, "challenger", "champion"), capacity=CAPACITY).rankings
    assert found["champion"].minus("challenger")["revenue_captured"].value == pytest.approx(0.3)
    assert [sorted(to_plain(ranking)) for ranking in found.values()] == [
        ["challenger_minus", "measures"],
        ["closedwon_minus", "measures"],
        ["challenger_minus", "closedwon_minus", "measures"],
    ]


def test_rows_in_any_order_and_seeds_give_the_same() -> None:
    frame = drawn(units=100)
    found = compared(frame, replicates=20, seed=5)
    assert compared(frame, replicates=20, seed=5) == found
    assert compared(frame, replicates=20, seed=6) != found
    again = compared(frame.sample(frac=1.0, random_state=1), replicates=20, seed=5)
    assert values(again, CLOSEDWON) == pytest.approx(values(found, CLOSEDWON))
    low = [one.rankings[CLOSEDWON].measures["auc"].low for one in (found, again)]
    assert low[0] == pytest.approx(low[1])


def test_leads_of_one_account_are_one_witness() -> None:
    frame = drawn(units=100, cut_offs=1)
    four = pd.concat([frame.assign(unit=frame["unit"] + f"-{i}", account=frame["unit"]) for i in range(4)])

    def noise(frame: pd.DataFrame) -> float:
        return width(compared(frame, replicates=200).rankings[CLOSEDWON].measures["ratio"])

    assert noise(four) == pytest.approx(noise(frame))
    assert noise(four.drop(columns="account")) < 0.7 * noise(four)


@pytest.mark.parametrize("replicates", [0, 20])
def test_where_nobody_won_nothing_is_said(replicates: int) -> None:
    found = compared(example().assign(won=0, amount=0.0), replicates=replicates, capacity=CAPACITY)
    own = found.rankings[CLOSEDWON].measures
    for name in ("revenue_captured", "lift", "auc", "average_precision", "ratio", "revenue_ratio"):
        assert own[name] == Measure(None)
    assert own["precision"].value == 0.0
    assert from_plain(Comparison, json.loads(json.dumps(to_plain(found), allow_nan=False))) == found


@pytest.mark.parametrize("capacity", [{MARCH: 4.0, APRIL: 4.0}, {MARCH: 400.0, APRIL: 9.0}])
def test_who_works_everybody_captures_everything(capacity: dict[int, float]) -> None:
    found = compared(example(), capacity=capacity)
    assert (found.capacity, found.share) == (8.0, 1.0)
    assert values(found, "touches")["revenue_captured"] == 1.0


@pytest.mark.parametrize(
    ("frame", "capacity", "message"),
    [
        (example().drop(columns="value_touches"), CAPACITY, r"lacks the columns \['value_touches'\], found \['unit', "),
        (example().assign(p_closedwon=np.nan), CAPACITY, r"missing values in \['p_closedwon'\]"),
        (example().head(0), CAPACITY, "no row: nothing was open at any cut-off"),
        (example(), {MARCH: 2.0}, rf"no capacity is given for the cut-offs \[{APRIL}\], only for \[{MARCH}\]"),
    ],
)
def test_a_frame_that_cannot_be_compared_is_refused(
    frame: pd.DataFrame, capacity: dict[int, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        compare(frame, BOTH, capacity=capacity)
