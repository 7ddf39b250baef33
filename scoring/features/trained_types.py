"""A column in the type that it had in training, whatever tonight's cells look like."""

import ibis
import ibis.expr.types as ir

from scoring.cells.cells import FALSE_WORDS, TRUE_WORDS, flag, text
from scoring.scorecard.parts import Encoding, Numeric


def as_trained(column: ir.Value, encoding: Encoding) -> ir.Value:
    """Read a column as training read it: a single cell may have it read as another type tonight.

    Parameters
    ----------
    column : Value
        Of numbers, words or truth values.
    encoding : Encoding
        How training encoded it.

    Returns
    -------
    Value
        Numbers for a numeric encoding, null where a cell is none; else words, as its levels are written.
    """
    if isinstance(encoding, Numeric):
        return column.try_cast("float64")
    levels = encoding.levels
    if column.type().is_boolean():
        yes, no = (
            next((level for level in levels if level.lower() in words), words[0]) for words in (TRUE_WORDS, FALSE_WORDS)
        )
        return ibis.cases((column, yes), (~column, no))  # and null, which `ifelse` would take for no
    words = column if column.type().is_string() else text(column)
    if set(levels) <= {"true", "false"}:
        return ibis.coalesce(ibis.cases((flag(words), "true"), (~flag(words), "false")), words)
    return words
