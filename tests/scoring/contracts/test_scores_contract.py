import datetime
import math

import ibis
import pytest

from scoring.contracts.scores import ABOVE, BEFORE, broken_promises, score_columns
from scoring.scores.columns import COLUMNS, CRM_FIELDS
from scoring.scores.priority import SCORE_COLUMNS, id_columns

BASE = -3.0
FIRST = {
    "lead_id": "L1",
    "account_id": None,
    "as_of": datetime.date(2018, 4, 1),
    "scored_at": datetime.datetime(2018, 4, 1, 3),
    "model_version": "1",
    "win_probability": 0.5,
    "expected_amount": 100.0,
    "expected_revenue": 50.0,
    "fit_score": 0.0,
    "intent_score": 100.0,
    "grade": "A",
    "rank": 1,
    "log_odds": 0.0,
    "fit_log_odds": 1.0,
    "intent_log_odds": 2.0,
    "reason_1": "asked for a demo",
    "reason_2": None,
    "reason_3": None,
    "concern_1": None,
    "why_now": "",
    "buying_group": None,
    "missing_role": None,
    "score_change": None,
    "trend": "new",
}
SECOND = FIRST | {"lead_id": "L2", "rank": 2, "win_probability": 0.25, "expected_revenue": 25.0}


def table(*rows):
    return ibis.memtable(list(rows), schema=ibis.schema(score_columns("lead")))


def test_a_sound_table_breaks_nothing():
    assert broken_promises(table(FIRST, SECOND), "lead", BASE) == []


def test_a_table_without_rows_breaks_nothing():
    assert broken_promises(table(FIRST).filter(ibis.literal(False)), "lead", BASE) == []


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (
            {"win_probability": 1.25, "expected_revenue": 125.0, "rank": 1},
            "win_probability is within 0 and 1",
        ),
        ({"expected_revenue": 25.5}, "expected_revenue = win_probability x expected_amount"),
        (
            {"expected_amount": math.inf, "expected_revenue": math.inf},
            "expected_amount is finite and not negative",
        ),
        ({"expected_amount": -1.0, "expected_revenue": -0.25}, "expected_amount is finite and not negative"),
        ({"fit_score": 101.0}, "fit_score is within 0 and 100"),
        ({"intent_score": -1.0}, "intent_score is within 0 and 100"),
        ({"grade": "E"}, "grade is A, B, C or D"),
        ({"rank": 1}, "rank is a permutation of 1 to n"),
        ({"rank": 3}, "rank is a permutation of 1 to n"),
        ({"expected_amount": 400.0, "expected_revenue": 100.0}, "rank falls with expected_revenue"),
        ({"log_odds": 2e-6}, "log_odds = base + fit + intent"),
        ({"lead_id": "L1"}, "lead_id is unique"),
        ({"lead_id": None}, "non-nullable column 'lead_id' contains null values"),
        ({"grade": None}, "non-nullable column 'grade' contains null values"),
        ({"model_version": "2"}, "model_version is the same in every row"),
        ({"as_of": datetime.date(2018, 4, 2)}, "as_of is the same in every row"),
    ],
)
def test_a_broken_row_is_named(change, broken):
    assert any(broken in message for message in broken_promises(table(FIRST, SECOND | change), "lead", BASE))


@pytest.mark.parametrize(
    ("above", "before", "broken"),
    [
        (1, 50.0, []),
        (2, 50.0, ["it does not hold that rank is a permutation of 1 to n"]),
        (1, 20.0, ["it does not hold that rank falls with expected_revenue"]),
    ],
)
def test_who_holds_the_rows_by_rank_may_say_what_the_row_above_has(above, before, broken):
    types = score_columns("lead") | {BEFORE: "float64", ABOVE: "int64"}
    rows = [FIRST | {BEFORE: None, ABOVE: None}, SECOND | {BEFORE: before, ABOVE: above}]
    assert broken_promises(ibis.memtable(rows, schema=ibis.schema(types)), "lead", BASE) == broken


def test_log_odds_may_be_off_by_less_than_a_millionth():
    assert broken_promises(table(FIRST, SECOND | {"log_odds": 5e-7}), "lead", BASE) == []


def test_the_base_is_part_of_the_sum():
    assert broken_promises(table(FIRST), "lead", -2.0) == ["it does not hold that log_odds = base + fit + intent"]


def test_not_a_number_is_no_probability():
    """A frame would turn NaN into null on its way here; a scorecard's arithmetic does not."""
    odd = table(FIRST).mutate(win_probability=ibis.literal(math.nan))
    assert "it does not hold that win_probability is within 0 and 1" in broken_promises(odd, "lead", BASE)


def test_columns_are_those_of_the_contract():
    odd = table(FIRST).drop("grade").mutate(email=ibis.literal("a@b.example"))
    messages = broken_promises(odd, "lead", BASE)
    assert messages == ["column grade is missing", "column email is not in the contract"]


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_what_is_ranked_is_what_is_promised(entity):
    assert list(score_columns(entity)) == [*id_columns(entity), *SCORE_COLUMNS, "score_change", "trend"]


def test_an_account_needs_its_id():
    rows = [{key: value for key, value in FIRST.items() if key != "lead_id"}]
    accounts = ibis.memtable(rows, schema=ibis.schema(score_columns("account")))
    assert "non-nullable column 'account_id' contains null values" in broken_promises(accounts, "account", BASE)


def test_no_field_of_a_crm_is_a_number_that_may_be_empty_and_none_shares_its_place() -> None:
    """A text that is empty is written as a word, which a CRM's field of numbers refuses."""
    optional = {column.name for column in COLUMNS if column.optional}
    assert [name for name, crm in CRM_FIELDS if name in optional and crm.kind != "text"] == []
    assert [crm.order for _, crm in CRM_FIELDS] == list(range(1, len(CRM_FIELDS) + 1))
