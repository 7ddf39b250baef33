import json

from scoring.crm.marketo.fields import definitions
from scoring.crm.marketo.profile import MARKETO


def test_fields_for_leads_alone() -> None:
    [(name, text)] = definitions(MARKETO).items()
    assert name == "leads_fields.json"
    inputs = json.loads(text)["input"]
    assert [item["name"] for item in inputs] == [column.header for column in MARKETO.columns["lead"][1:]]
    assert {item["dataType"] for item in inputs} == {"string", "float", "integer", "date", "datetime"}
