"""Amounts of open deals: as their history tells them, or, on request and with a warning, as they are today."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.config import Config
from pipelines.intake.intake import Intake
from pipelines.intake.open_amounts import LEAKS, NOT_NEEDED
from tests.pipelines.crm_export import read

DEALS = (
    "opportunity_id,account_id,created_at,closed_at,status,amount\n"
    "O1,A1,2026-01-10,,open,900\nO2,A1,2026-01-11,2026-02-01,won,500\nO3,A1,2026-01-12,,open,\n"
)
HEAD = "opportunity_id,changed_at,stage,amount,close_date\n"


def taken(folder: Path, history: str | None, *, asked: bool) -> Intake:
    (folder / "accounts.csv").write_text("account_id,created_at\nA1,2025-01-01\n")
    (folder / "opportunities.csv").write_text(DEALS)
    if history is not None:
        (folder / "opportunity_history.csv").write_text(history)
    config = Config()
    return read(folder, replace(config, input=replace(config.input, open_amounts=asked)))


@pytest.mark.parametrize(
    ("history", "asked", "rows", "said"),
    [
        (None, False, None, None),
        (None, True, [("O1", None, 900.0), ("O2", None, 500.0)], LEAKS),
        ("opportunity_id,changed_at,stage\nO1,2026-01-20,Talk\n", False, [("O1", "Talk", None)], None),
        (
            "opportunity_id,changed_at,stage\nO1,2026-01-20,Talk\n",
            True,
            [("O1", None, 900.0), ("O1", "Talk", None), ("O2", None, 500.0)],
            LEAKS,
        ),
        (HEAD + "O1,2026-01-20,Talk,700,2026-05-01\n", True, [("O1", "Talk", 700.0)], NOT_NEEDED),
    ],
)
def test_amounts_of_today_are_used_on_request_alone(
    tmp_path: Path, history: str | None, asked: bool, rows: list[tuple[str, str | None, float | None]], said: str | None
) -> None:
    intake = taken(tmp_path, history, asked=asked)
    table = intake.tables.opportunity_history
    if rows is None:
        assert table is None
    else:
        assert table is not None
        found = table.order_by("opportunity_id", "changed_at").select("opportunity_id", "stage", "amount").to_pyarrow()
        assert [tuple(row.values()) for row in found.to_pylist()] == rows
    assert [note for note in intake.notes if note in (LEAKS, NOT_NEEDED)] == ([] if said is None else [said])
