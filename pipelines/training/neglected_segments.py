"""The segments that sales leaves alone: what is expected of each as it is, and if it were worked as is usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.training.neglect import DEALT, WORKED, WorkedSnapshots
from scoring.features.spec import Feature
from scoring.outcomes.worked import Worked
from scoring.scorecard.forecast_error import ForecastError
from scoring.scorecard.neglect import Neglect, WorkedSegment
from scoring.scorecard.parts import Category, Encoding

#: By how much more a segment is off that nobody worked, as standard deviation of log(actual / predicted): measured by
#: benchmarks.neglect.
PART_UNTRIED = 0.4
#: Segments are levels of fit features with at most so many, and quarters of numbers.
MOST_LEVELS = 12


@dataclass(frozen=True)
class ExpectedWins:
    """What two scorecards expect of the open entities, one value for each.

    Attributes
    ----------
    as_it_is, if_worked : ndarray of shape (n,)
        The probability of a win by a scorecard that learned from all, and by one that learned from what was worked.
    fit : ndarray of shape (n,)
        The fit score by the latter.
    error : ForecastError
        Of the latter.
    """

    as_it_is: np.ndarray
    if_worked: np.ndarray
    fit: np.ndarray
    error: ForecastError


def neglect(
    worked: Worked,
    found: WorkedSnapshots,
    segments_of: Mapping[str, np.ndarray],
    as_of: int,
    expected: ExpectedWins,
    weight: np.ndarray | None,
) -> Neglect:
    """What was worked, and what is expected of each level of some fit features.

    Parameters
    ----------
    worked : Worked
    found : WorkedSnapshots
        The snapshots, those of `as_of` among them.
    segments_of : mapping of ndarray of str, shape (n_snapshots,)
        The segment of each snapshot by each feature; empty for none.
    as_of : int
        Day number of the training.
    expected : ExpectedWins
        Of the open entities, in the order of the snapshots of `as_of`.
    weight : ndarray of shape (n_snapshots,), optional
        How many snapshots each stands for, if they are a sample.
    """
    frame, error = found.frame, expected.error
    w = np.ones(len(frame)) if weight is None else weight
    free = ~frame[DEALT].to_numpy(dtype=bool)
    was, today = frame[WORKED].to_numpy(dtype=bool), frame["as_of"].to_numpy() == as_of
    untried = replace(error, part=float(np.hypot(error.part, PART_UNTRIED)))
    segments = []
    for name, of_each in segments_of.items():
        for value in dict.fromkeys(sorted(of_each[of_each != ""])):
            there = of_each == value
            rows, now = there & free, there[today]
            if not now.any() or not rows.any():
                continue
            p = expected.if_worked[now]
            segment = WorkedSegment(
                feature=name,
                value=str(value),
                open=int(now.sum()),
                snapshots=round(float(w[rows].sum()), 1),
                worked=round(float(np.average(was[rows], weights=w[rows])), 6),
                usual=round(float(np.average(found.usual[rows], weights=w[rows])), 6),
                fit=round(float(expected.fit[now].mean()), 2),
                fit_of_all=round(float(expected.fit.mean()), 2),
                as_it_is=round(float(expected.as_it_is[now].sum()), 4),
                if_worked=error.wins(p, part=True).interval().rounded(4),
            )
            wide = untried.wins(p, part=True).interval().rounded(4)
            segments.append(replace(segment, if_worked=wide) if segment.untried else segment)
    return Neglect(
        kinds=worked.kinds,
        days=worked.days,
        share=round(float(np.average(was[free], weights=w[free])), 6) if free.any() else 0.0,
        kept=round(float(np.average(found.kept, weights=w)), 6),
        segments=tuple(segments),
    )


def sentences(found: Neglect, things: str) -> list[str]:
    """What a training says of neglect: a line of how it learned, and one for each neglected segment.

    Parameters
    ----------
    found : Neglect
    things : str
        The entities in the plural.
    """
    lines = [
        f"learned from what sales worked: {found.share:.0%} of the {things} without a deal were worked within "
        f"{found.days} days, and {found.kept:.0%} of all snapshots count"
    ]
    for segment in found.neglected:
        rate = f"{segment.worked:.1%} worked where {segment.usual:.1%} is usual"
        wins = (
            f"expected {segment.if_worked.expected:.1f} wins if worked ({segment.if_worked.low_95:.1f} to "
            f"{segment.if_worked.high_95:.1f}), {segment.as_it_is:.1f} as it is"
        )
        tried = "; no work there shows what it brings: its deals and the other attributes tell" * segment.untried
        kind = "fits and is not worked" if segment.fits else "is not worked"
        lines.append(f"{segment.feature} {segment.value} {kind} ({segment.open:,} {things}, {rate}): {wins}{tried}")
    return lines


def segments_by(
    frame: pd.DataFrame,
    features: Sequence[Feature],
    encodings: Mapping[str, Encoding],
    codes: np.ndarray,
    today: np.ndarray,
) -> dict[str, np.ndarray]:
    """The segment of each snapshot by each fit feature: its level, or the quarter of a number; empty for none.

    Parameters
    ----------
    frame : DataFrame
        The snapshots.
    features : sequence of Feature
    encodings : mapping of Encoding
        That of each feature, by name.
    codes : ndarray of int, shape (n_snapshots, n_features)
    today : ndarray of bool, shape (n_snapshots,)
        The snapshots whose quarters they are.
    """
    found: dict[str, np.ndarray] = {}
    for j, feature in enumerate(features):
        encoding = encodings[feature.name]
        if feature.side != "fit":
            continue
        if isinstance(encoding, Category):
            levels = encoding.levels
            if 2 <= len(levels) <= MOST_LEVELS:
                found[feature.name] = np.array(["", "", *map(str, levels)], dtype=object)[codes[:, j]]
            continue
        values = frame[feature.name].to_numpy(dtype="float64", na_value=np.nan)
        some = values[today & np.isfinite(values)]
        edges = np.unique(np.quantile(some, (0.25, 0.5, 0.75))) if len(some) else np.empty(0)
        if len(edges) == 3:
            low, middle, high = (f"{edge:,.4g}" for edge in edges)
            words = [f"below {low}", f"{low} to {middle}", f"{middle} to {high}", f"{high} and more"]
            position = np.searchsorted(edges, values, side="right")
            found[feature.name] = np.where(
                np.isfinite(values), np.array(words, dtype=object)[np.minimum(position, 3)], ""
            )
    return found
