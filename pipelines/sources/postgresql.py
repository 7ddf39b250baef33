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
from pipelines.sources.database import matched_tables
from pipelines.sources.engine import Raw
from pipelines.sources.source import ROW
from pipelines.sources.sql_dialects import FUNCTIONS, PostgresqlCompiler
from scoring.sql_text import quoted


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


#: Of a session. To compile a statement takes longer than it saves: the expressions are long and the rows few. A role
#: that may only read often has read-only transactions: in those nobody can create a temporary table either.
SETTINGS = ("jit = off", "default_transaction_read_only = off")
#: A name without a schema is that of a temporary table, whatever the role, or a schema on its search path, has.
OWN_PATH = "SET search_path = pg_temp"
#: Tables, views, materialized views, foreign and partitioned tables; a partition is read as part of its table.
RELATIONS = """
SELECT c.relname, has_table_privilege(c.oid, 'SELECT') FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid
WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition ORDER BY c.relname"""
#: The columns of a relation, with the built-in type of each: a domain is what it is made of, and all else is text.
COLUMNS = """
WITH RECURSIVE made_of AS (
    SELECT a.attnum, a.attname, a.atttypid AS kind, a.atttypmod AS modifier FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = %s::oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT m.attnum, m.attname, t.typbasetype, t.typtypmod FROM made_of m
    JOIN pg_catalog.pg_type t ON t.oid = m.kind WHERE t.typtype = 'd'
)
SELECT m.attname, CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace AND t.typname = ANY (%s)
    THEN pg_catalog.format_type(m.kind, m.modifier) ELSE 'text' END
FROM made_of m JOIN pg_catalog.pg_type t ON t.oid = m.kind WHERE t.typtype <> 'd' ORDER BY m.attnum"""
#: The types that are read as they are. What others hold (enumerations, codes, documents, lists) is read as written.
READ = (
    "bool",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "numeric",
    "date",
    "timestamp",
    "timestamptz",
    "text",
    "varchar",
)


class Postgresql:
    """A PostgreSQL database with the CRM tables; its user may read them and create temporary tables.

    Parameters
    ----------
    address : str
        `postgresql://user@host:5432/database?sslmode=verify-full`, as libpq reads it, with all its parameters; a
        password is better left to `~/.pgpass`.

    Raises
    ------
    UsageError
        If there is no connection, the user may not create temporary tables, or the locale of the database knows ASCII
        letters only.
    """

    name = "postgresql"

    def __init__(self, address: str) -> None:
        try:
            where = urlsplit(without_secrets(address))
        except ValueError as error:
            raise UsageError(f"--engine {without_secrets(address)} is no address of PostgreSQL: {error}") from None
        try:
            self._connection = psycopg.connect(address, autocommit=True, client_encoding="UTF8")
        except psycopg.Error as error:
            raise UsageError(
                f"no connection to {where.hostname or ''}{where.path}: {without_secrets(str(error).strip())}"
            ) from None
        with self._connection.cursor() as cursor:
            for setting in SETTINGS:
                cursor.execute(f"SET {setting}".encode())
            try:
                for function in FUNCTIONS:
                    cursor.execute(function.encode())
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
                why = _no_temporary_tables(self._connection.info, error)
                self._connection.close()
                raise UsageError(why) from error
            cursor.execute(OWN_PATH)
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
            rows = cursor.execute(RELATIONS, (data,)).fetchall()
            # What a view calls may look for its tables on the path of the role. They are copied under that one.
            cursor.execute("RESET search_path")
            try:
                return self._copied(data, {str(name): bool(readable) for name, readable in rows})
            finally:
                cursor.execute(OWN_PATH)

    def _copied(self, schema: str, readable: dict[str, bool]) -> dict[str, Raw]:
        named, notes = matched_tables({name: name for name, may in readable.items() if may}, schema)
        hidden, _ = matched_tables({name: name for name, may in readable.items() if not may}, schema)
        notes += [
            f"{schema}: {name} is not read: this user may not; GRANT SELECT ON {schema}.{name}, and USAGE ON SCHEMA "
            f"{schema}, if it is the table {table}"
            for table, name in hidden.items()
        ]
        if not named and hidden:
            raise BadInput("; ".join(notes[-len(hidden) :]))
        found: dict[str, Raw] = {}
        for table, name in named.items():
            try:
                raw = self._raw(table, name, schema)
            except psycopg.Error as error:
                raise BadInput(f"{schema}.{name} cannot be read: {str(error).splitlines()[0]}") from error
            found[table] = raw if found else replace(raw, notes=tuple(notes))
        return found

    def _raw(self, table: str, name: str, schema: str) -> Raw:
        whole = f"{quoted(schema)}.{quoted(name)}"
        with self._connection.cursor() as cursor:
            columns = cursor.execute(COLUMNS, (_oid(cursor, whole), list(READ))).fetchall()
            cells = ", ".join(f"e.{quoted(column)}::{kind} AS {quoted(column)}" for column, kind in columns)
            # Copied, so that a view is read once and its rows have an identity.
            copy = f"CREATE TEMPORARY TABLE raw_{table} AS SELECT {cells}, row_number() OVER () - 1 AS {quoted(ROW)}"
            cursor.execute(f"{copy} FROM {whole} e".encode())
            cursor.execute(f"ANALYZE raw_{table}".encode())
            # By its columns: a column may have the name of the table.
            hashed = "SELECT count(*), sum(hashtextextended(ROW(e.*)::text, 0)::numeric)"
            counted = cursor.execute(f"{hashed} FROM {whole} e".encode()).fetchone()
        assert counted is not None
        names = tuple(str(column) for column, _ in columns)
        return Raw(self.connection.table(f"raw_{table}"), names, f"hashtext:{counted[0]}:{counted[1] or 0}")

    def close(self) -> None:
        """End the connection, and with it all that is temporary."""
        self._connection.close()


def _oid(cursor: Any, whole: str) -> int:
    return int(cursor.execute("SELECT %s::regclass::oid", (whole,)).fetchone()[0])


def _no_temporary_tables(session: Any, error: psycopg.Error) -> str:
    """What to do about a user, or a server, that cannot make a temporary table."""
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return f"the server of {session.dbname} is a standby, which has no temporary tables: name the primary server"
    may = f'GRANT TEMPORARY ON DATABASE "{session.dbname}" TO "{session.user}"'
    return f"the user {session.user} may not create temporary tables in {session.dbname}: {may}"
