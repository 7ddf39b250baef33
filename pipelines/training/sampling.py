"""Which snapshots a scorecard is learned from where there are more than enough: drawn before anything is made of them.

Everything about a win is dear, all else is cheap: winners are kept as far as there is room, and of the others a share
that stands for all of them (case-control sampling; what is learned of levels is learned by weight). Who is drawn is
told by the id and the seed alone, on any engine and in any order of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import ibis
import numpy as np
import pyarrow as pa

from scoring.entity import Entity
from scoring.features.build import snapshots
from scoring.features.facts import Facts, Market
from scoring.outcomes import outcomes
from scoring.tables import Keep, Log, Tables
from scoring.timeline import Grid, Horizon

#: Beside the features of a sampled frame: how many snapshots each stands for, one with a win counting as 1. No
#: attribute can be called so: there is a blank in it.
STANDS_FOR = "stands for"
#: Draws are integers below this.
DRAWS = 2**31
#: Step of a unit's draw from day to day: its days are spread over all draws (golden ratio times DRAWS, odd).
STRIDE = 1_327_217_885


@dataclass(frozen=True)
class Shares:
    """How much of what is drawn, from 0 to 1.

    Attributes
    ----------
    winner, winning : of the units with a win in the horizon of a snapshot, and of such snapshots of one drawn.
    other : of the units without one.
    idle : of the snapshots without a win ahead, whosever they are.
    """

    winner: float
    winning: float
    other: float
    idle: float

    def weight_of(self, share: float) -> float:
        """How many snapshots one stands for of which this share was drawn, where one with a win counts as 1."""
        return self.winner * self.winning / share


@dataclass(frozen=True)
class Drawn:
    """A sample of units and of their snapshots.

    Attributes
    ----------
    units : pyarrow.Table
        `unit`, `winner` and `draw`, which its snapshots are drawn by.
    shares : Shares
    of_units, of_snapshots : int
        How many there are in all.
    """

    units: pa.Table = field(repr=False)
    shares: Shares
    of_units: int
    of_snapshots: int

    def looks(self, looks: ibis.Table, today: int) -> ibis.Table:
        """The drawn ones of the drawn units' labelled snapshots, those of `today` whole, with `STANDS_FOR`."""
        both = looks.inner_join(ibis.memtable(self.units), "unit")
        won = both.won_period.notnull()
        point = (both.draw + both.as_of * STRIDE) % DRAWS
        shares = self.shares
        idle = ibis.ifelse(both.winner, _below(shares.idle / shares.winner), _below(shares.idle / shares.other))
        drawn = point < ibis.ifelse(won, _below(shares.winning), idle)
        kept = both.filter(drawn | (both.as_of == today))
        weight = ibis.cases(
            (kept.won_period.notnull(), 1.0),
            (kept.as_of == today, shares.weight_of(shares.other)),
            else_=shares.weight_of(shares.idle),
        )
        return kept.mutate(weight.name(STANDS_FOR)).select(*looks.columns, STANDS_FOR)


def surely_few(tables: Tables, entity: Entity, days: int, most: int) -> bool:
    """Whether there are at most `most` snapshots on so many days, however long everyone has been known."""
    table = tables.accounts if entity == "account" else tables.leads
    return table is None or int(table.count().execute()) * days <= most


def drawn(own: Facts, grid: Grid, horizon: Horizon, today: int, *, most: int, seed: int) -> Drawn | None:
    """Draw at most about `most` snapshots before `today`, and an eighth as many units at `today`.

    Parameters
    ----------
    own : Facts
        Units and deals are read.
    grid : Grid
        The days of the snapshots, `today` being the last.
    horizon : Horizon
    today : int
        Day number; the snapshots of that day are the population that scores refer to.
    most, seed : int

    Returns
    -------
    Drawn
        None where there are no more than `most`: then all are learned from.
    """
    labelled = outcomes(snapshots(own, grid), own.deals, horizon, today)
    counts = labelled.group_by("unit").agg(
        winning=labelled.won_period.count(), past=(labelled.as_of < today).cast("int64").sum()
    )
    found = counts.to_pyarrow()
    winning, past = (found[name].to_numpy().astype("int64") for name in ("winning", "past"))
    if past.sum() <= most:
        return None
    winner = winning > 0
    shares = shared(int(winner.sum()), int(winning.sum()), int((~winner).sum()), int((past - winning).sum()), most)
    units = found["unit"].to_pylist()
    kept = np.flatnonzero(draws(units, seed, 0) < np.where(winner, _below(shares.winner), _below(shares.other)))
    chosen = [units[i] for i in kept]
    table = pa.table({"unit": chosen, "winner": winner[kept], "draw": draws(chosen, seed, 1)})
    return Drawn(table, shares, len(units), int(past.sum()))


