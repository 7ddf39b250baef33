"""Odoo's tables: exports of lists with technical names or with labels, and the tables of its database.

`crm.lead` holds leads and opportunities: a lead that is converted stays the row that it was. So every row is somebody
who may buy, and those of the type opportunity are deals as well. Companies and their people are both `res.partner`.
"""

from __future__ import annotations

from scoring.crm.layout import Layout, RawTable

_CREATED = ("Created on", "Creation Date", "Créé le", "Angelegt am", "Erstellt am", "Creado en", "Criado em")
#: Bookkeeping, values of today, what comes after the outcome, and what names a person or an address.
_NEVER = (
    "id", "name", "display_name", "complete_name", "create*", "write*", "last_updated*", "date_*", "day_*", "days_*",
    "opportunity",
    "*activity*", "activities*", "message*", "*follower*", "rating*", "color*", "kanban*", "priority", "stage*", "type",
    "won_status", "lost_reason*", "*probability*", "expected_*", "prorated*", "planned_revenue", "recurring*",
    "duration_tracking", "meeting*", "calendar*", "phone*", "mobile*", "*email*", "street*", "zip*", "image*",
    "avatar*",
    "user_id*", "salesperson*", "team_id*", "sales_team*", "tag_ids*", "tags*", "active", "partner_*", "contact_name",
    "company_name", "customer*", "supplier*", "company_id*", "company_currency*", "currency*", "is_company",
    "company_type", "parent_*", "related_company*", "commercial_*", "child_*", "vat*", "ref", "lang*", "tz*", "title*",
    "function", "website*", "*invoice*", "*invoiced*", "credit*", "debit*", "*payment*", "property_*", "*sale_*",
    "*sales_order*", "*quotation*", "*order*", "signup*", "barcode", "comment", "description", "internal_notes",
    "notes",
    "*bounce*", "*blacklist*", "*duplicate*", "city_id", "contact_address*", "*latitude", "*longitude", "*merge*",
    "user_email", "user_login", "self", "employee*", "is_automated*", "is_partner*", "is_rainbow*", "referred*",
    "source_id*", "campaign_id*", "medium_id*", "closed_date", "closing_date", "assignment_date",
)  # fmt: skip

