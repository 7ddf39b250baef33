"""A scorecard as NumPy arrays, in this process: features in Arrow columns to scores and reasons.

`Lookup` computes the scores and `ReasonArrays` the reasons; here rows are cut into blocks, and the blocks are computed
by several threads. `expressions` and `reason_expressions` state the same for any engine; the two agree to
1e-9 (`tests/scoring/scorecard/test_scorecard_arrays.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scoring.scorecard.lookup import GRADES, Lookup, encode
from scoring.scorecard.parts import Encoding, Numeric
from scoring.scorecard.reason_arrays import ReasonArrays
from scoring.scorecard.reasons import REASONS
from scoring.scorecard.scorecard import Scorecard

if TYPE_CHECKING:
    import pandas as pd

#: The columns of scores: float64, and text from a short list.
NUMBERS = (
    *("log_odds", "fit_log_odds", "intent_log_odds", "win_probability", "expected_amount", "expected_revenue"),
    *("fit_score", "intent_score"),
)
TEXTS = ("grade", *REASONS, "concern_1", "why_now")

#: Rows of a block: its columns stay in the processor's cache.
ROWS = 16_384


@dataclass(frozen=True)
class ScoreArrays:
    """The scores and reasons of some rows, in their order.

    Attributes
    ----------
    scores : pyarrow.Table
        The columns `NUMBERS` and `TEXTS`.
    codes : ndarray of uint16, shape (n_features, n_rows)
        In the order of the scorecard's encodings.
    """

    scores: pa.Table
    codes: np.ndarray

    def beside(self, rows: pa.Table, *names: str) -> ScoreArrays:
        """The same with columns of the rows that were scored, in front."""
        scores = self.scores
        for i, name in enumerate(names):
            scores = scores.add_column(i, name, rows[name])
        return replace(self, scores=scores)

    @classmethod
    def joined(cls, parts: Sequence[ScoreArrays]) -> ScoreArrays:
        """Several as one, one after another."""
        scores = pa.concat_tables([part.scores for part in parts]).unify_dictionaries()
        return cls(scores, np.concatenate([part.codes for part in parts], axis=1))


def score_arrays(scorecard: Scorecard, features: pa.Table, *, as_of: int, since: int, threads: int = 2) -> ScoreArrays:
    """Score rows and give their reasons.

    Parameters
    ----------
    scorecard : Scorecard
        With words for its terms.
    features : pyarrow.Table
        A column for each encoded feature (float64 or text), and any others.
    as_of, since : int
        Day of this scoring and of the one before it: see `reason_expressions.explained`.
    threads : int
        How many blocks are computed at the same time. It changes no bit.
    """
    lookup = scorecard.lookup
    reasons = ReasonArrays(scorecard, as_of=as_of, since=since)
    rows = features.num_rows
    numeric = {name: isinstance(encoding, Numeric) for name, encoding in scorecard.encodings.items()}
    columns = {
        name: _numbers(features[name]) if is_numeric else _level_codes(features[name], lookup, name)
        for name, is_numeric in numeric.items()
    }
    all_codes = np.empty((len(columns), rows), dtype=np.uint16)
    numbers = {name: np.empty(rows) for name in NUMBERS}
    texts = {name: np.empty(rows, dtype=np.int32) for name in TEXTS}

    def compute(block: slice) -> None:
        values = {name: column[block] for name, column in columns.items()}
        codes = {
            name: lookup.encodings[name].codes(column) if numeric[name] else column for name, column in values.items()
        }
        for i, column in enumerate(codes.values()):
            all_codes[i, block] = column
        scores = lookup.numbers(codes, block.stop - block.start)
        for name, column in scores.items():
            numbers[name][block] = column
        texts["grade"][block] = lookup.grade_codes(scores["win_probability"])
        for name, column in reasons.explain(codes, values, block.stop - block.start).items():
            texts[name][block] = column

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(compute, [slice(begin, min(begin + ROWS, rows)) for begin in range(0, rows, ROWS)]))
    table = {name: pa.array(column) for name, column in numbers.items()}
    for name, column in texts.items():
        words = list(GRADES) if name == "grade" else reasons.news if name == "why_now" else reasons.texts
        table[name] = pa.DictionaryArray.from_arrays(pa.array(column), pa.array(words, pa.string()))
    return ScoreArrays(pa.table(table), all_codes)


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    """A numeric feature: float64 with NaN for missing, shape (n,)."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _level_codes(column: pa.ChunkedArray, lookup: Lookup, name: str) -> np.ndarray:
    """The codes of a feature with levels, shape (n,): `Lookup` encodes each different text once."""
    texts = column.cast(pa.string()).combine_chunks().dictionary_encode()
    codes = lookup.encodings[name].codes([*texts.dictionary.to_pylist(), None])
    return codes.take(texts.indices.fill_null(len(codes) - 1).to_numpy(zero_copy_only=False))


def codes_of(encodings: Mapping[str, Encoding], frame: pd.DataFrame) -> np.ndarray:
    """The codes of a frame's features, of shape (n_rows, n_encodings), in the order of `encodings`."""
    by_name = encode({name: encoding.to_json() for name, encoding in encodings.items()}, frame)
    return np.column_stack([by_name[name] for name in encodings]).astype("int32")
