"""The profile of attribute columns of text: how many of their cells look like what, found in one scan."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.cells import cells, numbers, time_forms

#: A number without leading zeros: ``007`` and postal codes are words.
NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
CODE = r"0[0-9]+"
#: At least five digits, whatever stands between them: a phone number. A prefix such as ``+49`` is none.
PHONE = r"([0-9][^0-9]*){5}"


@dataclass(frozen=True)
class TextProfile:
    """The cells of one column.

    Attributes
    ----------
    filled : int
        Cells that are not empty; the others count among these.
    addresses, numbers, flags, dates : int
        Cells that hold an @, are plain numbers, are yes or no, look like dates.
    untidy : int
        Cells with blanks around them or with a word for empty.
    two_ways, point : int
        Plain numbers such as ``12.345``, which can be read in two ways, and those whose point is the decimal sign.
    numberlike : int
        Cells that may be numbers in some format.
    codes : int
        Whole numbers with a leading zero.
    phones : int
        Cells with as many digits as a phone number.
    """

    filled: int
    addresses: int
    untidy: int
    dates: int
    numbers: int = 0
    flags: int = 0
    two_ways: int = 0
    point: int = 0
    numberlike: int = 0
    codes: int = 0
    phones: int = 0


def text_profiles(connection: Any, raw: ibis.Table, texts: list[str]) -> dict[str, TextProfile]:
    """The profile of each column.

    Parameters
    ----------
    connection : ibis backend
    raw : ibis.Table
        The rows as exported.
    texts : list of str
        The columns of text.
    """
    if not texts:
        return {}
    return _in_duckdb(connection, raw, texts) if connection.name == "duckdb" else _on_engine(raw, texts)


def _in_duckdb(connection: Any, raw: ibis.Table, texts: list[str]) -> dict[str, TextProfile]:
    connection.create_view("attribute_texts", raw.select(texts), overwrite=True)
    # Each text once: different ones are few. Long instead of wide: to plan the aggregates of thousands of columns
    # would take minutes.
    found = connection.con.execute(
        """
        WITH long AS (UNPIVOT attribute_texts ON COLUMNS(*) INTO NAME name VALUE cell),
             texts AS (SELECT name, cell, count(*) AS n FROM long GROUP BY ALL),
             trimmed AS (SELECT name, cell, n, trim(cell, $blanks) AS word FROM texts),
             words AS (
                SELECT *, lower(word) IN $empty AS nothing, regexp_matches(word, '[0-9]') AS digits,
                    digits AND regexp_full_match(word, $number) AS number
                FROM trimmed
             )
        SELECT name,
               coalesce(sum(n) FILTER (NOT nothing), 0)::BIGINT,
               coalesce(sum(n) FILTER (NOT nothing AND contains(word, '@')), 0)::BIGINT,
               coalesce(sum(n) FILTER (nothing OR word <> cell), 0)::BIGINT,
               coalesce(sum(n) FILTER (digits AND NOT number AND regexp_matches(word, $datelike)), 0)::BIGINT,
               coalesce(sum(n) FILTER (number), 0)::BIGINT,
               coalesce(sum(n) FILTER (NOT nothing AND NOT digits AND lower(word) IN $flags), 0)::BIGINT,
               coalesce(sum(n) FILTER (number AND regexp_matches(word, $two_ways)), 0)::BIGINT,
               coalesce(sum(n) FILTER (number AND regexp_matches(word, $point)), 0)::BIGINT,
               coalesce(sum(n) FILTER (digits AND (number OR regexp_matches(word, $numberlike))), 0)::BIGINT,
               coalesce(sum(n) FILTER (digits AND NOT number AND regexp_full_match(word, $code)), 0)::BIGINT,
               coalesce(sum(n) FILTER (digits AND regexp_matches(word, $phone)), 0)::BIGINT
        FROM words GROUP BY name
        """,
        {
            "blanks": " \t\n\r",
            "empty": list(cells.NULL_WORDS),
            "number": NUMBER,
            "datelike": time_forms.DATELIKE,
            "flags": [*cells.TRUE_WORDS, *cells.FALSE_WORDS],
            "two_ways": numbers.TWO_WAYS,
            "point": numbers.POINT_IS_DECIMAL,
            "numberlike": numbers.NUMBERLIKE,
            "code": CODE,
            "phone": PHONE,
        },
    ).fetchall()
    connection.con.execute("DROP VIEW attribute_texts")
    return {name: TextProfile(*counts) for name, *counts in found}


def _on_engine(raw: ibis.Table, texts: list[str], at_once: int = 50) -> dict[str, TextProfile]:
    found = {}
    for start in range(0, len(texts), at_once):
        counts: dict[str, ir.IntegerScalar] = {}
        for i, name in enumerate(texts[start : start + at_once], start):
            word = raw[name].strip()
            nothing = word.lower().isin(cells.NULL_WORDS)
            digits = word.re_search("[0-9]")
            number = digits & word.re_search(f"^({NUMBER})$")
            patterns = {
                "filled": ~nothing,
                "addresses": ~nothing & word.contains("@"),
                "untidy": nothing | (word != raw[name]),
                "dates": digits & ~number & word.re_search(time_forms.DATELIKE),
                "numbers": number,
                "flags": ~nothing & ~digits & word.lower().isin((*cells.TRUE_WORDS, *cells.FALSE_WORDS)),
                "two_ways": number & word.re_search(numbers.TWO_WAYS),
                "point": number & word.re_search(numbers.POINT_IS_DECIMAL),
                "numberlike": digits & (number | word.re_search(numbers.NUMBERLIKE)),
                "codes": digits & ~number & word.re_search(f"^{CODE}$"),
                "phones": digits & word.re_search(PHONE),
            }
            counts |= {f"{look}_{i}": holds.sum() for look, holds in patterns.items()}
        row = raw.aggregate(**counts).to_pyarrow().to_pylist()[0]
        for i, name in enumerate(texts[start : start + at_once], start):
            found[name] = TextProfile(**{f.name: int(row[f"{f.name}_{i}"] or 0) for f in fields(TextProfile)})
    return found