TABLES = (
    RawTable(
        "crm_lead",
        files=("crm.lead", "*crm_lead*", "crm_leads", "leads_opportunities", "pipeline", "opportunities"),
        needs=("id", "stage"),
        marks=("id", "stage", "probability", "expected_revenue"),
        columns={
            "id": ("External ID", "ID"),
            "type": ("Type", "Typ", "Tipo"),
            "stage": (
                "stage_id/name", "stage_id/display_name", "Stage", "Stage/Stage Name", "Stage/Display Name", "Étape",
                "Phase", "Etapa", "Fase", "stage_id", "stage_id/id",
            ),
            "stage_ref": ("stage_id",),
            "is_won": ("stage_id/is_won", "Stage/Is Won Stage?", "Is Won Stage?", "Stage/Is Won Stage"),
            "won_status": ("Is Won", "Won Status", "Won/Lost Status"),
            "active": ("Active", "Actif", "Aktiv", "Activo", "Ativo"),
            "probability": ("Probability", "Probabilité", "Wahrscheinlichkeit", "Probabilidad", "Probabilidade"),
            "date_closed": ("Closed Date", "Closed", "Abgeschlossen am", "Date de clôture", "Fecha de cierre"),
            "date_conversion": ("Conversion Date",),
            "date_last_stage_update": ("Last Stage Update",),
            "write_date": ("Last Updated on", "Last Modified on"),
            "create_date": _CREATED,
            "expected_revenue": (
                "Expected Revenue", "planned_revenue", "Revenu espéré", "Erwarteter Umsatz", "Ingreso esperado",
                "Receita esperada",
            ),
            "currency": ("company_currency/name", "company_currency", "Currency", "Company Currency"),
            "customer_ref": (
                "partner_id/id", "Customer/External ID", "Customer/ID", "partner_id/.id", "partner_id", "Customer",
            ),
            "customer": (
                "partner_id/display_name", "partner_id/name", "partner_id", "Customer", "Customer/Display Name",
                "Customer/Name", "Client", "Kunde", "Cliente",
            ),
            "email": ("email_from", "Email", "E-mail", "E-Mail"),
            "job": ("function", "Job Position", "Poste occupé", "Stellenbezeichnung"),
            "source": ("source_id/name", "Source", "source_id/display_name", "Quelle", "Origine", "source_id"),
            "source_ref": ("source_id",),
            "medium": ("medium_id/name", "Medium", "medium_id/display_name", "medium_id"),
            "medium_ref": ("medium_id",),
            "campaign": ("campaign_id/name", "Campaign", "campaign_id/display_name", "Campagne", "campaign_id"),
            "campaign_ref": ("campaign_id",),
            "owner": ("user_id/name", "Salesperson", "user_id/id", "user_id"),
            "lost_reason": ("lost_reason_id", "Lost Reason", "lost_reason_id/name"),
        },
        never=_NEVER,
    ),
    RawTable(
        "res_partner",
        files=("res.partner", "*res_partner*", "partners", "contacts", "contact"),
        needs=("id", "name"),
        columns={
            "id": ("External ID", "ID"),
            "name": ("Name", "Nom", "Nombre", "Nome"),
            "display_name": ("complete_name", "Display Name", "Complete Name", "Nom d'affichage", "Anzeigename"),
            "is_company": ("Is a Company", "Is a company"),
            "company_type": ("Company Type",),
            "parent_ref": (
                "parent_id/id", "Related Company/External ID", "Related Company/ID", "parent_id/.id", "parent_id",
                "Related Company",
            ),
            "parent_name": (
                "parent_id/name", "parent_id/display_name", "parent_id", "Related Company", "Related Company/Name",
                "Related Company/Display Name", "Company",
            ),
            "website": ("Website", "Website Link", "Site web"),
            "create_date": _CREATED,
            "active": ("Active", "Actif", "Aktiv"),
            "owner": ("user_id/name", "Salesperson", "user_id"),
        },
        never=_NEVER,
    ),
    RawTable("crm_stage", files=("crm.stage", "*crm_stage*"), needs=("id", "name")),
    RawTable("utm_source", files=("utm.source",), needs=("id", "name")),
    RawTable("utm_medium", files=("utm.medium",), needs=("id", "name")),
    RawTable("utm_campaign", files=("utm.campaign",), needs=("id", "name")),
    RawTable(
        "mail_message",
        files=("mail.message", "*mail_message*", "message"),
        needs=("id", "res_id", "message_type"),
        columns={
            "id": ("External ID", "ID"),
            "model": ("Related Document Model",),
            "res_id": ("Related Document ID",),
            "message_type": ("Type",),
            "subtype": ("subtype_id/name", "Subtype", "subtype_id"),
            "author": ("author_id/id", "Author/External ID", "Author/ID", "author_id"),
            "activity_type": ("mail_activity_type_id/name", "Mail Activity Type", "mail_activity_type_id"),
            "date": ("Date",),
        },
    ),
    RawTable("mail_activity_type", files=("mail.activity.type",), needs=("id", "name")),
    RawTable("mail_message_subtype", files=("mail.message.subtype",), needs=("id", "name")),
    RawTable(
        "mail_tracking_value",
        files=("mail.tracking.value", "*mail_tracking_value*"),
        needs=("mail_message_id", "new_value_char"),
        columns={"mail_message_id": ("mail_message_id/id", "Message ID", "mail_message_id/.id")},
    ),
    RawTable(
        "calendar_event",
        files=("calendar.event", "*calendar_event*"),
        needs=("opportunity_id", "start"),
        columns={
            "id": ("External ID", "ID"),
            "opportunity_id": ("opportunity_id/id", "Opportunity/External ID", "Opportunity/ID", "Opportunity"),
            "start": ("Start", "start_date"),
            "create_date": _CREATED,
        },
    ),
    RawTable(
        "crm_phonecall",
        files=("crm.phonecall", "*crm_phonecall*"),
        needs=("opportunity_id", "date"),
        columns={"id": ("External ID", "ID"), "opportunity_id": ("opportunity_id/id", "Lead/Opportunity/External ID")},
    ),
)  # fmt: skip

LAYOUT = Layout(
    name="odoo",
    crm="odoo",
    title="Odoo (export of lists to CSV or Excel, tables of its database)",
    sql="odoo/export.sql",
    tables=TABLES,
    main=("crm_lead",),
    marks=(
        "crm_lead.stage", "crm_lead.probability", "crm_lead.expected_revenue", "crm_lead.create_date",
        "crm_lead.customer",
    ),
    no_id=("False",),  # as its API and Python write what is empty
)  # fmt: skip
LAYOUTS = (LAYOUT,)
