"""Who rests: days are counted before the Monday of the list."""

import pytest

from scoring.calls.suppression import Past, Reason, Rests, suppressed

WEEK = 1_000
RESTS = Rests(worked=14, rest=28, rejected=90, weeks=4)
CASES: list[tuple[str, Past, Reason]] = [
    ("nothing is known", Past(), ""),
    ("called yesterday", Past(touched=WEEK - 1), "worked"),
    ("called 14 days ago", Past(touched=WEEK - 14), "worked"),
    ("called 15 days ago", Past(touched=WEEK - 15), ""),
    ("called off a list 15 days ago", Past(touched=WEEK - 15, lists=(WEEK - 21,)), "rests"),
    ("called off a list 28 days ago", Past(touched=WEEK - 28, lists=(WEEK - 35,)), "rests"),
    ("called off a list 29 days ago", Past(touched=WEEK - 29, lists=(WEEK - 35,)), ""),
    ("called before it was on a list", Past(touched=WEEK - 20, lists=(WEEK - 7,)), ""),
    ("on three lists", Past(lists=(WEEK - 21, WEEK - 14, WEEK - 7)), ""),
    ("on four lists", Past(lists=(WEEK - 28, WEEK - 21, WEEK - 14, WEEK - 7)), "not called"),
    ("on four lists, long ago", Past(lists=(WEEK - 56, WEEK - 49, WEEK - 42, WEEK - 35)), ""),
    ("on four lists, called after two", Past(touched=WEEK - 20, lists=(WEEK - 35, WEEK - 28, WEEK - 7, WEEK)), "rests"),
    ("rejected 90 days ago", Past(rejected=WEEK - 90), "rejected"),
    ("rejected 91 days ago", Past(rejected=WEEK - 91), ""),
    ("rejected and called", Past(touched=WEEK - 1, rejected=WEEK - 1), "rejected"),
    ("on the list of this week already", Past(lists=(WEEK,) * 4), ""),
]


@pytest.mark.parametrize(("case", "past", "reason"), CASES, ids=[case for case, _, _ in CASES])
def test_who_is_left_alone(case: str, past: Past, reason: Reason) -> None:
    assert suppressed(past, WEEK, RESTS) == reason
