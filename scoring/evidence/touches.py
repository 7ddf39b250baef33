"""Touch counts as teams count them: every repeat, in both directions. Baselines use them, and no score does."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from scoring.entity import Entity
from scoring.tables import Tables
from scoring.timeline import Grid, Window, day_of, known

#: What "touched lately" means wherever touches are counted.
LATELY = Window(90)


def touch_days(tables: Tables, people: ibis.Table | None, level: Entity) -> ibis.Table | None:
    """Touches of the units of a level by day, with repeats and our own.

    Parameters
    ----------
    tables : Tables
    people : Table or None
        The people of `entities.people`.
    level : {"account", "lead"}

    Returns
    -------
    Table or None
        `unit`, `lead_id` (null where the visitor is not known), `kind`, `inbound`, `day`, `known_day` (when a touch
        and its person were known) and `touches`: how many. None without an activities table.
    """
    activities = tables.activities
    if activities is None:
        return None
    by_day = activities.group_by(
        "lead_id",
        "account_id",
        kind=activities.activity_type,
        inbound=activities.direction == "inbound",
        day=day_of(activities.occurred_at),
        known_day=day_of(activities.known_at),
    ).agg(touches=activities.count())
    if people is None:
        found = by_day.mutate(unit=by_day.account_id)
    else:
        who = people.select("account_key", person=people.lead_id, person_day=people.known_day)
        met = by_day.left_join(who, by_day.lead_id == who.person)
        met = met.filter(met.lead_id.isnull() | met.person.notnull())
        found = met.mutate(
            # A lead's own account, else the one the activity names: as engagement days are resolved.
            unit=met.lead_id if level == "lead" else ibis.coalesce(met.account_key, met.account_id),
            known_day=ibis.greatest(met.known_day, met.person_day.fill_null(0)),
        )
    keys = ("unit", "lead_id", "kind", "inbound", "day", "known_day")
    return found.filter(found.unit.notnull()).group_by(keys).agg(touches=found.touches.sum())


def touch_kinds(days: ibis.Table, most: int = 24) -> list[str]:
    """The activity types of the most units, in both directions: at most `most` of them, in alphabetical order."""
    counts = days.group_by("kind").agg(units=days.unit.nunique())
    return sorted(counts.order_by(ibis.desc("units"), "kind").limit(most).kind.execute())


def touch_facts(days: ibis.Table, grid: Grid, kinds: Sequence[str] = ()) -> ibis.Table:
    """The touch counts of each unit at each day of the grid on which a touch of it was known.

    Parameters
    ----------
    days : Table
        Of `touch_days`. It is read more than once, so materialise it.
    grid : Grid
    kinds : sequence of str
        Activity types to count separately.

    Returns
    -------
    Table
        `unit`, `as_of`, `touches_90d` and `touches_ever` (all touches), `days_since_touch` (since the buyer's last
        one; null if none), and for the i-th of `kinds` `touches_90d_<i>` and `days_since_touch_<i>` (in both
        directions). A unit without a known touch has no row.
    """
    ever = _ever(days, grid, kinds)
    pairs = days.cross_join(grid.table())
    near = pairs.filter(LATELY.covers(pairs.day, pairs.as_of) & known(pairs.known_day, pairs.as_of))
    each = {f"touches_90d_{i}": near.touches.sum(where=near.kind == kind) for i, kind in enumerate(kinds)}
    lately = near.group_by("unit", "as_of").agg(touches_90d=near.touches.sum(), **each)
    both = ever.left_join(lately, ["unit", "as_of"]).drop("unit_right", "as_of_right")
    return both.mutate(**{name: both[name].fill_null(0) for name in ("touches_90d", *each)})


def _ever(days: ibis.Table, grid: Grid, kinds: Sequence[str]) -> ibis.Table:
    """Totals and last days of all known touches: summed in the step in which they become known, and carried on."""
    cells = in_cells(days, grid)
    last = {f"days_since_touch_{i}": cells.day.max(where=cells.kind == kind) for i, kind in enumerate(kinds)}
    last = {"days_since_touch": cells.day.max(where=cells.inbound), **last}
    by_cell = cells.group_by("unit", "cell").agg(touches_ever=cells.touches.sum(), **last)
    dense = carried_forward(by_cell, ("unit",), grid)
    so_far = ibis.cumulative_window(group_by="unit", order_by="cell")
    summed = dense.select(
        "unit",
        "as_of",
        touches_ever=dense.touches_ever.sum().over(so_far),
        **{name: dense[name].max().over(so_far) for name in last},
    )
    summed = summed.filter(summed.touches_ever > 0)
    return summed.mutate(**{name: summed.as_of - summed[name] for name in last})


def in_cells(days: ibis.Table, grid: Grid) -> ibis.Table:
    """The rows known by the last day of the grid, each with its `cell`: the index of the first day that knows it."""
    cells = days.mutate(cell=grid.first_seeing(days.known_day))
    return cells.filter(cells.cell < len(grid.days))


def carried_forward(by_cell: ibis.Table, keys: tuple[str, ...], grid: Grid) -> ibis.Table:
    """One row for each of `keys` and each day of the grid, null where nothing new became known."""
    steps = ibis.memtable(
        {"step": list(range(len(grid.days))), "as_of": list(grid.days)},
        schema={"step": "int64", "as_of": "int64"},
    )
    dense = by_cell.select(*keys).distinct().cross_join(steps)
    found = by_cell.rename({f"its_{key}": key for key in keys})
    on: list[ir.BooleanValue] = [dense[key].identical_to(found[f"its_{key}"]) for key in keys]
    dense = dense.left_join(found, [*on, dense.step == found.cell])
    return dense.mutate(cell=dense.step).drop("step", *[f"its_{key}" for key in keys])
