"""What changed between two scorecards: facts of their making, features, and the tables that moved most."""

from collections.abc import Mapping, Sequence
from math import exp, inf, nan
from typing import Any

import numpy as np

from scoring.lookup import encode

Card = Mapping[str, Any]

#: Features whose tables moved that are named.
MOST_MOVED = 5
#: Mean change of the log-odds below which a table has not moved: a factor of 1.05.
LEAST_MOVED = 0.05


def changes(champion: Card, card: Card) -> dict[str, Any]:
    """Compare a scorecard with the champion's.

    Parameters
    ----------
    champion, card : mapping
        The two scorecards.

    Returns
    -------
    dict
        `facts`: (what, before, after) of date, wins, base rate and rung; `added`, `dropped`: labels of features;
        `moved`: the features of both whose odds moved most, each with the cell of its widest move.
    """
    before, after = _alone(champion), _alone(card)
    labels = _labels(champion) | _labels(card)
    moved = [
        found
        for name in sorted(before.keys() & after.keys())
        if (found := _moved(name, labels[name], (before[name], champion), (after[name], card))) is not None
    ]
    return {
        "facts": [
            {"what": key, "before": champion.get(key), "after": card.get(key)}
            for key in ("as_of", "wins", "base_rate", "rung")
        ],
        "added": sorted(labels[name] for name in after.keys() - before.keys()),
        "dropped": sorted(labels[name] for name in before.keys() - after.keys()),
        "moved": sorted(moved, key=lambda item: -item["mean"])[:MOST_MOVED],
    }


def _alone(card: Card) -> dict[str, Card]:
    return {term["features"][0]: term for term in card["terms"] if len(term["features"]) == 1}


def _labels(card: Card) -> dict[str, str]:
    declared = {item["name"]: item["label"] for item in card.get("features", [])}
    return {name: declared.get(name, name) for term in card["terms"] for name in term["features"]}


def _moved(name: str, label: str, before: tuple[Card, Card], after: tuple[Card, Card]) -> dict[str, Any] | None:
    """How far the new table lies from the old one, at a value of each of the new one's cells."""
    (old, champion), (new, card) = before, after
    encoding, champions = card["encodings"][name], champion["encodings"][name]
    if encoding["kind"] != champions["kind"]:
        return None
    codes = encode({name: champions}, {name: _values(encoding)})[name]
    here, there = np.array(new["values"]), np.array(old["values"])[codes]
    counts = np.array(new.get("counts") or [1] * len(here), dtype="float64")
    gap = np.where(counts > 0, np.abs(here - there), 0.0)
    mean = float((gap * counts).sum() / counts.sum()) if counts.sum() else 0.0
    if mean < LEAST_MOVED:
        return None
    most = int(np.argmax(gap))
    words = new.get("words")
    return {
        "label": label,
        "mean": mean,
        "where": words[most] if words else label,
        "before": exp(there[most]),
        "after": exp(here[most]),
    }


def _values(encoding: Card) -> Sequence[Any]:
    """One value for each code: missing, then another level and every level, or a number inside of every bin."""
    if encoding["kind"] == "category":
        return [None, object(), *encoding["levels"]]
    edges = [-inf, *encoding["edges"]]
    return [nan, *(edges[i + 1] - 1e-9 if i == 0 and len(edges) > 1 else edges[i] for i in range(len(edges)))]
