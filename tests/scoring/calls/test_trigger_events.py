"""When triggers happened in the small market, and which of them stand on a day."""

from functools import cache

import ibis
import pytest

from scoring.calls.trigger_events import events, standing_events
from scoring.calls.triggers import BY_NAME
from scoring.features.facts import Markets
from scoring.timeline import Grid, calendar_date
from tests.scoring.example_market import AS_OF, TEXTS, cells, example, keep

Found = list[tuple[str, str, str]]
LATER = ("A1", "2026-03-01", "employees")


@cache
def happened() -> ibis.Table:
    """All events of the small market; a lost deal is due after a month."""
    facts = Markets(example(), keep, lone=False).of("account").own
    return events(facts, list(BY_NAME), since=AS_OF - 400, as_of=AS_OF, months=1, keep=keep)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("return", [("A1", "2026-02-10", ""), ("A2", "2026-02-28", "")]),
        ("decision_maker", [("A1", "2025-11-20", ""), ("A2", "2025-10-01", "")]),
        ("department", [("A1", "2026-02-10", "")]),
        ("surge", []),
        ("lost", [("A2", "2026-02-14", "1 month after it was lost")]),
        ("change", [("A1", "2025-09-01", "employees"), ("A1", "2026-02-28", "industry"), LATER]),
        ("slipped", [("A1", "2026-03-01", "by 31 days")]),
    ],
)
def test_what_happened_when(name: str, expected: Found) -> None:
    rows = cells(happened().filter(happened().trigger == name), "unit", "day", "detail")
    assert [(unit, str(calendar_date(day)), detail) for unit, day, detail in rows if "A" < unit < "A5"] == expected


def test_what_stands_has_not_expired_and_is_not_over() -> None:
    rows = cells(standing_events(happened(), Grid((AS_OF, AS_OF + 28))), "unit", "as_of", "trigger", "day")
    ages = {(at - AS_OF, trigger): at - day for unit, at, trigger, day in rows if unit == "A1"}
    assert {trigger: age for (at, trigger), age in ages.items() if at == 0} == {
        "change": 1,
        "department": 19,
        "return": 19,
    }
    assert {trigger: age for (at, trigger), age in ages.items() if at == 28} == {"change": 28}


#: The engagement of an account in the week before 2026-03-01, by day of February: kind, and when it is known.
NOW = "-"
WEEKS: dict[str, tuple[str, list[tuple[int, str, str]]]] = {
    "A1": ("far more than usual", [(23, "demo", NOW), (24, "visit", NOW), (26, "pricing", NOW)]),
    "A2": ("too few in the week", [(23, "demo", NOW), (24, "visit", NOW)]),
    "A3": ("one kind all week", [(23, "visit", NOW), (24, "visit", NOW), (26, "visit", NOW)]),
    "A4": ("repeated on the day", [(23, "demo", NOW), (23, "demo", NOW), (24, "visit", NOW)]),
    "A5": ("known too late", [(23, "demo", "2026-03-01"), (24, "visit", NOW), (26, "pricing", NOW)]),
    "A6": ("nothing is usual yet", [(23, "demo", NOW), (24, "visit", NOW), (26, "pricing", NOW)]),
}


def test_a_surge_is_beside_what_is_usual_for_the_account() -> None:
    lines = [TEXTS["activities"].strip().splitlines()[0]]
    usual = [f"2025-{month}-{day:02}" for month in (11, 12) for day in (3, 10, 17, 24)]
    lines += [f"-  {who}  visit  {day}T08:00  -  inbound" for who in WEEKS if who != "A6" for day in usual]
    for who, (_, week) in WEEKS.items():
        lines += [f"-  {who}  {kind}  2026-02-{day}T08:00  {known}  inbound" for day, kind, known in week]
    accounts = TEXTS["accounts"].replace("2026-03-01", "2025-03-01")
    facts = Markets(example(activities="\n".join(lines), accounts=accounts), keep, lone=False).of("account").own
    found = events(facts, ["surge"], since=AS_OF - 30, as_of=AS_OF, months=1, keep=keep)
    assert [(unit, str(calendar_date(day))) for unit, day in cells(found, "unit", "day")] == [("A1", "2026-02-26")]
