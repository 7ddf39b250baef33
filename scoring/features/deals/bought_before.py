"""What was bought before, and what was lost, as it was known at each cut-off.

One dated example, of an account that won 6,000 on 2025-03-01 and 10,000 on 2025-09-01, and lost a deal on 2026-01-10:

    as_of 2025-03-01    nothing: a deal that is won on that day is an outcome, not a fact
    as_of 2025-06-01    1 win of 6,000, 92 days ago
    as_of 2026-02-01    2 wins of 8,000 on average, the last 153 days ago, 1.04 a year; 1 loss

A deal counts once, whoever entered it how often, and from the day on which it was known to be closed.
"""

from collections.abc import Sequence

import ibis

from scoring.features.deals.dealings import Bought, LastBought
from scoring.features.facts import Facts
from scoring.outcomes.customers import ALWAYS, surely_won
from scoring.timeline import Grid, known

#: Days of a year.
DAYS_OF_A_YEAR = 365.25
#: A larger amount was mistyped; so many cents of some deals still fit into a whole number.
MOST_AMOUNT = 1e12


def bought_before(features: Sequence[Bought | LastBought], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """The features of what was bought before: for each unit and cut-off where there is anything.

    Parameters
    ----------
    features : sequence of Bought and LastBought
    facts : Facts
        Its deals are read.
    grid : Grid
    """
    parts = []
    names = {feature.of if isinstance(feature, Bought) else "days": feature.name for feature in features}
    if wanted := {of: name for of, name in names.items() if of not in ("losses", "other_deals")}:
        parts.append(_won(facts, grid, wanted))
    if "losses" in names:
        lost = _others(facts, facts.deals).union(_others(facts, facts.other_deals))
        lost = lost.filter(lost.status == "lost")
        days = lost.mutate(since=ibis.greatest(lost.closed_day, lost.known_day))
        parts.append(_counted(days, grid, names["losses"]))
    if "other_deals" in names:
        others = _others(facts, facts.other_deals)
        parts.append(_counted(others.mutate(since=others.known_day), grid, names["other_deals"]))
    return parts


def _won(facts: Facts, grid: Grid, names: dict[str, str]) -> ibis.Table:
    won = surely_won(facts.won_deals)
    # Who is a customer by a row without any date always was one.
    won = won.mutate(since=ibis.greatest(won.closed_day, won.known_day), day=won.closed_day.nullif(ALWAYS))
    rows = _known(won, grid)
    # Whole cents add up alike in every order, so that scores repeat exactly.
    cents = (rows.amount.clip(-MOST_AMOUNT, MOST_AMOUNT) * 100).round().cast("int64")
    wins, last, first = rows.opportunity_id.nunique(), rows.day.max(), rows.day.min()
    measures = {
        "wins": wins,
        "amount": cents.sum() / (cents.count() * 100),
        # One year more, so that who just won for the first time is not taken for one who wins every day.
        "per_year": wins / ((rows.as_of.max() - first) / DAYS_OF_A_YEAR + 1.0),
        "days": rows.as_of.max() - last,
    }
    return rows.group_by("unit", "as_of").agg(**{name: measures[of] for of, name in names.items()})


def _counted(deals: ibis.Table, grid: Grid, name: str) -> ibis.Table:
    rows = _known(deals, grid)
    return rows.group_by("unit", "as_of").agg(**{name: rows.opportunity_id.nunique()})


def _known(deals: ibis.Table, grid: Grid) -> ibis.Table:
    rows = grid.crossed(deals)
    return rows.filter(known(rows.since, rows.as_of))


def _others(facts: Facts, deals: ibis.Table | None) -> ibis.Table:
    """Deals, also where there are none: of another type than the model predicts."""
    found = facts.deals.filter(ibis.literal(False)) if deals is None else deals
    return found.select("unit", "opportunity_id", "known_day", "closed_day", "status")
