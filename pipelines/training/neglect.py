"""Training on what sales worked, so that neglect is not learned as disinterest: what is work, and the weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from models.propensity import chances
from pipelines.config import Config
from pipelines.errors import BadInput
from pipelines.progress import Say
from scoring import entities
from scoring.features.spec import Feature
from scoring.outcomes.worked import Worked, kinds_of_work, outbound_kinds
from scoring.scorecard.neglect import NEGLECTED
from scoring.tables import Keep, Tables

#: Columns of a frame of snapshots: whether the account was worked lately, whether a deal with it was open lately, and
#: whether it hardly counts, as sales neglects its like. They have a blank in them, as no attribute has.
WORKED, DEALT, LEFT_ALONE = "was worked", "had a deal", "was left alone"

#: Least share and fewest snapshots without a deal that were worked.
LEAST_SHARE, FEWEST = 0.01, 30


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
    found = kinds_of_work(kinds, asked)
    if not found:
        outbound = f"outbound are {', '.join(kinds)}" if kinds else "no activity is outbound"
        sought = f"any of {', '.join(asked)}" if asked else "calls, meetings or visits, by the names of activity types"
        raise NothingWorked(
            f"[training] worked = true asks which accounts sales worked, told by {sought}; {outbound}. Name the types "
            "that sales works with in [training] worked_by (no mailings, which reach everybody), or leave worked out"
        )
    others = [kind for kind in kinds if kind not in found]
    exceptions = f", not by {', '.join(others)} ([training] worked_by names others)" if others and not asked else ""
    say(f"accounts that sales worked are known by {', '.join(found)} and open deals{exceptions}")
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

    Raises
    ------
    NothingWorked
        If next to none of those without a deal were worked: then only deals would be learned from.
    """
    people = entities.people(tables)
    looked = ibis.memtable(frame[["account_key", "as_of"]].drop_duplicates())
    found = worked.of(tables, None if people is None else keep(people), keep(looked)).to_pandas()
    dealt = found.set_index(["account_key", "as_of"])["dealt"]
    rows = pd.MultiIndex.from_frame(frame[["account_key", "as_of"]])
    of_each = dealt.reindex(rows)
    labelled = frame.assign(**{WORKED: of_each.notna().to_numpy(), DEALT: of_each.eq(True).to_numpy()})
    was = labelled.loc[~labelled[DEALT], WORKED]
    if was.sum() < max(FEWEST, LEAST_SHARE * len(was)):
        raise NothingWorked(
            f"[training] worked = true needs work on those without a deal to learn from; of their {len(was):,} "
            f"snapshots {was.sum():,} were worked, by {', '.join(worked.kinds)}, and at least {LEAST_SHARE:.0%} and "
            f"{FEWEST} are needed. Name more types in [training] worked_by, or leave worked out"
        )
    return labelled


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
