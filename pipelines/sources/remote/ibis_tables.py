"""The tables of a database that Ibis reads, copied in batches."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any

import ibis
from ibis.backends.sql.datatypes import DuckDBType

from pipelines.errors import BadInput, ClosedwonError, UsageError
from pipelines.redaction import one_line
from pipelines.sources.remote.address import Address
from pipelines.sources.remote.database import RemoteColumn, RemoteTable
from scoring.sql_text import quoted

#: So many rows are asked for at once; how many are in memory then depends on the driver.
AT_ONCE = 50_000
#: So many characters of what a driver says are shown.
LONGEST = 500
#: What connecting would otherwise create.
_READ_ONLY: Mapping[str, Mapping[str, Any]] = {"snowflake": {"create_object_udfs": False}}
#: What makes a session give times in UTC, where Ibis asks for it by a name that few servers know, and warns.
_IN_UTC = {"mysql": "SET time_zone = '+00:00'"}
#: Read in another way, or no databases of others.
_NOT_HERE = {"duckdb", "sqlite", "postgres", "postgresql", "pyspark", "polars", "datafusion", "flink"}


def backends() -> list[str]:
    """The names of the databases that the installed Ibis knows."""
    return sorted({entry.name for entry in entry_points(group="ibis.backends")} - _NOT_HERE)


class IbisTables:
    """A database that is read by its backend of Ibis.

    Parameters
    ----------
    connection : ibis backend
    where : str
        The database in messages.
    """

    def __init__(self, connection: Any, where: str) -> None:
        self._connection, self._where = connection, where

    @classmethod
    def at(cls, address: Address) -> IbisTables:
        """The database at an address.

        Parameters
        ----------
        address : Address

        Raises
        ------
        UsageError
            If Ibis does not know it, its package is not installed, or there is no connection.
        """
        if address.scheme not in backends():
            raise UsageError(
                f"{address} is no address that closedwon reads: give postgresql://user@host/database, or that of "
                f"another database that Ibis knows ({', '.join(backends())})"
            )
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Unable to set session timezone", UserWarning)
                connection = ibis.connect(address.url, **_READ_ONLY.get(address.scheme, {}))
            if address.scheme in _IN_UTC:
                connection.raw_sql(_IN_UTC[address.scheme]).close()
        except ImportError as error:
            raise UsageError(
                f"{address} needs packages that are not installed: pip install 'ibis-framework[{address.scheme}]'"
            ) from error
        except Exception as error:
            raise UsageError(f"no connection to {address}: {one_line(error, LONGEST)}") from None
        return cls(connection, str(address))

    def tables(self, schemas: Sequence[str]) -> list[RemoteTable]:
        """The tables of some schemas; without any, of that of the address.

        Raises
        ------
        BadInput
            If they cannot be listed, or there are none.
        """
        found = []
        for schema in schemas or ("",):
            try:
                names = self._connection.list_tables(**self._database(schema))
                found += [self._table(schema, str(name)) for name in sorted(names)]
            except Exception as error:
                raise BadInput(f"the tables of {self._where} cannot be listed: {one_line(error, LONGEST)}") from None
        if not found:
            raise BadInput(f"{self._where} has no table here: name the schema in which they are with ?schema=NAME")
        return found

    def _table(self, schema: str, name: str) -> RemoteTable:
        columns = []
        for column, kind in self._connection.table(name, **self._database(schema)).schema().items():
            # Text, also where the database has documents or lists in it.
            plain = kind.is_numeric() or kind.is_boolean() or (kind.is_temporal() and not kind.is_interval())
            columns.append(RemoteColumn(column, _kind(kind) if plain and not kind.is_time() else "VARCHAR"))
        return RemoteTable(schema, name, tuple(columns))

    @staticmethod
    def _database(schema: str) -> dict[str, str]:
        return {"database": schema} if schema else {}

    def copy(self, con: Any, table: RemoteTable, columns: Mapping[str, RemoteColumn], into: str) -> None:
        """Copy columns of a table, in batches, into a new table of DuckDB, by the names that they get there.

        Raises
        ------
        BadInput
            If it cannot be read to its end.
        """
        described = ", ".join(f"{quoted(name)} {column.kind}" for name, column in columns.items())
        con.execute(f"CREATE TABLE {into} ({described})")
        try:
            found = self._connection.table(table.name, **self._database(table.schema))
            chosen = found.select(**{f"c{i}": found[column.name] for i, column in enumerate(columns.values())})
            cells = ", ".join(f"c{i}::{column.kind}" for i, column in enumerate(columns.values()))
            for batch in self._connection.to_pyarrow_batches(chosen, chunk_size=AT_ONCE):
                con.register("remote_rows", batch)
                con.execute(f"INSERT INTO {into} SELECT {cells} FROM remote_rows")
                con.unregister("remote_rows")
        except ClosedwonError:
            raise
        except Exception as error:
            raise BadInput(f"{table.shown} of {self._where} cannot be read: {one_line(error, LONGEST)}") from None

    def close(self) -> None:
        """End the connection."""
        self._connection.disconnect()


def _kind(kind: Any) -> str:
    """The type in DuckDB; a decimal without a size is a double."""
    if kind.is_decimal() and (kind.precision is None or kind.precision > 38 or kind.scale is None):
        return "DOUBLE"
    return str(DuckDBType.from_ibis(kind(nullable=True)).sql(dialect="duckdb"))
