"""HubSpot's tables as screen exports, the API, Fivetran, Airbyte and dlt lay them out.

All of these write the same properties: internal names with or without a prefix, or labels. They differ in how they say
which records belong together and what happened, so each has its own branches in `export.sql`, in one layout.
"""

from __future__ import annotations

from scoring.crm.hubspot.labels import COMPANIES, COMPANY, CONTACT, CONTACTS, DEAL, DEALS, ENGAGEMENT
from scoring.crm.hubspot.never import NEVER
from scoring.crm.layout import Layout, LocalTimes, RawTable

_PREFIXES = ("property_", "properties_", "properties__", "properties.")
#: The names of the file of a whole object: from Fivetran's seeds, connectors, and the screen in the common languages.
_NAMES = {
    "contact": ("contacts", "contact_data", "*all_contacts", "*contacts", "hubspot_contact*", "*kontakte", "*contactos",
                "*contatos", "*contatti", "*contacten", "hubspot_crm_exports_*contact*"),
    "company": ("companies", "company_data", "*companies", "hubspot_compan*", "*unternehmen", "*firmen", "*empresas",
                "*entreprises", "*aziende", "*bedrijven", "hubspot_crm_exports_*compan*"),
    "deal": ("deals", "deal_data", "*deals", "hubspot_deal*", "*negocios", "*negócios", "*transactions", "*trattative",
             "hubspot_crm_exports_*deal*"),
}  # fmt: skip


def _engagement(kind: str, plural: str, *more: str, **columns: tuple[str, ...]) -> RawTable:
    """The table of a kind of engagement: its own names, and those that all of them have."""
    files = (f"engagement_{kind}_data", f"engagements_{plural}", plural, f"*all_{plural}", *more)
    return RawTable(
        f"engagement_{kind}",
        files=(*files, f"hubspot_crm_exports_*{plural}", f"hubspot_{plural}"),
        needs=("hs_object_id", "hs_timestamp"),
        columns={**ENGAGEMENT, **columns},
        prefixes=_PREFIXES,
        key="hs_object_id",
        parts_alike=True,
    )


def _history(name: str, owner: str) -> RawTable:
    """The values that a property had: long, one row a change."""
    return RawTable(
        f"{name}_property_history",
        files=(f"{name}_property_history_data", f"*{name}_property_history", f"{owner}_property_history"),
        needs=("object_id", "name", "value", "timestamp"),
        columns={
            "object_id": (f"{name}_id", "hs_object_id", "object_id", "vid", "id"),
            "name": ("property_name", "property"),
            "value": ("property_value",),
            "timestamp": ("property_timestamp", "changed_at"),
        },
        never=NEVER,
    )


