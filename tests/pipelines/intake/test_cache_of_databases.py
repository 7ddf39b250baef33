"""The engagement days of a database from night to night: only months whose rows differ are folded again.

The log is that of `test_engagement_cache`: from 2025-11-03 on a touch every day; now is 2026-04-01.
"""

import datetime
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.intake.engagement_cache import LONG_AGO, EngagementCache, Stretch
from pipelines.intake.engagement_fold import Fold
from scoring.timeline import calendar_date
from tests.pipelines.intake.test_engagement_cache import Row, content, export, read, touch, touches

pytestmark = pytest.mark.slow


def changed(rows: list[Row]) -> list[Row]:
    """A row deleted, one changed, one known late, two of March that are entered in April; in another order."""
    rows = [*rows[:5], *rows[6:33], rows[33] | {"activity_type": "webinar"}, *rows[34:]]
    rows += [touch("2026-01-24T10:00", "2026-03-30"), *[touch("2026-03-20T10:00", "2026-04-05")] * 2]
    return rows[::-1]


#: What is read each night, on which day, and the months that are folded again.
NIGHTS: tuple[tuple[Callable[[list[Row]], list[Row]], str, list[str]], ...] = (
    (lambda rows: rows, "2026-04-01", ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]),
    (lambda rows: rows[::-1], "2026-04-01", []),
    (changed, "2026-04-01", ["2025-11", "2025-12", "2026-01"]),
    (changed, "2026-04-09", ["2026-03"]),
)


def database(folder: Path, rows: list[Row]) -> Path:
    """The export as a DuckDB file."""
    crm = export(folder / "crm", rows)
    file = folder / "crm.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(file) as con:
        for table in ("accounts", "leads", "opportunities"):
            con.execute(f"CREATE TABLE {table} AS FROM read_csv('{crm}/{table}.csv', all_varchar = true)")
        con.execute(f"CREATE TABLE activities AS FROM '{crm}/activities.parquet'")
    return file


def test_only_months_with_other_rows_are_folded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    fold = Fold.fold

    def recorded(self: Fold, stretch: Stretch) -> None:
        if stretch.begin != LONG_AGO:  # that is everything
            seen.extend(sorted({f"{calendar_date(day):%Y-%m}" for day in range(stretch.begin, stretch.end)}))
        fold(self, stretch)

    monkeypatch.setattr(Fold, "fold", recorded)
    cache = EngagementCache(tmp_path / "days.duckdb", 28)
    for i, (change, day, months) in enumerate(NIGHTS):
        file, now = database(tmp_path, change(touches())), datetime.datetime.fromisoformat(day)
        seen.clear()
        tonight = content(read(file, cache, now=now))
        assert seen == months
        assert i < 2 or tonight == content(read(file, now=now))
