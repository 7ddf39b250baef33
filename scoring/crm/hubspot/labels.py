"""What HubSpot's columns are called elsewhere than in its API: labels of screen exports in the common languages.

The keys are the internal names, as API, Fivetran, Airbyte and dlt write them. A label is in the language of the user
who exported, a property that HubSpot has not translated (`Associated Company IDs`, `Date entered "…"`) in English.
"""

from __future__ import annotations

Labels = dict[str, tuple[str, ...]]

_RECORD = (
    "Record ID", "Datensatz-ID", "ID de registro", "ID del registro", "ID do registro", "ID de fiche d'informations",
    "ID de l'enregistrement", "ID record", "ID del record", "ID oggetto", "Record-ID", "レコードID", "Object ID",
)  # fmt: skip
_CREATED = (
    "Create Date", "Created Date", "Created at", "Erstellungsdatum", "Erstelldatum", "Erstellt am", "Anlagedatum",
    "Fecha de creación", "Date de création", "Data de criação", "Data di creazione", "Data creazione", "Aanmaakdatum",
    "Datum aangemaakt", "Datum van aanmaak", "作成日", "hs_createdate", "createdAt", "created_date",
)  # fmt: skip
_CURRENCY = (
    "Currency", "Deal currency code", "Währung", "Moneda", "Divisa", "Devise", "Moeda", "Valuta", "通貨",
    "currency_code",
)  # fmt: skip
#: The companies of a record: their ids, the primary one and all; their names, the same.
COMPANIES: Labels = {
    "primary_company_id": (
        "Associated Company IDs (Primary)", "Associated Company ID (Primary)", "Primary Associated Company ID",
        "hs_primary_associated_company", "associatedcompanyid", "Associated Company ID",
        "ID der primären zugeordneten Firma", "Primäre zugeordnete Unternehmens-ID",
    ),
    "company_ids": (
        "Associated Company IDs", "associated_companies_ids", "companies", "associations_companies", "Company IDs",
        "IDs de empresas asociadas", "IDs der zugeordneten Unternehmen", "ID des entreprises associées",
        "associatedCompanyIds", "company_id", "associations_companies_results_0_id",
    ),
    "primary_company_name": (
        "Associated Company (Primary)", "Primary Associated Company", "Primary Company",
        "Zugeordnetes Unternehmen (Primär)",
        "Empresa asociada (Primaria)", "Entreprise associée (Principale)", "Empresa associada (Principal)",
    ),
    "company_names": (
        "Associated Company", "Associated Companies", "Zugeordnetes Unternehmen", "Zugeordnete Unternehmen",
        "Verknüpftes Unternehmen", "Empresa asociada", "Empresas asociadas", "Entreprise associée",
        "Entreprises associées", "Empresa associada", "Empresas associadas", "Azienda associata", "Gekoppeld bedrijf",
    ),
}  # fmt: skip
CONTACTS: Labels = {
    "contact_ids": (
        "Associated Contact IDs", "Associated Contact ID", "associated_contacts_ids", "contacts",
        "associations_contacts", "IDs de contactos asociados", "IDs der zugeordneten Kontakte",
        "ID des contacts associés", "associatedContactIds", "associatedVids", "associations_contacts_results_0_id",
    ),
    "contact_names": (
        "Associated Contact", "Associated Contacts", "Zugeordneter Kontakt", "Zugeordnete Kontakte",
        "Verknüpfter Kontakt", "Contacto asociado", "Contactos asociados", "Contact associé", "Contacts associés",
        "Contato associado", "Contatos associados", "Contatto associato", "Gekoppeld contact",
    ),
}  # fmt: skip
DEALS: Labels = {
    "deal_ids": ("Associated Deal IDs", "Associated Deal ID", "associated_deals_ids", "deals", "associations_deals"),
}

COMPANY: Labels = {
    "hs_object_id": (*_RECORD, "Company ID", "companyId", "id"),
    "createdate": _CREATED,
    "name": (
        "Company name", "Unternehmensname", "Name des Unternehmens", "Firmenname", "Nombre de la empresa",
        "Nom de l'entreprise",
        "Nome da empresa", "Nome azienda", "Nome dell'azienda", "Bedrijfsnaam", "会社名",
    ),
    "domain": (
        "Company Domain Name", "Domain-Name des Unternehmens", "Unternehmensdomain", "Domainname des Unternehmens",
        "Unternehmens-Domain", "Domain", "Nombre de dominio de la empresa", "Nom de domaine de l'entreprise",
        "Nome de domínio da empresa", "Nome di dominio dell'azienda", "Nome dominio azienda", "Domeinnaam van bedrijf",
        "Bedrijfsdomeinnaam", "会社のドメイン名",
    ),
    "website": (
        "Website URL", "Website", "Website-URL", "URL der Website", "URL del sitio web", "URL du site web",
        "URL do site", "URL sito web", "URL del sito web", "ウェブサイトのURL",
    ),
    "hubspot_owner_id": ("owner_id",),
    "is_deleted": ("_fivetran_deleted", "archived"),
    "hs_merged_object_ids": ("Merged Record IDs", "Merged object IDs", "hs_calculated_merged_vids",
        "Merged Company IDs"),
}  # fmt: skip

