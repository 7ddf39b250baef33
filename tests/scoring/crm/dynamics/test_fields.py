import json

from scoring.crm.dynamics.fields import definitions
from scoring.crm.dynamics.profile import DYNAMICS


def test_a_body_for_each_column_under_its_display_name() -> None:
    files = {name: json.loads(text) for name, text in definitions(DYNAMICS).items()}
    headers = {entity: [column.header for column in columns[1:]] for entity, columns in DYNAMICS.columns.items()}
    assert len(files) == len(headers["account"]) + len(headers["lead"])
    shown = [body["DisplayName"]["LocalizedLabels"][0]["Label"] for name, body in files.items() if "lead/" in name]
    assert shown == headers["lead"]
    grade, rank, day = (files[f"account/{name}.json"] for name in ("grade", "rank", "as_of"))
    assert (grade["@odata.type"], grade["MaxLength"]) == ("Microsoft.Dynamics.CRM.StringAttributeMetadata", 20)
    assert rank["@odata.type"] == "Microsoft.Dynamics.CRM.IntegerAttributeMetadata"
    assert (day["Format"], day["SchemaName"]) == ("DateOnly", "new_closedwon_as_of")
