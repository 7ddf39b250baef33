"""A store with nights that were sent to a CRM, made by hand, and the rows that were sent."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from pipelines.store.store import Store
from scoring.crm.known import PROFILES
from scoring.crm.profile import Profile
from scoring.nights.parts import Output
from scoring.nights.record import NightRecord
from tests.crm_answers.rows import Row, as_csv

#: Days, when they were scored, and their numbers.
NIGHTS = {"2025-12-28": ("2025-12-28T02:10:00Z", 1), "2025-12-29": ("2025-12-29T02:14:09Z", 2)}


def store_with(folder: Path, ids: Mapping[str, Mapping[str, Sequence[str]]]) -> Store:
    """Make a store whose nights scored these ids, by day and entity."""
    store = Store(folder / "store", "", own=True)
    for day, (scored_at, sequence) in NIGHTS.items():
        entry = store.ledger / f"{day}_{sequence}"
        entry.mkdir(parents=True)
        record = NightRecord(
            night=entry.name,
            sequence=sequence,
            as_of=date.fromisoformat(day),
            scored_at=datetime.fromisoformat(scored_at),
            since=date.fromisoformat(day),
            models=dict.fromkeys(ids[day], "1"),
            outputs=[Output("salesforce/account_scores.csv", 351, "0" * 64)],
            out="scores",
            identity=day,
        )
        (entry / "night.json").write_text(json.dumps(record.to_json()))
        for entity, units in ids[day].items():
            pd.DataFrame({f"{entity}_id": units}).to_parquet(entry / f"{entity}_scores.parquet")
    return store


def sent_rows(crm: str, entity: str, ids: Sequence[str], day: str = "2025-12-29", **names: str) -> list[Row]:
    """The rows of a file that was sent; `names` renames fields."""
    profile = PROFILES[crm].renamed(entity, names)
    return [_row(profile, entity, unit, number, day) for number, unit in enumerate(ids, start=1)]


def _row(profile: Profile, entity: str, unit: str, number: int, day: str) -> Row:
    scored_at = datetime.fromisoformat(NIGHTS[day][0])
    cells = {f"{entity}_id": unit, "scored_at": scored_at.strftime(profile.time), "as_of": day, "rank": str(number)}
    cells |= {"status": "scored", "reason_1": 'the "VP, Sales" asked for a demo'}
    return {column.header: cells.get(column.source, profile.empty) for column in profile.columns[entity]}


def sent_file(folder: Path, rows: Sequence[Row], name: str = "lead_scores.csv") -> Path:
    """Write the rows as the file that was sent."""
    file = folder / name
    file.write_text(as_csv(list(rows[0]), [list(row.values()) for row in rows]))
    return file
