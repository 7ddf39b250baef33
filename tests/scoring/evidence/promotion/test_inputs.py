"""What a scorecard was learned from: engagements by month, as of 2026-03-01, and what it expects of its own day."""

from collections.abc import Sequence
from dataclasses import replace

import ibis
import pandas as pd
import pytest

from scoring.evidence.promotion.gate import Limits
from scoring.evidence.promotion.inputs import ALL, OwnDay, TrainingInputs, as_many_as_trained, by_kind, flow, flowing
from scoring.tables import Tables
from tests.scoring.evidence.promotion.test_gate import comparison, decide, scorecard
from tests.scoring.example_market import AS_OF, cells, example

TOUCHES = """
    L1  -   demo   2026-02-28T08:00  inbound
    L1  -   demo   2026-02-28T09:00  inbound
    L2  -   demo   2026-02-28T09:00  inbound
    -   A1  visit  2026-01-30T00:00  inbound
    -   A1  visit  2026-01-29T23:59  inbound
    L1  -   demo   2026-01-29T10:00  inbound
    L1  -   visit  2025-08-03T10:00  inbound
    L1  -   visit  2025-08-02T10:00  inbound
    L1  -   mail   2026-02-20T10:00  outbound
"""


def touches(text: str) -> ibis.Table:
    rows = [[None if cell == "-" else cell for cell in line.split()] for line in text.split("\n") if line.strip()]
    names = ["lead_id", "account_id", "activity_type", "occurred_at", "direction"]
    frame = pd.DataFrame(rows, columns=names)
    when = pd.to_datetime(frame["occurred_at"], format="ISO8601")
    return ibis.memtable(frame.assign(occurred_at=when, known_at=when))


def test_engagements_by_month_are_days_and_never_ours() -> None:
    """The 30 days before 1 March begin on 30 January; the seventh month back begins on 3 August."""
    tables = Tables(opportunities=example().opportunities, activities=touches(TOUCHES))
    found = flow(tables, AS_OF)
    assert found is not None
    assert sorted(cells(found, "kind", "day", "engagements")) == [
        ("demo", AS_OF - 31, 1),
        ("demo", AS_OF - 1, 2),  # of two leads; twice a day is once
        ("visit", AS_OF - 210, 1),
        ("visit", AS_OF - 31, 1),
        ("visit", AS_OF - 30, 1),
    ]
    counts = found.to_pyarrow().to_pylist()
    assert list(by_kind(counts, AS_OF).items()) == [
        (ALL, [3, 2, 0, 0, 0, 0, 1]),
        ("demo", [2, 1, 0, 0, 0, 0, 0]),
        ("visit", [1, 1, 0, 0, 0, 0, 1]),
    ]
    # Weeks: 22 to 28 February, and five weeks back the one of 25 to 31 January, all of it.
    assert by_kind(counts, AS_OF, 7)[ALL] == [2, 0, 0, 0, 3, 0, 0]
    assert by_kind([], AS_OF) == {ALL: [0] * 7}
    assert flow(Tables(opportunities=tables.opportunities), AS_OF) is None


@pytest.mark.parametrize(
    ("months", "kept"),
    [
        ([100, 90, 100, 110, 100, 100, 100], True),
        ([25, 90, 100, 110, 100, 100, 100], True),  # a quarter of what is usual
        ([24, 90, 100, 110, 100, 100, 100], False),
        ([0, 90, 100, 110, 100, 100, 100], False),
        ([0, 0, 0, 110, 100, 100, 100], False),  # two months before are lost as well
        ([900, 90, 100, 110, 100, 100, 100], True),  # more than usual is good news
        ([0, 60, 50, 0, 0, 0, 0], False),  # the history begins two months before
        ([0, 60, 0, 0, 0, 0, 0], True),  # one month says not what is usual
        ([0, 29, 29, 29, 29, 29, 29], True),  # too few to tell
        ([0, 30, 30, 30, 30, 30, 30], False),
        ([0, 100, 0, 0, 0, 0, 100], True),  # comes now and then
        ([0, 0, 0, 0, 0, 0, 0], True),
    ],
)
def test_what_used_to_come_every_month_must_not_stop(months: Sequence[int], kept: bool) -> None:
    assert flowing({ALL: months}).kept is kept
    assert flowing({ALL: [500] * 7, "demo_request": months}).kept is kept


def test_the_sentence_names_what_stopped() -> None:
    steady = [100] * 7
    assert flowing({ALL: steady}) == (
        True,
        "it saw 100 engagements in its last 30 days, 100 are usual",
        {"engagements": 100.0, "engagements_usual": 100.0},
    )
    gone = [0, *steady[1:]]
    found = flowing({ALL: [900] * 7, "a": gone, "b": steady, "c": [1, *steady[1:]]})
    assert found.sentence == (
        "in its last 30 days it saw only 0 a where 100 are usual, 1 c where 100 are usual: activities look lost"
    )
    assert flowing({ALL: gone, "a": gone}).sentence == (
        "in its last 30 days it saw only 0 engagements where 100 are usual: activities look lost"
    )


@pytest.mark.parametrize(
    ("expected", "kept"),
    [(0.04, True), (0.05, True), (0.0501, False), (0.032, True), (0.0319, False), (float("nan"), False)],
)
def test_a_scorecard_expects_of_its_own_day_what_it_expected_then(expected: float, kept: bool) -> None:
    own_day = OwnDay("2026-03-01", expected, 0.04)
    assert as_many_as_trained("challenger", own_day, 1.25).kept is kept


def test_what_it_expects_is_said() -> None:
    own_day = OwnDay("2026-03-01", 0.05, 0.04)
    assert as_many_as_trained("champion", own_day, 1.5) == (
        True,
        "of those open on 2026-03-01 the champion expects 5.00% to win, and 4.00% when it was trained",
        {"own_day_shift_of_champion": 1.25},
    )
    assert as_many_as_trained("challenger", own_day, 1.2).sentence == (
        "of those open on 2026-03-01 the challenger expects 5.00% to win, and 4.00% when it was trained: it was "
        "trained on other facts than this export shows of that day"
    )
    assert not as_many_as_trained("champion", replace(own_day, base_rate=0.0), 1.5).kept


def test_the_gate_looks_at_what_was_learned_from() -> None:
    """A champion's day may have shifted further than the challenger's."""
    day = OwnDay("2026-03-01", 0.056, 0.04)
    gone = {ALL: [0, 90, 80, 90]}
    for own_days, counts, reasons in [
        ({"champion": day}, {}, 0),
        ({"champion": day, "challenger": day}, {}, 1),
        ({"champion": day, "challenger": day}, gone, 2),
        ({}, None, 0),
    ]:
        verdict = decide(comparison(), scorecard=scorecard(), inputs=TrainingInputs(own_days, counts), limits=Limits())
        assert verdict.promoted is (reasons == 0)
        if reasons:
            assert len(verdict.reasons) == reasons
    assert verdict.figures.get("engagements") is None