CONTACT: Labels = {
    "hs_object_id": (*_RECORD, "Contact ID", "vid", "canonical_vid", "id"),
    "createdate": _CREATED,
    "firstname": ("First Name", "Vorname", "Nombre", "Prénom", "Nome próprio", "Voornaam", "名"),
    "lastname": ("Last Name", "Nachname", "Apellidos", "Apellido", "Nom", "Nom de famille", "Sobrenome", "Cognome",
                 "Achternaam", "姓"),
    "email": (
        "Email", "E-Mail", "E-Mail-Adresse", "Correo", "Correo electrónico", "Adresse e-mail", "Courriel", "E-mail",
        "Eメール", "Email Address", "Indirizzo e-mail", "E-mailadres",
    ),
    "jobtitle": (
        "Job Title", "Position", "Berufsbezeichnung", "Jobtitel", "Stellenbezeichnung", "Cargo", "Puesto",
        "Intitulé du poste", "Poste", "Qualifica", "Posizione lavorativa", "Functietitel", "Functie", "役職",
    ),
    "company": COMPANY["name"],
    "hs_analytics_source": (
        "Original Source", "Original Traffic Source", "Original Source Type", "Ursprüngliche Quelle",
        "Ursprüngliche Traffic-Quelle", "Fuente original", "Fuente de tráfico original", "Source d'origine",
        "Source de trafic d'origine", "Fonte original", "Fonte de tráfego original", "Origem original",
        "Fonte originale", "Fonte di traffico originale", "Oorspronkelijke bron", "Oorspronkelijke verkeersbron",
    ),
    "hs_analytics_source_data_1": (
        "Original Source Drill-Down 1", "Original Traffic Source Drill-Down 1", "Ursprüngliche Quelle Drilldown 1",
        "Desglose de fuente original 1", "Desglose de la fuente de tráfico original 1",
        "Détail 1 de la source d'origine", "Detalhamento da fonte original 1",
    ),
    "hubspot_owner_id": ("owner_id",),
    "is_deleted": ("_fivetran_deleted", "archived"),
    "first_conversion_date": (
        "First Conversion Date", "Datum der ersten Conversion", "Fecha de la primera conversión",
        "Date de première conversion", "Data da primeira conversão",
    ),
    "first_conversion_event_name": (
        "First Conversion", "Erste Conversion", "Primera conversión", "Première conversion", "Primeira conversão",
    ),
    "utm_campaign": ("hs_utm_campaign", "UTM Campaign", "utm_campaign__c"),
    "hs_merged_object_ids": (
        "Merged Record IDs", "Merged object IDs", "hs_calculated_merged_vids", "Merged contact IDs", "Merged vids",
    ),
    # That it is a person, and one of the CRM: users have a name and an address too.
    "person": (
        "email", "firstname", "First Name", "Email", "E-Mail", "Correo", "Correo electrónico", "Adresse e-mail",
        "E-mail", "Vorname", "Prénom", "Apellidos", "Sobrenome", "Nachname", "Last Name", "lastname", "Courriel",
        "Cognome", "Achternaam", "名", "jobtitle", "Job Title",
    ),
    "known_to_crm": (
        "lifecyclestage", "Lifecycle Stage", "Lifecycle-Phase", "Etapa del ciclo de vida", "Phase du cycle de vie",
        "Fase do ciclo de vida", "Etapa do ciclo de vida", "Contact owner", "Lead Status", "hs_lead_status",
        "hs_analytics_source", "Original Source", "Original Traffic Source", "Associated Company",
        "Associated Company IDs", "Marketing contact status", "associatedcompanyid", "Last Activity Date",
        "Zuständiger Mitarbeiter für Kontakt", "Propietario del contacto", "Propriétaire du contact",
        "Proprietário do contato", "Primary Associated Company ID", "Associated Company (Primary)", "Job Title",
        "Associated Company IDs (Primary)",
    ),
}  # fmt: skip

