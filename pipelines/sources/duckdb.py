"""The DuckDB in this process, and how Ibis is connected to it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import DuckDbSettings


def connect(workspace: Path | None = None, memory_gb: float = DuckDbSettings.memory_gb) -> Any:
    """Connect Ibis to a DuckDB in memory: in UTC, silent, spilling to ``workspace``, downloading nothing."""
    # Ibis would spend seconds on merging selects, which DuckDB does by itself.
    ibis.options.sql.fuse_selects = False
    # DuckDB makes the folder when it spills; its own default is the current directory.
    spill = (workspace or Path(tempfile.gettempdir())) / f"closedwon-{os.getpid()}"
    connection = ibis.duckdb.connect(temp_directory=spill, autoinstall_known_extensions=False)
    connection.con.execute("SET TimeZone = 'UTC'")
    connection.con.execute(f"SET memory_limit = '{memory_gb}GB'")
    # Asked first: in a notebook that has no widgets the bar is off, and DuckDB fails on the mere setting.
    if connection.con.sql("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.con.execute("SET enable_progress_bar = false")
    return connection
