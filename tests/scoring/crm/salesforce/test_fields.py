from xml.etree import ElementTree

from scoring.crm.salesforce.fields import definitions
from scoring.crm.salesforce.profile import SALESFORCE

SPACE = "{http://soap.sforce.com/2006/04/metadata}"


def headers(entity: str) -> list[str]:
    return [column.header for column in SALESFORCE.columns[entity][1:]]


def test_a_package_with_its_permissions() -> None:
    files = definitions(SALESFORCE)
    assert list(files) == [
        "objects/Account.object",
        "objects/Lead.object",
        "permissionsets/closedwon_Read.permissionset",
        "permissionsets/closedwon_Import.permissionset",
        "package.xml",
    ]
    tree = {name: ElementTree.fromstring(text) for name, text in files.items()}
    lead = tree["objects/Lead.object"].findall(f"{SPACE}fields")
    assert [field.findtext(f"{SPACE}fullName") for field in lead] == headers("lead")
    assert {child.tag.removeprefix(SPACE): child.text for child in lead[1]} == {
        "fullName": "closedwon_Win_Probability__c",
        "inlineHelpText": "Chance of a won deal within the horizon, in percent",
        "label": "closedwon Win Probability",
        "precision": "7",
        "required": "false",
        "scale": "4",
        "type": "Percent",
    }
    named = {member.text for member in tree["package.xml"].iter(f"{SPACE}members")}
    objects = {"Account": "account", "Lead": "lead"}
    every = {f"{name}.{header}" for name, entity in objects.items() for header in headers(entity)}
    assert named == every | {"closedwon_Read", "closedwon_Import"}
    for name, editable in (("Read", "false"), ("Import", "true")):
        root = tree[f"permissionsets/closedwon_{name}.permissionset"]
        assert {field.text for field in root.iter(f"{SPACE}field")} == every
        assert {field.text for field in root.iter(f"{SPACE}editable")} == {editable}


def test_a_standard_field_is_not_made_and_a_name_is_escaped() -> None:
    files = definitions(SALESFORCE.renamed("lead", {"grade": "Rating", "rank": "A<B&C__c"}))
    lead = ElementTree.fromstring(files["objects/Lead.object"])
    names = [name.text for name in lead.iter(f"{SPACE}fullName")]
    assert "Rating" not in names
    assert "A<B&C__c" in names
