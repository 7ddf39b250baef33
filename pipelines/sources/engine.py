"""What an engine other than DuckDB gives: tables where they lie, what is kept of them, and what is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import ibis


@dataclass(frozen=True)
class Raw:
    """One CRM table as an engine holds it.

    Attributes
    ----------
    table : ibis.Table
        Its rows, and `sources.ROW`, which tells them apart.
    columns : tuple of str
        Those of the export.
    digest : str
        Of its content, in no order: the same rows have the same.
    """

    table: ibis.Table
    columns: tuple[str, ...]
    digest: str


class Engine(Protocol):
    """A place where tables are read, features made and scores computed.

    Attributes
    ----------
    connection : ibis backend
        Of this run alone: what it creates is gone with it.
    """

    name: str
    connection: Any

    def open(self, data: str) -> dict[str, Raw]:
        """The tables of the contract that are there."""

    def close(self) -> None:
        """Forget what was kept."""