TABLES = (
    RawTable(
        "contact",
        files=_NAMES["contact"],
        key="hs_object_id",
        parts_alike=True,
        needs=("hs_object_id", "person"),
        marks=("hs_object_id", "person", "known_to_crm"),
        columns={**CONTACT, **COMPANIES, **DEALS},
        never=NEVER,
        prefixes=_PREFIXES,
    ),
    RawTable(
        "company",
        files=_NAMES["company"],
        key="hs_object_id",
        parts_alike=True,
        needs=("hs_object_id", "name"),
        marks=("hs_object_id", "name", "domain"),
        columns={**COMPANY, **DEALS},
        never=NEVER,
        prefixes=_PREFIXES,
    ),
    RawTable(
        "deal",
        files=_NAMES["deal"],
        key="hs_object_id",
        parts_alike=True,
        needs=("hs_object_id", "dealstage"),
        marks=("hs_object_id", "dealname", "dealstage"),
        columns={**DEAL, **COMPANIES, **CONTACTS},
        prefixes=_PREFIXES,
    ),
    RawTable(
        "deal_pipeline",
        files=("deal_pipeline_data", "deal_pipelines", "pipelines_deals", "pipelines"),
        needs=("pipeline_id", "label"),
        columns={"pipeline_id": ("id",), "label": ("name", "pipeline_label")},
    ),
    RawTable(
        "deal_pipeline_stage",
        files=("deal_pipeline_stage_data", "deal_pipeline_stages", "pipelines_deals__stages", "deal_stages",
               "pipeline_stages", "stages"),
        needs=("stage_id", "label"),
        columns={
            "stage_id": ("id",),
            "label": ("name", "stage_label"),
            "probability": ("metadata_probability", "metadata__probability"),
            "is_closed": ("metadata_is_closed", "metadata__is_closed", "metadata_isClosed"),
            "closed_won": ("is_closed_won", "closedWon"),
            "pipeline_id": ("pipeline",),
        },
    ),
    RawTable(
        "deal_stage",
        files=("deal_stage_data", "deal_stages"),
        needs=("deal_id", "value", "date_entered"),
        columns={"value": ("stage_id",), "date_entered": ("_fivetran_start",)},
    ),
    _history("deal", "deals"),
    _history("company", "companies"),
    _history("contact", "contacts"),
    RawTable("deal_company", files=("deal_company_data", "deal_companies"), needs=("deal_id", "company_id")),
    RawTable("deal_contact", files=("deal_contact_data", "deal_contacts"), needs=("deal_id", "contact_id")),
    RawTable("contact_company", files=("contact_company_data", "contact_companies"), needs=("contact_id",
        "company_id")),
    # dlt keeps the companies and the contacts of a deal in tables below it.
    RawTable(
        "deal_company_below",
        files=("deals__companies", "deals__associations__companies__results", "deals__associations__companies"),
        needs=("_dlt_parent_id", "id"),
        columns={"id": ("value", "to_object_id"), "_dlt_parent_id": ("_dlt_root_id",)},
    ),
    RawTable(
        "deal_contact_below",
        files=("deals__contacts", "deals__associations__contacts__results", "deals__associations__contacts"),
        needs=("_dlt_parent_id", "id"),
        columns={"id": ("value", "to_object_id"), "_dlt_parent_id": ("_dlt_root_id",)},
    ),
    RawTable(
        "contact_merge_audit", files=("contact_merge_audit_data",), needs=("canonical_vid", "vid_to_merge")
    ),
    RawTable("merged_deal", files=("merged_deal_data", "merged_deals"), needs=("deal_id", "merged_deal_id")),
    RawTable(
        "engagement",
        files=("engagement_data", "engagements"),
        needs=("hs_object_id", "type"),
        columns={**ENGAGEMENT, "type": ("engagement_type",)},
        prefixes=_PREFIXES,
    ),
    _engagement(
        "email", "emails", hs_email_direction=("Email direction", "Direction", "email_direction"),
        hs_email_status=("Email send status", "Email status", "status"),
    ),
    _engagement(
        "call", "calls", "*anrufe", "*llamadas", "*appels",
        hs_call_direction=("Call direction", "Direction", "Anrufrichtung", "Dirección de la llamada"),
        hs_call_status=("Call status", "status"),
    ),
    _engagement(
        "meeting", "meetings",
        hs_meeting_outcome=("Meeting outcome", "meeting_outcome", "Outcome"),
        hs_timestamp=("hs_meeting_start_time", "Meeting start time", "start_time", "Start time", "Activity date",
            "timestamp"),
        hs_meeting_source=("Meeting source", "source"),
    ),
    _engagement("note", "notes"),
    _engagement("task", "tasks", hs_task_status=("Task status", "Status", "status")),
    _engagement("communication", "communications", hs_communication_channel_type=("Channel type",)),
    RawTable(
        "engagement_contact", files=("engagement_contact_data", "engagement_contacts"),
        needs=("engagement_id", "contact_id"),
    ),
    RawTable(
        "engagement_company", files=("engagement_company_data", "engagement_companies"),
        needs=("engagement_id", "company_id"),
    ),
    RawTable("engagement_deal", files=("engagement_deal_data", "engagement_deals"), needs=("engagement_id", "deal_id")),
    RawTable(
        "email_event", files=("email_event_data", "email_events"), needs=("id", "type", "created", "recipient")
    ),
    RawTable("email_event_open", files=("email_event_open_data",), needs=("id", "user_agent")),
    RawTable("email_event_click", files=("email_event_click_data",), needs=("id", "user_agent")),
    RawTable(
        "contact_form_submission",
        files=("contact_form_submission_data", "form_submissions", "*form_submissions*", "contact_form_submissions"),
        needs=("timestamp", "of_whom"),
        columns={
            "timestamp": ("submitted_at", "Submitted at", "Submission date", "Conversion Date", "Submitted on",
                "Date submitted"),
            "contact_id": ("canonical_vid", "Contact ID", "Record ID", "Associated Contact IDs"),
            "email": ("Email", "contact_email"),
            "title": ("Form name", "Form Name", "Form", "form_name", "Conversion title", "page_title"),
            "of_whom": ("contact_id", "Contact ID", "Record ID", "canonical_vid", "email", "Email"),
        },
    ),
)  # fmt: skip

LAYOUT = Layout(
    name="hubspot",
    crm="hubspot",
    title="HubSpot (screen export, API, Fivetran, Airbyte, dlt)",
    sql="hubspot/export.sql",
    tables=TABLES,
    main=("deal",),
    marks=("deal.dealname", "deal.dealstage", "deal.pipeline", "deal.closedate", "deal.createdate"),
    no_id=("(No value)",),
    # The screen exports minutes and no zone, also in a workbook; the API and its copies have seconds, in UTC.
    local_times=LocalTimes(
        "SELECT count(*) FROM raw.deal AS d "
        "WHERE regexp_matches(text(d.createdate), '^[^:]*[0-9]:[0-9][0-9]( ?[AaPp][Mm])?$|T[0-9][0-9]:[0-9][0-9]:00$')",
        "deals exported from the screen",
        "the HubSpot account",
    ),
)
LAYOUTS = (LAYOUT,)
