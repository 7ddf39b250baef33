import json

from scoring.crm.zoho.fields import definitions
from scoring.crm.zoho.profile import ZOHO


def test_five_fields_a_call_whose_labels_become_the_names() -> None:
    calls = {name: json.loads(text)["fields"] for name, text in definitions(ZOHO).items()}
    leads = [field for name, fields in calls.items() if name.startswith("Leads") for field in fields]
    assert max(len(fields) for fields in calls.values()) == 5
    headers = [column.header for column in ZOHO.columns["lead"][1:]]
    assert [field["field_label"].replace(" ", "_") for field in leads] == headers
    assert leads[2] == {
        "field_label": "closedwon Win Probability", "data_type": "double", "length": 16, "decimal_place": 4,
    }  # fmt: skip
