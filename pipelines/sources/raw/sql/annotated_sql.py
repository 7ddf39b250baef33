"""The SQL of a layout with its comments: which comment is about which part of a view.

A layout is written one part a line: a column, a condition, or a branch of a CASE, with its comment on lines above it.
Clauses begin at the margin, columns and conditions two blanks to the right, branches of a CASE four.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from pipelines.sources.raw.sql.folding import conjuncts
from pipelines.sources.raw.sql.sql_writer import COMMENTS, ELSE

_CLAUSE = re.compile(
    r"(SELECT|FROM|(LEFT |CROSS |INNER )?JOIN|WHERE|UNION|GROUP BY|QUALIFY|ORDER BY|HAVING)\b", re.IGNORECASE
)
_BRANCH = re.compile(r"(WHEN|ELSE)\b", re.IGNORECASE)


@dataclass
class SqlPart:
    """A column, a join or a condition of a query, with the comments above it and above the branches of its CASE."""

    comments: list[str] = field(default_factory=list)
    branches: list[list[str]] = field(default_factory=list)


@dataclass
class Branch:
    """The comments of one SELECT, part by part, in the order of the text."""

    comments: list[str] = field(default_factory=list)
    columns: list[SqlPart] = field(default_factory=list)
    joins: list[SqlPart] = field(default_factory=list)
    conditions: list[SqlPart] = field(default_factory=list)


@dataclass
class Statement:
    """A view of a layout.

    Attributes
    ----------
    comments : list of str
        Above ``CREATE VIEW``.
    tree : sqlglot expression
        Its parts have their comments in `meta`.
    """

    comments: list[str]
    tree: exp.Expr

    @property
    def name(self) -> str:
        """The name of the view."""
        return str(self.tree.this.name)


def statements(text: str) -> list[Statement]:
    """The views of a layout in their order.

    Parameters
    ----------
    text : str
        `export.sql`.

    Raises
    ------
    sqlglot.errors.ParseError
        If it is no SQL.
    """
    found = []
    for written in re.split(r";[ \t]*(?:\n|$)", text):
        code = "\n".join(line for line in written.split("\n") if not line.lstrip().startswith("--"))
        if not code.strip():
            continue
        tree = sqlglot.parse_one(code, read="duckdb")
        comments, branches = _comments(written)
        selects = selects_of(tree.expression)
        if len(selects) == len(branches):
            for select, branch in zip(selects, branches, strict=True):
                _annotate(select, branch)
        found.append(Statement(comments, tree))
    return found


def _annotate(select: exp.Select, branch: Branch) -> None:
    """Give each part of a SELECT the comments above it, where the text has a part a line."""
    select.meta[COMMENTS] = branch.comments
    where = select.args.get("where")
    conditions = conjuncts(where.this) if where is not None else []
    for nodes, parts in (
        (select.expressions, branch.columns),
        (select.args.get("joins") or [], branch.joins),
        (conditions, branch.conditions),
    ):
        if len(nodes) != len(parts):
            raise ValueError(
                f"{select.sql()[:80]}: put each part on a line of its own: {len(nodes)} parts, {len(parts)} lines"
            )
        for node, part in zip(nodes, parts, strict=True):
            node.meta[COMMENTS] = part.comments
            case = node.unalias()
            if isinstance(case, exp.Case) and part.branches:
                for when, above in zip(case.args["ifs"], part.branches, strict=False):
                    when.meta[COMMENTS] = above
                if len(part.branches) > len(case.args["ifs"]):
                    case.meta[ELSE] = part.branches[-1]


def selects_of(query: exp.Expr) -> list[exp.Select]:
    """The SELECTs of a query or of a union, in the order of the text."""
    if isinstance(query, exp.SetOperation):
        return [*selects_of(query.this), *selects_of(query.expression)]
    inner = query.this if isinstance(query, exp.Subquery) else query
    return [inner] if isinstance(inner, exp.Select) else []


def _comments(written: str) -> tuple[list[str], list[Branch]]:
    waiting: list[str] = []
    above: list[str] = []
    branches: list[Branch] = []
    clause, part = "", SqlPart()
    for line in written.split("\n"):
        bare, indent = line.strip(), len(line) - len(line.lstrip())
        if bare.startswith("--"):
            waiting.append(bare[2:].removeprefix(" ").rstrip())
            continue
        if not bare:
            continue
        start = _CLAUSE.match(bare) if indent == 0 else None
        if bare.upper().startswith("CREATE"):
            above, waiting = waiting, []
        elif start is not None:
            clause = start[1].upper()
            if clause == "SELECT":
                branches.append(Branch(waiting))
                waiting = []
            elif clause.endswith("JOIN"):
                part, waiting = SqlPart(waiting), []
                branches[-1].joins.append(part)
            elif clause == "WHERE":
                part, waiting = SqlPart(waiting), []
                branches[-1].conditions.append(part)
            elif clause != "UNION" and branches:
                part.comments += waiting
                waiting = []
        elif indent == 2 and clause == "SELECT" and not bare.startswith((")", "END")):
            part, waiting = SqlPart(waiting), []
            branches[-1].columns.append(part)
        elif indent == 2 and clause == "WHERE" and bare.upper().startswith("AND "):
            part, waiting = SqlPart(waiting), []
            branches[-1].conditions.append(part)
        elif indent == 4 and _BRANCH.match(bare):
            part.branches.append(waiting)
            waiting = []
        else:
            part.comments += waiting
            waiting = []
    return [*above, *(waiting if not branches else [])], branches


def paragraphs(comments: Sequence[str]) -> list[list[str]]:
    """Comments in paragraphs: one begins at a keyword (`decided:`, `choice:`) or after an empty line."""
    found: list[list[str]] = [[]]
    for line in comments:
        if re.match(r"(decided|choice|warning):", line) or not line:
            found.append([])
        if line:
            found[-1].append(line)
    return [lines for lines in found if lines]
