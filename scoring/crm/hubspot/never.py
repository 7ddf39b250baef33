"""The columns of HubSpot that are no attributes: what comes after the outcome, persons, bookkeeping."""

from __future__ import annotations

#: Bookkeeping that every object has, and what only connectors write.
_SYSTEM = (
    "_fivetran*", "_airbyte*", "_dlt*", "_sdc*", "hs_*", "hubspot_*", "record_id", "*_ids", "*_id", "id", "portal_id",
    "is_deleted", "archived*", "created*", "createdate*", "updated*", "lastmodified*", "merged_*", "*_owner",
    "owner*", "url",
    "associat*", "companies", "contacts", "deals", "properties", "properties_with_history", "timezone",
    "description", "about*",
    "*_url", "*photo*", "*avatar*", "*logo*", "linkedin*", "facebook*", "twitter*", "googleplus*", "followercount*",
    "kloutscore*", "surveymonkey*", "webinareventlastupdated", "Zuständiger*", "Propietario*", "Propriétaire*",
    "Proprietário*", "Proprietario*", "Eigenaar*", "Empresa asociada*", "Zugeordnete*", "Entreprise associée*",
    "Empresa associada*", "Beschreibung", "Descripción", "Descrição", "Fecha de creación", "Notizen", "column*",
    "Datensatz-ID*", "ID de registro*", "ID do registro*", "ID de fiche*", "domain", "domains", "*dominio*",
    "*domaine*",
    "*domínio*",
)  # fmt: skip
_PERSON = (
    "first_name", "last_name", "full_name", "firstname", "lastname", "fullname", "salutation", "*phone*", "fax*",
    "*email*",
    "address*", "*street*", "zip", "postal_code", "date_of_birth", "gender", "marital_status", "military_status",
    "relationship_status", "school", "degree", "graduation_date", "field_of_study", "ip_address*", "ip_city*",
    "ip_country*",
    "ip_state*", "ip_zip*", "ip_lat*", "ip_lon*", "message", "company", "company_name", "name", "Vorname", "Nachname",
    "Anrede", "Nombre", "Nombre completo", "Nombre de la empresa", "Apellido*", "Prénom", "Nom", "Nom de famille",
    "Nom de l'entreprise", "Nome*", "Sobrenome", "Cognome", "*telefon*", "*teléfono*", "*téléphone*", "*telefone*",
    "E-Mail*",
    "Correo*", "*e-mail*", "Courriel", "Straße*", "Strasse*", "Adresse*", "Dirección*", "Endereço*", "Indirizzo*",
    "Postleitzahl", "Código postal", "Code postal", "Unternehmensname", "Firmenname", "Mobil*", "Móvil*",
)  # fmt: skip
#: What is filled or changed when a deal is made, won or lost, what grows with it, and scores of somebody else. That a
#: label begins like "number of" is not enough: the number of employees is an attribute.
_AFTER = (
    "lifecycle*", "became_*", "lead_status", "leadstatus", "type", "close_date*", "closedate*", "days_to_close*",
    "recent_*", "first_deal*", "open_deal*", "total_revenue*", "total_open_deal*", "*_deals", "*_deal_amount*",
    "last_*",
    "latest_*", "next_*", "first_contact*", "notes_*", "num_associated*", "num_conversion*", "num_contacted*",
    "num_notes*",
    "num_unique*", "number_of_associated*", "number_of_times*", "number_of_sessions*", "number_of_page*",
    "number_of_form*",
    "number_of_child*", "number_of_sales*", "number_of_marketing*", "number_of_unique*", "number_of_open*",
    "number_of_event*", "number_of_conversion*", "number_of_sequence*", "engagements_*", "date_entered*",
    "date_exited*",
    "time_in*", "time_between*", "time_to*", "time_first_seen", "time_last_seen", "time_of_*", "cumulative_*",
    "hubspotscore*", "*_score", "score", "predictive*", "ideal_customer*", "target_account*", "is_target*",
    "customer_*",
    "*contract*", "*renewal*", "*onboarding*", "*churn*", "mrr", "arr", "ltv", "*lifetime*", "buying_role*",
    "*unsubscrib*",
    "*opted_out*", "*bounce*", "marketing_contact*", "membership*", "average_page*", "currently_in*", "sends_since*",
    "count_of*", "*_sequence*", "first_conversion*", "event_revenue*", "first_page*", "first_referring*",
    "Etapa del ciclo*", "Lifecycle-Phase*", "Phase du cycle*", "Fase do ciclo*", "Etapa do ciclo*", "Fase del ciclo*",
    "Letzte*", "Última*", "Último*", "Dernier*", "Dernière*", "Ultim*", "Laatste*", "Nächste*", "Próxim*", "Prochain*",
    "Anzahl * Deals*", "Anzahl zugeordnete*", "Anzahl der zugeordnete*", "Anzahl * Kontakte*", "Anzahl * Sitzung*",
    "Anzahl * Seiten*",
    "Número de negocios*", "Número de contactos*", "Número de sesiones*", "Número de páginas*", "Número de veces*",
    "Número de envíos*",
    "Número de negócios*", "Número de contatos*", "Número de sessões*", "Número de visual*",
    "Numero di trattative*", "Numero di contatti*",
    "Numero di sessioni*", "Nombre de transactions*", "Nombre de contacts*", "Nombre de sessions*",
    "Nombre de pages*", "Nombre de fois*",
    "Aantal gekoppelde*", "Aantal deals*", "Gesamtumsatz*", "Ingresos totales*", "Umsatz gesamt*", "Revenu total*",
    "Receita total*",
    "Tage bis*", "Días para*", "Días hasta*", "Jours avant*", "Dias para*", "Lead-Status*", "Estado del lead*",
    "Statut du lead*", "Status do lead*",
    "Importe de negocio*", "Betrag * Deal*", "Montant de la transaction*", "Typ", "Tipo",
)  # fmt: skip
NEVER = (*_SYSTEM, *_PERSON, *_AFTER)
