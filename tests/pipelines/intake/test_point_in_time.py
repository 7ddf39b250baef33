"""What a job sees of an export: here, how new each of its tables is, as the gates of a night are told."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.intake.point_in_time import read_export
from tests.pipelines.small_crm import write

LEADS = pd.DataFrame({"lead_id": ["1", "2"], "created_at": ["2026-02-03", "2026-02-05 23:59"]})
DEALS = pd.DataFrame({"opportunity_id": ["7"], "lead_id": ["1"], "created_at": ["2026-02-20"], "status": ["open"]})
ROLES = pd.DataFrame({"opportunity_id": ["7"], "lead_id": ["1"]})


@pytest.mark.parametrize(
    ("as_of", "leads", "deals"),
    [
        (None, "2026-02-05", "2026-02-20"),  # the day after the last there is, 2026-02-21
        (date(2026, 3, 1), "2026-02-05", "2026-02-20"),
        (date(2026, 2, 10), "2026-02-05", "2026-02-10"),  # no later than what the night looks at
    ],
)
def test_the_last_day_of_news_in_each_table(as_of: date | None, leads: str, deals: str, tmp_path: Path) -> None:
    """A table without dates has none."""
    frames = {"leads": LEADS, "opportunities": DEALS, "contact_roles": ROLES}
    export = read_export(write(frames, tmp_path), Config(), as_of, lambda words: None)
    known = {table: found.to_json()["last_known"] for table, found in export.inputs.items()}
    assert known == {"leads": leads, "opportunities": deals, "contact_roles": None}


@pytest.mark.parametrize("with_notes", [True, False])
def test_a_night_says_what_was_read_otherwise(with_notes: bool, tmp_path: Path) -> None:
    data = write({"leads": LEADS, "opportunities": DEALS.assign(is_deleted=["no"]), "contact_roles": ROLES}, tmp_path)
    (data / "Notizen.csv").write_text("a;b\n1;2\n")
    said: list[str] = []
    export = read_export(data, Config(), None, said.append, with_notes=with_notes)
    named = [line for line in said if "Notizen.csv" in line]
    assert len(named) == with_notes
    assert any("Notizen.csv" in note for note in export.intake.notes)
