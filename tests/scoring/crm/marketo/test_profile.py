import pytest

from scoring.crm.marketo.profile import MARKETO
from tests.scoring.crm.example_scores import broken_by, cleared, written

ROW = {
    "id": "318592",
    "closedwonStatus": "scored",
    "closedwonWinProbability": "29.0000",
    "closedwonExpectedAmount": "1234567.01",
    "closedwonExpectedRevenue": "358024.43",
    "closedwonFitScore": "87.0",
    "closedwonIntentScore": "0.0",
    "closedwonGrade": "A",
    "closedwonRank": "1",
    "closedwonTrend": "new",
    "closedwonReason1": "the VP Sales asked for a demo, 3 days ago",
    "closedwonReason2": "none",
    "closedwonReason3": "none",
    "closedwonConcern1": "none",
    "closedwonWhyNow": "none",
    "closedwonAsOf": "2018-04-01",
    "closedwonScoredAt": "2018-04-01T03:12:45+00:00",
    "closedwonModelVersion": "12",
    "closedwonBuyingGroup": "1 of 2: user",
    "closedwonMissingRole": "none",
}
#: What differs for a lead that is no longer scored: texts are none, and numbers 0.
CLEARED = ROW | {
    "closedwonStatus": "retired",
    "closedwonWinProbability": "0",
    "closedwonExpectedAmount": "0",
    "closedwonExpectedRevenue": "0",
    "closedwonFitScore": "0",
    "closedwonIntentScore": "0",
    "closedwonGrade": "none",
    "closedwonRank": "0",
    "closedwonTrend": "none",
    "closedwonReason1": "none",
    "closedwonModelVersion": "none",
    "closedwonBuyingGroup": "none",
}


def test_a_row() -> None:
    assert written(MARKETO, lead_id="318592") == list(ROW.items())
    assert cleared(MARKETO, lead_id="318592") == list(CLEARED.items())


@pytest.mark.parametrize(
    ("lead_id", "rule"),
    [
        ("318592", None),
        ("1e5", "id_is_not_of_this_crm"),
    ],
)
def test_an_id_is_one_of_the_crm_or_rejected(lead_id: str, rule: str | None) -> None:
    assert broken_by(MARKETO, lead_id) == rule
