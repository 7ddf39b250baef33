"""What happened after each hand-off: the first touch of ours, the first conversation, the first win."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables
from scoring import entities
from scoring.outcomes.worked import chosen, outbound_kinds
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


def touches(export: PastTables, handed: pd.DataFrame, config: Config) -> Touches:
    """Find what happened after each hand-off, as known before the day of the export.

    A touch is one of ours in which a person talks to a person (`[training] worked_by`). A lead is touched by what
    names it, or names its account and no lead; an account by what names it or one of its people. A touch on a date
    without a time counts if it is of the day of the hand-off or later.

    Parameters
    ----------
    export : PastTables
    handed : DataFrame
        `entity`, `unit`, `account` and `handed_at`, by row.
    config : Config
        Its sections ``training`` and ``sources`` are used.
    """
    tables = export.tables
    work = chosen(outbound_kinds(tables), config.training.worked_by)
    kinds = _kinds(export)
    talks = conversations(kinds, config.sources.conversation_types)
    found = pd.DataFrame(index=handed.index)
    if handed.empty or not (work or talks):
        never = pd.Series(pd.NaT, index=handed.index, dtype="datetime64[us]")
        found = found.assign(touched_at=never, talked_at=never)
    else:
        found = found.join(_first(export, handed, work, talks))
    wins = [_won(export, handed[handed["entity"] == entity], entity) for entity in ("lead", "account")]
    return Touches(found.assign(won_day=pd.concat(wins)), work, tuple(dict.fromkeys(kind for kind, _ in talks)))


def _kinds(export: PastTables) -> list[tuple[str, str]]:
    activities = export.tables.activities
    if activities is None:
        return []
    rows = activities.select("activity_type", "direction").distinct().to_pyarrow().to_pylist()
    return [(row["activity_type"], row["direction"]) for row in rows]


def _first(
    export: PastTables, handed: pd.DataFrame, work: tuple[str, ...], talks: list[tuple[str, str]]
) -> pd.DataFrame:
    """The first touch and the first conversation at or after each hand-off, by row."""
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
    people = entities.people(export.tables)
    if people is None:
        rows = rows.mutate(company=rows.account_id)
    else:
        keys = people.select("account_key", person="lead_id")
        met = rows.left_join(keys, rows.lead_id == keys.person)
        rows = met.mutate(company=ibis.coalesce(met.account_key, met.account_id))
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


def _won(export: PastTables, handed: pd.DataFrame, entity: str) -> pd.Series:
    """The day of the first win on the day of each hand-off or later, by row."""
    table = export.tables.leads if entity == "lead" else export.tables.accounts
    if handed.empty or table is None:
        return pd.Series(pd.NaT, index=handed.index, dtype="datetime64[us]")
    deals = entities.deals(export.tables, entities.people(export.tables), entity)  # type: ignore[arg-type]
    won = deals.filter(deals.status == "won").select("unit", "closed_day").distinct().to_pandas()
    won["won_day"] = pd.to_datetime([calendar_date(day) for day in won["closed_day"]])
    met = handed[["unit", "handed_at"]].reset_index(names="nth").merge(won, on="unit")
    met = met[met["won_day"] >= met["handed_at"].dt.normalize()]
    found: pd.Series = met.groupby("nth")["won_day"].min().reindex(handed.index).astype("datetime64[us]")
    return found
