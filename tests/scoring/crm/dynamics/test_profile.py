import pytest

from scoring.crm.dynamics.profile import DYNAMICS
from tests.scoring.crm.example_scores import broken_by, cleared, written

ROW = {
    "Lead": "8f2b6a1c-0d3e-4f5a-9b7c-1234567890ab",
    "closedwon Status": "scored",
    "closedwon Win Probability": "29.0000",
    "closedwon Expected Amount": "1234567.01",
    "closedwon Expected Revenue": "358024.43",
    "closedwon Fit Score": "87.0",
    "closedwon Intent Score": "0.0",
    "closedwon Grade": "A",
    "closedwon Rank": "1",
    "closedwon Trend": "new",
    "closedwon Reason 1": "the VP Sales asked for a demo, 3 days ago",
    "closedwon Reason 2": "none",
    "closedwon Reason 3": "none",
    "closedwon Concern 1": "none",
    "closedwon Why Now": "none",
    "closedwon As Of": "2018-04-01",
    "closedwon Scored At": "2018-04-01T03:12:45Z",
    "closedwon Model Version": "12",
    "closedwon Buying Group": "1 of 2: user",
    "closedwon Missing Role": "none",
}
#: What differs for a lead that is no longer scored: texts are none, and numbers 0.
CLEARED = ROW | {
    "closedwon Status": "retired",
    "closedwon Win Probability": "0",
    "closedwon Expected Amount": "0",
    "closedwon Expected Revenue": "0",
    "closedwon Fit Score": "0",
    "closedwon Intent Score": "0",
    "closedwon Grade": "none",
    "closedwon Rank": "0",
    "closedwon Trend": "none",
    "closedwon Reason 1": "none",
    "closedwon Model Version": "none",
    "closedwon Buying Group": "none",
}


def test_a_row() -> None:
    assert written(DYNAMICS, lead_id="8f2b6a1c-0d3e-4f5a-9b7c-1234567890ab") == list(ROW.items())
    assert cleared(DYNAMICS, lead_id="8f2b6a1c-0d3e-4f5a-9b7c-1234567890ab") == list(CLEARED.items())


@pytest.mark.parametrize(
    ("lead_id", "rule"),
    [
        ("1111111111111111111111111111111111111", "id_longer_than_36"),
        ("8F2B6A1C-0D3E-4F5A-9B7C-1234567890AB", None),
        ("{2b6a1c-0d3e-4f5a-9b7c-1234567890ab}", "id_is_not_of_this_crm"),
    ],
)
def test_an_id_is_one_of_the_crm_or_rejected(lead_id: str, rule: str | None) -> None:
    assert broken_by(DYNAMICS, lead_id) == rule


@pytest.mark.parametrize(
    ("trend", "grade", "choices"),
    [
        ("rising", "B", ("Grade B", "Improving")),
        ("steady", "C", ("Grade C", "Steady")),
        ("falling", "D", ("Grade D", "Declining")),
        ("new", "A", ("Grade A", "Not enough info")),
    ],
)
def test_a_row_of_predictive_score(trend: str, grade: str, choices: tuple[str, str]) -> None:
    [predictive] = DYNAMICS.beside
    guid = "8f2b6a1c-0d3e-4f5a-9b7c-1234567890ab"
    row = {
        "Entity ID": guid,
        "Entity type": "lead",
        "Score": "29",
        "Grade": choices[0],
        "Score trend": choices[1],
        "Score reasons": "the VP Sales asked for a demo, 3 days ago",
        "Scored on": "2018-04-01",
    }
    assert written(predictive, lead_id=guid, trend=trend, grade=grade, win_probability=0.286) == list(row.items())
    gone = {"Score": "0", "Grade": "Grade D", "Score trend": "Not enough info", "Score reasons": "none"}
    assert cleared(predictive, lead_id=guid) == list((row | gone).items())
