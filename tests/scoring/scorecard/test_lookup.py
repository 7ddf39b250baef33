"""The numpy reading of a scorecard, on an example of four terms (see example_scorecard.json)."""

import copy
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.scorecard import lookup
from scoring.scorecard.lookup import Lookup, percentiles

EXAMPLE = Path(__file__).parents[1] / "example_scorecard.json"
CONTENT: dict[str, Any] = json.loads(EXAMPLE.read_text())
ENCODINGS = CONTENT["encodings"]

# days_since_demo, industry, public, employees -> the four contributions, the last of industry with employees
ROWS: list[tuple[tuple[Any, ...], list[float]]] = [
    ((3.0, "Software", True, 200.0), [2.0, 0.75, 0.5, 1.5]),
    ((6.999, "Retail", False, 10.0), [2.0, -1.0, -0.125, 0.0625]),
    ((7.0, "Retail", "false", 50.0), [1.0, -1.0, -0.125, -0.0625]),  # on an edge: the bin above it
    ((30.0, "Farming", "true", 49.9), [0.25, -0.25, 0.5, 0.125]),  # unseen in training
    ((math.inf, "software", None, -math.inf), [0.25, -0.25, 0.0, 0.125]),  # spelt otherwise
    ((None, None, None, None), [-0.5, 0.0, 0.0, 0.0]),
    ((math.nan, math.nan, pd.NA, math.nan), [-0.5, 0.0, 0.0, 0.0]),
]


def frame(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return dict(zip(("days_since_demo", "industry", "public", "employees"), map(list, columns), strict=True))


FRAME = frame([row for row, _ in ROWS])


def read_by_hand(scorecard: dict[str, Any], row: dict[str, Any]) -> dict[str, float]:
    """Read a scorecard as the format's description says, one value at a time."""

    def code(name: str) -> int:
        said, value = scorecard["encodings"][name], row[name]
        if value is None or value != value:
            return 0
        if said["kind"] == "numeric":
            return 1 + sum(edge <= value for edge in said["edges"])
        level = {True: "true", False: "false"}.get(value, value)
        levels: list[str] = said["levels"]
        return 2 + levels.index(level) if level in levels else 1

    def value(term: dict[str, Any]) -> float:
        table = term["values"]
        for name in term["features"]:
            table = table[code(name)]
        return float(table)

    fit = sum(value(term) for term in scorecard["terms"] if term["side"] == "fit")
    intent = sum(value(term) for term in scorecard["terms"] if term["side"] == "intent")
    log_odds = scorecard["base"] + fit + intent
    survival = 1.0
    for offset in scorecard["period_offsets"]:
        survival *= 1 - 1 / (1 + math.exp(-log_odds - offset))
    amount = math.exp(scorecard["amount"]["base"] + sum(value(term) for term in scorecard["amount"]["terms"]))
    return {
        "fit_log_odds": fit,
        "intent_log_odds": intent,
        "log_odds": log_odds,
        "win_probability": 1 - survival,
        "expected_amount": amount,
        "expected_revenue": (1 - survival) * amount,
    }


@pytest.mark.parametrize("as_frame", [dict, lambda rows: pd.DataFrame(rows, dtype=object), pd.DataFrame])
def test_contributions_are_looked_up(as_frame: Any) -> None:
    table = Lookup(CONTENT).contributions(as_frame(FRAME))
    assert table.tolist() == [expected for _, expected in ROWS]


def test_codes_are_the_formats() -> None:
    assert {name: codes.tolist() for name, codes in Lookup(CONTENT).codes(FRAME).items()} == {
        "days_since_demo": [1, 1, 2, 3, 3, 0, 0],
        "industry": [2, 3, 3, 1, 1, 0, 0],
        "public": [2, 3, 3, 2, 0, 0, 0],
        "employees": [2, 1, 2, 1, 1, 0, 0],
    }


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["Software", None, "Farming"], dtype="str"),
        pd.Series(["Software", None, "Farming"], dtype="string"),
        pd.Series(["Software", None, "Farming"], dtype="category"),
        np.array(["Software", None, "Farming"], dtype=object),
    ],
    ids=lambda column: str(column.dtype),
)
def test_any_kind_of_text_column_is_read(column: Any) -> None:
    rows = FRAME | {"industry": column}
    assert Lookup(CONTENT).codes(rows)["industry"].tolist() == [2, 0, 1]


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64", "Int64", "object"])
def test_any_kind_of_number_column_is_read(dtype: str) -> None:
    rows = FRAME | {"days_since_demo": pd.Series([7, None, 6], dtype=dtype)}
    assert Lookup(CONTENT).codes(rows)["days_since_demo"].tolist() == [2, 0, 1]


