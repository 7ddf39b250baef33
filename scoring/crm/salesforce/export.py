"""Salesforce's own tables, as Data Export, Data Loader, the API, Fivetran, Airbyte and reports lay them out.

All of these write the API names in one spelling or another, and reports their labels, so they are one layout.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, RawTable
from scoring.crm.salesforce import labels

#: Bookkeeping that every object has, and what only connectors write.
_SYSTEM = (
    "last*", "system_modstamp", "created*", "owner", "owner_id", "owner_name", "owner_role", "record_type*",
    "photo_url", "jigsaw*", "_fivetran*", "_airbyte*", "_sdc*", "_dlt*", "id", "name", "description",
    "currency_iso_code", "is_excluded*", "connection*", "clean_status", "dandb*", "duns*", "tradestyle",
    "may_edit", "is_locked", "attributes*", "master_record*", "is_deleted", "*bounced*", "*_id", "*_url*",
    "account_merged", "lead_merged", "contact_merged", "account_name", "full_name", "lead_name", "contact_name",
    "*_owner*", "*alias", "*eigentümer", "*inhaber", "propriétaire*", "propietario*", *labels.ACCOUNT_NAME,
)  # fmt: skip
_PERSON = (
    "first_name", "last_name", "middle_name", "suffix", "salutation", "*phone*", "fax", "*email", "*street*",
    "*postal_code*", "*latitude", "*longitude", "*geocode_accuracy", "assistant_*", "birthdate", "individual*",
    "reports_to*", "*address", "has_opted_out*", "do_not_call", "*gender*", "*maiden_name*", "*ssn*",
)  # fmt: skip
#: What is filled or changed when a deal is won or lost, or is a score of somebody else's.
_AFTER = (
    "type", "rating", "customer_priority*", "sla*", "upsell_opportunity*", "parent*", "account_number",
    "operating_hours*", "is_customer_portal", "is_partner", "channel_program*", "person_*", "is_person_account",
    "*contract*", "*renewal*", "*customer_since*", "*onboarding*",
)  # fmt: skip
_OF_LEAD = (
    "status", "is_converted", "converted*", "is_unread_by_owner", "company", "rating", "is_priority_record",
    "account_c", "contact_c", "lead_status", "company_account", "is_person*", *labels.CONVERTED,
)  # fmt: skip
_UTM = {
    name: (f"{name}__c", f"pi__{name}__c", f"{name} ({name.removeprefix('utm_')})")
    for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
}
_ACCOUNT_NEVER = (*_SYSTEM, *_PERSON, *_AFTER)
_LEAD_NEVER = (*_SYSTEM, *_PERSON, *_OF_LEAD)


def _extracts(record: str) -> tuple[str, ...]:
    """What people call the files that they extract themselves: Data Loader asks for a name, and offers `extract`."""
    forms = ("extract_{}", "{}_extract", "export_{}", "{}_export", "all_{}")
    return tuple(form.format(name) for form in forms for name in (record, f"{record}s"))


TABLES = (
    RawTable(
        "account",
        files=("accounts", "sf_account_data", "salesforce_account*", *_extracts("account")),
        needs=("known_by",),
        or_marks=(
            ("name", "account_owner"),
            *(("id", "name", known, "created_date") for known in ("website", "industry", "billing_country")),
        ),
        key="id",
        parts_alike=True,
        columns={
            "id": labels.ACCOUNT_ID,
            "name": labels.ACCOUNT_NAME,
            "known_by": ("id", *labels.ACCOUNT_ID, *labels.ACCOUNT_NAME),
            "website": labels.WEBSITE,
            "created_date": labels.CREATED,
            "industry": labels.INDUSTRY,
            "account_owner": labels.ACCOUNT_OWNER,
        },
        never=_ACCOUNT_NEVER,
    ),
    RawTable(
        "contact",
        files=("contacts", "sf_contact_data", "salesforce_contact*", *_extracts("contact")),
        needs=("known_by",),
        key="id",
        parts_alike=True,
        or_marks=(
            *((name, "account_name", "email") for name in ("last_name", "full_name")),
            *((name, "account_name", "email", "account_id", "created_date") for name in ("last_name", "full_name")),
            ("id", "last_name", "email", "account_id", "created_date"),
        ),
        columns={
            "id": labels.CONTACT_ID,
            "known_by": ("id", *labels.CONTACT_ID, *labels.ACCOUNT_NAME),
            "account_id": labels.ACCOUNT_ID,
            "account_name": labels.ACCOUNT_NAME,
            **labels.PERSON,
            **_UTM,
        },
        never=_LEAD_NEVER,
    ),
    RawTable(
        "lead",
        files=("leads", "sf_lead_data", "salesforce_lead*", *_extracts("lead")),
        needs=("known_by",),
        key="id",
        parts_alike=True,
        or_marks=(
            *((name, "company", "status") for name in ("last_name", "full_name")),
            ("id", "last_name", "company", "status", "created_date"),
        ),
        columns={
            "id": labels.LEAD_ID,
            "known_by": ("id", *labels.LEAD_ID, "Company / Account", "Lead Status"),
            "is_converted": labels.CONVERTED,
            "company": ("Company / Account", "Firma", "Société", "Compañía", "Empresa"),
            "status": ("Lead Status", "Lead-Status", "Statut", "Statut de la piste", "Estado del candidato"),
            **labels.PERSON,
            **_UTM,
        },
        never=_LEAD_NEVER,
    ),
    RawTable(
        "opportunity",
        files=("opportunities", "opps", "sf_opportunity_data", "salesforce_opportunity*"),
        needs=("stage_name", "close_date"),
        marks=("id", "stage_name", "close_date"),
        or_marks=(
            ("name", "stage_name", "close_date"),
            # More than the accounts have, whose columns a report may have beside these.
            ("name", "stage_name", "close_date", "account_name", "created_date"),
        ),
        key="id",
        parts_alike=True,
        columns={
            **labels.OPPORTUNITY,
            "currency_iso_code": labels.CURRENCY,
            "amount": labels.AMOUNT,
        },
    ),
    RawTable(
        "opportunity_contact_role",
        files=("opportunity_contact_roles", "sf_opportunity_contact_role_data"),
        needs=("opportunity_id", "contact_id"),
    ),
    RawTable(
        "opportunity_history",
        files=("sf_opportunity_history_data",),
        needs=("opportunity_id", "stage_name", "created_date"),
        marks=("opportunity_id", "stage_name", "created_date", "forecast_category"),
    ),
    RawTable(
        "opportunity_field_history",
        files=("sf_opportunity_field_history_data",),
        needs=("opportunity_id", "field", "new_value", "created_date"),
    ),
    # Fivetran's history mode keeps the versions of a record in a table of the same name.
    RawTable(
        "opportunity_version",
        files=("opportunity", "opportunity_history", "sf_opportunity_history_data"),
        needs=("id", "_fivetran_start", "stage_name"),
    ),
    RawTable(
        "account_history",
        files=("sf_account_history_data",),
        needs=("account_id", "field", "new_value", "created_date"),
        never=_ACCOUNT_NEVER,
    ),
    RawTable(
        "account_version",
        files=("account", "account_history", "sf_account_history_data"),
        needs=("id", "_fivetran_start"),
        never=_ACCOUNT_NEVER,
    ),
    RawTable("lead_history", needs=("lead_id", "field", "new_value", "created_date"), never=_LEAD_NEVER),
    RawTable("contact_history", needs=("contact_id", "field", "new_value", "created_date"), never=_LEAD_NEVER),
    RawTable(
        "contact_version",
        files=("contact", "contact_history", "sf_contact_history_data"),
        needs=("id", "_fivetran_start"),
        never=_LEAD_NEVER,
    ),
    RawTable("task", files=("tasks", "sf_task_data", "salesforce_task*", *_extracts("task")), needs=("id", "who_id")),
    RawTable(
        "event", files=("events", "sf_event_data", "salesforce_event*", *_extracts("event")), needs=("id", "who_id")
    ),
    RawTable("email_message", files=("email_messages",), needs=("id", "incoming")),
    RawTable(
        "email_message_relation",
        files=("email_message_relations",),
        needs=("email_message_id", "relation_id", "relation_type"),
    ),
    RawTable("campaign", files=("campaigns", "sf_campaign_data"), needs=("id", "name")),
    RawTable("campaign_member", files=("campaign_members", "sf_campaign_member_data"), needs=("id", "campaign_id")),
    RawTable("currency_type", files=("currency_types",), needs=("iso_code", "conversion_rate")),
    RawTable(
        "dated_conversion_rate",
        files=("dated_conversion_rates",),
        needs=("iso_code", "conversion_rate", "start_date"),
    ),
)

LAYOUT = Layout(
    name="salesforce",
    crm="salesforce",
    title="Salesforce (Data Export, Data Loader, API, Fivetran, Airbyte, reports)",
    sql="salesforce/export.sql",
    tables=TABLES,
    main=("opportunity",),
    marks=("opportunity.stage_name", "opportunity.is_won", "opportunity.is_closed", "opportunity.close_date"),
    no_id=("000000000000000AAA",),
)
LAYOUTS = (LAYOUT,)
