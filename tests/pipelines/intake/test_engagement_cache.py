"""Engagement days from night to night: whatever the export does, they are what a fold of everything would say.

The log has a row group for every ten touches, from 2025-11-03 on one every day; now is 2026-04-01.
"""

import datetime
import functools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.config import Config, Input
from pipelines.intake import engagement_cache
from pipelines.intake.engagement_cache import EngagementCache, RowGroup, Stretch
from pipelines.intake.engagement_fold import Fold
from pipelines.intake.intake import Intake, read_tables
from pipelines.sources.duckdb import connect
from scoring.contracts.crm import ACTIVITIES
from scoring.timeline import day_number
from tests.pipelines.crm_export import ACCOUNTS, LEADS, OPPORTUNITIES

pytestmark = pytest.mark.slow

NOW = datetime.datetime(2026, 4, 1)
CONFIG = Config(input=Input(max_reject_share=1.0))
Row = dict[str, object]
#: What a fold of everything says of an export, by its change.
Everything = Callable[[str], tuple[object, ...]]


def touches(days: int = 120) -> list[Row]:
    start = datetime.datetime(2025, 11, 3, 9)
    kinds, leads = ("visit", "demo", "reply"), ("L1", "L2", "L9")
    return [
        {
            "lead_id": leads[i % 3],
            "account_id": (None, "A1", "A2" if i % 2 else None)[i % 3],
            "activity_type": kinds[i % 2],
            "occurred_at": start + datetime.timedelta(days=i),
            "known_at": start + datetime.timedelta(days=i),
            "direction": "outbound" if i % 7 == 0 else "inbound",
        }
        for i in range(days)
    ]


def touch(day: str, known: str | None = None, lead: str | None = "L1", direction: str = "inbound") -> Row:
    when = datetime.datetime.fromisoformat(day)
    late = datetime.datetime.fromisoformat(known) if known else when
    row = {"lead_id": lead, "account_id": None, "activity_type": "call", "occurred_at": when, "known_at": late}
    return row | {"direction": direction}


def export(folder: Path, rows: list[Row], *, leads: str = LEADS) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in (("accounts", ACCOUNTS), ("leads", leads), ("opportunities", OPPORTUNITIES)):
        (folder / f"{name}.csv").write_text(text)
    types = dict.fromkeys(("lead_id", "account_id", "activity_type", "direction"), pa.string())
    types |= dict.fromkeys(("occurred_at", "known_at"), pa.timestamp("us"))
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))
    pq.write_table(table, folder / "activities.parquet", row_group_size=10)
    return folder


def read(folder: Path, cache: EngagementCache | None = None, **options: Any) -> Intake:
    return read_tables(folder, CONFIG, cache=cache, with_pandera=False, **({"now": NOW} | options))


def content(intake: Intake) -> tuple[object, ...]:
    """All that is handed on of the activities, whatever numbers its actors have."""
    log = intake.tables.log
    assert log is not None
    rows = log.days.inner_join(log.actors, "actor").select("lead_id", "account_id", "kind", "day", "known_day")
    found = sorted(map(str, rows.to_pyarrow().to_pylist()))
    con = intake.connection.con
    of_days = con.execute("SELECT actor, sum(touches) FROM kept.days GROUP BY actor ORDER BY actor").fetchall()
    assert con.execute("FROM kept.actors ORDER BY actor").fetchall() == of_days
    con.execute("DETACH kept")
    return found, intake.counts["activities"], intake.rejects, intake.notes, intake.last_known


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[Stretch]:
    """The stretches of days that were folded."""
    seen: list[Stretch] = []
    fold = Fold.fold

    def recorded(self: Fold, stretch: Stretch) -> None:
        seen.append(stretch)
        fold(self, stretch)

    monkeypatch.setattr(Fold, "fold", recorded)
    return seen


def of_a_day_more() -> list[Row]:
    """Rows that share nothing but their day: of a lead, of nobody known, in an unknown direction, and our own."""
    day = "2026-03-04T10:00"
    unknown, directed = touch(day, lead="L77"), touch(day, lead="L2", direction="sideways")
    return [touch(day), unknown, directed, touch(day, lead="L2", direction="Outbound")]


