"""The labels of Salesforce's columns, as its reports write them, in the common languages."""

from __future__ import annotations

CREATED = ("Created Date", "Created", "Erstelldatum", "Erstellungsdatum", "Erstellt am", "Date de création",
           "Fecha de creación", "Data de criação", "Data creazione", "Aanmaakdatum")  # fmt: skip
ACCOUNT_ID = ("Account ID", "Account-ID", "Accountnummer (ID)", "ID du compte", "Id. de cuenta", "ID de la cuenta",
              "ID de cuenta", "ID da conta", "ID account")  # fmt: skip
ACCOUNT_NAME = ("Account Name", "Accountname", "Account-Name", "Nom du compte", "Nombre de la cuenta",
                "Nombre de cuenta", "Nome da conta", "Nome account", "Accountnaam")  # fmt: skip
ACCOUNT_OWNER = ("Account Owner", "Accountinhaber", "Account-Inhaber", "Propriétaire du compte",
                 "Propietario de la cuenta", "Proprietário da conta")  # fmt: skip
WEBSITE = ("Company Website", "Website", "Webseite", "Site Web", "Sitio Web", "Site")
INDUSTRY = ("Industry", "Branche", "Secteur d'activité", "Sector", "Setor", "Settore")
CONTACT_ID = ("Contact ID", "Kontakt-ID", "ID du contact", "Id. de contacto", "ID de contacto", "ID do contato")
LEAD_ID = ("Lead ID", "Lead-ID", "ID de la piste", "Id. de candidato", "ID del candidato", "ID do lead")
CONVERTED = ("Converted", "Konvertiert", "Umgewandelt", "Converti", "Convertie", "Convertido")
AMOUNT = (
    "Amount (converted)",
    "Betrag (konvertiert)",
    "Betrag",
    "Montant",
    "Importe",
    "Monto",
    "Valor",
    "Importo",
    "Bedrag",
)
CURRENCY = ("Opportunity Currency", "Amount Currency", "Currency", "Betrag Währung", "Währung", "Devise", "Divisa")
#: Columns of contacts and leads.
PERSON = {
    "full_name": ("Name", "Vollständiger Name", "Nom complet", "Nombre completo"),
    "first_name": ("First Name", "Vorname", "Prénom", "Nombre"),
    "last_name": ("Last Name", "Nachname", "Nom de famille", "Apellidos", "Sobrenome"),
    "email": ("Contact Email", "Email", "E-Mail", "E-mail", "Adresse e-mail", "Correo electrónico"),
    "title": ("Title", "Titel", "Position", "Intitulé du poste", "Cargo", "Puesto"),
    "lead_source": ("Lead Source", "Source", "Leadquelle", "Lead-Quelle", "Origine de la piste",
                    "Origine de la requête", "Origen del candidato", "Origem do lead"),
    "created_date": CREATED,
}  # fmt: skip
OPPORTUNITY = {
    "id": ("Opportunity ID", "Opportunity-ID", "ID de l'opportunité", "Id. de oportunidad", "ID de la oportunidad",
           "ID da oportunidade"),
    "name": ("Opportunity Name", "Opportunity-Name", "Opportunityname", "Nom de l'opportunité",
             "Nombre de la oportunidad", "Nome da oportunidade", "Nome opportunità", "Naam opportunity",
             "Opportunitynaam", "Naam van opportunity"),
    "account_id": ACCOUNT_ID,
    "account_name": ACCOUNT_NAME,
    "stage_name": ("Stage", "Phase", "Stufe", "Étape", "Etapa", "Fase"),
    "is_won": ("Won", "Gewonnen", "Gagnée", "Gagné", "Ganada", "Ganho", "Ganha"),
    "is_closed": ("Closed", "Geschlossen", "Fermée", "Fermé", "Clôturée", "Cerrada", "Fechado", "Fechada"),
    "type": ("Opportunity Type", "Typ", "Opportunitytyp", "Type", "Tipo"),
    "close_date": ("Close Date", "Schlusstermin", "Abschlussdatum", "Geschlossen am", "Date de clôture",
                   "Date de fermeture", "Fecha de cierre", "Data de fechamento", "Data chiusura",
                   "Sluitingsdatum"),
    "created_date": CREATED,
    "forecast_category": ("ForecastCategoryName", "Prognosekategorie", "Catégorie de prévision",
                          "Categoría de pronóstico", "Categoria de previsão"),
    "probability": ("Probability (%)", "Probability", "Wahrscheinlichkeit (%)", "Wahrscheinlichkeit",
                    "Probabilité (%)", "Probabilidad (%)", "Probabilidade (%)"),
}  # fmt: skip
