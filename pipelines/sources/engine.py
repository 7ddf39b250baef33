"""The interface of an engine other than DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import ibis


@dataclass(frozen=True)
class Raw:
    """One CRM table on an engine.

    Attributes
    ----------
    table : ibis.Table
        Its rows, with the column `files.ROW`, which tells them apart.
    columns : tuple of str
        The columns of the export.
    digest : str
        Of its content: the same rows in any order have the same digest.
    notes : tuple of str
        What is not read, and why.
    """

    table: ibis.Table
    columns: tuple[str, ...]
    digest: str
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    """An engine on which tables are read, features and scores computed.

    Attributes
    ----------
    name : str
        As in messages and records.
    connection : ibis backend
        Of this run alone: what is created on it is gone when it ends.
    """

    name: str
    connection: Any

    def open(self, data: str) -> dict[str, Raw]:
        """Open those tables of the contract that ``data`` holds."""

    def close(self) -> None:
        """Drop what was kept, and end the connection."""
