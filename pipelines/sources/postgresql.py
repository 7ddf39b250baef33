"""PostgreSQL as an engine: it reads the tables of one schema, and keeps intermediate results in temporary tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import ibis
import psycopg
from ibis.backends.postgres import Backend

from pipelines.errors import BadInput, UsageError
from pipelines.redaction import without_secrets
from pipelines.sources.database import matched
from pipelines.sources.engine import Raw
from pipelines.sources.source import ROW
from pipelines.sources.sql_dialects import FUNCTIONS, PostgresqlCompiler


class PostgresqlBackend(Backend):
    """An Ibis backend whose tables and views are all temporary."""

    compiler = PostgresqlCompiler()

    def create_table(self, name: str, /, obj: Any = None, **_: Any) -> ibis.Table:
        """Compute a table and keep it until the connection ends."""
        made = super().create_table(name, obj, temp=True)
        with self.con.cursor() as cursor:
            cursor.execute(f'ANALYZE "{name}"')  # a temporary table has no statistics before that
        return made

    def create_view(self, name: str, /, obj: Any, **_: Any) -> ibis.Table:
        """Create a temporary view of an expression."""
        self._run_pre_execute_hooks(obj)
        with self.con.cursor() as cursor:
            cursor.execute(f'CREATE TEMPORARY VIEW "{name}" AS {self.compile(obj)}')
        return self.table(name)


class Postgresql:
    """A PostgreSQL database with the CRM tables; its user may read them and create temporary tables.

    Parameters
    ----------
    address : str
        `postgresql://user@host:5432/database`, as libpq reads it; a password is better left to `~/.pgpass`.

    Raises
    ------
    UsageError
        If there is no connection, or the locale of the database knows ASCII letters only.
    """

    name = "postgresql"

    def __init__(self, address: str) -> None:
        try:
            # To compile a statement takes longer than it saves: the expressions are long and the rows few.
            self._connection = psycopg.connect(address, autocommit=True, options="-c jit=off -c client_encoding=UTF8")
        except psycopg.Error as error:
            where = urlsplit(without_secrets(address))
            raise UsageError(
                f"no connection to {where.hostname or ''}{where.path}: {without_secrets(str(error).strip())}"
            ) from None
        with self._connection.cursor() as cursor:
            for function in FUNCTIONS:
                cursor.execute(function.encode())
            if cursor.execute("SELECT lower('\u00c9') = '\u00e9'").fetchone() != (True,):
                raise UsageError(
                    f"the database {urlsplit(address).path[1:]} has a locale that knows ASCII letters only, but titles "
                    "and industries have other letters: create a database with a locale such as C.UTF-8 or en_US.UTF-8"
                )
        self.connection = PostgresqlBackend.from_connection(self._connection)

    def open(self, data: str) -> dict[str, Raw]:
        """Open the tables or views of a schema.

        Parameters
        ----------
        data : str
            The name of the schema.

        Raises
        ------
        UsageError
            If there is no such schema.
        BadInput
            If a table of it cannot be read.
        """
        with self._connection.cursor() as cursor:
            if not cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (data,)).fetchone():
                raise UsageError(f"--data {data} is no schema of this database: name the schema with the CRM tables")
            rows = cursor.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = %s", (data,)
            ).fetchall()
        named, notes = matched({str(name): str(name) for (name,) in sorted(rows)}, data)
        found: dict[str, Raw] = {}
        for table, name in named.items():
            try:
                raw = self._raw(table, name, data)
            except psycopg.Error as error:
                raise BadInput(f"{data}.{name} cannot be read: {str(error).splitlines()[0]}") from error
            found[table] = raw if found else replace(raw, notes=tuple(notes))
        return found

    def _raw(self, table: str, name: str, schema: str) -> Raw:
        exported = self.connection.table(name, database=schema)
        # Copied, so that a view is read once and its rows have an identity.
        raw = self.connection.create_table(f"raw_{table}", exported.mutate(**{ROW: ibis.row_number()}))
        with self._connection.cursor() as cursor:
            hashed = "SELECT count(*), sum(hashtextextended(whole::text, 0)::numeric)"
            counted = cursor.execute(f'{hashed} FROM "{schema}"."{name}" whole'.encode()).fetchone()
        assert counted is not None
        return Raw(raw, tuple(exported.columns), f"hashtext:{counted[0]}:{counted[1] or 0}")

    def close(self) -> None:
        """End the connection, and with it all that is temporary."""
        self._connection.close()
