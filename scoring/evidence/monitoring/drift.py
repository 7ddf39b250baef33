"""How far the features of a night have moved from those that its scorecard was trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import ibis
import numpy as np

from scoring.evidence.finding import Finding
from scoring.evidence.monitoring.monitor_findings import Shift
from scoring.evidence.monitoring.shift import chance, psi
from scoring.scorecard.expressions import code
from scoring.scorecard.lookup import MISSING, UNSEEN
from scoring.scorecard.parts import Category
from scoring.scorecard.scorecard import Scorecard

#: Population stability index from which a distribution has changed, and changed much (Siddiqi 2006, see `shift`).
CHANGED, MUCH = 0.1, 0.25
#: How many features a sentence names.
NAMED = 3


def counts(scorecard: Scorecard, features: ibis.Table) -> dict[str, list[int]]:
    """How many rows have each code of each feature, by feature, for those of the scorecard that the table has."""
    found: dict[str, list[int]] = {}
    for name, encoding in scorecard.encodings.items():
        if name not in features.columns:
            continue
        coded = features.select(code=code(features[name], encoding))
        rows = coded.group_by("code").agg(rows=coded.count()).to_pyarrow().to_pylist()
        found[name] = [0] * encoding.size
        for row in rows:
            found[name][int(row["code"])] = int(row["rows"])
    return found


def learned_on(scorecard: Scorecard) -> dict[str, list[float]]:
    """The same counts of the population that the scorecard was centred on, for the features whose terms have them.

    A feature that is only in pairs has the counts of a pair, summed over the other feature.
    """
    found: dict[str, list[float]] = {}
    for term in sorted(scorecard.terms, key=lambda term: len(term.features)):
        if term.counts is not None:
            table = np.asarray(term.counts, dtype=np.float64)
            for position, name in enumerate(term.features):
                others = tuple(axis for axis in range(table.ndim) if axis != position)
                found.setdefault(name, table.sum(axis=others).tolist())
    return found


def compare_counts(before: Mapping[str, Sequence[float]], now: Mapping[str, Sequence[float]]) -> tuple[Shift, ...]:
    """Compare the counts of each feature (or bins of each score) that both sides have.

    Parameters
    ----------
    before, now : mapping of name to sequence of float
        The counts by code or bin.

    Returns
    -------
    tuple of Shift
        The largest shift first.
    """
    found = []
    for name in sorted(before.keys() & now.keys()):
        index, noise = psi(before[name], now[name]), chance(before[name], now[name])
        size = "" if index <= max(CHANGED, noise) else "much" if index > MUCH else "some"
        found.append(Shift(name, index, min(noise, 1e9), size))
    return tuple(sorted(found, key=lambda one: (-one.psi, one.name)))


def with_gaps(
    moved: Sequence[Shift],
    scorecard: Scorecard,
    before: Mapping[str, Sequence[float]],
    now: Mapping[str, Sequence[float]],
) -> tuple[Shift, ...]:
    """The shifts of features with the shares of missing values and, for categories, of values unknown to training.

    Parameters
    ----------
    moved : sequence of Shift
        What `compare_counts` returns.
    scorecard : Scorecard
        The scorecard whose features they are.
    before, now : mapping of name to sequence of float
        The counts by code.
    """

    def shares(name: str, index: int) -> tuple[float, float]:
        then, today = (float(side[name][index]) / (sum(side[name]) or 1.0) for side in (before, now))
        return then, today

    return tuple(
        replace(
            one,
            missing=shares(one.name, MISSING),
            unknown=shares(one.name, UNSEEN) if isinstance(scorecard.encodings[one.name], Category) else None,
        )
        for one in moved
    )


def steady(features: Sequence[Shift], scores: Sequence[Shift]) -> Finding:
    """Whether the features are still distributed as those that the scorecard was trained on.

    Parameters
    ----------
    features, scores : sequence of Shift
        What `compare_counts` returns of each, the largest shift first.
    """
    much = [one for one in features if one.changed == "much"]
    some = [one for one in features if one.changed == "some"]
    figures = {
        "features": float(len(features)),
        "features_changed": float(len(much) + len(some)),
        "features_changed_much": float(len(much)),
        "largest_feature_psi": max((float(one.psi) for one in features), default=0.0),
        **{f"{one.name}_psi": float(one.psi) for one in scores},
    }
    names = ", ".join(f"{one.name} {one.psi:.2f}" for one in (much or some)[:NAMED])
    rest = len(much or some) - NAMED
    more = f" and {rest} more" if rest > 0 else ""
    for kept, changed, size in ((False, much, "much"), (True, some, "some")):
        if changed:
            have = "has" if len(changed) == 1 else "have"
            words = f"{len(changed)} of {len(features)} features {have} changed {size}: {names}{more}"
            return Finding(kept, words, figures)
    if not features:
        return Finding(True, "no features to compare", figures)
    return Finding(True, f"no feature of {len(features)} has changed beyond noise", figures)
