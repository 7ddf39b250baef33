"""The branches of a union, with the same columns in the same order."""

from __future__ import annotations

from sqlglot import exp


def names_of(query: exp.Expr) -> tuple[str, ...]:
    """The columns that a query gives."""
    return tuple(query.named_selects) if isinstance(query, exp.Query) else ()


def align(query: exp.SetOperation) -> None:
    """Give every branch of a union the same columns in the same order, NULL where it has none."""
    branches = _branches(query)
    names = list(dict.fromkeys(name.casefold() for branch in branches for name in branch.named_selects))
    written = {name.casefold(): name for branch in reversed(branches) for name in branch.named_selects}
    for branch in branches:
        own = {projection.alias_or_name.casefold(): projection for projection in branch.expressions}
        nothing = {name: exp.alias_(exp.Null(), written[name], quoted=not written[name].islower()) for name in names}
        branch.set("expressions", [own.get(name, nothing[name]) for name in names])
    for part in query.find_all(exp.SetOperation):
        part.set("by_name", False)


def _branches(query: exp.Expr) -> list[exp.Select]:
    if isinstance(query, exp.SetOperation):
        return [*_branches(query.this), *_branches(query.expression)]
    inner = query.this if isinstance(query, exp.Subquery) else query
    return [inner] if isinstance(inner, exp.Select) else _branches(inner)
