"""A scorecard as an expression: what DuckDB computes, numpy and a plain reading of the JSON compute too."""

import bisect
import json
import math
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from ibis.config import Config

from models.calibration import knots
from scoring.scorecard.expressions import scored
from scoring.scorecard.lookup import Lookup
from tests.scoring.example_scorecard import EXAMPLE, scorecard_of

ENCODINGS: dict[str, dict[str, Any]] = {
    "age": {"kind": "numeric", "edges": [-2.5, 0.0, 7.0, 30.0, 90.5]},
    "size": {"kind": "numeric", "edges": [float(2**i) for i in range(23)]},
    "seats": {"kind": "numeric", "edges": []},
    "industry": {"kind": "category", "levels": ["Software", "O'Hara & Söhne", "", "No 1", "true"]},
    "channel": {"kind": "category", "levels": []},
    "public": {"kind": "category", "levels": ["true", "false"]},
}
TYPES = {
    name: pa.float64() if e["kind"] == "numeric" else pa.bool_() if name == "public" else pa.string()
    for name, e in ENCODINGS.items()
}
CALIBRATIONS: dict[str, tuple[list[float], list[float]]] = {
    "intercept": ([], []),
    "isotonic": ([0.02, 0.05, 0.2, 0.4, 0.9], [0.0, 0.01, 0.01, 0.5, 0.7]),  # flat in places
    "beta": knots(np.array([-0.4, 0.8, 0.3])),
}


def codes_of(encoding: dict[str, Any]) -> int:
    return 2 + len(encoding["edges"] if encoding["kind"] == "numeric" else encoding["levels"])


def random_scorecard(seed: int, calibration: str) -> dict[str, Any]:
    rng = np.random.default_rng(seed)

    def term(*features: str, side: str) -> dict[str, Any]:
        shape = [codes_of(ENCODINGS[name]) for name in features]
        return {
            "features": list(features),
            "side": side,
            "values": rng.normal(0, 0.8, shape).round(3).tolist(),
        }

    x, y = CALIBRATIONS[calibration]
    return {
        "format": "closedwon-scorecard/1",
        "base": -2.5,
        "period_offsets": [0.5, 0.1, -0.6],
        "calibration": {"kind": calibration, "x": x, "y": y},
        "terms": [
            term("age", side="intent"),
            term("industry", side="fit"),
            term("size", side="fit"),
            term("industry", "size", side="fit"),
            term("public", side="fit"),
            term("seats", "age", side="intent"),
            term("channel", side="intent"),
        ],
        "encodings": ENCODINGS,
        "amount": {"base": 9.0, "terms": [term("size", side=""), term("public", "industry", side="")]},
        "base_rate": 0.08,
        "grades": {"A": 4.0, "B": 1.5, "C": 0.5},
        "reference": {side: sorted(rng.normal(0, 1, 101).round(1).tolist()) for side in ("fit", "intent")},
    }


def random_rows(seed: int, rows: int) -> list[dict[str, Any]]:
    """Rows with every awkward value: on an edge and beside it, missing in both ways, unseen, infinite."""
    rng = np.random.default_rng(seed)
    pools: dict[str, list[Any]] = {}
    for name, encoding in ENCODINGS.items():
        if encoding["kind"] == "numeric":
            edges = encoding["edges"]
            beside = [float(np.nextafter(edge, away)) for edge in edges for away in (-np.inf, np.inf)]
            pools[name] = [*edges, *beside, 12.3, -1e9, 1e9, math.inf, -math.inf, 0.0, -0.0, math.nan, None]
        else:
            pools[name] = [*encoding["levels"], "unseen", "SOFTWARE", " ", None]
    pools["public"] = [True, False, None]
    return [{name: pool[rng.integers(len(pool))] for name, pool in pools.items()} for _ in range(rows)]


