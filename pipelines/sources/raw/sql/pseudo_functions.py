"""The few functions of a layout that are no SQL: each becomes plain SQL for the columns that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from scoring.cells.words import TYPES, plain_word

#: How a flag says yes, and no, in lower case. The words of other languages are looked for where an export has them.
YES, NO = ("true", "1", "yes", "y", "t"), ("false", "0", "no", "n", "f")
YES_TOO = ("1.0", "x", "ja", "sí", "si", "oui", "sim", "wahr", "verdadero", "vrai", "verdadeiro", "vero", "waar")
NO_TOO = ("0.0", "nein", "non", "não", "nee", "falsch", "falso", "faux", "onwaar")
#: What stands in a cell of ids that names no record, in any export.
NO_RECORD = ("",)
NEW = "new business"


@dataclass(frozen=True)
class Expansion:
    """What the expansion of pseudo-functions must know.

    Attributes
    ----------
    no_id : tuple of str
        What stands in a cell that refers to no record.
    text : callable
        Whether a column is text.
    time : callable
        The expression of a column as a timestamp.
    words : callable
        The words of a column in lower case, if they are few.
    """

    no_id: tuple[str, ...]
    text: Callable[[exp.Column], bool]
    time: Callable[[exp.Column], exp.Expr]
    words: Callable[[exp.Column], frozenset[str]]

    def expanded(self, node: exp.Expr) -> exp.Expr:
        """An expression without pseudo-functions.

        Parameters
        ----------
        node : sqlglot expression
            Its columns are those of the export, or NULL.
        """
        for name, value in list(node.args.items()):  # the inner ones first: one may stand in another
            if isinstance(value, exp.Expr):
                node.set(name, self.expanded(value))
            elif isinstance(value, list):
                node.set(name, [self.expanded(part) if isinstance(part, exp.Expr) else part for part in value])
        function = FUNCTIONS.get(node.name.lower()) if isinstance(node, exp.Anonymous) else None
        return node if function is None else function(self, [self.expanded(inner) for inner in node.expressions])


def _text(using: Expansion, value: exp.Expr) -> exp.Expr:
    """A value as text: typed columns are cast."""
    if isinstance(value, exp.Column) and not using.text(value):
        return exp.cast(value, exp.DataType.Type.TEXT)
    return value


def _yes(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """Whether a flag says yes; an empty one does not."""
    return _says(using, arguments[0], YES, YES_TOO)


def _no(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """Whether a flag says no; an empty one does not."""
    return _says(using, arguments[0], NO, NO_TOO)


def _says(using: Expansion, value: exp.Expr, words: Sequence[str], others: Sequence[str]) -> exp.Expr:
    if isinstance(value, exp.Null):
        return exp.false()
    found = using.words(value) if isinstance(value, exp.Column) else frozenset(others)
    words_found = [exp.Literal.string(word) for word in (*words, *(word for word in others if word in found))]
    spelled = exp.In(this=exp.Lower(this=_text(using, value.copy())), expressions=words_found)
    return exp.Coalesce(this=spelled, expressions=[exp.false()])


def _id(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    value = arguments[0]
    if isinstance(value, exp.Null):
        return value
    found = _text(using, value.copy())
    for nothing in (*NO_RECORD, *using.no_id):
        found = exp.Nullif(this=found, expression=exp.Literal.string(nothing))
    return found


def _guid(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """An id of Microsoft's, in small letters and without braces."""
    if isinstance(arguments[0], exp.Null):
        return arguments[0]
    bare = exp.Trim(this=_text(using, arguments[0].copy()), expression=exp.Literal.string("{} "))
    return _id(using, [exp.Lower(this=bare)])


def _moment(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    value = arguments[0]
    return using.time(value) if isinstance(value, exp.Column) else value.copy()


def _name_key(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    value = arguments[0]
    if isinstance(value, exp.Null):
        return value
    return exp.Nullif(this=exp.Lower(this=exp.Trim(this=_text(using, value.copy()))), expression=exp.Literal.string(""))


def _deal_type(using: Expansion, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """A type of deal where it says whether that is new business; empty where it says something else."""
    value = arguments[0]
    found = using.words(value) if isinstance(value, exp.Column) else frozenset()
    if all(plain_word(word) in TYPES for word in found if word):
        return value
    # Where none does, the rule stays for the user to fill in.
    known = [word for word in sorted(found) if plain_word(word) in TYPES] or [NEW]
    spelled = exp.In(
        this=exp.Lower(this=exp.Trim(this=_text(using, value.copy()))), expressions=[*map(exp.Literal.string, known)]
    )
    return exp.Case(ifs=[exp.If(this=spelled, true=value.copy())])


FUNCTIONS: Mapping[str, Callable[[Expansion, Sequence[exp.Expr]], exp.Expr]] = {
    "yes": _yes,
    "no": _no,
    "record": _id,
    "guid": _guid,
    "text": lambda using, arguments: _text(using, arguments[0]),
    "moment": _moment,
    "name_key": _name_key,
    "deal_type": _deal_type,
}
