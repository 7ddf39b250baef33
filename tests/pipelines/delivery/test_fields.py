import csv
import json
from xml.etree import ElementTree

import pytest

from pipelines.config import Config, Crm
from pipelines.delivery.fields import fields
from pipelines.errors import UsageError
from scoring.crm.known import PROFILES

SPACE = "{http://soap.sforce.com/2006/04/metadata}"


def made(folder, crm, config=None):
    """The files for a CRM, by their name in its folder."""
    written = fields(config or Config(), folder, crms=[crm], say=lambda line: None)
    return {file.relative_to(folder / crm).as_posix(): file.read_text(encoding="utf-8") for file in written}


def headers(crm, entity):
    return [column.header for column in PROFILES[crm].columns[entity][1:]]


def test_salesforce_is_a_package_with_its_permissions(tmp_path):
    files = made(tmp_path, "salesforce")
    assert list(files) == [
        "objects/Account.object",
        "objects/Lead.object",
        "permissionsets/closedwon_Read.permissionset",
        "permissionsets/closedwon_Import.permissionset",
        "package.xml",
    ]
    tree = {name: ElementTree.fromstring(text) for name, text in files.items()}
    lead = tree["objects/Lead.object"].findall(f"{SPACE}fields")
    assert [field.findtext(f"{SPACE}fullName") for field in lead] == headers("salesforce", "lead")
    assert {child.tag.removeprefix(SPACE): child.text for child in lead[1]} == {
        "fullName": "closedwon_Win_Probability__c",
        "inlineHelpText": "Chance of a first won deal within the horizon, in percent",
        "label": "closedwon Win Probability",
        "precision": "7",
        "required": "false",
        "scale": "4",
        "type": "Percent",
    }
    named = {member.text for member in tree["package.xml"].iter(f"{SPACE}members")}
    objects = {"Account": "account", "Lead": "lead"}
    every = {f"{name}.{header}" for name, entity in objects.items() for header in headers("salesforce", entity)}
    assert named == every | {"closedwon_Read", "closedwon_Import"}
    for name, editable in (("Read", "false"), ("Import", "true")):
        root = tree[f"permissionsets/closedwon_{name}.permissionset"]
        assert {field.text for field in root.iter(f"{SPACE}field")} == every
        assert {field.text for field in root.iter(f"{SPACE}editable")} == {editable}


def test_hubspot_is_a_group_and_its_properties(tmp_path):
    files = {name: json.loads(text) for name, text in made(tmp_path, "hubspot").items()}
    assert list(files) == [
        "companies_group.json", "companies_properties.json", "contacts_group.json", "contacts_properties.json",
    ]  # fmt: skip
    inputs = files["contacts_properties.json"]["inputs"]
    assert [item["name"] for item in inputs] == headers("hubspot", "lead")
    assert {item["groupName"] for item in inputs} == {files["contacts_group.json"]["name"]}
    types = {item["name"].removeprefix("closedwon_"): (item["type"], item["fieldType"]) for item in inputs}
    assert types["status"] == types["scored_at"] == ("string", "text")
    assert types["win_probability"] == types["rank"] == ("number", "number")
    assert types["as_of"] == ("date", "date")


def test_dynamics_has_a_body_for_each_column_under_its_display_name(tmp_path):
    files = {name: json.loads(text) for name, text in made(tmp_path, "dynamics").items()}
    assert len(files) == len(headers("dynamics", "account")) + len(headers("dynamics", "lead"))
    shown = [body["DisplayName"]["LocalizedLabels"][0]["Label"] for name, body in files.items() if "lead/" in name]
    assert shown == headers("dynamics", "lead")
    grade, rank, day = (files[f"account/{name}.json"] for name in ("grade", "rank", "as_of"))
    assert (grade["@odata.type"], grade["MaxLength"]) == ("Microsoft.Dynamics.CRM.StringAttributeMetadata", 20)
    assert rank["@odata.type"] == "Microsoft.Dynamics.CRM.IntegerAttributeMetadata"
    assert (day["Format"], day["SchemaName"]) == ("DateOnly", "new_closedwon_as_of")


def test_zoho_makes_five_fields_a_call_whose_labels_become_the_names(tmp_path):
    files = {name: json.loads(text)["fields"] for name, text in made(tmp_path, "zoho").items()}
    leads = [field for name, made_ in files.items() if name.startswith("Leads") for field in made_]
    assert max(len(made_) for made_ in files.values()) == 5
    assert [field["field_label"].replace(" ", "_") for field in leads] == headers("zoho", "lead")
    assert leads[2] == {
        "field_label": "closedwon Win Probability", "data_type": "double", "length": 16, "decimal_place": 4,
    }  # fmt: skip


def test_marketo_has_fields_for_leads_alone(tmp_path):
    [(name, text)] = made(tmp_path, "marketo").items()
    assert name == "leads_fields.json"
    inputs = json.loads(text)["input"]
    assert [item["name"] for item in inputs] == headers("marketo", "lead")
    assert {item["dataType"] for item in inputs} == {"string", "float", "integer", "date", "datetime"}


def test_odoo_is_a_csv_of_fields(tmp_path):
    [(name, text)] = made(tmp_path, "odoo").items()
    assert name == "ir.model.fields.csv"
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["name"] for row in rows] == headers("odoo", "account") + headers("odoo", "lead")
    assert rows[1] == {
        "id": "closedwon_account_win_probability",
        "model_id/id": "base.model_res_partner",
        "name": "x_closedwon_win_probability",
        "field_description": "closedwon Win Probability",
        "ttype": "float",
        "help": "Chance of a first won deal within the horizon, in percent",
    }
    assert {row["model_id/id"] for row in rows} == {"base.model_res_partner", "crm.model_crm_lead"}
    assert all(row["name"].startswith("x_") for row in rows)


@pytest.mark.parametrize("crm", PROFILES)
def test_no_field_is_made_for_the_id_or_for_one_left_out(tmp_path, crm):
    config = Config(crm=Crm(**{crm: {"lead": {"rank": "", "id": "own_key", "grade": "Our_Grade__c"}}}))
    of_leads = ("lead", "contacts", "ir.model")
    text = "".join(text for name, text in made(tmp_path, crm, config).items() if name.lower().startswith(of_leads))
    text = text.partition("crm.model_crm_lead")[2] if crm == "odoo" else text
    if crm == "salesforce":
        text = (tmp_path / "salesforce/objects/Lead.object").read_text()
    assert text
    assert "own_key" not in text
    assert "1 is the first to call" not in text
    assert ("Our_Grade__c" if crm != "zoho" else "Our Grade  c") in text


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="choose another --out"):
        fields(Config(), tmp_path / "file", crms=["odoo"], say=lambda line: None)
