"""One stage of the benchmark in a child process, which prints its figures as JSON on the last line.

python -m benchmarks.speed.work floor EXPORT
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

FLOOR = """
    CREATE OR REPLACE TABLE floor AS
    SELECT l.account_id, a.activity_type, count(*) AS touches, max(a.occurred_at) AS newest
    FROM '{0}/activities.parquet' a JOIN '{0}/leads.parquet' l USING (lead_id) GROUP BY ALL"""


def floor(export: str, times: str = "3") -> dict[str, Any]:
    """The floor: one plain DuckDB join of activities to leads, grouped by account and type; the median of several."""
    import duckdb

    connection, seconds, cpu = duckdb.connect(), [], []
    for _ in range(int(times)):
        began, used = time.perf_counter(), time.process_time()
        connection.execute(FLOOR.format(export))
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    rows = connection.execute(f"SELECT count(*) FROM '{export}/activities.parquet'").fetchall()[0][0]
    more = {f"time {i + 1}": taken for i, taken in enumerate(seconds)}
    taken = {"seconds": median(seconds), "cpu_seconds": median(cpu)}
    return {**taken, "rows": rows, "of": "activities", "more": more}


def features(export: str, cut_offs: str) -> dict[str, Any]:
    """Our features of accounts, reading the files included."""
    from benchmarks.speed.features import result

    return result(Path(export), int(cut_offs))


def pandas(export: str, cut_offs: str, way: str) -> dict[str, Any]:
    """The same features in pandas."""
    from benchmarks.speed.pandas_features import result

    return result(Path(export), int(cut_offs), way)


def sql(export: str, cut_offs: str) -> dict[str, Any]:
    """The same features in SQL."""
    from benchmarks.speed.sql_features import result

    return result(Path(export), int(cut_offs))


def matrix(export: str, store: str, entity: str, file: str) -> dict[str, Any]:
    """The feature matrix that scoring is measured on."""
    from benchmarks.speed.matrix import make

    return make(Path(export), Path(store), entity, Path(file))


def scoring(store: str, entity: str, file: str) -> dict[str, Any]:
    """Scoring with reasons."""
    from benchmarks.speed.matrix import with_reasons

    return with_reasons(Path(store), entity, Path(file))


def lightgbm(store: str, entity: str, file: str, way: str) -> dict[str, Any]:
    """LightGBM's prediction (`bare`) or its TreeSHAP (`shap`)."""
    from benchmarks.speed.matrix import lightgbm

    return lightgbm(Path(store), entity, Path(file), shap=way == "shap")


def imports(module: str) -> dict[str, Any]:
    """The import of one module, in a process that has imported nothing else."""
    began = time.perf_counter()
    import_module(module)
    return {"seconds": time.perf_counter() - began, "rows": 1, "of": "import", "more": {"modules": len(sys.modules)}}


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    work.__name__: work for work in (floor, features, pandas, sql, matrix, scoring, lightgbm, imports)
}

if __name__ == "__main__":
    print(json.dumps(WORK[sys.argv[1]](*sys.argv[2:])))
