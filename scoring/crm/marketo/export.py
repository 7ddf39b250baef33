"""Marketo's tables: those that Fivetran fills, one for each type of activity, and the bulk extracts of its API.

Marketo has people and what they did, and neither companies nor deals: it stands beside the export of a CRM.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, RawTable

#: Bookkeeping, scores, values of today, what comes after the outcome, and what names a person or an address.
_NEVER = (
    "id", "updated_at", "created_at", "first_name", "last_name", "middle_name", "full_name", "salutation", "*phone*",
    "fax", "*email*", "*address*", "postal_code", "*ip*address*", "inferred_phone*", "inferred_postal*",
    "date_of_birth", "facebook*", "twitter*", "linked_in*", "*photo*", "company", "main_phone", "sic_code", "site",
    "sfdc*", "ms_dyn*", "msft*", "microsoft*", "crm_*", "external_*", "*score*", "*urgency*", "*priority*", "*rating*",
    "lead_status", "status*", "*owner*", "*lead_partition*", "lead_role*", "lead_revenue*", "*revenue_stage*",
    "*unsubscribed*", "*suspended*", "*black_listed*", "*invalid*", "*cookies*", "*mkto*", "do_not_call*",
    "acquisition_*", "rcm_*", "is_anonymous", "is_lead", "is_customer*", "is_partner", "contact_company", "billing_*",
    "last_*", "*days_since*", "*interesting_moment*", "number_of_opt*", "*opportunit*", "original_search*",
    "registration_source_info", "original_source_info", "original_referrer", "*cadence*",
    "active_*", "contact_type", "relative_*", "person_*", "*_fivetran*", "_fivetran*", "_airbyte*", "_sdc*", "_dlt*",
)  # fmt: skip
#: The tables of activities that are touches, with what must be in each.
_TOUCHES = (
    "activity_visit_webpage", "activity_fill_out_form", "activity_click_link", "activity_send_email",
    "activity_email_delivered", "activity_email_bounced", "activity_open_email", "activity_click_email",
    "activity_unsubscribe_email", "activity_send_sales_email", "activity_open_sales_email",
    "activity_click_sales_email", "activity_receive_sales_email",
)  # fmt: skip

TABLES = (
    RawTable(
        "marketo_lead",
        files=("lead", "leads", "*marketo*lead_data", "marketo*leads", "person", "people", "bulk_leads*"),
        needs=("id", "created_at", "updated_at"),
        columns={
            "email": ("Email Address",),
            "title": ("Job Title",),
            "acquisition_program_id": ("acquisitionProgramId",),
        },
        never=_NEVER,
    ),
    *(RawTable(name, files=(f"*{name}_data",), needs=("id", "lead_id", "activity_date")) for name in _TOUCHES),
    RawTable(
        "marketo_activity",
        files=("activity", "activities", "lead_activities", "bulk_activities*", "*marketo*activities"),
        needs=("lead_id", "activity_date", "activity_type_id"),
        marks=("lead_id", "activity_date", "activity_type_id", "primary_attribute_value", "attributes"),
        columns={"id": ("marketo_guid",)},
    ),
    RawTable(
        "marketo_activity_type",
        files=("activity_type", "activity_types", "*activity_type_data"),
        needs=("id", "name"),
    ),
    RawTable(
        "activity_change_data_value",
        files=("*activity_change_data_value_data",),
        needs=("lead_id", "activity_date", "new_value", "primary_attribute_value"),
        never=_NEVER,
    ),
    RawTable(
        "activity_merge_leads",
        files=("*activity_merge_leads_data",),
        needs=("lead_id", "merge_ids", "activity_date"),
    ),
    RawTable("activity_delete_lead", files=("*activity_delete_lead_data", "deleted_leads"), needs=("lead_id",)),
    RawTable("program", files=("programs", "*marketo_program_data"), needs=("id", "name", "channel")),
    RawTable("program_cost", files=("program_costs", "*program_cost_data"), needs=("program_id", "cost", "start_date")),
)  # fmt: skip

LAYOUT = Layout(
    name="marketo",
    crm="marketo",
    title="Marketo (Fivetran, bulk extract)",
    sql="marketo/export.sql",
    tables=TABLES,
    main=(
        "marketo_activity", "activity_send_email", "activity_open_email", "activity_click_email",
        "activity_fill_out_form",
    ),
    marks=(
        "marketo_activity.activity_type_id", "activity_send_email.activity_type_id",
        "activity_open_email.activity_type_id", "activity_click_email.activity_type_id",
        "activity_fill_out_form.activity_type_id",
    ),
    beside="the deals and the companies are in a CRM: put its export into the same folder and run init again",
)  # fmt: skip
LAYOUTS = (LAYOUT,)
