"""What changed between two scorecards: facts of their making, features, and the tables that moved most."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ChangedFact:
    """A fact of both: `as_of`, `wins`, `base_rate` or `rung`, and what it was and is."""

    what: str
    before: str | float | None
    after: str | float | None


@dataclass(frozen=True)
class MovedFeature:
    """A feature of both whose odds moved: by how much on average, in which cell most, and its odds before and after."""

    label: str
    mean: float
    where: str
    before: float
    after: float


@dataclass(frozen=True)
class ScorecardChanges:
    """What changed between two scorecards: facts, the labels of features added and dropped, and what moved most."""

    facts: tuple[ChangedFact, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    moved: tuple[MovedFeature, ...]


def changes(champion: Scorecard, scorecard: Scorecard) -> ScorecardChanges:
    """Compare a scorecard with the champion's.

    Parameters
    ----------
    champion, scorecard : Scorecard
        The two scorecards.
    """
    before, after = _alone(champion), _alone(scorecard)
    labels = _labels(champion) | _labels(scorecard)
    moved = [
        found
        for name in sorted(before.keys() & after.keys())
        if (found := _moved(name, labels[name], (before[name], champion), (after[name], scorecard))) is not None
    ]
    return ScorecardChanges(
        facts=(
            ChangedFact("as_of", champion.as_of.isoformat(), scorecard.as_of.isoformat()),
            ChangedFact("wins", champion.wins, scorecard.wins),
            ChangedFact("base_rate", champion.base_rate, scorecard.base_rate),
            ChangedFact("rung", champion.model, scorecard.model),
        ),
        added=tuple(sorted(labels[name] for name in after.keys() - before.keys())),
        dropped=tuple(sorted(labels[name] for name in before.keys() - after.keys())),
        moved=tuple(sorted(moved, key=lambda item: -item.mean)[:MOST_MOVED]),
    )


def _alone(scorecard: Scorecard) -> dict[str, Term]:
    return {term.features[0]: term for term in scorecard.terms if not term.is_pair}


def _labels(scorecard: Scorecard) -> dict[str, str]:
    declared = {feature.name: feature.label for feature in scorecard.features}
    return {name: declared.get(name, name) for term in scorecard.terms for name in term.features}


def _moved(name: str, label: str, before: tuple[Term, Scorecard], after: tuple[Term, Scorecard]) -> MovedFeature | None:
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
    return MovedFeature(label, mean, new.words[most] if new.words else label, exp(there[most]), exp(here[most]))


def _values(encoding: Encoding) -> Sequence[Any]:
    """One value for each code: missing, then another level and every level, or a number inside of every bin."""
    if isinstance(encoding, Category):
        return [None, object(), *encoding.levels]
    edges = [-inf, *encoding.edges]
    return [nan, *(edges[i + 1] - 1e-9 if i == 0 and len(edges) > 1 else edges[i] for i in range(len(edges)))]
