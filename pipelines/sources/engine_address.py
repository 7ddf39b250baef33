"""The address of an engine, as `--engine` takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import UsageError
from pipelines.redaction import remember_secrets, without_secrets
from pipelines.sources.engine import Engine
from pipelines.sources.remote.address import POSTGRESQL, address_in

#: A Spark master, or the address of a Spark Connect server.
MASTER = re.compile(r"local(\[.+\])?|yarn|(spark|k8s|sc)://.+")


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
    address = str(address)
    address = address_in(address, "--engine") if address.startswith("@") else address
    remember_secrets([address], {})
    engine = _opened(address)
    try:
        yield engine
    finally:
        engine.close()


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
