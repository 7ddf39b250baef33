"""The connection to the DuckDB in this process.

A night asks DuckDB some hundred queries, and for most of them Ibis takes longer to write the query than DuckDB to run
it. So the connection leaves out what Ibis does around a query and no query of ours needs.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipelines.config import DuckDbSettings
from scoring.sql_text import quoted

#: Tells the connections of this process apart.
_NUMBER = count(1)


def spill_folder() -> Path:
    """A folder for what a connection cannot keep in memory; DuckDB makes it and removes it.

    It lies in the private folder of the run (`disk.temporary_files`). Where there is none, as in a notebook, its name
    cannot be guessed.
    """
    above = Path(tempfile.gettempdir())
    inside = above.name.startswith(("run-", "closedwon-tmp-"))
    return above / (f"duckdb-{next(_NUMBER)}" if inside else f"closedwon-duckdb-{secrets.token_hex(8)}")


class DuckDb(Backend):
    """Ibis' DuckDB, with less around each query: the same tables and the same results."""

    #: What Ibis prepares before a query: tables in memory, functions, and extensions for shapes on a map.
    _PREPARED = (ops.InMemoryTable, ops.ScalarUDF, ops.GeoSpatialUnOp, ops.GeoSpatialBinOp)

    def _run_pre_execute_hooks(self, expr: ir.Expr) -> None:
        # Ibis looks through the whole expression for each kind.
        if self._record_batch_readers_consumed or expr.op().find(self._PREPARED):
            super()._run_pre_execute_hooks(expr)

    def create_table(self, name: str, /, obj: Any = None, *, temp: bool = False, **more: Any) -> ir.Table:
        """Create a table; a temporary one of an expression as `CREATE` and `INSERT`, without a look at what is there.

        Parameters
        ----------
        name : str
        obj : ibis.Table, optional
            What it holds, or any other thing that Ibis makes a table of.
        temp : bool
            Whether it is temporary.
        **more
            Whatever else Ibis takes.
        """
        if not temp or more or not isinstance(obj, ir.Table) or obj.schema().null_fields:
            return super().create_table(name, obj, temp=temp, **more)
        self._run_pre_execute_hooks(obj)
        schema, query = obj.schema(), self.compile(obj)
        columns = ", ".join(f"{quoted(column)} {_written(kind)}" for column, kind in schema.items())
        table = f'"temp"."main".{quoted(name)}'
        self.con.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
        self.con.execute(f"INSERT INTO {table} ({', '.join(map(quoted, schema))}) {query}").fetchall()
        read = {column: _read(kind) for column, kind in schema.items()}
        if None in read.values():
            return self.table(name, database=("temp", "main"))
        namespace = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(name, schema=ibis.schema(read), source=self, namespace=namespace).to_expr()


@cache
def _written(kind: dt.DataType) -> str:
    """A type as DuckDB writes that of a column."""
    return Backend.compiler.type_mapper.to_string(kind) + ("" if kind.nullable else " NOT NULL")


@cache
def _read(kind: dt.DataType) -> dt.DataType | None:
    """As which type of Ibis a column of a type is read; None where only DuckDB can tell."""
    text = kind.copy(nullable=True) == dt.string  # without a length
    usual = text or kind.is_integer() or kind.is_floating() or kind.is_boolean() or kind.is_date()
    if usual or (kind.is_timestamp() and kind.scale in (None, 6)):
        found: dt.DataType = Backend.compiler.type_mapper.from_string(_written(kind.copy(nullable=True)))
        return found.copy(nullable=kind.nullable)
    return None


#: A query of many features has more nested parts than Python descends into by default.
DEEPEST = 5_000


def write_deep_queries() -> None:
    """Let Ibis write queries as they are. To merge selects takes seconds, and engines do it by themselves."""
    ibis.options.sql.fuse_selects = False
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST))


def connect(workspace: Path | None = None, memory_gb: float = DuckDbSettings.memory_gb) -> DuckDb:
    """Connect Ibis to a DuckDB in memory, in UTC, which prints no progress and downloads nothing.

    Parameters
    ----------
    workspace : Path, optional
        The folder for what does not fit into memory. Default: the system's folder for temporary files.
    memory_gb : float
        The most memory that it uses, in GB.
    """
    write_deep_queries()
    # DuckDB makes the folder when it spills; its own default is the current directory.
    spill = spill_folder() if workspace is None else workspace / f"duckdb-{next(_NUMBER)}"
    connection = DuckDb().connect(temp_directory=spill, autoinstall_known_extensions=False)
    connection.con.execute("SET TimeZone = 'UTC'")
    connection.con.execute(f"SET memory_limit = '{memory_gb}GB'")
    # Read first: in a notebook without widgets the bar is off, and setting it fails.
    if connection.con.sql("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.con.execute("SET enable_progress_bar = false")
    return connection


def connect_beside(memory_gb: float) -> DuckDb:
    """Connect Ibis to another DuckDB, for what is in memory already: its own default would spill to this directory."""
    return DuckDb().connect(memory_limit=f"{memory_gb}GB", temp_directory=spill_folder())
