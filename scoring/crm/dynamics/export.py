"""Dynamics 365's own tables: as a view is exported to Excel or CSV, and as the Web API and its copies have them.

The first has labels in the user's language, names where another record is meant, and times in the user's zone. The
second has logical names, ids (`_parentaccountid_value`), codes of states, and beside them labels
(`statecode@OData.Community.Display.V1.FormattedValue`, or tables of labels). Both are the same tables, and an export
may mix them, so one file of views reads both.
"""

from __future__ import annotations

from scoring.crm.dynamics import labels
from scoring.crm.layout import Layout, RawTable

_LABEL = "@OData.Community.Display.V1.FormattedValue"
_TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"


def _reference(ours: str, logical: str, *shown: str) -> dict[str, tuple[str, ...]]:
    """The columns of a reference: the id of the record, its name, and which table it is in."""
    value = f"_{logical}_value"
    return {
        f"{ours}_id": (logical, value),
        f"{ours}_name": (f"{logical}name", value + _LABEL, f"{logical}{_LABEL}", *shown),
        f"{ours}_type": (f"{logical}type", f"{logical}_entitytype", value + _TYPE),
    }


def _choice(ours: str, logical: str, *shown: str) -> dict[str, tuple[str, ...]]:
    """The columns of a choice: its code and its label."""
    return {f"{ours}_code": (logical,), f"{ours}_name": (f"{logical}name", logical + _LABEL, *shown)}


