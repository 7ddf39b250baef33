"""Reasons as NumPy arrays, in this process: the three largest contributions by comparing, texts by index.

`reason_expressions` chooses the same reasons on any engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.features.spec import Recency
from scoring.scorecard.lookup import Codes, Floats, Table
from scoring.scorecard.parts import Term
from scoring.scorecard.reasons import (
    CELLS,
    LEAST,
    MILLIONTHS,
    NO_REASON,
    REASONS,
    SHIFT,
    TERMS,
    contribution,
    unstable_cells,
)
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import calendar_date


@dataclass(frozen=True)
class _Entries:
    """The entries of one term's table: a key for each, and where their texts begin (`news` is -1 without any)."""

    table: Table
    keys: np.ndarray
    first_text: int
    first_news: int


class ReasonArrays:
    """The reasons that a scorecard gives, ready to be looked up.

    Parameters
    ----------
    scorecard : Scorecard
        With `words` for each term.
    as_of, since : int
        Day of this scoring and of the one before it: see `reason_expressions.explained`.

    Attributes
    ----------
    texts, news : list of str
        All texts of reasons and concerns, and of `why_now`; each once, the empty text first.
    """

    def __init__(self, scorecard: Scorecard, *, as_of: int, since: int) -> None:
        self._new_days = as_of - since
        features = scorecard.by_name
        texts, news = [""], [""]
        self._entries = []
        for i, (term, table) in enumerate(zip(scorecard.terms, scorecard.lookup.terms, strict=True)):
            feature = features.get(term.features[0])
            signal = feature if not term.is_pair and isinstance(feature, Recency) else None
            self._entries.append(_Entries(table, ranking_keys(term, i), len(texts), len(news) if signal else -1))
            texts += term.flat(term.words or ())
            if signal is not None:
                news += [f"{signal.label} on {calendar_date(as_of - ago)}" for ago in range(self._new_days + 1)]
        self._first_texts = np.array([entries.first_text for entries in self._entries] or [0])
        self.texts, self._text_index = _distinct(texts)
        self.news, self._news_index = _distinct(news)

    def explain(self, codes: dict[str, Codes], values: Mapping[str, Floats], rows: int) -> dict[str, np.ndarray]:
        """The reasons of some rows.

        Parameters
        ----------
        codes : dict of name to array, shape (rows,)
            The codes of the features, as `Lookup.codes` gives them.
        values : mapping of name to array, shape (rows,)
            The features themselves; only recencies are read, in days.
        rows : int

        Returns
        -------
        dict of array of int, shape (rows,)
            `reason_1` to `reason_3` and `concern_1`, as indices of `texts`; `why_now`, as an index of `news`.
        """
        first, second, third, newest = (np.zeros(rows, dtype=np.int64) for _ in range(4))
        worst = np.full(rows, NO_REASON, dtype=np.int64)
        for entries in self._entries:
            keys = entries.keys.take(entries.table.cells(codes))
            np.minimum(worst, keys, out=worst)
            if entries.first_news >= 0:
                is_new = (values[entries.table.features[0]] <= self._new_days) & (contribution(keys) >= LEAST)
                np.maximum(newest, np.where(is_new, keys, 0), out=newest)
            # The key sinks to its rank among the three largest.
            beaten = np.minimum(first, keys)
            np.maximum(first, keys, out=first)
            np.maximum(third, np.minimum(second, beaten), out=third)
            np.maximum(second, beaten, out=second)
        largest = zip(REASONS, (first, second, third), strict=True)
        return {
            **{name: self._texts_of(keys, contribution(keys) >= LEAST) for name, keys in largest},
            "concern_1": self._texts_of(worst, contribution(worst) <= -LEAST),
            "why_now": self._news_of(newest, values),
        }

    def _texts_of(self, keys: np.ndarray, shown: np.ndarray) -> np.ndarray:
        terms, cells = _unpacked(np.where(shown, keys, 0))
        return self._text_index[np.where(shown, self._first_texts[terms] + cells, 0)]

    def _news_of(self, keys: np.ndarray, values: Mapping[str, Floats]) -> np.ndarray:
        found = np.zeros(len(keys), dtype=np.int64)
        rows = np.flatnonzero(keys)
        terms, _ = _unpacked(keys[rows])
        for i in np.unique(terms):
            entries, of_term = self._entries[i], rows[terms == i]
            found[of_term] = entries.first_news + values[entries.table.features[0]][of_term].astype(np.int64)
        return self._news_index[found]


def ranking_keys(term: Term, i: int) -> np.ndarray:
    """The keys of the i-th term's entries (see `reasons`), in the order of its cells: int64, shape (n_cells,)."""
    adds = np.array(term.values, dtype=np.float64).ravel()
    adds[unstable_cells(term)] = 0.0
    millionths = np.copysign(np.floor(np.abs(adds) * MILLIONTHS + 0.5), adds).astype(np.int64)
    return ((millionths + SHIFT) * TERMS + i) * CELLS + np.arange(adds.size)


def _unpacked(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The term and the cell in each key."""
    return keys // CELLS % TERMS, keys % CELLS


def _distinct(texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Each text once, as an Arrow dictionary must have it, and the index of each of `texts` among them."""
    index = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    return list(index), np.array([index[text] for text in texts])
