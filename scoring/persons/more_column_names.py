"""More names of columns of persons: flags of one trait, other tongues, and what the table they stand in decides.

See `scoring.persons.column_names`, where the commonest are.
"""

import re
from collections.abc import Iterator

from scoring.contracts.column_names import plain_name
from scoring.persons.written import HANDLES, LOOKS, MACHINES, PERHAPS, PHONES, Look

_RELIGIONS = (
    "muslim|jewish|christian|catholic|protestant|hindu|buddhist|sikh|atheist|religious|mormon|evangelical|muslima?|jude|"
    "katholisch|evangelisch"
)
_ORIGINS = (
    "black|white|asian|latin[oax]|hispanic|african_?american|caucasian|arab|indigenous|native_american|poc|bipoc|foreign(?:er)?|"
    "foreign_born|migrant|refugee|roma"
)
_LOVES = (
    "gay|lesbian|bi|bisexual|straight|heterosexual|homosexual|trans|transgender|queer|lgbt\\w*|nonbinary|non_binary|cis"
)
_GENDERS = (
    "male|female|m|f|w|d|x|man|woman|men|women|mann|frau|divers|flag|unknown|other|nonbinary|non_binary|fem|masc|"
    "ind(?:icator)?"
)
_STATES = "married|single|divorced|widowed|separated|engaged"
_HEALTH = "disabled|deaf|blind|pregnant|handicapped|hiv_?(?:positive|status)?|autistic|on_maternity_leave|smoker"
TRAIT = (
    # One column for each level, as models are fed.
    rf"(?:is|flag|ist|has_been|dummy)_(?:{_RELIGIONS}|{_ORIGINS}|{_LOVES}|{_HEALTH}|{_STATES}|republican|democrat|"
    r"union_member|mother|father|elderly|senior_citizen|woman_owned_by_gender)|"
    rf"(?:gender|sex|geschlecht|sexe|sexo|genero)_(?:{_GENDERS})|"
    rf"(?:race|ethnicity|ethnic)_(?:{_ORIGINS}|other|unknown|flag|code|name)|"
    rf"(?:religion|faith|confession|konfession)_(?:{_RELIGIONS}|other|none|unknown|flag|code|name)|"
    rf"(?:marital(?:_status)?|familienstand)_(?:{_STATES}|other|unknown|code|flag)|(?:female|male)_(?:flag|ind|yn)|"
    r"kon|kjonn|kyn|пол|pol_ru|pol_plec|性别|性別|성별|cinsiyet|cins|nem_ferfi|spol|pohlavie|sukupuoli|"
    r"(?:gender|sex|race|religion|ethnic|ethnicity)_(?:cd|pref|preference|type|key|desc|description|label|text|value)|"
    r"pronouns?(?:_(?:pref(?:erence|erred)?|choice))?|"
    r"yob|dob_(?:year|month|day)|year_born|born(?:_(?:in|on|year|date))?|b_?day|geb_?(?:datum|dat|jahr|tag)|birth_?dat|"
    r"date_?de_?naissance|дата_рождения|生年月日|出生日期|dogum_tarihi|birth_(?:country|city|town|day_month)|"
    r"country_of_origin_(?:contact|person)|(?:national|ethnic)_origin|foreign_born|birth_nationality|"
    r"race_code|racial_(?:identity|background|origin|category)|ethnicity_(?:code|group|category|desc)|skin_?(?:tone|colou?r)|"
    r"ancestry|heritage_ethnic|national_heritage|religious|denomination|religious_denomination|"
    r"(?:hiv|health|mental_health|medical)_(?:status|condition|conditions|history)|mental_health|medical_conditions|"
    r"disability_(?:type|flag|code|degree)|disabled|(?:maternity|paternity|parental|sick)_leave|(?:number_of_|num_)?dependents|"
    r"(?:marriage|civil)_status|(?:household|personal|family|individual)_income|income_household|net_worth_personal|"
    r"sexuality|sexual_(?:pref|identity)|gender_expression|(?:political_)?party_member(?:ship)?|political_(?:leaning|ideology)|"
    r"voter_registration|voting_history|criminal_history|conviction(?:s)?_record|weight_kg_person|body_weight|bmi|"
    r"genetic_(?:data|test)|biometric(?:s|_data)?"
)
PERSON = (
    r"vorstand(?:svorsitzender)?|(?:inhaber|geschafts?fuhrer|geschaeftsfuehrer|gf|vorstand|prokurist|eigentumer|owner_person)"
    r"(?:in)?_name|geschaeftsfuehrer(?:in)?|legal_representative(?:_name)?|representant_legal|representante_legal|"
    r"signatory(?:_name)?|authori[sz]ed_signatory|executive_sponsor(?:_name)?|prokurist|"
    r"(?:primary|main|key|billing|shipping|technical|secondary|executive|emergency|invoice|sales|support)_?contact_?\d?_name|"
    r"contact_?\d+(?:_name)?|(?:director|founders?|co_?founders?|president|chairman|sponsor|assistant|supervisor|referrer|"
    r"approver|recipient|caller|attendee|speaker|member|partner_contact|agent|cmo|cio|cpo|vp|md)_names?|"
    r"isim|soyad|soyisim|ad_soyad|имя|фамилия|отчество|фио|氏名|姓名|名字|이름|nume|prenume|ime|prezime|"
    r"greeting|greeting_name|briefanrede|anrede_kurz|anrede_text|titel_anrede|display_?name"
)
IDENTITY = (
    r"cnp|egn|oib|jmbg|rut|rfc|nif|nie|tckn|tc_kimlik(?:_no)?|cedula(?:_(?:de_)?(?:identidad|ciudadania))?|svnr|sv_nr|nric|"
    r"снилс|паспорт|passport|ssn_?last_?(?:4|four)|last_?(?:4|four)_ssn|ssn_4|iban_(?:number|no|nr)|"
    r"cc_(?:number|no|num|last_?4)|card_?last_?(?:4|four)|last_?4_?(?:card|digits)|last_login_ip(?:_address)?|"
    r"(?:last_)?(?:seen|visit|session|registration|created|ip)_(?:from_)?ip(?:_address)?|身份证号?|my_number"
)
#: What is of somebody in a table of people, and may be of a company, a product or a portal in one of accounts: there
#: the values tell.
OF_PEOPLE = (
    r"photo|signature|user_agent|handle|faith|plec|itin|cvv|initials|(?:trade_)?union_member(?:ship)?|minority_status|"
    r"generation|age_?(?:group|range|bracket|band|class)|country_of_origin|kon|rut|rfc|nif|nie|ime|nume|religious|"
    r"denomination|greeting|display_?name|disabled|gender_other|(?:cooking|food|company|brand|corporate)_\w+|anniversary|"
    r"konf|race|ancestry|cnp|oib|egn|bi"
)
#: Of a table of people only.
TRAIT += r"|generation|age_?class|konf|country_of_origin"
_WHOSE = (
    "contact|kontakt|contacto|contato|contatto|lead|person|prospect|ansprechpartner|interessent|owner|ceo|founder|user|"
    "employee|manager|champion|signer|decision_maker|buyer|customer_contact|main_contact|primary_contact|kontaktperson"
)
_BEFORE, _AFTER = (
    re.compile(rf"^(?:{_WHOSE})_(?P<rest>.+)$"),
    re.compile(rf"^(?P<rest>.+?)_(?:of_(?:the_)?)?(?:{_WHOSE})$"),
)
#: After such a word these are something else: `lead_generation`, `user_agent`.
_OTHERWISE = frozenset(["generation", "source", "status", "agent", "handle", "name", "person", "contact"])
#: Names of companies and places are often those of persons: `Paul Hartmann`, `Charlotte`.
_COMPANIES = re.compile(
    r"(?:.+_)?(?:parents?|parent_company|holding|hq|headquarters?|brands?|compan(?:y|ies)|suppliers?|vendors?|manufacturers?|"
    r"competitors?|city|town|ort|stadt|ville|ciudad|cidade|citta|region|state|county|district|location|site|plant|standort|"
    r"muttergesellschaft|konzern|marke|hersteller|lieferant|firm|firma|street|strasse)(?:_(?:name|city|tier|group))?"
)
_MACHINE_NAMES = re.compile(
    r"(?:.*_)?(?:ip|ips|ipv[46]|ip_?addr(?:ess)?|addr(?:ess)?|adresse|host|hosts|hostname|server|mac)(?:_.*)?"
)
#: Bands, versions and the like: three and four numbers there are no phone numbers and no address of a computer.
_NUMBER_NAMES = re.compile(
    r"(?:.*_)?(?:time_?frame|period|zeitraum|quotes?|band|bands|range|revenue|turnover|umsatz|employees?|size|"
    r"headcount|versions?|release|build|firmware|software|kernel|patch|sku|part_no|budget|spend|fiscal|year|years|amount)(?:_.*)?"
)


