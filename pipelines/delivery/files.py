"""The files that a CRM imports: CSV in the form of its profile, cut into parts, the same bytes each time."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from scoring.crm.profile import Profile

Delivery = Literal["scores", "changes", "retire", "calls"]

BOM = b"\xef\xbb\xbf"

#: Rows that are joined at a time: few enough to stay in the processor's cache.
ROWS = 1 << 15
#: The characters of a cell that must be quoted, or refused.
SPECIAL = '",\r\n'


@dataclass(frozen=True)
class WrittenFiles:
    """The files that were written.

    Attributes
    ----------
    rows : int
        The number of rows, without the headers.
    files : tuple of Path
        Part after part.
    """

    rows: int
    files: tuple[Path, ...]


def write_cells(profile: Profile, entity: str, kind: Delivery, cells: pa.Table, folder: Path) -> WrittenFiles:
    """Write cells to ``folder/<entity>_<kind>.csv`` (or ``.zip``), and the rest to ``..._part_2.csv`` and so on.

    Parameters
    ----------
    profile : Profile
    entity : {'account', 'lead'}
    kind : {'scores', 'changes', 'retire', 'calls'}
    cells : pyarrow.Table
        Texts as `scoring.crm.cells` gives them, plain or as dictionaries. Rows keep their order.
    folder : Path
        The CRM's folder; made if it does not exist. The profiles in `beside` need calls of their own.

    Returns
    -------
    Written
        Without rows there is one file with a header alone, so that a script finds it every night.

    Raises
    ------
    ValueError
        If a cell holds a line end: the CRM's import would count other rows than we do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = _name(profile, entity, kind)
    columns = [_quoted(column, f"{name}.csv for {profile.name}") for column in cells.columns]
    header = (BOM if profile.bom else b"") + ",".join(map(_cell, cells.column_names)).encode() + b"\n"
    files: list[Path] = []
    with ExitStack() as opened:
        target: IO[bytes]
        for begins, lines in _cuts(_blocks(columns, len(cells)), len(header), profile):
            if begins:
                opened.close()
                files.append(folder / (f"{name}_part_{len(files) + 1}.csv" if files else f"{name}.csv"))
                target = opened.enter_context(_zipped(files[-1]) if profile.zipped else files[-1].open("wb"))
                target.write(header)
            target.write(lines)
    if profile.zipped:
        files = [file.with_suffix(".zip") for file in files]
    return WrittenFiles(len(cells), tuple(files))


def link_files(profile: Profile, entity: str, kind: Delivery, scores: WrittenFiles) -> None:
    """Make the files of the full scores also the files of another kind: links, or copies where there are no links.

    Parameters
    ----------
    profile : Profile
        One that is not `zipped`: the file inside a zip has a name of its own.
    entity : {'account', 'lead'}
    kind : {'changes', 'retire'}
        The kind to name them by.
    scores : WrittenFiles
        The files of the kind ``scores``.
    """
    for file in scores.files:
        other = file.with_name(file.name.replace(_name(profile, entity, "scores"), _name(profile, entity, kind), 1))
        try:
            os.link(file, other)
        except OSError:  # not every file system has links
            shutil.copyfile(file, other)


def _name(profile: Profile, entity: str, kind: Delivery) -> str:
    return f"{entity}_{profile.prefix}{kind}"


def _quoted(column: pa.ChunkedArray, file: str) -> pa.ChunkedArray | str:
    """The cells of a column, quoted for a CSV; of a dictionary, each word once. A column of one word is a str."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())  # a table without rows may have any type
        if not any(pc.any(pc.match_substring(column, sign)).as_py() for sign in SPECIAL):
            return column
        return pa.chunked_array([[_cell(cell, file) for cell in column.to_pylist()]], pa.string())
    column = column.unify_dictionaries()
    words = [_cell(word, file) for word in column.chunk(0).dictionary.to_pylist()] if column.num_chunks else []
    if len(words) == 1 and not column.null_count:
        return words[0]
    texts = pa.array(words, pa.string())
    chunks = [pa.DictionaryArray.from_arrays(chunk.indices, texts) for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.dictionary(column.type.index_type, pa.string()))


def _cell(text: str, file: str = "") -> str:
    if "\n" in text or "\r" in text:
        raise ValueError(f"a cell of {file} holds a line end")
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text


def _blocks(columns: Sequence[pa.ChunkedArray | str], rows: int) -> Iterator[tuple[NDArray[np.int32], memoryview]]:
    """The lines block by block: the offsets at which they begin and end, and their bytes."""
    import numpy as np
    import pyarrow.compute as pc

    *others, last = columns
    for start in range(0, rows, ROWS):
        cells = [column if isinstance(column, str) else _plain(column, start) for column in others]
        end = last + "\n" if isinstance(last, str) else pc.binary_join_element_wise(_plain(last, start), "\n", "")
        _, ends, lines = pc.binary_join_element_wise(*cells, end, ",").buffers()
        count = min(ROWS, rows - start) + 1
        yield np.frombuffer(ends, dtype=np.int32, count=count), memoryview(lines)


def _plain(column: pa.ChunkedArray, start: int) -> pa.Array:
    """A block of a column; a dictionary is decoded into its words."""
    import pyarrow as pa

    block = column.slice(start, ROWS).combine_chunks()
    return block.dictionary_decode() if pa.types.is_dictionary(block.type) else block


def _cuts(
    blocks: Iterable[tuple[NDArray[np.int32], memoryview]], header: int, profile: Profile
) -> Iterator[tuple[bool, memoryview]]:
    """Runs of lines as bytes, and whether a new part begins with each; a part stays within the limits of one import."""
    begins, bytes_left, rows_left = True, profile.max_bytes - header, profile.max_rows
    yield begins, memoryview(b"")
    begins = False
    for ends, lines in blocks:
        start, last = 0, len(ends) - 1
        while start < last:
            fits = min(int(ends.searchsorted(ends[start] + bytes_left, side="right")) - 1 - start, rows_left)
            if rows_left == profile.max_rows:
                fits = max(fits, 1)  # a line longer than a part is a part of its own
            if fits > 0:
                size = int(ends[start + fits] - ends[start])
                yield begins, lines[ends[start] : ends[start + fits]]
                begins, bytes_left, rows_left, start = False, bytes_left - size, rows_left - fits, start + fits
            if start < last:
                begins, bytes_left, rows_left = True, profile.max_bytes - header, profile.max_rows


@contextmanager
def _zipped(file: Path) -> Iterator[IO[bytes]]:
    """Open a CSV inside a zip; the time in the zip is fixed, so that the same rows give the same bytes."""
    entry = zipfile.ZipInfo(file.name)  # dated 1980-01-01, the first day that a zip can hold
    entry.external_attr = 0o644 << 16
    content = io.BytesIO()
    yield content
    with zipfile.ZipFile(file.with_suffix(".zip"), "w") as archive:
        archive.writestr(entry, content.getbuffer(), zipfile.ZIP_DEFLATED, compresslevel=1)
