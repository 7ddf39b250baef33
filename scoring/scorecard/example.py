"""Rows that a scorecard could be given, made up from its own levels and edges: nobody's row is among them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from scoring.scorecard.parts import Category, Encoding
from scoring.scorecard.scorecard import Scorecard

ROWS = 5


def example_rows(scorecard: Scorecard, rows: int = ROWS) -> dict[str, list[Any]]:
    """Values of each feature, row by row: the levels of a category in turn, and numbers between the edges.

    Parameters
    ----------
    scorecard : Scorecard
    rows : int

    Returns
    -------
    dict of list
        None stands for a missing value: there is one in the last row, so that an example shows how to give it.
    """
    features = list(scorecard.lookup.features)
    return {
        name: [_value(scorecard.encodings[name], row + index) if row + 1 < rows else None for row in range(rows)]
        for index, name in enumerate(features)
    }


def _value(encoding: Encoding, turn: int) -> Any:
    if isinstance(encoding, Category):
        return encoding.levels[turn % len(encoding.levels)] if encoding.levels else None
    edges = encoding.edges
    if not edges:
        return 0.0
    # Below the first edge, between two, or above the last: any number of a bin stands for all of it.
    bins = [edges[0] - 1.0, *((low + high) / 2 for low, high in pairwise(edges)), edges[-1] + 1.0]
    return bins[turn % len(bins)]
