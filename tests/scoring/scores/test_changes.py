"""What a CRM is told again, on the example's account A1 and its like (2025-12-29)."""

from typing import Any

import ibis
import ibis.expr.operations as ops
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.scores.changes import SENT, EarlierScores, Thresholds, changed, moved, retired, sent_in

LIMITS = Thresholds(ratio=1.25, least=0.002, trend_days=28, trend_ratio=1.25)
SCORE = {"win_probability": 0.06, "grade": "B", "why_now": "", "missing_role": "", "rank": 1}


def table(rows: list[dict[str, Any]], **types: str) -> ibis.Table:
    return ibis.memtable(rows, schema=ibis.schema(types))


def scores(**by_id: dict[str, Any]) -> ibis.Table:
    rows = [{"account_id": key} | SCORE | change for key, change in by_id.items()]
    return table(
        rows,
        account_id="string",
        win_probability="float64",
        grade="string",
        why_now="string",
        missing_role="string",
        rank="int64",
    )


def sent(role: str = "", **by_id: tuple[float, str, int, str]) -> ibis.Table:
    rows = [{"account_id": key} | dict(zip(SENT, (*values, role), strict=True)) for key, values in by_id.items()]
    return table(
        rows,
        account_id="string",
        sent_probability="float64",
        sent_grade="string",
        sent_decile="int64",
        sent_why_now="string",
        sent_missing_role="string",
    )


def since(tonight: ibis.Table, before: ibis.Table | None) -> ibis.Table:
    """Tonight's scores, with what changed since the CRM was told about `before`."""
    return changed(EarlierScores(sent=before).beside(tonight, "account_id"), LIMITS)


def by_id(found: ibis.Table, *columns: str) -> dict[str, Any]:
    rows = found.to_pyarrow().to_pylist()
    return {row["account_id"]: tuple(row[name] for name in columns) for row in rows}


@pytest.mark.parametrize(
    ("now", "last", "then", "change", "trend"),
    [
        (0.06, 0.05, 0.04, pytest.approx(0.01), "rising"),
        (0.05, 0.05, 0.04, pytest.approx(0.0), "rising"),  # just 1.25 times
        (0.0499, 0.05, 0.04, pytest.approx(-0.0001), "steady"),
        (0.04, 0.05, 0.05, pytest.approx(-0.01), "falling"),
        (0.05, 0.05, None, pytest.approx(0.0), "new"),
        (0.05, None, None, None, "new"),
    ],
)
def test_how_far_a_score_moved(now: float, last: float | None, then: float | None, change: Any, trend: str) -> None:
    def one(probability: float | None) -> ibis.Table:
        return scores(**({} if probability is None else {"A1": {"win_probability": probability}}))

    found = moved(EarlierScores(one(last), one(then)).beside(one(now), "account_id"), LIMITS)
    assert by_id(found, "score_change", "trend") == {"A1": (change, trend)}


def test_the_first_night_has_nothing_to_compare_with() -> None:
    alone = EarlierScores().beside(scores(A1={}), "account_id")
    assert by_id(moved(alone, LIMITS), "score_change", "trend") == {"A1": (None, "new")}
    assert by_id(changed(alone, LIMITS), "changed", *SENT) == {"A1": ("new", 0.06, "B", 1, "", "")}


def test_one_table_of_all_that_is_earlier_is_joined_once() -> None:
    before = scores(A1={"win_probability": 0.04}, A2={}).mutate(
        sent_probability=ibis._.win_probability,
        sent_grade=ibis.literal("B"),
        sent_decile=1,
        sent_why_now=ibis.literal(""),
        sent_missing_role=ibis.literal(""),
    )
    tonight = scores(A1={}, A2={"rank": 2}, A3={"rank": 3})
    both = EarlierScores(before, before, before).beside(tonight, "account_id")
    assert len(both.op().find(ops.JoinChain)) == 1
    assert by_id(changed(moved(both, LIMITS), LIMITS), "score_change", "trend", "changed") == {
        "A1": (pytest.approx(0.02), "rising", "probability"),
        "A2": (0.0, "steady", "decile"),
        "A3": (None, "new", "new"),
    }


