"""Odoo's exports, with technical names and with labels, and tables of its database."""

# ruff: noqa: E501

from pathlib import Path

import pytest

from tests.pipelines.sources.raw.exports import Made, made

EXPORT = {
    "crm.lead.csv": """
"id","type","name","stage_id","probability","active","expected_revenue","create_date","date_conversion","date_closed","partner_id/id","partner_id","email_from","function","source_id","lost_reason_id","x_employees","day_close","user_id"
"__export__.crm_lead_1_aa","opportunity","Maple","Won","100.0","True","5000.0","2024-01-10 09:00:00","2024-01-12 09:00:00","2024-03-01 10:00:00","__export__.res_partner_11_aa","Ridge, Dana","dana@ridge.example","CFO","Website","","50","49","Pat"
"__export__.crm_lead_2_bb","opportunity","Cedar","Proposition","0.0","False","800.0","2024-01-12 09:00:00","","2024-02-01 10:00:00","","Cedar","","","","Too expensive","","","Pat"
"__export__.crm_lead_3_cc","lead","Elm","New","10.0","True","0.0","2024-02-12 09:00:00","","","","","kim@oak.example","CEO","Fair","","5","","Pat"
"__export__.crm_lead_4_dd","opportunity","Oak","Qualified","20.0","True","10.0","2024-02-12 09:00:00","","","","Twin","","","","","","","Pat"
""",
    "res.partner.csv": """
"id","name","display_name","is_company","parent_id/id","parent_id","email","website","country_id","customer_rank","create_date"
"__export__.res_partner_10_aa","Ridge","Ridge","True","","","","https://ridge.example","Germany","3","2023-01-01 09:00:00"
"__export__.res_partner_11_aa","Dana","Ridge, Dana","False","__export__.res_partner_10_aa","Ridge","dana@ridge.example","","","","2023-01-01 09:00:00"
"__export__.res_partner_12_aa","Cedar","Cedar","True","","","","","France","","2023-01-02 09:00:00"
"__export__.res_partner_13_aa","Twin","Twin","True","","","","","France","","2023-01-03 09:00:00"
"__export__.res_partner_14_aa","Twin","Twin","True","","","","","France","","2023-01-04 09:00:00"
""",
    "mail.message.csv": """
"id","date","model","res_id","message_type","subtype_id","author_id"
"__export__.mail_message_1_a","2024-01-11 09:00:00","crm.lead","1","email","Discussions","Dana"
"__export__.mail_message_2_a","2024-01-12 09:00:00","crm.lead","1","comment","Discussions","Pat"
"__export__.mail_message_3_a","2024-01-12 10:00:00","crm.lead","1","comment","Note","Pat"
"__export__.mail_message_4_a","2024-02-12 10:00:00","crm.lead","1","notification","Stage Changed","Pat"
"__export__.mail_message_5_a","2024-02-12 10:00:00","sale.order","1","email","Discussions","Pat"
""",
}
LEAD = "__export__.crm_lead_{}".format
PARTNER = "__export__.res_partner_{}".format


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An export that can be imported again: technical names and External IDs."""
    return made(tmp_path_factory.mktemp("odoo"), EXPORT)


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        (
            "opportunities",
            ("opportunity_id", "account_id", "created_at", "status", "closed_at", "amount"),
            [
                # Of a person of Ridge; a deal since its conversion.
                (LEAD("1_aa"), PARTNER("10_aa"), "2024-01-12 09:00:00", "won", "2024-03-01 10:00:00", "5000.0"),
                (LEAD("2_bb"), PARTNER("12_aa"), "2024-01-12 09:00:00", "lost", "2024-02-01 10:00:00", "800.0"),
                # Two companies have its name: it is none of the two.
                (LEAD("4_dd"), "", "2024-02-12 09:00:00", "open", "", "10.0"),
            ],
        ),
        (
            "leads",
            ("lead_id", "account_id", "created_at", "source", "title", "x_employees"),
            [
                (LEAD("1_aa"), PARTNER("10_aa"), "2024-01-10 09:00:00", "Website", "CFO", "50"),
                (LEAD("2_bb"), PARTNER("12_aa"), "2024-01-12 09:00:00", "", "", ""),
                (LEAD("3_cc"), "", "2024-02-12 09:00:00", "Fair", "CEO", "5"),
                (LEAD("4_dd"), "", "2024-02-12 09:00:00", "", "", ""),
            ],
        ),
        ("accounts", ("account_id", "domain", "country_id"), [
            (PARTNER("10_aa"), "https://ridge.example", "Germany"), (PARTNER("12_aa"), "", "France"),
            (PARTNER("13_aa"), "", "France"), (PARTNER("14_aa"), "", "France"),
        ]),
        ("activities", ("lead_id", "activity_type", "occurred_at", "direction"), [
            (LEAD("1_aa"), "email", "2024-01-11 09:00:00", "inbound"),
            (LEAD("1_aa"), "email", "2024-01-12 09:00:00", "outbound"),
        ]),
    ],
)  # fmt: skip
def test_an_export_gives_these_rows(
    export: Made, table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    assert export.rows(table, *columns) == rows


def test_the_page_says_what_was_decided(export: Made) -> None:
    assert "1 rows are archived: those that are not won are lost" in export.page
    assert "1 rows are leads that are no deals yet" in export.page
    assert "customer_rank" in export.page.partition("never attributes")[2]
    assert "deal of this export is lost" not in export.page


def test_an_export_without_archived_rows_says_that_the_lost_deals_are_missing(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        {
            "Lead_Opportunity (crm.lead).csv": "External ID,Opportunity,Stage,Probability,Expected Revenue,Created on,"
            'Closed Date,Customer,Email\na,Maple,Signed,"100,00","5000,00",2024-01-10 09:00:00,2024-03-01 10:00:00,'
            "Ridge,x@ridge.example\nb,Elm,Talks,20,10,2024-01-10 09:00:00,,Ridge,\n",
            "Contact (res.partner).csv": "External ID,Name,Is a Company,Created on\np,Ridge,True,2023-01-01 09:00:00\n",
        },
    )
    assert found.rows("opportunities", "opportunity_id", "account_id", "status") == [
        ("a", "p", "won"),
        ("b", "p", "open"),
    ]
    assert "(your choice): No deal of this export is lost. Odoo archives lost deals" in found.page


def test_tables_of_the_database_have_a_history_of_stages(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        {
            "crm_lead.csv": "id,type,stage_id,probability,active,create_date,date_closed,partner_id,source_id\n"
            "1,opportunity,3,100,t,2024-01-10 09:00:00,2024-03-01 10:00:00,10,4\n2,opportunity,1,0,f,2024-01-10 09:00:00,,10,\n",
            "crm_stage.csv": 'id,name,is_won\n1,"{""en_US"": ""New""}",f\n2,"{""en_US"": ""Offer""}",f\n'
            '3,"{""en_US"": ""Signed""}",t\n',
            "res_partner.csv": "id,name,is_company,create_date\n10,Ridge,t,2023-01-01 09:00:00\n",
            "utm_source.csv": "id,name\n4,Fair\n",
            "mail_message.csv": "id,date,model,res_id,message_type\n21,2024-01-20 09:00:00,crm.lead,1,notification\n"
            "22,2024-03-01 10:00:00,crm.lead,1,notification\n",
            "mail_tracking_value.csv": "id,mail_message_id,old_value_char,new_value_char\n1,21,New,Offer\n2,22,Offer,Signed\n"
            "3,22,Pat,Sam\n",
        },
    )
    assert found.rows("opportunities", "opportunity_id", "account_id", "status") == [
        ("1", "10", "won"),
        ("2", "10", "lost"),
    ]
    assert "1 archived rows have no date of their end" in found.page
    assert found.rows("leads", "lead_id", "source") == [("1", "Fair"), ("2", "")]
    assert found.rows("opportunity_history", "changed_at", "stage") == [
        ("2024-01-10 09:00:00", "New"),
        ("2024-01-20 09:00:00", "Offer"),
        ("2024-03-01 10:00:00", "Signed"),
    ]
