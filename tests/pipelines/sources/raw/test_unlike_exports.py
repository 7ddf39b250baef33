"""Exports that are laid out unlike most: rows that belong to nobody, marks of connectors, words of their own."""

import json
from pathlib import Path

import pytest

from pipelines.errors import BadInput
from tests.pipelines.sources.raw.exports import Made, made

#: A deal without flags, under stages with names of the organisation; tasks that nobody can be found for.
SALESFORCE = {
    "Opportunity.csv": """
Id,AccountId,Name,StageName,Probability,ForecastCategory,Amount,CurrencyIsoCode,CloseDate,Type,CreatedDate,IsDeleted,_fivetran_deleted
006A,001A,a,Signed,100,Closed,10,EUR,2025-03-01,Software,2025-01-01 08:00:00,false,false
006B,001A,b,Signed,100,Closed,20,EUR,2025-03-01,Renewal,2025-01-01 08:00:00,false,true
006C,001B,c,Dead,0,Omitted,30,USD,2025-03-01,Services,2025-01-01 08:00:00,false,false
006D,001B,d,Paper,60,Pipeline,40,EUR,2025-03-01,,2025-01-01 08:00:00,false,false
006E,,e,Paper,60,Pipeline,50,EUR,2025-03-01,,2025-01-01 08:00:00,false,false
006F,001B,f,Closed Lost,100,Pipeline,60,EUR,2025-03-01,,2025-01-01 08:00:00,false,false
""",
    "Account.csv": "Id,Name,Website,CreatedDate\n001A,A,a.de,2024-01-01 08:00:00\n001B,B,b.de,2024-01-01 08:00:00\n",
    "OpportunityHistory.csv": """
Id,OpportunityId,StageName,Amount,CreatedDate,ForecastCategory
008A,006A,Paper,9,2025-02-01 08:00:00,Pipeline
008C,006C,Paper,31,2025-02-01 08:00:00,Pipeline
""",
    "Task.csv": """
Id,WhoId,WhatId,Subject,Status,IsClosed,CreatedDate
00TA,003A,,Email: hello,Completed,1,2025-02-01 08:00:00
00TB,,500A,A case,Completed,1,2025-02-01 08:00:00
00TC,,006C,Call,Completed,1,2025-02-01 08:00:00
""",
}
SCREEN = {
    "all-deals.csv": '''
Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Associated Company IDs,"Date entered ""Closed Won (Sales)"""
1,A,Closed Won (Sales),Sales,1,2030-05-01 10:11,2025-04-01 09:00,10,2025-06-01 10:00
2,B,Closed Won (Sales),Sales,2,,2025-04-01 09:00,11,2025-06-02 10:00
3,C,Talking (Sales),Sales,3,2030-05-01 10:11,2025-04-01 09:00,11,2025-05-01 10:00
''',  # noqa: E501
}
_OPPORTUNITY = ("opportunityid", "name", "statecode", "statuscode", "createdon", "actualclosedate", "customerid")
_ACCOUNT = ("accountid", "name", "createdon", "industrycode")
SYNAPSE = {
    "model.json": json.dumps(
        {
            "entities": [
                {"name": name, "attributes": [{"name": column} for column in columns]}
                for name, columns in (("opportunity", _OPPORTUNITY), ("account", _ACCOUNT))
            ]
        }
    ),
    "opportunity/2025.csv": '"o1","a","1","3","1/13/2025 9:00:00 AM","3/31/2025","a1"\n',
    "account/2024.csv": '"a1","A","1/14/2024 9:00:00 AM","7"\n',
    "stringmap.csv": "attributename,attributevalue,objecttypecode,value\nindustrycode,7,account,Energy\n",
}
ROLED = ("opportunity_id", "status", "amount", "opportunity_type")


@pytest.fixture(scope="module")
def salesforce(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("salesforce"), SALESFORCE)


def test_without_flags_words_of_their_own_are_told_by_forecast_and_probability(salesforce: Made) -> None:
    assert salesforce.rows("opportunities", *ROLED) == [
        ("006A", "won", "10", ""),
        ("006B", "won", "20", "Renewal"),
        ("006C", "lost", "", ""),
        ("006D", "open", "40", ""),
        ("006F", "Closed Lost", "60", ""),
    ]
    assert "are read as empty: Services: 1, Software: 1" in salesforce.page
    assert "with a probability of 0 %: Dead: 1" in salesforce.page


