"""The sample of snapshots that a scorecard is learned from, where there are more than enough.

It is drawn before features are computed. This is case-control sampling: wins are rare, so winners are kept as far as
there is room, and of the others a share is drawn, which sample weights correct for. The sample depends on the ids and
the seed alone. It is the same on any engine and in any order of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

import ibis
import numpy as np
import pyarrow as pa

from scoring.entity import OPPORTUNITY, Entity
from scoring.features.facts import Facts
from scoring.features.snapshots import snapshots
from scoring.outcomes.outcomes import outcomes
from scoring.tables import Tables
from scoring.timeline import Grid, Horizon

#: The column of a sampled frame with the sample weight: 1 for a snapshot with a win. No attribute can have this name,
#: for it has a blank in it.
SAMPLE_WEIGHT = "sample weight"
#: Random numbers are integers below this.
DRAWS = 2**31
#: The step of a unit's random number from day to day, which spreads its days evenly (golden ratio times DRAWS, odd).
STRIDE = 1_327_217_885


@dataclass(frozen=True)
class Shares:
    """The sampling shares, each from 0 to 1.

    Attributes
    ----------
    winner : float
        Of the units that have a snapshot with a win in its horizon.
    winning : float
        Of the snapshots with a win, among those of drawn units.
    other : float
        Of the units without a snapshot with a win.
    idle : float
        Of all snapshots without a win.
    """

    winner: float
    winning: float
    other: float
    idle: float

    def weight_of(self, share: float) -> float:
        """The weight of a snapshot of which this share was drawn, relative to one with a win."""
        return self.winner * self.winning / share


@dataclass(frozen=True)
class Sample:
    """A sample of units and of their snapshots.

    Attributes
    ----------
    units : pyarrow.Table
        `unit`, `winner` and `draw`, the random number by which its snapshots are drawn.
    shares : Shares
    of_units, of_snapshots : int
        The numbers of units and of snapshots from which the sample was drawn.
    """

    units: pa.Table = field(repr=False)
    shares: Shares
    of_units: int
    of_snapshots: int

    def snapshots(self, labelled: ibis.Table, today: int) -> ibis.Table:
        """The sample of the snapshots of drawn units, with `SAMPLE_WEIGHT`; all of them on the day `today`.

        Parameters
        ----------
        labelled : ibis.Table
            Snapshots with outcomes.
        today : int
            Day number.
        """
        both = labelled.inner_join(ibis.memtable(self.units), "unit")
        won = both.won_period.notnull()
        position = (both.draw + both.as_of * STRIDE) % DRAWS
        shares = self.shares
        idle = ibis.ifelse(both.winner, _threshold(shares.idle / shares.winner), _threshold(shares.idle / shares.other))
        chosen = position < ibis.ifelse(won, _threshold(shares.winning), idle)
        kept = both.filter(chosen | (both.as_of == today))
        weight = ibis.cases(
            (kept.won_period.notnull(), 1.0),
            (kept.as_of == today, shares.weight_of(shares.other)),
            else_=shares.weight_of(shares.idle),
        )
        return kept.mutate(weight.name(SAMPLE_WEIGHT)).select(*labelled.columns, SAMPLE_WEIGHT)


def needs_no_sample(tables: Tables, entity: Entity, days: int, most: int) -> bool:
    """Whether there cannot be more than `most` snapshots, even if everyone has been known on each day.

    Parameters
    ----------
    tables : Tables
    entity : {"account", "lead"}
    days : int
        The number of snapshot days.
    most : int
    """
    if entity == OPPORTUNITY:  # a deal is looked at while it is open alone
        return True
    table = tables.accounts if entity == "account" else tables.leads
    return table is None or int(table.count().execute()) * days <= most


def draw_sample(own: Facts, grid: Grid, horizon: Horizon, today: int, *, most: int, seed: int) -> Sample | None:
    """Draw about `most` snapshots before `today` at the most, and an eighth as many units at `today`.

    Parameters
    ----------
    own : Facts
        Its units and won deals are read.
    grid : Grid
        The days of the snapshots; the last is `today`.
    horizon : Horizon
        Its periods label the snapshots.
    today : int
        Day number; the snapshots of that day are the population that scores refer to.
    most : int
    seed : int
        The same seed draws the same sample.

    Returns
    -------
    Sample
        None if there are no more than `most`: then all are used.
    """
    labelled = outcomes(snapshots(own, grid), own.won_deals, horizon, today, win=own.win)
    counts = labelled.group_by("unit").agg(
        winning=labelled.won_period.count(), past=(labelled.as_of < today).cast("int64").sum()
    )
    found = counts.to_pyarrow()
    winning, past = (found[name].to_numpy().astype("int64") for name in ("winning", "past"))
    if past.sum() <= most:
        return None
    winner = winning > 0
    shares = sampling_shares(
        int(winner.sum()), int(winning.sum()), int((~winner).sum()), int((past - winning).sum()), most
    )
    units = found["unit"].to_pylist()
    kept = np.flatnonzero(draws(units, seed, 0) < np.where(winner, _threshold(shares.winner), _threshold(shares.other)))
    chosen = [units[i] for i in kept]
    table = pa.table({"unit": chosen, "winner": winner[kept], "draw": draws(chosen, seed, 1)})
    return Sample(table, shares, len(units), int(past.sum()))


def sampling_shares(winners: int, winning: int, others: int, idle: int, most: int) -> Shares:
    """The sampling shares for about `most` snapshots.

    At most a quarter of them have a win, of at most a twelfth as many winners, because all snapshots of a winner
    have the same win ahead. Where there are fewer, snapshots without a win take their place.

    Parameters
    ----------
    winners, others : int
        Units with and without a snapshot that has a win in its horizon.
    winning, idle : int
        Snapshots with and without a win in their horizon.
    most : int
    """
    winner = min(1.0, most / 12 / max(winners, 1))
    with_win = min(1.0, most / 4 / max(winner * winning, 1.0))
    without_win = min(1.0, (most - winner * with_win * winning) / max(idle, 1))
    other = min(1.0, max(without_win, most / 8 / max(others, 1)))
    return Shares(winner, with_win, other, min(without_win, winner, other))


def draws(units: Sequence[str], seed: int, turn: int) -> np.ndarray:
    """A random number from 0 to `DRAWS` - 1 for each id, which depends on the id, the seed and the turn alone.

    The bits of a checksum are mixed by SplitMix64 (Steele, Lea and Flood 2014), so that consecutive ids get numbers
    far apart.

    Parameters
    ----------
    units : sequence of str
    seed, turn : int
        Another turn gives other numbers of the same seed.

    Returns
    -------
    ndarray of int64, shape (n_units,)
    """
    x = np.fromiter((crc32(unit.encode()) for unit in units), dtype="uint64", count=len(units))
    x += np.uint64((0x9E3779B97F4A7C15 * (1 + 2 * seed + turn)) % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(33)).astype("int64")


def _threshold(share: float) -> int:
    return round(share * DRAWS)
