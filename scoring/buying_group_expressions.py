"""Who of a buying group has engaged, and what is told of it, as Ibis expressions for any engine.

A role is that of the title. A contact role has no date, and is often entered when a deal is won: it never says tonight
who has which role. So nothing of tonight or of a past day changes when one is entered. `buying_group_arrays` makes the
same columns in this process.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from scoring.buying_group import OPENING, BuyingGroup
from scoring.buying_roles import ROLES, Role, places
from scoring.features.dealings import Deal
from scoring.features.facts import Facts
from scoring.features.feature_expressions import feature_rows
from scoring.timeline import Grid, Window, known

#: The columns of a score table that tell of a buying group.
COLUMNS = ("buying_group", "missing_role")
_STAGE = Deal(name="stage", label="", of="stage")


def current_stages(facts: Facts, grid: Grid) -> ibis.Table | None:
    """The stage of the open deal of each account that has one: `unit`, `stage`. None without a history of deals.

    Parameters
    ----------
    facts : Facts
        Of accounts.
    grid : Grid
        One day.
    """
    if facts.stages is None:
        return None
    [part] = feature_rows([_STAGE], facts, grid)
    return part.table(grid).select("unit", "stage")


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
    found = [(position.isin(list(at)), 1 << ROLES.index(role)) for role, at in places(roles).items() if at]
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
    if group is None or facts is None or engaged is None or not group.is_told:
        return rows.mutate(**{name: ibis.literal("") for name in COLUMNS})
    rows = rows.left_join(engaged.rename(engaged_unit="unit"), rows.account_id == ibis._.engaged_unit)
    rows = rows.mutate(place=rows.bits.fill_null(0)).drop("engaged_unit", "bits")
    stages = current_stages(facts, Grid((as_of,)))
    if stages is not None:
        rows = rows.left_join(stages.rename(staged_unit="unit"), rows.account_id == ibis._.staged_unit)
        later = [
            (rows.stage == found.stage, i << len(ROLES))
            for i, found in enumerate(group.stages)
            if found.stage != OPENING
        ]
        if later:
            rows = rows.mutate(place=rows.place + ibis.cases(*later, else_=0))
        rows = rows.drop("staged_unit", "stage")
    texts = [text for stage in group.texts() for text in stage]
    told = {"told_place": list(range(len(texts)))} | {
        name: [text[i] for text in texts] for i, name in enumerate(COLUMNS)
    }
    table = ibis.memtable(told, schema={"told_place": "int64", **dict.fromkeys(COLUMNS, "string")})
    rows = rows.left_join(table, rows.place == table.told_place)
    columns = {name: ibis.ifelse(rows.account_id.isnull(), "", rows[name]) for name in COLUMNS}
    return rows.drop("place", "told_place").mutate(**columns)