@pytest.mark.parametrize(
    ("tonight", "before", "why"),
    [
        ({}, (0.06, "B", 1, ""), ""),
        ({}, (0.055, "B", 1, ""), ""),  # 1.09 times what was told
        ({}, (0.048, "B", 1, ""), "probability"),  # 1.25 times
        ({}, (0.075, "B", 1, ""), "probability"),
        ({"win_probability": 0.0002}, (0.0001, "B", 1, ""), ""),  # twice next to nothing
        ({"grade": "A"}, (0.06, "B", 1, ""), "grade"),
        ({}, (0.06, "B", 2, ""), "decile"),
        ({"why_now": "Demo on 2025-12-28"}, (0.06, "B", 1, ""), "why_now"),
        ({"why_now": "Demo on 2025-12-28"}, (0.06, "B", 1, "Demo on 2025-12-28"), ""),
        ({"why_now": ""}, (0.06, "B", 1, "Demo on 2025-12-20"), ""),  # it got old: nobody needs to hear of it
        ({"grade": "A", "win_probability": 0.5}, (0.06, "B", 1, ""), "grade,probability"),
    ],
)
def test_what_is_worth_telling(tonight: dict[str, Any], before: tuple[float, str, int, str], why: str) -> None:
    found = since(scores(A1=tonight), sent(A1=before))
    ((reasons, *kept),) = by_id(found, "changed", *SENT).values()
    now = SCORE | tonight
    assert reasons == why
    assert tuple(kept) == ((now["win_probability"], now["grade"], 1, now["why_now"], "") if why else (*before, ""))


@pytest.mark.parametrize(
    ("now", "sent_role", "why"), [("user", "", "missing_role"), ("", "user", "missing_role"), ("user", "user", "")]
)
def test_who_is_missing_is_told_when_it_is_another_or_nobody(now: str, sent_role: str, why: str) -> None:
    found = since(scores(A1={"missing_role": now}), sent(sent_role, A1=(0.06, "B", 1, "")))
    assert by_id(found, "changed", "sent_missing_role") == {"A1": (why, now)}


def test_an_early_ledger_told_of_no_missing_role() -> None:
    early = sent(A1=(0.06, "B", 1, "")).drop("sent_missing_role")
    before = sent_in(early)
    assert by_id(since(scores(A1={}), before), "changed") == {"A1": ("",)}
    assert by_id(since(scores(A1={"missing_role": "user"}), before), "changed") == {"A1": ("missing_role",)}
    assert sent_in(early.drop("sent_grade")) is None
    older = early.rename({f"told_{name.removeprefix('sent_')}": name for name in SENT[:-1]})
    assert "told_grade" in older.columns
    assert by_id(since(scores(A1={"grade": "A"}), sent_in(older)), "changed") == {"A1": ("grade",)}


def test_a_slow_drift_is_told_once_it_is_far_enough() -> None:
    before, heard = None, []
    for night in range(12):  # 3 % a night
        found = since(scores(A1={"win_probability": 0.06 * 1.03**night}), before)
        before = ibis.memtable(found.to_pyarrow())
        heard.append(by_id(found, "changed")["A1"][0])
    assert heard == ["new", *[""] * 7, "probability", *[""] * 3]


@pytest.mark.parametrize(
    ("rank", "decile", "why"),
    [(40, 5, ""), (39, 5, ""), (38, 5, "decile"), (51, 5, ""), (52, 5, ""), (53, 5, "decile"), (53, 6, "")],
)
def test_a_rank_at_the_border_of_its_decile_does_not_come_and_go(rank: int, decile: int, why: str) -> None:
    """Of 100: the fifth decile are the ranks 41 to 50, and two more to either side are let be."""
    others = {f"A{i}": {"rank": i} for i in range(1, 101)}
    found = since(scores(**others), sent(**{f"A{rank}": (0.06, "B", decile, "")}))
    assert by_id(found, "changed")[f"A{rank}"] == (why,)


def test_deciles_are_of_all_that_are_scored() -> None:
    found = since(scores(**{f"A{i}": {"rank": i} for i in range(1, 21)}), None)
    assert [decile for (decile,) in by_id(found, "sent_decile").values()] == [1 + i // 2 for i in range(20)]


def leavers(*rows: tuple[str, int]) -> ibis.Table:
    return table([{"account_id": key, "since": since} for key, since in rows], account_id="string", since="int64")


def test_who_left_is_named_for_a_week_and_no_more_once_back() -> None:
    before = leavers(("gone_today_last", 99), ("gone_a_week", 93), ("back", 98))
    found = retired(scores(A1={}, back={}), "account_id", scores(A1={}, A2={}), before, as_of=100, keep_days=7)
    assert by_id(found, "since") == {"A2": (100,), "gone_today_last": (99,)}


ids = st.sets(st.sampled_from("abcdefgh"))


@settings(max_examples=25)
@given(ids, ids, ids)
def test_nobody_is_both_scored_and_retired_and_nobody_is_forgotten(
    now: set[str], last: set[str], left: set[str]
) -> None:
    before = leavers(*[(key, 99) for key in sorted(left)])
    found = retired(
        scores(**{key: {} for key in now}),
        "account_id",
        scores(**{key: {} for key in last}),
        before,
        as_of=100,
        keep_days=7,
    )
    assert set(by_id(found, "since")) == (last | left) - now
