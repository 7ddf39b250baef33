"""Salesforce's own tables, as Data Export, Data Loader, the API, Fivetran, Airbyte and reports lay them out.

All of these write the API names in one spelling or another, and reports their labels, so they are one layout.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, RawTable

#: Bookkeeping that every object has, and what only connectors write.
_SYSTEM = (
    "last*", "system_modstamp", "created_by*", "owner*", "record_type*", "photo_url", "jigsaw*", "_fivetran*", "_airbyte*",
    "_sdc*", "_dlt*", "is_active", "fivetran_active", "id", "name", "description", "currency_iso_code", "is_excluded*",
    "connection*", "clean_status", "dandb*", "duns*", "tradestyle", "may_edit", "is_locked", "user_record_access*",
    "attributes*",
)  # fmt: skip
_PERSON = (
    "first_name", "last_name", "middle_name", "suffix", "salutation", "*phone*", "fax", "*email", "*street*", "*postal_code*",
    "*latitude", "*longitude", "*geocode_accuracy", "assistant_*", "birthdate", "individual*", "reports_to*", "*address",
    "email_bounced*", "is_email_bounced",
)  # fmt: skip

ACCOUNT = RawTable(
    "account",
    files=("accounts", "sf_account_data", "salesforce_account*"),
    needs=("id",),
    columns={"id": ("Account ID",), "name": ("Account Name",), "website": ("Company Website",)},
    never=(
        *_SYSTEM, *_PERSON, "type", "rating", "customer_priority*", "sla*", "upsell_opportunity*", "site", "parent*",
        "account_number", "operating_hours*", "tier", "is_customer_portal", "is_partner", "channel_program*", "person_*",
        "is_person_account", "master_record*", "is_deleted", "account_source_detail",
    ),
)  # fmt: skip
USER = RawTable("user", files=("users", "sf_user_data", "salesforce_user*"), needs=("id",))
OPPORTUNITY = RawTable(
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
    },
)

LAYOUT = Layout(
    name="salesforce",
    crm="salesforce",
    title="Salesforce (Data Export, Data Loader, API, Fivetran, Airbyte, reports)",
    sql="salesforce/export.sql",
    tables=(ACCOUNT, USER, OPPORTUNITY),
    main=("opportunity",),
    marks=("opportunity.stage_name", "opportunity.is_won", "opportunity.is_closed", "opportunity.close_date"),
    no_id=("000000000000000AAA", "000000000000000"),
)
LAYOUTS = (LAYOUT,)
