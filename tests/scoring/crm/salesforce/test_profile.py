import re
from typing import Any

import pytest

from scoring.contracts.scores import score_columns
from scoring.crm.salesforce.profile import SALESFORCE
from tests.scoring.crm.example_scores import broken_by, cleared, written

ROW = {
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
    "closedwon_Buying_Group__c": "1 of 2: user",
    "closedwon_Missing_Role__c": "#N/A",
}
#: A lead that is no longer scored keeps these alone.
KEPT = ("Id", "closedwon_As_Of__c", "closedwon_Scored_At__c")


def test_a_row() -> None:
    assert written(SALESFORCE) == list(ROW.items())
    gone = {name: cell if name in KEPT else "#N/A" for name, cell in ROW.items()}
    assert cleared(SALESFORCE) == list((gone | {"closedwon_Status__c": "retired"}).items())


@pytest.mark.parametrize(
    ("values", "column", "cell"),
    [
        ({"win_probability": 1e-7}, "closedwon_Win_Probability__c", "0.0000"),  # a percentage without an exponent
        ({"win_probability": 0.000004}, "closedwon_Win_Probability__c", "0.0004"),
        ({"win_probability": 1.0}, "closedwon_Win_Probability__c", "100.0000"),
        # one safe line, cut to the field
        ({"reason_1": "=HYPERLINK(1)"}, "closedwon_Reason_1__c", "'=HYPERLINK(1)"),
        ({"reason_1": "\t@SUM(1)"}, "closedwon_Reason_1__c", "'@SUM(1)"),
        ({"reason_1": " +1"}, "closedwon_Reason_1__c", "'+1"),
        ({"reason_1": "\uff1d1"}, "closedwon_Reason_1__c", "'\uff1d1"),
        ({"reason_1": "first\r\nsecond"}, "closedwon_Reason_1__c", "first  second"),
        ({"reason_1": "a = b"}, "closedwon_Reason_1__c", "a = b"),
        ({"reason_1": "ünï"}, "closedwon_Reason_1__c", "ünï"),
        ({"reason_1": "   "}, "closedwon_Reason_1__c", "#N/A"),
        ({"reason_1": "\u3000"}, "closedwon_Reason_1__c", "#N/A"),
        ({"reason_1": "\u00a0=1\u2003"}, "closedwon_Reason_1__c", "'=1"),
        ({"reason_1": "x" * 300}, "closedwon_Reason_1__c", "x" * 255),
        ({"reason_1": "=" + "x" * 300}, "closedwon_Reason_1__c", "'=" + "x" * 253),
    ],
)
def test_a_cell(values: dict[str, Any], column: str, cell: str) -> None:
    assert dict(written(SALESFORCE, **values))[column] == cell


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
def test_an_id_is_written_as_it_is_or_rejected(lead_id: str | None, rule: str | None) -> None:
    assert broken_by(SALESFORCE, lead_id) == rule


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_headers_are_api_names(entity: str) -> None:
    for column in SALESFORCE.columns[entity][1:]:
        name = column.header.removesuffix("__c")
        assert name != column.header
        assert re.fullmatch(r"[A-Za-z](_?[A-Za-z0-9])*", name)  # no double and no last underscore
        assert len(name) <= 40
        assert column.kind not in ("text", "status") or 0 < column.length <= 255
        assert column.source in {*score_columns(entity), "status"}
