"""A mapping drafted from a layout: its views bound to an export, with what was decided and what could not be placed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from pipelines.redaction import nameless
from pipelines.sources.raw.carried import Carrier
from pipelines.sources.raw.probes import Probes
from pipelines.sources.raw.raw_tables import RAW
from pipelines.sources.raw.recognition import Recognised
from pipelines.sources.raw.record_union import union_lines
from pipelines.sources.raw.sql.annotated_sql import Statement, paragraphs, statements
from pipelines.sources.raw.sql.binding import Binder
from pipelines.sources.raw.sql.one_currency import all_amounts, kept_views
from pipelines.sources.raw.sql.pseudo_functions import Expansion
from pipelines.sources.raw.sql.scope import MAPPED, FoundTable
from pipelines.sources.raw.sql.sql_writer import COMMENTS, ELSE, sql_of, view_lines
from pipelines.sources.raw.sql.unions import names_of
from scoring.cells.date_orders import ProvedOrder
from scoring.contracts.crm import CONTRACTS

_QUERY = re.compile(r"\{(SELECT [^{}]*)\}( ?)", re.IGNORECASE)
_OF_NOBODY = "its deals name neither a company nor a person: export the columns or tables with their associations too"
_ASKED = ("decided:", "choice:")
#: So many values of a list in a comment are told.
_MOST_LISTED = 12


@dataclass(frozen=True)
class Drafted:
    """A view of the draft: its text, its columns and rows, and what its comments say was decided."""

    name: str
    text: str
    columns: tuple[str, ...]
    rows: int
    decisions: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A drafted mapping.

    Attributes
    ----------
    views : tuple of Drafted
    dropped : mapping of str
        By view, why it is left out.
    left : mapping of mapping of sequence of str
        By table of the export and reason, the columns that are not carried along.
    asked : mapping of str
        Columns whose dates fit two orders, with their shape.
    local : str
        What is to be said of times in a zone that neither the export nor anybody says; empty where there are none.
    proved : ProvedOrder, optional
        The order of dates that some tables show and others are read by.
    """

    views: tuple[Drafted, ...]
    dropped: Mapping[str, str]
    left: Mapping[str, Mapping[str, Sequence[str]]]
    asked: Mapping[str, str]
    local: str = ""
    proved: ProvedOrder | None = None