def without_whose(name: str) -> Iterator[str]:
    """A plain name without the word for whose it is, wherever that stands: `kontakt_geschlecht`."""
    for found in (_BEFORE.match(name), _AFTER.match(name)):
        if found and found["rest"] not in _OTHERWISE:
            yield found["rest"]


def names_company(name: str) -> bool:
    """Whether a name says that a column holds companies or places."""
    return _COMPANIES.fullmatch(plain_name(name)) is not None


def looks_for(name: str, *, of_accounts: bool) -> tuple[Look, ...]:
    """What the cells of a column may look like: what its name and its table say is something else is left out.

    Parameters
    ----------
    name : str
    of_accounts : bool
        Whether it is a column of accounts, which have pages and booths: `twitter.com/acme`, `Hall#1234`.
    """
    spelled = plain_name(name)
    numbers = _NUMBER_NAMES.fullmatch(spelled) is not None
    company_pages = tuple(look for look in PERHAPS if look.words == "profiles of persons") if of_accounts else ()
    without: set[Look] = set(company_pages)
    if numbers:
        without |= {PHONES, *(look for look in PERHAPS if look.words in ("phone numbers", "national ids"))}
    if numbers and not _MACHINE_NAMES.fullmatch(spelled):
        without.add(MACHINES)
    if of_accounts and re.fullmatch(r"(?:.*_)?(?:booth|hall|stand|room|halle|raum|slot|seat)(?:_.*)?", spelled):
        without.add(HANDLES)
    return tuple(look for look in LOOKS if look not in without)
