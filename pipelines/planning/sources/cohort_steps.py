"""The day on which each company first took each step: reached, engaged, in a conversation, in a deal."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables
from scoring import entities
from scoring.outcomes.worked import personal
from scoring.planning.sources.conversations import conversations
from scoring.tables import Tables
from scoring.timeline import day_of

#: A step that is not of the cohorts: the first touch of ours in which a person talks to a person.
CALLED = "called"
Keep = Callable[[ibis.Table], ibis.Table]


def cohort_steps(export: PastTables, config: Config, since_day: pd.Series) -> pd.DataFrame:
    """The first day of each step, by company.

    Parameters
    ----------
    export : PastTables
    config : Config
        Its section ``sources`` is used.
    since_day : Series of int
        By company, the day on which it came: a trigger, like an engagement, after which a conversation counts.

    Returns
    -------
    DataFrame
        By company: `reached`, `engaged`, `conversation`, `in_deal` and `called`, day numbers as float64; NaN for never.
    """
    tables = export.tables
    people = entities.people(tables)
    people = None if people is None else export.keep(people)
    arrival_days = export.keep(
        ibis.memtable(pd.DataFrame({"unit": since_day.index.astype(str), "day": since_day.to_numpy()}))
    )
    firsts = {"in_deal": _first(entities.deals(tables, people, "account").select("unit", day="opened_day"))}
    touches = _touches(tables, people, export.keep)
    if touches is not None:
        kinds = [(row["kind"], row["direction"]) for row in _kinds(touches)]
        inbound = touches.filter(touches.direction == "inbound")
        of_talks = conversations(kinds, config.sources.conversation_types)
        talks, others = _of_kinds(touches, of_talks), [kind for kind in kinds if kind not in of_talks]
        calls = _of_kinds(touches, [(kind, way) for kind, way in kinds if way == "outbound" and personal(kind)])
        firsts |= {"reached": _first(touches), "engaged": _first(inbound), CALLED: _first(calls)}
        engaged = _of_kinds(inbound, others).select("unit", "day")
        triggers = arrival_days.select("unit", day=arrival_days.day.cast("int64")).union(engaged, distinct=True)
        firsts["conversation"] = _first(_after(talks, triggers, config.sources.conversation_days))
    found = pd.DataFrame(index=since_day.index)
    for name in ("reached", "engaged", "conversation", "in_deal", CALLED):
        if name in firsts:
            rows = firsts[name].to_pandas().set_index("unit")["day"]
            found[name] = rows.reindex(found.index).astype("float64")
        else:
            found[name] = float("nan")
    return found


def _touches(tables: Tables, people: ibis.Table | None, keep: Keep) -> ibis.Table | None:
    """Each company, type, direction and day of touch, once."""
    if tables.activities is None:
        return None
    rows = tables.activities.select(
        "lead_id",
        "account_id",
        "direction",
        kind=tables.activities.activity_type,
        day=day_of(tables.activities.occurred_at).cast("int64"),
    )
    named = entities.with_company(rows, people).rename(unit="company")
    return keep(named.filter(named.unit.notnull()).select("unit", "kind", "direction", "day").distinct())


def _kinds(touches: ibis.Table) -> list[dict[str, str]]:
    found: list[dict[str, str]] = touches.select("kind", "direction").distinct().to_pyarrow().to_pylist()
    return found


def _of_kinds(touches: ibis.Table, kinds: list[tuple[str, str]]) -> ibis.Table:
    wanted = ibis.memtable(
        {"kind": [kind for kind, _ in kinds], "direction": [way for _, way in kinds]},
        schema={"kind": "string", "direction": "string"},
    )
    return touches.semi_join(wanted, ["kind", "direction"])


def _after(talks: ibis.Table, triggers: ibis.Table, days: int) -> ibis.Table:
    """The conversations on a day with a trigger, or within some days after one."""
    before = triggers.select(its="unit", trigger="day")
    met = talks.select("unit", "day").distinct().inner_join(before, ibis._.unit == before.its)
    return met.filter((met.day >= met.trigger) & (met.day - met.trigger <= days)).select("unit", "day")


def _first(rows: ibis.Table) -> ibis.Table:
    return rows.group_by("unit").agg(day=rows.day.min())
