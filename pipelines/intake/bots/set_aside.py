"""Touches of machines: those of scanners and proxies are set aside before the activities are validated.

Only touches are, never a person: a person behind a scanner still writes replies and fills in forms. All is counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.config_input import Input
from pipelines.intake.bots.own_people import without_own_people
from pipelines.sources.files import ROW, Source
from pipelines.validation.column_formats import column_formats
from scoring.bots import AGENTS, AT_ONCE_SECONDS, BURST, BURST_SECONDS, FLAGS, SENDS, ClickTypes, by_machine, of_robot
from scoring.cells import cells
from scoring.contracts.crm import ACTIVITIES
from scoring.timeline import day_of

#: What each rule says, after "are set aside: ".
WORDS = {
    "flag": "the CRM flags them as a machine's",
    "agent": "their agent names itself as a robot, a scanner or a proxy",
    "burst": f"{BURST} clicks and more within {BURST_SECONDS} seconds",
    "at_once": f"clicks within {AT_ONCE_SECONDS} seconds of the send",
    "every_send": f"clicks soon after each send, by somebody who did so after nearly all of {SENDS} or more sends",
}
#: Columns that say which link was clicked.
LINKS = ("url", "link", "link_url", "clicked_url", "href", "primary_attribute_value")
#: From this share of clicks on a whole minute on, their seconds were not exported.
WHOLE_MINUTES = 0.5


def without_bots(connection: Any, source: Source, settings: Input) -> Source:
    """The activities without touches of machines and the leads without our own people, with notes on what is left out.

    Parameters
    ----------
    connection : ibis backend
    source : Source
        Of any table; all but activities and leads are given back.
    settings : Input
        Its ``bots``, ``own_domains`` and ``test_addresses`` are used.
    """
    if source.table == "leads":
        return without_own_people(connection, source, settings)
    if source.table != "activities" or settings.bots == "off":
        return source
    parts = _marked(source)
    notes: list[str] = []
    if settings.bots == "behaviour":
        behaving, notes = _behaving(source, settings)
        parts += behaving
    used = [column for column in (*FLAGS, *AGENTS) if column in source.columns]
    if not parts:
        return replace(source, notes=(*source.notes, *notes))
    found = ibis.union(*parts) if len(parts) > 1 else parts[0]
    # A row may break several rules: the first in the order of words counts, so that each is counted once.
    rank = found.rule.cases(*[(rule, i) for i, rule in enumerate(WORDS)], else_=len(WORDS))
    found = found.mutate(rank=rank).group_by("row").agg(rank=ibis._["rank"].min())
    found = connection.create_table("bots_activities", found, temp=True)
    counts = found.group_by("rank").agg(rows=found.count()).order_by("rank").to_pyarrow().to_pylist()
    for row in counts:
        words = list(WORDS.values())[row["rank"]]
        notes.append(f"activities: {row['rows']:,} touches of machines are set aside: {words}")
    raw = source.raw.anti_join(found, source.raw[ROW] == found.row) if counts else source.raw
    return replace(
        source,
        raw=raw.drop(*used),
        notes=(*source.notes, *notes),
        left_out=source.left_out + sum(row["rows"] for row in counts),
    )


def _marked(source: Source) -> list[ibis.Table]:
    """The rows that are marked as a machine's: `row` and `rule`."""
    raw, found = source.raw, []
    for column in FLAGS:
        if column in source.columns:
            cell: ir.Value = raw[column]
            flag = cell if cell.type().is_boolean() else cells.flag(cell)
            found.append(raw.filter(flag.fill_null(False)).select(row=raw[ROW], rule=ibis.literal("flag")))
    agents = [name for name in AGENTS if name in source.columns and raw[name].type().is_string()]
    found += [raw.filter(of_robot(raw[name])).select(row=raw[ROW], rule=ibis.literal("agent")) for name in agents]
    return found


def _behaving(source: Source, settings: Input) -> tuple[list[ibis.Table], list[str]]:
    """The clicks that behave like a machine's, and why none is looked at where that is so."""
    raw = source.raw
    counted = raw.group_by(type=cells.text(raw.activity_type)).agg(rows=raw.count()).to_pyarrow().to_pylist()
    types = ClickTypes.among(row["type"] for row in counted if row["type"] is not None)
    if not types.clicks:
        return [], ["activities: no type is named after clicks, so nothing is known of machines that click"]
    own = ("lead_id", "account_id", "activity_type", "occurred_at", "known_at")
    link = next((name for name in LINKS if name in source.columns and raw[name].type().is_string()), None)
    asked = raw.filter(cells.text(raw.activity_type).isin([*types.clicks, *types.sends]))
    rows = column_formats(source, ACTIVITIES, settings).applied(asked.select(ROW, *_present(source, *own, link)))
    occurred = cells.time(rows.occurred_at)
    known = ibis.coalesce(cells.time(rows.known_at), occurred) if "known_at" in rows.columns else occurred
    person, company = (
        cells.text(rows[name]).fill_null("") if name in rows.columns else ibis.literal("") for name in own[:2]
    )
    # Whose account a lead is may change: only who names no lead is told by the account.
    touches = rows.select(
        row=rows[ROW],
        actor=ibis.ifelse(person != "", "L" + person, "A" + company),
        type=cells.text(rows.activity_type),
        at=occurred.epoch_seconds().cast("int64"),
        day=day_of(occurred),
        known_day=day_of(ibis.greatest(occurred, known)),
        link=cells.text(rows[link]) if link is not None else ibis.null("string"),
    )
    touches = touches.filter(touches["at"].notnull())
    clicks = touches.filter(touches.type.isin(types.clicks))
    seconds = clicks.aggregate(every=clicks.count(), whole=(clicks["at"] % 60 == 0).sum()).to_pyarrow().to_pylist()[0]
    if not seconds["every"] or seconds["whole"] > WHOLE_MINUTES * seconds["every"]:
        return [], ["activities: the times of clicks have no seconds, so machines are not known by how they click"]
    return [by_machine(touches, types)], []


def _present(source: Source, *names: str | None) -> list[str]:
    return list(dict.fromkeys(name for name in names if name is not None and name in source.columns))