KNOWN_LATER = LEADS + "L9,A2,nine@nine.org,2026-01-08,\n"
CHANGES: dict[str, Callable[[list[Row]], list[Row]]] = {
    "nothing": lambda rows: rows,
    "a day more": lambda rows: [*rows, *of_a_day_more()],
    "a row known late, in its place": lambda rows: [*rows[:80], touch("2026-01-22T10:00", "2026-03-30"), *rows[80:]],
    "a row known late, at the end": lambda rows: [*rows, touch("2025-12-24T10:00", "2026-03-30")],
    "a row of a day that had it": lambda rows: [*rows, rows[50] | {"known_at": rows[50]["occurred_at"]}],
    "a row deleted": lambda rows: [*rows[:33], *rows[34:]],
    "a row changed": lambda rows: [*rows[:33], rows[33] | {"activity_type": "webinar"}, *rows[34:]],
    "rows in another order": lambda rows: rows[::-1],
    "another log": lambda rows: [touch("2025-12-05T10:00"), touch("2026-01-07T10:00", lead="L2")],
}


@pytest.fixture(scope="module")
def last_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The days of a first night."""
    folder = tmp_path_factory.mktemp("last_night")
    content(read(export(folder / "crm", touches()), EngagementCache(folder / "days.duckdb", 28)))
    return folder / "days.duckdb"


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """What a fold of everything says of an export, by its change."""

    @functools.cache
    def of(change: str) -> tuple[object, ...]:
        return content(read(export(tmp_path_factory.mktemp("everything") / "crm", CHANGES[change](touches()))))

    return of


@pytest.fixture
def cache(last_night: Path, tmp_path: Path) -> EngagementCache:
    return EngagementCache(Path(shutil.copy(last_night, tmp_path)), 28)


@pytest.mark.parametrize("change", CHANGES)
def test_the_days_are_those_of_a_fold_of_everything(
    tmp_path: Path, cache: EngagementCache, everything: Everything, change: str
) -> None:
    tonight = export(tmp_path / "crm", CHANGES[change](touches()))
    assert content(read(tonight, cache)) == everything(change)


def test_days_of_long_ago_are_folded_anew(
    tmp_path: Path, cache: EngagementCache, everything: Everything, folded: list[Stretch]
) -> None:
    tonight = export(tmp_path / "crm", touches())
    found = content(read(tonight, EngagementCache(cache.file, 0)))
    assert len(folded) == 1
    assert found == everything("nothing")


def test_who_becomes_known_or_leaves_changes_no_kept_day(
    tmp_path: Path, cache: EngagementCache, everything: Everything, folded: list[Stretch]
) -> None:
    for leads in (KNOWN_LATER, LEADS.replace("L2,,bob", "L3,,bob"), LEADS):
        del folded[:]
        tonight = export(tmp_path / "crm", touches(), leads=leads)
        found = content(read(tonight, cache))
        assert folded == []
        assert found == (everything("nothing") if leads == LEADS else content(read(tonight)))
    assert [(reject.rule, reject.count) for reject in found[2]] == [("unknown_lead", 20)]


def test_a_night_folds_the_months_that_are_new(tmp_path: Path, cache: EngagementCache, folded: list[Stretch]) -> None:
    for change, begin in (("nothing", None), ("a day more", "2026-03-01"), ("a row deleted", "2025-12-01")):
        del folded[:]
        content(read(export(tmp_path / "crm", CHANGES[change](touches())), cache))
        ends = [(s.begin, s.end) for s in folded]
        assert ends == ([] if begin is None else [(day(begin), day("2026-04-01"))]), change


def test_who_only_reads_brings_a_copy_up_to_date(
    tmp_path: Path, cache: EngagementCache, everything: Everything, folded: list[Stretch]
) -> None:
    before = cache.file.read_bytes()
    tonight = export(tmp_path / "crm", CHANGES["a day more"](touches()))
    for days, begin in ((28, day("2026-03-01")), (0, day("2025-11-01"))):  # a file that is too old is not used
        del folded[:]
        found = content(read(tonight, EngagementCache(cache.file, days, to_read=True)))
        assert [(s.begin, s.end) for s in folded] == [(begin, day("2026-04-01"))]
        assert found == everything("a day more")
    assert cache.file.read_bytes() == before


def test_part_files_are_read_as_one_log(
    tmp_path: Path, cache: EngagementCache, everything: Everything, folded: list[Stretch]
) -> None:
    def in_parts(*parts: list[Row]) -> Path:
        for i, rows in enumerate(parts):
            export(tmp_path / "crm", rows)
            (tmp_path / "crm" / "activities").mkdir(exist_ok=True)
            (tmp_path / "crm" / "activities.parquet").rename(tmp_path / "crm" / "activities" / f"part-{i}.parquet")
        return tmp_path / "crm"

    def days(whole: tuple[object, ...]) -> tuple[object, ...]:
        found, counts, rejects, _, known = whole
        return found, counts, rejects, known

    rows = touches()
    tonight = in_parts(rows[:60], rows[60:])
    found = days(content(read(tonight, cache)))
    assert folded == []  # the row groups are those of last night's one file
    assert found == days(everything("nothing"))
    del folded[:]
    more = [touch("2026-03-04T10:00"), touch("2026-03-05T10:00", lead="L2")]
    tonight = in_parts(rows[:60], rows[60:], more)
    found = days(content(seen := read(tonight, cache)))
    assert [(s.begin, s.end) for s in folded] == [(day("2026-03-01"), day("2026-04-01"))]
    assert found == days(content(read(export(tmp_path / "whole", [*rows, *more]))))
    assert len({*seen.digests}) == 6


def day(text: str) -> int:
    return day_number(datetime.date.fromisoformat(text))


def test_what_lay_in_the_future_is_read_again_once_it_is_past(tmp_path: Path, cache: EngagementCache) -> None:
    tonight = export(tmp_path / "crm", [*touches(), touch("2026-04-05T10:00")])
    _, count, _, notes, _ = content(read(tonight, cache))
    assert "activities: 1 rows planned for the future, left out until then" in notes
    later = datetime.datetime(2026, 4, 9)
    seen = read(tonight, cache, now=later)
    assert seen.counts["activities"].accepted == count.accepted + 1
    assert content(seen) == content(read(tonight, now=later))


@pytest.mark.parametrize("harm", ["not a database", "a folder"])
def test_days_that_cannot_be_used_cost_time_and_nothing_else(tmp_path: Path, everything: Everything, harm: str) -> None:
    cache = EngagementCache(tmp_path / "days.duckdb", 28)
    if harm == "a folder":
        cache.file.mkdir()
    else:
        cache.file.write_text(harm)
    tonight = export(tmp_path / "crm", touches())
    lines: list[str] = []
    assert content(read(tonight, cache, say=lines.append)) == everything("nothing")
    assert lines[0].startswith("  the engagement days in days.duckdb cannot be used tonight: ")


def test_a_fold_that_is_killed_has_changed_nothing(
    tmp_path: Path,
    cache: EngagementCache,
    everything: Everything,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tonight = export(tmp_path / "crm", CHANGES["a row deleted"](touches()))

    def killed(self: Fold, stretch: Stretch) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Fold, "fold", killed)
        with pytest.raises(KeyboardInterrupt):
            read(tonight, cache)
    assert content(read(tonight, cache)) == everything("a row deleted")


def test_months_are_joined_to_stretches_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engagement_cache, "AT_ONCE", 100)
    parts = [
        RowGroup("a", day("2026-01-01"), day("2026-01-31"), 62),
        RowGroup("b", day("2026-02-01"), day("2026-03-31"), 118),
    ]
    months = [(day("2026-01-01"), day("2026-02-01")), (day("2026-02-01"), day("2026-03-01"))]
    months.append((day("2026-03-01"), day("2026-04-01")))
    assert list(engagement_cache._stretches(months, parts)) == [
        Stretch(day("2026-01-01"), day("2026-02-01"), 62),
        Stretch(day("2026-02-01"), day("2026-03-01"), 56),
        Stretch(day("2026-03-01"), day("2026-04-01"), 62),
    ]


def test_all_days_of_a_large_month_are_taken_from_the_sums(tmp_path: Path) -> None:
    # From 122,880 rows on DuckDB writes them in another way.
    rows = 130_000
    connection = connect()
    engagement_cache.attach(connection, EngagementCache(tmp_path / "days.duckdb", 28))
    con = connection.con
    first = day("2026-02-01")
    con.execute(f"INSERT INTO kept.days SELECT range, 'visit', {first}, {first}, 2 FROM range({rows})")
    con.execute("INSERT INTO kept.actors SELECT actor, touches FROM kept.days")
    con.execute(f"INSERT INTO kept.about VALUES ('{engagement_cache.FORMAT} rules', '2026-03-01')")
    con.execute("BEGIN")
    stretches = engagement_cache.stale(con, "rules", [RowGroup("new", first, first, 1)])
    Fold(connection, NOW, ACTIVITIES).count_actors(stretches)
    assert con.execute("SELECT count(*), sum(touches) FROM kept.actors").fetchall() == [(0, None)]
