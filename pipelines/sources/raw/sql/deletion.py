"""Whether a record of an export was deleted, where several columns of its table may say it.

A connector marks a row that was taken out of the CRM in a column of its own, and the CRM's flag says nothing of it.
"""

from __future__ import annotations

from sqlglot import exp

from pipelines.sources.raw.sql.pseudo_functions import YES, YES_TOO
from pipelines.sources.raw.sql.scope import FoundTable
from scoring.contracts.deletion_marks import mark_of
from scoring.crm.layout import raw_key

#: As a layout names what its tables have for it.
DELETED = "is_deleted"


def deletion_of(meant: FoundTable, alias: str) -> exp.Expr | None:
    """The expression that says `true` of a deleted row; None where one flag alone says it, or nothing.

    Parameters
    ----------
    meant : FoundTable
    alias : str
        The name of the table in the query.
    """
    flags, times = _columns(meant)
    if not times and len(flags) < 2:
        return None
    conditions: list[exp.Expr] = []
    for name in (*flags, *times):
        text = exp.cast(exp.column(exp.to_identifier(name, quoted=True), table=alias), exp.DataType.Type.TEXT)
        words = [exp.Literal.string(word) for word in (*YES, *YES_TOO)]
        empty = exp.Nullif(this=exp.Trim(this=text.copy()), expression=exp.Literal.string(""))
        conditions.append(
            exp.In(this=exp.Lower(this=text), expressions=words)
            if name in flags
            else exp.Not(this=exp.Is(this=empty, expression=exp.Null()))
        )
    branch = exp.If(this=exp.or_(*conditions, copy=False), true=exp.Literal.string("true"))
    return exp.Case(ifs=[branch], default=exp.Literal.string("false"))


def _columns(meant: FoundTable) -> tuple[list[str], list[str]]:
    """The flags of a table that say it, as the layout names them or by their names alone, and the times."""
    declared = {raw_key(name) for name in (DELETED, *meant.declared.columns.get(DELETED, ()))}
    flags, times = list[str](), list[str]()
    for name in meant.found.types:
        mark = mark_of(meant.declared.bare(name), "accounts")
        if meant.declared.bare_key(name) in declared:
            flags.append(name)
        elif mark is not None and mark.why == "deleted" and mark.kind in ("flag", "time"):
            (flags if mark.kind == "flag" else times).append(name)
    return flags, times
