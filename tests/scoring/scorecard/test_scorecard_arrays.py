"""A scorecard computed in this process: what its expressions say, of every awkward value, in any blocks and threads."""

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from scoring.scorecard import arrays as scorecard_arrays
from scoring.scorecard.arrays import NUMBERS, TEXTS, ScoreArrays, score_arrays
from scoring.scorecard.expressions import scored
from scoring.scorecard.reason_expressions import explained
from scoring.scorecard.scorecard import Scorecard
from tests.scoring.any_market import without_fused_selects
from tests.scoring.any_scorecard import AS_OF, SCHEMA, SINCE, cases
from tests.scoring.drawn import drawn
from tests.scoring.example_scorecard import scorecard_of
from tests.scoring.scorecard.test_scorecard_expressions import (
    CALIBRATIONS,
    ENCODINGS,
    TYPES,
    random_rows,
    random_scorecard,
)

ROWS = 3_000
DAYS: dict[str, int] = {"as_of": 20_513, "since": 20_512}


def worded(scorecard: dict[str, Any]) -> Scorecard:
    """A scorecard with words for every entry, and no declarations."""
    for i, term in enumerate(scorecard["terms"]):
        shape = np.shape(term["values"])
        term["words"] = np.array([f"{i}: {cell}" for cell in range(int(np.prod(shape)))]).reshape(shape).tolist()
    return scorecard_of(scorecard | {"features": []})


def table(seed: int, rows: int = ROWS) -> pa.Table:
    drawn = random_rows(seed, rows)
    return pa.table({name: pa.array([row[name] for row in drawn], TYPES[name]) for name in ENCODINGS})


@pytest.mark.parametrize(("seed", "calibration"), list(enumerate(CALIBRATIONS)))
def test_numbers_and_codes_are_those_of_the_expressions(seed: int, calibration: str) -> None:
    scorecard, given = worded(random_scorecard(seed, calibration)), table(seed)
    read = score_arrays(scorecard, given, **DAYS)
    numbered = given.append_column("row", pa.array(range(ROWS)))
    frame = scored(scorecard, ibis.duckdb.connect().create_table("t", numbered)).order_by("row").execute()
    for name in NUMBERS:
        assert read.scores[name].to_numpy() == pytest.approx(frame[name].to_numpy(), abs=1e-9), name
    assert read.scores["grade"].to_pylist() == frame["grade"].tolist()
    for i in range(len(ENCODINGS)):
        assert (read.codes[i] == frame[f"code_{i}"].to_numpy()).all()


def test_scores_of_drawn_scorecards_are_those_of_the_expressions() -> None:
    """Of 200 scorecards with eight rows each; of every tenth also the reasons, which take longer to compile."""
    some = drawn(cases(), 200)
    rows = [row | {"scorecard": i, "row": j} for i, case in enumerate(some) for j, row in enumerate(case.rows)]
    together = pa.Table.from_pylist(rows, SCHEMA)
    connection = ibis.duckdb.connect()
    table = connection.create_table("features", together)
    for i, (content, rows) in enumerate(some):
        scorecard = scorecard_of(content)
        features = together.slice(i * len(rows), len(rows))
        by_arrays = score_arrays(scorecard, features, as_of=AS_OF, since=SINCE)
        texts = TEXTS if i % 10 == 0 else ("grade",)
        with without_fused_selects():
            scores = scored(scorecard, table.filter(table.scorecard == i).select("row", *scorecard.encodings))
            scores = scores if texts == ("grade",) else explained(scorecard, scores, as_of=AS_OF, since=SINCE)
            codes = [f"code_{j}" for j in range(len(scorecard.encodings))]
            by_expressions = connection.to_pyarrow(scores.select("row", *NUMBERS, *texts, *codes)).sort_by("row")
        for name in NUMBERS:
            found, expected = by_arrays.scores[name].to_numpy(), by_expressions[name].to_numpy()
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=f"{name} of {scorecard}, {rows}")
        for name in texts:
            assert by_arrays.scores[name].to_pylist() == by_expressions[name].to_pylist(), (name, scorecard, rows)
        assert by_arrays.codes.tolist() == [by_expressions[name].to_pylist() for name in codes], (scorecard, rows)


def test_slices_threads_and_order_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    scorecard, given = worded(random_scorecard(1, "beta")), table(1)
    whole = score_arrays(scorecard, given, **DAYS, threads=1)
    monkeypatch.setattr(scorecard_arrays, "ROWS", 256)
    assert score_arrays(scorecard, given, **DAYS, threads=4).scores.equals(whole.scores)
    parts = [score_arrays(scorecard, given.slice(begin, 700), **DAYS) for begin in range(0, ROWS, 700)]
    joined = ScoreArrays.joined(parts)
    assert joined.scores.to_pylist() == whole.scores.to_pylist()
    assert (joined.codes == whole.codes).all()
    order = np.random.default_rng(0).permutation(ROWS)
    turned = score_arrays(scorecard, given.take(pa.array(order)), **DAYS)
    assert turned.scores.to_pylist() == whole.scores.take(pa.array(order)).to_pylist()


def test_nobody_has_no_scores_and_all_the_columns() -> None:
    scorecard, given = worded(random_scorecard(2, "intercept")), table(2)
    nobody = score_arrays(scorecard, given.slice(0, 0), **DAYS)
    assert nobody.scores.num_rows == 0
    assert nobody.scores.schema == score_arrays(scorecard, given, **DAYS).scores.schema
    assert nobody.codes.shape == (len(ENCODINGS), 0)


def test_what_was_beside_a_row_stays_beside_it() -> None:
    given = table(0, 5).append_column("unit", pa.array(list("abcde")))
    read = score_arrays(worded(random_scorecard(0, "beta")), given, **DAYS)
    assert read.beside(given, "unit").scores.column_names[:2] == ["unit", "log_odds"]
