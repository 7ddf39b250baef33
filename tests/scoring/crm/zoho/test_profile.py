import pytest

from scoring.crm.zoho.profile import ZOHO
from tests.scoring.crm.example_scores import broken_by, cleared, written

ROW = {
    "id": "3477061000000419001",
    "closedwon_Scored_At": "2018-04-01T03:12:45+00:00",
    "closedwon_Status": "scored",
    "closedwon_Win_Probability": "29.0000",
    "closedwon_Expected_Amount": "1234567.01",
    "closedwon_Expected_Revenue": "358024.43",
    "closedwon_Fit_Score": "87.0",
    "closedwon_Intent_Score": "0.0",
    "closedwon_Grade": "A",
    "closedwon_Rank": "1",
    "closedwon_Trend": "new",
    "closedwon_Reason_1": "the VP Sales asked for a demo, 3 days ago",
    "closedwon_Reason_2": "none",
    "closedwon_Reason_3": "none",
    "closedwon_Concern_1": "none",
    "closedwon_Why_Now": "none",
    "closedwon_As_Of": "2018-04-01",
    "closedwon_Model_Version": "12",
    "closedwon_Buying_Group": "1 of 2: user",
    "closedwon_Missing_Role": "none",
}
#: What differs for a lead that is no longer scored: texts are none, and numbers 0.
CLEARED = ROW | {
    "closedwon_Status": "retired",
    "closedwon_Win_Probability": "0",
    "closedwon_Expected_Amount": "0",
    "closedwon_Expected_Revenue": "0",
    "closedwon_Fit_Score": "0",
    "closedwon_Intent_Score": "0",
    "closedwon_Grade": "none",
    "closedwon_Rank": "0",
    "closedwon_Trend": "none",
    "closedwon_Reason_1": "none",
    "closedwon_Model_Version": "none",
    "closedwon_Buying_Group": "none",
}


def test_a_row() -> None:
    assert written(ZOHO, lead_id="3477061000000419001") == list(ROW.items())
    assert cleared(ZOHO, lead_id="3477061000000419001") == list(CLEARED.items())


@pytest.mark.parametrize(
    ("lead_id", "rule"),
    [
        ("3477061000000419001", None),
        ("cust_3477061", "id_is_not_of_this_crm"),
    ],
)
def test_an_id_is_one_of_the_crm_or_rejected(lead_id: str, rule: str | None) -> None:
    assert broken_by(ZOHO, lead_id) == rule
