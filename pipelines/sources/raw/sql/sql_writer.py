"""The text of `crm.sql`: views over the tables of an export, one part a line, with the comments above their parts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from pipelines.sources.raw.sql.folding import conjuncts

_WIDTH = 118
#: Where a part of a query keeps its comments, and a CASE those above its ELSE.
COMMENTS, ELSE = "comments", "comments of else"


def comments_of(node: exp.Expr) -> list[str]:
    """The comments above a part of a query."""
    return list(node.meta.get(COMMENTS, []))


def sql_of(node: exp.Expr) -> str:
    """An expression on one line."""
    return node.sql(dialect="duckdb")


def commented(comments: Sequence[str], indent: str) -> list[str]:
    """Lines of comments."""
    return [f"{indent}-- {line}".rstrip() for line in comments]


def column_lines(column: exp.Expr) -> list[str]:
    """A column of a SELECT; of a CASE with comments each branch has a line."""
    lines, inner = commented(comments_of(column), "  "), column.unalias()
    if isinstance(inner, exp.Case) and (_has_comments(inner) or len(sql_of(column)) > _WIDTH):
        lines.append("  CASE" + (f" {sql_of(inner.this)}" if inner.this is not None else ""))
        for branch in inner.args["ifs"]:
            lines += commented(comments_of(branch), "    ")
            lines.append(f"    WHEN {sql_of(branch.this)} THEN {sql_of(branch.args['true'])}")
        lines += commented(inner.meta.get(ELSE, []), "    ")
        if (default := inner.args.get("default")) is not None:
            lines.append(f"    ELSE {sql_of(default)}")
        alias = f" AS {column.args['alias'].sql(dialect='duckdb')}" if isinstance(column, exp.Alias) else ""
        return [*lines, f"  END{alias}"]
    if len(sql_of(column)) <= _WIDTH:
        return [*lines, f"  {sql_of(column)}"]
    pretty = column.sql(dialect="duckdb", pretty=True, max_text_width=_WIDTH - 10)
    return [*lines, *(f"  {line}" for line in pretty.split("\n"))]


def _has_comments(case: exp.Case) -> bool:
    return bool(case.meta.get(ELSE)) or any(comments_of(branch) for branch in case.args["ifs"])


def select_lines(select: exp.Select) -> list[str]:
    """The lines of a SELECT."""
    lines = commented(comments_of(select), "")
    lines.append("SELECT DISTINCT" if select.args.get("distinct") else "SELECT")
    columns = [column_lines(column) for column in select.expressions]
    for i, column in enumerate(columns):
        lines += [*column[:-1], column[-1] + ("," if i + 1 < len(columns) else "")]
    if (start := select.args.get("from_")) is not None:
        lines += start.sql(dialect="duckdb", pretty=True).strip().split("\n")
    for join in select.args.get("joins") or []:
        lines += [*commented(comments_of(join), ""), *join.sql(dialect="duckdb", pretty=True).strip().split("\n")]
    if (where := select.args.get("where")) is not None:
        for i, part in enumerate(conjuncts(where.this)):
            lines += commented(comments_of(part), "  " if i else "")
            lines.append(f"  AND {sql_of(part)}" if i else f"WHERE {sql_of(part)}")
    for clause in ("group", "having", "qualify", "order"):
        if (node := select.args.get(clause)) is not None:
            lines.append(sql_of(node).strip())
    return lines


def query_lines(query: exp.Expr) -> list[str]:
    """The lines of a SELECT, or of a union of some."""
    if isinstance(query, exp.SetOperation):
        word = "UNION" if query.args.get("distinct") else "UNION ALL"
        return [*query_lines(query.this), word, *query_lines(query.expression)]
    return select_lines(query) if isinstance(query, exp.Select) else sql_of(query).split("\n")


def view_lines(statement: exp.Expr, comments: Sequence[str]) -> list[str]:
    """The lines of a view, with the comments above it."""
    head = [*commented(comments, ""), f"CREATE VIEW {statement.this.sql(dialect='duckdb')} AS"]
    lines = [*head, *query_lines(statement.expression)]
    return [*lines[:-1], lines[-1] + ";"]
