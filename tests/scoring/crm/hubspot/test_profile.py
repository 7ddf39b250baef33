import pytest

from scoring.crm.hubspot.profile import HUBSPOT
from tests.scoring.crm.example_scores import broken_by, cleared, written

ROW = {
    "Record ID": "51",
    "closedwon_status": "scored",
    "closedwon_win_probability": "29.0000",
    "closedwon_expected_amount": "1234567.01",
    "closedwon_expected_revenue": "358024.43",
    "closedwon_fit_score": "87.0",
    "closedwon_intent_score": "0.0",
    "closedwon_grade": "A",
    "closedwon_rank": "1",
    "closedwon_trend": "new",
    "closedwon_reason_1": "the VP Sales asked for a demo, 3 days ago",
    "closedwon_reason_2": "none",
    "closedwon_reason_3": "none",
    "closedwon_concern_1": "none",
    "closedwon_why_now": "none",
    "closedwon_as_of": "2018-04-01",
    "closedwon_scored_at": "2018-04-01T03:12:45Z",
    "closedwon_model_version": "12",
    "closedwon_buying_group": "1 of 2: user",
    "closedwon_missing_role": "none",
}
#: What differs for a lead that is no longer scored: texts are none, and numbers 0.
CLEARED = ROW | {
    "closedwon_status": "retired",
    "closedwon_win_probability": "0",
    "closedwon_expected_amount": "0",
    "closedwon_expected_revenue": "0",
    "closedwon_fit_score": "0",
    "closedwon_intent_score": "0",
    "closedwon_grade": "none",
    "closedwon_rank": "0",
    "closedwon_trend": "none",
    "closedwon_reason_1": "none",
    "closedwon_model_version": "none",
    "closedwon_buying_group": "none",
}


def test_a_row() -> None:
    assert written(HUBSPOT, lead_id="51") == list(ROW.items())
    assert cleared(HUBSPOT, lead_id="51") == list(CLEARED.items())


@pytest.mark.parametrize(
    ("lead_id", "rule"),
    [
        ("51", None),
        ("0017A", "id_is_not_of_this_crm"),
        ("-51", "id_reads_as_formula"),
    ],
)
def test_an_id_is_one_of_the_crm_or_rejected(lead_id: str, rule: str | None) -> None:
    assert broken_by(HUBSPOT, lead_id) == rule
