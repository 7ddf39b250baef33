"""The names of columns that hold nothing to learn from, as patterns by role: see `scoring.columns.roles`.

A pattern must match a whole plain name. It names what a column surely holds, and so ends in a list of words and never
in anything: `wedding_venue` is no trait of a person. Scores have a file of their own, `score_patterns`.
"""

#: What is counted of touches.
_TOUCH = (
    "sessions?|visits?|page_?views?|views|clicks?|opens?|opened|emails?|mails?|e_mails?|calls?|meetings?|notes?|tasks?|"
    "activit(?:y|ies)|touch(?:es)?|touch_?points?|interactions?|engagements?|contacted|repl(?:y|ies)|replied|responses?|"
    "submissions?|form_?(?:fills?|submits?|submissions?)|downloads?|log_?ins?|demos|demo_requests|event_completions?|"
    "chats?|messages?|impressions?|conversion_events?|appointments?|webinars?(?:_attended)?|contacts_made|events?|"
    "besuche|anrufe|aufrufe|seitenaufrufe|oeffnungen|offnungen|klicks|aktivitaten|aktivitaeten|termine|notizen|sitzungen|"
    "kontakte|visites|appels|clics|ouvertures|rendez_vous|pages_vues|activites|visitas|llamadas|aperturas|reuniones|"
    "sesiones|paginas_vistas|actividades|ligacoes|reunioes|sessoes|visite|chiamate|mtgs?|appts?|voicemails?|sms|inmails?|"
    "kontakt(?:haufigkeit|haeufigkeit|frequenz)|besuchs(?:haufigkeit|haeufigkeit|frequenz)|contactmomenten|bezoeken|gesprekken|"
    "telefoontjes|afspraken|activiteiten|moten|samtal|besok|mejl|aktiviteter|moder|moter|opkald|besog|kontaktow|spotkan|"
    "wizyt|rozmow|polaczen|aktywnosci|klikniec|schuzek|navstev|hovoru|incontri|riunioni|appuntamenti|attivita|reunions|"
    "echanges|entretiens|interacciones|interacoes|correos|cliques|visualizacoes|visualizzazioni"
)
#: By whom or where: no other word may stand before a touch, so that `patient_visits` are for the values to tell.
_KIND = (
    "web|site|website|page|marketing|sales|email|e_mail|mail|form|inbound|outbound|unique|open|logged|phone|product|portal|"
    "app|completed|incoming|outgoing|recent|past|trial|landing_page|content|crm|lead|contact|account|rep|bdr|sdr|user|blog|"
    "linkedin|social|demo|webinar|video|chat|campaign|newsletter|ad|ads|unanswered|missed|tracked|qualified"
)
_DONE = (
    "sent|received|opened|clicked|delivered|bounced?|replied|made|booked|held|attended|completed|logged|submitted|"
    "sends|count|counts|cnt|ct|counter|total|num|number|nr|lifetime|all_time|to_date|ytd|mtd|qtd|anzahl|"
    r"(?:last_|past_)?\d+_?d(?:ays?)?|(?:last|past|this|prior|previous)_(?:\d+_?)?(?:d|days?|weeks?|months?|quarters?|years?)|"
    r"l\d+d?|since_last_engagement"
)
_HOW_MANY = (
    "num|number|no|nr|nb|nbr|count|cnt|ct|total|tot|times|n|sum|anzahl|anz|nombre|numero|quantidade|cantidad|"
    "number_of|num_of|total_number|total_num|how_many|aantal|antal|antall|liczba|ilosc|pocet"
)
_OF = "(?:_(?:of|de|d|der|do|di))?"
_DAY = "(?:_(?:date|at|on|time|timestamp|datetime|day|ts|type|by|days?|days_ago|datum|data|fecha))*"
_LAST = (
    "activity|activities|contact|contacted|touch|touched|touchpoint|visit|visited|seen|login|log_in|logged_in|engaged|"
    "engagement|e?_?mail(?:ed)?|call|called|meeting|booked_meeting|viewed|referenced|open|opened|click|clicked|reply|"
    "replied|session|interaction|note|conversion|response|outreach|reached|download|submission|marketing_email|active|"
    "task|page_view|web_visit|demo|webinar|form_submission|inbound|outbound|touch_point"
)
_DEAL = "deals?|opportunit(?:y|ies)|opps?|abschluesse|abschlusse|verkaufschancen|affaires|oportunidades|negocios"
#: What a deal leaves behind: there is more of it than of deals, and no other word may stand before it.
_SALE = (
    f"{_DEAL}|contracts?|orders?|purchases?|quotes?|quotations?|proposals?|offers?|invoices?|renewals?|wins?|losses|"
    "vertrage|vertraege|auftrage|auftraege|angebote|rechnungen|bestellungen|contrats|commandes|devis|factures|contratos|"
    "pedidos|facturas|ordini|contratti"
)
_STATE = "(?:(?:open|closed|won|lost|associated|total|all|active|past|signed|current|existing|previous|sent|pending)_)*"
_LATELY = "(?:most_)?(?:recent|last|first|latest|newest|next)"
_SUM = "amounts?|values?|revenue|volume|sum|total|acv|arr|mrr|tcv|eur|usd|gbp|umsatz|betrag|wert"
_UNIT = "days?|hours?|weeks?|months?|tage|wochen|monate|jours|dias|giorni|time"

