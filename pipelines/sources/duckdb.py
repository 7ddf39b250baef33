"""The connection to the DuckDB in this process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import DuckDbSettings


def connect(workspace: Path | None = None, memory_gb: float = DuckDbSettings.memory_gb) -> Any:
    """Connect Ibis to a DuckDB in memory, in UTC, which prints no progress and downloads nothing.

    Parameters
    ----------
    workspace : Path, optional
        The folder for what does not fit into memory. Default: the system's folder for temporary files.
    memory_gb : float
        The most memory that it uses, in GB.
    """
    # Ibis would spend seconds on merging selects, which DuckDB does by itself.
    ibis.options.sql.fuse_selects = False
    # DuckDB makes the folder when it spills; its own default is the current directory.
    spill = (workspace or Path(tempfile.gettempdir())) / f"closedwon-{os.getpid()}"
    connection = ibis.duckdb.connect(temp_directory=spill, autoinstall_known_extensions=False)
    connection.con.execute("SET TimeZone = 'UTC'")
    connection.con.execute(f"SET memory_limit = '{memory_gb}GB'")
    # Read first: in a notebook without widgets the bar is off, and setting it fails.
    if connection.con.sql("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.con.execute("SET enable_progress_bar = false")
    return connection
