"""What the names of columns say: the roles that are not learned from, and the names that only look like one."""

import pytest

from scoring.column_roles import names_an_id, plain, role_of

ROLES = {
    "counts_touches": (
        *("number of sessions", "Number of Page Views", "num_notes", "times_contacted", "page_views", "hs_email_open"),
        *(
            "hs_analytics_num_visits",
            "total_meetings",
            "meetings_booked",
            "emails_opened_last_30_days",
            "WebSessions__c",
        ),
        *("Anzahl Anrufe", "nombre_de_visites", "numero_de_llamadas", "inbound_calls", "numsessions", "visits_30d"),
    ),
    "dates_touches": (
        *("Last Activity Date", "lastactivitydate", "LastActivityDate", "notes_last_contacted", "last_seen_at"),
        *("days_since_last_contact", "hs_last_sales_activity_timestamp", "first_conversion_date", "letzte Aktivität"),
    ),
    "is_a_score": (
        *("lead_score", "hubspotscore", "HubSpot Score", "propensity_to_buy", "EinsteinLeadScore__c", "lead_rating"),
        *("Account Rating", "hs_predictivecontactscore_v2", "close_probability", "lead_grade"),
    ),
    "is_a_stage": (
        "lifecyclestage",
        "Lifecycle Stage",
        "properties_hs_lifecyclestage",
        "lead_status",
        "Status",
        "statut",
    ),
    "tells_of_deals": (
        *("num_associated_deals", "hs_num_open_deals", "recent_deal_amount", "is_customer", "Closed Lost Reason"),
        *("became_a_customer_date", "days_to_close", "is_converted", "ConvertedDate"),
    ),
    "owner": ("owner", "OwnerId", "hubspot_owner_id", "Account Owner", "sales_rep", "Zuständig", "propriétaire"),
    "currency": ("currency", "CurrencyIsoCode", "deal_currency_code", "Währung"),
    "record": ("Associated Company ID", "ParentId", "hs_object_id", "masterrecordid"),
    "person": ("First Name", "lastname", "contact name", "Salutation", "Vorname", "prénom", "apellidos"),
    "trait": (
        "gender",
        "Birthdate",
        "date_of_birth",
        "contact_age",
        "Marital Status",
        "nationality",
        "religion",
        "ethnicity",
        "inferred_gender",
        "is_female",
        "Altersgruppe",
        "age_in_years",
        "Race/Ethnicity",
        "place_of_birth",
    ),
    "exporter": (
        *("_fivetran_synced", "_airbyte_raw_id", "_sdc_batched_at", "_dlt_load_id", "__index_level_0__", "Unnamed: 0"),
        *("file_row_number", "row_number", "IsDeleted", "SystemModstamp", "last_modified_date", "updated_at", "_row"),
        *("CreatedById", "etl_batch_id", "loaded_at", "(Do Not Modify) Row Checksum", "geändert_am", "_ab_cdc_lsn"),
    ),
}

#: Names of attributes that share a word with one of the roles.
ATTRIBUTES = (
    *("employees", "number_of_employees", "number_of_offices", "score_card_provider", "account_type", "name_of_erp"),
    *("ownership", "industry", "credit_score", "glassdoor_rating", "company_age", "funding_stage", "last_funding_date"),
    *("days_since_last_funding", "call_center_seats", "number_of_call_centers", "email_provider", "open_positions"),
    *("erp_name", "product_name", "owner_managed", "multi_currency", "vat_status", "number_of_meeting_rooms", "grade"),
    *(
        "activity_code",
        "main_activity",
        "response_time_sla",
        "identity_provider",
        "covid",
        "grid",
        "index",
        "closed_shop",
    ),
    *("monthly_unique_visitors", "legacy_score", "territory", "state", "number_of_owners", "line_of_business", "genre"),
    *("mail_order", "open_source", "customer_segment", "leadsource", "number_of_children_served", "update_frequency"),
    *(
        "state_code",
        "probability_of_default",
        "product_lifecycle",
        "page_builder",
        "monthly_traffic",
        "deal_registration",
    ),
)


@pytest.mark.parametrize("role", ROLES)
def test_a_name_says_what_a_column_holds(role: str) -> None:
    found = {name: role_of(name, numeric=True) for name in ROLES[role]}
    assert {name: held.name for name, held in found.items() if held} == dict.fromkeys(ROLES[role], role)


@pytest.mark.parametrize("role", ROLES)
def test_also_in_the_small_letters_that_tables_have(role: str) -> None:
    names = ["_".join(name.lower().split()) for name in ROLES[role] if not name.endswith("__c")]
    assert {name for name in names if role_of(name, numeric=True) is None} == set()


def test_a_name_that_shares_a_word_is_an_attribute() -> None:
    assert {name: role_of(name, numeric=True) for name in ATTRIBUTES} == dict.fromkeys(ATTRIBUTES)


def test_only_numbers_count() -> None:
    assert role_of("notes_count", numeric=False) is None
    assert role_of("lifecyclestage", numeric=False) is not None


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        ("industry_id", True),
        ("account_number", True),
        ("customer_key", True),
        ("Record Type ID", True),
        ("guid", True),
        ("hybrid", False),
        ("paid", False),
    ],
)
def test_other_ids_are_for_their_values_to_tell(name: str, is_id: bool) -> None:
    assert (role_of(name, numeric=True), names_an_id(name)) == (None, is_id)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [("LastActivityDate__c", "last_activity_date"), ("properties_hs_num_visits", "num_visits"), ("Größe ", "grosse")],
)
def test_spellings_of_integrations_are_one(name: str, spelled: str) -> None:
    assert plain(name) == spelled
