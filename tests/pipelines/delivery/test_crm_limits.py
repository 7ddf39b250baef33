"""A night that is more than one import takes is cut into parts, each of which the CRM reads, and nobody is lost."""

from pathlib import Path
from typing import Any

import ibis
import pytest

from pipelines.config import Config
from pipelines.delivery.fields import fields
from pipelines.delivery.files import write
from scoring.contracts.scores import score_columns
from scoring.crm.known import PROFILES
from scoring.crm.profile import accepted
from tests.pipelines.delivery.crm_orgs import ORGS

#: How ids are written, and all else of a score that is not given.
IDS = {"salesforce": "format('00QA{:014d}', n)", "dynamics": "format('00000000-0000-4000-8000-{:012x}', n)"}
VALUES = {
    "as_of": "DATE '2025-12-29'", "scored_at": "TIMESTAMP '2025-12-29 02:14:09'", "model_version": "'3'",
    "grade": "'D'", "trend": "'new'", "win_probability": "0.0123", "rank": "n - 1000000",
    "score_change": "NULL", "account_id": "NULL",
}  # fmt: skip
TEXTS = ("reason_1", "reason_2", "reason_3", "concern_1", "why_now")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("crm", "rows", "length", "left_out", "parts"),
    [
        ("salesforce", 82_000, 250, (), 2),  # more than 100 MB
        ("hubspot", 1_048_577, 5, (*TEXTS, "trend", "as_of", "scored_at", "model_version", "expected_amount"), 2),
        ("dynamics", 14_000, 120, (), 2),  # more than 8 MB
        ("zoho", 50_001, 5, (), 3),
        ("marketo", 22_000, 80, (), 2),  # more than 10 MB
        ("odoo", 10_001, 5, (), 3),
    ],
)
def test_past_the_limit(
    crm: str, rows: int, length: int, left_out: tuple[str, ...], parts: int, tmp_path: Path
) -> None:
    engine: Any = ibis.duckdb.connect()
    told = VALUES | {"lead_id": IDS.get(crm, "CAST(n AS VARCHAR)")} | dict.fromkeys(TEXTS, f"repeat('x', {length})")
    columns = ", ".join(f"{told.get(name, '0.5')} AS {name}" for name in score_columns("lead"))
    engine.raw_sql(f"CREATE TABLE scores AS SELECT {columns} FROM range(1000001, {1_000_001 + rows}) AS r(n)")
    profile = PROFILES[crm].renamed("lead", dict.fromkeys(left_out, ""))
    written = write(profile, "lead", "scores", accepted(profile, "lead", engine.table("scores")), tmp_path)
    fields(Config(), tmp_path / "fields", crms=[crm], say=lambda text: None)
    org = ORGS[crm, "lead"]
    made = org.fields(tmp_path / "fields" / crm)
    read = [org.read(file, made, org.key[0]) for file in written.files]
    keys = [key for imported in read for key in imported.keys]
    assert (len(read), len(keys), len(set(keys)), written.rows) == (parts, rows, rows, rows)
    names = [file.name.partition(".")[0] for file in written.files]
    assert names == ["lead_scores", *(f"lead_scores_part_{n}" for n in range(2, parts + 1))]
