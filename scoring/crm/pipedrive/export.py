"""Pipedrive's tables: its exports to CSV and Excel, with a prefix before each column, and the tables of its API.

An export names organisations, people and deals by their names, and ids are columns that its user must choose. The API
names them by ids. Both may lie in one folder, and the layout is the same.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, LocalTimes, RawTable

#: What stands before the columns of an export: the name of the object in the language of its user.
_DEAL = ("Deal - ", "Deal ", "Negócio - ", "Negocio - ", "Trato - ", "Affaire - ", "Geschäft - ", "Obchod - ", "data.")
_ORGANIZATION = (
    "Organization - ", "Organisation - ", "Organización - ", "Organização - ", "Organizace - ", "Company - ",
)  # fmt: skip
_PERSON = ("Person - ", "Contact - ", "Pessoa - ", "Persona - ", "Personne - ", "Osoba - ")
_ACTIVITY = ("Activity - ", "Atividade - ", "Actividad - ", "Activité - ", "Aktivität - ", "Aktivita - ")
_ID = ("ID", "Pipedrive System ID", "System ID")
_CREATED = (
    "Creation date", "Created", "Created at", "Created on", "Deal created", "Organization created", "Person created",
    "Erstellt am", "Data de criação", "Fecha de creación", "Date de création", "Datum vytvoření",
)  # fmt: skip
_ORGANIZATION_NAME = (
    "Organization", "Organization name", "Organisation", "Company", "Organização", "Organización", "Organizace",
)  # fmt: skip
_PERSON_NAME = (
    "Contact person", "Person", "Person name", "Contact", "Kontaktperson", "Pessoa de contato",
    "Persona de contacto", "Kontaktní osoba",
)  # fmt: skip
_ORGANIZATION_ID = (
    "Organization - ID", "Organization - Pipedrive System ID", "Organization ID", "org_id.value", "organization_id",
)  # fmt: skip
_PERSON_ID = (
    "Person - ID", "Person - Pipedrive System ID", "Contact person - ID", "Person ID", "person_id.value", "contact_id",
)  # fmt: skip

#: Counts and dates of today, bookkeeping, and what names a person or an address.
_NEVER = (
    "id", "pipedrive_system_id", "name", "first_name", "last_name", "owner*", "user_id*", "company_id*", "creator*",
    "visible_to", "visibility*", "update_time", "updated*", "*_count", "people", "*total_activities",
    "*activities_to_do",
    "*done_activities", "*activity_date", "*activity_id", "*activity_time", "*won_deals", "*lost_deals",
    "*open_deals", "*closed_deals", "*_deals_count", "*deal*", "last_*", "next_*", "*email*", "*phone*", "*mobile*",
    "*label*", "followers*", "picture*", "cc_email", "*status", "*delete*", "active_flag", "org_id*", "org_name",
    "*organization", "person_id*", "primary_*", "first_char", "im", "birthday", "notes", "*address", "*street*",
    "*house_number*", "*apartment*", "*subpremise*", "*postal*", "*zip*", "*latitude", "*longitude", "*formatted*",
    "*route", "*merge*", "edit_name", "*marketing_status", "*doi*", "_fivetran*", "_airbyte*", "_sdc*", "_dlt*",
)  # fmt: skip

TABLES = (
    RawTable(
        "deal",
        files=("deals", "deals-*", "*deals*pipedrive*", "pipedrive*deals*", "all_deals*", "obchody", "negócios"),
        needs=("status",),
        marks=("status", "won_time", "stage"),
        prefixes=_DEAL,
        key="id",
        parts_alike=True,
        columns={
            "id": _ID,
            "status": ("Status", "Stav", "Estado", "Statut"),
            "add_time": ("Add time", *_CREATED),
            "won_time": (
                "Won time", "Won on", "Gewonnen am", "Ganho em", "Data de ganho", "Fecha de ganado", "Datum výhry",
            ),
            "lost_time": (
                "Lost time", "Lost on", "Verloren am", "Perdido em", "Data de perda", "Fecha de perdido",
                "Datum prohry",
            ),
            "close_time": ("Deal closed on", "Closed on", "Closed", "Closed time", "Uzavřeno dne", "Fechado em"),
            "value": ("Value", "Wert", "Valor", "Valeur", "Hodnota"),
            "currency": ("Currency", "Currency of value", "Value currency", "Währung", "Moeda", "Moneda", "Devise",
                         "Měna hodnoty"),
            "org_id": _ORGANIZATION_ID,
            "org_name": (*_ORGANIZATION_NAME, "Organization - Name", "org_id.name"),
            "person_id": _PERSON_ID,
            "person_name": (*_PERSON_NAME, "Person - Name", "person_id.name"),
            "pipeline": ("Pipeline", "Funil", "Embudo"),
            "pipeline_id": (),
            "stage": ("Stage", "Phase", "Etapa", "Fase", "Étape"),
            "probability": ("Probability", "Deal probability", "Wahrscheinlichkeit", "Probabilidade", "Probabilidad"),
            "title": ("Title", "Titel", "Título", "Titre", "Název"),
            "type": ("Deal type", "Type of deal", "Opportunity type"),
            "owner": ("Owner", "user_id.name", "owner_name", "owner_id", "user_id"),
            "deleted": ("is_deleted",),
            "is_archived": ("archived",),
        },
    ),
    RawTable(
        "organization",
        files=("organizations", "organisations", "organizations-*", "orgs", "companies", "pipedrive*organization*",
               "*organization*pipedrive*", "organizace", "organizações", "organizaciones"),
        needs=("name",),
        marks=("name", "people_count", "open_deals"),
        prefixes=_ORGANIZATION,
        key="id",
        parts_alike=True,
        columns={
            "id": _ID,
            "add_time": ("Add time", *_CREATED),
            "website": ("Website", "Web", "Domain", "URL", "Homepage"),
            "owner": ("Owner", "owner_id.name", "owner_name", "owner_id"),
            "open_deals": ("Open deals", "open_deals_count"),
            "deleted": ("is_deleted",),
        },
        never=_NEVER,
    ),
    RawTable(
        "person",
        files=("persons", "people", "persons-*", "people-*", "contacts", "pipedrive*person*", "pipedrive*people*",
               "*people*pipedrive*", "osoby", "pessoas", "personas"),
        needs=("name",),
        prefixes=_PERSON,
        key="id",
        parts_alike=True,
        columns={
            "id": _ID,
            "add_time": ("Add time", *_CREATED),
            "org_id": _ORGANIZATION_ID,
            "org_name": (*_ORGANIZATION_NAME, "Organization - Name", "org_id.name"),
            "email": ("Email", "Email - Work", "Email (Work)", "primary_email", "emails"),
            "job_title": ("Job title", "Position", "Title", "Pozice", "Cargo"),
            "source": ("Lead source", "Source"),
            "owner": ("Owner", "owner_id.name", "owner_name", "owner_id"),
            "deleted": ("is_deleted",),
        },
        never=_NEVER,
    ),
    RawTable(
        "activity",
        files=("activities", "activities-*", "pipedrive*activit*", "*activit*pipedrive*", "aktivity", "atividades",
               "actividades"),
        needs=("type",),
        marks=("type", "done", "due_date"),
        prefixes=_ACTIVITY,
        columns={
            "id": _ID,
            "add_time": ("Add time", *_CREATED),
            "done": ("Done", "Status"),
            "marked_as_done_time": ("Marked as done time", "Marked as done", "Completed on"),
            "deal_id": ("Deal - ID", "Deal ID"),
            "deal_title": ("Deal", "Deal - Title"),
            "org_id": _ORGANIZATION_ID,
            "org_name": (*_ORGANIZATION_NAME, "Organization - Name"),
            "person_id": _PERSON_ID,
            "person_name": (*_PERSON_NAME, "Person - Name"),
            "deleted": ("is_deleted",),
        },
    ),
    RawTable(
        "deal_change",
        files=("deal_flow", "deals_flow", "deal_changelog", "deals_changelog", "deal_changes", "deal_history",
               "deal_field_history", "*deal_flow*", "*deal*changelog*"),
        needs=("field_key", "new_value"),
        marks=("field_key", "new_value", "old_value"),
        prefixes=("data.",),
        columns={"deal_id": ("item_id",), "log_time": ("time", "timestamp", "change_time")},
    ),
    RawTable("stage", files=("stages", "pipedrive*stages*"), needs=("id", "name", "pipeline_id")),
    RawTable("pipeline", files=("pipelines", "pipedrive*pipelines*"), needs=("id", "name")),
    RawTable(
        "deal_participant",
        files=("deal_participants", "deals_participants", "participants"),
        needs=("deal_id", "person_id"),
        columns={"deal_id": ("related_item_id", "item_id"), "person_id": ("person_id.value",)},
    ),
    RawTable(
        "mail_message",
        files=("mail_messages", "mailbox_messages", "emails"),
        needs=("message_time", "sent_flag"),
        columns={"person_id": ("linked_person_id", "from_linked_person_id")},
    ),
    RawTable(
        "lead",
        files=("leads", "leads-*", "leads_inbox", "pipedrive*leads*"),
        needs=("id", "source_name"),
        prefixes=("Lead - ",),
        columns={"id": _ID, "source_name": ("Source", "Source channel", "Lead source", "origin")},
    ),
)  # fmt: skip

LAYOUT = Layout(
    name="pipedrive",
    crm="",
    title="Pipedrive (export to CSV or Excel, API, Airbyte, dlt)",
    sql="pipedrive/export.sql",
    tables=TABLES,
    main=("deal",),
    marks=("deal.won_time", "deal.lost_time", "deal.close_time", "deal.person_name"),
    # An export names stages; the API has their ids, and times in UTC.
    local_times=LocalTimes(
        "SELECT count(*) FROM raw.deal AS d WHERE d.stage IS NOT NULL", "exported deals", "the user who exported them"
    ),
)
LAYOUTS = (LAYOUT,)