def test_what_belongs_to_nobody_is_left_out_with_a_count(salesforce: Made) -> None:
    assert "1 deals have neither an account nor a contact" in salesforce.page
    assert salesforce.rows("activities", "activity_id", "lead_id", "account_id") == [
        ("00TA", "003A", ""),
        ("00TC", "", "001B"),
    ]
    assert "1 tasks name no person, account or deal" in salesforce.page


def test_a_connector_marks_what_was_taken_out_beside_the_flag_of_the_crm(salesforce: Made) -> None:
    assert [row[0] for row in salesforce.rows("opportunities", "opportunity_id", "is_deleted") if row[1] == "true"] == [
        "006B"
    ]


def test_amounts_without_a_rate_are_left_empty_also_in_the_history(salesforce: Made) -> None:
    assert "the export has no rates for these: USD: 1" in salesforce.page
    assert salesforce.rows("opportunity_history", "opportunity_id", "amount") == [("006A", "9"), ("006C", "")]


def test_the_day_of_the_stage_stands_in_for_a_close_date_that_is_empty_or_a_plan(tmp_path: Path) -> None:
    out = made(tmp_path, SCREEN)
    assert out.rows("opportunities", "opportunity_id", "closed_at")[:2] == [
        ("1", "2025-06-01 10:00:00"),
        ("2", "2025-06-02 10:00:00"),
    ]


def test_files_without_a_header_get_the_columns_of_model_json(tmp_path: Path) -> None:
    out = made(tmp_path, SYNAPSE)
    assert out.rows("opportunities", "opportunity_id", "account_id", "status") == [("o1", "a1", "won")]
    assert out.rows("accounts", "account_id", "industry") == [("a1", "Energy")]


@pytest.mark.parametrize(
    ("opened", "created", "order"),
    [
        ("13/05/2025", "2025-06-01", "day/month/year"),  # a table of the same export, in the same form
        ("13/05/2025 10:00", "2025-06-01", ""),  # another form
        ("13/05/2025", "05/13/2025", ""),  # they contradict each other
    ],
)
def test_another_table_shows_the_order_of_days_and_months(
    opened: str, created: str, order: str, tmp_path: Path
) -> None:
    deals = "Id,AccountId,Name,StageName,IsWon,IsClosed,Amount,CloseDate,CreatedDate"
    out = made(
        tmp_path,
        {
            "Opportunity.csv": f"{deals}\n006A,001A,a,Closed Won,1,1,10,03/04/2025,01/02/2025\n",
            "Account.csv": f"Id,Name,Website,CreatedDate\n001A,A,a.de,{opened}\n",
            "Contact.csv": f"Id,AccountId,Email,LastName,CreatedDate\n003A,001A,a@a.de,A,{created}\n",
        },
    )
    assert (f'dates = "{order}"' in (tmp_path / "out/closedwon.toml").read_text()) == bool(order)
    assert ("because Account.CreatedDate of the same export" in out.page) == bool(order)
    assert any("Opportunity.CreatedDate" in line for line in out.said) == bool(order)


def test_deals_without_a_creation_date_begin_with_their_first_stage(tmp_path: Path) -> None:
    entered = '"Date entered ""Talk (Sales)""","Date entered ""Closed Won (Sales)"""'
    head = "Record ID,Deal Name,Deal Stage,Pipeline,Close Date,Create Date,Associated Company IDs," + entered
    deals = """
1,A,Closed Won (Sales),Sales,2025-05-01 10:11,,10,2025-04-01 09:00,2025-05-01 10:00
2,B,Closed Won (Sales),Sales,2025-05-02 10:11,,11,,
3,C,Talk (Sales),Sales,,2025-04-03 09:00,10,2025-04-01 09:00,
"""
    out = made(tmp_path, {"deals.csv": head + deals})
    assert out.rows("opportunities", "opportunity_id", "created_at") == [
        ("1", "2025-04-01 09:00:00"),
        ("2", ""),
        ("3", "2025-04-03 09:00"),
    ]
    assert "1 deals have no creation date: the first day" in out.page
    assert "1 deals have no creation date, and nothing else shows" in out.page