#: Names of exporters that stand before a word of bookkeeping; `etl_tool` and `dbt_users` are attributes.
_EXPORTERS = (
    "fivetran|airbyte|sdc|dlt|dbt|etl|elt|stitch|hevo|rivery|meltano|singer|dwh?|edw|datastream|cdc|ab_cdc|hoodie|kafka|"
    "debezium|estuary|polytomic|census|hightouch|matillion|talend|adf|glue|spark|delta|ab|sys|meta"
)
_BOOKKEEPING = (
    "synced|deleted|active|start|end|id|ids|index|raw_id|load(?:ed)?(?:_.+)?|batch(?:ed)?(?:_.+)?|extract(?:ed)?(?:_.+)?|"
    "emitted(?:_.+)?|received(?:_.+)?|insert(?:ed)?(?:_.+)?|update(?:d)?(?:_.+)?|created?(?:_.+)?|modified(?:_.+)?|"
    "valid_(?:from|to)|scd_id|at|date|time|ts|timestamp|job(?:_.+)?|run(?:_.+)?|sequence|seq(?:_.+)?|lsn|scn|offset|"
    "partition|commit(?:_.+)?|change_type|op|operation|cursor|row(?:_.+)?|hash(?:_.+)?|key|checksum|md5|file(?:_.+)?|"
    "source(?:_.+)?|version|record_key|meta|metadata|mod_count|table_version|generation_id|changes|log_(?:file|pos)|"
    "ingest(?:ed|ion)?(?:_.+)?|import(?:ed)?(?:_.+)?|process(?:ed)?(?:_.+)?|flag"
)

