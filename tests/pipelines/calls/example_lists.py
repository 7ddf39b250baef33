"""The lists of a week, as an example: two owners, three calls, and all that a page shows."""

from datetime import date

from scoring.calls.associations import Association
from scoring.calls.call_list import Call, CallLists, Learned, Left, Touch

WEEK = date(2026, 3, 2)


def call(unit: str, owner: str, order: int, **other: object) -> Call:
    """A call with some values of its own."""
    values: dict[str, object] = {
        "account": unit,
        "team": "inside sales",
        "grade": "A",
        "win_probability": 0.25,
        "expected_revenue": 12_500.0,
        "trigger": "return",
        "why_now": "Came back after a silence on 2026-02-23",
        "happened": date(2026, 2, 23),
        "expires": date(2026, 3, 23),
        "left": 0.75,
        "value": 9_375.0,
        "people": ("L1", "L2"),
        "missing_role": "economic buyer",
        "ours": Touch("call", date(2026, 1, 9)),
        "of_buyer": Touch("pricing_view", date(2026, 2, 23)),
        "since": date(2026, 2, 23),
    }
    return Call(unit=unit, owner=owner, order=order, **{**values, **other})  # type: ignore[arg-type]


#: Of whom nothing is new, never touched, and with an id that a spreadsheet would compute.
PLAIN: dict[str, object] = {
    "trigger": "",
    "why_now": "",
    "happened": None,
    "expires": None,
    "left": 0.0,
    "people": (),
    "missing_role": "",
    "ours": None,
    "of_buyer": None,
    "since": WEEK,
}
LISTS = CallLists(
    week=WEEK,
    entity="account",
    model_version="3",
    calls=(call("A1", "U-17", 1), call("=A2", "U-17", 2, **PLAIN), call("A3", "U-18", 1, people=("L1",))),
    slots={"U-17": 2, "U-18": 2, "U-19": 0},
    teams={"inside sales": 20},
    capacity="the agreement 2026-Q1",
    open=40,
    not_called={"somebody works it: a call, meeting or visit lately": 7},
    left=(Left("A9", "U-18", "its trigger has expired"),),
    learned=(
        Learned(
            "return", "Came back after a silence", "conversation", 30, Association(900, 54, 0.06, 0.03, 2, 1.6, 2.5)
        ),
        Learned("return", "Came back after a silence", "win", 182, Association(700, 4, 0.006, 0.004)),
    ),
    past_days=12,
    notes=("1 of 4 places are empty: nobody else may be called",),
)
