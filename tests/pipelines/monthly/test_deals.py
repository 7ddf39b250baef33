"""The deals of a month: each once, with the grade before it was opened and its credit, adding up to all."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.intake.point_in_time import Export
from pipelines.monthly.deals import all_deals, by_credit, by_grade, by_source, of_month, with_credit, with_grades
from pipelines.monthly.old_counts import old_counts
from pipelines.store.ledger import Night
from scoring.monthly.credit import CREDITS
from scoring.monthly.month import CalendarMonth
from scoring.nights.record import NightRecord
from tests.pipelines.monthly.small_market import CONFIG, read

JANUARY = CalendarMonth(2026, 1)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return read(tmp_path_factory.mktemp("month") / "crm")


@pytest.fixture(scope="module")
def deals(export: Export) -> pd.DataFrame:
    return with_credit(of_month(all_deals(export), JANUARY), export)


def night(folder: Path, day: str, sequence: int, entity: str, grades: dict[str, str]) -> Night:
    folder = folder / day
    folder.mkdir()
    ids = {"account_id": list(grades)} | ({} if entity == "account" else {"lead_id": [f"L{i}" for i in grades]})
    pd.DataFrame({**ids, "grade": list(grades.values()), "expected_amount": 800.0}).to_parquet(
        folder / f"{entity}_scores.parquet"
    )
    record = NightRecord(
        night=day,
        sequence=sequence,
        as_of=date.fromisoformat(day),
        scored_at=pd.Timestamp(f"{day}T02:00Z").to_pydatetime(),
        since=date.fromisoformat(day),
        models={entity: "1"},
        out="scores",
        identity=day,
    )
    return Night(folder, record)


def test_each_deal_of_the_month_has_one_credit(deals: pd.DataFrame) -> None:
    found = deals.set_index("unit")
    assert found["credit"].to_dict() == {"A1": "sourced", "A2": "influenced", "A3": "neither", "A4": "unknown"}
    assert found["opened"].to_dict() == {"A1": "2026-01", "A2": "2025-12", "A3": "2026-01", "A4": "2026-01"}
    assert found["won"].to_dict() == {"A1": "2026-01", "A2": "2026-01", "A3": "", "A4": ""}


def test_what_is_credited_adds_up_to_all(deals: pd.DataFrame) -> None:
    found = by_credit(deals, JANUARY, CREDITS)
    assert found.iloc[:, :5].to_dict("split")["data"] == [
        ["sourced", 1, 5000.0, 1, 5000.0],
        ["influenced", 0, 0.0, 1, 7000.0],
        ["neither", 1, 2000.0, 0, 0.0],
        ["unknown", 1, 900.0, 0, 0.0],
    ]
    assert found["without_amount"].tolist() == [0, 0, 0, 0]
    named = deals.assign(source=["web", "web", "event", "event"])
    columns = ["opened", "pipeline", "won", "revenue"]
    assert by_source(named, JANUARY)[columns].sum().to_dict() == found[columns].sum().to_dict()
    assert list(by_source(named, JANUARY)["source"].unique()) == ["web", "event"]
    assert by_source(named[:0], JANUARY).empty


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_a_grade_is_that_of_the_night_before_a_deal_was_opened(
    deals: pd.DataFrame, tmp_path: Path, entity: str
) -> None:
    past = [
        night(tmp_path, "2026-01-01", 1, entity, {"A1": "C", "A2": "A", "A3": "B"}),
        night(tmp_path, "2026-01-06", 2, entity, {"A1": "A", "A3": "A"}),
    ]
    found = with_grades(deals, past)
    # A1 was opened between the nights, A2 before the first one, and A4 is in none.
    assert found.set_index("unit")["grade"].to_dict() == {
        "A1": "C",
        "A2": "not scored then",
        "A3": "A",
        "A4": "not scored then",
    }
    table = by_grade(found, JANUARY).set_index("grade")
    assert table.loc["C"].dropna().to_dict() == {
        **{"opened": 1, "pipeline": 5000.0, "won": 1, "revenue": 5000.0},
        "without_amount": 0,
    }
    assert table[["opened", "won", "revenue"]].sum().to_dict() == {"opened": 3, "won": 2, "revenue": 12000.0}


def test_a_deal_without_an_amount_is_counted_apart_with_what_the_night_before_expected(
    deals: pd.DataFrame, tmp_path: Path
) -> None:
    past = [night(tmp_path, "2026-01-06", 1, "account", {"A1": "A", "A3": "A"})]
    bare = deals.assign(without_amount=[unit in ("A3", "A4") for unit in deals["unit"]])
    table = by_grade(with_grades(bare, past), JANUARY).set_index("grade")[["without_amount", "expected_of_those"]]
    assert table.loc["A"].to_dict() == {"without_amount": 1, "expected_of_those": 800.0}
    assert table.loc["not scored then", "without_amount"] == 1  # A4 is in no night, so nobody expected anything of it
    assert table["expected_of_those"].sum() == 800.0


def test_what_used_to_be_counted(export: Export) -> None:
    found = old_counts(export, CONFIG, JANUARY.until(3))
    # A demo request is worth 50 points and a CFO 20, so two requests make a lead qualified; no call of ours does.
    assert found.to_dict("split")["data"] == [["2025-11", 1, 0], ["2025-12", 3, 0], ["2026-01", 3, 1]]
