"""SQL without what is not there: a missing column is NULL, and what follows from NULL is worked out and left away."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

_TESTS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Like,
    exp.ILike,
    exp.In,
    exp.Between,
    exp.RegexpLike,
    exp.RegexpILike,
)
#: Functions of which an argument that is NULL is as if it were not there.
_LENIENT = (exp.Least, exp.Greatest, exp.ConcatWs)

#: Marks a NULL that stands in the text of a layout.
WRITTEN = "written"


def is_null(node: exp.Expr | None) -> bool:
    """Whether an expression is NULL whatever the row."""
    return node is None or isinstance(node, exp.Null)


def is_true(node: exp.Expr | None) -> bool:
    """Whether an expression is TRUE whatever the row."""
    return isinstance(node, exp.Boolean) and bool(node.this)


def is_false(node: exp.Expr | None) -> bool:
    """Whether an expression is FALSE whatever the row."""
    return isinstance(node, exp.Boolean) and not node.this


def folded(node: exp.Expr) -> exp.Expr:
    """An expression without the NULLs that missing columns left in it; what is no single expression is left alone.

    Parameters
    ----------
    node : sqlglot expression
        Changed in place.
    """
    for name, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(name, folded(value))
        elif isinstance(value, list):
            kept = [folded(item) if isinstance(item, exp.Expr) else item for item in value]
            node.set(name, kept)
    for kind, rule in _RULES.items():
        if isinstance(node, kind):
            return rule(node)
    return node


def _paren(node: exp.Expr) -> exp.Expr:
    inner = node.this
    plain = isinstance(inner, exp.Null | exp.Boolean | exp.Column | exp.Literal | exp.Func | exp.Paren)
    return inner if plain and not isinstance(inner, exp.And | exp.Or) else node


def _not(node: exp.Expr) -> exp.Expr:
    inner = node.this.unnest()
    if isinstance(inner, exp.Boolean):
        return exp.Boolean(this=not inner.this)
    return exp.Null() if is_null(inner) else node


def _and(node: exp.Expr) -> exp.Expr:
    left, right = node.this, node.expression
    if is_false(left) or is_false(right):
        return exp.false()
    if is_true(left):
        return right
    if is_true(right):
        return left
    return exp.Null() if is_null(left) or is_null(right) else node


def _or(node: exp.Expr) -> exp.Expr:
    left, right = node.this, node.expression
    if is_true(left) or is_true(right):
        return exp.true()
    if is_false(left) or is_null(left):
        return right
    return left if is_false(right) or is_null(right) else node


def _coalesce(node: exp.Expr) -> exp.Expr:
    kept: list[exp.Expr] = []
    for value in (node.this, *node.expressions):
        if is_null(value):
            continue
        kept.append(value)
        if isinstance(value, exp.Literal | exp.Boolean):
            break
    if len(kept) < 2:
        return kept[0] if kept else exp.Null()
    return exp.Coalesce(this=kept[0], expressions=kept[1:])


def _lenient(node: exp.Expr) -> exp.Expr:
    inputs = [node.this, *node.expressions] if node.args.get("this") is not None else node.expressions
    kept = [value for value in inputs if not is_null(value)]
    if not kept or (isinstance(node, exp.ConcatWs) and len(kept) < 2):
        return exp.Null()
    if len(kept) == 1:
        return kept[0]
    # The other arguments say how NULL is met: they stay as the text was read.
    if isinstance(node, exp.ConcatWs):
        node.set("expressions", kept)
    else:
        node.set("this", kept[0])
        node.set("expressions", kept[1:])
    return node


def _is(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.expression, exp.Null):
        return node
    if is_null(node.this):
        return exp.true()
    return exp.false() if isinstance(node.this, exp.Literal | exp.Boolean) else node


def _case(node: exp.Expr) -> exp.Expr:
    operand, kept, default = node.this, list[exp.Expr](), node.args.get("default")
    if "this" in node.args and operand is not None and is_null(operand):
        return default or exp.Null()
    for branch in node.args["ifs"]:
        condition = branch.this
        if is_null(condition) or is_false(condition):
            continue
        if is_true(condition):
            default = branch.args["true"]
            break
        kept.append(branch)
    if not kept:
        return default or exp.Null()
    node.set("ifs", kept)
    node.set("default", None if is_null(default) else default)
    if all(is_null(branch.args["true"]) for branch in kept) and node.args.get("default") is None:
        return exp.Null()
    return node


def _branch(node: exp.Expr) -> exp.Expr:
    """A branch goes if its condition or its value is missing; it stays where the layout itself writes NULL."""
    value = node.args.get("true")
    kept = not is_null(node.this) and value is not None and (not is_null(value) or WRITTEN in value.meta)
    return node if kept else exp.Null()


def _nullif(node: exp.Expr) -> exp.Expr:
    return node.this if is_null(node.this) or is_null(node.expression) else node


def _strict(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Count):
        return exp.Literal.number(0) if isinstance(node.this, exp.Null) else node
    values = [value for name, value in node.args.items() if name != "format" and isinstance(value, exp.Expr)]
    values += [value for value in node.args.get("expressions") or [] if isinstance(value, exp.Expr)]
    return exp.Null() if any(isinstance(value, exp.Null) for value in values) else node


def _equal(node: exp.Expr) -> exp.Expr:
    left, right = node.this, node.expression
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal) and left.is_string and right.is_string:
        return exp.Boolean(this=(left.this == right.this) is isinstance(node, exp.EQ))
    return _strict(node)


def _if_operand(node: exp.Expr) -> exp.Expr:
    return exp.Null() if isinstance(node.this, exp.Null) else node


def _window(node: exp.Expr) -> exp.Expr:
    if isinstance(node.this, exp.Null):
        return exp.Null()
    node.set("partition_by", [by for by in node.args.get("partition_by") or [] if not is_null(by)])
    order = node.args.get("order")
    if order is not None:
        order.set("expressions", [by for by in order.expressions if not is_null(by.this)])
        if not order.expressions:
            node.set("order", None)
    return node


_RULES: dict[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[exp.Expr], exp.Expr]] = {
    exp.Paren: _paren,
    exp.Not: _not,
    exp.And: _and,
    exp.Or: _or,
    exp.Coalesce: _coalesce,
    _LENIENT: _lenient,
    exp.Is: _is,
    exp.Case: _case,
    exp.If: _branch,
    exp.Nullif: _nullif,
    exp.Window: _window,
    (exp.IgnoreNulls, exp.Filter, exp.Alias): _if_operand,
    (exp.EQ, exp.NEQ): _equal,
    (*_TESTS, exp.Binary, exp.Cast, exp.TryCast, exp.Neg, exp.Unnest, exp.Bracket): _strict,
    exp.Func: _strict,
}


def conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """The conditions that all must hold."""
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
