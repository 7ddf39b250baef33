"""What was known at a day is what the last night before it exported, whatever came later."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from pipelines.config import Config, History
from pipelines.history.kept_history import KeptHistory
from pipelines.history.record import read_record, size_of
from tests.pipelines.history.nights import Rows, connection, day, kept, night, then

WORDS = st.sampled_from(["x", "y", None])
CELLS = st.fixed_dictionaries({"industry": WORDS, "tier": WORDS}, optional={"region": st.sampled_from(["n", "s"])})
#: What is exported night by night: accounts come, go and come back.
NIGHTS = st.lists(st.dictionaries(st.sampled_from("ABC"), CELLS, min_size=1), min_size=2, max_size=4)


@pytest.fixture(scope="module", autouse=True)
def _connected() -> None:
    connection()  # Hypothesis does not want to see that it changes the recursion limit


def expected(nights: list[Rows], at: int) -> Rows:
    """For the accounts of the last night, what they were exported with last before a day, or else first.

    After the last night they are what it exported.
    A column that a whole night lacks says nothing in that night. Whoever was there before, but on no night with the
    column, had nothing in it until it is seen with something: what came later is not taken for then.
    """
    columns = sorted({name for cells in nights[-1].values() for name in cells})
    if at == len(nights):
        return {account: {name: cells.get(name) for name in columns} for account, cells in nights[-1].items()}
    found: Rows = {account: {} for account in nights[-1]}
    told = [{name for cells in rows.values() for name, cell in cells.items() if cell is not None} for rows in nights]
    for name in columns:
        days = [number for number, names in enumerate(told) if name in names]
        for account in found:
            seen = [number for number in days if account in nights[number]]
            before = [number for number in seen if number < at]
            first = seen[0] if seen and days[0] < at else len(nights) - 1
            number = before[-1] if before else first
            began = days[0] if days else at
            away = began < at and seen and any(account in rows for rows in nights[: seen[0]])
            found[account][name] = nights[number][account].get(name) if before or not away else None
    return found


@settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=list(Phase)[:3])
@given(nights=NIGHTS, at=st.integers(0, 4))
@example(nights=[{"A": {"tier": "x"}}, {"A": {"tier": None}}], at=1)
@example(nights=[{"A": {"tier": "x"}}, {"A": {"tier": None}}], at=2)
@example(nights=[{"A": {"tier": "x"}}, {"A": {"tier": None}}, {"A": {"tier": "y"}}], at=2)
def test_an_account_is_as_the_last_night_before_the_day_exported_it(nights: list[Rows], at: int) -> None:
    at = min(at, len(nights))
    with tempfile.TemporaryDirectory() as folder:
        history = kept(Path(folder), *enumerate(nights[:-1]))
        today = night(nights[-1], day(len(nights) - 1))
        assert then(history, today, day(at)) == expected(nights, at)


#: An account that changes each week, one that stays, and one that goes after the second.
WEEKS: list[Rows] = [
    {"A": {"tier": f"t{week}"}, "B": {"tier": "same"}} | ({"C": {"tier": "gone"}} if week < 2 else {})
    for week in range(9)
]
NUMBERED = [(7 * week, rows) for week, rows in enumerate(WEEKS)]
SHORT = replace(Config(), history=History(keep_days=21))


def test_what_is_older_than_the_configuration_keeps_is_let_go(tmp_path: Path) -> None:
    whole, short = kept(tmp_path / "whole", *NUMBERED), kept(tmp_path / "short", *NUMBERED, config=SHORT)
    # On day 56 the days before 35 are let go, a month late: the first look is of that day, as it was then.
    assert (short.record().days[0], whole.record().days[0]) == (day(35), day(0))
    assert len(list((tmp_path / "short").iterdir())) == 1 + len(read_record(tmp_path / "short").files) == 3
    today = night(WEEKS[-1], day(57))
    for at in (36, 42, 43, 56, 57):
        assert then(short, today, day(at)) == then(whole, today, day(at))
    assert then(short, today, day(20))["A"] == {"tier": "t8"}  # nothing is known of it any more: today's
    assert then(whole, today, day(20))["A"] == {"tier": "t2"}
    # Whoever left is forgotten, whoever is in the export stays.
    back = night(WEEKS[-1] | {"C": {"tier": "back"}}, day(57))
    assert then(short, back, day(43))["C"] == {"tier": "back"}
    assert then(whole, back, day(43))["C"] == {"tier": "gone"}


def test_many_files_are_joined_and_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kept(tmp_path / "whole", *NUMBERED)
    monkeypatch.setattr("pipelines.history.row_files.MOST_FILES", 3)
    few = kept(tmp_path / "few", *NUMBERED)
    assert (len(whole.record().files), len(few.record().files)) == (9, 3)
    today = night(WEEKS[-1], day(57))
    for at in (1, 8, 20, 50):
        assert then(few, today, day(at)) == then(whole, today, day(at))


def test_a_night_without_changes_adds_only_its_day(tmp_path: Path) -> None:
    rows: Rows = {f"A{i}": {"tier": f"t{i % 7}", "industry": "x"} for i in range(500)}
    history = kept(tmp_path, (0, rows))
    files, size = history.record().files, size_of(tmp_path)
    for number in range(1, 11):
        history.keep(night(rows, day(number)), Config())
    assert history.record().files == files
    assert size_of(tmp_path) - size < 10 * 20
    # One change is one row, whatever else there is.
    history.keep(night(rows | {"A7": {"tier": "new", "industry": "x"}}, day(11)), Config())
    assert [file.rows for file in history.record().files] == [500, 1]


@pytest.mark.parametrize("at", ["writing the rows", "writing the record"])
def test_a_night_that_is_killed_while_it_keeps_leaves_the_history_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    history = kept(tmp_path, *NUMBERED[:2])
    before, today = history.record(), night(WEEKS[2], day(14))
    broken = "row_files.sync" if at == "writing the rows" else "record.write_text"

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"pipelines.history.{broken}", killed)
        with pytest.raises(KeyboardInterrupt):
            history.keep(today, Config())
    assert history.record() == before
    assert then(history, today, day(10)) == then(kept(tmp_path / "else", *NUMBERED[:2]), today, day(10))
    assert history.keep(today, Config()) is not None
    assert {file.name for file in tmp_path.iterdir() if file.is_file()} == {
        "history.json",
        *(file.name for file in history.record().files),
    }


@pytest.mark.parametrize(
    ("second", "kind", "at", "tier"),
    [
        ({"A": {"tier": 2.0}}, "float64", 8, 2.0),  # of another kind: it begins anew
        ({"A": {"tier": 2.0}}, "float64", 7, 3.0),  # and before that, today's
        ({"A": {}}, "float64", 8, 3.0),  # a column that is not there says nothing
    ],
)
def test_a_column_that_changes_its_kind_begins_anew(
    tmp_path: Path, second: Rows, kind: str, at: int, tier: float
) -> None:
    history = kept(tmp_path, (0, {"A": {"tier": "gold"}}))
    columns = {} if second == {"A": {}} else {"tier": kind}
    history.keep(night(second | {"B": {"size": "s"}}, day(7), **columns), Config())
    today = night({"A": {"tier": 3.0}}, day(14), tier="float64")
    assert then(history, today, day(at))["A"]["tier"] == tier


def test_a_history_of_the_first_format_is_read(tmp_path: Path) -> None:
    """As this release wrote it: later ones must read it."""
    (tmp_path / "history.json").write_text(
        '{"format": "closedwon-history/1", "days": ["2026-03-01", "2026-03-08"], "columns": [{"table": "accounts", '
        '"name": "tier", "kind": "string", "since": "2026-03-01", "stored": "tier since 2026-03-01"}], "files": '
        '[{"table": "accounts", "day": "2026-03-01", "name": "account_2026-03-01_aa.parquet", "rows": 2}, '
        '{"table": "accounts", "day": "2026-03-08", "name": "account_2026-03-08_bb.parquet", "rows": 1}]}'
    )
    for name, rows in (
        ("2026-03-01_aa", "('A', TIMESTAMP '2026-03-01', 'x', NULL), ('B', TIMESTAMP '2026-03-01', 'y', NULL)"),
        ("2026-03-08_bb", "('A', TIMESTAMP '2026-03-08', NULL, e'\\ntier since 2026-03-01\\n')"),
    ):
        connection().con.execute(
            f'COPY (SELECT * FROM (VALUES {rows}) t(account_id, known_at, "tier since 2026-03-01", "cleared '
            f"columns\")) TO '{tmp_path}/account_{name}.parquet' (FORMAT PARQUET)"
        )
    today = night({"A": {"tier": "z"}, "B": {"tier": "y"}}, day(14))
    history = KeptHistory(tmp_path)
    assert then(history, today, day(5)) == {"A": {"tier": "x"}, "B": {"tier": "y"}}
    assert then(history, today, day(8)) == {"A": {"tier": None}, "B": {"tier": "y"}}
    assert history.record().lines() == ["history of accounts kept since 2026-03-01: tier"]
