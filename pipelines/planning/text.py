"""A plan in words, for a head of sales."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.planning.order import Order, SourceOrder
from scoring.planning.outlook import Expected
from scoring.planning.plan import Plan, Split

#: Sources that an order lists, and sources that are listed of those who still come.
ORDERED, LISTED = 6, 12


def plan_lines(plan: Plan) -> list[str]:
    """The lines of a plan."""
    units = f"{plan.entity}s"
    wins, revenue = plan.total.wins, plan.total.revenue
    lines = [
        f"Plan for {plan.as_of} to {plan.until}, {plan.days} days, by {units}",
        "",
        f"  revenue  {_amount(revenue.expected):>14}   {_limits(revenue)}",
        f"  wins     {_count(wins.expected):>14}   {_limits(wins)}",
        "",
        f"  {plan.n_open:,} {units} are open today: they bring {_count(plan.open.wins.expected)} wins and "
        f"{_amount(plan.open.revenue.expected)}",
        f"  {sum(source.arrivals for source in plan.sources):,.0f} more are expected to come: they bring "
        f"{_count(plan.coming.wins.expected)} wins and {_amount(plan.coming.revenue.expected)} by then",
    ]
    if plan.capacity is not None:
        full = "that is enough"
        if plan.is_full:
            full = "fewer than come: as many as came lately are taken to be worked, and who comes beyond wins nothing"
        lines.append(f"  the team can work {plan.capacity:,.0f} of those who come in these days ([capacity]): {full}")
    lines += ["", *_sources(plan)]
    for split in plan.splits:
        lines += ["", *_split(split)]
    if plan.target is not None and plan.probability is not None and plan.order is not None:
        origin = f" ({plan.target_from})" if plan.target_from else ""
        lines += ["", *_target(plan.target, origin, plan.probability, plan.order, plan.entity, plan.days)]
    lines += ["", *_past(plan)]
    return lines + [f"  note: {note}" for note in plan.notes]


def _limits(expected: Expected) -> str:
    """The limits in words."""
    low, high = expected.interval_80
    lowest, highest = expected.interval_95
    return f"{_amount(low)} to {_amount(high)} in 8 of 10 cases, {_amount(lowest)} to {_amount(highest)} in 95 of 100"


def _amount(value: float) -> str:
    return f"{value:,.0f}"


def _count(value: float) -> str:
    return f"{value:,.1f}" if value < 10 else f"{value:,.0f}"


def _sources(plan: Plan) -> list[str]:
    """What still comes, by source."""
    found = sorted(plan.sources, key=lambda one: (-one.wins, -one.arrivals, one.name))
    width = max([len(one.name) for one in found] + [6])
    lines = [f"  still to come  {'source':<{width}} {'arrivals':>10} {'wins':>8} {'revenue':>12}  days to won, median"]
    for one in found[:LISTED]:
        days = "nobody won yet" if one.median_days is None else f"{one.median_days:,.0f}"
        lines.append(
            f"                 {one.name:<{width}} {one.arrivals:>10,.0f} {_count(one.wins):>8} "
            f"{_amount(one.revenue):>12}  {days}"
        )
    if len(found) > LISTED:
        lines.append(f"                 and {len(found) - LISTED} more sources")
    return lines


def _split(split: Split) -> list[str]:
    width = max([len(part.value) for part in split.parts] + [len(split.of)])
    lines = [f"  by {split.of:<{width}} {'wins':>8}  {'8 of 10 cases':<16} {'revenue':>13}  8 of 10 cases"]
    for part in split.parts:
        wins, revenue = part.outlook.wins, part.outlook.revenue
        of_wins, of_revenue = (
            f"{_amount(found.interval_80[0])} to {_amount(found.interval_80[1])}" for found in (wins, revenue)
        )
        lines.append(
            f"     {part.value:<{width}} {_count(wins.expected):>8}  {of_wins:<16} {_amount(revenue.expected):>13}  "
            f"{of_revenue}"
        )
    return lines


def _target(target: float, origin: str, probability: float, order: Order, entity: str, days: int) -> list[str]:
    """How likely the target is, and what would make it likely enough."""
    wanted = f"{order.wanted:.0%}"
    lines = [f"  target {_amount(target)}{origin}: reached with a probability of {probability:.0%}"]
    if probability >= order.wanted:
        return [*lines, f"  that is {wanted} or more already: nothing has to be ordered"]
    lines.append(f"  what would make that {wanted}, each line alone:")
    possible = [one for one in order.sources if one.more is not None]
    late = [one for one in order.sources if one.is_late]
    lines += [f"    {_ordered(one, order, entity)}" for one in possible[:ORDERED]]
    if not order.sources:
        lines.append(f"    no source of new {entity}s is known by name, so none can be ordered")
    elif not possible:
        lines.append(f"    no number of new {entity}s of any source")
    lines += [
        f"    {one.source}: only if {one.capacity:,.0f} of all who come could be worked in these days; set "
        "[capacity] if more can"
        for one in order.sources
        if one.more is None and one.capacity is not None
    ]
    if order.sources and len(late) == len(order.sources) and order.median_days is not None:
        lines.append(
            f"    who comes now hardly helps any more: from arrival to won takes {order.median_days:,.0f} days in the "
            f"median, and {days} are left"
        )
    if order.amounts is not None:
        lines.append(f"    amounts {order.amounts:.2f} times as large")
    if order.wins is not None:
        lines.append(f"    or a rate of closing {order.wins:.2f} times as high")
    if order.market is None:
        lines.append(
            f"    whether the market holds so many is not known: [plan] market_size says how many {entity}s fit; "
            f"{order.known:,} are known"
        )
    return lines


def _ordered(one: SourceOrder, order: Order, entity: str) -> str:
    """One line of an order."""
    assert one.more is not None, "an order has a number"
    if order.is_refused(one):
        return (
            f"{one.source}: refused, the plan needs {one.more:,} more {entity}s; {order.market:,} fit, {order.known:,} "
            "are known"
        )
    early = "" if one.early is None else f", or {one.early:,} if all come in the first month"
    late = f"; only {one.in_time:.0%} of their wins come in time" if one.is_late else ""
    cost = "" if one.cost is None else f"; at {one.cost_each:,.0f} each that costs {one.cost:,.0f}"
    return f"{one.more:,} more from {one.source}, evenly over the period{early}{late}{cost}"


def _past(plan: Plan) -> list[str]:
    """How past plans held."""
    past = plan.past
    if not past.wins:
        return ["  no past day can be looked back at: nobody knows yet how such intervals hold here"]
    held: Sequence[str] = [
        f"{name} {found.held[1]} and {found.held[2]}"
        for name, found in (("wins", past.of_wins), ("revenue", past.of_revenue))
    ]
    corrected = "the limits above are corrected by that" if past.of_wins.is_made else "too few to correct anything"
    return [
        f"  of {len(past.wins)} past days ({past.origin}) the limits of 8 of 10 and of 95 of 100 cases held: "
        f"{', '.join(held)}; {corrected}"
    ]