@dataclass
class Drafter:
    """It binds the views of a layout to an export on a connection.

    Attributes
    ----------
    connection : ibis DuckDB backend
        The tables of the export are in its schema `raw`.
    found : Recognised
    dates : str
        The order of dates that was declared for the export.
    zone : str
        The time zone that was declared for it; empty if none was, which is UTC and is asked about.
    proved : ProvedOrder, optional
        The order of dates that the export shows; found where none was declared.
    """

    connection: Any
    found: Recognised
    dates: str = ""
    zone: str = ""
    proved: ProvedOrder | None = None

    def __post_init__(self) -> None:
        self.probes = Probes(self.connection, self.dates, self.zone)
        # Of two makers each writes dates in its own way.
        if not self.dates and not self.found.beside:
            written = {c.name for statement in self._statements() for c in statement.tree.find_all(exp.Column)}
            self.proved = self.probes.export_order(self.found.known.values(), written)
            self.probes.dates = self.proved.order if self.proved else ""
        self.carrier = Carrier(self.probes)
        known, probes = self.found.known, self.probes

        def of(column: exp.Column) -> FoundTable:
            return next(k for k in known.values() if k.declared.name == column.meta["of"])

        self.binder = Binder(
            known,
            Expansion(
                self.found.layout.no_id,
                text=lambda column: column.meta.get("type") == "VARCHAR" or "of" not in column.meta,
                time=lambda column: probes.time(of(column), column) if "of" in column.meta else column.copy(),
                words=lambda column: probes.words(of(column), column.name) if "of" in column.meta else frozenset(),
            ),
            self.carrier.carried,
            self.carrier.pivoted,
            self.carrier.named,
        )

    def draft(self) -> Draft:
        """The views over what is there."""
        con = self.connection.con
        con.execute(f"CREATE SCHEMA IF NOT EXISTS memory.{MAPPED}")
        con.execute(f"USE memory.{MAPPED}")
        unions = {known.found.name: self._united(known) for known in self.found.known.values() if known.parts}
        views, dropped = list[Drafted](), dict[str, str]()
        bound: list[tuple[Statement, exp.Expr]] = []
        for statement in self._statements():
            tree, why = self._bound(statement)
            if tree is None:
                dropped[statement.name] = why
                continue
            bound.append((statement, tree))
        unread = _unread(bound)
        for statement, tree in bound:
            if statement.name not in unread:
                read = {table.name for table in tree.find_all(exp.Table)}
                views += [unions.pop(name) for name in list(unions) if name in read]
                views.append(self._drafted(statement, tree))
        views = self._in_one_currency(views)
        local = self._local()
        con.execute("USE memory.main")
        return Draft(tuple(views), dropped, self.carrier.left, self.probes.asked, local, self.proved)

    def _in_one_currency(self, views: list[Drafted]) -> list[Drafted]:
        """The views with amounts in one currency, where the export has no rates for the others."""
        con, named = self.connection.con, {view.name: view.columns for view in views}
        kept = kept_views(con, named)
        for view in list(views):
            if view.name in kept:
                whole, lines = all_amounts(view.name), kept[view.name]
                con.execute(f"ALTER VIEW {view.name} RENAME TO {whole}")
                con.execute("\n".join(line for line in lines if not line.startswith("--")).rstrip(";"))
                text = view.text.replace(f"CREATE VIEW {view.name} AS", f"CREATE VIEW {whole} AS", 1)
                at = views.index(view)
                views[at] = replace(view, name=whole, text=text)
                comments = "\n".join(line.removeprefix("-- ") for line in lines if line.startswith("--"))
                asked = (comments,) if comments.startswith(_ASKED) else ()
                views.insert(at + 1, replace(view, text="\n".join(lines), decisions=asked))
        return views

    def _local(self) -> str:
        """What is to be said of times in a zone that nobody named."""
        local = None if self.zone else self.found.layout.local_times
        count = local and self._counted(local.counted)
        if not local or not count:
            return ""
        return (
            f"times of {count} {local.records} are in the zone of {local.whose}, which the export does not say: they "
            "are read as UTC; if it is another, run `closedwon init` again with it: `--time-zone Europe/Berlin`"
        )

    def _united(self, known: FoundTable) -> Drafted:
        """The view that makes one table of several of the export, which the others read."""
        lines = union_lines(known)
        self.connection.con.execute("\n".join(line for line in lines if not line.startswith("--")).rstrip(";"))
        ((rows,),) = self.connection.con.execute(f"SELECT count(*) FROM {known.found.name}").fetchall()
        comment = "\n".join(line.removeprefix("-- ") for line in lines if line.startswith("--"))
        return Drafted(known.found.name, "\n".join(lines), tuple(known.found.types), rows, (comment,))

    def _statements(self) -> list[Statement]:
        """The views of the layout, and those of layouts beside it: what these replace is `crm_` and its name."""
        own = _written(self.found)
        for each in self.found.beside:
            more = _written(each)
            replaced = _filled(more, each.known) & {statement.name for statement in own}
            named = {statement.name for statement in own} - replaced
            own = [_renamed(statement, replaced) for statement in own]
            own += [statement for statement in more if statement.name not in named]
        return own

    def _bound(self, statement: Statement) -> tuple[exp.Expr | None, str]:
        tree = self.binder.bind(statement.tree)
        if tree is None:
            main = statement.name == "opportunities" and any(
                name in self.found.known for name in self.found.layout.main
            )
            return None, _OF_NOBODY if main else "its table is not in the export"
        contract = next((contract for contract in CONTRACTS if contract.table == statement.name), None)
        names = set(names_of(tree.expression))
        lacking = [column for column in (contract.required() if contract is not None else []) if column not in names]
        if contract is not None and lacking and contract.table != "opportunities":
            del self.binder.views[statement.name]
            return None, f"the export has nothing for {', '.join(lacking)}"
        self.connection.con.execute(sql_of(tree))
        return tree, ""

    def _drafted(self, statement: Statement, tree: exp.Expr) -> Drafted:
        decisions: list[str] = []
        for node in tree.walk():
            for key in (COMMENTS, ELSE):
                if key in node.meta:
                    node.meta[key] = self._with_counts(node.meta[key], decisions)
        head = self._with_counts(statement.comments, decisions)
        ((rows,),) = self.connection.con.execute(f"SELECT count(*) FROM {statement.name}").fetchall()
        text = "\n".join(view_lines(tree, head))
        return Drafted(statement.name, text, names_of(tree.expression), rows, tuple(decisions))

    def _with_counts(self, comments: Sequence[str], decisions: list[str]) -> list[str]:
        """Comments with the counts that they ask for; a paragraph whose count is 0 or unknown is left out."""
        lines_kept = []
        for lines in paragraphs(comments):
            results = [self._counted(match[1]) for line in lines for match in _QUERY.finditer(line)]
            if any(result is None for result in results):
                continue
            filled = [_QUERY.sub(lambda match: f"{self._counted(match[1])}{match[2]}", line) for line in lines]
            if filled and filled[0].startswith(_ASKED):
                decisions.append("\n".join(filled))
            lines_kept += filled
        return lines_kept

    def _counted(self, sql: str) -> str | None:
        """The result of a query over the canonical names; None if it cannot be asked, or there is nothing."""
        tree = self.binder.query(sqlglot.parse_one(sql, read="duckdb"), {})
        if tree is None:
            return None
        try:
            rows = self.connection.con.execute(sql_of(tree)).fetchall()
        except duckdb.Error:
            return None
        if not rows or (len(rows) == 1 and rows[0] in ((0,), (None,))):
            return None
        if len(rows) == 1 and len(rows[0]) == 1:
            return _word(rows[0][0])
        shown = [": ".join(_word(cell) for cell in row) for row in rows[:_MOST_LISTED]]
        return ", ".join([*shown, f"and {len(rows) - _MOST_LISTED} more"] if len(rows) > _MOST_LISTED else shown)


