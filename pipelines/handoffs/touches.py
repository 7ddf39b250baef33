"""What happened after each hand-off: the first touch of ours, the first conversation, the first win."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd

from pipelines.config import Config
from pipelines.handoffs.records import Records
from pipelines.intake.point_in_time import PastTables
from scoring.entities import with_company
from scoring.outcomes.worked import kinds_of_work, outbound_kinds
from scoring.planning.sources.conversations import conversations
from scoring.timeline import calendar_date


@dataclass(frozen=True)
class Touches:
    """What happened after each hand-off.

    Attributes
    ----------
    frame : DataFrame
        By row of the hand-offs: `touched_at`, `talked_at` (the first conversation) and `won_day` (midnight of the first
        win since); NaT for never.
    work, talks : tuple of str
        The types of activity that count as a touch, and those that count as a conversation.
    """

    frame: pd.DataFrame
    work: tuple[str, ...]
    talks: tuple[str, ...]


def touches(records: Records, handed: pd.DataFrame, config: Config) -> Touches:
    """Find what happened after each hand-off, as known before the day of the export.

    A touch is one of ours in which a person talks to a person (`[training] worked_by`). A lead is touched by what
    names it, or names its account and no lead; an account by what names it or one of its people. A touch on a date
    without a time counts if it is of the day of the hand-off or later.

    Parameters
    ----------
    records : Records
    handed : DataFrame
        `entity`, `unit`, `account` and `handed_at`, by row.
    config : Config
        Its sections ``training`` and ``sources`` are used.
    """
    export = records.export
    work = kinds_of_work(outbound_kinds(export.tables), config.training.worked_by)
    kinds = _kinds(export)
    talks = conversations(kinds, config.sources.conversation_types)
    found = pd.DataFrame(index=handed.index)
    if handed.empty or not (work or talks):
        never = pd.Series(pd.NaT, index=handed.index, dtype="datetime64[us]")
        found = found.assign(touched_at=never, talked_at=never)
    else:
        found = found.join(_first(records, handed, work, talks))
    return Touches(found.assign(won_day=_won(records, handed)), work, tuple(dict.fromkeys(kind for kind, _ in talks)))


def _kinds(export: PastTables) -> list[tuple[str, str]]:
    activities = export.tables.activities
    if activities is None:
        return []
    rows = activities.select("activity_type", "direction").distinct().to_pyarrow().to_pylist()
    return [(row["activity_type"], row["direction"]) for row in rows]


def _first(records: Records, handed: pd.DataFrame, work: tuple[str, ...], talks: list[tuple[str, str]]) -> pd.DataFrame:
    """The first touch and the first conversation at or after each hand-off, by row."""
    export, people = records.export, records.people
    activities = export.tables.activities
    assert activities is not None, "there are types of activity"
    asked = export.keep(
        ibis.memtable(
            pd.DataFrame(
                {
                    "nth": handed.index.astype("int64"),
                    "of_lead": (handed["entity"] == "lead").to_numpy(),
                    "unit": handed["unit"].astype(str).to_numpy(),
                    "account": handed["account"].astype(str).to_numpy(),
                    "handed_at": handed["handed_at"].to_numpy(dtype="datetime64[us]"),
                }
            )
        )
    )
    ours = (activities.direction == "outbound") & activities.activity_type.isin(list(work))
    spoken = ibis.literal(False)
    for way in ("inbound", "outbound"):
        named = [kind for kind, direction in talks if direction == way]
        spoken |= (activities.direction == way) & activities.activity_type.isin(named)
    rows = activities.mutate(ours=ours, spoken=spoken)
    rows = rows.filter(rows.ours | rows.spoken)
    rows = rows.select("lead_id", "account_id", "ours", "spoken", moment=rows.occurred_at)
    rows = with_company(rows, people)
    events = export.keep(rows.select("lead_id", "account_id", "company", "ours", "spoken", "moment"))
    leads, accounts = asked.filter(asked.of_lead), asked.filter(~asked.of_lead)
    unnamed = events.filter(events.lead_id.isnull())
    met = ibis.union(
        _met(leads.inner_join(events, leads.unit == events.lead_id)),
        _met(leads.inner_join(unnamed, leads.account == unnamed.account_id)),
        _met(accounts.inner_join(events, accounts.unit == events.company)),
    )
    day, start = met.moment.truncate("D"), met.handed_at.truncate("D")
    by_day = (met.moment == day) | (met.handed_at == start)
    after = met.filter(ibis.ifelse(by_day, day >= start, met.moment >= met.handed_at))
    first = after.group_by("nth").agg(
        touched_at=after.moment.min(where=after.ours), talked_at=after.moment.min(where=after.spoken)
    )
    found: pd.DataFrame = first.to_pandas().set_index("nth").astype("datetime64[us]")
    return found


def _met(joined: ibis.Table) -> ibis.Table:
    return joined.select("nth", "handed_at", "moment", "ours", "spoken")


def _won(records: Records, handed: pd.DataFrame) -> pd.Series:
    """The day of the first win on the day of each hand-off or later, by row."""
    found = pd.Series(pd.NaT, index=handed.index, dtype="datetime64[us]")
    for entity, won in records.deals("won", handed).items():
        days = won.assign(won_day=pd.to_datetime([calendar_date(day) for day in won["day"]]))
        asked = handed.loc[handed["entity"] == entity, ["unit", "handed_at"]]
        met = asked.reset_index(names="nth").merge(days, on="unit")
        met = met[met["won_day"] >= met["handed_at"].dt.normalize()]
        first = met.groupby("nth")["won_day"].min().astype("datetime64[us]")
        found[first.index] = first
    return found
