"""The functions of a layout about what an export has: its tables, its columns, and columns by a pattern of their name.

`has_table('deal')` and `has_column(d.amount)` are TRUE or FALSE when a view is bound. Of all columns whose name is like
``date entered *``, `names_like(d."date entered *")` is the list of what the star stands for, `cells_like(…)` that of
their cells, in the same order: two `unnest` beside each other make rows of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sqlglot import exp

from pipelines.sources.raw.sql.scope import FoundTable, Meant
from scoring.crm.layout import RawTable

HAS_TABLE, HAS_COLUMN, NAMES, CELLS = "has_table", "has_column", "names_like", "cells_like"


def answered(node: exp.Expr, scope: Mapping[str, Meant], tables: Collection[str]) -> exp.Expr | None:
    """What one of these functions becomes; None if an expression is none of them.

    Parameters
    ----------
    node : sqlglot expression
    scope : mapping of Meant
        The names that the query knows.
    tables : collection of str
        The tables that the export has, by the name in the layout.
    """
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    if name == HAS_TABLE:
        return exp.Boolean(this=node.expressions[0].name in tables)
    if name not in (HAS_COLUMN, NAMES, CELLS):
        return None
    found = next((like for column in node.expressions if (like := _like(column, scope))), [])
    if name == HAS_COLUMN:
        return exp.Boolean(this=bool(found))
    if not found:
        return exp.Null()
    return exp.Array(expressions=[exp.Literal.string(star) if name == NAMES else cell for star, cell in found])


def _like(column: exp.Expr, scope: Mapping[str, Meant]) -> list[tuple[str, exp.Expr]]:
    """The columns that a name or a pattern stands for: what its star stands for, and the column."""
    meant = scope.get(column.text("table"))
    if isinstance(meant, FoundTable):
        names = [(name, meant.found.types[name]) for name in meant.found.types]
        if "*" not in column.name:
            actual = meant.declared.actual(column.name, meant.found.by_key)
            return [(column.name, exp.null())] if actual is not None else []
        pattern = _pattern(column.name, meant.declared)
        matches = [(pattern.fullmatch(name), name) for name, _ in names]
        return [
            (match[1].strip(" \"'“”„«»"), _cell(name, column.text("table"), meant)) for match, name in matches if match
        ]
    return [(column.name, exp.null())] if meant is not None and column.name in meant else []


def _cell(name: str, alias: str, meant: FoundTable) -> exp.Expr:
    cell = exp.column(exp.to_identifier(name, quoted=True), table=alias)
    kind = meant.found.types[name]
    return cell if kind == "VARCHAR" else exp.cast(cell, exp.DataType.Type.TEXT)


def _pattern(name: str, declared: RawTable) -> re.Pattern[str]:
    """A name with a star; blanks, case and punctuation before the star do not matter, nor a prefix of the table."""
    before, _, after = name.partition("*")
    starts = [_letters(prefix) for prefix in declared.prefixes]
    start = f"(?:{'|'.join(starts)})?" if starts else ""
    end = rf"(.*?){_letters(after)}" if after.strip() else "(.*)"
    return re.compile(rf"{start}{_letters(before)}{end}", re.IGNORECASE)


def _letters(text: str) -> str:
    return r"[\W_]*" + "".join(re.escape(letter) + r"[\W_]*" for letter in re.sub(r"[\W_]+", "", text))
