"""The names of columns that hold what is of a person, as patterns of whole plain names.

They are read by `scoring.columns.roles`, where a name says what a column holds. A pattern ends in a list of words and
never in anything: `wedding_venue` is no trait of a person.
"""

import re

from scoring.columns.score_patterns import WHOSE
from scoring.contracts.column_names import plain_name

_PEOPLE = "contact|person|lead|employee|ceo|cfo|cto|coo|manager|user|champion|signer|decision_maker|buyer|founder|rep"
TRAIT = (
    rf"(?:{WHOSE}_)?(?:gender(?:_?(?:identity|code))?|sex|geschlecht|sexe|sexo|sesso|genero|pronouns?|"
    r"birth_?(?:day|date|year|month|place)|date_?of_?birth|dob|year_of_birth|country_of_birth|geburts(?:datum|tag|jahr)|"
    r"date_(?:de_)?naissance|fecha_(?:de_)?nacimiento|data_(?:de_|di_)?nascita|data_(?:de_)?nascimento|"
    r"marital_?status|marital|family_?status|familienstand|etat_civil|situation_familiale|estado_civil|stato_civile|"
    r"spouse(?:_(?:name|age|gender|birth_?date))?|wedding_?(?:date|day|anniversary|year)|anniversary|"
    r"nationalit(?:y|at|aet|e)|nacionalidad|nacionalidade|nazionalita|citizenship|staatsangehorigkeit|staatsangehoerigkeit|"
    r"religion|religious_(?:affiliations?|beliefs?|views?|denomination|preference|faith|background)|konfession|religione|"
    r"religiao|ethnic(?:ity|_(?:group|origin|background|code|heritage))|ethnie|race|skin_colou?r|disabilit(?:y|ies)|"
    r"disabled_person|sexual_(?:orientation|preference)|pregnan(?:t|cy)|veteran(?:_status)?|"
    r"political_?(?:part(?:y|ies)|affiliations?|views?|opinions?|leanings?|orientation|beliefs?|preference|donations?)|"
    r"(?:trade_)?union_member(?:ship)?|(?:number_of_|num_)?children|has_children|kids)|"
    r"(?:contact|lead|person|prospect|owner|ceo|founder|user)_age|age_?(?:group|range|bracket|band|in_years)|"
    r"(?:inferred|predicted|estimated|self_reported|declared|likely)_(?:gender|sex|age|ethnicity|race|religion|"
    r"nationality)|is_(?:female|male|woman|man|married|single|divorced|pregnant|disabled|veteran|immigrant|parent)|"
    r"(?:gender|geschlecht|sexe|sexo|sesso|race|ethnicity|religion|nationality|age|alter)_"
    r"(?:kontakt|contact|person|lead|ethnicity|race)|courtesy_title|altersgruppe|tranche_d?_?age|"
    r"race_ethnicity|racial_group|caste|mother_tongue|native_language|muttersprache|place_of_birth|birth_decade|"
    r"geburtsort|lieu_de_naissance|has_(?:kids|children)|disability_status|preferred_pronouns|immigration_status|"
    r"health_condition|blood_type|"
    r"geslacht|kjonn|plec|pohlavi|sukupuoli|geschlechtsidentitat|birth_?dt|birthday_month|geburts(?:jahr|monat|name|land)|"
    r"geboorte(?:datum|plaats)|fodelse(?:datum|ar)|fodselsdato|data_urodzenia|datum_narozeni|syntymaaika|"
    r"annee_de_naissance|an[no]o_(?:de_|di_)?(?:nacimiento|nascita|nascimento)|zodiac(?:_sign)?|star_sign|sternzeichen|"
    r"faith|godsdienst|religie|wyznanie|glaubensrichtung|kirchensteuer(?:pflicht)?|church_member(?:ship)?|"
    r"ethnicite|etnia|etnicidad|etnicidade|rasse|raza|raca|razza|hautfarbe|couleur_de_peau|minority_status|is_minority|"
    r"(?:is_)?hispanic(?:_or_latino)?|migrationshintergrund|migration_background|"
    r"nationaliteit|nationalitet|narodowosc|staatsburgerschaft|ciudadania|cittadinanza|"
    r"sexuelle_orientierung|orientation_sexuelle|orientacion_sexual|orientacao_sexual|orientamento_sessuale|(?:is_)?lgbtq?\w*|"
    r"medical_condition|medical_history|diagnosis|krankheit(?:en)?|behinderung|schwerbehinder(?:t|ung)|grad_der_behinderung|"
    r"(?:is_)?handicap(?:ped)?|situation_de_handicap|discapacidad|deficiencia|disabilita|blood_?group|blutgruppe|allergies|"
    r"trade_union|gewerkschaft(?:smitglied(?:schaft)?)?|syndicat|political_party|politische_(?:partei|gesinnung|meinung)|"
    r"party_affiliation|registered_party|opinion_politique|parteimitglied(?:schaft)?|criminal_record|vorstrafen|"
    r"zivilstand|civil_status|parental_status|burgerlijke_staat|sivilstand|civilstand|stan_cywilny|familiensituation|"
    r"(?:number_of_|num_)kids|kinderzahl|anzahl_kinder|nombre_d_?enfants|numero_de_hijos|visa_status|work_permit(?:_status)?|"
    r"alter_in_jahren|edad_contacto|age_(?:of_)?(?:the_)?(?:contact|lead|person|buyer|ceo|founder)"
)
PERSON = (
    r"fname|lname|familienname|primary_contact|key_contact|main_contact|billing_contact|"
    r"(?:.+_)?(?:first_?name|last_?name|sur_?name|given_?name|family_?name|middle_?name|maiden_?name|nick_?name|"
    r"full_?name|fore_?name)|(?:.+_)?salutation|name_?(?:prefix|suffix)|honorific.*|user_?name|"
    rf"(?:{_PEOPLE})_?name|contact_?person|vor_?name|nach_?name|anrede|ansprechpartner(?:in)?|prenom|"
    r"nom_de_famille|civilite|apellidos?|primer_nombre|nombre_de_pila|tratamiento|cognome|sobrenome|imie|nazwisko|"
    r"linked_?in_?(?:bio|url|profile)|twitter_?handle|photo_?url|signature|"
    r"voornaam|achternaam|tussenvoegsel|fornavn|efternavn|etternavn|fornamn|efternamn|etunimi|sukunimi|jmeno|prijmeni|"
    r"keresztnev|vezeteknev|nom_complet|nombre_completo|nome_completo|nome_proprio|primeiro_nome|ultimo_nome|"
    r"segundo_nombre|(?:primer|segundo)_apellido|nom_(?:d_?usage|de_naissance|(?:du_)?contact|(?:du_)?dirigeant)|"
    r"prenom_nom|nom_prenom|vollstandiger_name|kontakt(?:person|name)|contact_?persoon|contactpersoon|kontaktperson|"
    r"nombre_(?:del?_)?contacto|nome_(?:del?_|do_)?(?:contatto|contato)|"
    rf"name_of_(?:the_)?(?:{_PEOPLE})|person_?name|initials|initialen|middle_initial|rufname|spitzname|geburtsname|"
    r"(?:account_|customer_)?(?:referred|introduced|recommended)_by_(?:name|person|contact)|referrer_name|geworben_von_name|"
    r"login_name|benutzer_?name|nom_d_?utilisateur|nombre_de_usuario|nome_(?:utente|de_usuario)|gebruikersnaam|anvandarnamn|"
    r"brugernavn|screen_name|(?:twitter|instagram|tiktok|github|mastodon|slack|telegram|discord)_?(?:handle|user_?name|name)|"
    r"(?:social_)?handle|skype(?:_?(?:id|name))?|wechat(?:_id)?|(?:facebook|xing|linkedin|instagram|twitter|github)_profile"
    r"(?:_url)?|avatar(?:_url)?|profile_(?:picture|photo)(?:_url)?|photo"
)
DOUBTFUL_TRAITS = r"age|alter|edad|idade|eta|age_years"
#: What a state, a bank or a machine calls somebody.
IDENTITY = (
    rf"(?:{WHOSE}_)?(?:ssn|social_?security(?:_?(?:number|no|nr|num|id))?|social_insurance_number|sin_number|nino|"
    r"national_?id(?:entity|entification)?(?:_?(?:number|no|nr|card))?|national_insurance(?:_(?:number|no))?|ni_number|"
    r"nhs_number|passport_?(?:number|no|nr|id)|passnummer|reisepass(?:nummer|_?nr)?|personalausweis(?:nummer|_?nr)?|"
    r"ausweis_?(?:nummer|nr)|driv(?:er|ers|ing)_?licen[cs]e(?:_?(?:number|no|nr|id))?|fuhrerschein_?(?:nummer|nr)|"
    r"sozialversicherungs_?(?:nummer|nr)|sv_(?:nummer|nr)|rentenversicherungs_?(?:nummer|nr)|"
    r"steuer_?(?:id|identifikationsnummer|ident_?nr)|ahv_?(?:nummer|nr)|numero_(?:de_)?(?:securite_sociale|secu)|"
    r"dni(?:_nie)?|nif_nie|cpf|curp|codice_fiscale|pesel|bsn|burgerservicenummer|person_?nummer|personnr|"
    r"fodselsnummer|cpr_?(?:nummer|number|nr)|henkilotunnus|rodne_cislo|aadhaar(?:_?(?:number|no))?|"
    r"pan_card(?:_?(?:number|no))?|id_card(?:_?(?:number|no))?|identity_(?:card|document|number)(?:_(?:number|no))?|"
    r"tax_file_number|individual_tax(?:payer)?_id(?:_number)?|itin|"
    r"iban|bank_?account(?:_?(?:number|no|nr|holder))?|konto_?(?:nummer|nr)|kontoinhaber|account_holder|"
    r"credit_?card(?:_?(?:number|no|nr|expiry|cvv))?|card_?(?:number|no|pan)|kreditkarten?_?(?:nummer|nr)|cvv|"
    r"numero_(?:de_)?(?:carte|tarjeta|cuenta)|"
    r"(?:(?:last|first|signup|sign_up|login|client|remote|source|user)_)?ip_?addr(?:ess(?:es)?)?|"
    r"(?:last|first|signup|login|client|remote|user)_ip|ipv[46](?:_address)?|mac_?addr(?:ess)?|device_fingerprint|"
    r"advertising_id|idfa|gaid|cookie_id|(?:ga_)?visitor_id|user_agent|"
    r"home_(?:address|street|zip|zip_code|postal_code|city)|private?_(?:anschrift|adresse|address))"
)
#: Names that may be of somebody: the values must tell.
DOUBTFUL_PERSON = (
    r"(?:account_|customer_)?(?:referred|introduced|recommended|invited|signed|approved|sponsored)_by|referrer|referral|"
    r"empfohlen_von|geworben_von|recommande_par|recomendado_por|indicado_por|presentato_da|ceo|cfo|cto|coo|founders?|"
    r"(?:managing_)?director|manager|supervisor|reports_to|assistant|champion|decision_?maker|buyer|signer|sponsor|"
    r"geschaftsfuhrer(?:in)?|inhaber(?:in)?|gerant|dirigeant|gerente|titolare|contacts?|kontakt|contacto|contatto|contato|"
    r"person|user|member|participant|attendee|speaker|host|employee|mitarbeiter(?:in)?|name"
)
#: Columns with such a name are of a person if they hold an address or a phone number, be it one.
_CONTACT = re.compile(
    r"e[_-]?mail|mail_?addr|phone|telefon|(^|_)(tel|fax|telefax|mobile?|mobil|handy|cell|celular|movil|cellulare|portable|whatsapp|"
    r"rufnummer|tlf|puhelin|tel_?(no|nr|num)|fax_?(no|nr|num))(_?(number|no|nr|nummer))?(_|$)"
)


def names_contact(name: str) -> bool:
    """Whether a name says that a column may hold addresses or phone numbers of persons."""
    return _CONTACT.search(name.lower()) is not None or _CONTACT.search(plain_name(name)) is not None
