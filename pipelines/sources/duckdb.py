"""The connection to the DuckDB in this process."""

from __future__ import annotations

import secrets
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import DuckDbSettings

#: Tells the connections of this process apart.
_NUMBER = count(1)


def spill_folder() -> Path:
    """A folder for what a connection cannot keep in memory; DuckDB makes it and removes it.

    It lies in the private folder of the run (`disk.temporary_files`). Where there is none, as in a notebook, its name
    cannot be guessed.
    """
    above = Path(tempfile.gettempdir())
    inside = above.name.startswith(("run-", "closedwon-tmp-"))
    return above / (f"duckdb-{next(_NUMBER)}" if inside else f"closedwon-duckdb-{secrets.token_hex(8)}")


#: A query of many features has more nested parts than Python descends into by default.
DEEPEST = 5_000


def write_deep_queries() -> None:
    """Let Ibis write queries as they are. To merge selects takes seconds, and engines do it by themselves."""
    ibis.options.sql.fuse_selects = False
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST))


def connect(workspace: Path | None = None, memory_gb: float = DuckDbSettings.memory_gb) -> Any:
    """Connect Ibis to a DuckDB in memory, in UTC, which prints no progress and downloads nothing.

    Parameters
    ----------
    workspace : Path, optional
        The folder for what does not fit into memory. Default: the system's folder for temporary files.
    memory_gb : float
        The most memory that it uses, in GB.
    """
    write_deep_queries()
    # DuckDB makes the folder when it spills; its own default is the current directory.
    spill = spill_folder() if workspace is None else workspace / f"duckdb-{next(_NUMBER)}"
    connection = ibis.duckdb.connect(temp_directory=spill, autoinstall_known_extensions=False)
    connection.con.execute("SET TimeZone = 'UTC'")
    connection.con.execute(f"SET memory_limit = '{memory_gb}GB'")
    # Read first: in a notebook without widgets the bar is off, and setting it fails.
    if connection.con.sql("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.con.execute("SET enable_progress_bar = false")
    return connection
