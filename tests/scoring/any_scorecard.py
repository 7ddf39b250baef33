"""Small scorecards at random, with rows that they score.

All values are eighths, which floating point adds up exactly in any order: a row that ties with the top of the reference
does so on every engine.
"""

import math
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from scoring.features.fit import attributes
from scoring.features.spec import Recency

AS_OF, SINCE = 20_513, 20_506
#: None, and one that is flat in places.
CALIBRATIONS: list[tuple[list[float], list[float]]] = [([], []), ([0.02, 0.05, 0.2, 0.9], [0.0, 0.01, 0.01, 0.7])]
#: Two numbers, of which the first is the days since something happened, and two features with levels.
EDGES = {"days": [1.0, 8.0], "size": [-2.5, 0.0, 1e9]}
LEVELS = {"industry": ["O'Hara & Söhne", "true"], "channel": ["", "No 1"]}
DECLARED = [Recency(name="days", label="Demo"), *attributes({"size": "numeric", **dict.fromkeys(LEVELS, "category")})]
VALUES: dict[str, list[Any]] = {
    "days": [None, math.nan, *(float(days) for days in (1, 2, 7, 8, 400))],
    "size": [
        None,
        math.nan,
        math.inf,
        -math.inf,
        -0.0,
        *(np.nextafter(x, y) for x in EDGES["size"] for y in (-9e9, x)),
    ],
    **{name: [None, "unseen", *levels] for name, levels in LEVELS.items()},
}
SCHEMA = pa.schema(
    [
        *((name, pa.float64() if name in EDGES else pa.string()) for name in VALUES),
        ("scorecard", pa.int64()),
        ("row", pa.int64()),
    ]
)
ROWS = 8

eighths = st.integers(-24, 24).map(lambda x: x / 8)


class Case(NamedTuple):
    """A scorecard and rows for it."""

    scorecard: dict[str, Any]
    rows: list[dict[str, Any]]


def some_of(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    """A part of a list, in its order."""
    return st.integers(0, 2 ** len(values) - 1).map(lambda bits: [x for i, x in enumerate(values) if bits >> i & 1])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A scorecard of up to three features and three terms, and eight rows."""
    features = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True))
    encodings: dict[str, dict[str, Any]] = {
        name: {"kind": "numeric", "edges": draw(some_of(EDGES[name]))}
        if name in EDGES
        else {"kind": "category", "levels": draw(some_of(LEVELS[name]))}
        for name in features
    }
    sizes = {name: 2 + len(one.get("edges", one.get("levels"))) for name, one in encodings.items()}
    tables = [*[(name,) for name in features], *combinations(features, 2)]

    def term(side: str) -> dict[str, Any]:
        names = draw(st.sampled_from(tables))
        shape = [sizes[name] for name in names]
        cells = math.prod(shape)
        values = draw(st.lists(eighths, min_size=cells, max_size=cells))
        shares = draw(st.lists(st.sampled_from((0.5, 0.75, 1.0)), min_size=cells, max_size=cells))
        words = [f"{' and '.join(names)} {cell}" for cell in range(cells)]
        nested = {"values": values, "stable": shares, "words": words}
        return {
            "features": list(names),
            "side": side,
            **{name: np.array(entries, dtype=object).reshape(shape).tolist() for name, entries in nested.items()},
        }

    x, y = draw(st.sampled_from(CALIBRATIONS))
    scorecard = {
        "format": "closedwon-scorecard/1",
        "base": draw(eighths),
        "period_offsets": draw(st.lists(eighths, min_size=1, max_size=2)),
        "calibration": {"kind": "isotonic", "x": x, "y": y},
        "terms": [term(side) for side in draw(st.lists(st.sampled_from(("fit", "intent")), max_size=3))],
        "encodings": encodings,
        "amount": {"base": draw(eighths), "terms": [term("") for _ in range(draw(st.integers(0, 1)))]},
        "base_rate": draw(st.sampled_from((0.013, 0.11, 0.4))),
        "grades": {"A": 4.0, "B": 1.5, "C": 0.5},
        "reference": {
            side: sorted([0.0, *draw(st.lists(eighths, min_size=2, max_size=2)) * 50]) for side in ("fit", "intent")
        },
        "features": [feature.declaration() for feature in DECLARED],
    }
    row = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})
    return Case(scorecard, draw(st.lists(row, min_size=ROWS, max_size=ROWS)))
