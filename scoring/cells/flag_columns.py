"""Columns that say yes or no where a contract asks for a word: `Incoming` for a direction, `IsWon` for a status.

What yes means is in the name of the column: `true` under `Incoming` is the opposite of `true` under `Outgoing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.cells.words import plain_word
from scoring.contracts.column_names import bare_name
from scoring.contracts.deals import CLOSED_FLAGS
from scoring.contracts.deletion_marks import FALSE, TRUE

_OF = "(?:email|mail|call|message|activity|engagement|item)?"
_FLAG = "(?:flag|flg|yn|ind|indicator|bool)?"
_INBOUND = re.compile(
    f"(?:is|was)?{_OF}(?:incoming|inbound|received|from(?:the)?(?:customer|lead|contact|client|prospect|buyer)"
    f"|eingehend|empfangen|entrant|entrante|recu|recibido|recebido|ricevuto|inkomend){_OF}{_FLAG}"
)
_OUTBOUND = re.compile(
    f"(?:is|was)?{_OF}(?:outgoing|outbound|sent|from(?:us|me|owner|user|rep|sales|agent)|sentbyus|ausgehend|gesendet"
    f"|sortant|envoye|saliente|enviado|inviato|uitgaand){_OF}{_FLAG}"
)
_WON = re.compile(
    f"(?:is|was|has|deal|opportunity)*(?:closed?)?(?:won|gewonnen|gagnee?|ganad[oa]|ganh[oa]|vint[oa]){_FLAG}"
)


def words_of(column: str, name: str) -> tuple[str, str | None] | None:
    """What yes and no mean in a column that is mapped to a word, by its name in the export; None if it is no flag.

    Parameters
    ----------
    column : str
        Of the contract.
    name : str

    Returns
    -------
    tuple of (str, str or None), optional
        A deal that is not won may be lost or open, so no has no meaning there.

    Examples
    --------
    >>> words_of("direction", "Is Incoming")
    ('inbound', 'outbound')
    >>> words_of("status", "IsWon")
    ('won', None)
    """
    named = bare_name(name)
    if column == "direction" and _INBOUND.fullmatch(named):
        return "inbound", "outbound"
    if column == "direction" and _OUTBOUND.fullmatch(named):
        return "outbound", "inbound"
    return ("won", None) if column == "status" and _WON.fullmatch(named) else None


def says_yes_or_no(own: Iterable[str]) -> bool:
    """Whether the user says what yes or no means.

    Parameters
    ----------
    own : iterable of str
        The user's own words.
    """
    return not {plain_word(word) for word in own}.isdisjoint((*TRUE, *FALSE))


def closed_flag(columns: list[str]) -> str | None:
    """The column that says whether a deal is closed.

    Parameters
    ----------
    columns : list of str
        By canonical name.
    """
    return next((column for column in columns if column.replace("_", "") in CLOSED_FLAGS), None)


def worded(cell: ir.Value, words: tuple[str, str | None], closed: ir.Value | None = None) -> ir.StringValue:
    """A cell with yes and no in words; another cell stays as it is.

    Parameters
    ----------
    cell : ibis.Value
    words : tuple of (str, str or None)
        As `words_of` gives them.
    closed : ibis.Value, optional
        Of a deal, whether it is closed: then no is lost or open.
    """
    written = cells.text(cell)
    spelled = written.lower()
    yes, no = words
    refused: ir.Value = ibis.literal(no, type="string") if no is not None else written
    if no is None and closed is not None:
        is_closed = cells.text(closed).lower()
        refused = ibis.cases((is_closed.isin(TRUE), "lost"), (is_closed.isin(FALSE), "open"), else_=written)
    return ibis.cases((spelled.isin(TRUE), yes), (spelled.isin(FALSE), refused), else_=written)