@pytest.mark.parametrize("dtype", ["bool", "boolean", "float64"])
def test_a_truth_value_is_a_level(dtype: Any) -> None:
    rows = FRAME | {"public": pd.Series([True, False]).astype(dtype)}
    assert Lookup(CONTENT).codes(rows)["public"].tolist() == [2, 3]


def test_a_score_by_hand() -> None:
    """Two periods with hazards sigmoid(0.75 + 0.5) and sigmoid(0.75 - 0.5): 1 - 0.2227 * 0.4378 = 0.9025."""
    score = {name: column[0] for name, column in Lookup(CONTENT).score(frame([ROWS[0][0]])).items()}
    assert score == {
        "log_odds": 0.75,
        "fit_log_odds": 2.75,
        "intent_log_odds": 2.0,
        "win_probability": pytest.approx(0.902497, abs=1e-6),
        "expected_amount": pytest.approx(math.exp(10)),
        "expected_revenue": pytest.approx(19878.8, abs=0.1),
        "fit_score": 100.0,
        "intent_score": 95.0,
        "grade": "A",
    }


@pytest.mark.parametrize(
    ("log_odds", "grade"),
    [(-2.75, "A"), (-2.76, "B"), (-3.77, "B"), (-3.78, "C"), (-4.88, "C"), (-4.89, "D")],
)
def test_grades_are_multiples_of_the_base_rate(log_odds: float, grade: str) -> None:
    """With one period, 4, 1.5 and 0.5 times 1.5 % are the log-odds -2.752, -3.771 and -4.885."""
    scorecard = CONTENT | {"base": log_odds, "period_offsets": [0.0], "base_rate": 0.015, "terms": []}
    assert Lookup(scorecard).score(FRAME)["grade"].tolist() == [grade] * len(ROWS)


def test_isotonic_knots_map_the_raw_probability() -> None:
    scorecard = CONTENT | {"base": 0.0, "terms": [], "period_offsets": [0.0]}  # raw: one half
    scorecard["calibration"] = {"kind": "isotonic", "x": [0.1, 0.4, 0.6], "y": [0.0, 0.1, 0.3]}
    assert Lookup(scorecard).score(FRAME)["win_probability"][0] == pytest.approx(0.2, abs=1e-11)


def test_a_rare_win_keeps_its_digits() -> None:
    probability = Lookup(CONTENT | {"terms": []}).probability(np.array([-60.0]))
    assert probability[0] == pytest.approx(math.exp(-60) * (math.exp(0.5) + math.exp(-0.5)), rel=1e-11)


def test_a_scorecard_may_have_no_terms() -> None:
    bare = Lookup(CONTENT | {"terms": [], "amount": {"base": 0.0, "terms": []}})
    assert bare.contributions(FRAME).shape == (len(ROWS), 0)
    score = bare.score(pd.DataFrame(index=range(2)))
    assert score["log_odds"].tolist() == [-4.0, -4.0]
    assert score["expected_amount"].tolist() == [1.0, 1.0]


def test_no_rows_give_no_scores() -> None:
    score = Lookup(CONTENT).score(frame([]))
    assert {name: column.shape for name, column in score.items()} == dict.fromkeys(score, (0,))


