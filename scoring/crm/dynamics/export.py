"""Dynamics 365's own tables: as a view is exported to Excel or CSV, and as the Web API and its copies have them.

The first has labels in the user's language, names where another record is meant, and times in the user's zone. The
second has logical names, ids (`_parentaccountid_value`), codes of states, and beside them labels
(`statecode@OData.Community.Display.V1.FormattedValue`, or tables of labels). Both are the same tables, and an export
may mix them, so one file of views reads both.
"""

from __future__ import annotations

from scoring.crm.dynamics import labels
from scoring.crm.dynamics.columns import LABEL, NEVER, RECORD, TYPE, choice, lookup_columns, record_id
from scoring.crm.layout import Layout, LocalTimes, RawTable

#: Columns of every activity.
_ACTIVITY = {
    **RECORD,
    **choice("state", "statecode", *labels.ACTIVITY_STATUS),
    **lookup_columns("regarding", "regardingobjectid", *labels.REGARDING),
    **choice("type", "activitytypecode", *labels.ACTIVITY_TYPE),
    "subject": labels.SUBJECT,
    "direction_code": ("directioncode",),
    "direction_name": ("directioncodename", "directioncode" + LABEL, *labels.DIRECTION),
    "sent_on": labels.SENT,
    "actual_end": labels.ENDED,
    "actual_start": labels.STARTED,
    "scheduled_start": labels.STARTS,
    "from_names": labels.FROM,
    "to_names": labels.TO,
}


def _activity(name: str, records: tuple[str, ...], *files: str) -> RawTable:
    return RawTable(
        name,
        files=files,
        needs=("subject",),
        marks=("hidden_id",),
        columns={**_ACTIVITY, **record_id("activityid", records)},
        key="activity_id",
    )


