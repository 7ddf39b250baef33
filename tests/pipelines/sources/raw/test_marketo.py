"""Marketo, which has no deals: beside the export of a CRM, and alone."""

import os
from pathlib import Path

import pytest

from pipelines.sources.raw.init import init
from scoring.crm.layouts import LAYOUTS
from tests.pipelines.sources.raw.exports import Made, made

RAW = Path(os.environ.get("CLOSEDWON_RAW_EXPORTS", "none"))
MARKETO = {
    "marketo_leads.csv": """
id,createdAt,updatedAt,email,sfdcLeadId,sfdcContactId,leadSource,jobLevel,leadScore
1,2024-01-15T08:00:00Z,2024-05-01T08:00:00Z,x@acme.com,00QA,,Webinar,C,9
2,2024-04-15T08:00:00Z,2024-05-01T08:00:00Z,B@acme.com,,,Ads,V,9
3,2024-01-16T08:00:00Z,2024-05-01T08:00:00Z,new@other.com,,,Ads,M,9
""",
    "marketo_activities.csv": """
marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueId,primaryAttributeValue,attributes
10,1,2024-01-20T10:00:00Z,2,,5,Form,"{""User Agent"":""Mozilla/5.0"",""Webpage ID"":3}"
11,2,2024-01-21T10:00:00Z,10,,5,Mail,"{""Is Bot Activity"":""true"",""User Agent"":""GoogleImageProxy""}"
12,3,2024-01-22T10:00:00Z,6,,5,Mail,{}
13,8,2024-01-23T10:00:00Z,11,,5,Mail,{}
14,9,2024-01-24T10:00:00Z,32,,9,x,"{""Merge IDs"":""[8]""}"
15,3,2024-01-25T10:00:00Z,32,,3,x,"{""Merge IDs"":""[9, 7]""}"
16,3,2024-01-25T10:00:00Z,13,,3,Lead Score,"{""New Value"":""9""}"
""",
}
SALESFORCE = {
    "Account.csv": "Id,Website,CreatedDate\n001A,acme.com,2024-01-01 08:00:00\n",
    "Contact.csv": "Id,AccountId,Email,CreatedDate,LeadSource\n003A,001A,a@acme.com,2024-03-01 08:00:00,\n"
    "003B,001A,b@acme.com,2024-03-01 08:00:00,Fair\n",
    "Lead.csv": "Id,IsConverted,ConvertedContactId,CreatedDate\n00QA,1,003A,2024-02-01 08:00:00\n",
    "Opportunity.csv": "Id,AccountId,StageName,IsWon,IsClosed,CloseDate,CreatedDate\n"
    "006A,001A,Won,1,1,2024-05-01,2024-04-01 08:00:00\n",
    "Task.csv": "Id,WhoId,Type,IsClosed,CreatedDate\n00TA,00QA,Call,1,2024-02-03 08:00:00\n",
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Marketo's bulk extracts beside the export of Salesforce."""
    return made(tmp_path_factory.mktemp("both"), MARKETO | SALESFORCE)


def test_a_person_of_both_is_one_person(both: Made) -> None:
    assert both.rows("leads", "lead_id", "account_id", "created_at", "source", "joblevel") == [
        # By the id of the lead that it was; Marketo knew it first.
        ("003A", "001A", "2024-01-15 08:00:00", "Webinar", "C"),
        # By its address; Salesforce knew it first, and has a source.
        ("003B", "001A", "2024-03-01 08:00:00", "Fair", "V"),
        # Marketo alone knows this one.
        ("3", "", "2024-01-16 08:00:00", "Ads", "M"),
    ]


def test_what_marketo_saw_counts_for_the_person_of_the_crm(both: Made) -> None:
    assert both.rows("activities", "activity_id", "lead_id", "activity_type", "direction", "is_bot_activity") == [
        ("00TA", "003A", "call task", "", ""),
        ("marketo 10", "003A", "fill out form", "inbound", ""),
        ("marketo 11", "003B", "open email", "inbound", "true"),
        ("marketo 12", "3", "send email", "outbound", ""),
        # Of 8, who was merged into 9, who was merged into 3. A merge and a changed score are no touches.
        ("marketo 13", "3", "click email", "inbound", ""),
    ]
    assert both.tables["opportunities"][0]["opportunity_id"] == "006A"


def test_the_page_says_what_stands_beside(both: Made) -> None:
    assert "Beside it `marketo`" in both.page
    assert "2 people of Marketo are people of the CRM: one person" in both.page
    assert "(your choice): 1 people are in Marketo alone" in both.page
    assert "count for nothing: 32: 2, 13: 1" in both.page


def test_tables_of_one_name_in_two_folders_are_two_tables(tmp_path: Path) -> None:
    files = {f"salesforce/{name}": text for name, text in SALESFORCE.items()}
    files |= {f"marketo/{name.removeprefix('marketo_').removesuffix('s.csv')}.csv": t for name, t in MARKETO.items()}
    apart = made(tmp_path, {name.replace("activitie", "activity"): text for name, text in files.items()})
    assert apart.rows("leads", "lead_id") == [("003A",), ("003B",), ("3",)]
    assert len(apart.tables["activities"]) == 5


def test_alone_it_says_what_is_missing(tmp_path: Path) -> None:
    alone = made(tmp_path, MARKETO)
    assert "put its export into the same folder" in " ".join(alone.said)
    assert "What is missing: the deals and the companies are in a CRM" in alone.page
    assert alone.rows("leads", "lead_id", "source") == [("1", "Webinar"), ("2", "Ads"), ("3", "Ads")]


def test_two_crms_in_one_folder_are_never_mixed(tmp_path: Path) -> None:
    deals = "Deal - ID,Deal - Status,Deal - Won time,Deal - Lost time,Deal - Organization\n1,Won,2024-01-01,,Acme\n"
    found = made(tmp_path, SALESFORCE | {"pipedrive deals.csv": deals})
    assert found.rows("opportunities", "opportunity_id") == [("006A",)]
    assert "Pipedrive (export to CSV or Excel, API, Airbyte, dlt) is there too (pipedrive deals), and is not read" in (
        " ".join(found.said)
    )


def test_what_stands_beside_a_crm_has_tables_of_its_own() -> None:
    beside = [layout for layout in LAYOUTS.values() if layout.beside]
    assert beside
    for layout in beside:
        theirs = {table.name for other in LAYOUTS.values() if not other.beside for table in other.tables}
        assert {table.name for table in layout.tables} & theirs == set()


@pytest.mark.skipif(not RAW.is_dir(), reason="CLOSEDWON_RAW_EXPORTS names no folder with raw exports")
def test_the_seeds_of_fivetran_give_these_tables(tmp_path: Path) -> None:
    written = init(RAW / "fivetran_marketo", tmp_path, say=lambda _: None)
    assert written.found.layout.name == "marketo"
    rows = {view.name: view.rows for view in written.draft.views}
    assert {name: rows[name] for name in ("leads", "activities", "lead_history")} == {
        "leads": 100, "activities": 498, "lead_history": 100,
    }  # fmt: skip
