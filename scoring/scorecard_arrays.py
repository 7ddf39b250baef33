"""A scorecard read off: features in Arrow columns to scores and reasons, a million rows in a second or so.

What `scorecard.scored` and `reasons.explained` state as expressions, for the engine that has the rows in this process:
codes by binary search, contributions by a table each, the three largest by comparing. It is the same scorecard, and the
two agree to 1e-9 (`tests/scoring/test_readout.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.features.spec import Recency, declared
from scoring.lookup import MISSING, UNSEEN, Lookup, percentiles
from scoring.reasons import LEAST, NO_REASON, REASONS, contribution, place_of, ranking_keys
from scoring.timeline import calendar_date

NUMBERS = (
    *("log_odds", "fit_log_odds", "intent_log_odds", "win_probability", "expected_amount", "expected_revenue"),
    *("fit_score", "intent_score"),
)
MARKS = ("grade", *REASONS, "concern_1", "why_now")

#: Rows read off at a time: their columns stay in the processor's cache.
ROWS = 16_384


@dataclass(frozen=True)
class ReadOut:
    """What a scorecard says of rows, in their order.

    Attributes
    ----------
    scores : pyarrow.Table
        The columns that `scorecard.scored` and `reasons.explained` would add, but for values, cells and terms.
    codes : ndarray of uint16, shape (n_features, n_rows)
        In the order of the scorecard's encodings.
    """

    scores: pa.Table
    codes: np.ndarray

    def beside(self, rows: pa.Table, *names: str) -> ReadOut:
        """The same with columns of the rows that were read."""
        scores = self.scores
        for i, name in enumerate(names):
            scores = scores.add_column(i, name, rows[name])
        return replace(self, scores=scores)

    @classmethod
    def joined(cls, parts: Sequence[ReadOut]) -> ReadOut:
        """Several as one, one after another."""
        scores = pa.concat_tables([part.scores for part in parts]).unify_dictionaries()
        return cls(scores, np.concatenate([part.codes for part in parts], axis=1))


def read_out(card: Mapping[str, Any], features: pa.Table, *, as_of: int, since: int, threads: int = 2) -> ReadOut:
    """Score rows and explain them.

    Parameters
    ----------
    card : mapping
        A scorecard.
    features : pyarrow.Table
        A column for each encoded feature (float64 or text), and any others.
    as_of, since : int
        Day of this scoring and of the one before it: see `reasons.explained`.
    threads : int
    """
    reader = _Reader(dict(card), as_of=as_of, since=since)
    rows = features.num_rows
    columns = [_column(features[name], said) for name, said in card["encodings"].items()]
    codes = np.empty((len(columns), rows), dtype=np.uint16)
    numbers = {name: np.empty(rows) for name in NUMBERS}
    marks = {name: np.empty(rows, dtype=np.int32) for name in MARKS}

    def part(some: slice) -> None:
        given = [column[some] for column in columns]
        coded = [_codes(column, edges) for column, edges in zip(given, reader.edges, strict=True)]
        for j, column in enumerate(coded):
            codes[j, some] = column
        for name, values in reader.read(coded, given).items():
            (numbers if name in numbers else marks)[name][some] = values

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, [slice(begin, min(begin + ROWS, rows)) for begin in range(0, rows, ROWS)]))
    table = {name: pa.array(values) for name, values in numbers.items()}
    for name, values in marks.items():
        words = reader.grades if name == "grade" else reader.news if name == "why_now" else reader.texts
        table[name] = pa.DictionaryArray.from_arrays(pa.array(values), pa.array(words, pa.string()))
    return ReadOut(pa.table(table), codes)


def _column(column: pa.ChunkedArray, encoding: Mapping[str, Any]) -> np.ndarray:
    """A feature as an array: float64 with NaN for missing, or of words the codes at once."""
    if encoding["kind"] == "numeric":
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
    text = column.cast(pa.string())
    places = pc.index_in(text, value_set=pa.array(encoding["levels"], pa.string()))
    codes = pc.if_else(pc.is_null(text), MISSING, pc.add(pc.fill_null(places, UNSEEN - 2), 2))
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.intp)


def _codes(column: np.ndarray, edges: np.ndarray | None) -> np.ndarray:
    if edges is None:
        return column
    codes = 1 + np.searchsorted(edges, column, side="right")
    codes[np.isnan(column)] = MISSING
    return codes


@dataclass(frozen=True)
class _Term:
    """A term's table, flat: `values`, the `keys` that reasons are ranked by, and where its words begin."""

    places: tuple[int, ...]
    width: int
    side: str
    values: np.ndarray
    keys: np.ndarray
    words: int
    news: int = -1

    def cells(self, codes: Sequence[np.ndarray]) -> np.ndarray:
        first, *second = (codes[place] for place in self.places)
        return first * self.width + second[0] if second else first