def read_by_hand(scorecard: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A plain reading of a scorecard, as its format says, one value at a time."""

    def code(name: str) -> int:
        encoding, value = scorecard["encodings"][name], row[name]
        if value is None or value != value:
            return 0
        if encoding["kind"] == "numeric":
            return 1 + sum(edge <= value for edge in encoding["edges"])
        text = {True: "true", False: "false"}.get(value, value)
        return 2 + encoding["levels"].index(text) if text in encoding["levels"] else 1

    def value(term: dict[str, Any]) -> float:
        table = term["values"]
        for name in term["features"]:
            table = table[code(name)]
        return float(table)

    def between(at: float, xs: list[float], ys: list[float]) -> float:
        i = bisect.bisect_right(xs, at)
        if i in (0, len(xs)):
            return ys[0] if i == 0 else ys[-1]
        return ys[i - 1] + (ys[i] - ys[i - 1]) * (at - xs[i - 1]) / (xs[i] - xs[i - 1])

    def percentile(at: float, reference: list[float]) -> float:
        places = {x: p for p, x in reversed(list(enumerate(reference)))}  # the lowest of equals
        xs = sorted(places)
        return 100.0 if at > xs[-1] + 1e-9 else between(at, xs, [float(places[x]) for x in xs])

    sums = {s: sum(value(t) for t in scorecard["terms"] if t["side"] == s) for s in ("fit", "intent")}
    log_odds = scorecard["base"] + sums["fit"] + sums["intent"]
    stays = math.prod(1 - 1 / (1 + math.exp(-log_odds - offset)) for offset in scorecard["period_offsets"])
    knots = scorecard["calibration"]
    won = between(1 - stays, knots["x"], knots["y"]) if knots["x"] else 1 - stays
    amount = math.exp(scorecard["amount"]["base"] + sum(map(value, scorecard["amount"]["terms"])))
    return {
        "fit_log_odds": sums["fit"],
        "intent_log_odds": sums["intent"],
        "log_odds": log_odds,
        "win_probability": won,
        "expected_amount": amount,
        "expected_revenue": won * amount,
        "fit_score": percentile(sums["fit"], scorecard["reference"]["fit"]),
        "intent_score": percentile(sums["intent"], scorecard["reference"]["intent"]),
        "grade": next((g for g, lift in scorecard["grades"].items() if won >= lift * scorecard["base_rate"]), "D"),
    }


def computed(scorecard: dict[str, Any], rows: list[dict[str, Any]]) -> pd.DataFrame:
    """What DuckDB makes of the expression; null and NaN reach it as they are."""
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    connection = ibis.duckdb.connect()
    table = connection.create_table("features", pa.table({"row": list(range(len(rows))), **columns}))
    frame: pd.DataFrame = scored(scorecard_of(scorecard), table).order_by("row").execute()
    return frame


@pytest.mark.parametrize(("seed", "calibration"), list(enumerate(CALIBRATIONS)))
def test_duckdb_numpy_and_a_plain_reading_agree(seed: int, calibration: str) -> None:
    scorecard, rows = random_scorecard(seed, calibration), random_rows(seed, 400)
    found = computed(scorecard, rows)
    by_numpy = Lookup(scorecard).score({name: [row[name] for row in rows] for name in ENCODINGS})
    by_hand = pd.DataFrame([read_by_hand(scorecard, row) for row in rows])
    assert found["grade"].tolist() == by_hand["grade"].tolist() == by_numpy["grade"].tolist()
    assert len(set(found["grade"])) == 4
    for name in by_hand.columns.drop("grade"):
        np.testing.assert_allclose(found[name], by_hand[name], rtol=1e-9, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(by_numpy[name], by_hand[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_the_parts_are_the_score() -> None:
    """log-odds = base + fit + intent, each side the sum of its terms; probability rises with the log-odds."""
    scorecard = random_scorecard(3, "beta")
    found = computed(scorecard, random_rows(3, 300)).sort_values("log_odds")
    parts = {"fit": scorecard["base"] * 0.0, "intent": 0.0}
    for i, term in enumerate(scorecard["terms"]):
        parts[term["side"]] = parts[term["side"]] + found[f"term_{i}"]
    for side, total in parts.items():
        np.testing.assert_allclose(total, found[f"{side}_log_odds"], atol=1e-12)
    np.testing.assert_allclose(
        scorecard["base"] + found["fit_log_odds"] + found["intent_log_odds"], found["log_odds"], atol=1e-12
    )
    assert (np.diff(found["win_probability"]) >= 0).all()
    assert found["expected_revenue"].tolist() == (found["win_probability"] * found["expected_amount"]).tolist()


def test_scores_among_those_who_tie() -> None:
    """Half of the population shares -1.0 and a fifth the top, 2.0."""
    scorecard = EXAMPLE | {
        "terms": [{"features": ["employees"], "side": "fit", "values": [-1.0, 2.0, 2.5]}],
        "reference": {"fit": [-1.0] * 50 + [0.5] * 31 + [2.0] * 20, "intent": [0.0] * 101},
    }
    table = ibis.memtable(
        {
            "days_since_demo": [1.0] * 3,
            "industry": ["x"] * 3,
            "public": [True] * 3,
            "employees": [None, 1.0, 99.0],
        },
        schema={
            "days_since_demo": "float64",
            "industry": "string",
            "public": "boolean",
            "employees": "float64",
        },
    )
    found = scored(scorecard_of(scorecard), table).execute()
    assert found["fit_score"].tolist() == [0.0, 81.0, 100.0]
    assert found["intent_score"].tolist() == [0.0, 0.0, 0.0]


def test_where_a_table_was_looked_up_and_what_it_said() -> None:
    """Demo 3 days ago, Software, public, 200 employees; the last term pairs industry with employees."""
    row = {"days_since_demo": [3.0], "industry": ["Software"], "public": [True], "employees": [200.0]}
    found = scored(scorecard_of(EXAMPLE), ibis.memtable(row)).execute().iloc[0]
    assert [found[f"cell_{i}"] for i in range(4)] == [1, 2, 2, 2 * 3 + 2]
    assert [found[f"term_{i}"] for i in range(4)] == [2.0, 0.75, 0.5, 1.5]
    assert (found["log_odds"], found["grade"]) == (0.75, "A")
    assert found["win_probability"] == pytest.approx(0.902497, abs=1e-6)


@pytest.mark.parametrize("name", ["Grade", "LOG_ODDS", "Code_0", "term_1", "text", "_entry"])
def test_an_attribute_may_be_called_what_it_likes(name: str) -> None:
    scorecard = json.loads(json.dumps(EXAMPLE).replace('"industry"', f'"{name}"'))
    row = {"days_since_demo": [3.0], name: ["Software"], "public": [True], "employees": [200.0]}
    found = scored(scorecard_of(scorecard), ibis.memtable(row)).execute()
    assert (found["log_odds"][0], found["grade"][0]) == (0.75, "A")


def test_a_scorecard_without_terms_gives_all_the_same() -> None:
    scorecard = EXAMPLE | {"terms": [], "encodings": {}, "amount": {"base": 0.0, "terms": []}}
    found = scored(scorecard_of(scorecard), ibis.memtable({"unit": ["a", "b"]})).execute()
    assert found["log_odds"].tolist() == [-4.0, -4.0]
    assert found["expected_amount"].tolist() == [1.0, 1.0]


class Spark(Config):
    """The one option that ibis reads while it writes Spark's SQL; where pyspark is installed it exists."""

    treat_nan_as_null: bool = False


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_the_same_expression_is_written_for_other_engines(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if ibis.options.pyspark is None:
        monkeypatch.setattr(ibis.options, "pyspark", Spark())
    kinds = {name: "float64" if e["kind"] == "numeric" else "string" for name, e in ENCODINGS.items()}
    expression = scored(scorecard_of(random_scorecard(0, "isotonic")), ibis.table(kinds, name="features"))
    text = str(ibis.to_sql(expression, dialect=dialect))
    assert all(column in text for column in ("cell_6", "win_probability", "intent_score", "grade"))
