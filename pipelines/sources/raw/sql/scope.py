"""What the names in a query of a layout stand for, and the comments with SQL to be put in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlglot import exp

from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.sql.sql_writer import COMMENTS, ELSE, comments_of
from scoring.crm.layout import RawTable

#: The schema in which the views of a mapping are.
MAPPED = "mapped"


@dataclass(frozen=True)
class FoundTable:
    """A raw table of a layout, and the table of the export that it is.

    Attributes
    ----------
    declared : RawTable
    found : RawRelation
        Where several tables of the export are one of the layout, their union, a view of the mapping.
    parts : tuple of RawRelation
        Those tables, the one with the most columns first; empty where it is one.
    """

    declared: RawTable
    found: RawRelation
    parts: tuple[RawRelation, ...] = ()


#: What a name in FROM stands for: a table of the export, the columns of a view, or None where it is missing.
Meant = FoundTable | tuple[str, ...] | None


def alternatives(node: exp.Expr, scope: Mapping[str, Meant]) -> list[str]:
    """The comments of a part; in those that begin with ``?``, SQL to be put in, the columns get their actual names."""
    for case in node.find_all(exp.Case):
        for part, key in [(case, ELSE), *((branch, COMMENTS) for branch in case.args["ifs"])]:
            if key in part.meta:
                part.meta[key] = _with_names(part.meta[key], scope)
    return _with_names(comments_of(node), scope)


def _with_names(comments: Collection[str], scope: Mapping[str, Meant]) -> list[str]:
    found = []
    for line in comments:
        if not line.startswith("?"):
            found.append(line)
            continue
        missing = False

        def actual(match: re.Match[str]) -> str:
            nonlocal missing
            meant = scope.get(match[1])
            if isinstance(meant, FoundTable):
                name = meant.declared.actual(match[2], meant.found.by_key)
                missing = missing or name is None
                return f"{match[1]}.{exp.to_identifier(name, quoted=True).sql(dialect='duckdb')}" if name else match[0]
            return match[0]

        sql = re.sub(r"\b([a-z_]+)\.([a-z_0-9]+)\b", actual, line[1:].strip())
        found += [] if missing else [f"    {sql}"]
    return found