DEAL: Labels = {
    "hs_object_id": (*_RECORD, "Deal ID", "deal_id", "dealId", "id"),
    "dealname": (
        "Deal Name", "Deal-Name", "Name des Deals", "Nombre del negocio", "Nom de la transaction", "Nome do negócio",
        "Nome trattativa", "Nome dell'offerta", "Nome della trattativa", "Dealnaam", "取引名",
    ),
    "dealstage": (
        "Deal Stage", "Deal-Phase", "Phase des Deals", "Etapa del negocio", "Phase de la transaction",
        "Étape de la transaction",
        "Etapa do negócio", "Fase della trattativa", "Fase trattativa", "Fase dell'offerta", "Dealfase", "取引ステージ",
        "deal_pipeline_stage_id", "deal_stage_id",
    ),
    "pipeline": ("deal_pipeline_id", "Pipeline del negocio", "Pipeline de transactions", "Deal Pipeline",
                 "パイプライン"),
    "createdate": _CREATED,
    "closedate": (
        "Close Date", "Closed Date", "Abschlussdatum", "Schlussdatum", "Datum des Abschlusses", "Fecha de cierre",
        "Date de fermeture", "Date de clôture", "Data de fechamento", "Data di chiusura", "Data chiusura",
        "Sluitingsdatum",
        "Afsluitdatum", "クローズ日",
    ),
    "amount": ("Deal amount", "Betrag", "Valor", "Importe", "Cantidad", "Monto", "Montant", "Importo", "Bedrag",
               "金額"),
    "amount_in_home_currency": (
        "Amount in company currency", "Betrag in Unternehmenswährung", "Betrag in Firmenwährung",
        "Betrag in der Währung des Unternehmens", "Valor en la moneda de la empresa",
        "Importe en la moneda de la empresa",
        "Cantidad en moneda de la empresa", "Montant dans la devise de l'entreprise",
        "Montant en devise de l'entreprise",
        "Valor na moeda da empresa", "Importo nella valuta aziendale", "Bedrag in bedrijfsvaluta", "会社の通貨での金額",
    ),
    "deal_currency_code": _CURRENCY,
    "dealtype": (
        "Deal Type", "Deal-Typ", "Art des Deals", "Tipo de negocio", "Type de transaction", "Tipo de negócio",
        "Tipo di trattativa", "Dealtype", "取引タイプ",
    ),
    "hs_is_closed_won": (
        "Is Closed Won", "Is deal closed won", "Ist abgeschlossen und gewonnen", "Es cierre ganado",
        "Está cerrado ganado", "Est fermée gagnée", "Está fechado como ganho", "closed_won",
    ),
    "hs_is_closed_lost": ("Is Closed Lost", "Ist abgeschlossen und verloren", "Es cierre perdido"),
    "hs_is_closed": (
        "Is Deal Closed?", "Is deal closed", "Is closed", "Ist Deal abgeschlossen?", "Ist der Deal abgeschlossen?",
        "¿El negocio está cerrado?", "¿Negocio cerrado?", "La transaction est-elle fermée ?", "O negócio está fechado?",
    ),
    "hs_closed_amount": ("Closed Deal Amount", "Abgeschlossener Deal-Betrag"),
    "hs_deal_stage_probability": (
        "Deal probability", "Deal Stage Probability", "Deal-Wahrscheinlichkeit", "Probabilidad del negocio",
        "Probabilité de la transaction", "Probabilidade do negócio", "Probabilità trattativa",
    ),
    "hs_merged_object_ids": ("Merged Record IDs", "Merged object IDs", "Merged Deal IDs"),
    "hubspot_owner_id": ("owner_id",),
    "is_deleted": ("_fivetran_deleted", "archived"),
}  # fmt: skip

ENGAGEMENT: Labels = {
    "hs_object_id": ("engagement_id", *_RECORD, "Call ID", "Email ID", "Meeting ID", "Task ID", "Note ID", "id"),
    "hs_timestamp": (
        "Activity date", "Email send date", "hs_activity_date", "Aktivitätsdatum", "Fecha de actividad",
        "Date d'activité", "Data da atividade", "Data attività", "Activiteitsdatum", "activity_at", "timestamp",
        "hs_meeting_start_time", "start_time", "Start time", "Meeting start time", "hs_task_completion_date",
    ),
    "hs_createdate": _CREATED,
    **COMPANIES,
    **CONTACTS,
    **DEALS,
}  # fmt: skip
