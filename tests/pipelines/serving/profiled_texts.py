"""What an engine makes of text, and of the names of currencies."""

from typing import Any

import ibis

from pipelines.validation.attribute_profile import text_profiles
from scoring.cells import currencies

#: Columns of text with numbers, yes and no, dates, codes, addresses, and what is none of these.
TEXTS = {
    "size": ["12", " 7.5 ", "-3e2", "n/a", "", "€1,200"],
    "way": ["1.234", "12.345", "0.5", "1.2.3", "1e5", "+7"],
    "partner": ["yes", "No", "T", "1", "maybe", "FALSE"],
    "day": ["2026-01-05", "5/20/2024 7:42", "31.12.2025", "20 May 2024", "soon", None],
    "code": ["007", "01234", "99999", "A7", "zip 5", "12 %"],
    "who": ["ann@acme.com", "x", "@", " b@c.de", "-", "none"],
}


def profiled(connection: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The profile of each column of text, and the code of each name of a currency, in order."""
    texts = connection.create_table("texts", ibis.memtable(TEXTS, schema=dict.fromkeys(TEXTS, "string")), temp=True)
    written = ["EUR", "Euro", "US Dollar", "USD ($)", "Euro (EUR)", "chf ", "Fr.", "$", "acme"]
    named = ibis.memtable({"word": written})
    codes = connection.to_pyarrow(named.select("word", code=currencies.read_currency(named.word))).to_pylist()
    return text_profiles(connection, texts, list(TEXTS)), sorted((row["word"], row["code"]) for row in codes)
