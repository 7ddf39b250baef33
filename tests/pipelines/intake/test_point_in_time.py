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
    last_known = {table: found["last_known"] for table, found in export.inputs.items()}
    assert last_known == {"leads": leads, "opportunities": deals, "contact_roles": None}
