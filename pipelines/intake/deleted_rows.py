"""Rows that the CRM or the exporter has marked as no longer there: deleted, merged, archived, drafts and tests.

They are left out before anything else is read, with a count. The columns that say so are bookkeeping: they are no
attributes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.sources.files import ROW, Source
from pipelines.validation.repeated_rows import version_time
from scoring.cells import activity_states, cells, ids
from scoring.cells.activity_states import holds_outcome, holds_state, meanings_of_numbers
from scoring.cells.words import STATUSES, meaning
from scoring.contracts.column_names import bare_name
from scoring.contracts.crm import CONTRACTS
from scoring.contracts.deletion_marks import (
    ACTIVE,
    CHANGES,
    DATED,
    DELETES,
    DONE,
    FALSE,
    MEANINGS,
    OF_STATUS,
    THERE,
    TRUE,
    WITHOUT_RESULT,
    Mark,
    is_there,
    mark_of,
    plain_type,
    spelled_of,
    word_of,
)

#: The columns in which a lead or an account has its status.
STATUS = ("status", "statusreason", "statuscode", "state")
#: The share of the cells of a mark that must be understood: else it is no mark.
UNDERSTOOD = 0.9


@dataclass(frozen=True, eq=False)
class _Marked:
    """A column that says of rows that they are no longer there: of which, why, and of which cells it is understood."""

    column: str
    mark: Mark
    gone: ir.BooleanValue
    why: ir.StringValue
    known: ir.BooleanValue


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
    raw, reasons, columns = source.raw, list[tuple[ir.BooleanValue, ir.StringValue]](), list[str]()
    own = [column for column in source.columns if column not in contract.fields]
    used, notes = _understood(source, [_marked(source, column, contract.key) for column in own])
    for marked in used:
        reasons.append((marked.gone, marked.why))
        # The state of a record is a stage too where it says that the record is there.
        columns += [marked.column] if marked.mark.kind != "state" else []
    status = _status(source)
    words = MEANINGS if source.table == "opportunities" else OF_STATUS
    if status is not None and _any_spelled(status, words):
        spelled = spelled_of(status)
        reasons.append((spelled.isin(list(words)), spelled.cases(*words.items(), else_="deleted")))
    for name in own if source.table == "activities" else ():
        undone, reason, more = _not_done(source, name)
        notes += more
        if undone is not None:
            reasons.append((undone, reason))
            columns.append(name)
    active = next((column for column in own if _says_active(source, column)), None)
    done = next((column for column in own if source.table == "activities" and bare_name(column) in DONE), None)
    for column, why, word in ((active, "inactive", "deleted"), (done, "not done", "only planned")):
        inactive, note = (None, []) if column is None else _inactive(source, column, word)
        notes += note
        if inactive is not None:
            reasons.append((inactive, ibis.literal(why)))
            columns.append(str(column))
    if not reasons:
        return replace(source, notes=(*source.notes, *notes))
    why = ibis.cases(*[(holds.fill_null(False), word) for holds, word in reasons], else_=ibis.null("string"))
    counts = raw.group_by(why=why).agg(rows=raw.count()).to_pyarrow().to_pylist()
    found = {row["why"]: row["rows"] for row in counts if row["why"] is not None}
    kept = raw.drop(*columns)
    if not found:
        return replace(source, raw=kept, notes=(*source.notes, *notes))
    marked = raw.mutate(__why=why)
    kept, gone = marked.filter(marked["__why"].isnull()), None
    if contract.unique and contract.key in raw.columns:
        marks = _marks(connection, marked, source, [m.column for m in used if m.mark.kind == "master"])
        deleted = marks.filter(marks.why.notnull() & marks.id.notnull())
        ended = deleted.group_by(gone="id").agg(ended=deleted.moment.max(), master=deleted.master.max())
        both = marks.filter(marks.why.isnull()).inner_join(ended, marks.id == ended.gone)
        both = both.mutate(over=~(both.moment > both.ended).fill_null(False))
        both = connection.create_table(f"others_{source.table}", both, temp=True)
        if earlier := int(both.filter(both.over).count().to_pyarrow().as_py()):
            kept = kept.anti_join(both.filter(both.over), ROW)
            found["earlier rows of these"] = earlier
        back = both.filter(~both.over).select(its="id")
        lost = ended.anti_join(back, ended.gone == back.its).select("gone", "master")
        if source.gone is not None:
            lost = lost.union(source.gone)
        gone = connection.create_table(f"gone_{source.table}", lost, temp=True)
    notes += [f"{source.table}: {rows:,} rows are left out: {word}" for word, rows in sorted(found.items())]
    return replace(
        source,
        raw=kept.drop("__why", *columns),
        notes=(*source.notes, *notes),
        left_out=source.left_out + sum(found.values()),
        gone=source.gone if gone is None else gone,
    )


def _marks(connection: Any, marked: ibis.Table, source: Source, masters: list[str]) -> ibis.Table:
    """Of each row why it is left out, its canonical `id`, when it was written, and into which record it was merged."""
    contract = next(contract for contract in CONTRACTS if contract.table == source.table)
    moment, into = version_time(source), [column for column in masters if plain_type(marked[column])]
    read = marked.select(
        ROW,
        why="__why",
        id=ids.read_id(marked[contract.key]),
        moment=ibis.null(cells.TIME) if moment is None else moment,
        master=ibis.coalesce(
            ibis.null("string"),
            *[ibis.ifelse(is_there(marked[name]), cells.text(marked[name]), ibis.null("string")) for name in into],
        ),
    )
    read = connection.create_table(f"marked_{source.table}", read, temp=True)
    return connection.create_table(f"marks_{source.table}", ids.with_canonical(connection, read, id="id"), temp=True)


def _marked(source: Source, column: str, key: str | None) -> _Marked | None:
    """What a column says of the rows, if its name is one of a mark."""
    mark = mark_of(column, source.table)
    if mark is None:
        return None
    cell = source.raw[column]
    why, spelled = ibis.literal(mark.why), spelled_of(cell)
    if mark.kind in ("change", "state") and not plain_type(cell):
        return None
    if mark.kind == "change":
        return _Marked(column, mark, spelled.isin(DELETES), why, spelled.isin(CHANGES))
    if mark.kind == "state":
        why = spelled.cases(*MEANINGS.items(), else_="deleted")
        return _Marked(column, mark, spelled.isin(list(MEANINGS)), why, ibis.literal(True))
    if mark.kind == "flag" and isinstance(cell, ir.BooleanValue):
        return _Marked(column, mark, cell, why, ibis.literal(True))
    if mark.kind == "flag" and plain_type(cell):
        dated = spelled.re_search(DATED)
        known = spelled.isin([*TRUE, *FALSE, *MEANINGS, *THERE]) | dated
        return _Marked(column, mark, spelled.isin([*TRUE, *MEANINGS]) | (dated & is_there(cell)), why, known)
    gone, known = is_there(cell), ibis.literal(True)
    if mark.kind == "master" and key is not None and key in source.raw.columns:
        # In some exports each record names a master, and most name themselves.
        gone = gone & (cells.text(cell) != cells.text(source.raw[key])).fill_null(True)
    elif mark.kind == "time" and plain_type(cell):
        known = spelled.re_search(DATED) | spelled.isin([*TRUE, *FALSE]) | ~gone
    return _Marked(column, mark, gone, why, known)


def _understood(source: Source, found: list[_Marked | None]) -> tuple[list[_Marked], list[str]]:
    """The marks whose values are flags, times or known words, and what is to be said of the others."""
    marks, raw = [marked for marked in found if marked is not None], source.raw
    asked = [marked for marked in marks if marked.mark.kind in ("flag", "time", "change")]
    if not asked:
        return marks, []
    counts: dict[str, ir.IntegerScalar] = {}
    for i, marked in enumerate(asked):
        cell = cells.text(raw[marked.column]) if plain_type(raw[marked.column]) else raw[marked.column]
        counts[f"filled_{i}"] = cell.count()
        counts[f"unknown_{i}"] = (cell.notnull() & ~marked.known.fill_null(False)).sum().fill_null(0)
        counts[f"gone_{i}"] = marked.gone.fill_null(False).sum().fill_null(0)
    row, used, notes = raw.aggregate(**counts).to_pyarrow().to_pylist()[0], list[_Marked](), list[str]()
    for marked in marks:
        if marked not in asked:
            used.append(marked)
            continue
        i = asked.index(marked)
        filled, unknown = row[f"filled_{i}"], row[f"unknown_{i}"]
        few = unknown <= (1 - UNDERSTOOD) * filled
        if few and not (marked.mark.general and unknown):
            used.append(marked)
        if not unknown or (marked.mark.general and not row[f"gone_{i}"]):
            continue
        name = source.names.get(marked.column, marked.column)
        notes.append(
            f"{source.table}: {name} says by its name what rows are left out ({marked.mark.why}), but {unknown:,} of "
            f"{filled:,} cells are no flag, no date and no word known: "
            + ("these rows count" if marked in used else "the column is not used for that, and all its rows count")
        )
    return used, notes


def _says_active(source: Source, column: str) -> bool:
    """Whether a column may say by false that a row is deleted; of customers, or as own field, it says who is one."""
    own = source.names.get(column, column).lower().endswith("__c")
    return bare_name(column) in ACTIVE and source.table not in ("spend", "customers") and not own


def _status(source: Source) -> ir.Value | None:
    """The column of a row that may say that there is none."""
    if source.table == "opportunities":
        named = ["status"] if "status" in source.columns else []
    elif source.table in ("accounts", "leads"):
        named = [column for column in source.columns if bare_name(column) in STATUS]
    else:
        named = []
    return next((source.raw[column] for column in named if source.raw[column].type().is_string()), None)


def _any_spelled(cell: ir.Value, words: Collection[str]) -> bool:
    """Whether a cell of a column is one of some words. Different ones are few, and each is looked at once."""
    different = cell.name("cell").as_table().distinct()
    return bool(different.filter(spelled_of(different.cell).isin(list(words))).count().to_pyarrow().as_py())


def _not_done(source: Source, column: str) -> tuple[ir.BooleanValue | None, ir.StringValue, list[str]]:
    """Whether an activity did not take place, why, and what is to be said; None where the column does not say so.

    What is planned and lies in the past did not take place. Where more is planned than done, or nothing is done, nobody
    keeps the column, and planned rows count. A meeting is `Scheduled` until somebody writes what came of it.
    """
    cell, why = source.raw[column], ibis.literal("not done")
    if not (holds_state(column) or holds_outcome(column)) or not plain_type(cell):
        return None, why, []
    spelled = spelled_of(cell)
    if codes := meanings_of_numbers(column):
        spelled = spelled.cases(*codes.items(), else_=spelled)
    nothing = spelled.isin(list(WITHOUT_RESULT))
    why = ibis.ifelse(nothing, spelled.cases(*WITHOUT_RESULT.items(), else_="not done"), "not done")
    planned = spelled.isin(activity_states.PLANNED)
    counts = source.raw.aggregate(
        filled=spelled.count(),
        nothing=nothing.sum().fill_null(0),
        planned=planned.sum().fill_null(0),
        done=spelled.isin(activity_states.DONE).sum().fill_null(0),
        known=spelled.isin(activity_states.KNOWN).sum().fill_null(0),
    )
    count = counts.to_pyarrow().to_pylist()[0]
    if holds_outcome(column) or not count["planned"]:
        return (nothing if count["nothing"] else None), why, []
    if count["known"] < UNDERSTOOD * count["filled"] or count["planned"] > count["done"]:
        name = source.names.get(column, column)
        note = (
            f"activities: {count['planned']:,} of {count['filled']:,} cells of {name} say that an activity is only "
            f"planned, and {count['done']:,} that one is done: the column is not kept, and these rows count; remove "
            "those that did not take place"
        )
        return nothing, why, [note]
    return nothing | planned, why, []


def _inactive(source: Source, column: str, meant: str) -> tuple[ir.BooleanValue | None, list[str]]:
    """Whether a row is inactive in the sense of deleted, and what is to be said where that cannot be meant.

    Where most lost deals are inactive (Odoo), or most closed ones (Pipedrive), that is what inactive says there. So
    inactive rows of a status are left out only where most rows of that status are active.
    """
    raw = source.raw
    if not plain_type(raw[column]):
        return None, []
    off = word_of(raw[column]).isin(FALSE)
    deals = source.table == "opportunities" and "status" in source.columns
    status = meaning(raw["status"], STATUSES).fill_null("open") if deals else ibis.literal("row")
    asked = raw.select(status=status, off=off.fill_null(False).cast("int64"))
    rows = asked.group_by("status").agg(rows=asked.count(), off=asked.off.sum()).to_pyarrow().to_pylist()
    usual = [row["status"] for row in rows if row["off"] and 2 * row["off"] > row["rows"]]
    notes = []
    for row in rows:
        if row["status"] in usual:
            what = f"{row['status']} deals" if deals else "rows"
            of_odoo = "; in Odoo inactive deals are lost: if so, export them with the status lost"
            notes.append(
                f"{source.table}: {row['off']:,} of {row['rows']:,} {what} have {column} = false; so many cannot be "
                f"{meant}, and they count: remove them if they are{of_odoo if row['status'] == 'open' else ''}"
            )
    return off & status.notin(usual) if usual else off, notes
