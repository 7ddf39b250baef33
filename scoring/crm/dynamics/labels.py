"""The labels of Dynamics 365 in the languages of its users, as an export to Excel writes them above the columns.

Those of the hidden columns are the first of every export that can be imported again: the id of the record, a checksum
and the time of its last change, each behind `(Do Not Modify)` in the user's language.
"""

from __future__ import annotations

#: What stands before the hidden columns.
HIDDEN = (
    "(Do Not Modify)", "(Nicht ändern)", "(Ne pas modifier)", "(No modificar)", "(Niet wijzigen)", "(Niet aanpassen)",
    "(Non modificare)", "(Não Modificar)", "(Não Alterar)", "(Ikke rediger)", "(Ändra inte)",
)  # fmt: skip

#: What the records of a table are called, also where an organisation has renamed them.
ACCOUNT = ("Account", "Company", "Customer", "Client", "Organization", "Firma", "Konto", "Unternehmen", "Compte",
           "Société", "Entreprise", "Cuenta", "Empresa", "Klant", "Bedrijf", "Conta")  # fmt: skip
CONTACT = ("Contact", "Kontakt", "Ansprechpartner", "Contacto", "Contactpersoon", "Contatto", "Contato")
LEAD = ("Lead", "Interessent", "Prospect", "Piste", "Cliente potencial", "Potentiële klant", "Potenziale cliente")
OPPORTUNITY = ("Opportunity", "Deal", "Verkaufschance", "Opportunité", "Affaire", "Oportunidad", "Oportunidad de venta",
               "Verkoopkans", "Opportunità", "Oportunidade")  # fmt: skip
ACTIVITY = ("Activity", "Aktivität", "Activité", "Actividad", "Activiteit", "Attività", "Atividade")
EMAIL = ("Email", "E-mail", "Email Message", "Courrier électronique", "Correo electrónico", "E-mailbericht")
PHONE_CALL = ("Phone Call", "Telefonanruf", "Telefonat", "Appel téléphonique", "Llamada de teléfono",
              "Llamada telefónica", "Telefoongesprek", "Telefoonoproep")  # fmt: skip
APPOINTMENT = ("Appointment", "Termin", "Rendez-vous", "Cita", "Afspraak")
TASK = ("Task", "Aufgabe", "Tâche", "Tarea", "Taak")
RESPONSE = ("Campaign Response", "Kampagnenreaktion", "Réponse de campagne", "Respuesta de campaña",
            "Reactie op campagne", "Campagnereactie")  # fmt: skip
CAMPAIGN = ("Campaign", "Kampagne", "Campagne", "Campaña")
CURRENCY = ("Currency", "Währung", "Devise", "Divisa", "Moneda", "Valuta")

#: Columns of several tables.
CREATED = ("Created On", "Date Created", "Created Date", "Erstellt am", "Erstellungsdatum", "Créé le",
           "Date de création",
           "Fecha de creación", "Creado el", "Gemaakt op", "Aangemaakt op", "Creato il", "Criado em",
           "Data de Criação", "Criado Em", "Data creazione", "Data di creazione")  # fmt: skip
MIGRATED = ("Record Created On", "Datensatz erstellt am", "Enregistrement créé le", "Registro creado el",
            "Fecha de creación del registro", "Record gemaakt op")  # fmt: skip
_CHANGED = ("Modified On", "Last Modified Date", "Geändert am", "Modifié le", "Date de modification",
            "Fecha de modificación", "Modificado el", "Gewijzigd op")  # fmt: skip
MODIFIED = (*_CHANGED, *(f"{hidden} {label}" for hidden in HIDDEN for label in _CHANGED))
STATUS = ("Status", "State", "Statut", "Estado", "Stato",
          "Situação")  # fmt: skip
REASON = ("Status Reason", "Statusgrund", "Raison du statut", "Razón para el estado", "Statusreden",
          "Reden van status", "Reden voor status", "Motivo stato", "Razão do Status",
          "Razão do status")  # fmt: skip
WEBSITE = ("Website", "Web Site", "Webseite", "Site web", "Sitio web", "Site Web", "Sito Web",
           "Site")  # fmt: skip
EMAIL_ADDRESS = ("Email", "E-mail", "Email Address", "Email 1", "E-Mail-Adresse", "Adresse e-mail",
                 "Courrier électronique", "Correo electrónico", "E-mailadres",
                 "Indirizzo e-mail", "Endereço de e-mail", "E-Mail")  # fmt: skip
