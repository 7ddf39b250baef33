"""Retention deletes: after the days of the configuration, no byte of whoever left is in the store or in the scores."""

import datetime
import json
from dataclasses import replace
from pathlib import Path

import ibis
import pandas as pd
import pytest

from benchmarks.traces.contents import contents
from pipelines.config import Config
from pipelines.intake import engagement_cache
from pipelines.intake.engagement_cache import EngagementCache
from pipelines.serving.publish import finish
from pipelines.sources.duckdb import connect
from tests.pipelines.serving.test_publish import AS_OF, night, scores, the_store

#: Each day somebody is scored who leaves the next day, and somebody who stays.
DAYS = 7


def somebody(day: int) -> str:
    return f"person-{day:02}-of-a-day"


def holding(folder: Path, who: str) -> list[str]:
    """The files that hold an id, in whatever they are packed."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [str(path.relative_to(folder)) for path in files if any(who.encode() in part for part in contents(path))]


def imported(store: Path, of: str, who: str) -> None:
    """What a CRM took of a night, as `closedwon imported` records it."""
    record = store / "imports" / f"salesforce_{int(of.split('_')[1]):016x}.json"
    record.parent.mkdir(exist_ok=True)
    record.write_text(json.dumps({"nights": [of], "taken": 1}))
    pd.DataFrame({"unit": [who]}).to_parquet(record.with_suffix(".parquet"))


@pytest.mark.slow
def test_after_so_many_days_nothing_is_left_of_who_left(tmp_path: Path) -> None:
    config = Config()
    kept = replace(config.ledger, keep_files=2, features_days=1, keep_days=2)
    config = replace(config, ledger=kept, changes=replace(config.changes, retire_days=2))
    for day in range(DAYS):
        rejects = {"leads": ibis.memtable({"lead_id": [f"rejected-{somebody(day)}"], "rule": ["future_created_at"]})}
        tonight, when = scores("lead", "stays", somebody(day)), AS_OF + datetime.timedelta(days=day)
        published = night(tmp_path, day=when, config=config, rejects=rejects, lead=tonight)
        imported(tmp_path / "store", published.night, somebody(day))
    last = DAYS - 1
    files = {day: " ".join(holding(tmp_path, somebody(day))) for day in range(DAYS)}

    def days(part: str) -> list[int]:
        return [day for day, names in files.items() if part in names]

    # The night of two days ago is kept, and lists who left in the two days before it.
    assert days("/") == list(range(last - 4, DAYS))
    assert days("lead_scores") == list(range(last - 2, DAYS))
    assert days("features") == [last - 1, last]
    assert days("store/imports") == list(range(last - 2, DAYS))
    assert [day for day in range(DAYS) if holding(tmp_path, f"rejected-{somebody(day)}")] == [last - 1, last]
    assert len(list((tmp_path / "store" / "imports").glob("*.json"))) == DAYS  # the counts stay
    assert holding(tmp_path, "stays") != []


@pytest.mark.parametrize("name", ["2018-03-01_1_5f0c9a1e", "2018-03-31_1_5f0c9a1e", "2018-99-99_1_5f0c9a1e"])
def test_an_entry_that_cannot_be_read_goes_when_its_day_comes(tmp_path: Path, name: str) -> None:
    store = the_store(tmp_path)
    night(tmp_path, lead=scores("lead", "stays"))
    (store.ledger / name).mkdir()
    (store.ledger / name / "night.json").write_text(f'{{"torn": "{somebody(1)}')
    config = replace(Config(), ledger=replace(Config().ledger, keep_days=5))
    finish(store, tmp_path / "scores", AS_OF, config)
    assert (store.ledger / name).exists() == (not name.startswith("2018-03-01"))


def test_engagement_days_that_are_read_again_leave_no_byte_of_those_before(tmp_path: Path) -> None:
    file = tmp_path / "engagement.duckdb"

    def fold(who: str, days: int) -> None:
        connection = connect()
        engagement_cache.attach(connection, EngagementCache(file, days))
        engagement_cache.stale(connection.con, "rules", [])
        connection.con.execute("INSERT INTO kept.lead_ids VALUES (1, ?, NULL, NULL)", [who])
        connection.con.execute("CHECKPOINT kept")
        connection.con.execute("DETACH kept")
        connection.disconnect()

    fold(somebody(1), 28)
    assert holding(tmp_path, somebody(1)) == ["engagement.duckdb"]
    fold(somebody(2), 28)
    assert holding(tmp_path, somebody(1)) == ["engagement.duckdb"]
    fold(somebody(3), 0)
    assert [holding(tmp_path, somebody(day)) for day in (1, 2, 3)] == [[], [], ["engagement.duckdb"]]
