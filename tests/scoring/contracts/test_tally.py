"""The tally of the rows of a table, on rows as they are understood."""

from datetime import datetime

import ibis

from scoring.contracts.crm import ACTIVITIES
from scoring.contracts.tally import RuleCount, Tally, tally

#: The rule that each row breaks, its lead as exported and as understood, its direction as exported and as understood.
ROWS = [
    (None, "L1", "L1", "inbound", "inbound"),
    (None, "L1", "L1", "IN", "inbound"),
    (None, "L9", None, None, "outbound"),
    (None, None, "L1", "inbound", "inbound"),  # it was found by something else
    ("no_actor", "L9", None, "sideways", "outbound"),
    ("no_actor", None, None, "IN", "inbound"),
]
SPELLING = "another spelling of direction"


def of_rows() -> Tally:
    rule, written, lead, exported, direction = (list(column) for column in zip(*ROWS, strict=True))
    empty = [None] * len(ROWS)
    columns = {"account_id": empty, "account_id__as_exported": empty, "lead_id": lead, "lead_id__as_exported": written}
    columns |= {"direction": direction, "direction__as_exported": exported, "__rule": rule}
    columns |= {"occurred_at": [datetime(2026, 1, 1)] * len(ROWS), "activity_type": ["email"] * len(ROWS)}
    unknown = [word == "sideways" for word in exported]
    texts = dict.fromkeys(columns, "string") | {"occurred_at": "timestamp"}
    rows = ibis.memtable(
        columns | {"__unknown_direction": unknown, "linked": [True] + [False] * 5},
        schema=texts | {"__unknown_direction": "boolean", "linked": "boolean"},
    )
    return tally(rows, ACTIVITIES, "__rule", {"a link": rows.linked})


def test_rows_and_remarks_are_counted_by_the_first_rule_that_they_break() -> None:
    counted = of_rows()
    assert {count.rule: count for count in counted.counts} == {
        None: RuleCount(None, 4, {SPELLING: 1, "a link": 1}, {"account_id": 0, "lead_id": 1}, {"direction": 0}, 1),
        "no_actor": RuleCount(
            "no_actor", 2, {SPELLING: 1, "a link": 0}, {"account_id": 0, "lead_id": 1}, {"direction": 1}, 0
        ),
    }
    assert (counted.rows, counted.rows_of(None), counted.rows_but_of(None)) == (6, 4, 2)
    assert (counted.remarked(SPELLING), counted.accepted_with(SPELLING)) == (2, 1)
    assert (counted.unknown("lead_id"), counted.unknown("lead_id", (None,)), counted.unknown("account_id")) == (2, 1, 0)
    assert (counted.unknown_words("direction"), counted.unknown_words("status"), counted.no_direction) == (1, 0, 1)


def test_tallies_add_up_also_where_both_have_a_rule() -> None:
    both = Tally((RuleCount(None, 3, {SPELLING: 2}),)) + Tally((RuleCount(None, 4), RuleCount("planned", 1)))
    assert (both.rows, both.rows_of(None), both.rows_of(None, "planned"), both.remarked(SPELLING)) == (8, 7, 8, 2)
