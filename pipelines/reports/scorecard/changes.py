"""What changed between two scorecards: facts of their making, features, and the tables that moved most."""

from collections.abc import Sequence
from math import exp, inf, nan
from typing import Any

import numpy as np

from scoring.scorecard.lookup import encode
from scoring.scorecard.parts import Category, Encoding, Term
from scoring.scorecard.scorecard import Scorecard

#: Features whose tables moved that are named.
MOST_MOVED = 5
#: Mean change of the log-odds below which a table has not moved: a factor of 1.05.
LEAST_MOVED = 0.05


def changes(champion: Scorecard, scorecard: Scorecard) -> dict[str, Any]:
    """Compare a scorecard with the champion's.

    Parameters
    ----------
    champion, scorecard : Scorecard
        The two scorecards.

    Returns
    -------
    dict
        `facts`: (what, before, after) of date, wins, base rate and `rung`; `added`, `dropped`: labels of features;
        `moved`: the features of both whose odds moved most, each with the cell of its widest move.
    """
    before, after = _alone(champion), _alone(scorecard)
    labels = _labels(champion) | _labels(scorecard)
    moved = [
        found
        for name in sorted(before.keys() & after.keys())
        if (found := _moved(name, labels[name], (before[name], champion), (after[name], scorecard))) is not None
    ]
    return {
        "facts": [
            {"what": "as_of", "before": champion.as_of.isoformat(), "after": scorecard.as_of.isoformat()},
            {"what": "wins", "before": champion.wins, "after": scorecard.wins},
            {"what": "base_rate", "before": champion.base_rate, "after": scorecard.base_rate},
            {"what": "rung", "before": champion.model, "after": scorecard.model},
        ],
        "added": sorted(labels[name] for name in after.keys() - before.keys()),
        "dropped": sorted(labels[name] for name in before.keys() - after.keys()),
        "moved": sorted(moved, key=lambda item: -item["mean"])[:MOST_MOVED],
    }


def _alone(scorecard: Scorecard) -> dict[str, Term]:
    return {term.features[0]: term for term in scorecard.terms if not term.is_pair}


def _labels(scorecard: Scorecard) -> dict[str, str]:
    declared = {feature.name: feature.label for feature in scorecard.features}
    return {name: declared.get(name, name) for term in scorecard.terms for name in term.features}


def _moved(
    name: str, label: str, before: tuple[Term, Scorecard], after: tuple[Term, Scorecard]
) -> dict[str, Any] | None:
    """How far the new table lies from the old one, at a value of each of the new one's cells."""
    (old, champion), (new, scorecard) = before, after
    encoding, champion_encoding = scorecard.encodings[name], champion.encodings[name]
    if type(encoding) is not type(champion_encoding):
        return None
    codes = encode({name: champion_encoding.to_json()}, {name: _values(encoding)})[name]
    here, there = np.array(new.values), np.array(old.values)[codes]
    counts = np.array(new.counts or [1] * len(here), dtype="float64")
    gap = np.where(counts > 0, np.abs(here - there), 0.0)
    mean = float((gap * counts).sum() / counts.sum()) if counts.sum() else 0.0
    if mean < LEAST_MOVED:
        return None
    most = int(np.argmax(gap))
    words = new.words
    return {
        "label": label,
        "mean": mean,
        "where": words[most] if words else label,
        "before": exp(there[most]),
        "after": exp(here[most]),
    }


def _values(encoding: Encoding) -> Sequence[Any]:
    """One value for each code: missing, then another level and every level, or a number inside of every bin."""
    if isinstance(encoding, Category):
        return [None, object(), *encoding.levels]
    edges = [-inf, *encoding.edges]
    return [nan, *(edges[i + 1] - 1e-9 if i == 0 and len(edges) > 1 else edges[i] for i in range(len(edges)))]
