"""From when on a history records changes: what was written once, at a load, is no record of what was before.

One dated example. A warehouse was loaded on 2025-03-01 and wrote each account as it was on that day, dated at its
creation. It has recorded changes since then: an account that was won in 2024 has in its first row what the win filled.
"""

import ibis

from scoring.timeline import day_of

#: Share of the records in a history with a change of any column, below which it was written once and not recorded.
RECORDED = 0.05
#: Share of the records that a history begins with on one day, above which that day is a load and no change.
LOADED = 0.20
#: Share of the changes before the day from which a history is taken to be recorded: a few stray dates prove nothing.
STRAY = 0.01


def beginnings(history: ibis.Table, units: ibis.Table) -> ibis.Table:
    """For each unit the day of its first row, and that up to which a value is no change: of that row or of a load."""
    firsts = history.group_by("unit").agg(first_day=day_of(history.known_at).min())
    loads = firsts.group_by(load_day="first_day").agg(loaded=firsts.count())
    loads = loads.filter(loads.loaded > LOADED * firsts.count().as_scalar())
    created = units.group_by("unit").agg(created_day=units.created_day.min())
    rows = firsts.left_join(created, "unit").drop("unit_right")
    rows = rows.left_join(loads, rows.first_day == loads.load_day)
    written = rows.load_day.notnull() | rows.created_day.isnull() | (rows.first_day <= rows.created_day)
    return rows.select("unit", "first_day", base_day=written.ifelse(rows.first_day, rows.created_day))


def recorded_since(history: ibis.Table, begun: ibis.Table) -> int | None:
    """The day from which a history records changes; None where it has hardly any."""
    days = history.select("unit", day=day_of(history.known_at)).inner_join(begun, "unit")
    changes = days.filter(days.day > days.base_day)
    of = changes.aggregate(units=changes.unit.nunique(), since=changes.day.quantile(STRAY)).to_pyarrow().to_pylist()[0]
    if not of["units"] or of["units"] < RECORDED * begun.count().execute():
        return None
    return int(of["since"])


def column_recorded_since(history: ibis.Table, name: str, units: ibis.Table) -> int | None:
    """The day from which a history records changes of one column; None where it has none.

    A change is a value that differs from the first one of its record, or a first value that is given later than at the
    beginning. Of each record the first change counts.

    Parameters
    ----------
    history : Table
        With `unit`, `known_at` and the column.
    name : str
    units : Table
        With `unit` and `created_day`.
    """
    values = history.filter(history[name].notnull())
    values = values.group_by("unit", "known_at").agg(value=values[name].max())
    begun = beginnings(values, units)
    firsts = values.group_by(first_of="unit").agg(first_value=values.value.argmin(values.known_at))
    rows = values.select("unit", "value", day=day_of(values.known_at)).inner_join(begun, "unit")
    rows = rows.inner_join(firsts, rows.unit == firsts.first_of)
    changed = (rows.day > rows.base_day) & ((rows.value != rows.first_value) | (rows.day == rows.first_day))
    changes = rows.filter(changed).group_by("unit").agg(day=ibis._.day.min())
    since = changes.aggregate(since=changes.day.quantile(STRAY)).to_pyarrow().to_pylist()[0]["since"]
    return None if since is None else int(since)
