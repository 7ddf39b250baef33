"""What a file holds, also inside Parquet, archives and databases: to search it for what must not be there."""

import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq


def contents(path: Path, data: bytes | None = None) -> Iterator[bytes]:
    """The bytes of a file, and those of everything that is packed in it.

    Parameters
    ----------
    path : Path
    data : bytes, optional
        Its bytes, if they are no file of the disk.
    """
    data = path.read_bytes() if data is None else data
    yield data
    if data[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(data))
        yield repr((table.schema.names, table.to_pydict())).encode()
    elif data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from contents(path / name, archive.read(name))
    elif data[:2] == b"\x1f\x8b":
        yield from contents(path, gzip.decompress(data))
    elif path.suffix == ".duckdb":
        # Of a copy: this process may have the file attached.
        with tempfile.TemporaryDirectory() as folder, duckdb.connect(shutil.copy(path, folder)) as database:
            for (table,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield repr(database.execute(f'FROM "{table}"').fetchall()).encode()
