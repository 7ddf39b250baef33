"""Text that was encoded in UTF-8 twice: `München` became `MÃ¼nchen`. It is undone where a whole column is so.

A program took UTF-8 for Windows-1252 and encoded it again. No word holds such a pair of signs, so it is certain; but
where some cells of a column are right, others may be wrong in other ways too, and the column stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.sources.files import Source
from pipelines.sources.text_cells import AT_ONCE, text_cells

#: Of so many columns each is asked for by itself, which takes half as long as to look at their cells below each other.
FEW = 50
#: How often a text may have been encoded too often.
MOST = 3
#: The signs that stand for the second and later bytes of a letter, in Windows-1252 and where it has none.
_LATER = "\u0080-\u00bf" + "".join(
    sign for code in range(0x80, 0xA0) if (sign := bytes([code]).decode("cp1252", errors="ignore"))
)
#: Letters of western Europe and signs of typesetting, encoded twice. Other pairs may stand in a right text.
PROOF = f"Ã[{_LATER}]|Â[\u0080-\u00bf]|â€[{_LATER}]"
#: The byte that each sign stands for.
_BYTES = {chr(code): bytes([code]) for code in range(0x100)} | {
    sign: bytes([code]) for code in range(0x80, 0xA0) if (sign := bytes([code]).decode("cp1252", errors="ignore"))
}


def undone(text: str) -> str | None:
    """The text before it was encoded too often; None where it is not such a text.

    Examples
    --------
    >>> undone("MÃ¼nchen")
    'München'
    """
    found = None
    for _ in range(MOST):
        try:
            text = b"".join(_BYTES[sign] for sign in text).decode()
        except (KeyError, UnicodeDecodeError):
            break
        if text == found:
            break
        found = text
    return found


def encoded_once(connection: Any, source: Source) -> Source:
    """The source with its columns of text that were encoded twice as they were before, and a note on each.

    A log is not looked at: it has no text but words for types. Nothing is on another engine than DuckDB.

    Parameters
    ----------
    connection : ibis DuckDB backend
    source : Source
    """
    raw = source.raw
    if source.table == "activities" or connection.name != "duckdb":
        return source
    types = raw.schema()
    texts = [column for column in source.columns if types[column].is_string()]
    for start in range(0, len(texts), AT_ONCE):
        part = texts[start : start + AT_ONCE]
        # Most columns are ASCII, and to find that is faster than to look for a pattern.
        for name in (part[nth] for nth in sorted(_beyond_ascii(connection, source.raw, part))):
            others = source.raw.filter(_not_ascii(source.raw[name]))
            if count := int(others.filter(others[name].re_search(PROOF)).count().to_pyarrow().as_py()):
                raw, note = _mended(connection, source, raw, name, count)
                source = replace(source, notes=(*source.notes, note))
    return replace(source, raw=raw)


def _beyond_ascii(connection: Any, raw: ibis.Table, names: list[str]) -> list[int]:
    """Which of some columns have a text that is not ASCII."""
    if len(names) <= FEW:
        row = raw.aggregate(**{f"c{i}": _not_ascii(raw[name]).any() for i, name in enumerate(names)}).to_pyarrow()
        return [i for i in range(len(names)) if row[f"c{i}"][0].as_py()]
    with text_cells(connection, raw, names) as long:
        found = long.filter(_not_ascii(long.cell)).select("nth").distinct()
        return [int(nth) for nth in found.to_pyarrow()["nth"].to_pylist()]


def strlen(text: str) -> int:
    """The bytes of a text, as DuckDB counts them."""
    raise NotImplementedError  # a function of DuckDB's


_bytes: Any = ibis.udf.scalar.builtin(strlen)


def _not_ascii(cell: ir.StringValue) -> ir.BooleanValue:
    found: ir.BooleanValue = _bytes(cell) != cell.length()
    return found


def _mended(connection: Any, source: Source, raw: ibis.Table, name: str, count: int) -> tuple[ibis.Table, str]:
    """The table with one column mended, if that is possible, and what is to be said."""
    column = f"{source.table}.{name}"
    different = source.raw.filter(_not_ascii(source.raw[name])).select(written=name).distinct()
    words = sorted(different.to_pyarrow()["written"].to_pylist())
    meant = [undone(word) for word in words]
    twice = f"{count:,} cells of {column} were encoded in UTF-8 twice (an Ã or a Â stands before a sign)"
    if None in meant:
        return raw, f"{twice}, and others not: they are read as they are; export {source.name} again as UTF-8"
    table = ibis.memtable({"__written": words, "__meant": meant}, schema={"__written": "string", "__meant": "string"})
    table = connection.create_table(ibis.util.gen_name("twice"), table, temp=True)
    both = raw.left_join(table, raw[name] == table["__written"])
    both = both.mutate(**{name: ibis.coalesce(both["__meant"], both[name])}).select(raw.columns)
    return both, f"{twice}, and are read as they were before"
