"""The binding of a layout's views to the tables and columns that an export has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from pipelines.sources.raw.raw_tables import RAW
from pipelines.sources.raw.sql.deletion import DELETED, deletion_of
from pipelines.sources.raw.sql.folding import WRITTEN, conjuncts, folded, is_false, is_null, is_true
from pipelines.sources.raw.sql.pseudo_functions import Expansion
from pipelines.sources.raw.sql.scope import FoundTable, Meant, alternatives
from pipelines.sources.raw.sql.sql_writer import COMMENTS
from pipelines.sources.raw.sql.unions import align, names_of
from pipelines.sources.raw.sql.wildcards import answered
from scoring.crm.layout import raw_key


@dataclass
class Binder:
    """It binds one statement after the other: later ones may read the views of earlier ones.

    Attributes
    ----------
    known : mapping of FoundTable
        The tables that the export has, by the name in the layout.
    expansion : Expansion
        Of pseudo-functions.
    carried : callable
        The columns of a table that no rule places and that may be attributes; takes the table, the columns that the
        statement uses, and the names that it gives.
    pivoted : callable
        The values of a column of field names of which each becomes a column, with its new name.
    named : callable
        The name that a carried column gets.
    views, used : dict
        Filled while it binds: by view its columns, and by table the columns that were used.
    """

    known: Mapping[str, FoundTable]
    expansion: Expansion
    carried: Callable[[FoundTable, Collection[str], Collection[str]], list[str]]
    pivoted: Callable[[FoundTable, str], list[tuple[str, str]]]
    named: Callable[[FoundTable, str], str] = lambda known, column: known.declared.bare(column)
    views: dict[str, tuple[str, ...]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)

    def bind(self, statement: exp.Expr) -> exp.Expr | None:
        """A statement over the tables that are there; None if its main table is not.

        Parameters
        ----------
        statement : sqlglot expression
            ``CREATE VIEW name AS SELECT …``; changed in place.
        """
        name = statement.this.name
        query = self.query(statement.expression, {})
        if query is None:
            return None
        if isinstance(query, exp.SetOperation):
            align(query)
        statement.set("expression", query)
        self.views[name] = names_of(query)
        return statement

    def query(self, query: exp.Expr, outer: Mapping[str, Meant]) -> exp.Expr | None:
        """A query over what is there; None if its main table is missing or its condition can never hold.

        Parameters
        ----------
        query : sqlglot expression
            A SELECT or a UNION of some.
        outer : mapping of Meant
            The names that the query around it knows.
        """
        if isinstance(query, exp.SetOperation):
            left, right = self.query(query.this, outer), self.query(query.expression, outer)
            if left is None or right is None:
                return left or right
            query.set("this", left)
            query.set("expression", right)
            return query
        if isinstance(query, exp.Subquery):
            inner = self.query(query.this, outer)
            if inner is None:
                return None
            if isinstance(inner, exp.SetOperation):
                align(inner)
            query.set("this", inner)
            return query
        assert isinstance(query, exp.Select)
        return self._select(query, outer)

    def _select(self, query: exp.Select, outer: Mapping[str, Meant]) -> exp.Expr | None:
        scope = dict(outer)
        own: list[str] = []
        start = query.args.get("from_")
        if start is not None:
            main = self._source(start.this, scope, own)
            if main is None:
                return None
            start.set("this", main)
        joins = []
        for join in query.args.get("joins") or []:
            source = self._source(join.this, scope, own)
            condition = None if source is None else self._expression(join.args.get("on"), scope, own)
            parts = [] if condition is None else conjuncts(condition)
            lost = source is None or any(is_null(part) or is_false(part) for part in parts)
            if lost and join.side == "LEFT":
                scope[join.this.alias_or_name] = None
            elif lost:
                return None
            else:
                join.set("this", source)
                join.set("on", condition)
                join.meta[COMMENTS] = alternatives(join, scope)
                joins.append(join)
        query.set("joins", joins)
        return self._clauses(query, scope, own)

    def _clauses(self, query: exp.Select, scope: dict[str, Meant], own: list[str]) -> exp.Expr | None:
        where = query.args.get("where")
        if where is not None:
            kept = []
            for part in conjuncts(where.this):
                bound = self._expression(part.copy(), scope, own)
                if is_false(bound):
                    return None
                # A condition over a column that is not there falls away.
                if bound is not None and not is_null(bound) and not is_true(bound):
                    bound.meta[COMMENTS] = alternatives(part, scope)
                    kept.append(bound)
            query.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)
        stars: list[exp.Column] = []
        projections: list[exp.Expr] = []
        for projection in query.expressions:
            if isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
                stars.append(projection)
                projections.append(projection)
                continue
            if (fields := self._pivot(projection, scope, own)) is not None:
                projections += fields
                continue
            comments, name = alternatives(projection, scope), projection.alias_or_name
            bound = self._expression(projection, scope, own)
            if bound is not None and not is_null(bound):
                named = bound if isinstance(bound, exp.Alias) else _named(bound, name)
                named.meta[COMMENTS] = comments
                projections.append(named)
        for clause in ("group", "order", "qualify", "having"):
            if (node := query.args.get(clause)) is not None:
                bound = self._expression(node, scope, own)
                if clause in ("qualify", "having") and (bound is None or is_null(bound.this) or is_true(bound.this)):
                    query.set(clause, None)
                    continue
                query.set(clause, bound)
                assert bound is not None
                kept = [by for by in bound.expressions if not is_null(getattr(by, "this", by)) and not is_null(by)]
                if clause in ("group", "order"):
                    bound.set("expressions", kept)
                    query.set(clause, bound if kept else None)
        names = [p.alias_or_name for p in projections if p not in stars]
        query.set("expressions", projections)
        final: list[exp.Expr] = []
        for projection in projections:
            all_names = [*names, *(column.alias_or_name for column in final)]
            final += self._carry(projection, query, scope, all_names) if projection in stars else [projection]
        query.set("expressions", final)
        return query if final else None

    def _source(self, node: exp.Expr, scope: dict[str, Meant], own: list[str]) -> exp.Expr | None:
        """A table or query in FROM under its actual name; None if it is missing."""
        alias = node.alias_or_name
        own.append(alias)
        if isinstance(node, exp.Subquery):
            bound = self.query(node, scope)
            scope[alias] = None if bound is None else names_of(bound.this)
            return bound
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            bound_node = self._expression(node, scope, own)  # a table function: unnest(...)
            scope[alias] = None if is_null(bound_node) else ("*",)
            return None if is_null(bound_node) else bound_node
        if node.db != RAW:
            scope[alias] = self.views.get(node.name)
            return node if node.name in self.views else None
        known = self.known.get(node.name)
        scope[alias] = known
        if known is None:
            return None
        parts = [exp.to_identifier(part, quoted=i > 0) for i, part in enumerate(known.found.address)]
        table = exp.Table(this=parts[-1], db=parts[-2], catalog=parts[-3] if len(parts) > 2 else None)
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        return table

    def _expression(self, node: exp.Expr | None, scope: Mapping[str, Meant], own: list[str]) -> exp.Expr | None:
        """An expression over the actual columns, without what is missing."""
        if node is None:
            return None

        def bound(part: exp.Expr) -> exp.Expr:
            if isinstance(part, exp.Null):
                part.meta[WRITTEN] = True
            if (answer := answered(part, scope, self.known)) is not None:
                return answer
            if isinstance(part, exp.Exists):
                inner = self.query(part.this, scope)
                return exp.false() if inner is None else exp.Exists(this=inner)
            if isinstance(part, exp.In) and part.args.get("query") is not None:
                inner = self.query(part.args["query"], scope)
                if inner is None:
                    return exp.false()
                return exp.In(this=_transformed(part.this, bound), query=inner)
            if isinstance(part, exp.Subquery):
                inner = self.query(part, scope)
                return exp.Null() if inner is None else inner.copy()  # not itself: it is bound already
            if isinstance(part, exp.Column) and not isinstance(part.this, exp.Star):
                return self._column(part, scope, own)
            return part

        return folded(self.expansion.expanded(_transformed(node, bound)))

    def _column(self, column: exp.Column, scope: Mapping[str, Meant], own: list[str]) -> exp.Expr:
        if not column.table and len(own) != 1:
            return column  # a name that the query itself gives
        alias = column.table or own[0]
        if alias not in scope:
            raise ValueError(f"{column.sql()}: no table is called {alias} here")
        meant = scope[alias]
        if meant is None:
            return exp.Null()
        if isinstance(meant, FoundTable):
            if column.name == DELETED and (several := deletion_of(meant, alias)) is not None:
                return several
            actual = meant.declared.actual(column.name, meant.found.by_key)
            if actual is None:
                return exp.Null()
            self.used.setdefault(meant.declared.name, set()).add(actual)
            found = exp.column(exp.to_identifier(actual, quoted=True), table=alias)
            found.meta["type"], found.meta["of"] = meant.found.types[actual], meant.declared.name
            return found
        return column if column.name in meant or "*" in meant else exp.Null()

    def _pivot(self, projection: exp.Expr, scope: Mapping[str, Meant], own: list[str]) -> list[exp.Expr] | None:
        """`each_field(h.field, h.new_value)`: a column for each name of a field that the export has."""
        if not (isinstance(projection, exp.Anonymous) and projection.name.lower() == "each_field"):
            return None
        name, value = projection.expressions
        meant = scope.get(name.table)
        column, cell = self._expression(name, scope, own), self._expression(value, scope, own)
        if not isinstance(meant, FoundTable) or column is None or is_null(column) or cell is None or is_null(cell):
            return []
        fields: list[exp.Expr] = []
        for word, written in self.pivoted(meant, column.name):
            branch = exp.If(this=exp.EQ(this=column.copy(), expression=exp.Literal.string(word)), true=cell.copy())
            alias = exp.to_identifier(written, quoted=True)
            fields.append(exp.Alias(this=exp.Case(ifs=[branch]), alias=alias))
        return fields

    def _carry(
        self, star: exp.Expr, query: exp.Select, scope: Mapping[str, Meant], names: Collection[str]
    ) -> list[exp.Expr]:
        """The columns that `alias.*` stands for: those that nothing else places."""
        alias = star.args["table"].name
        meant = scope.get(alias)
        if meant is None:
            return []
        placed = {column.name for column in query.find_all(exp.Column) if column.table == alias}
        if isinstance(meant, tuple):
            named = {raw_key(name) for name in (*names, *placed)}
            left = [name for name in meant if raw_key(name) not in named]
            return [exp.column(exp.to_identifier(name, quoted=not name.islower()), table=alias) for name in left]
        columns = [(name, self.named(meant, name)) for name in self.carried(meant, placed, names)]
        return [
            exp.alias_(exp.column(exp.to_identifier(name, quoted=True), table=alias), bare, quoted=not bare.islower())
            if bare != name
            else exp.column(exp.to_identifier(name, quoted=True), table=alias)
            for name, bare in columns
        ]


def _transformed(node: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Every part of an expression changed, the inner parts of a changed one left as they are."""
    changed = change(node)
    if changed is not node:
        return changed
    for name, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(name, _transformed(value, change))
        elif isinstance(value, list):
            node.set(name, [_transformed(v, change) if isinstance(v, exp.Expr) else v for v in value])
    return node


def _named(bound: exp.Expr, name: str) -> exp.Expr:
    """A column under the name that the layout gives it."""
    return exp.Alias(this=bound, alias=exp.to_identifier(name)) if name and bound.alias_or_name != name else bound