EXPORTER = (
    rf"(?:{_EXPORTERS})_(?:{_BOOKKEEPING})|"
    r"index_level_\d+|level_0|unnamed(?:_\d+)?(?:_level_\d+)?|file_row_number|row_?num(?:ber)?|row_?id|row_no|rownr|"
    r"row_?(?:checksum|hash|md5|sha\d*|crc|version|key|count|guid|status|state|index)|line_?num(?:ber)?|lfd_?nr|"
    r"record_?(?:number|no|version|hash|md5|checksum|state|status|source|seq|created|updated|age)|"
    r"(?:do_not_modify_)?(?:row_checksum|modified_on)|etag|rescued_data|commit_(?:version|timestamp|lsn|time|id|sha)|"
    r"(?:.+_)?(?:md5|sha1|sha256|sha512|crc32|checksum)(?:_hash|_sum|_hex)?|hash(?:_?(?:key|diff|value|code|id|sum|md5))?|"
    r"(?:content|data|business|payload|source)_hash|hk|lk|ctid|xmin|rowid|lsn|scn|"
    r"(?:source_|kafka_)?(?:lsn|offset|partition)(?:_(?:id|date|key))?|change_?(?:type|oper|operation|seq)|dml_type|"
    r"cdc(?:_.*)?|op_?(?:code|type|ts)|"
    r"is_?delete|(?:is_?|soft_|is_soft_|hs_)?(?:deleted|archived|merged|trashed|purged|voided|removed|tombstoned?)"
    r"(?:_?(?:at|on|date|flag|by|time|into|to))?|(?:is_|in_|is_in_)?(?:trash|recycle_bin)|(?:im_)?papierkorb|"
    r"(?:is_)?(?:spam|duplicate|dupe|dublette|duplikat|tombstone)(?:_(?:of|flag|id|of_id))?|loesch(?:kennzeichen|vermerk)|"
    r"is_?active_record|is_current(?:_record)?|is_latest(?:_record)?|system_?mod_?stamp|(?:is_?)?last_?modified.*|"
    r"modified(?:_?(?:at|on|by|date|time|user).*)?|date_modified|modified_date_time|"
    r"created?_?(?:at|on|date|time|timestamp)|date_created|createdate|(?:record_|account_|lead_)?created?_?days_ago|"
    r"(?:last_?)?updated(?:_?(?:at|on|by|date|time|timestamp|user|id).*)?|date_updated|update_?(?:date|time|ts|user)|"
    r"last_?update(?:_?(?:date|time|by|at))?|lastupdate|created?_?by.*|create_user|entered_by|inserted_by|"
    r"(?:loaded|inserted|ingested|extracted|synced|exported|imported|processed|refreshed)_?"
    r"(?:at|on|date|time|ts|timestamp|utc|by)|(?:load|insert|ingest|ingestion|extract|extraction|sync|export|import|refresh|"
    r"batch|snapshot)_(?:date|time|ts|timestamp|id|at|utc|batch|run|job|status|error)|"
    r"last_?(?:sync|synced|synced_at|sync_at|sync_date|import|refresh)(?:_.*)?|source_?(?:file|system_?id|table)|"
    r"import_?sequence_?number|overridden_?created_?on|time_?zone_?rule_?version_?number|utc_?conversion_?time_?zone_?code|"
    r"(?:input_|source_|metadata_|dl_)?file_?(?:name|path)|valid_(?:from|to|until)|dss_.+|surrogate_key|version_?number|"
    r"object_?version|geandert_(?:am|von)|geaendert_(?:am|von)|erstellt_von|zeilen?_?nummer|modifie_(?:le|par)|cree_par|"
    r"numero_de_ligne|modificado_(?:el|em|por)|creado_por|criado_por|modificato_(?:il|da)|creato_da|datensatz_?nr"
)
#: Names that begin with an underscore are of exporters if one of these follows; `_industry` is an attribute.
UNDERSCORED = (
    r"_(?:row|rows|file|line|id|rev|deleted|synced|partition.*|op|ts(?:_ms)?|lsn|scn|offset|commit.*|rescued.*|metadata.*|"
    r"meta.*|hoodie.*|kafka.*|change.*|cdc.*|dml.*|batch.*|seq.*|load.*|ingest.*|inserted.*|source.*|sync.*|version|v|key|"
    r"hash.*|checksum|md5|etag|self|rid|attachments|class|created.*|updated.*|modified.*|extracted.*|processed.*|timestamp|"
    r"run.*|job.*|etl.*|dw.*|export.*|import.*|index|fivetran.*|airbyte.*|ab_.*|sdc.*|dlt.*|dbt.*|stitch.*|hevo.*|"
    r"table.*|input.*|filename|filepath)"
)
#: Who owns what is no matter of a CRM.
_OF_OTHERS = (
    "home|business|product|process|pet|car|store|shop|franchise|family|land|majority|minority|brand|building|ultimate|"
    "beneficial|vessel|fleet|asset|data|system|property|plant|estate|software|boat|minorities|women|woman|veteran|private|"
    "public|state|government|sole|joint|co|part|is|has|tax|budget|domain|site|farm|facility|stock|share|pension|legal"
)
OWNER = (
    rf"(?:(?!(?:.+_)?(?:{_OF_OTHERS})_owner).+_)?owner(?:_?(?:id|ids|name|user|alias|team|key|assigned_?date|email|full_name|"
    r"role|role_id))*|owneridname|owner_?id_type|(?:.*_)?ownerid|"
    r"(?:sales|inside|field|account|territory|customer_success|success|key_account|relationship)_?"
    r"(?:rep|representative|executive|exec|manager)s?(?:_(?:id|name))?|"
    r"assigned_?(?:to|user|rep|agent|sdr|ae)?(?:_(?:id|name))?|assignee(?:_(?:id|name))?|sdr|bdr|kam|"
    r"(?:sdr|bdr|csm|ae|am|kam|rep)_(?:id|name|owner)|"
    r"rep|reps|ae|csm|team_member|vertriebler|vertriebsmitarbeiter(?:in)?|vertriebsbeauftragter?|aussendienst(?:ler)?|"
    r"innendienst(?:ler)?|besitzer|zustandig(?:er)?|zustaendig(?:er)?|verantwortliche?r?|kundenbetreuer(?:in)?|betreuer(?:in)?|"
    r"key_account_manager|commercial|proprietaire|propietario|responsable|responsavel|proprietario|vendedora?|venditore|"
    r"(?:zustandiger?_|zustaendiger?_)?(?:sach)?bearbeiter(?:in)?|(?:zustandiger?|zustaendiger?|betreuender?)_mitarbeiter(?:in)?|"
    r"(?:aussendienst|innendienst)_?mitarbeiter(?:in)?|kunden(?:berater(?:in)?|manager(?:in)?)|(?:handels|gebiets)?vertreter(?:in)?|"
    r"verkaufer(?:in)?|verkaeufer(?:in)?|vertriebsleiter(?:in)?|gebietsleiter(?:in)?|sales_?(?:person|man|woman)(?:_(?:id|name|code))?|"
    r"responsible(?:_(?:person|user|rep|agent|party|sales_rep))?|(?:person|clerk|agent|rep)_in_charge|"
    r"(?:handled|managed|served|looked_after)_by|(?:account|case)_handler|appointment_setter|"
    r"charge_d_?affaires?|charge_de_(?:clientele|compte)|gestionnaire(?:_d[eu]_(?:compte|client))?|ingenieur_commercial|"
    r"(?:attribue|assigne)e?_a|comercial|ejecutiv[oa](?:_(?:de_)?(?:cuentas?|ventas|comercial))?|asignad[oa]_a|asesor(?:a|_comercial)?|"
    r"gestor(?:a|_de_contas?|_comercial)?|executiv[oa]_de_(?:contas?|vendas)|atribuid[oa]_a|"
    r"agente_(?:comercial|commerciale|di_vendita|asignado)|assegnat[oa]_a|(?:responsabile|referente)(?:_(?:commerciale|vendite))?|"
    r"(?:account_?)?eigenaar|accountbeheerder|relatiebeheerder|verkoper|toegewezen_aan|vertegenwoordiger|"
    r"(?:営業)?担当者?|所有者|负责人|客户经理|sahibi|musteri_temsilcisi|"
    r"(?:ответственн|закрепленн)[а-я]+(?:_менеджер)?|менеджер(?:_по_продажам)?|"  # noqa: RUF001
    r"agare|(?:(?:konto|kund)?ansvarig_)?saljare|(?:konto|kund)?ansvarig|handlaggare|ejer|eier|saelger|selger|(?:kunde)?ansvarlig|sagsbehandler|saksbehandler|"
    r"opiekun(?:_klienta)?|handlowiec|wlasciciel|przedstawiciel(?:_handlowy)?|sprzedawca|przypisan[yae]_do|obchodnik|vlastnik"
)
DEALS = (
    rf"(?:(?:{_HOW_MANY}){_OF}_){_STATE}(?:{_SALE})(?:_(?:open|closed|won|lost|signed|sent|count|total))*|"
    rf"{_STATE}(?:{_SALE})_(?:count|cnt|ct|num|number|total|anzahl|history)|(?:closed|won|lost|open|signed)_{_STATE}(?:{_SALE})|"
    rf"(?:{_SALE})_(?:open|won|lost|closed|signed|sent|placed|to_date|ytd|(?:last_|past_)?\d+_?d(?:ays?)?|"
    r"(?:last|past|this)_(?:\d+_)?(?:months?|quarters?|years?))|(?:offene|gewonnene|verlorene|laufende|aktive)_.+|"
    rf"(?:total|sum|open|avg|average|max|lifetime|cumulative|last|first)_?(?:won|lost|closed|closed_won|booked|open)_(?:{_SUM})|"
    rf"(?:closed_)?(?:won|lost|booked)_(?:{_SUM})|amount_(?:won|lost|closed|spent|billed|invoiced|paid)|"
    rf"(?:deal|opportunity|opp|pipeline|contract|booking|purchase)s?_(?:{_SUM})|total_(?:deal|opportunity|opp|contract|"
    rf"purchase|order|booking)s?_(?:{_SUM})|(?:open|weighted|total|active|sales)_pipeline(?:_(?:{_SUM}))?|"
    rf"(?:weighted|expected|forecast(?:ed)?)_(?:deal_)?(?:{_SUM})|bookings|"
    r"(?:total_|amount_)?spen[dt]_with_us|total_spent|lifetime_(?:value|revenue|spend|sales|orders?)(?:_.+)?|"
    r"(?:customer_lifetime_value|clv|cltv|ltv)(?:_.+)?|(?:account_|deal_)?win_rate|repeat_(?:buyer|customer|purchase)|"
    r"(?:has|had|with|hat)_(?:an?_)?(?:open_|won_|closed_|lost_|active_|signed_)?(?:deals?|opportunit(?:y|ies)|opps?|"
    r"contracts?|orders?|purchases?|purchased|bought|quotes?|proposals?|ordered|converted|churned|renewed)|"
    rf"{_LATELY}_(?:deal|opportunity|opp|order|purchase|quote|contract|invoice|won|closed|renewal)"
    r"(?:_?(?:won|lost|closed|open|date|day|amount|value|id|stage|type|status|size|at|on|name|days_ago|days|time|number|"
    r"total|revenue|currency|close_date|created|created_at|created_date|probability|owner|outcome|result))*|"
    r"days_?(?:to|till|until|before)_?(?:close|won|win|order|renewal|contract_end)|(?:avg_|average_)?sales_cycle_days|"
    r"(?:is_?)?closed(?:_?(?:won|lost)(?:_.*)?|_?(?:at|on|date|time|reason|by|amount|revenue|flag|lost_reason))?|"
    r"(?:is_|was_)?(?:won|lost)(?:_?(?:at|on|date|time|reason|deals?|revenue|amount|flag|to|to_competitor))?|"
    r"loss_?reasons?|lost_?reason.*|(?:won|win|churn|cancellation|close|closing)_?reasons?|close_?d?_?date|verlustgrund|"
    r"kundigungsgrund|kuendigungsgrund|(?:is_|was_)?converted(?:_?(?:at|on|date|time|by|flag|lead|contact|account|"
    r"opportunity|deal|to|from|status|id|lead_id|account_id|contact_id|opportunity_id|.*_id))*|conversion_date|"
    r"date_converted|is_closed(?:_.*)?|hs_?is_closed.*|"
    r"(?:is|was|ist)_(?:an?_|our_)?(?:(?:active|existing|current|former|paying|new|live|past|lost|churned)_)*"
    r"(?:customer|client|kunde|cliente|subscriber|buyer|paying|churned|onboarded|live|signed|renewed)|"
    r"(?:existing|current|former|paying|active|churned|past|new|bestands|stamm)_?(?:customer|client|kunde|cliente)(?:_flag)?|"
    r"(?:customer|client|kunde|cliente)_?(?:since|seit|depuis|desde|from|start_?date|flag|tenure|for_days|until|yn)|kunde_seit|"
    r"(?:has|have)_(?:won|lost|signed)|(?:win|won|loss|lost)_flag|est_client|es_cliente|jest_klientem|(?:kund_sedan|kunde_siden|"
    r"klient_od|client_de_la)|churn(?:ed)?(?:_?(?:at|on|date|flag|month))?|(?:contract|subscription)_?(?:start|end|signed|renewal|term|begin|length|"
    r"expir(?:y|ation|es))(?:_?(?:date|at|on|months|days))?|renewal_?(?:date|month|due|amount)|vertrags(?:beginn|ende|wert|"
    r"laufzeit)|auftragswert|(?:go_?live|onboarding|implementation|kick_?off)_?(?:date|started|completed|at)|"
    r"became_(?:an?_)?(?:customer|client|lead|mql|sql|sal|opportunity|evangelist|subscriber|prospect|won|other|"
    r"marketing_?qualified_?lead|sales_?qualified_?lead)(?:_.*)?|date_entered_.+|date_exited_.+|time_in_.+_stage|"
    r"(?:days|time|weeks)_in_(?:stage|status|pipeline|phase|current_stage|funnel)|"
    r"(?:deal|opportunity|opp)_?(?:outcome|result|status|size|age|type|name|count)"
)
#: Counts of what deals leave, without another word: of numbers only.
DEAL_COUNTS = rf"{_STATE}(?:deals|opportunities|opps|verkaufschancen|proposals|quotes|angebote|opportunites)"
LAST_TOUCH = (
    rf"(?:.+_)?(?:last|latest|recent|most_recent|newest|next)_?(?:sales_|marketing_|web_|site_|website_|inbound_|outbound_)?"
    rf"(?:{_LAST}){_DAY}|(?:last|latest|most_recent|newest)_event_(?:date|at|on|time|timestamp|days_ago)|"
    rf"(?:no_of_|num_|number_of_)?(?:{_UNIT})_?since_?(?:the_)?(?:last|latest|most_recent|first|prior)?_?(?:sales_|marketing_|web_)?"
    rf"(?:{_LAST}|event|order|purchase|deal|opportunity|won|win|quote|invoice|created?|creation|modified|update|signup|"
    r"sign_up|registration|became_.+|stage_change)|"
    rf"(?:{_LAST})_(?:days_ago|recency|age_days|recency_days)|(?:{_UNIT})_?(?:inactive|idle|dormant|silent|quiet|stale|untouched|"
    r"not_contacted|without_(?:contact|activity|touch)|inaktiv|ohne_(?:kontakt|aktivitat|aktivitaet)|inactifs?|inactivos?|"
    r"of_inactivity|since)|(?:inactive|idle|dormant|stale|inactivity|recency)(?:_(?:days|weeks|months|for|since))?|"
    r"inaktiv_seit|(?:is_)?(?:dormant|stale)|gone_(?:cold|dark|quiet)|letzter?_?(?:kontakt|aktivitat)_vor_tagen|"
    r"notes_(?:last|next)_.+|last_?(?:activity|viewed|referenced|contacted)_?(?:date|id)|"
    r"first_(?:conversion|visit|touch|seen|contacted|contact_created|outreach|response)(?:_(?:date|at|on|time|event|url|"
    r"timestamp|name|days|page))*|(?:analytics_)?(?:first|last)_(?:timestamp|visit_timestamp)|"
    r"recent_conversion.*|letzte[rs]?_(?:aktivitat|aktivitaet|kontakt|besuch|anruf|termin|bestellung).*|"
    r"tage_seit_.*(?:kontakt|aktivitat|aktivitaet|besuch|bestellung|anruf)|derni(?:ere_activite|er_contact|ere_visite)|"
    r"(?:dias|jours)_(?:desde|depuis)_.*(?:contacto|contato|contact|actividad|atividade|activite)|"
    r"ultim[ao]_(?:actividad|contacto|visita|atividade|contato|attivita|contatto)"
)
TOUCHES = (
    rf"(?:.+_)?(?:{_HOW_MANY}){_OF}_(?:(?:{_KIND})_)*(?:{_TOUCH})(?:_(?:{_DONE}))*|"
    rf"(?:(?:{_KIND})_)*(?:{_TOUCH})(?:_(?:{_DONE}))+|(?:{_HOW_MANY})_contacted.*|"
    r"(?:page_|marketing_|sales_|form_|email_)?(?:sessions|visits|page_?views|clicks|opens|calls|"
    r"meetings|touches|touch_?points|interactions|activities|engagements|submissions|log_?ins|replies|"
    r"unsubscribes|bounces)|web_(?:sessions|page_?views|activit(?:y|ies))|"
    r"emails?_(?:open|click|delivered|bounce|replied|sends).*|(?:num|total)_contacted_notes|"
    r"(?:inbound|outbound)_(?:calls|e?_?mails|meetings|messages)|e?mail_?(?:opens|clicks)|webinar_attend.*|demo_requests|"
    r"(?:(?:trial|portal|lead|contact|account|crm|landing_page|demo|campaign|newsletter)_)+(?:sessions|visits|page_?views|views|"
    r"clicks|opens|calls|meetings|mtgs|touches|touch_?points|interactions|activities|engagements|log_?ins|replies|responses)|"
    r"(?:kontakt|besuchs)_?(?:haufigkeit|haeufigkeit|frequenz)|(?:contact|touch|meeting|call|visit|interaction)_frequency|"
    r"frequence_de_(?:contact|visite)|contactmomenten|"
    r"form_fills|average_page_?views|(?:num_)?unique_forms_submitted|num_form_submissions|"
    r"(?:open|click|reply|response|bounce)_rate|email_(?:open|click|reply|bounce)_rate"
)
_QUALIFIED = r"mql|sql|sal|pql|hql|tql|sqo|marketing_?qualified(?:_lead)?|sales_?(?:qualified|accepted)(?:_lead)?"
STAGE = (
    r"status|stage|life_?cycle(?:_?(?:stage|status|phase))?|(?:account|contact|lead|customer|prospect|"
    r"client|sales|deal|opportunity|opp|pipeline|funnel|buying|buyer|marketing|mql|sql|contract|subscription|onboarding|"
    r"renewal|trial|churn|qualification|conversion|nurtur(?:e|ing)|prospecting|outreach|relationship|engagement|crm|"
    r"membership|order|quote|proposal|invoice|payment|billing|sales_?cycle|buying_cycle|poc|pilot|implementation)"
    r"_?(?:status|stage|phase)(?:_(?:code|reason|label|name|value))?|(?:deal|contract|opportunity|subscription)_state|"
    r"(?:life_?cycle|lead)_?(?:stage|status)_.+|"
    r"status_?(?:code|reason|label|name)|statecode|"
    rf"(?:is_|was_|has_been_)?(?:{_QUALIFIED})(?:_?(?:flag|yn|status|stage|count|type|source|reason|date|at))?|"
    r"(?:is_|sales_)?(?:dis|un|pre)?qualified(?:_(?:flag|lead|out|by))?|(?:dis|un)?qualif(?:ied|ication|y)_?(?:reason|status|"
    r"result|outcome)|customer|client|kunde|cliente|prospect|is_(?:prospect|lead|opportunity|target_customer)|"
    r"kunden_?status|lead_?phase|vertriebs?_?(?:phase|status)|vertrags_?status|auftrags_?status|angebots_?status|"
    r"lebenszyklus(?:_?phase)?|phase_du_cycle_de_vie|statut(?:_(?:du_)?(?:lead|client|contrat|commercial|prospect))?|"
    r"etapa(?:_.*)?|fase_(?:do|del|de|di)_.+|estado_(?:del?_)?(?:lead|cliente|contrato)|situacao|"
    r"stato_(?:lead|cliente|contratto)|etap(?:_(?:sprzedazy|leada|lejka))?|(?:salgs|salj|forsaljnings)_?fase?|status_(?:leada|klienta)|"
    r"(?:商談)?(?:フェース|ステーシ)|(?:销售|商机)阶段|客户状态"
)
#: Whose ids a column holds if its name says so, also without a separator, as Salesforce and Dynamics write it.
RECORDS = (
    r"master_?record_?id|(?:.*_)?(?:account|contact|company|organi[sz]ation|customer|client|person|lead|deal|opportunity|"
    r"parent|master|user|object|external|record|individual|household)_?(?:ids?|guid|uuid)|zcrm_.+"
)

