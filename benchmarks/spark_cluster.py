"""One night on a Spark cluster of real processes, a master and two workers on this machine, beside DuckDB's.

What it shows is that a night runs on a cluster and gives the same scores, and what that costs in processes and
exchanges. It does not show what many machines gain: these workers share one.

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

PORT = 7077
MASTER = f"spark://127.0.0.1:{PORT}"


@contextmanager
def cluster(workers: int, memory: str, folder: Path) -> Iterator[None]:
    """Run a master and workers of one core each, and end them."""
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


def resident(root: int) -> float:
    """Memory in GB of this process's descendants, read from /proc."""
    parents, sizes = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(said["Pid"])] = int(said["PPid"])
        sizes[int(said["Pid"])] = int(said.get("VmRSS", "0 kB").split()[0])
    ours, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        grown, ours = bool(more), ours | more
    return sum(sizes.get(pid, 0) for pid in ours - {root}) / 1e6


def night(arguments: argparse.Namespace, folder: Path, name: str, *engine: str) -> tuple[float, float]:
    """Score by the command line; seconds, and the peak of memory of all processes in GB."""
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
            peak = max(peak, resident(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        subprocess.run([sys.executable, "-m", "pipelines", "score", *map(str, words)], check=True, env=environment)
    finally:
        done.set()
        watcher.join()
    return time.perf_counter() - start, peak


def differences(one: Path, other: Path) -> dict[str, float]:
    """The largest difference of each kind, over all scores: of numbers, and of how many other cells."""
    found = {"rows": 0.0, "largest difference of a number": 0.0, "other cells that differ": 0.0}
    for path in sorted(one.glob("*_scores.parquet")):
        a, b = pd.read_parquet(path), pd.read_parquet(other / path.name)
        key = a.columns[0]
        a, b = (table.sort_values(key, ignore_index=True).drop(columns="scored_at") for table in (a, b))
        found["rows"] += len(a)
        for column in a:
            if pd.api.types.is_float_dtype(a[column]):
                found["largest difference of a number"] = max(
                    found["largest difference of a number"], float((a[column] - b[column]).abs().max())
                )
            else:
                same = (a[column] == b[column]) | (a[column].isna() & b[column].isna())
                found["other cells that differ"] += float((~same).sum())
    return found


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
        for what, figure in differences(folder / "duckdb", folder / "spark").items():
            print(f"{what}: {figure:g}")


if __name__ == "__main__":
    main()