class _Reader:
    """A scorecard laid out to be read by rows."""

    def __init__(self, card: dict[str, Any], *, as_of: int, since: int) -> None:
        self.card, self.lookup, self.fresh = card, Lookup(card), as_of - since
        names, said = list(card["encodings"]), card["encodings"].values()
        self.edges = [np.array(one["edges"], dtype=np.float64) if one["kind"] == "numeric" else None for one in said]
        self.grades = [*card["grades"], "D"]
        self.cuts = [lift * card["base_rate"] for lift in card["grades"].values()]
        self.amounts = [self._term(names, term) for term in self.lookup.amount_terms]
        features = {item["name"]: declared(item) for item in card["features"]}
        self.terms, said_of, news = [], [""], [""]
        for i, (term, read) in enumerate(zip(card["terms"], self.lookup.terms, strict=True)):
            laid = replace(self._term(names, read), keys=ranking_keys(term, i), words=len(said_of))
            said_of += list(np.array(term["words"], dtype=object).ravel())
            feature = features.get(term["features"][0])
            if len(laid.places) == 1 and isinstance(feature, Recency):
                laid = replace(laid, news=len(news))
                news += [f"{feature.label} on {calendar_date(as_of - ago)}" for ago in range(self.fresh + 1)]
            self.terms.append(laid)
        self.texts, self.text_places = _once(said_of)
        self.news, self.news_places = _once(news)

    def _term(self, names: list[str], term: Any) -> _Term:
        places = tuple(names.index(name) for name in term.features)
        return _Term(places, term.values.shape[-1], term.side, term.values.ravel(), np.empty(0, np.int64), 0)

    def read(self, codes: Sequence[np.ndarray], given: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """What the scorecard says of some rows: `NUMBERS`, and `MARKS` as places in the lists of words."""
        rows = len(codes[0]) if codes else 0
        sums = {"fit": np.zeros(rows), "intent": np.zeros(rows)}
        first, second, third, new = (np.zeros(rows, dtype=np.int64) for _ in range(4))
        worst = np.full(rows, NO_REASON, dtype=np.int64)
        for term in self.terms:
            cells = term.cells(codes)
            sums[term.side] += term.values.take(cells)
            keys = term.keys.take(cells)
            np.minimum(worst, keys, out=worst)
            if term.news >= 0:
                fresh = (given[term.places[0]] <= self.fresh) & (contribution(keys) >= LEAST)
                np.maximum(new, np.where(fresh, keys, 0), out=new)
            # The key sinks to its place among the three largest.
            beaten = np.minimum(first, keys)
            np.maximum(first, keys, out=first)
            np.maximum(third, np.minimum(second, beaten), out=third)
            np.maximum(second, beaten, out=second)
        amount = np.zeros(rows)
        for term in self.amounts:
            amount += term.values.take(term.cells(codes))
        log_odds = float(self.card["base"]) + sums["fit"] + sums["intent"]
        probability = self.lookup.probability(log_odds)
        expected = np.exp(self.card["amount"]["base"] + amount)
        found = dict(zip(REASONS, (first, second, third), strict=True))
        return {
            "log_odds": log_odds,
            "fit_log_odds": sums["fit"],
            "intent_log_odds": sums["intent"],
            "win_probability": probability,
            "expected_amount": expected,
            "expected_revenue": probability * expected,
            "fit_score": percentiles(sums["fit"], self.card["reference"]["fit"]),
            "intent_score": percentiles(sums["intent"], self.card["reference"]["intent"]),
            "grade": np.add.reduce([probability < cut for cut in self.cuts], dtype=np.int32),
            **{name: self._words(keys, contribution(keys) >= LEAST) for name, keys in found.items()},
            "concern_1": self._words(worst, contribution(worst) <= -LEAST),
            "why_now": self._news(new, given),
        }

    def _words(self, keys: np.ndarray, told: np.ndarray) -> np.ndarray:
        begins = np.array([term.words for term in self.terms] or [0])
        term, cell = place_of(np.where(told, keys, 0))
        return self.text_places[np.where(told, begins[term] + cell, 0)]

    def _news(self, keys: np.ndarray, given: Sequence[np.ndarray]) -> np.ndarray:
        found = np.zeros(len(keys), dtype=np.int64)
        rows = np.flatnonzero(keys)
        terms, _ = place_of(keys[rows])
        for i in np.unique(terms):
            term, those = self.terms[i], rows[terms == i]
            found[those] = term.news + given[term.places[0]][those].astype(np.int64)
        return self.news_places[found]


def _once(texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Each text once, as a dictionary must have it, and where each now is: two entries may read alike."""
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    return list(place), np.array([place[text] for text in texts])
