"""The address of an engine, as `--engine` takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.redaction import remember_secrets, without_secrets
from pipelines.sources.engine import Engine

#: A Spark master, or the address of a Spark Connect server.
MASTER = re.compile(r"local(\[.+\])?|yarn|(spark|k8s|sc)://.+")
POSTGRESQL = ("postgresql://", "postgres://")


@contextmanager
def engine_at(address: str | None) -> Iterator[Engine | None]:
    """Open the engine at an address, and close it at the end; None for DuckDB, which is part of this process.

    Parameters
    ----------
    address : str, optional
        `duckdb`, `spark`, a Spark master or Spark Connect address, or `postgresql://user@host/database`. `@file` names
        a file that holds it: whoever lists the processes of a machine sees the words of a command line.

    Raises
    ------
    UsageError
        If the address is none of these, its package is not installed, or the engine does not answer.
    """
    if address in (None, "duckdb"):
        yield None
        return
    address = _told(str(address))
    remember_secrets([address], {})
    engine = _opened(address)
    try:
        yield engine
    finally:
        engine.close()


def _told(address: str) -> str:
    """The address itself, or what the file after an @ holds."""
    if not address.startswith("@"):
        return address
    file = Path(address[1:]).expanduser()
    try:
        if file.stat().st_mode & 0o077:
            raise UsageError(f"--engine {address}: others may read this file; make it your own with chmod 600 {file}")
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except OSError as error:
        raise UsageError(f"--engine {address}: the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--engine {address}: the file is no text; write the address into it, on one line") from None
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 1:
        raise UsageError(f"--engine {address}: the file has {len(found)} lines; write the address into it, on one line")
    return found[0]


def _opened(address: str) -> Engine:
    try:
        if address == "spark" or MASTER.fullmatch(address):
            from pipelines.sources.spark import Spark

            return Spark(None if address == "spark" else address)
        if address.startswith(POSTGRESQL):
            from pipelines.sources.postgresql import Postgresql

            return Postgresql(address)
    except ImportError as error:
        extra = "postgres" if address.startswith(POSTGRESQL) else "spark"
        raise UsageError(
            f"--engine {without_secrets(address)} needs a package ({error.name}): pip install 'closedwon[{extra}]'"
        ) from error
    raise UsageError(
        f"--engine {without_secrets(address)} is not known: give duckdb, spark, a Spark master such as local[2] or "
        "spark://host:7077, sc://host:15002 for Spark Connect, or postgresql://user@host/database"
    )
