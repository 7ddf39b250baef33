"""One lead of one night, and how each CRM's test asks for its row."""

import datetime
from typing import Any

import ibis

from scoring.contracts.scores import score_columns
from scoring.crm.cells import cleared_rows
from scoring.crm.profile import Profile
from tests.scoring.crm.expected_cells import accepted, rejected

ROW: dict[str, Any] = {
    "lead_id": "00Q5e00001AbCdEEAV",
    "account_id": None,
    "as_of": datetime.date(2018, 4, 1),
    "scored_at": datetime.datetime(2018, 4, 1, 3, 12, 45, 678901),
    "model_version": "12",
    "win_probability": 0.29,
    "expected_amount": 1234567.006,
    "expected_revenue": 358024.43145,
    "fit_score": 87.0,
    "intent_score": 0.0,
    "grade": "A",
    "rank": 1,
    "log_odds": -1.0,
    "fit_log_odds": 1.0,
    "intent_log_odds": 2.0,
    "reason_1": "the VP Sales asked for a demo, 3 days ago",
    "reason_2": None,
    "reason_3": None,
    "concern_1": None,
    "why_now": "",
    "buying_group": "1 of 2: user",
    "missing_role": "",
    "score_change": None,
    "trend": "new",
}


def leads(*rows: dict[str, Any]) -> ibis.Table:
    """A score table of leads: each is `ROW` with some of its values replaced."""
    return ibis.memtable([ROW | row for row in rows], schema=ibis.schema(score_columns("lead")))


def written(profile: Profile, **values: Any) -> list[tuple[str, str]]:
    """The header and the cell of each column of the file, in order, for one lead."""
    [row] = accepted(profile, "lead", leads(values)).to_pyarrow().to_pylist()
    return list(row.items())


def cleared(profile: Profile, **values: Any) -> list[tuple[str, str]]:
    """The same for a lead that is no longer scored."""
    ids = leads(values).select("lead_id", "as_of", "scored_at")
    [row] = cleared_rows(profile, "lead", ids).to_pyarrow().to_pylist()
    return list(row.items())


def broken_by(profile: Profile, lead_id: str | None) -> str | None:
    """The rule that an id breaks, after a look that the file and the rejects agree on it."""
    table = leads({"lead_id": lead_id})
    rules = [row["rule"] for row in rejected(profile, "lead", table).to_pyarrow().to_pylist()]
    ids = [next(iter(row.values())) for row in accepted(profile, "lead", table).to_pyarrow().to_pylist()]
    assert ids == ([] if rules else [lead_id])
    assert cleared_rows(profile, "lead", table).count().execute() == len(ids)
    return rules[0] if rules else None
