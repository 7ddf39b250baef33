"""Which columns of a raw export a mapping uses: only those are copied from a database elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from pipelines.sources.raw.raw_tables import RAW
from scoring.crm.layout import raw_key

#: The columns of each table by `raw_key`, in small letters; None where all are needed.
Columns = Mapping[str, frozenset[str] | None]


def used_columns(tree: exp.Expr) -> Columns:
    """The columns that a query uses, of each table of the export that it reads.

    It names a few too many: any word of the query may be a column of any of its tables.

    Parameters
    ----------
    tree : exp.Expr
        In DuckDB's dialect.
    """
    words = frozenset(name.name.casefold() for name in tree.find_all(exp.Identifier))
    whole = {raw_key(table.name) for table in _read_whole(tree)}
    return {
        raw_key(table.name): None if raw_key(table.name) in whole else words
        for table in tree.find_all(exp.Table)
        if _is_raw(table)
    }


def columns_of_several(parts: list[Columns]) -> Columns:
    """The columns that several queries use."""
    found: dict[str, frozenset[str] | None] = {}
    for part in parts:
        for name, columns in part.items():
            before = found.get(name, frozenset())
            found[name] = None if before is None or columns is None else before | columns
    return found


def _is_raw(table: exp.Table) -> bool:
    return RAW in (table.db, table.catalog)


def _read_whole(tree: exp.Expr) -> Iterator[exp.Table]:
    """The tables of which all columns are needed, by `*` and what is like it."""
    for select in tree.find_all(exp.Select):
        tables = [table for table in select.find_all(exp.Table) if table.find_ancestor(exp.Select) is select]
        joins = [join for join in select.args.get("joins") or () if join.args.get("method")]
        if joins or _has_star(select, {table.alias_or_name.casefold() for table in tables}):
            yield from tables
    for table in tree.find_all(exp.Table):
        if table.args.get("pivots") or table.find_ancestor(exp.Select) is None:
            yield table


def _has_star(select: exp.Select, names: set[str]) -> bool:
    for node in select.find_all(exp.Star, exp.Columns, exp.PositionalColumn, exp.Column):
        if node.find_ancestor(exp.Select) is not select or isinstance(node.parent, exp.Count):
            continue
        # The name of a table stands for a whole row.
        if not isinstance(node, exp.Column) or (not node.table and node.name.casefold() in names):
            return True
    return False
