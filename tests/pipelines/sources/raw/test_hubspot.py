"""HubSpot's raw exports: what comes out of small ones in the documented headers, row by row."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.raw.init import init

Rows = list[tuple[str, ...]]

SPANISH = {
    "hubspot-crm-exports-todos-los-negocios-2024-06-01": """\
ID de registro,Nombre del negocio,Etapa del negocio,Pipeline,Valor,Fecha de cierre,Fecha de creación,Empresa asociada,Contacto asociado
1,Uno,Cierre ganado (Ventas),Ventas,1000,2024-05-01 10:11,2024-04-01 09:00,ACME SA,Ana Pérez (ana@acme.es);Luis Gil
2,Dos,Cierre perdido (Renovación),Renovación,(No value),2024-05-02 10:11,2024-04-02 09:00,Doble SL,Luis Gil
3,Tres,Propuesta (Ventas),Ventas,200,2030-05-02 10:11,2024-04-02 09:00,ACME SA,(No value)
4,Sin nadie,Propuesta (Ventas),Ventas,200,2030-05-02 10:11,2024-04-02 09:00,(No value),(No value)
""",  # noqa: E501
    "empresas": """\
ID de registro,Nombre de la empresa,Nombre de dominio de la empresa,Fecha de creación,Sector,Número de empleados,Número de negocios asociados
10,ACME SA,acme.es,2024-01-01 08:00,Acero,50,2
11,Doble SL,beta.es,2024-01-02 08:00,Vino,5,1
12,Doble SL,gamma.es,2024-01-02 08:00,(No value),,0
""",  # noqa: E501
    "contactos": """\
