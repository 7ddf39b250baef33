"""The names of columns of persons, in the languages that CRMs are used in, and names that only look so."""

import pytest

from scoring.columns.roles import may_name_person, role_in_doubt, role_of
from scoring.persons.column_names import names_contact

GUILTY = {
    "trait": (
        "Gender geschlecht sexe Birthdate date_of_birth dob Geburtsdatum data_nascita religion Konfession ethnicity "
        "race nationality marital_status Familienstand disability sexual_orientation veteran_status contact_age "
        "Geburtsjahr fødselsdato data_urodzenia Hautfarbe is_minority hispanic migrationshintergrund blood_group "
        "gewerkschaft trade_union party_affiliation criminal_record zivilstand number_of_kids visa_status "
        "schwerbehinderung lgbtq Staatsbürgerschaft age_of_contact star_sign etnia Raza glaubensrichtung "
        "gender_male gender_female gender_flag is_muslim is_jewish is_black is_gay is_trans Kontakt_Geschlecht "
        "Geschlecht_Kontakt kön køn пол pol_ru 性别 cinsiyet konf pronoun_pref pronouns generation yob year_born bday "
        "geb_datum datedenaissance birth_country country_of_origin national_origin foreign_born race_code skin_tone "
        "racial_identity ethnicity_code ancestry religious denomination hiv_status health_status mental_health "
        "disability_type disabled medical_conditions maternity_leave dependents marriage_status household_income "
        "sexuality sexual_pref party_member criminal_history age_class religion_of_contact lead_religion"
    ),
    "person": (
        "FirstName last_name Nachname prénom apellidos cognome nazwisko voornaam efternamn příjmení contact_name "
        "Salutation username nom_complet kontaktperson name_of_contact initials twitter_handle benutzername "
        "avatar_url ceo_name referred_by_name xing_profile skype_id nombre_del_contacto sukunimi "
        "vorstand inhaber_name geschaeftsfuehrer gf_name legal_representative signatory signatory_name isim soyad имя "
        "executive_sponsor primary_contact_name billing_contact_name contact1_name director_name founder_names 氏名 "
        "greeting display_name anrede_kurz anrede"
    ),
    "identity": (
        "ssn Social_Security_Number nino passport_no Personalausweisnummer Steuer_ID cpf codice_fiscale PESEL bsn "
        "personnummer AadhaarNumber iban bank_account kontonummer credit_card_number ip_address LastIP__c mac_address "
        "driver_license_number AHV_Nummer numero_securite_sociale user_agent home_address "
        "cnp egn oib jmbg rut rfc nif nie tckn tc_kimlik_no cedula svnr nric снилс passport ssn_last4 iban_number "
        "cc_number card_last4 last_login_ip"
    ),
}
INNOCENT = (
    "industry product_name campaign_name company company_name account_name job_level job_title age_of_company "
    "company_age brand_name zip postal_code zipcode number_of_employees employees name_of_erp erp_name event_name "
    "partner_name region_name team_size seniority department genre gender_neutral_brand race_track racing "
    "religious_organization ethnic_food birth_center card_processor card_type credit_score credit_rating iban_provider "
    "ip_portfolio ip_intensive passport_office driver_software identity_provider bank bank_name insurance "
    "handler address_verified city street_lighting photo_studio user_count named_account name_tier usernames_enabled "
    "age_band_of_fleet average_age_of_plant page lead_generation is_white_label power_generation "
    "persona persona_segment personnel_count population manager_count"
)
CONTACTS = "email E-Mail work_email Telefon phone mobile_phone handynummer fax celular Mobiltelefon whatsapp tel_no"
NO_CONTACTS = "hotel telco faxed_orders mobility immobilien cellular_division automobile territory retail"
DOUBTFUL = "referred_by manager ceo Geschäftsführer contact champion host speaker name"


@pytest.mark.parametrize("role", GUILTY)
@pytest.mark.parametrize("numeric", [True, False])
def test_a_name_says_that_a_column_is_of_persons(role: str, numeric: bool) -> None:
    found = {name: held.name if (held := role_of(name, numeric=numeric)) else None for name in GUILTY[role].split()}
    assert found == dict.fromkeys(GUILTY[role].split(), role)


@pytest.mark.parametrize("name", INNOCENT.split())
def test_a_name_that_only_looks_so_stays(name: str) -> None:
    held = role_of(name, numeric=True) or role_of(name, numeric=False)
    assert held is None or held.name not in GUILTY
    assert role_in_doubt(name, numeric=False) is None


def test_the_table_decides_of_names_that_may_be_of_a_product() -> None:
    names = [
        *("photo", "signature", "user_agent", "handle", "faith", "plec", "itin", "cvv", "initials"),
        *("union_member", "minority_status"),
    ]
    assert [name for name in names if role_of(name, numeric=False) is None] == []
    assert [name for name in names if role_of(name, numeric=False, of_accounts=True)] == []


def test_names_of_addresses_and_phone_numbers() -> None:
    assert [name for name in CONTACTS.split() if not names_contact(name)] == []
    assert [name for name in NO_CONTACTS.split() if names_contact(name)] == []


def test_the_values_tell_of_other_names() -> None:
    assert {held.name if (held := role_in_doubt(name, numeric=False)) else "" for name in DOUBTFUL.split()} == {
        "person"
    }


def test_rejects_keep_no_column_that_may_be_of_a_person() -> None:
    kept = [name for name in (*INNOCENT.split(), "title", "source", "created_at", "status") if may_name_person(name)]
    assert kept == []
    dropped = [*CONTACTS.split(), *DOUBTFUL.split(), "Account Owner", *" ".join(GUILTY.values()).split()]
    assert [name for name in dropped if not may_name_person(name)] == []
