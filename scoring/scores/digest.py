"""A digest of eight bytes for each row of a table, which identifies the input of a scorecard."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Odd, and its bits are mixed: the golden ratio in 64 bits (Knuth, The Art of Computer Programming 3, section 6.4).
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_NONE = b"\x00none"


def digests(rows: pa.Table) -> NDArray[np.uint64]:
    """The digest of each row of a table of numbers and texts.

    Parameters
    ----------
    rows : pyarrow.Table
        Columns of text, plain or dictionary-encoded, and of numbers.

    Returns
    -------
    ndarray of uint64, shape (n_rows,)
        Equal for rows that are equal in every column, with the same column names. For two other rows the chance
        to be equal is about 1 in 2**64.

    Notes
    -----
    It starts with a digest of the column names. Then each column is combined by xor, the result is multiplied by an
    odd number, and its upper bits are folded down. A number counts as the 64 bits of a float64, where all missing
    values and NaNs are the same and so are both zeros; a text as the first eight bytes of the SHA-256 of its UTF-8. So
    a digest is the same on any machine and in any release of the libraries.
    """
    found = np.full(len(rows), _of_text("\x1f".join(rows.column_names)), dtype=np.uint64)
    for column in rows.columns:
        found ^= _bits(column)
        found *= _FACTOR
        found ^= found >> _SHIFT
    return found


def hexadecimal(numbers: NDArray[np.uint64]) -> pa.Array:
    """Numbers as texts of sixteen hexadecimal digits."""
    import pyarrow as pa

    pairs = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype="u2")
    text = pairs[numbers.astype(">u8").view("u1")]
    ends = np.arange(0, 16 * len(numbers) + 1, 16, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(text))


def _bits(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.dictionary_encode()
    if not pa.types.is_dictionary(column.type):
        numbers = pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy()
        numbers = np.where(np.isnan(numbers), np.nan, numbers + 0.0)  # one NaN of many, and no negative zero
        return numbers.view(np.uint64)
    parts = []
    for chunk in column.chunks:
        known = [_of_text(text) for text in chunk.dictionary.to_pylist()]
        codes = pc.fill_null(chunk.indices.cast(pa.int64()), len(known)).to_numpy(zero_copy_only=False)
        parts.append(np.array([*known, _of_text(None)], dtype=np.uint64)[codes])
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def _of_text(text: str | None) -> np.uint64:
    found = hashlib.sha256(_NONE if text is None else text.encode()).digest()
    return np.uint64(int.from_bytes(found[:8], "little"))
