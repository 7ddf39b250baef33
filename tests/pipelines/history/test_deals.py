"""What nights keep of open deals, read as the opportunity history that the export does not have."""

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.history.kept_history import KeptHistory
from pipelines.history.tonight import Tonight
from pipelines.sources.duckdb import connect
from scoring.contracts.open_deals import PLANNED, deal_columns
from scoring.features.deals.deal_stages import deal_stages
from scoring.knowledge import upto
from scoring.tables import Tables
from scoring.timeline import day_number
from tests.pipelines.history.nights import connection, day

KINDS = {
    "opportunity_id": "string",
    "account_id": "string",
    "lead_id": "string",
    "stage": "string",
    "amount": "float64",
    "close_date": "timestamp",
    "probability": "float64",
    "owner": "string",
}


def night(number: int, *deals: dict[str, Any]) -> Tonight:
    """The open deals of a night."""
    content = {name: [deal.get(name) for deal in deals] for name in KINDS}
    table = connection().create_table(ibis.util.gen_name("deals"), ibis.memtable(content, schema=KINDS), temp=True)
    return Tonight(connection(), {"opportunities": table}, day(number))


def of(name: str, stage: str, amount: float | None, close: str, owner: str = "005A") -> dict[str, Any]:
    return {
        "opportunity_id": name,
        "account_id": f"A-{name}",
        "stage": stage,
        "amount": amount,
        "close_date": pd.Timestamp(close),
        "owner": owner,
    }


NIGHTS = (
    night(0, of("O1", "Qualify", 9_000, "2026-05-31"), of("O2", "Offer", None, "2026-04-30")),
    night(7, of("O1", "Offer", 9_000, "2026-05-31"), of("O2", "Offer", 500, "2026-04-30")),
    night(8, of("O1", "Offer", 9_000, "2026-05-31"), of("O2", "Offer", 500, "2026-04-30")),
    # O2 was won: nothing that came with that is kept. O3 is new.
    night(14, of("O1", "Offer", 12_000, "2026-07-31"), of("O3", "Qualify", 1, "2026-06-30")),
)
#: Who tells what of which deal at which night: the first look, then only what has changed.
CHANGES = [
    ("O1", day(0), "Qualify", 9_000, date(2026, 5, 31), True),
    ("O1", day(7), "Offer", None, None, False),
    ("O1", day(14), None, 12_000, date(2026, 7, 31), False),
    ("O2", day(0), "Offer", None, date(2026, 4, 30), True),
    ("O2", day(7), None, 500, None, False),
    ("O3", day(14), "Qualify", 1, date(2026, 6, 30), False),
]


def tables(**more: ibis.Table) -> Tables:
    kinds = dict.fromkeys(("opportunity_id", "account_id", "lead_id", "status", "opportunity_type"), "string")
    kinds |= dict.fromkeys(("created_at", "closed_at", "known_at"), "timestamp") | {"amount": "float64"}
    deals = connection().create_table("opportunities", schema=ibis.schema(kinds), overwrite=True)
    return Tables(deals, accounts=deals.select("account_id", "created_at"), **more)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> KeptHistory:
    found = KeptHistory(tmp_path_factory.mktemp("history"))
    for tonight in NIGHTS[:-1]:
        found.keep(tonight, Config())
    return found


def told(tables_: Tables) -> list[tuple[Any, ...]]:
    rows = tables_.opportunity_history
    assert rows is not None
    frame = rows.order_by("opportunity_id", "changed_at").to_pyarrow().to_pylist()
    return [
        (
            row["opportunity_id"],
            row["changed_at"].date(),
            row["stage"],
            row["amount"],
            row["close_date"] and row["close_date"].date(),
            row["first_look"],
        )
        for row in frame
    ]


def test_changes_of_deals_are_read_as_their_history(history: KeptHistory) -> None:
    assert told(history.added_to(tables(), NIGHTS[-1], Config())) == CHANGES


@pytest.mark.parametrize("at", range(1, 16, 2))
def test_at_a_day_the_changes_of_the_nights_before_are_known(history: KeptHistory, at: int) -> None:
    found = upto(history.added_to(tables(), NIGHTS[-1], Config()), day_number(day(at)))
    assert told(found) == [row for row in CHANGES if row[1] < day(at)]


