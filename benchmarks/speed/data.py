"""The data: a simulated market in Parquet files, and its exports of two days.

A market is made in parts that share nothing, by one process a core, so that memory does not grow with its size; DuckDB
then sorts the activities by time, spilling to disk. Files that exist are used again.

    python -m benchmarks.speed.data --accounts 200000
"""

import argparse
import json
import multiprocessing
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipelines.disk import write_text

CACHE = Path(__file__).parents[2] / ".bench"
SEED, WEEKS = 7, 182
#: The first night, four weeks before the market ends; the next night is the day after.
AS_OF = date(2026, 6, 1)
NEXT = AS_OF + timedelta(days=1)
#: Days between the past days that features are made at, as in training.
APART = 30
MEMORY = "4GB"

#: The rows of each table in an export of a day: those known before it. `Market.export` says the same in pandas.
EXPORTED = {
    "accounts": """
        SELECT a.* REPLACE (
            CASE WHEN h.onboarded_at < $day THEN a.onboarding_tier END AS onboarding_tier,
            CASE WHEN h.enriched_at < $day THEN a.employees END AS employees)
        FROM accounts a JOIN hidden h USING (account_id) WHERE a.created_at < $day ORDER BY a.account_id""",
    "leads": "FROM leads WHERE created_at < $day",
    "activities": "FROM activities WHERE known_at < $day",
    "opportunities": """
        SELECT * REPLACE (
            CASE WHEN closed_at < $day THEN closed_at END AS closed_at,
            CASE WHEN closed_at < $day THEN status ELSE 'open' END AS status,
            CASE WHEN closed_at < $day THEN amount END AS amount)
        FROM opportunities WHERE known_at < $day""",
    "account_history": "FROM account_history WHERE known_at < $day",
    "contact_roles": """
        SELECT r.* FROM contact_roles r SEMI JOIN (FROM opportunities WHERE known_at < $day) o USING (opportunity_id)
        ORDER BY ALL""",
    "opportunity_history": """
        SELECT h.* FROM opportunity_history h
        SEMI JOIN (FROM opportunities WHERE known_at < $day) o USING (opportunity_id)
        WHERE h.changed_at < $day ORDER BY ALL""",
    "spend": "FROM spend WHERE month + INTERVAL 1 MONTH <= $day",
}


def cut_offs(many: int) -> list[date]:
    """The days of a number of cut-offs, `APART` days apart; the last is `AS_OF`."""
    return [AS_OF - timedelta(days=APART * i) for i in reversed(range(many))]


@dataclass(frozen=True)
class Data:
    """A market on disk, with the exports of `AS_OF` and `NEXT`."""

    accounts: int
    cache: Path = CACHE

    @property
    def folder(self) -> Path:
        """The folder of all files of this size."""
        return self.cache / f"{self.accounts}-accounts"

    @property
    def market(self) -> Path:
        """The folder of the tables at the end of the market, and of the hidden truth (`hidden`)."""
        return self.folder / "market"

    def export(self, day: date) -> Path:
        """The folder of an export."""
        return self.folder / f"export-{day}"

    @property
    def complete(self) -> bool:
        """Whether both exports exist."""
        return all(self.export(day).exists() for day in (AS_OF, NEXT))

    def make(self) -> None:
        """Make what does not exist; a run that was killed leaves nothing incomplete."""
        if not self.market.exists():
            make_market(self.accounts, self.market)
        for day in (AS_OF, NEXT):
            if not self.export(day).exists():
                cut(self.market, day, self.export(day))

    def rows(self, day: date = AS_OF) -> dict[str, int]:
        """The number of rows of each table of an export."""
        counts: dict[str, int] = json.loads((self.folder / f"export-{day}.json").read_text(encoding="utf-8"))
        return counts


def make_market(accounts: int, folder: Path) -> None:
    """Simulate a market into Parquet files, the activities sorted by time."""
    from pipelines.processes import own_code_first
    from scoring.simulator import parts

    new = _emptied(folder)
    every = [(i, accounts, new / "parts") for i in range(parts(accounts))]
    context = multiprocessing.get_context("spawn")
    with own_code_first(), ProcessPoolExecutor(min(os.cpu_count() or 1, len(every)), mp_context=context) as pool:
        list(pool.map(_write_part, every))
    connection = _connected(new)
    for part in sorted((new / "parts").iterdir()):
        order = " ORDER BY occurred_at, activity_id" if part.name == "activities" else ""
        connection.execute(f"COPY (FROM '{part}/*.parquet'{order}) TO '{new / part.name}.parquet' (FORMAT parquet)")
        shutil.rmtree(part)
    connection.close()
    for scratch in ("parts", "spill"):
        shutil.rmtree(new / scratch, ignore_errors=True)
    new.rename(folder)


def _write_part(order: tuple[int, int, Path]) -> None:
    from scoring.simulator import part

    i, accounts, folder = order
    market = part(i, accounts, weeks=WEEKS, seed=SEED)
    for name, table in {**market.tables, "hidden": market.hidden}.items():
        if len(table) or i == 0:
            (folder / name).mkdir(parents=True, exist_ok=True)
            table.to_parquet(folder / name / f"{i:06d}.parquet", index=False)


def cut(market: Path, day: date, folder: Path) -> dict[str, int]:
    """Write the export of a day, and give the number of rows of each table.

    As in `Market.export`: rows known that day or later are left out (also those of events before it), deals that
    closed later are open again, attributes filled later are empty.
    """
    new = _emptied(folder)
    connection = _connected(new)
    for file in sorted(market.glob("*.parquet")):
        connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
    counts = {}
    for name, query in EXPORTED.items():
        # A prepared COPY takes no parameters; the day is a date of ours.
        query = query.replace("$day", f"TIMESTAMP '{day}'")
        connection.execute(f"COPY ({query}) TO '{new / name}.parquet' (FORMAT parquet)")
        counts[name] = connection.execute(f"SELECT count(*) FROM '{new / name}.parquet'").fetchall()[0][0]
    connection.close()
    shutil.rmtree(new / "spill", ignore_errors=True)
    write_text(folder.with_name(f"{folder.name}.json"), json.dumps(counts))
    new.rename(folder)
    return counts


def _emptied(folder: Path) -> Path:
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    return new


def _connected(folder: Path):
    import duckdb

    return duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / "spill")})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.data")
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--cache", type=Path, default=CACHE)
    options = parser.parse_args()
    Data(options.accounts, options.cache).make()


if __name__ == "__main__":
    main()