def test_deals_without_any_association_are_refused_with_the_remedy(tmp_path: Path) -> None:
    head = "Record ID,Deal Name,Deal Stage,Pipeline,Close Date,Create Date"
    with pytest.raises(BadInput, match="its deals name neither a company nor a person: export the columns"):
        made(tmp_path, {"deals.csv": f"{head}\n1,A,Closed Won,Sales,2025-05-01 10:11,2025-04-01 10:00\n"})


@pytest.mark.parametrize(
    "files",
    [
        {  # reports with the names that Salesforce gives them, with columns of the account in all
            "report1.csv": """
First Name,Last Name,Email,Account ID,Account Name,Website,Industry,Created Date
Ann,Lee,a@acme.com,0015g00000AbCdE,Acme,acme.com,Steel,1/13/2023
""",
            "report2.csv": """
Opportunity Name,Stage,Amount,Close Date,Created Date,Opportunity ID,Account ID,Account Name,Website,Industry
A,Closed Won,100,5/20/2024,1/5/2024,0065g00000AbCdE,0015g00000AbCdE,Acme,acme.com,Steel
B,,200,5/20/2024,1/5/2024,0065g00000AbCdF,0015g00000AbCdE,Acme,acme.com,Steel
""",
            "report3.csv": """
Account ID,Account Name,Website,Industry,Created Date
0015g00000AbCdE,Acme,acme.com,Steel,1/13/2023
""",
        },
        {  # Data Loader with names of somebody's own, in capitals
            "o.csv": """
ID,ACCOUNTID,NAME,STAGENAME,AMOUNT,CLOSEDATE,CREATEDDATE
0065g00000AbCdE,0015g00000AbCdE,A,Closed Won,100,2024-05-20,2024-01-05T08:00:00.000Z
""",
            "a.csv": """
ID,NAME,WEBSITE,INDUSTRY,CREATEDDATE
0015g00000AbCdE,Acme,acme.com,Steel,2023-01-13T08:00:00.000Z
""",
            "c.csv": """
ID,ACCOUNTID,LASTNAME,EMAIL,CREATEDDATE
0035g00000AbCdE,0015g00000AbCdE,Lee,a@acme.com,2023-01-13T08:00:00.000Z
""",
        },
    ],
)
def test_salesforce_files_of_any_name_are_told_by_their_columns(files: dict[str, str], tmp_path: Path) -> None:
    out = made(tmp_path, files)
    assert out.rows("accounts", "account_id", "domain", "industry") == [("0015g00000AbCdE", "acme.com", "Steel")]
    assert out.rows("leads", "account_id", "email") == [("0015g00000AbCdE", "a@acme.com")]
    assert out.rows("opportunities", "opportunity_id", "account_id", "amount")[0] == (
        "0065g00000AbCdE",
        "0015g00000AbCdE",
        "100",
    )
    # The second row of a group in a report, where the stage stands in the first one.
    assert ("1 deals have no stage. A report that is grouped" in out.page) == (len(out.tables["opportunities"]) == 2)


def test_labels_of_choices_are_in_the_language_that_has_most(tmp_path: Path) -> None:
    out = made(
        tmp_path,
        {
            "opportunity.csv": "opportunityid,name,statecode,createdon,actualclosedate,customerid\n"
            "o1,A,1,2024-01-05T07:42:00Z,2024-05-21,a1\n",
            "account.csv": "accountid,name,industrycode,createdon\na1,A,7,2023-01-05\na2,B,8,2023-01-05\n",
            "OptionsetMetadata.csv": "EntityName,OptionSetName,Option,LocalizedLabelLanguageCode,LocalizedLabel\n"
            "account,industrycode,7,1033,Steel\naccount,industrycode,8,1033,Wood\naccount,industrycode,7,1031,Stahl\n",
        },
    )
    assert out.rows("accounts", "account_id", "industry") == [("a1", "Steel"), ("a2", "Wood")]
    assert "deactivated" not in out.page  # the export does not say which are
