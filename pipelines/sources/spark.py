"""PySpark as an engine: the session, the tables, and what is kept in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

import ibis
from ibis.backends.pyspark import Backend
from ibis.formats.pandas import PandasData
from ibis.formats.pyarrow import PyArrowData
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from pipelines.errors import BadInput, ClosedwonError, UsageError
from pipelines.sources.engine import Raw
from pipelines.sources.files import ROW, TABLES
from pipelines.sources.sql_dialects import SparkCompiler

#: Where set, what is kept is written there and outlives an executor; else it lies on the executors' disks.
CHECKPOINTS = "spark.checkpoint.dir"
REMOTE, MASTER = "SPARK_REMOTE", "SPARK_MASTER"
#: Without these a score differs from DuckDB's, or a night runs out of the compiler's limits.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # a time without a zone is UTC, and has none
    "spark.sql.ansi.enabled": "true",  # a cast that cannot be fails, as it does in DuckDB
    # A scorecard is a long expression: as part of a stage's one method it passes Java's 64 KB, alone it is split.
    "spark.sql.codegen.wholeStage": "false",
}


class SparkBackend(Backend):
    """Ibis on a Spark session, in which a kept table is one that is computed once and persisted."""

    compiler = SparkCompiler()

    def create_table(self, name: str, /, obj: Any = None, **_: Any) -> ibis.Table:
        """Compute a table, keep it for this session, and give it a name."""
        self._run_pre_execute_hooks(obj)
        return self.persisted(name, self._session.sql(self.compile(obj)))

    def persisted(self, name: str, frame: DataFrame) -> ibis.Table:
        """Compute a frame, keep it for this session, and give it a name.

        By a checkpoint: what is only persisted drags its whole plan along, and a night's plan is read so often by
        its own later steps that Spark's driver runs out of memory over it.
        """
        kept = frame.checkpoint() if self._session.conf.get(CHECKPOINTS, None) else frame.localCheckpoint()
        kept.createOrReplaceTempView(name)
        self._names.append(name)
        return self.table(name)

    def drop_table(self, name: str, /, **_: Any) -> None:
        """Forget a table that was kept."""
        self._session.catalog.dropTempView(name)

    def create_view(self, name: str, /, obj: Any, **_: Any) -> ibis.Table:
        """Give an expression a name in this session."""
        return super().create_view(name, obj, overwrite=True)

    def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        """Fetch a result by way of Arrow; that of Ibis goes by pandas, which has no whole numbers with gaps."""
        table = expr.as_table()
        self._run_pre_execute_hooks(table)
        arrow = self._session.sql(self.compile(table, params=params, limit=limit)).toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(arrow, table.schema()))

    def execute(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        """Fetch a result as pandas has it on DuckDB."""
        table = expr.as_table()
        found = self.to_pyarrow(table, params=params, limit=limit)
        return expr.__pandas_result__(PandasData.convert_table(found.to_pandas(), table.schema()))

    @property
    def _names(self) -> list[str]:
        names: list[str] = self.__dict__.setdefault("_kept", [])
        return names

    def release(self) -> None:
        """Forget what was kept; Spark then lets go of it by itself."""
        while self._names:
            self._session.catalog.dropTempView(self._names.pop())


class Spark:
    """A Spark session that holds the CRM's tables.

    Parameters
    ----------
    master : str, optional
        `local[2]`, `spark://host:7077`, `yarn`; None for the session that is there, else `SPARK_REMOTE` (Spark
        Connect), else `SPARK_MASTER`, else what `spark-submit` says.

    Raises
    ------
    UsageError
        If no session can be had.
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
        """The tables of a folder of Parquet files, at any address that Spark reads, or of a catalog's schema.

        Raises
        ------
        UsageError
            If there is no such place.
        BadInput
            If a table of it cannot be read.
        """
        finders = self._files(data) if _is_folder(data) else self._catalog(data)
        found = {}
        for table, find in finders.items():
            try:
                frame = find()
            except (AnalysisException, PySparkException) as error:
                if "PATH_NOT_FOUND" in str(error) or "TABLE_OR_VIEW_NOT_FOUND" in str(error):
                    continue
                raise BadInput(f"{table} in {data} cannot be read: {str(error).splitlines()[0]}") from error
            found[table] = self._raw(table, frame)
        if not found and os.path.isabs(data) and not os.path.exists(data):
            raise UsageError(f"--data {data} does not exist: name a folder, an address, or a schema of a catalog")
        return found

    def _files(self, data: str) -> Mapping[str, Callable[[], DataFrame]]:
        read, places = self._session.read, {t: f"{data.rstrip('/')}/{t}.parquet" for t in TABLES}
        there = {t: place for t, place in places.items() if not os.path.isdir(data) or os.path.exists(place)}
        return {t: lambda place=place: read.parquet(place) for t, place in there.items()}  # type: ignore[misc]

    def _catalog(self, data: str) -> Mapping[str, Callable[[], DataFrame]]:
        def named(table: str) -> DataFrame:
            frame = self._session.table(".".join(f"`{part}`" for part in (*data.split("."), table)))
            _ = frame.schema  # Spark Connect looks only when asked for something
            return frame

        return {t: lambda t=t: named(t) for t in TABLES}  # type: ignore[misc]

    def _raw(self, table: str, frame: DataFrame) -> Raw:
        from pyspark.sql import functions

        numbered = frame.withColumn(ROW, functions.monotonically_increasing_id())
        # Kept, so that a row has the same number whenever it is looked at.
        raw = self.connection.persisted(f"raw_{table}", numbered)
        columns = [functions.col(f"`{column}`") for column in frame.columns]
        kept = self._session.table(f"raw_{table}")
        # The hash of a row passes over what is null, as if it were not there.
        cells = [part for column in columns for part in (column, column.isNull())]
        hashed = functions.xxhash64(*cells).cast("decimal(38,0)")
        rows = kept.agg(functions.count("*"), functions.sum(hashed)).collect()[0]
        return Raw(raw, tuple(frame.columns), f"xxhash64:{rows[0]}:{rows[1] or 0}")

    def close(self) -> None:
        """Forget what was kept, and end the session if it was begun here."""
        self.connection.release()
        if self._ours:
            self._session.stop()


def _is_folder(data: str) -> bool:
    return "/" in data or not re.fullmatch(r"[^.\s]+(\.[^.\s]+)?", data) or os.path.isdir(data)


def _session(master: str | None) -> SparkSession:
    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        try:
            return active.newSession()  # with names and settings of its own
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
            if master.startswith("local"):  # 200 parts, as a cluster has them, take longer to manage than to compute
                builder = builder.config("spark.sql.shuffle.partitions", "8").config("spark.ui.enabled", "false")
        return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except ClosedwonError:
        raise
    except Exception as error:  # py4j's, gRPC's and Java's alike
        where = remote or master or "a Spark session"
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise UsageError(f"{where} cannot be had: {said[0]}; is Java 17 installed, and the address right?") from error


def _set(session: SparkSession, key: str, value: str) -> None:
    try:
        session.conf.set(key, value)
    except Exception as error:  # a managed Spark keeps some of its settings to itself
        if str(session.conf.get(key, "")).lower() != value.lower() and not key.startswith("spark.sql.codegen"):
            raise UsageError(f"this Spark does not let {key} be {value}, and scores need it so: {error}") from error
