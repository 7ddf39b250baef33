"""Who of a buying group has engaged, and what is told of it, as Ibis expressions for any engine.

A role is that of the title. A contact role has no date, and is often entered when a deal is won: it never says tonight
who has which role. So nothing of tonight or of a past day changes when one is entered. `group_arrays` makes the
same columns in this process.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from scoring.buying_groups.group import BuyingGroup
from scoring.buying_groups.roles import ROLES, Role, positions_by_role
from scoring.features.deals.dealings import Deal
from scoring.features.facts import Facts
from scoring.features.feature_expressions import feature_rows
from scoring.timeline import Grid, Window, known

#: The columns of a score table that tell of a buying group.
COLUMNS = ("buying_group", "missing_role")
_OPEN, _STAGE = Deal(name="open_days", label="", of="open_days"), Deal(name="stage", label="", of="stage")


def open_deals(facts: Facts, grid: Grid) -> ibis.Table:
    """The accounts with an open deal: `unit`, `stage` (null where no history tells it).

    Parameters
    ----------
    facts : Facts
        Of accounts.
    grid : Grid
        One day.
    """
    [part] = feature_rows([_OPEN], facts, grid)
    states = part.table(grid)
    states = states.filter(states.open_days.notnull()).select("unit")
    if facts.stages is None:
        return states.mutate(stage=ibis.null("string"))
    [part] = feature_rows([_STAGE], facts, grid)
    stages = part.table(grid).select("stage", its="unit")
    return states.left_join(stages, states.unit == stages.its).drop("its")


def engaged_roles(group: BuyingGroup, facts: Facts, as_of: int) -> ibis.Table | None:
    """The roles of whom somebody engaged within `group.days`: `unit`, `bits` (one for each of `ROLES`).

    Accounts where nobody with a role engaged have no row. None where it is not known who engaged.

    Parameters
    ----------
    group : BuyingGroup
    facts : Facts
        Of accounts.
    as_of : int
        Day number.
    """
    if facts.engagements is None:
        return None
    days = facts.engagements.reduced.log.days
    near = days.filter(Window(group.days).covers(days.day, as_of) & known(days.known_day, as_of))
    whose = facts.engagements.whose
    met = whose.filter(known(whose.person_day, as_of)).semi_join(near.select("actor").distinct(), "actor")
    bits = bit_of(met.position, group.roles)
    return (
        met.mutate(bit=bits)
        .filter(ibis._.bit > 0)
        .select("unit", "bit")
        .distinct()
        .group_by("unit")
        .agg(bits=ibis._.bit.sum())
    )


def bit_of(position: ir.IntegerValue, roles: Sequence[Role | None]) -> ir.IntegerValue:
    """The bit of the role of a position; 0 for none.

    Parameters
    ----------
    position : IntegerValue
        As `titles.position` gives it.
    roles : sequence of str or None
        The role of each position.
    """
    found = [(position.isin(list(at)), 1 << ROLES.index(role)) for role, at in positions_by_role(roles).items() if at]
    return ibis.cases(*found, else_=0).cast("int64")


def group_columns(group: BuyingGroup | None, rows: ibis.Table, facts: Facts | None, as_of: int) -> ibis.Table:
    """Add `COLUMNS` to rows; empty where nothing is known.

    Parameters
    ----------
    group : BuyingGroup or None
        None where nothing was learned.
    rows : Table
        With `account_id`.
    facts : Facts or None
        Of the accounts; None if no lead has one.
    as_of : int
        Day number.
    """
    engaged = None if group is None or facts is None else engaged_roles(group, facts, as_of)
    if group is None or facts is None or engaged is None or not group.has_typical_roles:
        return rows.mutate(**{name: ibis.literal("") for name in COLUMNS})
    engaged = engaged.rename(engaged_unit="unit")
    rows = rows.left_join(engaged, rows.account_id == engaged.engaged_unit)
    rows = rows.mutate(number=rows.bits.fill_null(0)).drop("engaged_unit", "bits")
    deals = open_deals(facts, Grid((as_of,))).rename(deal_unit="unit")
    rows = rows.left_join(deals, rows.account_id == deals.deal_unit)
    later = [(rows.stage == found.stage, i) for i, found in enumerate(group.stages) if i > 1]
    step = ibis.cases((rows.deal_unit.isnull(), 0), *later, else_=1).cast("int64")
    rows = rows.mutate(number=rows.number + step * (1 << len(ROLES))).drop("deal_unit", "stage")
    texts = [text for stage in group.texts() for text in stage]
    cells = {"text_number": list(range(len(texts)))} | {
        name: [text[i] for text in texts] for i, name in enumerate(COLUMNS)
    }
    table = ibis.memtable(cells, schema={"text_number": "int64", **dict.fromkeys(COLUMNS, "string")})
    rows = rows.left_join(table, rows.number == table.text_number)
    columns = {name: ibis.ifelse(rows.account_id.isnull(), "", rows[name]) for name in COLUMNS}
    return rows.drop("number", "text_number").mutate(**columns)
