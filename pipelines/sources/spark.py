"""PySpark as an engine: the session, the tables, and the intermediate results that it keeps."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis
from ibis.backends.pyspark import Backend
from ibis.formats.pandas import PandasData
from ibis.formats.pyarrow import PyArrowData
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from pipelines.errors import BadInput, ClosedwonError, UsageError
from pipelines.redaction import without_secrets
from pipelines.sources.database import matched_tables
from pipelines.sources.engine import Raw
from pipelines.sources.folder.items import format_of
from pipelines.sources.folder.table_names import TABLES
from pipelines.sources.source import ROW
from pipelines.sources.sql_dialects import SparkCompiler

#: If set, intermediate results are written there and outlive an executor; if not, to the disks of the executors.
CHECKPOINTS = "spark.checkpoint.dir"
REMOTE, MASTER = "SPARK_REMOTE", "SPARK_MASTER"
#: Without these, scores differ from those on DuckDB, or a night exceeds the limits of the compiler.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # a time without a zone is UTC, and has none
    "spark.sql.ansi.enabled": "true",  # a cast that is not possible fails, as on DuckDB
    # A scorecard is a long expression. In the one method of a stage it exceeds the 64 KB of Java; alone it is split.
    "spark.sql.codegen.wholeStage": "false",
}


class SparkBackend(Backend):
    """An Ibis backend that computes a kept table once and persists it."""

    compiler = SparkCompiler()

    def create_table(self, name: str, /, obj: Any = None, **_: Any) -> ibis.Table:
        """Compute a table, keep it for this session, and give it a name."""
        self._run_pre_execute_hooks(obj)
        return self.persisted(name, self._session.sql(self.compile(obj)))

    def persisted(self, name: str, frame: DataFrame) -> ibis.Table:
        """Compute a frame, keep it for this session, and give it a name.

        It is a checkpoint. A frame that is only persisted keeps its whole plan, and later steps read the plan of a
        night so often that the driver of Spark runs out of memory.

        Parameters
        ----------
        name : str
        frame : DataFrame
        """
        kept = frame.checkpoint() if self._session.conf.get(CHECKPOINTS, None) else frame.localCheckpoint()
        kept.createOrReplaceTempView(name)
        self._names.append(name)
        return self.table(name)

    def drop_table(self, name: str, /, **_: Any) -> None:
        """Drop a table that was kept."""
        self._session.catalog.dropTempView(name)

    def create_view(self, name: str, /, obj: Any, **_: Any) -> ibis.Table:
        """Create a view of an expression in this session."""
        return super().create_view(name, obj, overwrite=True)

    def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        """Fetch a result by way of Arrow. Ibis itself uses pandas, which has no integers with missing values."""
        table = expr.as_table()
        self._run_pre_execute_hooks(table)
        arrow = self._session.sql(self.compile(table, params=params, limit=limit)).toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(arrow, table.schema()))

    def execute(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        """Fetch a result as pandas, with the types that it has on DuckDB."""
        table = expr.as_table()
        found = self.to_pyarrow(table, params=params, limit=limit)
        return expr.__pandas_result__(PandasData.convert_table(found.to_pandas(), table.schema()))

    @property
    def _names(self) -> list[str]:
        names: list[str] = self.__dict__.setdefault("_kept", [])
        return names

    def release(self) -> None:
        """Drop all tables that were kept; Spark then frees their memory."""
        while self._names:
            self._session.catalog.dropTempView(self._names.pop())


class Spark:
    """A Spark session with the CRM tables.

    Parameters
    ----------
    master : str, optional
        `local[2]`, `spark://host:7077`, `yarn`. Default: the active session, else `SPARK_REMOTE` (Spark Connect),
        else `SPARK_MASTER`, else the master of `spark-submit`.

    Raises
    ------
    UsageError
        If there is no session and none can be started.
    """

    name = "spark"

    def __init__(self, master: str | None = None) -> None:
        self._ours = SparkSession.getActiveSession() is None
        session = _session(master)
        for key, value in SETTINGS.items():
            _set(session, key, value)
        ibis.options.pyspark = ibis.options.pyspark or Backend.Options()  # which `ibis.pyspark.connect` would have made
        self.connection = SparkBackend()
        self.connection.do_connect(session)
        self._session = session

    def open(self, data: str) -> dict[str, Raw]:
        """Open the tables of a folder of Parquet files, or of a schema of a catalog.

        Parameters
        ----------
        data : str
            A path or address that Spark reads, or the name of a schema.

        Raises
        ------
        UsageError
            If there is no such folder.
        BadInput
            If a table of it cannot be read.
        """
        finders, notes = self._files(data) if _is_folder(data) else (self._catalog(data), ())
        found: dict[str, Raw] = {}
        for table, find in finders.items():
            try:
                frame = find()
            except (AnalysisException, PySparkException) as error:
                if "PATH_NOT_FOUND" in str(error) or "TABLE_OR_VIEW_NOT_FOUND" in str(error):
                    continue
                raise BadInput(f"{table} in {data} cannot be read: {str(error).splitlines()[0]}") from error
            raw = self._raw(table, frame)
            found[table] = raw if found else replace(raw, notes=tuple(notes))
        if not found and os.path.isabs(data) and not os.path.exists(data):
            raise UsageError(f"--data {data} does not exist: name a folder, an address, or a schema of a catalog")
        return found

    def _files(self, data: str) -> tuple[Mapping[str, Callable[[], DataFrame]], Sequence[str]]:
        names, notes = {table: f"{table}.parquet" for table in TABLES}, list[str]()
        if os.path.isdir(data):
            shown = {name: format_of(name)[0] for name in sorted(os.listdir(data)) if not name.startswith((".", "_"))}
            tables = {n: s for n, s in shown.items() if format_of(n)[1] == "Parquet" or os.path.isdir(f"{data}/{n}")}
            names, notes = matched_tables(tables, data, "rename it")
            if others := sorted(shown.keys() - tables.keys()):
                notes.append(f"{data}: not read, since Spark reads Parquet files: {', '.join(others)}")
        # The names of folders are no columns, and the parts of a table may have different columns.
        read = self._session.read.option("recursiveFileLookup", "true").option("mergeSchema", "true")
        paths = {table: f"{data.rstrip('/')}/{name}" for table, name in names.items()}
        return {t: lambda path=path: read.parquet(path) for t, path in paths.items()}, notes

    def _catalog(self, data: str) -> Mapping[str, Callable[[], DataFrame]]:
        def named(table: str) -> DataFrame:
            frame = self._session.table(".".join(f"`{part}`" for part in (*data.split("."), table)))
            _ = frame.schema  # Spark Connect looks for the table only now
            return frame

        return {t: lambda t=t: named(t) for t in TABLES}  # type: ignore[misc]

    def _raw(self, table: str, frame: DataFrame) -> Raw:
        from pyspark.sql import functions

        numbered = frame.withColumn(ROW, functions.monotonically_increasing_id())
        # Kept, so that a row has the same number each time it is read.
        raw = self.connection.persisted(f"raw_{table}", numbered)
        columns = [functions.col(f"`{column}`") for column in frame.columns]
        kept = self._session.table(f"raw_{table}")
        # The hash of a row leaves out nulls, so whether a cell is null is hashed as well.
        cells = [part for column in columns for part in (column, column.isNull())]
        hashed = functions.xxhash64(*cells).cast("decimal(38,0)")
        rows = kept.agg(functions.count("*"), functions.sum(hashed)).collect()[0]
        return Raw(raw, tuple(frame.columns), f"xxhash64:{rows[0]}:{rows[1] or 0}")

    def close(self) -> None:
        """Drop what was kept, and end the session if it was started here."""
        self.connection.release()
        if self._ours:
            self._session.stop()


def _is_folder(data: str) -> bool:
    return "/" in data or not re.fullmatch(r"[^.\s]+(\.[^.\s]+)?", data) or os.path.isdir(data)


def _session(master: str | None) -> SparkSession:
    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        try:
            return active.newSession()  # with its own names and settings
        except PySparkException:  # Spark Connect gives each process its own already
            return active
    builder = SparkSession.builder.appName("closedwon")
    remote = os.environ.get(REMOTE)
    if master is not None and master.startswith("sc://"):
        remote, master = master, None
    elif master is None and not remote:
        master = os.environ.get(MASTER)
    try:
        if remote and master is None:
            return builder.remote(remote).getOrCreate()
        if master is not None:
            builder = builder.master(master)
            if master.startswith("local"):  # to manage 200 parts, as on a cluster, takes longer than to compute them
                builder = builder.config("spark.sql.shuffle.partitions", "8").config("spark.ui.enabled", "false")
        return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except ClosedwonError:
        raise
    except Exception as error:  # of py4j, gRPC or Java
        where = without_secrets(remote or master or "the default master")
        lines = without_secrets(str(error)).strip().splitlines() or [type(error).__name__]
        raise UsageError(
            f"no Spark session at {where}: {lines[0]}; is Java 17 installed, and the address right?"
        ) from error


def _set(session: SparkSession, key: str, value: str) -> None:
    try:
        session.conf.set(key, value)
    except Exception as error:  # a managed Spark does not let some settings be changed
        if str(session.conf.get(key, "")).lower() != value.lower() and not key.startswith("spark.sql.codegen"):
            raise UsageError(f"this Spark does not allow {key} = {value}, which scores need: {error}") from error
