import pytest

from scoring.crm.odoo.profile import ODOO
from tests.scoring.crm.example_scores import broken_by, cleared, written

ROW = {
    "id": "__export__.crm_lead_42_1a2b3c4d",
    "x_closedwon_status": "scored",
    "x_closedwon_win_probability": "29.0000",
    "x_closedwon_expected_amount": "1234567.01",
    "x_closedwon_expected_revenue": "358024.43",
    "x_closedwon_fit_score": "87.0",
    "x_closedwon_intent_score": "0.0",
    "x_closedwon_grade": "A",
    "x_closedwon_rank": "1",
    "x_closedwon_trend": "new",
    "x_closedwon_reason_1": "the VP Sales asked for a demo, 3 days ago",
    "x_closedwon_reason_2": "none",
    "x_closedwon_reason_3": "none",
    "x_closedwon_concern_1": "none",
    "x_closedwon_why_now": "none",
    "x_closedwon_as_of": "2018-04-01",
    "x_closedwon_scored_at": "2018-04-01 03:12:45",
    "x_closedwon_model_version": "12",
    "x_closedwon_buying_group": "1 of 2: user",
    "x_closedwon_missing_role": "none",
}
#: What differs for a lead that is no longer scored: texts are none, and numbers 0.
CLEARED = ROW | {
    "x_closedwon_status": "retired",
    "x_closedwon_win_probability": "0",
    "x_closedwon_expected_amount": "0",
    "x_closedwon_expected_revenue": "0",
    "x_closedwon_fit_score": "0",
    "x_closedwon_intent_score": "0",
    "x_closedwon_grade": "none",
    "x_closedwon_rank": "0",
    "x_closedwon_trend": "none",
    "x_closedwon_reason_1": "none",
    "x_closedwon_model_version": "none",
    "x_closedwon_buying_group": "none",
}


def test_a_row() -> None:
    assert written(ODOO, lead_id="__export__.crm_lead_42_1a2b3c4d") == list(ROW.items())
    assert cleared(ODOO, lead_id="__export__.crm_lead_42_1a2b3c4d") == list(CLEARED.items())


@pytest.mark.parametrize(
    ("lead_id", "rule"),
    [
        ("base.partner", None),
        ("a b", "id_is_not_of_this_crm"),
        ("", "blank_id"),
    ],
)
def test_an_id_is_one_of_the_crm_or_rejected(lead_id: str, rule: str | None) -> None:
    assert broken_by(ODOO, lead_id) == rule