def shared(winners: int, winning: int, others: int, idle: int, most: int) -> Shares:
    """How much to draw of so many winners with `winning` snapshots, and of so many others.

    `idle` snapshots have no win ahead. At most a quarter of `most` are snapshots with one, of a twelfth as many
    winners, for these look ahead to the same few wins; where there are fewer of them, others take their place.
    """
    winner = min(1.0, most / 12 / max(winners, 1))
    told = min(1.0, most / 4 / max(winner * winning, 1.0))
    quiet = min(1.0, (most - winner * told * winning) / max(idle, 1))
    other = min(1.0, max(quiet, most / 8 / max(others, 1)))
    return Shares(winner, told, other, min(quiet, winner, other))


def draws(units: Sequence[str], seed: int, turn: int) -> np.ndarray:
    """A number from 0 to `DRAWS` - 1 for each id, by nothing but the id, the seed and the turn: shape (n,).

    The bits of a checksum are mixed by SplitMix64 (Steele, Lea and Flood 2014): ids that follow each other do not.
    """
    x = np.fromiter((crc32(unit.encode()) for unit in units), dtype="uint64", count=len(units))
    x += np.uint64((0x9E3779B97F4A7C15 * (1 + 2 * seed + turn)) % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(33)).astype("int64")


def _below(share: float) -> int:
    return round(share * DRAWS)


def tables_of(tables: Tables, entity: Entity, units: ibis.Table, keep: Keep) -> Tables:
    """What the tables hold of some units (`unit`) and of all that their features read: a lead's whole account."""
    accounts, leads, activities = tables.accounts, tables.leads, tables.activities
    if entity == "account":
        ids = units.select(account_id="unit")
    else:
        assert leads is not None
        ids = leads.semi_join(units, leads.lead_id == units.unit).select("account_id")
        ids = keep(ids.filter(ids.account_id.notnull()).distinct())
    if leads is not None:
        ours = leads.semi_join(ids, "account_id")
        if entity == "lead":
            alone = leads.filter(leads.account_id.isnull())
            ours = ours.union(alone.semi_join(units, alone.lead_id == units.unit))
        leads = keep(ours)
    return replace(
        tables,
        accounts=None if accounts is None else keep(accounts.semi_join(ids, "account_id")),
        leads=leads,
        activities=None if activities is None or tables.log is not None else _by_whom(activities, ids, leads),
        log=None if tables.log is None else _log_of(tables.log, ids, leads, keep),
        **_deals_of(tables, ids, leads, keep),
        account_history=_semi(tables.account_history, ids, "account_id"),
        lead_history=None if leads is None else _semi(tables.lead_history, leads, "lead_id"),
    )


def _by_whom(table: ibis.Table, accounts: ibis.Table, leads: ibis.Table | None) -> ibis.Table:
    """What a lead did by the lead, what a stranger did by the account that is named: as `engagement.who` has it."""
    if leads is None:
        return table.semi_join(accounts, "account_id")
    strangers = table.filter(table.lead_id.isnull()).semi_join(accounts, "account_id")
    return table.semi_join(leads, "lead_id").union(strangers)


def _log_of(log: Log, accounts: ibis.Table, leads: ibis.Table | None, keep: Keep) -> Log:
    actors = keep(_by_whom(log.actors, accounts, leads))
    return replace(log, actors=actors, days=keep(log.days.semi_join(actors, "actor")))


def _deals_of(
    tables: Tables, accounts: ibis.Table, leads: ibis.Table | None, keep: Keep
) -> dict[str, ibis.Table | None]:
    """Every deal that names one of them, or one of them in a role."""
    deals, roles = tables.opportunities, tables.contact_roles
    found = [deals.semi_join(accounts, "account_id").select("opportunity_id")]
    if leads is not None:
        found.append(deals.semi_join(leads, "lead_id").select("opportunity_id"))
        found += [] if roles is None else [roles.semi_join(leads, "lead_id").select("opportunity_id")]
    ids = keep(ibis.union(*found, distinct=True) if len(found) > 1 else found[0])
    return {
        "opportunities": keep(deals.semi_join(ids, "opportunity_id")),
        "opportunity_history": _semi(tables.opportunity_history, ids, "opportunity_id"),
    }


def _semi(table: ibis.Table | None, of: ibis.Table, key: str) -> ibis.Table | None:
    return None if table is None else table.semi_join(of, key)


def among(facts: Market, units: ibis.Table, keep: Keep) -> Market:
    """The facts of some units (`unit`); those of their accounts stay whole."""

    def only(table: ibis.Table | None) -> ibis.Table | None:
        return None if table is None else keep(table.semi_join(units, "unit"))

    own = facts.own
    kept = {name: only(getattr(own, name)) for name in ("people", "attributes", "history", "stages")}
    engagements = None if own.engagements is None else own.engagements.among(units)
    found = replace(own, units=keep(own.units.semi_join(units, "unit")), deals=keep(own.deals.semi_join(units, "unit")))
    return replace(facts, own=replace(found, engagements=engagements, **kept))
