"""Training on what sales worked, so that neglect is not learned as disinterest: what is work, and the weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pandas as pd

from models.propensity import chances
from pipelines.config import Config
from pipelines.errors import BadInput
from pipelines.progress import Say
from scoring import entities
from scoring.features.spec import Feature
from scoring.forecast_error import ForecastError
from scoring.neglect import NEGLECTED, Neglect, WorkedSegment
from scoring.tables import Keep, Tables
from scoring.worked import Worked, chosen, outbound_kinds

#: Columns of a frame of snapshots: whether the account was worked lately, whether a deal with it was open lately, and
#: whether it hardly counts, as sales neglects its like. They have a blank in them, as no attribute has.
WORKED, DEALT, LEFT_ALONE = "was worked", "had a deal", "was left alone"

#: By how much more a segment is off that nobody worked, as standard deviation of log(actual / predicted): measured by
#: benchmarks.neglect.
PART_UNTRIED = 0.4
#: Segments are levels of fit features with at most so many.
MOST_LEVELS = 12


class NothingWorked(BadInput):
    """The training asks for what sales worked, and the export does not tell it."""


def what_is_work(tables: Tables, config: Config, say: Say) -> Worked:
    """What tells which accounts were worked: the kinds of our own touches that count, within a horizon before.

    Parameters
    ----------
    tables : Tables
    config : Config
        Its section ``training``.
    say : callable
        Takes each line of progress.

    Raises
    ------
    NothingWorked
        If no kind of outbound activity counts as work.
    """
    asked, kinds = config.training.worked_by, outbound_kinds(tables)
    found = chosen(kinds, asked)
    if not found:
        seen = f"outbound are {', '.join(kinds)}" if kinds else "no activity is outbound"
        sought = f"any of {', '.join(asked)}" if asked else "calls, meetings or visits, by the names of activity types"
        raise NothingWorked(
            f"[training] worked = true asks which accounts sales worked, told by {sought}; {seen}. Name the types that "
            "sales works with in [training] worked_by (no mailings, which reach everybody), or leave worked out"
        )
    others = [kind for kind in kinds if kind not in found]
    said = f", not by {', '.join(others)} ([training] worked_by names others)" if others and not asked else ""
    say(f"worked by sales is told by {', '.join(found)} and open deals{said}")
    return Worked(found, config.training.horizon_days)


def with_worked(frame: pd.DataFrame, worked: Worked, tables: Tables, keep: Keep) -> pd.DataFrame:
    """The snapshots with `WORKED` and `DEALT`.

    Parameters
    ----------
    frame : DataFrame
        The snapshots, with `account_key` and `as_of`.
    worked : Worked
    tables : Tables
        With all activities.
    keep : callable
        Computes a table that several expressions read.
    """
    people = entities.people(tables)
    looked = ibis.memtable(frame[["account_key", "as_of"]].drop_duplicates())
    found = worked.of(tables, None if people is None else keep(people), keep(looked)).to_pandas()
    dealt = found.set_index(["account_key", "as_of"])["dealt"]
    place = pd.MultiIndex.from_frame(frame[["account_key", "as_of"]])
    of_each = dealt.reindex(place)
    return frame.assign(**{WORKED: of_each.notna().to_numpy(), DEALT: of_each.eq(True).to_numpy()})


@dataclass(frozen=True)
class WorkedSnapshots:
    """The snapshots that a hazard is learned from: those of accounts that sales worked, or might have worked.

    Attributes
    ----------
    frame : DataFrame
        The snapshots, with `LEFT_ALONE`; one without weight is not observed.
    weight : ndarray of shape (n_snapshots,)
        How many snapshots each stands for.
    kept, usual : ndarray of shape (n_snapshots,)
        The weight of each by the chance of having been worked, from 0 to 1, and the chance that is usual.
    """

    frame: pd.DataFrame
    weight: np.ndarray
    kept: np.ndarray
    usual: np.ndarray


def worked_snapshots(
    frame: pd.DataFrame,
    features: Sequence[Feature],
    codes: np.ndarray,
    sizes: Sequence[int],
    unordered: Sequence[bool],
    weight: np.ndarray | None,
    seed: int,
) -> WorkedSnapshots:
    """The snapshots, weighted by their chance of having been worked: see `Chances.weights`.

    What is usual is what is usual for such intent: sales may well work those first who engage, and that is no neglect.
    With an open deal everybody is worked, so the chance is learned from those without.

    Parameters
    ----------
    frame : DataFrame
        The snapshots, with `WORKED` and `DEALT`.
    features : sequence of Feature
    codes : ndarray of int, shape (n_snapshots, n_features)
    sizes, unordered : sequences
        Number of codes of each feature, and whether they are unordered.
    weight : ndarray of shape (n_snapshots,), optional
        How many snapshots each stands for, if they are a sample.
    seed : int
    """
    worked, dealt = (frame[name].to_numpy(dtype=bool) for name in (WORKED, DEALT))
    intent = [j for j, feature in enumerate(features) if feature.side == "intent"]
    found = chances(codes, worked, ~dealt, sizes, unordered, intent, weight=weight, seed=seed)
    kept = found.weights(worked)
    some = kept > 0
    learned_from = frame.assign(
        observed=frame["observed"].where(some, 0),
        won_period=frame["won_period"].where(some, other=np.nan),
        **{LEFT_ALONE: kept < NEGLECTED},
    )
    return WorkedSnapshots(learned_from, kept if weight is None else weight * kept, kept, found.usual)


@dataclass(frozen=True)
class Expected:
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
    levels: Mapping[str, Sequence[str]],
    as_of: int,
    expected: Expected,
    weight: np.ndarray | None,
) -> Neglect:
    """What was worked, and what is expected of each level of some fit features.

    Parameters
    ----------
    worked : Worked
    found : WorkedSnapshots
        The snapshots, those of `as_of` among them.
    levels : mapping of sequences of str
        The levels of each feature.
    as_of : int
        Day number of the training.
    expected : Expected
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
    for name, values in levels.items():
        of_each = frame[name].astype(object)
        for value in values:
            there = (of_each == value).to_numpy(dtype=bool)
            rows, now = there & free, there[today]
            if not now.any() or not rows.any():
                continue
            p = expected.if_worked[now]
            segment = WorkedSegment(
                feature=name,
                value=value,
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
