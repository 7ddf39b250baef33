"""The figures of one night's scores: on five rows written out, and beside what the scorecard tells of its training."""

import json
from copy import deepcopy
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from scoring.features.fit import attributes
from scoring.nights.facts import facts, reference
from scoring.nights.parts import PopulationFacts, ScoreFacts
from scoring.nights.totals import NightTotals
from scoring.scorecard.arrays import ScoreArrays, score_arrays
from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.lookup import percentiles
from tests.scoring.example_scorecard import scorecard_of
from tests.scoring.scorecard.test_scorecard_arrays import worded
from tests.scoring.scorecard.test_scorecard_expressions import EXAMPLE

#: A reference of 200: half of them show no intent, and stand at -1 together.
TIED = [-1.0] * 51 + [float(x) for x in range(50)]
CONTENT: dict[str, Any] = {
    "encodings": {
        "industry": {"kind": "category", "levels": ["a", "b"]},
        "size": {"kind": "numeric", "edges": []},
        "channel": {"kind": "category", "levels": ["c"]},
    },
    "terms": [
        {"features": ["industry"], "values": [], "counts": [20, 18, 100, 62]},
        {"features": ["industry", "size"], "values": [], "counts": [[20, 0], [18, 0], [60, 40], [2, 60]]},
        {"features": ["channel", "size"], "values": [], "counts": [[0, 0], [50, 0], [50, 100]]},
    ],
    "base_rate": 0.04,
    "reference": {"fit": [float(x) for x in range(101)], "intent": TIED},
}
SCORECARD = scorecard_of(CONTENT)


def night(*rows: tuple[int, int, int, float, float, float]) -> ScoreArrays:
    columns = list(zip(*rows, strict=True)) or [()] * 6
    names = ("win_probability", "fit_score", "intent_score")
    scores = {name: pa.array(column, pa.float64()) for name, column in zip(names, columns[3:], strict=True)}
    return ScoreArrays(pa.table(scores), np.array(columns[:3], dtype=np.uint16).reshape(3, len(rows)))


FIVE = night(
    #  industry  size  channel  probability  fit   intent
    (0, 0, 2, 0.0049, 0.0, 100.0),  # below an eighth of the base rate; industry and size are missing
    (1, 1, 2, 0.005, 9.998, 40.0),  # an eighth; an industry that the scorecard does not know; all but ten
    (2, 1, 1, 0.04, 9.9995, 39.9995),  # the base rate; what rounding took from ten and forty
    (3, 0, 0, 0.32, 10.0, 0.0),
    (1, 1, 1, 0.9, 99.0, 55.0),
)


def test_five_rows_written_out() -> None:
    found = facts(SCORECARD, FIVE)
    assert found.rows == 5
    assert found.missing == {"industry": 0.2, "size": 0.4, "channel": 0.2}
    assert found.unknown == {"industry": 0.5, "channel": 0.5}  # of the four values that are there; size has none
    assert found.bins == {
        "win_probability": [1, 1, 0, 0, 0, 1, 0, 0, 0, 2],
        "fit_score": [2, 2, 0, 0, 0, 0, 0, 0, 0, 1],
        "intent_score": [1, 0, 0, 0, 2, 1, 0, 0, 0, 1],
    }
    assert found.mean_probability == pytest.approx(0.25398)
    assert ScoreFacts.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


def test_of_nobody_there_is_nothing_to_say() -> None:
    found = facts(SCORECARD, night())
    assert (found.rows, found.mean_probability) == (0, None)
    assert set(found.missing.values()) == set(found.unknown.values()) == {0.0}
    assert {sum(bins) for bins in found.bins.values()} == {0}


def test_the_scorecard_tells_of_those_it_was_centred_on() -> None:
    """Of a pair's table the margins count; a crowd stands at its lower end, and has half of the part that ends it."""
    assert reference(SCORECARD) == PopulationFacts(
        rows=200,
        missing={"industry": 0.1, "size": 0.5, "channel": 0.0},
        unknown={"industry": 0.1, "channel": 0.25},
        bins={
            "fit_score": [20.0] * 10,
            "intent_score": [101.0, 0.0, 0.0, 0.0, 0.0, 19.0, 20.0, 20.0, 20.0, 20.0],
        },
    )
    assert facts(SCORECARD, FIVE).reference == reference(SCORECARD)
    without_counts = scorecard_of(CONTENT | {"terms": [{"features": ["industry"], "values": []}]})
    assert reference(without_counts) is facts(without_counts, FIVE).reference is None


