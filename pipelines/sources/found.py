"""What an export holds, and the reading of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.errors import BadInput
from pipelines.sources.source import Source

#: What tells that a file was changed: its size, and the time of the last change.
Stamp = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """What an export holds.

    Attributes
    ----------
    tables : mapping of Source
        By table.
    notes : tuple of str
        What is not read, and why.
    perhaps : mapping of sequence of str
        What is not read and may be a table, by that table.
    stamps : mapping of Stamp
        Of each file before it was read.
    """

    tables: Mapping[str, Source]
    notes: tuple[str, ...]
    perhaps: Mapping[str, Sequence[str]]
    stamps: Mapping[Path, Stamp]

    def require_unchanged(self) -> None:
        """Raise `BadInput` if a file was changed or removed since it was found."""
        for path, stamp in self.stamps.items():
            with reading(path.name):
                if stamp_of(path) != stamp:
                    raise BadInput(
                        f"{path.name} was changed while it was read: run again when the export is complete, or "
                        "let the CRM export to another folder and move it"
                    )


def stamp_of(path: Path) -> Stamp:
    """The size of a file, and when it was changed last."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Raise `BadInput` with the name of the file if it cannot be read: truncated, corrupt, gone, or no permission."""
    try:
        yield
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise BadInput(f"{name} cannot be read: {str(error).splitlines()[0]}") from error
    except OSError as error:
        file = Path(error.filename).name if isinstance(error.filename, str) else name
        which = "" if file == name.rpartition("/")[2] else f"{file}: "
        raise BadInput(f"{name} cannot be read: {which}{error.strerror or error}") from error
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as error:
        raise BadInput(f"{name} cannot be read: {str(error).splitlines()[0]}") from error