@pytest.mark.parametrize(
    ("log_odds", "intent_score"),
    [
        (-9.0, 0.0),
        (-0.5, 0.0),  # the crowd without intent: nobody is below
        (-0.125, 30.0),  # half way to 0.25
        (0.25, 60.0),
        (1.0, 80.0),
        (2.0, 95.0),  # the best six in a hundred share the top
        (2.1, 100.0),
    ],
)
def test_percentiles_among_ties(log_odds: float, intent_score: float) -> None:
    assert percentiles(np.array([log_odds]), CONTENT["reference"]["intent"])[0] == pytest.approx(intent_score)


def test_percentiles_without_ties_are_linear() -> None:
    found = percentiles(np.array([-2.0, -1.5, 0.0, 0.015, 1.5, 2.0]), CONTENT["reference"]["fit"])
    assert found == pytest.approx([0, 0, 50, 50.5, 100, 100])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "closedwon-scorecard/3"}, "closedwon-scorecard/3"),
        ({"terms": [{"features": ["public"], "side": "luck", "values": [0.0] * 4}]}, "luck"),
        (
            {"terms": [{"features": ["public"], "side": "fit", "values": [0.0] * 3}]},
            r"public.*\(3,\).*\(4,\)",
        ),
        ({"terms": [{"features": ["age"], "side": "fit", "values": [0.0] * 3}]}, "age.* without an encoding"),
        ({"encodings": ENCODINGS | {"employees": {"kind": "numeric", "edges": [2, 1]}}}, "employees.*ascend"),
        ({"encodings": ENCODINGS | {"employees": {"kind": "ordinal"}}}, "employees.*ordinal"),
    ],
)
def test_a_scorecard_that_cannot_be_read_says_why(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Lookup(copy.deepcopy(CONTENT) | change)


def test_a_frame_that_cannot_be_read_says_why() -> None:
    with pytest.raises(ValueError, match=r"\['employees'\].*found only.*industry"):
        Lookup(CONTENT).score({name: column for name, column in FRAME.items() if name != "employees"})
    with pytest.raises(ValueError, match=r"'employees' as a number.*many"):
        Lookup(CONTENT).score(FRAME | {"employees": ["many"] * len(ROWS)})


numbers = st.none() | st.sampled_from([7.0, 30.0, 50.0]) | st.floats(-100, 100) | st.just(math.nan)
texts = st.none() | st.sampled_from(["Software", "Retail", "true", "Farming", ""])
rows = st.lists(st.tuples(numbers, texts, st.none() | st.booleans(), numbers), max_size=8)
values = st.lists(st.floats(-5, 5), min_size=4, max_size=4)


@given(rows=rows, demo=values, industry=values)
def test_the_parts_add_up_and_agree_with_a_plain_reading(rows: Any, demo: Any, industry: Any) -> None:
    scorecard = copy.deepcopy(CONTENT)
    scorecard["terms"][0]["values"], scorecard["terms"][1]["values"] = demo, industry
    columns, reader = frame(rows), Lookup(scorecard)
    score, table = reader.score(columns), reader.contributions(columns)
    np.testing.assert_allclose(scorecard["base"] + table.sum(axis=1), score["log_odds"], rtol=0, atol=1e-11)
    for place, row in enumerate(rows):
        for name, expected in read_by_hand(scorecard, dict(zip(columns, row, strict=True))).items():
            assert score[name][place] == pytest.approx(expected, rel=1e-9, abs=1e-12), name


def test_the_order_of_rows_changes_no_bit() -> None:
    reader, many = Lookup(CONTENT), pd.DataFrame(FRAME)
    there = pd.DataFrame(reader.score(many))
    back = pd.DataFrame(reader.score(many[::-1]))[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(there, back, check_exact=True)


def test_the_file_runs_outside_of_the_package(tmp_path: Path) -> None:
    shutil.copy(lookup.__file__, tmp_path / "copied.py")
    program = (
        "import json, sys; from copied import Lookup; reader = Lookup(json.load(sys.stdin));"
        "print(len(reader.terms), [name for name in ('pandas', 'scoring') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input=EXAMPLE.read_text(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split("\n")[0] == "4 []"