def test_a_population_like_the_reference_has_its_bins() -> None:
    """The same 20,000 values as percentiles, and one by one as `lookup` scores them."""
    rng = np.random.default_rng(7)
    values = np.round(np.concatenate([rng.normal(size=14_000), [-0.7] * 6_000]), 6)
    knots = [round(float(x), 6) for x in np.quantile(values, np.linspace(0, 1, 101))]
    scorecard = scorecard_of(CONTENT | {"reference": {"fit": knots, "intent": knots}})
    scores = percentiles(values, knots)
    bins = np.bincount(np.minimum((scores + 1e-3) // 10, 9).astype(int), minlength=10) / 100
    expected = reference(scorecard)
    assert expected is not None
    np.testing.assert_allclose(bins, expected.bins["fit_score"], atol=3.0)


def test_it_reads_what_the_scorecard_says() -> None:
    rows = {"days_since_demo": [1.0, None, 60.0], "industry": ["Retail", "Mining", None], "public": [True, None, False]}
    table = pa.table(rows | {"employees": [10.0] * 3})
    scorecard = worded(deepcopy(EXAMPLE))
    found = facts(scorecard, score_arrays(scorecard, table, as_of=20_513, since=20_512))
    third = pytest.approx(1 / 3, abs=1e-9)
    assert found.missing == {"days_since_demo": third, "industry": third, "public": third, "employees": 0.0}
    assert found.unknown == {"industry": 0.5, "public": 0.0}
    assert all(sum(bins) == 3 for bins in found.bins.values())


def test_what_the_scores_add_up_to() -> None:
    """Ten accounts at 50 %, of grade A and an industry that has levels; thirty at 10 %, of grade C and another one."""
    scorecard = scorecard_of(
        CONTENT
        | {
            "forecast_error": {"level": 0.1, "amount": 1.5, "mean_amount": 0.0, "horizons": 3.0, "part": 0.15},
            "features": [
                attribute.declaration() for attribute in attributes({"industry": "category", "size": "numeric"})
            ],
        }
    )
    ones = [(2, 1, 0, 0.5, 90.0, 50.0)] * 10 + [(0, 1, 0, 0.1, 10.0, 50.0)] * 30
    scores = night(*ones).scores.append_column("expected_amount", pa.array([1_000.0] * 40))
    scores = scores.append_column("grade", pa.array(["A"] * 10 + ["C"] * 30))
    totals = facts(scorecard, ScoreArrays(scores, night(*ones).codes)).totals
    assert totals is not None
    # sqrt(10 * 0.25 + 30 * 0.09 + (0.1 * 8) ** 2) = 2.4
    assert totals.total.wins == Interval(8.0, 5.0, 11.0, 4.0, 13.0)
    assert {feature: list(values) for feature, values in totals.parts.items()} == {
        "grade": ["A", "C"],
        "industry": ["not known", "a"],
    }
    assert [part.wins.expected for part in totals.parts["grade"].values()] == [5.0, 3.0]
    assert totals.parts["industry"]["a"] == totals.parts["grade"]["A"]
    assert totals.total.revenue.expected == 8_000.0
    assert NightTotals.from_json(json.loads(json.dumps(totals.to_json(), allow_nan=False))) == totals


def test_a_level_called_other_adds_up_with_the_rare_ones() -> None:
    """Ten accounts at 50 % of the level `other`, thirty at 10 % of levels that are too rare: all are of one part."""
    levels = CONTENT["encodings"] | {"industry": {"kind": "category", "levels": ["b", "other"]}}
    error = {"level": 0.1, "amount": 1.5, "mean_amount": 0.0, "horizons": 3.0, "part": 0.15}
    features = [attribute.declaration() for attribute in attributes({"industry": "category", "size": "numeric"})]
    scorecard = scorecard_of(CONTENT | {"encodings": levels, "forecast_error": error, "features": features})
    ones = [(3, 1, 0, 0.5, 90.0, 50.0)] * 10 + [(1, 1, 0, 0.1, 10.0, 50.0)] * 30
    scores = night(*ones).scores.append_column("expected_amount", pa.array([1_000.0] * 40))
    totals = facts(
        scorecard, ScoreArrays(scores.append_column("grade", pa.array(["A"] * 40)), night(*ones).codes)
    ).totals
    assert totals is not None
    assert [(word, part.wins.expected) for word, part in totals.parts["industry"].items()] == [("other", 8.0)]


def test_a_scorecard_of_an_earlier_release_states_no_totals() -> None:
    assert facts(SCORECARD, FIVE).totals is None
    assert "totals" not in facts(SCORECARD, FIVE).to_json()
