"""What a database elsewhere must give, so that its tables can be copied into the DuckDB of this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class RemoteColumn:
    """A column: its name, its type in DuckDB, and whether this user may not read it."""

    name: str
    kind: str
    hidden: bool = False


@dataclass(frozen=True)
class RemoteTable:
    """A table or view of a database.

    Attributes
    ----------
    schema : str
        Empty where the database has none.
    name : str
    columns : tuple of RemoteColumn
    remedy : str
        Why this user may not read it, and what to do; empty where it may.
    partly : str
        Filled where this user may not see all its rows.
    """

    schema: str
    name: str
    columns: tuple[RemoteColumn, ...]
    remedy: str = ""
    partly: str = ""

    @property
    def shown(self) -> str:
        """Its name in messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def readable(self) -> tuple[RemoteColumn, ...]:
        """The columns that this user may read."""
        return tuple(column for column in self.columns if not column.hidden)

    def notes(self) -> list[str]:
        """What of it is not read."""
        hidden = [column.name for column in self.columns if column.hidden]
        found = [f"{self.shown}: this user may not read {', '.join(hidden)}"] if hidden else []
        return [*found, f"{self.shown}: {self.partly}"] if self.partly else found


class RemoteDatabase(Protocol):
    """A database that is only read."""

    def tables(self, schemas: Sequence[str]) -> list[RemoteTable]:
        """The tables of some schemas; without any, of the one schema that has tables."""

    def copy(self, con: Any, table: RemoteTable, columns: Mapping[str, RemoteColumn], into: str) -> None:
        """Copy columns of a table, in blocks, into a new table of DuckDB, by the names that they get there."""

    def close(self) -> None:
        """End the connection."""
