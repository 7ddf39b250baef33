"""Pipedrive's exports, which name records by their names, and the tables of its API."""

# ruff: noqa: E501

from pathlib import Path

import pytest

from tests.pipelines.sources.raw.exports import Made, made

EXPORT = {
    "deals-123-4.csv": """
"Deal - ID","Deal - Title","Deal - Organization","Deal - Contact person","Deal - Status","Deal - Pipeline","Deal - Value","Deal - Currency","Deal - Deal created","Deal - Won time","Deal - Lost time","Deal - Deal closed on"
1,Acme deal,Acme Corp,Dana,Won,Sales,"5000",EUR,2024-01-10 09:00:00,2024-03-01 10:00:00,2024-02-01 10:00:00,2024-03-01 10:00:00
2,Beta deal,BETA ag ,Sam,Lost,Sales,"2500",USD,2024-01-12 09:00:00,2024-01-20 10:00:00,2024-02-20 10:00:00,2024-02-20 10:00:00
3,Twin deal,Twin,,Open,Renewals,"100",EUR,2024-02-12 09:00:00,,,
""",
    "organizations-123-5.csv": """
Organization - ID,Organization - Name,Organization - Creation date,Organization - Website,Organization - Country,Organization - Won deals,Organization - People,Organization - Last activity date
17,Acme Corp,2023-05-01 08:00:00,https://acme.example,DE,1,1,2024-05-01
18,Beta AG,2023-06-01 08:00:00,,CH,0,1,
19,Twin,2023-06-02 08:00:00,,CH,0,1,
20,Twin,2023-06-03 08:00:00,,FR,0,1,
""",
    "people-123-6.csv": """
Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Creation date,Person - Job title,Person - Label
7,Dana,ACME Corp ,dana@acme.example,2023-05-02 08:00:00,CFO,Hot
8,Sam,Beta AG,sam@beta.example,2023-06-02 08:00:00,CEO,
""",
    "activities-123-7.csv": """
Activity - ID,Activity - Type,Activity - Done,Activity - Due date,Activity - Marked as done time,Activity - Creation date,Activity - Deal,Activity - Organization,Activity - Contact person
1,Call,Done,2024-01-15,2024-01-15 12:00:00,2024-01-11 09:00:00,Acme deal,,Dana
2,Meeting,Done,2024-01-20,2024-01-20 12:00:00,2024-01-11 09:00:00,Acme deal,,
3,Task,To do,2030-01-20,,2024-01-11 09:00:00,Acme deal,,
""",
    "leads-123-8.csv": "Lead - ID,Lead - Title,Lead - Source\n55ebb4c0,Oak,Web forms\n",
}


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The export of a user, with the names of records instead of their ids."""
    return made(tmp_path_factory.mktemp("pipedrive"), EXPORT)


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        (
            "opportunities",
            ("opportunity_id", "account_id", "lead_id", "status", "closed_at", "amount", "currency"),
            [
                # It was lost first, and then won.
                ("1", "17", "7", "Won", "2024-03-01 10:00:00", "5000", "EUR"),
                # It was won first, and then lost. Its organization is written in other capitals.
                ("2", "18", "8", "Lost", "2024-02-20 10:00:00", "", "USD"),  # there are no rates
                # Two organizations have its name: it is none of the two.
                ("3", "twin", "", "Open", "", "100", "EUR"),
            ],
        ),
        ("accounts", ("account_id", "domain"), [("17", "https://acme.example"), ("18", ""), ("19", ""), ("20", "")]),
        ("leads", ("lead_id", "account_id", "title"), [("7", "17", "CFO"), ("8", "18", "CEO")]),
        (
            "activities",
            ("activity_id", "lead_id", "account_id", "activity_type", "occurred_at", "direction"),
            [
                ("1", "7", "17", "call", "2024-01-15 12:00:00", "outbound"),
                ("2", "", "17", "meeting", "2024-01-20 12:00:00", "inbound"),
            ],
        ),
    ],
)
def test_an_export_gives_these_rows(
    export: Made, table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    assert export.rows(table, *columns) == rows


def test_values_of_today_and_persons_are_no_attributes(export: Made) -> None:
    own = {"account_id", "domain", "created_at"}
    assert [name for name in export.tables["accounts"][0] if name not in own and not name.endswith("country")] == []
    assert set(export.tables["leads"][0]) == {"lead_id", "account_id", "created_at", "email", "title"}


@pytest.mark.parametrize(
    "said",
    [
        "deals by pipeline: Sales: 2, Renewals: 1",
        "deals by currency: EUR: 2, USD: 1. Pipedrive exports no rates",
        "activities by type: call: 1, meeting: 1, task: 1",
        "1 activities are not done",
        "1 records of the leads inbox are not read",
        "3 deals name their organization by its name, and 2 of these names are of one organization alone",
    ],
)
def test_what_cannot_be_known_is_said_with_counts(export: Made, said: str) -> None:
    assert said in export.page


def test_tables_of_the_api_have_ids_stages_and_a_history(tmp_path: Path) -> None:
    api = made(
        tmp_path,
        {
            "deals.csv": """
