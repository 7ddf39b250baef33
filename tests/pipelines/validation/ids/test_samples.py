"""A few rows of a table beside a few of another one, which name no record of it."""

from pathlib import Path

import pytest

from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read

DEAL = "opportunity_id,account_id,created_at,status\nO1,A1,2026-02-01,open\n"
ACCOUNT = "account_id,created_at\nA1,2026-01-05\n"


def touches(count: int) -> str:
    """Activities of accounts that are in no export."""
    ids = (f"x{i}y" for i in range(1001, 1001 + count))
    return "account_id,activity_type,occurred_at\n" + "".join(f"{id_},call,2026-02-02\n" for id_ in ids)


def test_a_few_are_said_and_stop_nothing(tmp_path: Path) -> None:
    intake = read(export(tmp_path, accounts=ACCOUNT, leads=None, opportunities=DEAL, activities=touches(49)))
    assert {reject.rule: reject.count for reject in intake.rejects} == {"unknown_account": 49}
    said = "activities: of the 49 rows of activities (activities.csv) with an account_id, 0 (0.0%) name one of accounts"
    assert any(note.startswith(said) for note in intake.notes)


def test_many_stop_the_run(tmp_path: Path) -> None:
    crm = export(tmp_path, accounts=ACCOUNT, leads=None, opportunities=DEAL, activities=touches(50))
    with pytest.raises(BadInput, match="The two do not look alike"):
        read(crm)