JOB_TITLE = ("Job Title", "Position", "Funktion", "Fonction", "Intitulé du poste", "Puesto", "Functie", "Qualifica",
             "Cargo", "Posizione")  # fmt: skip
FULL_NAME = ("Full Name", "Name", "Vollständiger Name", "Nom complet", "Nombre completo", "Volledige naam",
             "Nome completo")  # fmt: skip
FIRST_NAME = ("First Name", "Vorname", "Prénom", "Nombre", "Nombre de pila", "Voornaam")
LAST_NAME = ("Last Name", "Nachname", "Nom", "Nom de famille", "Apellidos", "Achternaam")
LEAD_SOURCE = ("Lead Source", "Leadquelle", "Lead-Quelle", "Source du prospect", "Origen del cliente potencial",
               "Bron van lead", "Leadbron")  # fmt: skip
SOURCE_CAMPAIGN = ("Source Campaign", "Quellkampagne", "Ursprungskampagne", "Campagne source", "Campaña de origen",
                   "Broncampagne")  # fmt: skip
ORIGINATING_LEAD = ("Originating Lead", "Ursprünglicher Lead", "Ursprungslead", "Prospect d'origine",
                    "Cliente potencial original", "Oorspronkelijke lead",
                    "Oorspronkelijke potentiële klant")  # fmt: skip
COMPANY_NAME = ("Company Name", "Account Name", "Company", "Account", "Firmenname", "Firma", "Name der Firma",
                "Nom de la société", "Société", "Compte", "Nombre de la compañía", "Nombre de la empresa",
                "Nombre de cuenta", "Cuenta", "Empresa", "Bedrijfsnaam", "Accountnaam", "Bedrijf",
                "Nom du compte", "Nom de l'entreprise", "Nombre de la cuenta", "Kontoname", "Accountname",
                "Nome da conta", "Nome da Conta", "Nome da empresa", "Nome account", "Nome società",
                "Nome dell'azienda")  # fmt: skip

#: Columns of deals.
TOPIC = ("Topic", "Opportunity Name", "Thema", "Rubrique", "Sujet", "Objet", "Tema", "Onderwerp", "Argomento",
         "Tópico", "Assunto")  # fmt: skip
POTENTIAL_CUSTOMER = ("Potential Customer", "Potenzieller Kunde", "Client potentiel", "Cliente posible",
                      "Posible cliente", "Potentiële klant", "Potenziale cliente", "Customer", "Kunde", "Client",
                      "Cliente", "Klant",
                      "Cliente Potencial", "Cliente em potencial", "Cliente potenziale")  # fmt: skip
EST_REVENUE = ("Est. revenue", "Est. Revenue", "Estimated Revenue", "Gesch. Umsatz", "Geschätzter Umsatz",
               "Voraussichtlicher Umsatz", "Revenu est.", "Revenus est.", "Revenu estimé", "Revenus estimés",
               "CA estimé", "Chiffre d'affaires estimé", "Ingresos est.", "Ingresos estimados", "Gesch. omzet",
               "Geschatte omzet", "Geschatte opbrengst",
               "Receita Est.", "Receita Estimada", "Ricavi stimati", "Ricavi stim.", "Ricavi previsti")  # fmt: skip
ACTUAL_REVENUE = ("Actual Revenue", "Tatsächlicher Umsatz", "Tats. Umsatz", "Revenu réel", "Revenus réels", "CA réel",
                  "Chiffre d'affaires réel", "Ingresos reales", "Werkelijke omzet", "Werkelijke opbrengst",
                  "Receita Real", "Ricavi effettivi")  # fmt: skip
EST_CLOSE = ("Est. close date", "Estimated Close Date", "Expected Close Date", "Close Date", "Closing Date",
             "Gesch. Abschlussdatum",
             "Geschätztes Abschlussdatum", "Voraussichtliches Abschlussdatum", "Voraussichtl. Abschlussdatum",
             "Date de clôture est.", "Date de clôture estimée", "Date de fermeture estimée", "Fecha de cierre est.",
             "Fecha de cierre estimada", "Fecha estimada de cierre", "Gesch. sluitingsdatum",
             "Geschatte sluitingsdatum", "Geschatte einddatum",
             "Data de Fechamento Est.", "Data de Fechamento Estimada", "Data Est. de Fechamento",
             "Data chiusura stim.", "Data di chiusura stimata", "Data chiusura prevista")  # fmt: skip