def test_the_history_of_the_export_comes_first_column_by_column(history: KeptHistory) -> None:
    own = pd.DataFrame({"opportunity_id": ["O1"], "changed_at": pd.Timestamp("2026-01-10"), "stage": "Qualify"})
    own = own.assign(amount=None, close_date=pd.NaT, probability=None)
    kinds = {"opportunity_id": "string", "changed_at": "timestamp"} | {k: KINDS[k] for k in list(KINDS)[3:7]}
    exported = tables(opportunity_history=connection().create_table("own", own, schema=ibis.schema(kinds), temp=True))
    stages = [(row[0], row[1], row[2]) for row in told(history.added_to(exported, NIGHTS[-1], Config())) if row[2]]
    assert stages == [("O1", date(2026, 1, 10), "Qualify")]


def test_a_first_look_does_not_say_since_when_a_stage_is(history: KeptHistory) -> None:
    deals = ibis.memtable({"unit": ["A"], "opportunity_id": ["O1"], "closed_day": [None], "known_day": [20_000]})
    deals = deals.mutate(closed_day=ibis._.closed_day.cast("int64"))
    changes = deal_stages(history.added_to(tables(), NIGHTS[-1], Config()), deals)
    assert changes is not None
    rows = connection().to_pyarrow(changes.order_by("changed_at")).to_pylist()
    assert [(row["stage"], row["changed_day"]) for row in rows] == [
        ("Qualify", None),
        ("Offer", day_number(day(7))),
        (None, day_number(day(14))),
    ]


def test_owners_are_kept_unless_they_are_names(tmp_path: Path, history: KeptHistory) -> None:
    assert {column.name for column in history.record().columns} == {"stage", "amount", "close_date", "owner"}
    named = [of(f"O{i}", "Offer", 1, "2026-05-31", owner=name) for i, name in enumerate(["Anna Markowitz", "Ed Po"])]
    done = KeptHistory(tmp_path).keep(night(0, *named), Config())
    assert done is not None
    assert done.left_out["opportunities"]["owner"] == "names of persons"


def test_a_stage_is_kept_without_the_person_it_names(tmp_path: Path) -> None:
    stages = ("Offer", "Waiting for Anna Markowitz", "asked ada@x.example", "\x1b[31mDemo\x1b[0m")
    deals = [of(f"O{i}", stage, 1, "2026-05-31") for i, stage in enumerate(stages)]
    found = KeptHistory(tmp_path)
    found.keep(night(0, *deals), Config())
    rows = told(found.added_to(tables(), night(1, *deals), Config()))
    assert [row[2] for row in rows] == ["Offer", "Waiting for (name)", "asked (e-mail)", "Demo"]


def test_what_is_planned_is_read_from_the_export() -> None:
    raw = ibis.memtable(
        {
            "status": ["Negotiation", "open", "Won"],
            "closed_at": ["2026-05-31", None, "2026-03-01"],
            "expected_close_date": ["2026-06-30", "2026-07-31", None],
            "probability": ["40", "x", "100"],
            "owner_id": ["005A", None, "005B"],
        },
        schema=dict.fromkeys(("status", "closed_at", "expected_close_date", "probability", "owner_id"), "string"),
    )
    columns = deal_columns(raw, raw.columns, {"closed_at": raw.closed_at.cast("timestamp")})
    rows = connection().to_pyarrow(raw.select(**{name: columns[PLANNED[name]] for name in PLANNED})).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("Negotiation", pd.Timestamp("2026-06-30"), 40.0, "005A"),
        (None, pd.Timestamp("2026-07-31"), None, None),
        ("Won", pd.Timestamp("2026-03-01"), 100.0, "005B"),
    ]


def test_what_is_on_another_engine_is_fetched_and_kept_alike(tmp_path: Path, history: KeptHistory) -> None:
    other, found = connect(), KeptHistory(tmp_path)
    for tonight in NIGHTS[:-1]:
        rows = tonight.tables["opportunities"].to_pyarrow()
        there = other.create_table(ibis.util.gen_name("there"), rows)
        found.keep(Tonight(connection(), {"opportunities": there}, tonight.day), Config())
    assert found.record() == history.record()
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in history.folder.iterdir()}
