"""The table of kills counts what was killed before its end, and what was not good after it."""

from benchmarks.kills import CHECKS, KILLED, summary
from benchmarks.nights import EVENTS, OPTIONS, events_of

GOOD = {"of about": "9.0 s", **dict.fromkeys(CHECKS, True)}


def test_a_check_that_is_not_kept_is_seen() -> None:
    rows = [
        GOOD | {"command": "score", "killed after": "7.8 s"},
        GOOD | {"command": "score", "killed after": "ended with 0"},
        GOOD | {"command": "score", "killed after": "0.1 s", "mirror agrees": False},
        GOOD | {"command": "train", "killed after": "3.0 s"},
    ]
    assert summary(rows).splitlines()[2:] == ["| score | 3 | 2 | 9.0 s | 2 |", "| train | 1 | 1 | 9.0 s | 1 |"]


def test_what_no_command_can_do_yet_befalls_no_night() -> None:
    there = [event for event in EVENTS if event not in ("upgrade", "forget") or event in OPTIONS]
    found = events_of(30)
    assert list(found.values()) == there
    assert sorted(found) == list(found)
    assert min(found) > 0
    assert max(found) < 30
    assert {"score", "train", "promote", "backtest", "monitor", "imported"} <= set(KILLED)
