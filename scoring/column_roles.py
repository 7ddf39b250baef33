"""What the name of a column says that it holds, where that is nothing to learn from: an id, a count of touches.

Only whole words count: `employees`, `ownership` and `name_of_erp` stay attributes. Words are those of CRMs in English,
and the commonest of German, French, Spanish, Portuguese and Italian.
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """What a column holds, and why that is not learned from.

    Attributes
    ----------
    name : str
        One word for it, as in the rule of a suspicion.
    words : str
        What the column holds, in words, as in `left out visits: a count of touches`.
    reason : str
        Why it is not learned from.
    leaks : bool
        Whether it is quarantined, since its value follows from deals or touches, rather than left out.
    numbers : bool
        Whether only a column of numbers can have this role.
    """

    name: str
    words: str
    reason: str
    leaks: bool = False
    numbers: bool = False

    @property
    def why(self) -> str:
        """What it holds and why it is not learned from."""
        return f"{self.words}: {self.reason}"


TOUCHES = Role(
    "counts_touches",
    "by its name a count of touches",
    "touches are counted by nobody here, and today's count was not known in the past",
    leaks=True,
    numbers=True,
)
LAST_TOUCH = Role(
    "dates_touches", "by its name the time of a touch", "today's value was not known in the past", leaks=True
)
SCORE = Role("is_a_score", "by its name a ready-made score", "it was made from what is scored here", leaks=True)
STAGE = Role(
    "is_a_stage", "by its name a stage or status", "it follows the deals, and today's was not known in the past",
    leaks=True,
)  # fmt: skip
DEALS = Role("tells_of_deals", "by its name made from the deals", "today's value was not known in the past", leaks=True)
OWNER = Role("owner", "whose it is", "a role that is carried and shown, but never learned from")
CURRENCY = Role("currency", "the currency", "a role that is carried and shown, but never learned from")
RECORD = Role("record", "an id of a record", "it names one record and says nothing of others")
PERSON = Role("person", "the name of a person", "it says who somebody is, not what an account needs")
TRAIT = Role("trait", "a protected trait of a person", "nobody is scored by who they were born")
EXPORTER = Role("exporter", "written by an exporter or the CRM itself", "it says when and how a row was written")

_TOUCH = (
    "sessions?|visits?|page_?views?|views|clicks?|opens?|opened|emails?|mails?|e_mails?|calls?|meetings?|"
    "notes?|tasks?|"
    "activit(?:y|ies)|touch(?:es)?|touch_?points?|interactions?|engagements?|contacted|repl(?:y|ies)|"
    "replied|responses?|"
    "submissions?|form_?(?:fills?|submits?)|downloads?|log_?ins?|demos|demo_requests|event_completions?|"
    "chats?|messages?|impressions?|conversion_events?|appointments?|webinars?_attended|"
    "besuche|anrufe|aufrufe|seitenaufrufe|oeffnungen|offnungen|klicks|aktivitaten|aktivitaeten|termine|"
    "notizen|sitzungen|"
    "visites|appels|clics|ouvertures|rendez_vous|pages_vues|activites|"
    "visitas|llamadas|aperturas|reuniones|sesiones|paginas_vistas|actividades|ligacoes|reunioes|sessoes|"
    "visite|chiamate"
)
_DONE = (
    "sent|received|opened|clicked|delivered|bounced?|replied|made|booked|held|attended|completed|logged|submitted|"
    "sends|count|cnt|counter|total|num|number|nr|lifetime|all_time|to_date|ytd|mtd|(?:last_|past_)?\\d+_?d(?:ays?)?|"
    "(?:last|past|this)_(?:\\d+_)?(?:days?|weeks?|months?|quarters?|years?)|l\\d+d?|since_last_engagement"
)
_HOW_MANY = (
    "num|number|no|nr|nb|count|cnt|total|times|n|sum|anzahl|nombre|numero|number_of|num_of|total_number|how_many"
)
_OF = "(?:_(?:of|de|d|der|do|di))?"
_DAY = "(?:_(?:date|at|on|time|timestamp|datetime|day|ts|type|by|days?|days_ago|datum|data|fecha))*"
_LAST = (
    "activity|activities|contact|contacted|touch|touched|touchpoint|visit|visited|seen|login|log_in|"
    "logged_in|engaged|"
    "engagement|e?_?mail(?:ed)?|call|called|meeting|booked_meeting|viewed|referenced|open|opened|click|clicked|reply|"
    "replied|session|interaction|note|conversion|response|outreach|reached|event|download|submission|marketing_email"
)
_DEAL = "deals?|opportunit(?:y|ies)|opps?"
_WHOSE = "(?:account|company|contact|lead|customer|person|organi[sz]ation|prospect|client|record)"
_PEOPLE = "contact|person|lead|employee|ceo|cfo|cto|coo|manager|user|champion|signer|decision_maker|buyer|founder|rep"

#: The first pattern that matches the whole name wins.
_PATTERNS: tuple[tuple[Role, str], ...] = (
    (
        EXPORTER,
        r"(?:fivetran|airbyte|sdc|dlt|dbt|etl|elt|stitch|hevo|rivery|meltano|singer|dwh|datastream|cdc)_.+|"
                r"index_level_\d+|level_\d+|unnamed(?:_\d+)?(?:_level_\d+)?|file_row_number|row_?num(?:ber)?|row_?id|"
                r"row_no|"
        r"row_?(?:checksum|hash|version|key|count)|line_?num(?:ber)?|record_?(?:number|no|version|hash)|lfd_?nr|"
        r"(?:do_not_modify_)?(?:row_checksum|modified_on)|checksum|md5(?:_hash)?|hash_?(?:key|diff)|etag|"
        r"(?:is_?|_)?(?:deleted|archived|merged)(?:_(?:at|on|date|flag|by))?|is_?active_record|"
        r"is_current(?:_record)?|"
        r"system_?mod_?stamp|(?:is_?)?last_?modified.*|modified(?:_?(?:at|on|by|date|time|user).*)?|date_modified|"
        r"modified_date_time|created?_?(?:at|on|date|time|timestamp)|date_created|createdate|"
        r"(?:last_?)?updated(?:_?(?:at|on|by|date|time|timestamp|user|id).*)?|date_updated|update_?(?:date|"
        r"time|ts|user)|"
        r"last_?update(?:_?(?:date|time|by|at))?|lastupdate|created?_?by.*|create_user|entered_by|inserted_by|"
        r"(?:loaded|inserted|ingested|extracted|synced|exported|imported|processed|refreshed)_?"
        r"(?:at|on|date|time|ts|timestamp|utc|by)|"
        r"(?:load|insert|ingest|ingestion|extract|extraction|sync|export|import|refresh|batch|snapshot)_"
        r"(?:date|time|ts|timestamp|id|at|utc|batch|run|job)|"
        r"last_?(?:sync|synced|synced_at|sync_at|sync_date|import|refresh)(?:_.*)?|source_?(?:file|system_?id|table)|"
        r"file_?name|file_?path|valid_(?:from|to|until)|dss_.+|surrogate_key|version_number|object_?version|"
        r"geandert_(?:am|von)|geaendert_(?:am|von)|erstellt_von|zeilen?_?nummer|modifie_(?:le|par)|cree_par|"
        r"numero_de_ligne|modificado_(?:el|em|por)|creado_por|criado_por|modificato_(?:il|da)|creato_da",
    ),
    (
        OWNER,
        r"(?:(?!home|business|product|process|pet|car|store|shop|franchise|family|land|majority|minority).+_)?"
        r"owner(?:_?(?:id|ids|name|user|alias|team|key|assigned_?date|email))*|owner_?id|ownerid|owneridname|"
        r"owner_?id_type|"
        r".*_?ownerid|(?:sales|inside|field|account)_(?:rep|representative|executive|manager)(?:_(?:id|name))?|"
        r"assigned_?(?:to|user|rep)?(?:_(?:id|name))?|assignee(?:_(?:id|name))?|sdr|bdr|(?:sdr|bdr|csm|ae|"
        r"am)_(?:id|name)|"
        r"rep|reps|ae|csm|account_exec|customer_success(?:_manager)?|team_member|vertriebler|vertriebsmitarbeiter(?:in)?|"
        r"besitzer|zustandig(?:er)?|zustaendig(?:er)?|verantwortliche?r?|kundenbetreuer|betreuer|proprietaire|"
        r"propietario|responsable|responsavel|proprietario",
    ),
    (
        CURRENCY,
        r"(?:(?!multi).+_)?(?:currency|waehrung|wahrung|devise|moneda|moeda|valuta)(?:_?(?:code|iso_?code|iso|id))*|"
        r"currencyisocode|transactioncurrencyid",
    ),
    (
        TRAIT,
        rf"(?:{_WHOSE}_)?(?:gender(?:_?(?:identity|code))?|sex|geschlecht|sexe|sexo|sesso|genero|pronouns?|"
        r"birth_?(?:day|date|year|month|place)|date_?of_?birth|dob|year_of_birth|country_of_birth|"
        r"geburts(?:datum|tag|jahr)|"
        r"date_(?:de_)?naissance|fecha_(?:de_)?nacimiento|data_(?:de_|di_)?nascita|data_(?:de_)?nascimento|"
        r"alter|edad|idade|eta|marital_?status|marital|family_?status|"
        r"familienstand|etat_civil|situation_familiale|estado_civil|stato_civile|spouse.*|wedding_.+|anniversary|"
        r"nationalit(?:y|at|aet|e)|nacionalidad|nacionalidade|nazionalita|citizenship|staatsangehorigkeit|"
        r"staatsangehoerigkeit|religion|religious_.+|konfession|religione|religiao|ethnic(?:ity|_.+)|ethnie|race|"
        r"skin_colou?r|disabilit(?:y|ies)|disabled_person|sexual_orientation|pregnan(?:t|cy)|veteran(?:_status)?|"
        r"political_.+|(?:trade_)?union_membership|(?:number_of_|num_)?children|has_children)|"
        r"(?:contact_|lead_|person_|prospect_)?age(?:_?(?:group|range|bracket|band|years|in_years))?|"
        r"(?:inferred|predicted|estimated|self_reported|declared|likely)_(?:gender|sex|age|ethnicity|race|religion|"
        r"nationality)|is_(?:female|male|woman|man|married|single|divorced|pregnant|disabled|veteran|immigrant|parent)|"
        r"(?:gender|geschlecht|sexe|sexo|sesso|race|ethnicity|religion|nationality|age|alter)_"
        r"(?:kontakt|contact|person|lead|ethnicity|race)|courtesy_title|altersgruppe|tranche_d?_?age|age_bracket|"
        r"race_ethnicity|racial_group|caste|mother_tongue|native_language|muttersprache|place_of_birth|birth_decade|"
        r"geburtsort|lieu_de_naissance|has_(?:kids|children)|disability_status|preferred_pronouns|immigration_status|"
        r"health_condition|blood_type",
    ),
    (
        PERSON,
        r"fname|lname|familienname|primary_contact|key_contact|main_contact|billing_contact|"
        r"(?:.+_)?(?:first_?name|last_?name|sur_?name|given_?name|family_?name|middle_?name|maiden_?name|nick_?name|"
        r"full_?name|fore_?name)|(?:.+_)?salutation|name_?(?:prefix|suffix)|honorific.*|user_?name|"
        rf"(?:{_PEOPLE})_?name|contact_?person|vor_?name|nach_?name|anrede|ansprechpartner(?:in)?|prenom|"
        r"nom_de_famille|civilite|apellidos?|primer_nombre|nombre_de_pila|tratamiento|cognome|sobrenome|imie|"
        r"nazwisko|"
        r"linked_?in_?(?:bio|url|profile)|twitter_?handle|photo_?url|signature",
    ),
    (
        DEALS,
        rf"(?:(?:{_HOW_MANY}){_OF}_)(?:(?:open|closed|won|lost|associated|total|all|active|past)_)*(?:{_DEAL})"
        rf"(?:_(?:open|closed|won|lost|count|total))*|(?:(?:open|closed|won|lost|"
        rf"associated)_)*(?:{_DEAL})_(?:count|num|total)|"
        r"(?:has|had|with)_(?:an?_)?(?:open_|won_|closed_|lost_)?(?:deal|opportunity)|(?:recent|last|first|"
        r"latest|newest)_"
        r"(?:deal|opportunity|order|won|closed).*|days_?to_?close|(?:is_?)?closed(?:_?(?:won|lost)(?:_.*)?|"
        r"_?(?:at|on|date|time|reason|by|amount|revenue))?|"
        r"(?:is_)?(?:won|lost)(?:_(?:at|on|date|time|reason|deals?|revenue|amount))?|loss_reason|lost_?reason.*|"
        r"won_?reason|win_reason|close_?d?_?(?:date|reason)|is_?converted|converted.*|conversion_date|date_converted|"
        r"hs_?is_closed.*|(?:is|was)_(?:a_)?(?:customer|client|kunde|cliente)|(?:customer|client|kunde|cliente)_?"
        r"(?:since|seit|depuis|desde|from|start_?date)|became_.+|date_entered_.+|date_exited_.+|time_in_.+_stage|"
        r"deal_?(?:amount|value|outcome|result|status)|opportunity_?(?:amount|value)",
    ),
    (
        LAST_TOUCH,
        rf"(?:.+_)?(?:last|latest|recent|most_recent|newest|next)_?(?:sales_|marketing_|web_|"
        rf"site_)?(?:{_LAST}){_DAY}|"
        rf"days_?since_?(?:last_|the_last_)?(?:sales_|marketing_)?(?:{_LAST})|(?:{_LAST})_days_ago|"
        r"notes_(?:last|next)_.+|last_?(?:activity|viewed|referenced|contacted)_?(?:date|id)|"
        r"first_(?:conversion|visit|"
        r"touch|seen|contacted|contact_created|outreach)(?:_.*)?|(?:analytics_)?(?:first|last)_(?:timestamp|"
        r"visit_timestamp)|"
        r"recent_conversion.*|letzte[rs]?_(?:aktivitat|aktivitaet|kontakt|besuch|anruf|termin).*|"
        r"tage_seit_.*(?:kontakt|aktivitat|aktivitaet)|derni(?:ere_activite|er_contact|ere_visite)|"
        r"ultim[ao]_(?:actividad|contacto|visita|atividade|contato|attivita|contatto)",
    ),
    (
        TOUCHES,
        rf"(?:.+_)?(?:{_HOW_MANY}){_OF}_(?:[a-z]+_)?(?:{_TOUCH})(?:_(?:{_DONE}))*|"
        rf"(?:[a-z]+_)?(?:{_TOUCH})(?:_(?:{_DONE}))+|(?:{_HOW_MANY})_contacted.*|"
        r"(?:web_|site_|website_|page_|marketing_|sales_|form_|email_)?(?:sessions|visits|page_?views|clicks|"
        r"opens|calls|"
        r"meetings|touches|touch_?points|interactions|activities|engagements|submissions|log_?ins|downloads|replies|"
        r"unsubscribes|bounces)|emails?_(?:open|click|delivered|bounce|replied|sends).*|(?:num|"
        r"total)_contacted_notes|"
        r"(?:inbound|outbound)_(?:calls|e?_?mails|meetings|messages)|(?:num|total|nb)(?:sessions|visits|"
        r"pageviews|clicks|calls|"
        r"meetings|emails|touches|activities)|e?mail(?:opens|clicks)|webinar_attend.*|demo_requests|form_fills|"
        r"average_page_?views|(?:num_)?unique_forms_submitted|num_form_submissions",
    ),
    (
        SCORE,
        rf"score|rating|probability|(?:{_WHOSE}|hubspot|hs|marketo|pardot|sugar|zoho|salesforce|sales|mql|sql|"
        rf"pql|icp|"
        r"engagement|behaviou?r|behaviou?ral|fit|intent|demographic|firmographic|predictive|predicted|propensity|"
        r"einstein|ai|ml|model|buying|readiness|hotness|likelihood)_?(?:score|rating|grade|points|tier_score|"
        r"ranking)(?:_.*)?|"
        r".*propensity.*|.*einstein.*|predictive_?(?:.*score.*|.*scoring.*|.+)|(?:win|close|closing|"
        r"conversion|buying|purchase|deal)_"
        r"(?:probability|likelihood|chance|score)|(?:likelihood|probability)_(?:to|of)_(?:clos|buy|purchas|conver|win|churn).*|contact_priority|"
        r"forecast_?category|(?:lead_|deal_)?temperature|lead_?(?:scoring|grade)|scoring|leadbewertung|"
        r"lead_?punkt(?:e|zahl)|puntuacion(?:_.*)?|pontuacao(?:_.*)?|score_(?:lead|prospect)|punteggio(?:_.*)?",
    ),
    (
        STAGE,
        r"status|stage|life_?cycle(?:_?(?:stage|status|phase))?|(?:account|contact|lead|customer|prospect|"
        r"client|sales|deal|opportunity|pipeline|funnel|"
        r"buying|buyer|marketing|mql|sql)_?(?:status|stage|phase)|(?:life_?cycle|lead)_?(?:stage|status)_.+|status_?"
        r"(?:code|reason|label)|statecode|pipeline|lead_?status|kundenstatus|lead_?phase|vertriebsphase|"
        r"lebenszyklus(?:_?phase)?|phase_du_cycle_de_vie|statut(?:_du_lead|_client)?|etapa(?:_.*)?|fase_(?:do|"
        r"del)_.+|"
        r"estado_del_(?:lead|cliente)|situacao|stato_(?:lead|cliente)",
    ),
)  # fmt: skip

#: Whose ids a column holds if its name says so, also without a separator, as Salesforce and Dynamics write it.
_RECORDS = (
    r"master_?record_?id|(?:.*_)?(?:account|contact|company|organi[sz]ation|customer|client|person|lead|deal|opportunity|"
    r"parent|master|user|"
    r"object|external|record|individual|household)_?(?:ids?|guid|uuid)|zcrm_.+"
)
#: Other names that end like an id.
_ID = re.compile(
    r"(?:.*_)?(?:ids?|guid|uuid|gid)|(?:.*_)?(?:account|customer|client|contact|record)_?(?:number|no|nr|key)"
)
#: What integrations put in front of the names of a CRM.
_PREFIX = re.compile(r"^(?:properties_+|property_+|hs_|hubspot_|sf_|sfdc_|crm_|analytics_|custom_|c_|x_)+(?=[a-z])")
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in (*_PATTERNS, (RECORD, _RECORDS)))
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def plain(name: str) -> str:
    """A name in lower case, its words joined by one underscore, without accents and without what integrations add.

    `Last Activity Date`, `LastActivityDate__c` and `properties_hs_last_activity_date` are `last_activity_date`.
    """
    text = unicodedata.normalize("NFKD", _WORDS.sub("_", name).replace("ß", "ss"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).lower()
    text = re.sub(r"__c$|_c$|__pc$", "", text)
    text = re.sub(r"[\W_]+", "_", text).strip("_").replace("hub_spot", "hubspot")
    return _PREFIX.sub("", text)


def role_of(name: str, *, numeric: bool) -> Role | None:
    """What a column holds by its name, if that is nothing to learn from.

    Parameters
    ----------
    name : str
        As the export writes it, or as a canonical column.
    numeric : bool
        Whether it holds numbers. A count has them; `notes` in words are no count.

    Examples
    --------
    >>> role_of("hs_analytics_num_page_views", numeric=True).name
    'counts_touches'
    >>> role_of("number_of_employees", numeric=True) is None
    True
    """
    written = name.strip().lower()
    if written in ("_row", "_file", "_line", "_id", "_rev", "_deleted", "_synced", "_partitiontime"):
        return EXPORTER
    if written.startswith(("_fivetran", "_airbyte", "_ab_", "_sdc", "_dlt", "_dbt", "__index_level")):
        return EXPORTER
    spelled = plain(name)
    for role, pattern in _COMPILED:
        if pattern.fullmatch(spelled) and (numeric or not role.numbers):
            return role
    return None


def names_an_id(name: str) -> bool:
    """Whether a name says that the column holds ids. Few different ones may still be a code, as of an industry."""
    return _ID.fullmatch(plain(name)) is not None
