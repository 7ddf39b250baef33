"""One night on a Spark cluster of a master and two workers on this machine, and the same night on DuckDB.

It shows that a night runs on a cluster and gives the same scores, and what the processes and their exchanges cost.
It does not show what many machines gain: these workers share one.

    python -m benchmarks.spark_cluster --data DIR --store STORE --as-of DATE [--workers 2] [--memory 3g]

`--data` is a folder of Parquet files, `--store` one with champions; neither is changed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from benchmarks.speed.child import process_tree, status

PORT = 7077
MASTER = f"spark://127.0.0.1:{PORT}"


@contextmanager
def cluster(workers: int, memory: str, folder: Path) -> Iterator[None]:
    """A master and workers of one core each, which are ended with the block."""
    import pyspark

    program = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    environment = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder),
        "SPARK_NO_DAEMONIZE": "1",
    }
    master = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(PORT), "--webui-port", "0"]
    worker = ["org.apache.spark.deploy.worker.Worker", "-c", "1", "-m", memory, "--webui-port", "0", MASTER]
    running = []
    with (folder / "cluster.log").open("w") as log:
        try:
            for command in (master, *[worker] * workers):
                running.append(subprocess.Popen([program, *command], env=environment, stdout=log, stderr=log))
                time.sleep(8)
            yield
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait()


def descendants_memory() -> float:
    """The memory of this process's descendants now, in GB."""
    _, *descendants = process_tree(os.getpid())
    return sum(status(pid).get("VmRSS", 0) for pid in descendants) / 1e9


def night(arguments: argparse.Namespace, folder: Path, name: str, *engine: str) -> tuple[float, float]:
    """Score by the command line, and give the seconds and the peak memory of all processes, in GB."""
    store = folder / f"store-{name}"
    store.mkdir()
    (store / "mlflow.db").write_bytes((arguments.store / "mlflow.db").read_bytes())
    words = ["--data", arguments.data, "--as-of", arguments.as_of, "--store", store, "--out", folder / name, *engine]
    settings = "--conf spark.executor.memory=2g --conf spark.driver.memory=2g --conf spark.sql.shuffle.partitions=8"
    environment = os.environ | {"PYSPARK_SUBMIT_ARGS": f"{settings} pyspark-shell"}
    peak, start, done = 0.0, time.perf_counter(), threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.5):
            peak = max(peak, descendants_memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        subprocess.run([sys.executable, "-m", "pipelines", "score", *map(str, words)], check=True, env=environment)
    finally:
        done.set()
        watcher.join()
    return time.perf_counter() - start, peak


def differences(one: Path, other: Path) -> dict[str, float]:
    """The rows of all scores, the largest difference of a number, and how many other cells differ."""
    differing = {"rows": 0.0, "largest difference of a number": 0.0, "other cells that differ": 0.0}
    for path in sorted(one.glob("*_scores.parquet")):
        a, b = pd.read_parquet(path), pd.read_parquet(other / path.name)
        key = a.columns[0]
        a, b = (table.sort_values(key, ignore_index=True).drop(columns="scored_at") for table in (a, b))
        differing["rows"] += len(a)
        for column in a:
            if pd.api.types.is_float_dtype(a[column]):
                differing["largest difference of a number"] = max(
                    differing["largest difference of a number"], float((a[column] - b[column]).abs().max())
                )
            else:
                same = (a[column] == b[column]) | (a[column].isna() & b[column].isna())
                differing["other cells that differ"] += float((~same).sum())
    return differing


def main() -> None:
    parser = argparse.ArgumentParser(description="One night on a Spark cluster of real processes")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="3g")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="closedwon-cluster-") as name:
        folder = Path(name)
        alone = night(arguments, folder, "duckdb")
        with cluster(arguments.workers, arguments.memory, folder):
            spread = night(arguments, folder, "spark", "--engine", MASTER)
        print(f"DuckDB          {alone[0]:7.1f} s {alone[1]:5.1f} GB")
        print(f"{arguments.workers} Spark workers {spread[0]:7.1f} s {spread[1]:5.1f} GB (master, workers, driver)")
        for measure, figure in differences(folder / "duckdb", folder / "spark").items():
            print(f"{measure}: {figure:g}")


if __name__ == "__main__":
    main()
