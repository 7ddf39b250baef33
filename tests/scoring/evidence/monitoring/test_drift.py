"""How far facts have moved: the small report's scorecard, of a hundred accounts, and nights of others."""

from dataclasses import replace

import ibis
import pytest

from scoring.evidence.monitoring.drift import compare_counts, counts, learned_on, steady, with_gaps
from scoring.evidence.monitoring.monitor_findings import Shift
from scoring.scorecard.parts import Category, Encoding, Numeric
from tests.pipelines.reports.small_report import scorecard

ENCODINGS: dict[str, Encoding] = {
    "industry": Category(("Software", "Retail")),
    "employees": Numeric((50.0, 200.0)),
}


def test_values_are_counted_by_their_codes() -> None:
    night = ibis.memtable(
        {
            "unit": ["a", "b", "c", "d"],
            "industry": ["Retail", None, "Retail", "Mining"],
            "employees": [50.0, 49.9, None, 1e9],
        }
    )
    coded = replace(scorecard(), encodings=ENCODINGS)
    assert counts(coded, night) == {"industry": [1, 1, 0, 2], "employees": [1, 1, 1, 1]}
    assert counts(coded, night.drop("industry")) == {"employees": [1, 1, 1, 1]}


def test_what_it_was_learned_on_is_in_the_terms() -> None:
    """`employees` is in a pair only: its columns are summed over the industries."""
    found = learned_on(scorecard())
    assert found["industry"] == [20, 0, 50, 30]
    assert found["employees"] == [25, 35, 20, 20]
    bare = tuple(replace(term, counts=None) for term in scorecard().terms)
    assert learned_on(replace(scorecard(), terms=bare)) == {}


@pytest.mark.parametrize(
    ("now", "index", "changed"),
    [
        ([500, 500], 0.0, ""),
        ([560, 440], 0.0144, ""),  # 0.06 ln(0.56 / 0.44)
        ([670, 330], 0.1203, "some"),
        ([800, 200], 0.4156, "much"),
        ([8, 2], 0.3338, ""),  # ten accounts, of 8.5 and 2.5 when smoothed: chance
    ],
)
def test_a_shift_is_some_or_much_beyond_chance(now: list[int], index: float, changed: str) -> None:
    (shift,) = compare_counts({"size": [500, 500], "gone": [1, 1]}, {"size": now, "new": [1, 1]})
    assert (shift.name, shift.changed) == ("size", changed)
    assert shift.psi == pytest.approx(index, abs=2e-3)


def test_gaps_stand_beside_the_shift() -> None:
    before = {"industry": [0, 0, 500, 500], "employees": [0, 500, 500]}
    now = {"industry": [400, 100, 250, 250], "employees": [0, 500, 500]}
    first, second = with_gaps(compare_counts(before, now), replace(scorecard(), encodings=ENCODINGS), before, now)
    assert (first.name, first.changed, first.missing, first.unknown) == (
        "industry", "much", (0.0, 0.4), (0.0, 0.1),
    )  # fmt: skip
    assert (second.name, second.changed, second.missing) == ("employees", "", (0.0, 0.0))
    assert second.unknown is None


def shift(name: str, psi: float, changed: str) -> Shift:
    return Shift(name, psi, 0.01, changed)


@pytest.mark.parametrize(
    ("features", "kept", "sentence"),
    [
        ([], True, "no features to compare"),
        ([shift("size", 0.02, "")], True, "no feature of 1 has changed beyond noise"),
        ([shift("size", 0.2, "some"), shift("b", 0.0, "")], True, "1 of 2 features has changed some: size 0.20"),
        (
            [shift(name, 0.5, "much") for name in "abcd"],
            False,
            "4 of 4 features have changed much: a 0.50, b 0.50, c 0.50 and 1 more",
        ),
    ],
)
def test_what_is_said_of_it(features: list[Shift], kept: bool, sentence: str) -> None:
    found = steady(features, [shift("fit_score", 0.03, "")])
    assert found[:2] == (kept, sentence)
    assert found.figures["fit_score_psi"] == 0.03