ACTUAL_CLOSE = ("Actual Close Date", "Actual Closing Date", "Closed On", "Closed Date", "Date Closed",
                "Tatsächliches Abschlussdatum", "Tats. Abschlussdatum",
                "Date de clôture réelle", "Date de fermeture réelle", "Fecha de cierre real", "Fecha real de cierre",
                "Werkelijke sluitingsdatum", "Werkelijke einddatum",
                "Data de Fechamento Real", "Data Real de Fechamento", "Data di chiusura effettiva",
                "Data chiusura effettiva")  # fmt: skip
DEAL_TYPE = ("Opportunity Type", "Deal Type", "Sales Type", "Verkaufschancentyp", "Type d'opportunité",
             "Tipo de oportunidad", "Type verkoopkans")  # fmt: skip
STAGE = ("Sales Stage", "Pipeline Phase", "Verkaufsphase", "Pipelinephase", "Pipeline-Phase", "Phase de vente",
         "Phase du pipeline", "Fase de ventas", "Fase de canalización", "Verkoopfase")  # fmt: skip
PROBABILITY = ("Probability", "Wahrscheinlichkeit", "Probabilité", "Probabilidad", "Waarschijnlijkheid")
EXCHANGE_RATE = ("Exchange Rate", "Wechselkurs", "Taux de change", "Tipo de cambio", "Wisselkoers")

#: Columns of activities.
SUBJECT = ("Subject", "Betreff", "Objet", "Sujet", "Asunto", "Onderwerp", "Oggetto")
REGARDING = ("Regarding", "Bezug", "Betrifft", "Concernant", "Objet concerné", "Referente a", "Con respecto a",
             "Betreft")  # fmt: skip
ACTIVITY_TYPE = ("Activity Type", "Aktivitätstyp", "Aktivitätsart", "Type d'activité", "Tipo de actividad",
                 "Activiteitstype", "Type activiteit")  # fmt: skip
ACTIVITY_STATUS = ("Activity Status", "Aktivitätsstatus", "Statut de l'activité", "Estado de la actividad",
                   "Activiteitsstatus", "Status van activiteit", *STATUS)  # fmt: skip
DIRECTION = ("Direction", "Richtung", "Sens", "Dirección", "Richting")
SENT = ("Date Sent", "Sent On", "Gesendet am", "Sendedatum", "Date d'envoi", "Envoyé le", "Fecha de envío",
        "Verzonden op", "Datum verzonden", "Verzenddatum")  # fmt: skip
ENDED = ("Actual End", "Date Completed", "Completed On", "Tatsächliches Ende", "Tats. Ende", "Fin réelle",
         "Fin real", "Finalización real", "Werkelijk einde", "Werkelijke einddatum")  # fmt: skip
STARTED = ("Actual Start", "Tatsächlicher Start", "Tatsächlicher Beginn", "Début réel", "Inicio real",
           "Werkelijke start",
           "Werkelijke begindatum")  # fmt: skip
STARTS = ("Start Time", "Start Date", "Startzeit", "Startdatum", "Beginn", "Heure de début", "Date de début",
          "Hora de inicio", "Fecha de inicio", "Begintijd", "Begindatum", "Starttijd")  # fmt: skip
FROM = ("From", "Sender", "Call From", "Organizer", "Von", "Absender", "Anruf von", "Anrufer", "De", "Expéditeur",
        "Appel de", "Remitente", "Llamada de", "Van", "Afzender")  # fmt: skip
TO = ("To", "Call To", "Required Attendees", "Customer", "An", "Anruf an", "Empfänger", "Erforderliche Teilnehmer",
      "À", "Appel à", "Destinataire", "Participants obligatoires", "Para", "Destinatario", "Llamada a",
      "Asistentes necesarios", "Aan", "Vereiste deelnemers", "Kunde")  # fmt: skip


def hidden_ids(records: tuple[str, ...]) -> tuple[str, ...]:
    """The labels of the hidden column with the id of a record."""
    return tuple(f"{hidden} {record}" for hidden in HIDDEN for record in records)


def base(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels of the same amount in the home currency of the organisation."""
    return tuple(f"{label} ({word})" for label in labels for word in ("Base", "Basis", "de base", "base", "Basiswert"))