def _written(found: Recognised) -> list[Statement]:
    return statements(files("scoring.crm").joinpath(found.layout.sql).read_text(encoding="utf-8"))


def _filled(layout: Sequence[Statement], known: Mapping[str, FoundTable]) -> set[str]:
    """The views of a layout that come, also through others, from a table that is there."""
    found: set[str] = set()
    for statement in layout:
        read = list(statement.tree.expression.find_all(exp.Table))
        if any(table.name in (known if table.db == RAW else found) for table in read):
            found.add(statement.name)
    return found


def _renamed(statement: Statement, names: Collection[str]) -> Statement:
    """A statement in which views of these names are called `crm_` and their name."""
    for table in statement.tree.find_all(exp.Table):
        if not table.db and table.name in names:
            table.set("this", exp.to_identifier(f"crm_{table.name}"))
    return statement


def _word(cell: Any) -> str:
    return f"{cell:,}" if isinstance(cell, int) else "(empty)" if cell is None else nameless(str(cell))


def _unread(bound: Sequence[tuple[Statement, exp.Expr]]) -> set[str]:
    """The views that only serve others, and no longer any."""
    tables = {contract.table for contract in CONTRACTS}
    unread: set[str] = set()
    while True:
        left = [(statement, tree) for statement, tree in bound if statement.name not in unread]
        read = {t.name for _, tree in left for t in tree.expression.find_all(exp.Table) if RAW not in (t.db, t.catalog)}
        more = {statement.name for statement, _ in left} - tables - read
        if not more:
            return unread
        unread |= more
