"""Histories of attributes: whether they reach back before the outcomes, and what is taken before they begin.

A history that begins late says nothing of the time before it. Then the value of a unit's first row is taken for all of
the time before, as the current value is where there is no history, and the leak guard checks it. A history that reaches
back is taken at its word: before the first row there was no value.

Nor does a history say anything that was never recorded. Warehouses write each record once at their first load, as it is
on that day but dated at its creation. So a history counts from the day on which it records changes, and each column
from the day on which its own are recorded: CRMs begin to track one field today and another next year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import ibis

from scoring.features.attribute_histories.recordings import beginnings, column_recorded_since, recorded_since
from scoring.features.facts import Facts
from scoring.timeline import calendar_date, day_of, known

#: Share of the units for which a history must hold a value, and a row before their outcome, so that it is complete.
COMPLETE = 0.95
#: Share of the records with a value of which one column changes or is given later, below which it has no changes.
CHANGING = 0.01
#: Columns that are aggregated in one scan: see `candidates.AT_ONCE`.
AT_ONCE = 50
#: Why most histories that are not complete are not.
LATE = "does not reach back before the outcomes"
#: What is counted of each attribute.
COUNTED = ("filled", "traced", "closed", "reached", "recorded", "changed")
#: The time of the rows that a history that begins late is opened with: before all others.
ALWAYS = "1900-01-01"


def outcome_days(facts: Facts) -> ibis.Table:
    """`unit` and `outcome_day`: the day of its first win or, where it never won, of its first loss."""
    won = facts.won_deals.group_by("unit").agg(outcome_day=facts.won_deals.closed_day.min())
    lost = facts.deals.filter(facts.deals.status == "lost").anti_join(won, "unit")
    return won.union(lost.group_by("unit").agg(outcome_day=lost.closed_day.min()))


def complete_histories(facts: Facts, names: Iterable[str]) -> set[str]:
    """The attributes whose history is complete, so that they cannot leak.

    Nearly every unit with a value has one in the history, and nearly every unit with a value and an outcome has a row
    before the outcome, on a day when changes were recorded. There are changes of the attribute.

    Parameters
    ----------
    facts : Facts
        Of accounts or of leads.
    names : iterable of str
        The attributes to look at.
    """
    return {name for name, why in faults_of_histories(facts, names).items() if not why}


def faults_of_histories(facts: Facts, names: Iterable[str]) -> dict[str, str]:
    """For each attribute with a history why it is not complete, in words; empty where it is.

    Parameters
    ----------
    facts : Facts
        Of accounts or of leads.
    names : iterable of str
        The attributes to look at.
    """
    history, table = facts.history, facts.attributes
    traced = [] if history is None or table is None else sorted(set(names) & set(history.columns) & set(table.columns))
    if not traced or history is None or table is None:
        return {}
    begun = beginnings(history, facts.units)
    since = recorded_since(history, begun)
    units = table.select("unit").left_join(begun, "unit").drop("unit_right")
    outcomes = outcome_days(facts)
    units = units.left_join(outcomes, "unit").drop("unit_right")
    begun_before = known(units.first_day, units.outcome_day).fill_null(False)
    recorded = begun_before if since is None else begun_before & known(ibis.literal(since), units.outcome_day)
    units = units.select(
        "unit",
        "base_day",
        closed=units.outcome_day.notnull(),
        reached=begun_before,
        recorded=recorded.fill_null(False),
    )
    faults = {}
    for first in range(0, len(traced), AT_ONCE):
        part = traced[first : first + AT_ONCE]
        day = day_of(history.known_at)
        has = history.group_by("unit").agg(
            **{f"has_{i}": history[name].nunique() for i, name in enumerate(part)},
            **{f"day_{i}": day.min(where=history[name].notnull()) for i, name in enumerate(part)},
        )
        filled = table.select("unit", **{f"filled_{i}": table[name].notnull() for i, name in enumerate(part)})
        rows = filled.inner_join(units, "unit").left_join(has, "unit")
        counts: dict[str, Any] = {}
        for i in range(len(part)):
            some, values = rows[f"filled_{i}"], rows[f"has_{i}"].fill_null(0)
            counts |= {
                f"filled_{i}": some.sum(),
                f"traced_{i}": (some & (values > 0)).sum(),
                f"closed_{i}": (some & rows.closed).sum(),
                f"reached_{i}": (some & rows.reached).sum(),
                f"recorded_{i}": (some & rows.recorded).sum(),
                f"changed_{i}": (some & ((values > 1) | (rows[f"day_{i}"] > rows.base_day).fill_null(False))).sum(),
            }
        found = rows.aggregate(**counts).to_pyarrow().to_pylist()[0]
        for i, name in enumerate(part):
            count = {what: found[f"{what}_{i}"] or 0 for what in COUNTED}
            if count["traced"] < COMPLETE * count["filled"] or count["reached"] < COMPLETE * count["closed"]:
                faults[name] = LATE
            elif since is None or count["changed"] < CHANGING * count["filled"]:
                faults[name] = f"shows a change for {count['changed']:,} of {count['filled']:,} with a value: too few"
            elif count["recorded"] < COMPLETE * count["closed"]:
                faults[name] = f"records changes only since {calendar_date(since)}, after many outcomes"
            else:
                faults[name] = _began_later(facts, name, outcomes, count["closed"])
    return faults


def _began_later(facts: Facts, name: str, outcomes: ibis.Table, closed: int) -> str:
    """Why the history of one column is not complete though that of others is, in words; empty if it is.

    A column that a CRM began to track later than others has no changes before that day. What is dated earlier was
    written at the beginning, when the outcomes of before had changed it already.
    """
    history, table = facts.history, facts.attributes
    assert history is not None
    assert table is not None
    since = column_recorded_since(history, name, facts.units)
    if since is None:
        return "shows no change of it after its first values"
    filled = table.filter(table[name].notnull()).select("unit").inner_join(outcomes, "unit")
    reached = filled.filter(known(ibis.literal(since), filled.outcome_day)).count().execute()
    if reached >= COMPLETE * closed:
        return ""
    return f"records changes of it only since {calendar_date(since)}, after many outcomes"


def from_first_row(facts: Facts, names: Sequence[str]) -> Facts:
    """The facts with histories that begin late opened: a unit had the values of its first row always.

    Parameters
    ----------
    facts : Facts
    names : sequence of str
        The attributes whose history is not complete.
    """
    history = facts.history
    late = [] if history is None else [name for name in names if name in history.columns]
    if not late or history is None:
        return facts
    firsts = history.group_by(opens="unit").agg(first_at=history.known_at.min())
    rows = history.inner_join(firsts, [history.unit == firsts.opens, history.known_at == firsts.first_at])
    openings = rows.group_by("unit").agg(**{name: rows[name].max() for name in late})
    columns = {
        name: openings[name] if name in late else ibis.null(kind)
        for name, kind in history.schema().items()
        if name not in ("unit", "known_at")
    }
    always = ibis.literal(ALWAYS).cast(history.known_at.type())
    openings = openings.select("unit", known_at=always, **columns)
    return replace(facts, history=history.union(openings.select(*history.columns)))


def values_before_outcomes(facts: Facts, names: Sequence[str]) -> Facts:
    """The facts with the values that may be compared with outcomes: those known before each unit's outcome.

    Parameters
    ----------
    facts : Facts
    names : sequence of str
        The attributes whose history is not complete; of the others nothing is changed.
    """
    opened_facts = from_first_row(facts, names)
    history, table = opened_facts.history, facts.attributes
    late = [] if history is None else [name for name in names if name in history.columns]
    if not late or history is None or table is None:
        return facts
    rows = history.left_join(outcome_days(facts), "unit").drop("unit_right")
    before = rows.filter(rows.outcome_day.isnull() | known(day_of(rows.known_at), rows.outcome_day))
    # One row a time, so that the newest is one value in any order of rows.
    before = before.group_by("unit", "known_at").agg(**{name: before[name].max() for name in late})
    values = before.group_by(valued_unit="unit").agg(
        **{
            f"valued_{i}": before[name].argmax(before.known_at, where=before[name].notnull())
            for i, name in enumerate(late)
        }
    )
    traced = history.group_by(traced_unit="unit").agg(
        **{f"traced_{i}": history[name].count() for i, name in enumerate(late)}
    )
    both = table.left_join(traced, table.unit == traced.traced_unit)
    both = both.left_join(values, both.unit == values.valued_unit)
    columns = {
        name: ibis.ifelse(both[f"traced_{i}"].fill_null(0) > 0, both[f"valued_{i}"], both[name])
        for i, name in enumerate(late)
    }
    others = [name for name in table.columns if name not in late]
    return replace(facts, attributes=both.select(*others, **columns).select(*table.columns))