ID de registro,Nombre,Apellidos,Correo,Fecha de creación,Empresa asociada,Etapa del ciclo de vida,Fuente de tráfico original,Cargo
20,Ana,Pérez,ana@acme.es,2024-02-01 08:00,ACME SA,Cliente,Búsqueda orgánica,CEO
21,Luis,Gil,luis@beta.es,2024-02-02 08:00,(No value),Lead,Redes sociales,CFO
""",  # noqa: E501
}  # fmt: skip
NO_COMPANIES = {
    "all-deals": '''\
Record ID,Deal Name,Deal Stage,Pipeline,Amount,Amount in company currency,Currency,Close Date,Create Date,Is Deal Closed?,Is Closed Won,Associated Company IDs,Associated Contact IDs,"Date entered ""Signed (Sales)""","Date entered ""Talking (Sales)"""
1,A,Signed,Sales,1000,800,USD,1714558260000,1711962000000,true,true,10;11,20;21,1714558260000,1711962000000
2,B,Gone,Sales,50,(No value),EUR,1714558260000,1711962000000,TRUE,FALSE,11,21,(No value),1711962000000
3,C,Talking,Sales,,,EUR,1714558260000,1711962000000,false,false,11,,(No value),(No value)
''',  # noqa: E501
    "all-contacts": """\
Record ID,First Name,Last Name,Email,Create Date,Associated Company IDs (Primary),Associated Company IDs,Lifecycle Stage,First Conversion Date
20,Ana,P,ana@acme.es,1706774400000,10,11;10,customer,1706774400000
21,Luis,G,luis@beta.es,1706774400000,,11;10,lead,(No value)
""",  # noqa: E501
}  # fmt: skip
AIRBYTE = {
    "deals": """\
id,archived,companies,contacts,properties,properties_amount,properties_dealname,properties_dealstage,properties_closedate,properties_createdate,properties_hs_v2_date_entered_777,properties_hs_v2_date_entered_current_stage
1,false,"[""10""]","[""20"",""21""]",{},1000,A,777,2024-05-01T10:11:12.123Z,2024-04-01T10:11:12.123Z,2024-05-01T10:11:12.123Z,2024-05-01T10:11:12.123Z
2,true,"[""10""]",,{},1000,B,778,2024-05-01T10:11:12.123Z,2024-04-01T10:11:12.123Z,,2024-05-01T10:11:12.123Z
3,false,"[""10""]",,{},1000,C,779,2024-05-01T10:11:12.123Z,2024-04-01T10:11:12.123Z,,2024-05-01T10:11:12.123Z
""",
    "companies": """\
id,archived,properties_name,properties_domain,properties_createdate,properties_industry,properties_numberofemployees
10,false,ACME,acme.es,2024-01-01T10:11:12.123Z,STEEL,50
""",
    "contacts": """\
id,archived,companies,properties_email,properties_createdate,properties_jobtitle,properties_hs_analytics_source
20,false,"[""10""]",a@acme.es,2024-01-01T10:11:12.123Z,CEO,ORGANIC_SEARCH
21,false,"[""10""]",b@acme.es,2024-01-01T10:11:12.123Z,CFO,ORGANIC_SEARCH
""",
    "engagements_emails": """\
id,archived,contacts,properties_hs_timestamp,properties_hs_createdate,properties_hs_email_direction,properties_hs_email_status
31,false,"[""20""]",2024-03-01T10:11:12.123Z,2024-03-01T10:11:12.123Z,INCOMING_EMAIL,SENT
32,false,"[""20"",""21""]",2024-03-01T10:11:12.123Z,2024-03-01T10:11:12.123Z,EMAIL,SENT
""",
    "owners": "id,email,firstName,lastName,createdAt\n1,o@us.com,O,P,2024-01-01T10:11:12.123Z\n",
    "deal_pipelines": """\
id,label,stages
default,Sales,"[{""id"":""777"",""label"":""Signed"",""metadata"":{""isClosed"":""true"",""probability"":""1.0""}},{""id"":""778"",""label"":""Gone"",""metadata"":{""isClosed"":""true"",""probability"":""0.0""}},{""id"":""779"",""label"":""Talking"",""metadata"":{""isClosed"":""false"",""probability"":""0.4""}}]"
""",
}  # fmt: skip
FIVETRAN = {
    "company": """\
id,is_deleted,property_name,property_domain,property_createdate,property_industry,property_lifecyclestage
10,false,ACME,acme.es,2024-01-01 8:00:00,STEEL,customer
11,false,Other,other.es,2024-01-01 8:00:00,WINE,lead
""",
    "contact": """\
id,_fivetran_deleted,property_email,property_createdate,property_associatedcompanyid,property_jobtitle
20,FALSE,a@acme.es,2024-02-01 8:00:00,10,CEO
""",
    "contact_merge_audit": "canonical_vid,contact_id,vid_to_merge\n20,20,99\n",
    "deal": """\
deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,property_dealname,property_amount,property_closedate,property_createdate,property_dealtype
1,false,p1,s1,A,100,2024-06-30 00:00:00,2024-04-01 8:00:00,newbusiness
2,false,p1,s2,B,100,2024-05-01 8:00:00,2024-04-01 8:00:00,
3,false,p2,s3,C,100,2024-05-01 8:00:00,2024-04-01 8:00:00,
4,TRUE,p1,s1,D,100,2024-05-01 8:00:00,2024-04-01 8:00:00,newbusiness
""",
    "deal_pipeline": "pipeline_id,label\np1,Sales\np2,Renewals EU\n",
    "deal_pipeline_stage": """\
stage_id,label,closed_won,is_closed,probability,pipeline_id
s1,Unterschrieben,TRUE,TRUE,1.0,p1
s2,Nichts geworden,FALSE,TRUE,0.0,p1
s3,Nicht qualifiziert,FALSE,FALSE,0.0,p2
""",
    "deal_company": "deal_id,company_id,type_id\n1,10,341\n1,10,5\n1,11,341\n2,11,341\n3,10,5\n4,10,5\n",
    "deal_contact": "deal_id,contact_id,type_id\n1,20,3\n",
    "deal_stage": "deal_id,value,date_entered\n1,s3,2024-04-01 8:00:00\n1,s1,2024-05-02 9:00:00\n",
    "deal_property_history": "deal_id,name,value,timestamp\n1,amount,90,2024-04-01 8:00:00 UTC\n1,dealstage,s3,2024-04-01 8:00:00 UTC\n",  # noqa: E501
    "contact_property_history": "contact_id,name,value,timestamp\n20,lifecyclestage,lead,2024-02-01 8:00:00\n20,persona,x,2024-02-01 8:00:00\n",  # noqa: E501
    "engagement_call": "engagement_id,property_hs_timestamp,property_hs_createdate,property_hs_call_direction\n41,2024-03-01 8:00:00,2024-03-01 8:00:00,INBOUND\n42,2024-03-02 8:00:00,2024-03-02 8:00:00,OUTBOUND\n43,2024-03-02 8:00:00,2024-03-02 8:00:00,OUTBOUND\n",  # noqa: E501
    "engagement_contact": "engagement_id,contact_id\n41,20\n",
    "engagement_company": "engagement_id,company_id\n42,11\n",
    "email_event": """\
id,type,created,recipient,filtered_event
e1,SENT,2024-03-03 8:00:00,A@acme.es,false
e2,DELIVERED,2024-03-03 8:00:01,a@acme.es,false
e3,OPEN,2024-03-03 8:00:02,a@acme.es,true
e4,CLICK,2024-03-03 9:00:00,nobody@else.es,false
""",
    "contact_form_submission": "timestamp,contact_id,conversion_id,title\n2024-03-04 8:00:00,99,f1,Demo Request\n",
}  # fmt: skip


def mapped(files: Mapping[str, str], folder: Path) -> dict[str, list[dict[str, str]]]:
    """The tables that `init` makes of an export, with all cells as text; an empty cell is empty text."""
    (folder / "raw").mkdir()
    for name, text in files.items():
        (folder / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    written = init(folder / "raw", folder / "out", say=lambda _: None)
    assert written.found.layout.name == "hubspot"
    tables = open_sources(connect(), folder / "out" / "crm.sql").tables
    return {
        name: sorted(
            ({k: "" if v is None else str(v) for k, v in row.items()} for row in source.raw.to_pyarrow().to_pylist()),
            key=str,
        )
        for name, source in tables.items()
    }


def cells(rows: list[dict[str, str]], *columns: str) -> Rows:
    """Some columns of a table."""
    return sorted(tuple(row[column] for column in columns) for row in rows)


def test_a_spanish_portal_that_names_companies_and_contacts(tmp_path: Path) -> None:
    found = mapped(SPANISH, tmp_path)
    assert cells(found["accounts"], "account_id", "domain", "sector", "número_de_empleados") == [
        ("10", "acme.es", "Acero", "50"), ("11", "beta.es", "Vino", "5"), ("12", "gamma.es", "(No value)", "")
    ]  # fmt: skip
    assert not {"número_de_negocios_asociados", "nombre_de_la_empresa"} & set(found["accounts"][0])
    assert cells(found["leads"], "lead_id", "account_id", "title", "source") == [
        ("20", "10", "CEO", "Búsqueda orgánica"), ("21", "", "CFO", "Redes sociales")
    ]  # fmt: skip
    # Two companies are called Doble SL: its deal counts for its contact alone. Who names nobody is left out, and said.
    assert cells(found["opportunities"], "opportunity_id", "account_id", "lead_id", "status", "opportunity_type") == [
        ("1", "10", "", "Cierre ganado", ""),
        ("2", "", "21", "Cierre perdido", "renewal"),
        ("3", "10", "", "Propuesta", ""),
    ]
    assert cells(found["contact_roles"], "opportunity_id", "lead_id") == [("1", "20"), ("1", "21"), ("2", "21")]
    page = (tmp_path / "out" / "init.md").read_text("utf-8")
    assert "1 deals have neither a company nor a contact" in page
    assert "ana@acme.es" not in (tmp_path / "out" / "crm.sql").read_text("utf-8")


def test_deals_and_contacts_without_companies_epochs_and_the_stages_in_columns(tmp_path: Path) -> None:
    found = mapped(NO_COMPANIES, tmp_path)
    assert cells(found["accounts"], "account_id", "created_at") == [
        ("10", "2024-02-01 08:00:00"), ("11", "2024-02-01 08:00:00")
    ]  # fmt: skip
    assert cells(found["leads"], "lead_id", "account_id") == [("20", "10"), ("21", "11")]
    assert cells(found["opportunities"], "opportunity_id", "status", "amount", "currency", "lead_id") == [
        ("1", "won", "800", "", ""), ("2", "lost", "50", "EUR", "21"), ("3", "open", "", "EUR", "")
    ]  # fmt: skip
    assert cells(found["opportunity_history"], "opportunity_id", "stage", "changed_at") == [
        ("1", "Signed", "1714558260000"),
        ("1", "Talking", "1711962000000"),
        ("2", "Talking", "1711962000000"),
    ]
    assert cells(found["activities"], "lead_id", "activity_type", "direction") == [("20", "form submission", "inbound")]


def test_airbyte_with_lists_of_ids_and_nested_stages(tmp_path: Path) -> None:
    found = mapped(AIRBYTE, tmp_path)
    assert cells(found["opportunities"], "opportunity_id", "account_id", "status", "is_deleted") == [
        ("1", "10", "won", "false"), ("2", "10", "lost", "true"), ("3", "10", "open", "false")
    ]  # fmt: skip
    assert cells(found["opportunity_history"], "opportunity_id", "stage") == [("1", "Signed")]
    assert cells(found["contact_roles"], "opportunity_id", "lead_id") == [("1", "20"), ("1", "21")]
    assert cells(found["activities"], "lead_id", "activity_type", "direction") == [
        ("20", "email", "EMAIL"), ("20", "incoming email", "INCOMING_EMAIL"), ("21", "email", "EMAIL")
    ]  # fmt: skip
    assert [row["lead_id"] for row in found["leads"]] == ["20", "21"]
    assert set(found["accounts"][0]) >= {"industry", "numberofemployees"}


def test_fivetran_with_its_stage_table_associations_merges_and_events(tmp_path: Path) -> None:
    found = mapped(FIVETRAN, tmp_path)
    assert cells(found["accounts"], "account_id", "industry") == [("10", "STEEL"), ("11", "WINE")]
    assert cells(found["leads"], "lead_id", "account_id", "hs_merged_object_ids") == [("20", "10", "99")]
    # A plan that nobody corrected is later than the day on which the deal came into its stage. That a stage of 0 is
    # not marked as closed makes its deals open: the page asks.
    assert cells(
        found["opportunities"], "opportunity_id", "account_id", "status", "closed_at", "opportunity_type", "is_deleted"
    ) == [
        ("1", "10", "won", "2024-05-02 09:00:00", "newbusiness", "false"),
        ("2", "11", "lost", "2024-05-01 08:00:00", "", "false"),
        ("3", "10", "open", "2024-05-01 08:00:00", "renewal", "false"),
        ("4", "10", "won", "2024-05-01 08:00:00", "newbusiness", "TRUE"),
    ]
    assert cells(found["opportunity_history"], "opportunity_id", "stage", "amount") == [
        ("1", "", "90"), ("1", "Nicht qualifiziert", ""), ("1", "Unterschrieben", "")
    ]  # fmt: skip
    assert cells(found["lead_history"], "lead_id", "persona") == [("20", ""), ("20", "x")]
    assert "lifecyclestage" not in found["lead_history"][0]
    assert cells(found["activities"], "lead_id", "account_id", "activity_type", "direction", "filtered_event") == [
        ("", "11", "call", "OUTBOUND", ""),
        ("20", "", "email open", "inbound", "true"),
        ("20", "", "email sent", "outbound", "false"),
        ("20", "", "incoming call", "INBOUND", ""),
        ("99", "", "form: demo request", "inbound", ""),
    ]
    page = (tmp_path / "out" / "init.md").read_text("utf-8")
    assert "so their deals are read as open: Nicht qualifiziert: 1." in page
    assert "`WHEN s.probability = 0 THEN 'lost'`" in page
    assert "1 e-mail events are to addresses that no contact has" in page


def test_deals_that_companies_and_contacts_list_and_times_with_an_offset(tmp_path: Path) -> None:
    found = mapped(
        {
            "deals": "Record ID,Deal Name,Deal Stage,Create Date\n1,A,Closed Won,2024-04-01T10:11:00+02:00\n",
            "companies": "Record ID,Company name,Company Domain Name,Associated Deal IDs\n10,ACME,acme.es,1;2\n",
            "contacts": "Record ID,Email,Create Date,Associated Deal IDs\n20,a@acme.es,2024-02-01T10:11:00+02:00,1\n",
        },
        tmp_path,
    )
    assert cells(found["opportunities"], "opportunity_id", "account_id", "lead_id") == [("1", "10", "20")]
    alone = tmp_path / "alone"
    alone.mkdir()
    head = "Record ID,Deal Name,Deal Stage,Create Date,Associated Company IDs"
    found = mapped({"deals": f"{head}\n1,A,Closed Won,2024-04-01T10:11:00+02:00,10\n"}, alone)
    assert cells(found["accounts"], "account_id", "created_at") == [("10", "2024-04-01 08:11:00")]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("Deal probability", {"1.0": "won", "100%": "won", "0": "lost", "40 %": "open", "": "7654321"}),
        ("Closed Deal Amount", {'"1,200.00"': "won", "0": "7654321"}),
        ("Is Closed Won,Is Closed Lost", {"false,true": "lost", "false,false": "open", "true,false": "won"}),
    ],
)
def test_a_stage_that_is_only_a_number_is_told_by_what_else_there_is(
    columns: str, told: Mapping[str, str], tmp_path: Path
) -> None:
    rows = [f"{i},A,7654321,2024-04-01 10:11,10,{cell}" for i, cell in enumerate(told)]
    head = f"Record ID,Deal Name,Deal Stage,Create Date,Associated Company ID,{columns}"
    found = mapped({"hubspot-crm-exports-my-view-2024-05-01": "\n".join([head, *rows, ""])}, tmp_path)
    assert cells(found["opportunities"], "opportunity_id", "account_id", "status") == [
        (str(i), "10", status) for i, status in enumerate(told.values())
    ]
