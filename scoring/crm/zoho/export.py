"""Zoho CRM's tables: its data backup (a CSV a module), exports of views, and its API with underscores for blanks.

A look-up is two columns in a backup, `Account Name.id` and `Account Name`, and in a view the name alone. Ids begin with
`zcrm_` in backups and not in the API.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, RawTable

_ID = ("Record Id", "Record ID", "CRM ID")
_CREATED = ("Created Time", "created_at", "Created On")
#: Bookkeeping, values of today, what comes after the outcome, and what names a person or an address.
_NEVER = (
    "id", "record_id", "*owner*", "created*", "modified*", "updated*", "last_*", "tag*", "locked*", "layout*",
    "change_log_time", "*conversion_time", "converted*", "is_converted", "lead_status", "rating", "account_type",
    "account_name*", "account_number", "parent_account*", "reporting_to*", "vendor_name*", "first_name", "last_name",
    "full_name", "contact_name*", "lead_name", "salutation", "company", "*phone*", "*mobile*", "fax", "*email*",
    "*street*", "*zip*", "billing_code", "shipping_code", "*latitude", "*longitude", "skype*", "twitter",
    "date_of_birth",
    "assistant*", "asst_*", "description", "record_image", "record_status*", "currency", "exchange_rate",
    "unsubscribed*", "data_processing*", "data_source", "enrich*", "*first_visit*", "*visited*", "*visit", "*visitor*",
    "*time_spent*", "*time_visit*", "days_visited", "number_of_chats", "referrer", "connected_to*", "user_modified*",
    "system_*", "*sales_cycle*", "*overall_sales*", "*score*", "_fivetran*", "_airbyte*", "_sdc*", "_dlt*",
    "wizard*", "pathfinder*", "territor*", "tick_symbol", "name", "associated_id", "parent_id*",
)  # fmt: skip
#: What a task, a call or a meeting is about: a deal or an account; a lead stands there too.
_ABOUT = {
    "contact_id": ("Contact Name.id", "Who Id.id", "Who_Id", "Participants.id"),
    "contact_name": ("Contact Name.name", "Who Id.name"),
    "related_to_id": ("Related To.id", "What Id.id", "What_Id", "Related To Id"),
    "related_to": ("Related To.name", "What Id.name"),
    "created_time": _CREATED,
    "id": (*_ID, "Activity Id"),
}

TABLES = (
    RawTable(
        "deal",
        files=("deals", "potentials", "deals_*", "zoho*deals*", "zoho*potentials*"),
        needs=("id", "stage"),
        marks=("id", "stage", "closing_date"),
        columns={
            "id": (*_ID, "Deal Id", "Potential Id"),
            "account_id": ("Account Name.id",),
            "account_name": ("Account Name.name",),
            "contact_id": ("Contact Name.id",),
            "contact_name": ("Contact Name.name",),
            "created_time": _CREATED,
            "closing_date": ("Closing Date", "Close Date"),
            "type": ("Type", "Deal Type", "Potential Type"),
            "currency": ("Currency",),
            "exchange_rate": ("Exchange Rate",),
            "probability": ("Probability (%)",),
            "owner": ("Deal Owner.id", "Owner.id", "Deal Owner", "Potential Owner", "Owner"),
        },
    ),
    RawTable(
        "account",
        files=("accounts", "accounts_*", "zoho*accounts*"),
        needs=("id", "account_name"),
        columns={"id": (*_ID, "Account Id"), "created_time": _CREATED, "owner": ("Account Owner.id", "Account Owner")},
        never=_NEVER,
    ),
    RawTable(
        "contact",
        files=("contacts", "contacts_*", "zoho*contacts*"),
        needs=("id", "last_name"),
        columns={
            "id": (*_ID, "Contact Id"),
            "account_id": ("Account Name.id",),
            "account_name": ("Account Name.name",),
            "created_time": _CREATED,
            "owner": ("Contact Owner.id", "Contact Owner"),
        },
        never=_NEVER,
    ),
    RawTable(
        "lead",
        files=("leads", "leads_*", "zoho*leads*"),
        needs=("id", "last_name"),
        columns={
            "id": (*_ID, "Lead Id"),
            "title": ("Title", "Designation"),
            "created_time": _CREATED,
            "is_converted": ("Is Converted", "Converted", "$converted", "Converted__s"),
            "converted_contact_id": ("Converted Contact.id", "Converted_Contact"),
            "owner": ("Lead Owner.id", "Lead Owner"),
        },
        never=_NEVER,
    ),
    RawTable(
        "stage_history",
        files=("stage_history", "deal_history", "dealhistory", "deals_stage_history", "deal_stage_history",
               "potential_stage_history", "*stage*history*"),
        needs=("stage", "changed_time"),
        columns={
            "deal_id": ("Deal Name.id", "Potential Name.id", "Parent Id.id", "Parent Id", "Potential Id", "Deals.id",
                        "Related To.id"),
            "changed_time": ("Modified Time", "Last Modified Time", "Last Modified", "Moved Time", "Changed Time"),
            "probability": ("Probability (%)",),
        },
    ),
    RawTable(
        "stage",
        files=("stages", "pipeline_stages", "deal_stages"),
        needs=("display_value", "forecast_type"),
        columns={"display_value": ("Stage Name", "actual_value", "name")},
    ),
    RawTable(
        "contact_role",
        files=("contact_roles", "deal_contact_roles", "contacts_x_deals", "deals_x_contacts"),
        needs=("deal_id", "contact_id"),
        columns={
            "deal_id": ("Deal Name.id", "Potential Id", "Deals.id"),
            "contact_id": ("Contact Name.id", "Contacts.id"),
            "role": ("Contact Role", "Role.name"),
        },
    ),
    RawTable(
        "task",
        files=("tasks", "tasks_*", "zoho*tasks*"),
        needs=("id", "subject", "status"),
        columns={**_ABOUT, "closed_time": ("Closed Time", "Completed Time")},
    ),
    RawTable(
        "call",
        files=("calls", "calls_*", "zoho*calls*"),
        needs=("id", "call_type"),
        columns={
            **_ABOUT,
            "call_status": ("Call Status", "Outgoing Call Status"),
            "call_start_time": ("Call Start Time", "Start Time"),
        },
    ),
    RawTable(
        "event",
        files=("events", "meetings", "events_*", "meetings_*", "zoho*events*", "zoho*meetings*"),
        needs=("id", "start_time"),
        columns={
            **_ABOUT,
            "start_time": ("Start DateTime", "Start_DateTime", "From", "Start"),
            "check_in_status": ("Check In Status", "Check-In Status", "Meeting Status"),
        },
    ),
    RawTable(
        "email",
        files=("emails", "emails_*"),
        needs=("sent", "time"),
        columns={**_ABOUT, "id": ("message_id", *_ID), "time": ("sent_time", "date_time"), "sent": ("is_sent",)},
    ),
    RawTable(
        "campaign",
        files=("campaigns", "campaigns_*", "zoho*campaigns*"),
        needs=("campaign_name", "actual_cost"),
        columns={"start_date": ("Start Date",), "actual_cost": ("Actual Cost",)},
    ),
)  # fmt: skip

LAYOUT = Layout(
    name="zoho",
    crm="zoho",
    title="Zoho CRM (data backup, export of views, API)",
    sql="zoho/export.sql",
    tables=TABLES,
    main=("deal",),
    marks=("deal.closing_date", "deal.stage", "deal.account_id", "deal.contact_id", "deal.created_time"),
)
LAYOUTS = (LAYOUT,)
