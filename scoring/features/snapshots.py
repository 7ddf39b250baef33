"""The snapshots of an entity: whom features are made for, and on which days."""

import ibis

from scoring.entities import lone
from scoring.features.facts import Facts
from scoring.timeline import Grid, known


def snapshots(facts: Facts, grid: Grid) -> ibis.Table:
    """Every unit on every day of the grid on which it was known, and not yet known as a customer.

    Columns: `unit`, `account_key`, `account_id`, `created_day`, `as_of`. `account_key` and `account_id` of a lead are
    its account's on all days after the account became known; on earlier days the lead stands alone.
    """
    won = facts.deals.filter(facts.deals.status == "won")
    customers = won.group_by("unit").agg(won_day=ibis.greatest(won.closed_day, won.known_day).min())
    found = grid.crossed(facts.units)
    found = found.filter(found.created_day.isnull() | known(found.created_day, found.as_of))
    found = found.left_join(customers, "unit").drop("unit_right")
    found = found.filter(found.won_day.isnull() | ~known(found.won_day, found.as_of)).drop("won_day")
    alone = found.linked_day.notnull() & ~known(found.linked_day, found.as_of)
    return found.mutate(
        account_key=alone.ifelse(lone(found.unit), found.account_key),
        account_id=alone.ifelse(ibis.null("string"), found.account_id),
    ).drop("linked_day")
