"""Activity types that are steps of a deal, such as `Stage: Proposal`: they belong in `opportunity_history`.

As activities they are dates of many kinds; as stages they say how far a deal has come. A family of types (those that
begin alike, or all without a common beginning) is recognised by how it behaves, and where its name says it (`Status
changed to …`) by less of that. It is only ever suggested: what a step is, the user knows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis

from scoring.tables import Keep, Tables

#: Types of fewer deals are left out. A family has at least so many types, and at most.
LEAST_DEALS, LEAST_TYPES, MOST_TYPES = 30, 3, 25
#: What an account shows more often than this is no step, however many deals it had.
MOST_ROWS = 10
#: A step comes so often a deal on average, at most, and seldom more than `FEW` times.
MOST_MEAN, FEW, MOSTLY = 1.6, 3, 0.95
#: So many of its rows lie between the creation and the close of a deal.
WITHIN = 0.9
#: Where a name says that it is a step: it may come back so often, and so many rows need lie within a deal.
MOST_MEAN_NAMED, WITHIN_NAMED = 4.0, 0.5
#: So many deals show two steps in the same order; fewer where a name says that they are steps, which may go back.
SAME_ORDER, SAME_ORDER_NAMED = 0.9, 0.75
#: So many rows of the types that begin alike are of steps.
OF_FAMILY = 0.9
#: By the furthest step of those whose deal is closed, the best rate of wins is at least so much above the worst.
TELLS = 0.1

#: Words for the state of a deal.
_STATE = r"\b\w*(?:stage|status|statut|estado|stato|phase|stufe|milestone|étape|etape|etapa|fase)s?\b"
#: What says so before the name of a step: `Status changed to Won`, `deal moved to contract`; `Stage: Proposal`.
MOVED = re.compile(
    rf"(?P<family>.*(?:{_STATE}|\b(?:deal|opportunity|opp)\b).*?\b(?:to|into|reached|entered|auf|zu|nach)):?\s+\S.*",
    re.IGNORECASE,
)
LISTED = re.compile(rf"(?P<family>.*{_STATE})\s*(?:\d+\s*)?(?:->|[:=>/|.→\u2013-])+\s*\S.*", re.IGNORECASE)
#: The beginning that types have in common: `A` of `A_SUBMITTED`, `Sales` of `Sales - Proposal`.
BEGINNING = re.compile(r"(?P<family>[^\W_]{1,20}?)(?:_|\s*[:/|.>]\s*|\s+[-\u2013]\s+)\S.*")


@dataclass(frozen=True)
class ActivityType:
    """How one activity type behaves.

    Attributes
    ----------
    name : str
    rows, deals : int
        How often it is shown, and with how many deals; before the first deal of an account counts as one.
    seldom : float
        The share of these with `FEW` of it at most.
    within : float
        The share of its rows between the creation and the close of a deal.
    """

    name: str
    rows: int
    deals: int
    seldom: float
    within: float

    def like_a_step(self, *, named: bool) -> bool:
        """Whether it comes as seldom as a step, and where deals are; `named` where its name says that it is one."""
        mean = self.rows / self.deals
        if named:
            return mean <= MOST_MEAN_NAMED and self.within >= WITHIN_NAMED
        return mean <= MOST_MEAN and self.seldom >= MOSTLY and self.within >= WITHIN


@dataclass(frozen=True)
class DealSteps:
    """A family of activity types that look like steps of a deal.

    Attributes
    ----------
    types : tuple of str
        In the order in which they are mostly shown.
    named : bool
        Whether their name says it.
    rates : tuple of float
        The lowest and the highest share of wins by the furthest step, of those whose deal is closed.
    """

    types: tuple[str, ...]
    named: bool
    rates: tuple[float, float]


def family_of(name: str) -> tuple[str, bool]:
    """The family of an activity type, and whether its name says that it is a step of a deal."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_+", " ", name)
    words = re.sub(r"\s+from .+? to ", " to ", words)
    if match := MOVED.fullmatch(words) or LISTED.fullmatch(words):
        return match["family"].strip().casefold(), True
    begins = BEGINNING.fullmatch(name)
    return (begins["family"].casefold() if begins else "", False)


