import json

from scoring.crm.hubspot.fields import definitions
from scoring.crm.hubspot.profile import HUBSPOT


def test_a_group_and_its_properties() -> None:
    files = {name: json.loads(text) for name, text in definitions(HUBSPOT).items()}
    assert list(files) == [
        "companies_group.json", "companies_properties.json", "contacts_group.json", "contacts_properties.json",
    ]  # fmt: skip
    inputs = files["contacts_properties.json"]["inputs"]
    assert [item["name"] for item in inputs] == [column.header for column in HUBSPOT.columns["lead"][1:]]
    assert {item["groupName"] for item in inputs} == {files["contacts_group.json"]["name"]}
    types = {item["name"].removeprefix("closedwon_"): (item["type"], item["fieldType"]) for item in inputs}
    assert types["status"] == types["scored_at"] == ("string", "text")
    assert types["win_probability"] == types["rank"] == ("number", "number")
    assert types["as_of"] == ("date", "date")
