"""Nights as they usually are, written out: 2026-03-01 and the seven before it, with cells changed by name."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from scoring.evidence.promotion.inputs import ALL
from scoring.nights.parts import EntityCounts, ScoreFacts, TableInput
from scoring.nights.record import CandidateNight

EVEN = [100] * 10
TRAINED = {
    "rows": 500,
    "missing": {"industry": 0.1, "demo": 0.9},
    "unknown": {"industry": 0.02},
    "bins": {"fit_score": [50.0] * 10, "intent_score": [50.0] * 10},
}


def night(as_of: str = "2026-03-01", **cells: Any) -> dict[str, Any]:
    """A healthy night as JSON, with cells of it changed: `facts__rows=5` is that of the accounts."""
    before = (date.fromisoformat(as_of) - timedelta(days=1)).isoformat()
    table = {"rows": 1_000, "rejected": 10, "last_known": before}
    record: dict[str, Any] = {
        "night": as_of,
        "sequence": 1,
        "as_of": as_of,
        "scored_at": f"{as_of}T02:14:09Z",
        "since": before,
        "out": "scores",
        "identity": "5f0c9a1e",
        "inputs": {"accounts": table, "activities": table | {"rows": 80_000}, "spend": table | {"last_known": None}},
        "counts": {"account": {"scored": 1_000}},
        "models": {"account": {"version": "3"}},
        "flow": {ALL: [900] * 7},
        "facts": {
            "account": {
                "rows": 1_000,
                "missing": {"industry": 0.1, "demo": 0.9},
                "unknown": {"industry": 0.02},
                "bins": {"win_probability": EVEN, "fit_score": EVEN, "intent_score": EVEN},
                "mean_probability": 0.03,
                "reference": TRAINED,
            }
        },
    }
    record = deepcopy(record)
    for path, value in cells.items():
        *way, last = path.split("__")
        part = record["facts"]["account"] if way and way[0] in ("missing", "unknown", "bins") else record
        for key in way:
            part = part[key]
        part[last] = value
    return record


def candidate(night: Mapping[str, Any]) -> CandidateNight:
    """A night that is not published yet, from the same JSON."""
    today = night.get("today")
    return CandidateNight(
        as_of=date.fromisoformat(night["as_of"]),
        models={entity: model["version"] for entity, model in night["models"].items()},
        inputs={table: TableInput.from_json(found) for table, found in night["inputs"].items()},
        counts={entity: EntityCounts.from_json(found) for entity, found in night["counts"].items()},
        facts={entity: ScoreFacts.from_json(found) for entity, found in night["facts"].items()},
        flow=night.get("flow"),
        weeks=night.get("weeks"),
        today=None if today is None else date.fromisoformat(today),
        fitting=night.get("fitting", {}),
    )


def week(**cells: Any) -> list[dict[str, Any]]:
    """The nights of 2026-02-22 to 2026-02-28."""
    return [night(f"2026-02-{day}", **cells) for day in range(22, 29)]


def shifted(by: int) -> list[int]:
    """A bin's hundred moved to the next one, in part."""
    return [100 - by, 100 + by, *EVEN[2:]]