TABLES = (
    RawTable(
        "opportunity",
        files=("*opportunities*", "opportunity advanced find*", "*verkaufschancen*", "*opportunités*",
        "*oportunidades*",
               "*verkoopkansen*", "opportunitybase"),
        marks=("hidden_id",),
        or_marks=(
            ("topic", "estimated_close_date", "customer_name"),
            ("topic", "estimated_value", "customer_name"),
            ("topic", "actual_close_date", "customer_name"),
            ("opportunity_id", "topic", "state_code", "estimated_value"),
        ),
        columns={
            **RECORD,
            **record_id("opportunityid", labels.OPPORTUNITY),
            **lookup_columns("account", "parentaccountid", *labels.ACCOUNT, "Account Name"),
            **lookup_columns("contact", "parentcontactid", *labels.CONTACT),
            **lookup_columns("customer", "customerid", *labels.POTENTIAL_CUSTOMER),
            **lookup_columns("lead", "originatingleadid", *labels.ORIGINATING_LEAD),
            **lookup_columns("currency", "transactioncurrencyid", *labels.CURRENCY, "isocurrencycode", "Currency Code"),
            **choice("type", "opportunitytypecode", *labels.DEAL_TYPE, "new_opportunitytype", "opportunitytype"),
            "topic": (*labels.TOPIC, "name"),
            "step_name": labels.STAGE,
            "close_probability": labels.PROBABILITY,
            "estimated_value": labels.EST_REVENUE,
            "estimated_value_base": labels.base(labels.EST_REVENUE),
            "actual_value": labels.ACTUAL_REVENUE,
            "actual_value_base": labels.base(labels.ACTUAL_REVENUE),
            "exchange_rate": labels.EXCHANGE_RATE,
            "estimated_close_date": labels.EST_CLOSE,
            "actual_close_date": labels.ACTUAL_CLOSE,
        },
        prefixes=("Opportunity_",),
        key="opportunity_id",
    ),
    RawTable(
        "account",
        files=("*accounts*", "account advanced find*", "*firmen*", "*konten*", "*comptes*", "*cuentas*", "accountbase"),
        marks=("hidden_id",),
        columns={
            **RECORD,
            **record_id("accountid", labels.ACCOUNT),
            **choice("industry", "industrycode", "Industry", "Branche", "Industrie", "Secteur d'activité", "Sector",
                      "Bedrijfstak"),
            "name": labels.COMPANY_NAME,
            "website": ("websiteurl", *labels.WEBSITE),
            "master_id": ("masterid", "_masterid_value"),
            "employees": ("numberofemployees", "Number of Employees", "No. of Employees", "Anzahl der Mitarbeiter",
                          "Mitarbeiteranzahl", "Nombre d'employés", "Número de empleados", "Aantal werknemers"),
            "revenue_base": labels.base(("Annual Revenue", "Jahresumsatz", "Revenu annuel", "Ingresos anuales",
                                         "Jaaromzet")),
            "revenue": ("Annual Revenue", "Jahresumsatz", "Revenu annuel", "Chiffre d'affaires annuel",
                        "Ingresos anuales", "Jaaromzet", "Jaarlijkse omzet"),
            "country": ("address1_country", "Address 1: Country/Region", "Country/Region", "Country",
                        "Land/Region", "Land",
                        "Adresse 1: Land/Region", "Pays/région", "Pays", "País o región", "País", "Land/regio"),
        },
        never=(*NEVER, *labels.COMPANY_NAME),
        label_suffixes=(LABEL, "name"),
        prefixes=("Company_", "Account_"),
        key="account_id",
    ),
    RawTable(
        "contact",
        files=("*contacts*", "contact advanced find*", "*kontakte*", "*contactos*", "*contactpersonen*", "contactbase"),
        marks=("hidden_id",),
        columns={
            **RECORD,
            **record_id("contactid", labels.CONTACT),
            **lookup_columns("company", "parentcustomerid", *labels.COMPANY_NAME),
            **lookup_columns("lead", "originatingleadid", *labels.ORIGINATING_LEAD),
            **choice("source", "leadsourcecode", *labels.LEAD_SOURCE),
            "campaign_name": labels.SOURCE_CAMPAIGN,
            "full_name": labels.FULL_NAME,
            "email": ("emailaddress1", *labels.EMAIL_ADDRESS),
            "job_title": labels.JOB_TITLE,
            "master_id": ("masterid", "_masterid_value"),
        },
        label_suffixes=(LABEL, "name"),
        never=(*NEVER, *labels.COMPANY_NAME),
        prefixes=("Contact_",),
        key="contact_id",
    ),
    RawTable(
        "lead",
        files=("*leads*", "lead advanced find*", "*interessenten*", "*prospects*", "*clientespotenciales*", "leadbase"),
        marks=("hidden_id",),
        columns={
            **RECORD,
            **record_id("leadid", labels.LEAD),
            **lookup_columns(
                "contact", "parentcontactid", "Parent Contact for lead", "Existing Contact", "Parent Contact",
                "Übergeordneter Kontakt für Lead", "Contact parent du prospect", "Contacto primario"),
            **lookup_columns(
                "account", "parentaccountid", "Parent Account for lead", "Existing Account", "Parent Account",
                "Übergeordnete Firma für Lead", "Compte parent du prospect", "Cuenta primaria"),
            **choice("source", "leadsourcecode", *labels.LEAD_SOURCE),
            **lookup_columns("campaign", "campaignid", *labels.SOURCE_CAMPAIGN),
            "full_name": labels.FULL_NAME,
            "email": ("emailaddress1", *labels.EMAIL_ADDRESS),
            "job_title": labels.JOB_TITLE,
            "company_name": ("companyname", *labels.COMPANY_NAME),
            "master_id": ("masterid", "_masterid_value"),
        },
        label_suffixes=(LABEL, "name"),
        never=(*NEVER, *labels.COMPANY_NAME, *labels.TOPIC, "subject"),
        prefixes=("Lead_", "Leads_"),
        key="lead_id",
    ),
    _activity("activity", labels.ACTIVITY, "activitypointer*", "*activities*", "*aktivitäten*", "*activités*",
              "*actividades*", "*activiteiten*"),
    _activity("email", labels.EMAIL, "emails", "*email messages*", "*e-mail*", "*courriers électroniques*",
    "*correos*"),
    _activity("phone_call", labels.PHONE_CALL, "*phone calls*", "*telefonanrufe*", "*appels*", "*llamadas*"),
    _activity("appointment", labels.APPOINTMENT, "*appointments*", "*termine*", "*rendez-vous*", "*citas*",
    "*afspraken*"),
    _activity("task", labels.TASK, "*tasks*", "*aufgaben*", "*tâches*", "*tareas*", "*taken*"),
    _activity("campaign_response", labels.RESPONSE, "*campaign responses*", "*kampagnenreaktionen*"),
    RawTable(
        "activity_party",
        files=("activityparties", "activitypartybase"),
        needs=("activity_id", "party_id"),
        columns={
            "activity_id": ("activityid", "_activityid_value"),
            "party_id": ("partyid", "_partyid_value"),
            "mask": ("participationtypemask",),
        },
    ),
    RawTable(
        "connection",
        files=("connections",),
        needs=("record1_id", "record2_id"),
        columns={
            **lookup_columns("record1", "record1id"),
            **lookup_columns("record2", "record2id"),
            **lookup_columns("role", "record2roleid", "Role (To)"),
            **choice("state", "statecode"),
            "is_deleted": ("IsDelete", "_fivetran_deleted"),
        },
    ),
    RawTable(
        "transaction_currency",
        files=("*currencies*", "*währungen*", "*devises*", "*divisas*", "*valuta*"),
        needs=("iso_code", "exchange_rate"),
        marks=("iso_code", "exchange_rate"),
        columns={
            "currency_id": ("transactioncurrencyid",),
            "iso_code": ("isocurrencycode", "Currency Code", "Währungscode", "Code de devise", "Código de divisa",
                         "Valutacode"),
            "name": ("currencyname", "Currency Name", "Währungsname", "Nom de la devise", "Nombre de la divisa",
                     "Valutanaam"),
            "exchange_rate": labels.EXCHANGE_RATE,
        },
    ),
    RawTable(
        "campaign",
        files=("*campaigns*", "*kampagnen*", "*campagnes*", "*campañas*"),
        needs=("name", "total_cost"),
        marks=("hidden_id", "total_cost"),
        columns={
            **record_id("campaignid", labels.CAMPAIGN),
            "name": ("Campaign Name", "Kampagnenname", "Nom de la campagne", "Nombre de la campaña", "Campagnenaam"),
            "total_cost_base": ("totalactualcost_base", *labels.base(("Total Cost of Campaign", "Total Cost"))),
            "total_cost": ("totalactualcost", "Total Cost of Campaign", "Total Cost", "Gesamtkosten der Kampagne",
                           "Coût total de la campagne", "Coste total de la campaña", "Totale kosten van campagne"),
            "actual_start": (*labels.STARTED, "Actual Start Date"),
            "proposed_start": ("Proposed Start", "Proposed Start Date", *labels.STARTS),
            "is_deleted": ("IsDelete", "_fivetran_deleted"),
        },
    ),
    RawTable(
        "audit",
        files=("audits", "auditbase", "*audit*summary*"),
        needs=("object_id", "change_data"),
        columns={
            "object_id": ("objectid", "_objectid_value"),
            "object_type": ("objecttypecode", "objectid_entitytype", "_objectid_value" + TYPE),
            "change_data": ("changedata",),
            "created_on": ("createdon", "Changed Date"),
        },
    ),
    RawTable(
        "option_label",
        files=("optionsetmetadata",),
        needs=("entity_name", "option_set_name", "option", "localized_label"),
    ),
    # The same in Dataverse's own table, as the Web API and Fivetran copy it.
    RawTable(
        "string_map",
        files=("stringmap", "stringmaps", "stringmap_data", "stringmapbase"),
        needs=("choice_name", "code", "entity_name", "label"),
        columns={
            "choice_name": ("attributename",),
            "code": ("attributevalue",),
            "entity_name": ("objecttypecode",),
            "label": ("value",),
            "language": ("langid",),
            "is_deleted": ("_fivetran_deleted", "IsDelete"),
        },
    ),
    RawTable(
        "global_option_label",
        files=("globaloptionsetmetadata",),
        needs=("option_set_name", "option", "localized_label"),
    ),
)  # fmt: skip

EXCEL = Layout(
    name="dynamics",
    crm="dynamics",
    title="Dynamics 365, views exported to Excel or CSV",
    sql="dynamics/export.sql",
    tables=TABLES,
    main=("opportunity",),
    marks=("opportunity.hidden_id", "opportunity.customer_name", "opportunity.reason_name", "opportunity.topic"),
    no_id=("00000000-0000-0000-0000-000000000000",),
    local_times=LocalTimes(
        "SELECT count(*) FROM raw.opportunity AS o WHERE o.hidden_id IS NOT NULL",
        "deals of a view",
        "the user who exported it",
    ),
)
DATAVERSE = Layout(
    name="dynamics_dataverse",
    crm="dynamics",
    title="Dynamics 365 (Web API, Synapse Link, Fabric, Fivetran, Airbyte and other copies of Dataverse)",
    sql="dynamics/export.sql",
    tables=TABLES,
    main=("opportunity",),
    marks=(
        "opportunity.opportunity_id",
        "opportunity.state_code",
        "opportunity.reason_code",
        "opportunity.customer_id",
        "opportunity.account_id",
    ),
    no_id=("00000000-0000-0000-0000-000000000000",),
)
LAYOUTS = (EXCEL, DATAVERSE)
