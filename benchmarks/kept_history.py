"""What it costs a night to keep what changed, in CPU seconds: `python -m benchmarks.kept_history`."""

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from pipelines.config import Config
from pipelines.history.kept_history import KeptHistory
from pipelines.history.tonight import Tonight
from pipelines.sources.duckdb import connect

NIGHTS, CHANGING = 4, 500
FIRST = date(2026, 1, 1)


def main() -> None:
    """Keep some nights of a large market in which one record in `CHANGING` changes, and print what each takes."""
    with tempfile.TemporaryDirectory() as folder:
        history = KeptHistory(Path(folder))
        for night in range(NIGHTS):
            connection = connect()
            for table, key, count in (("accounts", "account_id", 200_000), ("leads", "lead_id", 700_000)):
                cells = ", ".join(
                    f"'level ' || (hash(i, {c}, CASE WHEN i % {CHANGING} = {c} THEN {night} END) % 12)::VARCHAR AS a{c}"
                    for c in range(5)
                )
                query = f"SELECT 'id' || i AS {key}, {cells}, (hash(i) % 900)::DOUBLE AS size FROM range({count}) t(i)"
                connection.con.execute(f"CREATE TABLE {table} AS {query}")
            tables = {name: connection.table(name) for name in ("accounts", "leads")}
            before = time.process_time()
            kept = history.keep(Tonight(connection, tables, FIRST + timedelta(days=night)), Config())
            size = sum(file.stat().st_size for file in Path(folder).iterdir())
            seconds = time.process_time() - before
            sys.stdout.write(f"night {night + 1}: {seconds:.1f} CPU seconds, {kept and kept.changed}, {size:,} bytes\n")


if __name__ == "__main__":
    main()
