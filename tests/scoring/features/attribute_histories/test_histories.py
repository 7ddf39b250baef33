"""From when on a history counts: each column from when its own changes are recorded, whatever others began with."""

from datetime import date, timedelta

import ibis
import pytest

from scoring.features.attribute_histories.histories import faults_of_histories
from scoring.features.facts import Facts

COUNT, FIRST, BEGAN = 200, date(2024, 1, 1), date(2025, 7, 1)
#: Of each account the day of its creation, and that of its outcome: every second one was won, over two years.
CREATED = [FIRST + timedelta(days=i % 30) for i in range(COUNT)]
WON = [CREATED[i] + timedelta(days=60 + 3 * i) if i % 2 else None for i in range(COUNT)]
Row = tuple[str, date, str | None, str | None]


def facts(rows: list[Row]) -> Facts:
    """Accounts with an industry and a region, which a win fills, and the history of both."""
    units = [f"A{i}" for i in range(COUNT)]
    deals = {"unit": [u for u, w in zip(units, WON, strict=True) if w], "closed_day": [_day(w) for w in WON if w]}
    won = ibis.memtable(deals | {"status": ["won"] * len(deals["unit"])})
    regions = ["north" if w else None for w in WON]
    history = {
        "unit": [row[0] for row in rows],
        "known_at": [f"{row[1]} 12:00:00" for row in rows],
        "industry": [row[2] for row in rows],
        "region": [row[3] for row in rows],
    }
    kinds = {"unit": "string", "known_at": "string", "industry": "string", "region": "string"}
    return Facts(
        units=ibis.memtable({"unit": units, "created_day": [_day(d) for d in CREATED]}),
        deals=won,
        won_deals=won,
        attributes=ibis.memtable(
            {"unit": units, "industry": ["software"] * COUNT, "region": regions},
            schema={"unit": "string", "industry": "string", "region": "string"},
        ),
        history=ibis.memtable(history, schema=kinds).mutate(known_at=ibis._.known_at.cast("timestamp")),
    )


def _day(day: date | None) -> int:
    assert day is not None
    return (day - date(1970, 1, 1)).days


#: What is written of the industry: at the creation, and a change after ten days.
INDUSTRIES: list[Row] = [
    row
    for i in range(COUNT)
    for row in (
        (f"A{i}", CREATED[i], "retail", None),
        (f"A{i}", CREATED[i] + timedelta(days=10), "software", None),
    )
]
#: What a win fills, each on the day after it.
FILLED: list[Row] = [(f"A{i}", w + timedelta(days=1), None, "north") for i, w in enumerate(WON) if w]
#: The same as it was on the day on which the region began to be tracked, but dated at the creation of each account.
WRITTEN_AT_CREATION: list[Row] = [(f"A{i}", CREATED[i], None, "north") for i, w in enumerate(WON) if w and w < BEGAN]
SINCE: list[Row] = [row for row in FILLED if row[1] > BEGAN]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (FILLED, {"industry": "", "region": ""}),
        (
            [*WRITTEN_AT_CREATION, *SINCE],
            {"industry": "", "region": "records changes of it only since 2025-07-10, after many outcomes"},
        ),
        # Loaded on one day, which is no change.
        (
            [*[(row[0], BEGAN, None, "north") for row in WRITTEN_AT_CREATION], *SINCE],
            {"industry": "", "region": "records changes of it only since 2025-07-10, after many outcomes"},
        ),
    ],
    ids=["from the beginning", "written at the creation", "loaded"],
)
def test_a_column_counts_from_when_its_own_changes_are_recorded(rows: list[Row], expected: dict[str, str]) -> None:
    assert faults_of_histories(facts([*INDUSTRIES, *rows]), ["industry", "region"]) == expected
