"""What the names of columns say: the roles that are not learned from, and the names that only look like one."""

import pytest

from scoring.cells.currencies import names_currency, row_currency
from scoring.columns.roles import names_an_id, role_in_doubt, role_of
from scoring.contracts.column_names import bare_name, parted, plain_name

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
        *("num_contacted_notes", "mtg_count", "trial_sessions", "Kontakthäufigkeit", "Aantal contactmomenten"),
        *("antal möten", "liczba kontaktów", "portal_logins", "contact frequency", "numero riunioni", "počet schůzek"),
    ),
    "dates_touches": (
        *("Last Activity Date", "lastactivitydate", "LastActivityDate", "notes_last_contacted", "last_seen_at"),
        *("days_since_last_contact", "hs_last_sales_activity_timestamp", "first_conversion_date", "letzte Aktivität"),
    ),
    "is_a_score": (
        *("lead_score", "hubspotscore", "HubSpot Score", "propensity_to_buy", "EinsteinLeadScore__c", "lead_rating"),
        *("Account Rating", "hs_predictivecontactscore_v2", "close_probability", "lead_grade"),
        *("6sense Intent Score", "6sense Buying Stage", "MadKudu Score", "Demandbase Pipeline Predict", "clearbit_fit"),
        *("intent_topics_surging", "accountIntentScore6sense__c", "6QA", "bombora_surge_score", "g2_buyer_intent"),
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
    "owner": (
        "owner",
        "OwnerId",
        "hubspot_owner_id",
        "Account Owner",
        "sales_rep",
        "Zuständig",
        "propriétaire",
        "Sachbearbeiter",
        "Salesperson",
        "Chargé d'affaires",
        "Säljare",
        "Opiekun klienta",
        "sagsbehandler",
    ),
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
    assert plain_name(name) == spelled


#: Names in the ways of writing of several makers and tongues, with the role of each.
GUILTY = {
    "tells_of_deals": (
        "numDeals OpenOpportunities__c hasOpenDeal Anzahl_Angebote offene_Angebote opp_cnt NumberOfOrders "
        "open_opps Deals last_purchase_amount LTV customer_lifetime_value total_won_amount weighted_pipeline "
        "pipeline_value quotes_sent Number_of_Contracts churned is_active_customer paying_customer dealcount "
        "numopps closedwonamount renewal_date has_won win_flag est_client kund_sedan klient_od"
    ),
    "dates_touches": (
        "DaysSinceLastLogin weeks_since_last_order Tage_inaktiv tage_seit_letztem_kontakt days_inactive "
        "idle_days months_since_last_purchase last_active_days_ago hoursSinceLastVisit"
    ),
    "counts_touches": (
        "emails_opened_30d calls_last_90_days num_web_visits TotalMeetings anz_anrufe event_count login_count"
    ),
    "is_a_score": (
        "Health_Score win_prob Lead_Quality customerHealth P_Win closing_likelihood "
        "Abschlusswahrscheinlichkeit ChurnRisk Lead_Priority hot_lead ICP_Score engagement_level "
        "buying_intent account_rank winprobability"
    ),
    "is_a_stage": (
        "is_mql sql_flag is_sal marketing_qualified disqualified_reason SubscriptionStatus Vertragsstatus "
        "trial_status Contract_Status Customer Kunde OppStage isqualified Etap_sprzedaży Säljfas フェーズ 销售阶段"
    ),
    "exporter": (
        "hash sha256 row_md5 checksum _metadata _ts_ms _lsn _hoodie_commit_time kafka_offset dwh_load_date "
        "__v _op _rescued_data _commit_version record_source importsequencenumber"
    ),
    "owner": ("Gestionnaire_du_compte Ansvarig_säljare 担当者 Ответственный 负责人 Müşteri_Temsilcisi"),
    "currency": ("fx_rate ccy exchange_rate billing_currency iso_currency Wechselkurs contract_currency"),
}
INNOCENT = (
    "political_region wedding_venue level_1 level_2 first_order_channel last_order_system recent_deal_news "
    "became_public latest_closed_round predictive_maintenance etl_tool dbt_users dwh_vendor "
    "religious_organization ethnic_food beneficial_owner brand_owner converted_warehouse einstein_analytics "
    "wedding_services crypto_currency employee_count number_of_currencies number_of_customers customers "
    "customer_base contact_center event_venue order_management_system contract_manufacturer contract_type "
    "health_sector health_insurance quality_certification windows_share winery hashicorp hash_rate "
    "opportunity_zone dealer_count dealership proposal_software invoice_software active_sites "
    "number_of_openings lost_and_found rate_card trial_lawyers record_label days_sales_outstanding "
    "opening_days time_zone stores_opened_last_year last_funding_amount months_since_founding last_audit "
    "recent_hires first_language sales_tax annual_revenue total_funding lifetime_warranty expected_growth "
    "esg_score prob_of_default client_count kundensegment subscribers operation_type source_region "
    "version_control spam_filter cold_storage callcenter noteworthy"
)
DOUBTFUL = {
    "counts_touches": (
        "monthly_emails_sent website_visits downloads last_event patient_visits_per_day number_of_store_visits"
    ),
    "tells_of_deals": ("pipeline contracts orders arr"),
    "is_a_score": ("rating priority"),
    "is_a_stage": ("phase"),
    "trait": ("age"),
}


@pytest.mark.parametrize("role", GUILTY)
def test_names_of_other_makers_have_the_role_too(role: str) -> None:
    names = GUILTY[role].split()
    found = {name: held.name for name in names if (held := role_of(name, numeric=True)) is not None}
    assert found == dict.fromkeys(names, role)


@pytest.mark.parametrize("numeric", [True, False])
def test_facts_of_a_company_stay(numeric: bool) -> None:
    names = INNOCENT.split()
    assert {name: role_of(name, numeric=numeric) or role_in_doubt(name, numeric=numeric) for name in names} == (
        dict.fromkeys(names)
    )


@pytest.mark.parametrize("role", DOUBTFUL)
def test_what_fits_two_things_is_in_doubt(role: str) -> None:
    for name in DOUBTFUL[role].split():
        held = role_in_doubt(name, numeric=True)
        assert (role_of(name, numeric=True), held.name if held else None) == (None, role), name


@pytest.mark.parametrize(
    ("name", "written"),
    [("lastactivitydate", "last_activity_date"), ("numopps", "num_opps"), ("enterprise", "enterprise")],
)
def test_words_without_a_separator_are_parted_if_all_are_known(name: str, written: str) -> None:
    assert (parted(name), bare_name(written)) == (written, name)


def test_the_currency_of_a_row_is_the_most_telling_column() -> None:
    assert row_currency(["fx_rate", "Local Currency", "deal_currency_code", "home_currency"]) == [
        "deal_currency_code",
        "Local Currency",
    ]
    assert [names_currency(name) for name in ("home_currency", "CurrencyIsoCode", "multi_currency")] == [
        True,
        True,
        False,
    ]