def deal_steps(tables: Tables, keep: Keep = lambda table: table) -> list[DealSteps]:
    """The families of activity types that look like steps of a deal, the one of most types first.

    None are looked for where the export has stages already.

    Parameters
    ----------
    tables : Tables
    keep : callable
        Materialises a table that is read more than once.
    """
    history = tables.opportunity_history
    if tables.activities is None or (history is not None and history.stage.count().to_pyarrow().as_py()):
        return []
    shown = keep(_shown(tables))
    found = []
    for (_, named), members in _families(_types(shown)).items():
        steps = [one for one in members if one.like_a_step(named=named)]
        if not _enough(steps, members, named=named):
            continue
        names = [one.name for one in steps]
        before = _before(shown, names)
        order = steps_in_order(names, before)
        if not same_order(order, before, SAME_ORDER_NAMED if named else SAME_ORDER):
            continue
        rates = _rates(shown, order)
        if not named and (len(rates) < 2 or max(rates) - min(rates) < TELLS):
            continue
        found.append(DealSteps(tuple(order), named, (min(rates, default=0.0), max(rates, default=0.0))))
    return sorted(found, key=lambda one: (-len(one.types), one.types))


def _families(types: Iterable[ActivityType]) -> dict[tuple[str, bool], list[ActivityType]]:
    families: dict[tuple[str, bool], list[ActivityType]] = {}
    for one in types:
        families.setdefault(family_of(one.name), []).append(one)
    return families


def _enough(steps: Sequence[ActivityType], members: Sequence[ActivityType], *, named: bool) -> bool:
    """Whether a family is made of steps; of types without a common beginning, some may be something else."""
    if not (2 if named else LEAST_TYPES) <= len(steps) <= MOST_TYPES:
        return False
    alone = family_of(members[0].name)[0] == ""
    return alone or sum(one.rows for one in steps) >= OF_FAMILY * sum(one.rows for one in members)


def steps_in_order(names: Sequence[str], before: Mapping[tuple[str, str], int]) -> list[str]:
    """The steps by how many of the others they mostly come before.

    Parameters
    ----------
    names : sequence of str
    before : mapping of (str, str) to int
        How many deals show the first before the second; those at the same moment are not counted.
    """

    def ahead(name: str) -> int:
        return sum(before.get((name, other), 0) > before.get((other, name), 0) for other in names)

    return sorted(names, key=lambda name: (-ahead(name), name))


def same_order(order: Sequence[str], before: Mapping[tuple[str, str], int], share: float) -> bool:
    """Whether at least this share of pairs of steps is shown in this order: see `steps_in_order`."""
    pairs = [(first, second) for i, first in enumerate(order) for second in order[i + 1 :]]
    right, wrong = (
        sum(before.get(pair, 0) for pair in some) for some in (pairs, [(second, first) for first, second in pairs])
    )
    return right > 0 and right >= share * (right + wrong)


def _units(rows: ibis.Table, tables: Tables) -> tuple[ibis.Table, ibis.Value]:
    """Rows that name accounts and leads, and whose they are: the account's, or the lead's if it has none."""
    if tables.leads is None:
        return rows, ibis.coalesce(rows.account_id, rows.lead_id)
    whose = tables.leads.select(its="lead_id", of="account_id")
    rows = rows.left_join(whose, rows.lead_id == whose.its)
    return rows, ibis.coalesce(rows.account_id, rows.of, rows.lead_id)


def _lives(tables: Tables) -> ibis.Table:
    """The lives of deals: `unit`, `opened`, `closed`, `still` (whether it is open), `won`."""
    deals, unit = _units(tables.opportunities, tables)
    # The first step may be written a moment before its deal.
    deals = deals.select("closed_at", "status", unit=unit, opened=deals.created_at - ibis.interval(days=1))
    return deals.group_by("unit", "opened").agg(
        closed=deals.closed_at.max(), still=(deals.status == "open").any(), won=(deals.status == "won").any()
    )


