import datetime
import re

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.contracts.scores import score_columns
from scoring.crm.profile import accepted, guarded, rejected
from scoring.crm.salesforce import SALESFORCE

ROW = {
    "lead_id": "00Q5e00001AbCdEEAV",
    "account_id": None,
    "as_of": datetime.date(2018, 4, 1),
    "scored_at": datetime.datetime(2018, 4, 1, 3, 12, 45, 678901),
    "model_version": "12",
    "win_probability": 0.29,
    "expected_amount": 1234567.006,
    "expected_revenue": 358024.43145,
    "fit_score": 87.0,
    "intent_score": 0.0,
    "grade": "A",
    "rank": 1,
    "log_odds": -1.0,
    "fit_log_odds": 1.0,
    "intent_log_odds": 2.0,
    "reason_1": "the VP Sales asked for a demo, 3 days ago",
    "reason_2": None,
    "reason_3": None,
    "concern_1": None,
    "why_now": "",
    "score_change": None,
    "trend": "new",
}


def leads(*rows):
    return ibis.memtable([ROW | row for row in rows], schema=ibis.schema(score_columns("lead")))


def test_a_row_of_the_file():
    [cells] = accepted(SALESFORCE, "lead", leads({})).to_pyarrow().to_pylist()
    assert cells == {
        "Id": "00Q5e00001AbCdEEAV",
        "closedwon_Status__c": "scored",
        "closedwon_Win_Probability__c": "29.0000",
        "closedwon_Expected_Amount__c": "1234567.01",
        "closedwon_Expected_Revenue__c": "358024.43",
        "closedwon_Fit_Score__c": "87.0",
        "closedwon_Intent_Score__c": "0.0",
        "closedwon_Grade__c": "A",
        "closedwon_Rank__c": "1",
        "closedwon_Trend__c": "new",
        "closedwon_Reason_1__c": "the VP Sales asked for a demo, 3 days ago",
        "closedwon_Reason_2__c": "#N/A",
        "closedwon_Reason_3__c": "#N/A",
        "closedwon_Concern_1__c": "#N/A",
        "closedwon_Why_Now__c": "#N/A",
        "closedwon_As_Of__c": "2018-04-01",
        "closedwon_Scored_At__c": "2018-04-01T03:12:45.000Z",
        "closedwon_Model_Version__c": "12",
    }


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (1e-7, "0.0000"),
        (0.000004, "0.0004"),
        (1.0, "100.0000"),
    ],
)
def test_a_probability_is_a_percentage_without_an_exponent(value, cell):
    [cells] = accepted(SALESFORCE, "lead", leads({"win_probability": value})).to_pyarrow().to_pylist()
    assert cells["closedwon_Win_Probability__c"] == cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("\t@SUM(1)", "'@SUM(1)"),
        (" +1", "'+1"),
        ("\uff1d1", "'\uff1d1"),
        ("first\r\nsecond", "first  second"),
        ("a = b", "a = b"),
        ("ünï", "ünï"),
        ("   ", "#N/A"),
        ("\u3000", "#N/A"),
        ("\u00a0=1\u2003", "'=1"),
        ("x" * 300, "x" * 255),
        ("=" + "x" * 300, "'=" + "x" * 253),
    ],
)
def test_text_is_one_safe_line_cut_to_the_field(text, cell):
    [cells] = accepted(SALESFORCE, "lead", leads({"reason_1": text})).to_pyarrow().to_pylist()
    assert cells["closedwon_Reason_1__c"] == cell


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), min_size=1))
def test_no_text_becomes_a_formula_or_a_second_line(texts):
    table = ibis.memtable({"text": texts}, schema={"text": "string"})
    for line in table.select(line=guarded(table.text, 8)).line.to_pyarrow().to_pylist():
        assert len(line) <= 8
        assert not line.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
        assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("lead_id", "rule"),
    [
        ("0017", None),
        ("a-b=c@d.e", None),
        ("Ä 1", None),
        (None, "blank_id"),
        ("", "blank_id"),
        ("=1+1", "id_reads_as_formula"),
        ("-17", "id_reads_as_formula"),
        ("@x", "id_reads_as_formula"),
        ("\t17", "id_reads_as_formula"),
        ("17 ", "id_has_outer_space_or_control_character"),
        ("\u300017", "id_has_outer_space_or_control_character"),
        ("1\n7", "id_has_outer_space_or_control_character"),
        ("x" * 256, "id_longer_than_255"),
    ],
)
def test_an_id_is_written_as_it_is_or_set_aside(lead_id, rule):
    table = leads({"lead_id": lead_id})
    written = [row["Id"] for row in accepted(SALESFORCE, "lead", table).to_pyarrow().to_pylist()]
    set_aside = rejected(SALESFORCE, "lead", table).to_pyarrow().to_pylist()
    assert written == ([lead_id] if rule is None else [])
    assert set_aside == ([] if rule is None else [{"lead_id": lead_id, "rule": rule}])


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_columns_come_from_the_contract_and_headers_are_api_names(entity):
    columns = SALESFORCE.columns[entity]
    assert columns[0].source == f"{entity}_id"
    assert {column.source for column in columns} <= {*score_columns(entity), "status"}
    for column in columns[1:]:
        name = column.header.removesuffix("__c")
        assert name != column.header
        assert re.fullmatch(r"[A-Za-z](_?[A-Za-z0-9])*", name)  # no double and no last underscore
        assert len(name) <= 40
        assert column.kind not in ("text", "status") or 0 < column.length <= 255
    assert len({column.header for column in columns}) == len(columns)
