"""Clicks that behave like a machine's, on a few touches, with the rule of each written out."""

import random

import ibis
import pytest

from scoring.bots import ClickTypes, by_machine, of_robot

TYPES = ClickTypes(("click",), ("sent",))
DAY = 86_400
NOON = DAY // 2
#: A send at noon of six days, each clicked two minutes later: the sixth is like the five before.
EVERY = [
    touch for day in range(6) for touch in (("L1", "sent", day * DAY + NOON), ("L1", "click", day * DAY + NOON + 120))
]
CASES = [
    ("four links in nine seconds", [("L1", "click", s) for s in (1, 3, 6, 9)], ["burst"] * 4),
    ("three links in nine seconds", [("L1", "click", s) for s in (1, 5, 9)], []),
    ("four links in half a minute", [("L1", "click", s) for s in (1, 11, 21, 31)], []),
    ("one click, written ten times", [("L1", "click", 1)] * 10, []),
    ("a burst of two persons", [(f"L{1 + s % 2}", "click", s) for s in (1, 2, 3, 4)], []),
    ("a burst, and one in the evening", [("L1", "click", s) for s in (1, 2, 3, 4, 5, 70_000)], ["burst"] * 5),
    ("a burst over midnight", [("L1", "click", DAY + s) for s in (-2, -1, 1, 2)], []),
    ("three seconds after the send", [("L1", "sent", 10), ("L1", "click", 13)], ["at_once"]),
    ("in the second of the send", [("L1", "click", 10), ("L1", "sent", 10)], ["at_once"]),
    ("twenty seconds after the send", [("L1", "sent", 10), ("L1", "click", 30)], []),
    ("before the send", [("L1", "click", 9), ("L1", "sent", 10)], []),
    ("after the send to another one", [("L2", "sent", 10), ("L1", "click", 12)], []),
    ("one click every send", EVERY, ["every_send"]),
    ("a click of two sends in three", [t for i, t in enumerate(EVERY) if i not in (3, 9)], []),
]  # fmt: skip


def touches(rows, known=None, links=None) -> ibis.Table:
    return ibis.memtable(
        {
            "row": range(len(rows)),
            "actor": [row[0] for row in rows],
            "type": [row[1] for row in rows],
            "at": [row[2] for row in rows],
            "day": [row[2] // DAY for row in rows],
            "known_day": known or [row[2] // DAY for row in rows],
            "link": links or [None] * len(rows),
        },
        schema={"row": "int64", "actor": "string", "type": "string", "at": "int64", "day": "int64",
                "known_day": "int64", "link": "string"},
    )  # fmt: skip


def told(table: ibis.Table) -> dict[int, str]:
    found = by_machine(table, TYPES).to_pyarrow().to_pylist()
    assert len({row["row"] for row in found}) == len(found)
    return {row["row"]: row["rule"] for row in found}


@pytest.mark.parametrize(("rows", "rules"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_behaves_like_a_machine(rows, rules) -> None:
    assert sorted(told(touches(rows)).values()) == rules


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [touch for case in CASES for touch in case[1]]
    mixed = random.Random(3).sample(rows, len(rows))
    found = [sorted((given[row], rule) for row, rule in told(touches(given)).items()) for given in (rows, mixed)]
    assert found[0] == found[1]


def test_what_is_known_later_changes_no_earlier_decision() -> None:
    burst = [("L1", "click", s) for s in (1, 2, 3, 4)]
    assert told(touches(burst, known=[0, 0, 0, 1])) == {}
    for cut in range(1, 6):  # an export of any earlier day decides the same of what it holds
        early = [touch for touch in EVERY if touch[2] < cut * DAY]
        assert told(touches(early)) == {row: rule for row, rule in told(touches(EVERY)).items() if row < len(early)}


def test_where_links_are_known_the_same_link_counts_once() -> None:
    burst = [("L1", "click", s) for s in (1, 2, 3, 4)]
    assert told(touches(burst, links=["a", "a", "a", "a"])) == {}
    same_second = [("L1", "click", 1)] * 4
    assert told(touches(same_second, links=["a", "b", "c", "d"])) == dict.fromkeys(range(4), "burst")


def test_types_are_told_by_their_names() -> None:
    names = [
        "email_click",
        "Clicked Link",
        "email_sent",
        "Email Delivered",
        "Send Email",
        "email_open",
        "call",
        "reply",
    ]
    assert ClickTypes.among(names) == ClickTypes(
        ("Clicked Link", "email_click"), ("Email Delivered", "Send Email", "email_sent")
    )


AGENTS = [
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
    ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", True),
    ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", True),
    ("python-requests/2.31.0", True),
    ("Barracuda Sentinel (EE)", True),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", False),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", False),
    ("Mozilla/5.0 (Linux; Android 9; CUBOT X18 Plus) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", False),
    (None, False),
]  # fmt: skip


def test_agents_that_name_themselves() -> None:
    table = ibis.memtable({"agent": [agent for agent, _ in AGENTS]}, schema={"agent": "string"})
    found = table.select(robot=of_robot(table.agent)).to_pyarrow()["robot"].to_pylist()
    assert [bool(one) for one in found] == [robot for _, robot in AGENTS]
