"""The references of a table: the ids of accounts, leads and deals that its rows name, looked up in their tables.

An id is looked up as it is written. Only where some are not found so, they are compared by `ids.canonical`: the
references are then read as the table that they name has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.errors import BadInput
from pipelines.redaction import Message, redacted
from pipelines.sources.files import Source
from pipelines.validation.ids.exact_ids import rounded_ids
from pipelines.validation.ids.known_ids import KnownIds, known_ids
from pipelines.validation.ids.meanings import meanings_of, perhaps_named
from pipelines.validation.ids.reference import ReferenceColumn
from pipelines.validation.ids.unmatched import UNLIKE, cause_of_some, likely_cause
from scoring.cells import ids
from scoring.contracts.contract import Contract
from scoring.hints import with_article

#: With fewer references a column tells nothing of all of them, and a run goes on whether they are found or not. So it
#: does with fewer than `ENOUGH_FOR_A_CAUSE`, if no cause explains it: two samples of tables hold different records.
ENOUGH, ENOUGH_FOR_A_CAUSE = 10, 50
#: From this share of references that name no known record on, the cause is looked for.
SOME = 0.02


def references_of(
    connection: Any,
    source: Source,
    contract: Contract,
    accepted: Mapping[str, ibis.Table],
    min_matched: float,
    left_out: Mapping[str, ibis.Table],
) -> tuple[ReferenceColumn, ...]:
    """The references of a table, those columns only in which some are not written as the id that they name.

    Parameters
    ----------
    connection : ibis backend
    source : Source
    contract : Contract
    accepted : mapping of ibis.Table
        The tables accepted before, by table.
    min_matched : float
        The smallest share of references that must be found.
    left_out : mapping of ibis.Table
        By table, the ids of the records that are deleted or set aside. Who names one of them names a known record.

    Raises
    ------
    BadInput
        If fewer are found, or ids were rounded.
    """
    found = []
    for column in reference_columns(contract):
        if column not in source.columns:
            continue
        known = known_ids(column, contract, accepted)
        cells = _unlike(connection, source.raw[column], known)
        if not cells.count().to_pyarrow().as_py():
            continue
        written = cells.select(written=ids.written_of(cells.cell), rows="rows")
        written = written.filter(written.written.notnull())
        others = written if known is None else written.anti_join(known.table, written.written == known.table.id)
        unmatched = others.group_by("written").agg(rows=others.rows.sum())
        unmatched = connection.create_table(f"unmatched_{source.table}_{column}", unmatched, temp=True)
        if unmatched.count().to_pyarrow().as_py():
            filled = int(ids.written_of(source.raw[column]).count().to_pyarrow().as_py())
            aside = left_out.get(ids.NAMED_TABLE[column])
            lookup = ReferenceLookup(connection, source, column, known, unmatched, filled, aside)
            reference = lookup.reference(accepted, min_matched)
            found += [] if reference is None else [reference]
    return tuple(found)


def _unlike(connection: Any, column: ir.Value, known: KnownIds | None) -> ibis.Table:
    """The different cells that are not written as one of the ids, and how many rows have each.

    Most are, and a cell that is equal to an id is not read as text: an id has no blanks around it.
    """
    cells = (column if column.type().is_string() else ids.written_of(column)).name("cell").as_table()
    cells = cells.filter(cells.cell.notnull())
    if known is not None:
        cells = cells.anti_join(known.table, cells.cell == known.table.id)
    counted = cells.group_by("cell").agg(rows=cells.count())
    return connection.create_table(ibis.util.gen_name("unlike"), counted, temp=True)


def reference_columns(contract: Contract) -> list[str]:
    """The columns of a table with the ids of records of other tables."""
    own = contract.key if contract.unique else None
    return [column for column in contract.fields if column in ids.NAMED_TABLE and column != own]


@dataclass(frozen=True)
class ReferenceLookup:
    """The look-up of references that are not written as the id that they name.

    Attributes
    ----------
    connection : ibis backend
    source : Source
        The table with the references.
    column : str
    known : KnownIds, optional
    unmatched : ibis.Table
        ``written``, each once, and ``rows``, how many have it.
    filled : int
        The number of all rows with a filled cell, also of those that are written as the id.
    left_out : ibis.Table, optional
        The canonical ``id`` of each record that is deleted or set aside.
    """

    connection: Any
    source: Source
    column: str
    known: KnownIds | None
    unmatched: ibis.Table
    filled: int
    left_out: ibis.Table | None = None

    def reference(self, accepted: Mapping[str, ibis.Table], min_matched: float) -> ReferenceColumn | None:
        """What the references mean; None if each is what it seems.

        Parameters
        ----------
        accepted : mapping of ibis.Table
            All tables accepted before: to find out why hardly anything is found.
        min_matched : float

        Raises
        ------
        BadInput
            If a smaller share than `min_matched` is found, or ids were rounded.
        """
        name = f"meanings_{self.source.table}_{self.column}"
        meanings = meanings_of(self.connection, name, self.unmatched, self.known and self.known.table)
        counts = self._counted(meanings)
        if "rounded" in counts:
            raise BadInput(rounded_ids(self.source, self.column, counts["rounded"][1]))
        if "two ways" in counts:
            raise BadInput(self._two_ways(counts["two ways"][1]))
        nothing, unknown = counts.get("nothing", (0, ""))[0], counts.get("unknown", (0, ""))[0]
        named = self.filled - nothing
        whole = self.known is not None and self.known.whole
        aside = self._of_left_out(meanings) if unknown else 0
        others = named - aside
        sample = ""
        if whole and others > 0 and named - unknown < min_matched * others:
            sample = self._sample_or_stop(meanings, named - unknown, others, min_matched, accepted)
        if self.known is None and set(counts) <= {"unknown"}:
            return None
        strict = self.known is not None and self.known.only
        notes = self._notes(counts, named)
        if aside:
            one = with_article(self.column)
            words = f"{aside} of {named} rows with {one} name a record that is deleted, merged or set aside"
            notes += (f"{self.source.table}: {words}",)
        cause = None
        if sample:
            notes += (sample,)
        elif self.known is not None and whole and max(unknown - aside, 0) >= max(ENOUGH, SOME * named):
            lost = meanings.filter(meanings.how == "unknown")
            cause = cause_of_some(lost, self.column, self.known.table, self.known.where, accepted)
        if cause is not None:
            notes += (redacted(f"{self.source.table}: {unknown} unknown {self.column}. {' '.join(cause)}"),)
        return ReferenceColumn(self.column, meanings, strict, named, notes, cause or ("", ""), bool(sample))

    def _of_left_out(self, meanings: ibis.Table) -> int:
        """The rows that name a record that is deleted or set aside."""
        if self.left_out is None:
            return 0
        unknown = meanings.filter(meanings.how == "unknown")
        named = perhaps_named(unknown).semi_join(self.left_out, "id").select("written").distinct()
        met = unknown.semi_join(named, "written")
        return int(met.rows.sum().fill_null(0).to_pyarrow().as_py())

    def _counted(self, meanings: ibis.Table) -> dict[str, tuple[int, str]]:
        """The rows for each way in which references were found, and an example of it."""
        example = ibis.ifelse(
            meanings.meant.notnull(), meanings.written + "` is `" + meanings.meant, meanings.written
        ).min()
        rows = meanings.group_by("how").agg(rows=meanings.rows.sum(), example=example).to_pyarrow().to_pylist()
        return {row["how"]: (int(row["rows"]), row["example"]) for row in rows}

    def _notes(self, counts: Mapping[str, tuple[int, str]], named: int) -> tuple[str, ...]:
        where, one = self.known.where if self.known is not None else "other rows", with_article(self.column)
        words = {
            "respelled": f"{{n}} rows with {one} written in another way than in {where} ({{example}})",
            "thousands": (
                f"{{n}} rows with {one} that is a number with marks between its thousands ({{example}}); "
                "format ids as text in the export"
            ),
            "listed": f"{{n}} rows with several ids, or more than an id, in {self.column}: the first is used",
            "unchecked": (
                f"{{n}} rows with {one} that is in {where} but for three characters at its end "
                "({example}); they are not the checksum that Salesforce gives: are these its ids, with their capitals?"
            ),
            "nothing": f"{{n}} rows with {one} that means none ({{example}})",
        }
        if self.known is not None and not self.known.only:
            words["unknown"] = f"{{n}} of {named} rows with {one} that is not in {where}"
        return tuple(
            redacted(f"{self.source.table}: " + text.format(n=counts[how][0], example=f"`{counts[how][1]}`"))
            for how, text in words.items()
            if how in counts
        )

    def _two_ways(self, example: str) -> Message:
        """The message of ids that may be numbers with marks between their thousands, or lists, or decimals."""
        text = (
            f"the {self.column} of {self.source.table} ({self.source.name}) can be read in two ways, and both are ids: "
            "as a number with marks between its thousands, and as a list or a decimal; export ids as text, without "
            "marks; one of them is"
        )
        return Message.with_example(text, f"`{example.split('`')[0]}`")

    def _sample_or_stop(
        self, meanings: ibis.Table, found: int, named: int, min_matched: float, accepted: Mapping[str, ibis.Table]
    ) -> str:
        """What is said of a few references of which hardly any is found, for no cause that trying finds.

        Raises
        ------
        BadInput
            If they are many, or there is a cause.
        """
        assert self.known is not None
        unknown = meanings.filter(meanings.how == "unknown")
        table, where = self.source.table, self.known.where
        cause, example = likely_cause(unknown, self.column, self.known.table, where, accepted)
        one = with_article(self.column)
        text = f"{named} rows of {table} ({self.source.name}) with {one}, {found} ({found / named:.1%})"
        if named < ENOUGH and not cause.startswith(UNLIKE):
            message = f"{table}: of the {text} name one of {where}: so few stop no run, and are left out. {cause}"
            return Message.with_example(message, example)
        if named < ENOUGH_FOR_A_CAUSE and cause.startswith(UNLIKE):
            return f"{table}: of the {text} name one of {where}. So few may be a sample of others, and the rest counts"
        text = (
            f"of the {text} name one that is in {where}, and at least {min_matched:.0%} must "
            "(min_matched_share in [input]; lower it if the other records are left out of the export on purpose). "
        )
        raise BadInput(Message.with_example(text + cause, example))
