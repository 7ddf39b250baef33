"""The snapshots of an entity: the units and days that features are computed for."""

import ibis

from scoring.entities import lone
from scoring.entity import OPPORTUNITY
from scoring.features.facts import Facts
from scoring.outcomes.customers import customers
from scoring.timeline import Grid, known


def snapshots(facts: Facts, grid: Grid) -> ibis.Table:
    """Every unit on every day of the grid on which it was known, and could have a win: customers too, if asked for.

    A deal can have one as long as it is open.

    Columns: `unit`, `account_key`, `account_id`, `created_day`, `as_of`. `account_key` and `account_id` of a lead are
    its account's on all days after the account became known; on earlier days the lead stands alone.
    """
    rows = grid.crossed(facts.units)
    rows = rows.filter(rows.created_day.isnull() | known(rows.created_day, rows.as_of))
    if facts.entity == OPPORTUNITY:
        rows = rows.filter(rows.closed_day.isnull() | ~known(rows.closed_day, rows.as_of)).drop("closed_day")
    elif facts.win == "new_business":
        rows = rows.left_join(customers(facts.won_deals), "unit").drop("unit_right")
        rows = rows.filter(rows.won_day.isnull() | ~known(rows.won_day, rows.as_of)).drop("won_day")
    alone = rows.linked_day.notnull() & ~known(rows.linked_day, rows.as_of)
    alone_key = rows.alone_key if facts.entity == OPPORTUNITY else lone(rows.unit)
    return rows.mutate(
        account_key=alone.ifelse(alone_key, rows.account_key),
        account_id=alone.ifelse(ibis.null("string"), rows.account_id),
    ).drop("linked_day", *(["alone_key"] if facts.entity == OPPORTUNITY else []))