def _id(logical: str, records: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The id of a record; `hidden_id` is that of an export to Excel alone."""
    hidden = labels.hidden_ids(records)
    return {"hidden_id": hidden, f"{logical.removesuffix('id')}_id": (logical, *hidden)}


#: Columns of every table.
_RECORD = {
    **_choice("state", "statecode", *labels.STATUS),
    **_choice("reason", "statuscode", *labels.REASON),
    "created_on": labels.CREATED,
    "overridden_created_on": labels.MIGRATED,
    "modified_on": labels.MODIFIED,
    "owner_id": ("_ownerid_value",),
    "version_number": (),
    "is_deleted": ("IsDelete", "_fivetran_deleted", "_ab_cdc_deleted_at"),
}
#: Bookkeeping of the CRM and of those who copy it, ids, and labels of what is placed.
_SYSTEM = (
    "id", "*id", "*id_value", "*idname", "*idtype", "*_entitytype", "*lookuplogicalname", "*associatednavigationproperty",
    "*yominame", "*versionnumber", "*sequencenumber", "*timezone*", "sink*", "createdon*", "modifiedon*", "createdby*",
    "modifiedby*", "owner*", "owning*", "isdelete", "_fivetran*", "_airbyte*", "_dlt*", "_sdc*", "@odata*", "odata*",
    "entityimage*", "statecode*", "statuscode*", "stage*", "process*", "traversedpath", "description*", "exchangerate*",
    "importsequence*", "msdyn*", "adx*", "merged*", "master*", "opendeals*", "openrevenue*", "lastonhold*", "onhold*",
    "slaid*", "slainvoked*", "lastusedincampaign*", "timespent*", "teamsfollowed", "followemail*", "partition*",
    "activestage*", "data_lake_modified*", "*isprivate", "participates*", "hidden_id",
    # The same as labels.
    *(f"{hidden}*" for hidden in labels.HIDDEN), *labels.CREATED, *labels.MODIFIED, *labels.MIGRATED,
    "Created By*", "Modified By*", "Owner*", "Owning*", "Erstellt von*", "Geändert von*", "Besitzer*", "Créé par*",
    "Modifié par*", "Propriétaire*", "Creado por*", "Modificado por*", "Propietario*", "Autor", "Gemaakt door*",
    "Gewijzigd door*", "Eigenaar*", *labels.STATUS, *labels.REASON, "Description", "Beschreibung", "Descripción",
    "Beschrijving", *labels.CURRENCY, "currency*", "transactioncurrency*", "Process*", "Prozess*", "Last On Hold*",
    "Last Date Included in Campaign", "Last Activity*", "Next Activity*", "Letzte Aktivität*", "Open Deals*", "Open Revenue*",
    *labels.EXCHANGE_RATE, "Import Sequence Number", "Row Checksum", "*Time Zone*", "Data Entry Compliance",
)  # fmt: skip
_PERSON = (
    "first*name*", "last*name", "middlename", "full*name", "salutation", "suffix", "nickname", "*phone*", "*telephone*",
    "*fax*", "mobil*", "*email*", "*e-mail*", "*courrier*", "*correo*", "*telefon*", "*teléfono*", "*téléphone*",
    "*telefoon*", "pager", "*street*", "*straße*", "rue", "*calle", "*straat*", "*line1", "*line2", "*line3",
    "*postal*", "*zip*", "*postleitzahl*", "*plz", "*code postal*", "*código postal*", "*postcode*", "*latitude",
    "*longitude", "*composite", "*primarycontact*", "*upszone", "*addressid*", "*addresstypecode", "*shippingmethod*",
    "*freightterms*", "*county", "*postofficebox", "*utcoffset", "*birth*", "*geburt*", "*gender*", "*marital*",
    "anniversary", "*spouse*", "children*", "numberofchildren", "haschildren*", "government*", "employeeid", "assistant*",
    "manager*", "*donot*", "do not*", "nicht*zulassen", "*vorname*", "*nachname*", "*nom complet*", "prénom",
    "apellidos", "voornaam", "achternaam", "*anrede*", *labels.FULL_NAME, *labels.FIRST_NAME, *labels.LAST_NAME,
    "Address 1", "Adresse 1", "Primary Contact*", "Primärer Kontakt", "Hauptkontakt", "Contact principal",
    "Contacto principal", "Primaire contactpersoon", "*website*", "ftpsite*", "*url", "*linkedin*", "*facebook*", "*twitter*",
    "stockexchange", "tickersymbol", "yomi*", "externaluser*", "preferred*", "*contactmethod*",
)  # fmt: skip
#: What is filled or changed when a deal is won or lost, or is a score of somebody else's.
_AFTER = (
    "customertypecode*", "Relationship Type", "Beziehungstyp", "Type de relation", "Tipo de relación", "Relatietype",
    "customersizecode*", "creditlimit*", "creditonhold*", "Credit*", "Kreditlimit", "aging*", "paymentterms*",
    "Payment Terms", "Zahlungsbedingungen", "accountratingcode*", "Rating", "Bewertung", "*probab*", "*forecast*",
    "Account Rating", "parent*", "Parent Account", "Übergeordnete Firma", "Compte parent", "Empresa padre",
    "Cuenta primaria", "Accountnummer", "Account Number", "accountnumber", "Kundennummer", "price*level*", "Price List",
    "Preisliste", "*contract*", "*renewal*", "*customer since*", "*onboarding*", "defaultprice*", "Sales Stage",
    "salesstage*", "Pipeline Phase", "stepname", "*lifecycle*", "leadqualitycode*", "*qualif*", "budgetstatus*",
    "decisionmaker", "evaluatefit", "confirminterest", "*score*", "*grade*", "isbackofficecustomer", "iscustomer*",
    "*estimatedvalue*", "*estimatedamount*", "*estimatedclosedate*", *labels.EST_REVENUE, *labels.EST_CLOSE,
)  # fmt: skip
_NEVER = (*_SYSTEM, *_PERSON, *_AFTER)

#: Columns of every activity.
_ACTIVITY = {
    **_RECORD,
    **_choice("state", "statecode", *labels.ACTIVITY_STATUS),
    **_reference("regarding", "regardingobjectid", *labels.REGARDING),
    **_choice("type", "activitytypecode", *labels.ACTIVITY_TYPE),
    "subject": labels.SUBJECT,
    "direction_code": ("directioncode",),
    "direction_name": ("directioncodename", "directioncode" + _LABEL, *labels.DIRECTION),
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
        columns={**_ACTIVITY, **_id("activityid", records)},
        key="activity_id",
    )


TABLES = (
    RawTable(
        "opportunity",
        files=("*opportunities*", "opportunity advanced find*", "*verkaufschancen*", "*opportunités*", "*oportunidades*",
               "*verkoopkansen*", "opportunitybase"),  # fmt: skip
        marks=("hidden_id",),
        or_marks=(
            ("topic", "estimated_close_date", "customer_name"),
            ("topic", "estimated_value", "customer_name"),
            ("topic", "actual_close_date", "customer_name"),
            ("opportunity_id", "topic", "state_code", "estimated_value"),
        ),
        columns={
            **_RECORD,
            **_id("opportunityid", labels.OPPORTUNITY),
            **_reference("account", "parentaccountid", *labels.ACCOUNT, "Account Name"),
            **_reference("contact", "parentcontactid", *labels.CONTACT),
            **_reference("customer", "customerid", *labels.POTENTIAL_CUSTOMER),
            **_reference("lead", "originatingleadid", *labels.ORIGINATING_LEAD),
            **_reference("currency", "transactioncurrencyid", *labels.CURRENCY, "isocurrencycode", "Currency Code"),
            **_choice("type", "opportunitytypecode", *labels.DEAL_TYPE, "new_opportunitytype", "opportunitytype"),
            "topic": (*labels.TOPIC, "name"),
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
            **_RECORD,
            **_id("accountid", labels.ACCOUNT),
            **_choice("industry", "industrycode", "Industry", "Branche", "Industrie", "Secteur d'activité", "Sector",
                      "Bedrijfstak"),  # fmt: skip
            "name": labels.COMPANY_NAME,
            "website": ("websiteurl", *labels.WEBSITE),
            "master_id": ("masterid", "_masterid_value"),
            "employees": ("numberofemployees", "Number of Employees", "No. of Employees", "Anzahl der Mitarbeiter",
                          "Mitarbeiteranzahl", "Nombre d'employés", "Número de empleados", "Aantal werknemers"),
            "revenue_base": labels.base(("Annual Revenue", "Jahresumsatz", "Revenu annuel", "Ingresos anuales",
                                         "Jaaromzet")),
            "revenue": ("Annual Revenue", "Jahresumsatz", "Revenu annuel", "Chiffre d'affaires annuel",
                        "Ingresos anuales", "Jaaromzet", "Jaarlijkse omzet"),
            "country": ("address1_country", "Address 1: Country/Region", "Country/Region", "Country", "Land/Region", "Land",
                        "Adresse 1: Land/Region", "Pays/région", "Pays", "País o región", "País", "Land/regio"),
        },
        never=_NEVER,
        prefixes=("Company_", "Account_"),
        key="account_id",
    ),
    RawTable(
        "contact",
        files=("*contacts*", "contact advanced find*", "*kontakte*", "*contactos*", "*contactpersonen*", "contactbase"),
        marks=("hidden_id",),
        columns={
            **_RECORD,
            **_id("contactid", labels.CONTACT),
            **_reference("company", "parentcustomerid", *labels.COMPANY_NAME),
            **_reference("lead", "originatingleadid", *labels.ORIGINATING_LEAD),
            **_choice("source", "leadsourcecode", *labels.LEAD_SOURCE),
            "campaign_name": labels.SOURCE_CAMPAIGN,
            "full_name": labels.FULL_NAME,
            "email": ("emailaddress1", *labels.EMAIL_ADDRESS),
            "job_title": labels.JOB_TITLE,
            "master_id": ("masterid", "_masterid_value"),
        },
        never=(*_NEVER, *labels.COMPANY_NAME),
        prefixes=("Contact_",),
        key="contact_id",
    ),
    RawTable(
        "lead",
        files=("*leads*", "lead advanced find*", "*interessenten*", "*prospects*", "*clientespotenciales*", "leadbase"),
        marks=("hidden_id",),
        columns={
            **_RECORD,
            **_id("leadid", labels.LEAD),
            **_reference("contact", "parentcontactid", "Parent Contact for lead", "Existing Contact", "Parent Contact",
                         "Übergeordneter Kontakt für Lead", "Contact parent du prospect", "Contacto primario"),
            **_reference("account", "parentaccountid", "Parent Account for lead", "Existing Account", "Parent Account",
                         "Übergeordnete Firma für Lead", "Compte parent du prospect", "Cuenta primaria"),
            **_choice("source", "leadsourcecode", *labels.LEAD_SOURCE),
            **_reference("campaign", "campaignid", *labels.SOURCE_CAMPAIGN),
            "full_name": labels.FULL_NAME,
            "email": ("emailaddress1", *labels.EMAIL_ADDRESS),
            "job_title": labels.JOB_TITLE,
            "company_name": ("companyname", *labels.COMPANY_NAME),
            "master_id": ("masterid", "_masterid_value"),
        },
        never=(*_NEVER, *labels.COMPANY_NAME, *labels.TOPIC, "subject"),
        prefixes=("Lead_", "Leads_"),
        key="lead_id",
    ),
    _activity("activity", labels.ACTIVITY, "activitypointer*", "*activities*", "*aktivitäten*", "*activités*",
              "*actividades*", "*activiteiten*"),  # fmt: skip
    _activity("email", labels.EMAIL, "emails", "*email messages*", "*e-mail*", "*courriers électroniques*", "*correos*"),
    _activity("phone_call", labels.PHONE_CALL, "*phone calls*", "*telefonanrufe*", "*appels*", "*llamadas*"),
    _activity("appointment", labels.APPOINTMENT, "*appointments*", "*termine*", "*rendez-vous*", "*citas*", "*afspraken*"),
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
            **_reference("record1", "record1id"),
            **_reference("record2", "record2id"),
            **_reference("role", "record2roleid", "Role (To)"),
            **_choice("state", "statecode"),
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
            "name": ("currencyname", "Currency Name", "Währungsname", "Nom de la devise", "Nombre de la divisa", "Valutanaam"),
            "exchange_rate": labels.EXCHANGE_RATE,
        },
    ),
    RawTable(
        "campaign",
        files=("*campaigns*", "*kampagnen*", "*campagnes*", "*campañas*"),
        needs=("name", "total_cost"),
        marks=("hidden_id", "total_cost"),
        columns={
            **_id("campaignid", labels.CAMPAIGN),
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
            "object_type": ("objecttypecode", "objectid_entitytype", "_objectid_value" + _TYPE),
            "change_data": ("changedata",),
            "created_on": ("createdon", "Changed Date"),
        },
    ),
    RawTable(
        "option_label",
        files=("optionsetmetadata",),
        needs=("entity_name", "option_set_name", "option", "localized_label"),
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
)
DATAVERSE = Layout(
    name="dynamics_dataverse",
    crm="dynamics",
    title="Dynamics 365 (Web API, Synapse Link, Fabric, Fivetran, Airbyte and other copies of Dataverse)",
    sql="dynamics/export.sql",
    tables=TABLES,
    main=("opportunity",),
    marks=("opportunity.opportunity_id", "opportunity.state_code", "opportunity.reason_code", "opportunity.customer_id",
           "opportunity.account_id"),  # fmt: skip
    no_id=("00000000-0000-0000-0000-000000000000",),
)
LAYOUTS = (EXCEL, DATAVERSE)
