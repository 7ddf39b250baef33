"""Salesforce's own tables, as Data Export, Data Loader, the API, Fivetran, Airbyte and reports lay them out.

All of these write the API names in one spelling or another, and reports their labels, so they are one layout.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, RawTable

#: Bookkeeping that every object has, and what only connectors write.
_SYSTEM = (
    "last*", "system_modstamp", "created*", "owner", "owner_id", "owner_name", "owner_role", "record_type*",
    "photo_url", "jigsaw*", "_fivetran*", "_airbyte*", "_sdc*", "_dlt*", "id", "name", "description",
    "currency_iso_code", "is_excluded*", "connection*", "clean_status", "dandb*", "duns*", "tradestyle",
    "may_edit", "is_locked", "attributes*", "master_record*", "is_deleted", "*bounced*", "*_id", "*_url*",
    "account_merged", "lead_merged", "contact_merged",
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
    "account_c", "contact_c",
)  # fmt: skip
_UTM = {
    name: (f"{name}__c", f"pi__{name}__c", f"{name} ({name.removeprefix('utm_')})")
    for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
}
_ACCOUNT_NEVER = (*_SYSTEM, *_PERSON, *_AFTER)
_LEAD_NEVER = (*_SYSTEM, *_PERSON, *_OF_LEAD)

TABLES = (
    RawTable(
        "account",
        files=("accounts", "sf_account_data", "salesforce_account*"),
        needs=("id",),
        columns={"id": ("Account ID",), "website": ("Company Website",)},
        never=_ACCOUNT_NEVER,
    ),
    RawTable(
        "contact",
        files=("contacts", "sf_contact_data", "salesforce_contact*"),
        needs=("id",),
        columns={"id": ("Contact ID",), "email": ("Contact Email",), **_UTM},
        never=_LEAD_NEVER,
    ),
    RawTable(
        "lead",
        files=("leads", "sf_lead_data", "salesforce_lead*"),
        needs=("id",),
        columns={"id": ("Lead ID",), "is_converted": ("Converted",), "lead_source": ("Source",), **_UTM},
        never=_LEAD_NEVER,
    ),
    RawTable(
        "opportunity",
        files=("opportunities", "opps", "sf_opportunity_data", "salesforce_opportunity*"),
        needs=("id", "stage_name"),
        marks=("id", "stage_name", "close_date"),
        columns={
            "id": ("Opportunity ID",),
            "stage_name": ("Stage",),
            "is_won": ("Won",),
            "is_closed": ("Closed",),
            "type": ("Opportunity Type",),
            "currency_iso_code": ("Opportunity Currency", "Amount Currency", "Currency"),
            "amount": ("Amount (converted)",),
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
    RawTable("task", files=("tasks", "sf_task_data", "salesforce_task*"), needs=("id", "who_id")),
    RawTable("event", files=("events", "sf_event_data", "salesforce_event*"), needs=("id", "who_id")),
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
