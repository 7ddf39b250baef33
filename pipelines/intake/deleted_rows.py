"""Rows that the CRM or the exporter has marked as no longer there: deleted, merged, archived, drafts and tests.

They are left out before anything else is read, with a count. The columns that say so are bookkeeping: they are no
attributes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.sources.files import ROW, Source
from pipelines.validation.repeated_rows import version_time
from scoring.contracts import cells, ids
from scoring.contracts.crm import CONTRACTS
from scoring.contracts.words import STATUSES, meaning

#: What a column says of a row, by its name without underscores. A flag is set, a time or an id is filled.
FLAGS = {
    **dict.fromkeys(("isdeleted", "deleted", "isdelete", "fivetrandeleted", "hsisdeleted", "softdeleted"), "deleted"),
    **dict.fromkeys(("deletedflag", "deleteflag", "isremoved", "isintrash", "trashed", "intrash"), "deleted"),
    **dict.fromkeys(("archived", "isarchived", "hsarchived"), "archived"),
    **dict.fromkeys(("ismerged", "merged"), "merged"),
    **dict.fromkeys(("isdraft", "draft"), "drafts"),
    **dict.fromkeys(("istest", "istestrecord", "testrecord", "isdummy"), "tests"),
}
FILLED = {
    **dict.fromkeys(("deletedat", "sdcdeletedat", "abcdcdeletedat", "deletedon", "deleteddate"), "deleted"),
    **dict.fromkeys(("deletedtime", "datedeleted", "dtdeleted"), "deleted"),
    **dict.fromkeys(("archivedat", "archivedon"), "archived"),
    **dict.fromkeys(("mergedinto", "mergedintoid", "masterrecordid", "masterid", "mergedat"), "merged"),
}
#: The columns that name the record into which one was merged.
MASTER = ("mergedinto", "mergedintoid", "masterrecordid", "masterid")
#: Pipedrive and Zoho clear it when a record is deleted, but in some CRMs every closed deal is inactive.
ACTIVE = ("active", "activeflag", "isactive")
#: Words of the status of a deal or of an activity that say that there is none.
DROPPED = {"deleted": "deleted", "archived": "archived", "merged": "merged", "draft": "drafts"}
UNDONE = {**DROPPED, "canceled": "canceled", "cancelled": "canceled"}
#: The columns in which an activity has its status.
ACTIVITY_STATUS = ("status", "statusreason", "statuscode", "state")
#: `lead_deleted`, `record_is_deleted`: the record itself, and no number of deleted ones.
_DELETED = re.compile(
    "(?:is|was|row|record|entity|object|item|lead|contact|person|account|company|deal|opportunity|activity|task|event)*"
    "(?:deleted|geloscht|geloescht|gelöscht|supprime|supprimé|eliminado|excluido|excluído|cancellato)"
)
#: The kind of change that a stream of changes names: of a deleted row it is one of these words.
CHANGES, DELETES = ("_change_type", "_op", "_cdc_op", "_dml_op", "cdc_operation", "__op"), ("d", "delete", "deleted")
TRUE = (*cells.TRUE_WORDS, "ja", "oui", "si", "sí", "sim", "1", "x", "on", "deleted", "archived", "merged")
FALSE = (*cells.FALSE_WORDS, "0", "off")


def plain(column: str) -> str:
    """The name of a column without what exporters write differently."""
    name = column.removesuffix("__c").replace("_", "").replace("-", "")
    return "deleted" if _DELETED.fullmatch(name) else name


def without_deleted(connection: Any, source: Source) -> Source:
    """The source without the rows that are marked as deleted and their like, and without the columns that say so.

    Where an id has several rows, none of them counts that is not newer than one that says that the record is deleted.

    Parameters
    ----------
    connection : ibis backend
    source : Source

    Returns
    -------
    Source
        With the number of rows in `left_out`, a note for each reason, and the ids of those rows in `gone`.
    """
    contract = next(contract for contract in CONTRACTS if contract.table == source.table)
    raw, reasons, said = source.raw, list[tuple[ir.BooleanValue, str]](), list[str]()
    marks = [column for column in source.columns if column not in contract.fields]
    for column in marks:
        name, cell = plain(column), raw[column]
        if column in CHANGES and _plain_type(cell):
            reasons.append((_word(cell).isin(DELETES), "deleted"))
            said.append(column)
            continue
        if name == "isarchived" and source.table == "activities":
            continue  # Salesforce archives all tasks and events of more than a year ago
        if name in FLAGS and _plain_type(cell):
            reasons.append((_word(cell).isin(TRUE), FLAGS[name]))
        elif name in FLAGS or name in FILLED:
            reasons.append((_filled(cell), FLAGS.get(name) or FILLED[name]))
        else:
            continue
        said.append(column)
    status = _status(source)
    if status is not None:
        words = UNDONE if source.table == "activities" else DROPPED
        reasons += [
            (_word(status).isin([w for w in words if words[w] == why]), why) for why in dict.fromkeys(words.values())
        ]
    active = next((column for column in marks if plain(column) in ACTIVE and source.table != "spend"), None)
    notes = []
    if active is not None:
        inactive, note = _inactive(source, active)
        notes += note
        if inactive is not None:
            reasons.append((inactive, "inactive"))
            said.append(active)
    if not reasons:
        return replace(source, notes=(*source.notes, *notes))
    why = ibis.cases(*[(holds.fill_null(False), word) for holds, word in reasons], else_=ibis.null("string"))
    counts = raw.group_by(why=why).agg(rows=raw.count()).to_pyarrow().to_pylist()
    found = {row["why"]: row["rows"] for row in counts if row["why"] is not None}
    kept = raw.drop(*said)
    if not found:
        return replace(source, raw=kept, notes=(*source.notes, *notes))
    marked = raw.mutate(__why=why)
    kept, gone = marked.filter(marked["__why"].isnull()), None
    if contract.unique and contract.key in raw.columns:
        marks = _marks(connection, marked, source, [column for column in said if plain(column) in MASTER])
        deleted = marks.filter(marks.why.notnull() & marks.id.notnull())
        ended = deleted.group_by(gone="id").agg(ended=deleted.moment.max(), master=deleted.master.max())
        both = marks.filter(marks.why.isnull()).inner_join(ended, marks.id == ended.gone)
        both = both.mutate(over=~(both.moment > both.ended).fill_null(False))
        both = connection.create_table(f"others_{source.table}", both, temp=True)
        if earlier := int(both.filter(both.over).count().to_pyarrow().as_py()):
            kept = kept.anti_join(both.filter(both.over), ROW)
            found["earlier rows of these"] = earlier
        back = both.filter(~both.over).select(its="id")
        lost = ended.anti_join(back, ended.gone == back.its)
        gone = connection.create_table(f"gone_{source.table}", lost.select("gone", "master"), temp=True)
    notes += [f"{source.table}: {rows:,} rows are left out: {word}" for word, rows in sorted(found.items())]
    return replace(
        source,
        raw=kept.drop("__why", *said),
        notes=(*source.notes, *notes),
        left_out=sum(found.values()),
        gone=gone,
    )


def _marks(connection: Any, marked: ibis.Table, source: Source, masters: list[str]) -> ibis.Table:
    """Of each row why it is left out, its canonical `id`, when it was written, and into which record it was merged."""
    contract = next(contract for contract in CONTRACTS if contract.table == source.table)
    moment, into = version_time(source), [column for column in masters if _plain_type(marked[column])]
    # In two steps: the ways to write an id make long expressions, and longer ones of each other.
    read = marked.select(
        ROW,
        why="__why",
        read=ids.read(marked[contract.key]),
        moment=ibis.null(cells.TIME) if moment is None else moment,
        master=ibis.coalesce(
            ibis.null("string"),
            *[ibis.ifelse(_filled(marked[name]), cells.text(marked[name]), ibis.null("string")) for name in into],
        ),
    )
    read = connection.create_table(f"marked_{source.table}", read, temp=True)
    return connection.create_table(f"marks_{source.table}", read.mutate(id=ids.canonical(read.read)), temp=True)


def _plain_type(cell: ir.Value) -> bool:
    """Whether a cell can be a flag: one of time is set where it is filled."""
    kind = cell.type()
    return bool(kind.is_string() or kind.is_boolean() or kind.is_numeric())


def _word(cell: ir.Value) -> ir.StringValue:
    return cells.text(cell).lower()


def _filled(cell: ir.Value) -> ir.BooleanValue:
    """Whether a time or an id is there: null, no, and ids of nothing but zeros are not."""
    if not _plain_type(cell):
        return cell.notnull()
    word = _word(cell)
    nothing = word.isnull() | word.isin(FALSE) | word.re_search(r"^[0{}\-]+(aaa)?\}?$")
    return ~nothing


def _status(source: Source) -> ir.Value | None:
    """The column of a deal or an activity that may say that there is none."""
    if source.table == "opportunities" and "status" in source.columns:
        return source.raw["status"] if source.raw["status"].type().is_string() else None
    if source.table == "activities":
        named = [column for column in source.columns if plain(column) in ACTIVITY_STATUS]
        return next((source.raw[c] for c in named if source.raw[c].type().is_string()), None)
    return None


def _inactive(source: Source, column: str) -> tuple[ir.BooleanValue | None, list[str]]:
    """Whether a row is inactive in the sense of deleted, and what is to be said where that cannot be meant.

    Where most lost deals are inactive (Odoo), or most closed ones (Pipedrive), that is what inactive says there. So
    inactive rows of a status are left out only where most rows of that status are active.
    """
    raw = source.raw
    if not _plain_type(raw[column]):
        return None, []
    off = _word(raw[column]).isin(FALSE)
    deals = source.table == "opportunities" and "status" in source.columns
    status = meaning(raw["status"], STATUSES).fill_null("open") if deals else ibis.literal("row")
    asked = raw.select(status=status, off=off.fill_null(False).cast("int64"))
    rows = asked.group_by("status").agg(rows=asked.count(), off=asked.off.sum()).to_pyarrow().to_pylist()
    usual = [row["status"] for row in rows if row["off"] and 2 * row["off"] > row["rows"]]
    notes = []
    for row in rows:
        if row["status"] in usual:
            what = f"{row['status']} deals" if deals else "rows"
            notes.append(
                f"{source.table}: {row['off']:,} of {row['rows']:,} {what} have {column} = false; so many cannot be "
                "deleted, and they count: remove them if they are"
            )
    return off & status.notin(usual) if usual else off, notes