id,title,status,value,currency,add_time,won_time,lost_time,close_time,org_id,person_id,stage_id,pipeline_id,deleted
1,Acme,won,5000,EUR,2024-01-10 09:00:00,2024-03-01 10:00:00,,2024-03-01 10:00:00,"{""name"": ""Acme"", ""value"": 17}",7,3,1,false
2,Gone,open,10,EUR,2024-01-11 09:00:00,,,,18,,1,1,true
""",
            "organizations.csv": "id,name,add_time,active_flag\n17,Acme,2023-05-01 08:00:00,true\n18,B,2023-05-01,false\n",
            "stages.csv": "id,name,pipeline_id\n1,Lead In,1\n2,Demo,1\n3,Offer,1\n",
            "deal_flow.csv": """
item_id,field_key,old_value,new_value,log_time
1,stage_id,2,3,2024-02-10 09:00:00
1,stage_id,1,2,2024-01-20 09:00:00
1,value,4000,5000,2024-02-11 09:00:00
1,owner_id,1,2,2024-02-12 09:00:00
""",
            "activities.csv": """
id,type,done,add_time,due_date,marked_as_done_time,person_id,org_id,deal_id
1,call,1,2024-01-11 09:00:00,2024-01-12,2024-01-12 10:00:00,7,,1
2,call,0,2024-01-11 09:00:00,2024-01-12,,7,,1
""",
            "mail_messages.csv": "id,message_time,sent_flag,deal_id\n9,2024-01-13 10:00:00,0,1\n",
        },
    )
    assert api.rows("opportunities", "opportunity_id", "status", "deleted") == [
        ("1", "won", "false"),
        ("2", "open", "true"),
    ]
    assert api.rows("accounts", "account_id", "active") == [("17", "true"), ("18", "false")]
    assert api.rows("opportunity_history", "changed_at", "stage", "amount") == [
        ("2024-01-10 09:00:00", "Lead In", ""),
        ("2024-01-20 09:00:00", "Demo", ""),
        ("2024-02-10 09:00:00", "Offer", ""),
        ("2024-02-11 09:00:00", "", "5000"),
    ]
    assert api.rows("activities", "activity_id", "activity_type", "direction") == [
        ("1", "call", "outbound"),
        ("mail 9", "email", "inbound"),
    ]
    assert "No leads: its table is not in the export" in api.page


def test_deals_without_an_id_get_one_of_their_title_and_time(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        {
            "deals.csv": "Deal - Title,Deal - Status,Deal - Organization,Deal - Deal created,Deal - Won time\n"
            "Big,Won,Acme,2024-01-10 09:00:00,2024-02-10 09:00:00\n",
            "organizations.csv": "Organization - Name\nAcme\nacme\n",
            "people.csv": "Person - Name,Person - Organization\nDana,Acme\n",
        },
    )
    assert found.rows("opportunities", "opportunity_id", "account_id") == [("big, 2024-01-10 09:00:00", "acme")]
    assert found.rows("accounts", "account_id") == [("acme",), ("acme",)]
    assert "1 deals have no ID" in found.page
    assert "1 organizations without an ID have the name of another one" in found.page
    assert "No leads: the export has nothing for lead_id" in found.page
