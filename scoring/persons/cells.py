"""Cells that hold what is somebody's, or what a terminal would take for a command, as expressions for any engine."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from scoring.persons.words import NAME_FIRST, TRAIT_WORDS
from scoring.persons.written import ADDRESSES, GLANCE, HIDDEN, HIDDEN_ADDRESS, PLAIN_ADDRESS, SURE, Look

#: A sequence that a terminal takes for a command.
_COMMAND = "\x1b\\[[0-9;?]*[A-Za-z]"
#: Signs that are not seen, or that turn the order of others round. NUL is not one of them: PostgreSQL has no such sign.
_CONTROL = "[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"


def looks_like(cell: ir.StringValue, patterns: Iterable[Look] = SURE) -> ir.BooleanValue:
    """Whether a cell looks like one of some things of a person, or holds one.

    Parameters
    ----------
    cell : ibis.StringValue
    patterns : iterable of Look
    """
    lower = cell.strip().lower()
    return lower.re_search("|".join(f"(?:{look.pattern})" for look in patterns))


def perhaps_personal(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether a cell may look like something of a person: most do not, and that is found quickly."""
    return cell.lower().re_search(GLANCE)


def holds_address(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether an id is an e-mail address: no id has an @, in whatever way it is written."""
    return cell.contains("@") | cell.contains("\uff20") | cell.contains("%40")


def with_control(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether a cell holds control characters inside its text."""
    return cell.strip().re_search(_CONTROL)


def without_control(cell: ir.StringValue) -> ir.StringValue:
    """A cell whose control characters are blanks, and whose commands to a terminal are gone."""
    return cell.re_replace(_COMMAND, "").re_replace(_CONTROL, " ")


def shown(cell: ir.Value, *, is_id: bool = False, is_described: bool = False) -> ir.StringValue:
    """A cell as text, with a word for what it holds of a person; null for a value that is no text.

    Parameters
    ----------
    cell : ibis.Value
    is_id : bool
        Whether it is an id, which may be a number as long as that of a phone: only an address is hidden.
    is_described : bool
        Whether it is of a column of the user's own: where there are too few to tell, any first name and any word of a
        protected trait is hidden.
    """
    if cell.type().is_nested() or cell.type().is_binary():
        return ibis.null("string")
    text = without_control(cell.cast("string")).re_replace(PLAIN_ADDRESS, HIDDEN_ADDRESS)
    personal = perhaps_personal(text) & looks_like(text, (ADDRESSES,) if is_id else SURE)
    if is_described:
        lower = text.strip().lower()
        personal |= lower.re_search(NAME_FIRST) | lower.isin(TRAIT_WORDS)
        personal |= lower.re_replace("[^a-z]", "").isin(TRAIT_WORDS)
    return ibis.ifelse(personal, ibis.literal(HIDDEN), text)
