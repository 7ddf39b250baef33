"""A night larger than one import is cut into parts, the CRM reads each of them, and no row is lost."""

from pathlib import Path
from typing import Any

import ibis
import pytest

from pipelines.config import Config
from pipelines.delivery.fields import fields
from pipelines.delivery.files import write_cells
from scoring.contracts.scores import score_columns
from scoring.crm.known import PROFILES
from tests.pipelines.delivery.crm_orgs import ORGS, PAST_LIMITS
from tests.scoring.crm.expected_cells import accepted

#: The values of a score, in SQL; any other is 0.5.
VALUES = {
    "as_of": "DATE '2025-12-29'", "scored_at": "TIMESTAMP '2025-12-29 02:14:09'", "model_version": "'3'",
    "grade": "'D'", "trend": "'new'", "win_probability": "0.0123", "rank": "n - 1000000",
    "score_change": "NULL", "account_id": "NULL", "buying_group": "''", "missing_role": "''",
}  # fmt: skip
TEXTS = ("reason_1", "reason_2", "reason_3", "concern_1", "why_now")


@pytest.mark.slow
@pytest.mark.parametrize("crm", PROFILES)
def test_past_the_limit(crm: str, tmp_path: Path) -> None:
    engine: Any = ibis.duckdb.connect()
    past = PAST_LIMITS[crm]
    rows = past.rows
    values = VALUES | {"lead_id": past.id} | dict.fromkeys(TEXTS, f"repeat('x', {past.length})")
    columns = ", ".join(f"{values.get(name, '0.5')} AS {name}" for name in score_columns("lead"))
    engine.raw_sql(f"CREATE TABLE scores AS SELECT {columns} FROM range(1000001, {1_000_001 + rows}) AS r(n)")
    profile = PROFILES[crm].renamed("lead", dict.fromkeys(past.left_out, ""))
    written = write_cells(
        profile, "lead", "scores", accepted(profile, "lead", engine.table("scores")).to_pyarrow(), tmp_path
    )
    fields(Config(), tmp_path / "fields", crms=[crm], say=lambda text: None)
    org = ORGS[crm, "lead"]
    made = org.fields(tmp_path / "fields" / crm)
    read = [org.read(file, made, org.key[0]) for file in written.files]
    keys = [key for imported in read for key in imported.keys]
    assert (len(read), len(keys), len(set(keys)), written.rows) == (past.parts, rows, rows, rows)
    names = [file.name.partition(".")[0] for file in written.files]
    assert names == ["lead_scores", *(f"lead_scores_part_{n}" for n in range(2, past.parts + 1))]
