"""When triggers happened, as expressions: from engagement days, deals, their plans, and attribute histories.

An event never changes with what becomes known later: of a week, only what was known by its end counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis

from scoring.calls.triggers import BY_NAME, CHANGE, DECISION_MAKER, DEPARTMENT, LOST, RETURN, SLIPPED, SURGE
from scoring.engagement import Engagements, moment
from scoring.features.facts import Facts
from scoring.tables import Keep
from scoring.timeline import Grid, day_of, known

#: A surge is so many different pairs of a person and a kind of engagement in a week, and so many times its own mean of
#: the weeks before.
SURGE_LEAST, SURGE_TIMES, USUAL_WEEKS = 3, 3.0, 26
DAYS_OF_MONTH = 365.25 / 12
#: The columns of events: whose it is, which trigger, the day it happened and became known on, what exactly, and since
#: when it is void (null: it is not).
EVENTS = {
    "unit": "string",
    "trigger": "string",
    "day": "int64",
    "known_day": "int64",
    "detail": "string",
    "over_day": "int64",
}


def events(facts: Facts, asked: Sequence[str], *, since: int, as_of: int, months: int, keep: Keep) -> ibis.Table:
    """All events of the triggers asked for.

    Parameters
    ----------
    facts : Facts
        Of accounts or leads. Its attributes are those that may be looked at: no leak is among them.
    asked : sequence of str
        Names of triggers.
    since, as_of : int
        Day numbers: what happened before `since` is not looked for, and weeks are counted back from `as_of`.
    months : int
        So long after a deal was lost the account is due for another look.
    keep : callable
        Computes a table that several expressions read.

    Returns
    -------
    Table
        The columns `EVENTS`.
    """
    parts = [_of_deals(facts, months)] if LOST in asked else []
    if SLIPPED in asked and facts.stages is not None:
        parts.append(_slips(facts.stages))
    if CHANGE in asked:
        parts += _changes(facts)
    if facts.engagements is not None:
        parts += _of_engagement(facts, facts.engagements, asked, since, as_of, keep)
    if not parts:
        return keep(ibis.memtable(ibis.schema(EVENTS).to_pyarrow().empty_table()))
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return keep(every.filter(every.day.notnull() & (every.day >= since)))


def _of_engagement(
    facts: Facts, engaged: Engagements, asked: Sequence[str], since: int, as_of: int, keep: Keep
) -> list[ibis.Table]:
    """What engagement days say; a single lead is no group."""
    found: dict[str, Callable[[], ibis.Table]] = {
        RETURN: lambda: engaged.returns,
        DECISION_MAKER: lambda: _first_decision_makers(engaged),
        DEPARTMENT: lambda: _new_departments(engaged),
        SURGE: lambda: _surges(engaged, since, as_of),
    }
    return [
        _event(engaged.named(keep(rows().select("number", "day", "known_day"))), name)
        for name, rows in found.items()
        if name in asked and not (BY_NAME[name].of_group and facts.entity == "lead")
    ]


def standing_events(events: ibis.Table, grid: Grid) -> ibis.Table:
    """The newest event of each unit and trigger that has not expired, on each day of a grid.

    Parameters
    ----------
    events : Table
        As `events` gives them.
    grid : Grid

    Returns
    -------
    Table
        `unit`, `as_of`, `trigger`, `day`, `detail`.
    """
    rows = grid.crossed(events)
    lasts = rows.trigger.cases(*((name, trigger.lasts) for name, trigger in BY_NAME.items()), else_=0)
    void = rows.over_day.notnull() & known(rows.over_day, rows.as_of)
    rows = rows.filter(
        (rows.day < rows.as_of) & known(rows.known_day, rows.as_of) & (rows.as_of - rows.day < lasts) & ~void
    )
    return rows.group_by("unit", "as_of", "trigger").agg(
        detail=rows.detail.argmax(rows.day).fill_null(""), day=rows.day.max()
    )


def _event(rows: ibis.Table, name: str, detail: ibis.Value | None = None, over: ibis.Value | None = None) -> ibis.Table:
    return rows.select(
        "unit",
        trigger=ibis.literal(name),
        day=rows.day.cast("int64"),
        known_day=rows.known_day.cast("int64"),
        detail=ibis.literal("") if detail is None else detail,
        over_day=ibis.null("int64") if over is None else over,
    )


def _first_decision_makers(engaged: Engagements) -> ibis.Table:
    firsts = engaged.firsts
    firsts = firsts.filter(firsts.decision_maker)
    return firsts.group_by("number").agg(
        day=firsts.day.argmin(moment(firsts)), known_day=firsts.known_day.argmin(moment(firsts))
    )


def _new_departments(engaged: Engagements) -> ibis.Table:
    """The first engagement of each department of a unit but its first: departments that read nothing are none."""
    firsts = engaged.firsts
    firsts = firsts.filter(firsts.department.notnull() & (firsts.department != "other"))
    first = firsts.group_by("number", "department").agg(
        day=firsts.day.argmin(moment(firsts)), known_day=firsts.known_day.argmin(moment(firsts))
    )
    began = moment(first).min().over(ibis.window(group_by="number"))
    later = first.mutate(began=began)
    return later.filter(moment(later) > later.began)


def _surges(engaged: Engagements, since: int, as_of: int) -> ibis.Table:
    """Weeks, counted back from `as_of`, in which more people and kinds came together than is usual for the unit."""
    oldest = as_of - 7 * ((as_of - since) // 7 + 1 + USUAL_WEEKS)
    days = engaged.since(oldest)
    days = days.mutate(week=(as_of - 1 - days.day) // 7)
    days = days.filter(known(days.known_day, as_of - 7 * days.week))
    pair = days.lead_id.fill_null("") + "\x1f" + days.kind
    weeks = days.group_by("number", "week").agg(
        breadth=pair.nunique(), day=days.day.max(), known_day=days.known_day.max()
    )
    # The larger number is the earlier week.
    before = ibis.range_window(group_by="number", order_by=-weeks.week, preceding=(USUAL_WEEKS, 1))
    weeks = weeks.mutate(usual=weeks.breadth.sum().over(before) / USUAL_WEEKS)
    return weeks.filter(
        (weeks.breadth >= SURGE_LEAST) & (weeks.usual > 0) & (weeks.breadth >= SURGE_TIMES * weeks.usual)
    )


def _of_deals(facts: Facts, months: int) -> ibis.Table:
    """Lost deals, once they are `months` old."""
    deals = facts.deals
    lost = deals.filter((deals.status == "lost") & deals.closed_day.notnull())
    due = lost.select(
        "unit",
        day=lost.closed_day + round(months * DAYS_OF_MONTH),
        known_day=ibis.greatest(lost.known_day, lost.closed_day),
    )
    return _event(due, LOST, ibis.literal(f"{months} {'month' if months == 1 else 'months'} after it was lost"))


def _slips(stages: ibis.Table) -> ibis.Table:
    """Moves of the expected close to a later day; void once the deal is closed."""
    lines = stages.filter(stages.close_date.notnull() & stages.changed_day.notnull())
    # One value a moment: what is said twice is said once.
    lines = lines.group_by("unit", "opportunity_id", "changed_at").agg(
        close_date=lines.close_date.max(),
        day=lines.changed_day.min(),
        known_day=lines.known_day.min(),
        closed_day=lines.closed_day.min(),
    )
    so_far = ibis.window(group_by=["unit", "opportunity_id"], order_by="changed_at")
    lines = lines.mutate(before=lines.close_date.lag().over(so_far))
    moved = lines.filter(lines.close_date > lines.before)
    days = (moved.close_date - moved.before).cast("string")
    return _event(moved, SLIPPED, ibis.literal("by ") + days + ibis.literal(" days"), moved.closed_day.cast("int64"))


def _changes(facts: Facts) -> list[ibis.Table]:
    """Changes of attributes from one known value to another: what is filled for the first time is no change."""
    if facts.attributes is None:
        return []
    rows, looked_at = facts.history, set(facts.attributes.columns) - {"unit"}
    if rows is None and facts.kept is not None:
        rows = facts.kept.rows
    found = []
    if rows is None:
        return []
    for name in sorted(looked_at & set(rows.columns)):
        values = rows.filter(rows[name].notnull() & rows.known_at.notnull())
        values = values.group_by("unit", "known_at").agg(value=values[name].cast("string").max())
        values = values.mutate(before=values.value.lag().over(ibis.window(group_by="unit", order_by="known_at")))
        changed = values.filter(values.before.notnull() & (values.value != values.before))
        dated = changed.select("unit", day=day_of(changed.known_at), known_day=day_of(changed.known_at))
        found.append(_event(dated, CHANGE, ibis.literal(name)))
    return found