#: Names that fit a role and something else too: what of them is our own doing is for the values to tell.
_OFTEN = "(?:(?:avg|average|mean|max|peak|total|typical)_)?(?:daily|weekly|monthly|quarterly|annual|annually|yearly)"
_PER = "_per_(?:day|week|month|quarter|year|employee|user|agent|store|location)"
DOUBTFUL_TOUCHES = (
    rf"{_OFTEN}_(?:.+_)?(?:{_TOUCH})(?:_.+)?|(?:.+_)?(?:{_TOUCH}){_PER}|"
    r"(?:web|website|site|homepage)_(?:visits|visitors|views)|(?:website|site|homepage)_sessions|(?:app_|total_app_)?downloads|events?|"
    rf"(?:.+_)?(?:{_HOW_MANY}){_OF}_(?!(?:{_KIND}|contacted|of|de|d|der|do|di)_)[a-z]+_(?:{_TOUCH})|last_event|"
    rf"(?:product|user|app|video|blog|social|mobile)_(?:sessions|views|visits|clicks|calls|interactions|log_?ins)|"
    rf"emails|mails|messages|(?:(?:{_HOW_MANY}){_OF}_)?(?:associated_)?(?:contacts|kontakte)"
)
DOUBTFUL_DEALS = (
    r"pipeline|(?:active_|current_|past_)?(?:contracts|orders|purchases|invoices|subscriptions|renewals|wins|vertraege|vertrage|auftraege|"
    r"auftrage|bestellungen|rechnungen|contrats|commandes|pedidos|contratos)|arr|mrr|acv|tcv|total_revenue|revenue_to_date"
)
DOUBTFUL_STAGES = r"pipeline|phase|funnel|journey"