def _shown(tables: Tables) -> ibis.Table:
    """Each moment of an activity type, of the newest deal of the account or lead at that moment, if there was one.

    Columns: `unit`, `kind`, `at`, `times`, those of `_lives`, and `within` (before the close). Types that come far too
    often to be steps are left out.
    """
    assert tables.activities is not None
    touches, unit = _units(tables.activities, tables)
    touches = touches.select(unit=unit, kind=touches.activity_type, at=touches.occurred_at)
    touches = touches.filter(touches.unit.notnull())
    by_kind = touches.group_by("kind").agg(rows=touches.count(), units=touches.unit.nunique())
    few = by_kind.filter((by_kind.rows <= MOST_ROWS * by_kind.units) & (by_kind.units >= LEAST_DEALS))
    touches = touches.semi_join(few, "kind").group_by("unit", "kind", "at").agg(times=ibis._.count())
    lives = _lives(tables)
    begun = lives.select(whose="unit", begun="opened")
    dated = touches.left_join(begun, [touches.unit == begun.whose, begun.begun <= touches["at"]])
    dated = dated.group_by("unit", "kind", "at").agg(times=dated.times.max(), newest=dated.begun.max())
    lives = lives.rename(whose="unit")
    found = dated.left_join(lives, [dated.unit == lives.whose, dated.newest == lives.opened]).drop("whose", "newest")
    within = found.still | (found["at"] <= found.closed + ibis.interval(days=1))
    return found.mutate(within=(found.opened.notnull() & within).fill_null(False).cast("int64"))


def _types(shown: ibis.Table) -> list[ActivityType]:
    by_deal = shown.group_by("unit", "opened", "kind").agg(
        times=shown.times.sum(), inside=(shown.times * shown.within).sum()
    )
    by_type = by_deal.group_by("kind").agg(
        rows=by_deal.times.sum(),
        deals=by_deal.count(),
        seldom=(by_deal.times <= FEW).cast("int64").sum(),
        inside=by_deal.inside.sum(),
    )
    found = by_type.filter(by_type.deals >= LEAST_DEALS).order_by("kind").to_pyarrow().to_pylist()
    return [
        ActivityType(
            name=row["kind"],
            rows=int(row["rows"]),
            deals=int(row["deals"]),
            seldom=row["seldom"] / row["deals"],
            within=row["inside"] / row["rows"],
        )
        for row in found
    ]


def _before(shown: ibis.Table, names: Sequence[str]) -> dict[tuple[str, str], int]:
    some = shown.filter(shown.kind.isin(list(names)) & (shown.within == 1))
    firsts = some.group_by("unit", "opened", "kind").agg(first=some["at"].min())
    others = firsts.select("unit", "opened", other="kind", then="first")
    pairs = firsts.inner_join(others, ["unit", "opened"])
    pairs = pairs.filter(pairs["first"] < pairs.then)
    counts = pairs.group_by("kind", "other").agg(many=pairs.count()).to_pyarrow().to_pylist()
    return {(row["kind"], row["other"]): int(row["many"]) for row in counts}


def _rates(shown: ibis.Table, order: Sequence[str]) -> list[float]:
    """The share of wins of closed deals by the furthest step, where enough deals came to it."""
    ranks = ibis.memtable({"kind": list(order), "rank": range(len(order))}, schema={"kind": "string", "rank": "int64"})
    closed = shown.filter(~shown.still & (shown.within == 1)).inner_join(ranks, "kind")
    furthest = closed.group_by("unit", "opened").agg(rank=closed["rank"].max(), won=closed.won.any())
    rates = furthest.group_by("rank").agg(many=furthest.count(), won=furthest.won.cast("int64").sum())
    return [row["won"] / row["many"] for row in rates.to_pyarrow().to_pylist() if row["many"] >= LEAST_DEALS]
