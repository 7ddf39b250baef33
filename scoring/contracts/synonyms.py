"""The names that CRMs and exporters give to the columns of the contracts: for the question which one a column is."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from scoring.cells import ids

#: By column: its names elsewhere, in lower case without blanks and signs, the likeliest first.
SYNONYMS = {
    "account_id": (
        "accountid", "associatedcompanyidsprimary", "primaryassociatedcompanyid", "associatedcompanyids",
        "associatedcompanyid", "propertyassociatedcompanyid", "companyid", "organizationid", "organisationid", "orgid",
        "salesaccountid", "customerid", "partnerid", "commercialpartnerid", "parentaccountid", "parentaccountidvalue",
        "parentcustomerid", "customeridvalue", "accountnameid", "clientid", "firmenid", "firmennummer", "firmennr",
        "unternehmensid", "kundennummer", "kundennr", "kundenid", "kundenummer", "debitor", "debitorennummer",
        "debitorennr", "organisationsid", "kontoid", "accountnummer", "verknupftesunternehmen", "clientnumber",
        "idclient", "numeroclient", "idcompte", "identreprise", "idsociete", "idcliente", "codigocliente", "idempresa",
        "idcuenta", "codicecliente", "idazienda", "klantnummer", "klantid", "bedrijfsid", "associatedcompany",
    ),
    "lead_id": (
        "leadid", "contactid", "personid", "whoid", "leadorcontactid", "associatedcontactids", "associatedcontactid",
        "primarycontactid", "contactnameid", "parentcontactidvalue", "leadorcontact", "kontaktid", "kontaktnummer",
        "kontaktnr", "ansprechpartnerid", "idcontact", "idcontacto", "idcontatto", "contactpersoonid",
        "associatedcontact",
    ),
    "opportunity_id": (
        "opportunityid", "dealid", "potentialid", "associateddealids", "vorgangsnr", "vorgangsnummer", "vorgangsid",
        "chancenid", "chancennummer", "verkaufschancenid", "opportunitynr", "opportunitynummer", "opportunitynumber",
        "dealnumber", "dealnr", "auftragsnummer", "auftragsnr", "angebotsnummer", "geschaftsid", "geschaeftsid",
        "projektnummer", "idopportunite", "numeroopportunite", "idaffaire", "numeroaffaire", "idtransaction",
        "idoportunidad", "idnegocio", "idoportunidade", "idopportunita", "idtrattativa", "verkoopkansid", "kansid",
    ),
    "domain": (
        "companydomainname", "website", "websiteurl", "websiteaddress", "webaddress", "companydomain", "emaildomain",
        "url", "homepage", "propertydomain",
    ),
    "created_at": (
        "createddate", "createdate", "createdtime", "createdon", "datecreated", "created", "addtime", "creationdate",
        "propertycreatedate", "createtime", "dealcreated", "erstelldatum", "erstellt", "erstelltam", "erstellungsdatum",
        "angelegtam", "anlagedatum", "anlegedatum", "eroffnetam", "erfassungsdatum", "erfasstam", "datecreation",
        "datedecreation", "creele", "creeele", "dateouverture", "fechacreacion", "fechadecreacion", "creadoel",
        "datacriacao", "datadecriacao", "criadoem", "datacreazione", "datadicreazione", "creatoil", "aanmaakdatum",
        "aangemaaktop", "datumaangemaakt", "datautworzenia", "skapad", "oprettet",
    ),
    "closed_at": (
        "closedate", "closeddate", "closingdate", "actualclosedate", "dateclosed", "closedon", "closetime",
        "closedtime", "wontime", "datewon", "propertyclosedate", "closed", "abschlussdatum", "datumdesabschlusses",
        "abgeschlossenam", "abschluss", "geschlossenam", "schlusstermin", "abschlusstermin", "gewonnenam",
        "datecloture",
        "datedecloture", "datefermeture", "datedefermeture", "cloturele", "datesignature", "fechacierre",
        "fechadecierre", "cerradoel", "datafechamento", "datadefechamento", "fechadoem", "datachiusura",
        "datadichiusura", "chiusoil", "sluitingsdatum", "afsluitdatum", "geslotenop", "datazamkniecia",
    ),
    "status": (
        "dealstage", "stagename", "stage", "iswon", "dealstatus", "opportunitystatus", "statecode", "state",
        "wonstatus", "stageid", "isclosedwon", "salesstage", "phase", "verkaufsphase", "vertriebsphase", "dealphase",
        "ergebnis", "zustand", "stufe", "statut", "etape", "etapa", "estado", "situacao", "stato", "fase", "fasi",
        "etap", "stadium", "outcome", "result",
    ),
    "amount": (
        "amountincompanycurrency", "amountinhomecurrency", "dealvalue", "value", "actualrevenue", "expectedrevenue",
        "dealamount", "propertyamount", "revenue", "actualvalue", "betrag", "auftragswert", "umsatz", "volumen", "wert",
        "summe", "montant", "valeur", "importe", "monto", "valor", "importo", "valore", "bedrag", "waarde", "kwota",
    ),
    "opportunity_type": ("type", "dealtype", "opportunitytypename", "propertydealtype", "kindofdeal"),
    "activity_type": (
        "type", "tasksubtype", "engagementtype", "activitytypeid", "activitytypename", "eventtype", "kind", "subject",
    ),
    "occurred_at": (
        "activitydate", "activitydatetime", "timestamp", "hstimestamp", "completeddatetime", "date", "eventdate",
        "starttime", "datesent", "createddate", "createdat", "time", "duedate",
    ),
    "direction": ("emaildirection", "hsemaildirection", "calldirection", "calltype", "directioncode", "incoming"),
    "title": ("jobtitle", "position", "propertyjobtitle", "function"),
    "source": ("leadsource", "originalsource", "originaltrafficsource", "originalsourcetype"),
    "campaign": ("campaignname", "campaignid", "utmcampaign", "firstconversion"),
    "email": ("emailaddress", "workemail", "businessemail", "mail", "primaryemail", "emailwork", "propertyemail"),
    "known_at": ("validfrom", "fivetranstart", "changedate", "changedat", "createddate", "timestamp"),
    "changed_at": ("createddate", "changedate", "modifiedtime", "dateentered", "timestamp", "createdat"),
    "close_date": ("closedate", "expectedclosedate", "estimatedclosedate", "closingdate"),
    "probability": ("dealprobability", "closeprobability", "winprobability", "hsdealstageprobability"),
    "stage": ("stagename", "dealstage", "newvalue", "salesstage"),
    "role": ("contactrole", "buyingrole"),
    "is_primary": ("primary", "isprimarycontact"),
    "currency": (
        "isocode", "currencyisocode", "currencycode", "iso", "code", "transactioncurrency", "fromcurrency", "wahrung",
        "waehrung", "wahrungscode", "devise", "codedevise", "moneda", "divisa", "moeda", "valuta",
    ),
    "handed_at": ("handoffdate", "handedoverat", "handoverdate", "assignedat", "assigneddate", "mqldate"),
    "accepted_at": ("accepteddate", "acceptancedate", "saldate"),
    "rejected_at": ("rejecteddate", "rejectiondate", "disqualifiedat", "disqualifieddate"),
    "set_at": ("setdate", "overriddenat", "overridedate", "createddate", "createdat"),
    "expires_at": ("expirydate", "expirationdate", "validuntil"),
    "since": ("startedat", "startdate", "customersince", "contractstart", "subscriptionstart"),
    "until": ("endedat", "enddate", "customeruntil", "contractend", "subscriptionend", "churnedat"),
    "recurring_revenue": ("arr", "annualrecurringrevenue", "recurringrevenue", "annualrevenue", "contractvalue", "acv"),
    "month": ("date", "period", "startdate", "day"),
    "cost": ("amountspent", "spend", "actualcost", "spent", "budget", "amount"),
}  # fmt: skip
#: Names of the column with a record's own id, in its table.
OWN_ID = ("id", "recordid", "externalid", "hsobjectid", "uniqueid", "objectid")
#: Closer than this, a name is taken for another spelling.
CLOSE = 0.85


def squeezed(name: str) -> str:
    """A name in lower case, without blanks, signs and accents: `Account ID` and `AccountId` are `accountid`."""
    text = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[\W_]+", "", "".join(sign for sign in text if not unicodedata.combining(sign)))


def likely(column: str, names: Iterable[str], *, own: bool = False) -> str | None:
    """The one of the names that a column probably has; None if no name is like it.

    Parameters
    ----------
    column : str
        Of a contract.
    names : iterable of str
        The columns of an export, in its order.
    own : bool
        Whether it is the id of the table's own records.

    Examples
    --------
    >>> likely("closed_at", ["Name", "Close Date"])
    'Close Date'
    """
    by_form = {squeezed(name): name for name in reversed(list(names))}
    record = {"account_id": "account", "lead_id": "contact", "opportunity_id": "opportunity"}.get(column, "")
    own_names = (*OWN_ID, f"donotmodify{record}") if own and column in ids.NAMED_TABLE else ()
    for form in (squeezed(column), *own_names, *SYNONYMS.get(column, ())):
        if form in by_form:
            return by_form[form]
    # Salesforce ends the names of own fields with `__c`.
    without_end = {re.sub("c$", "", form): name for form, name in by_form.items()}
    for forms in (by_form, without_end):
        near = difflib.get_close_matches(squeezed(column), list(forms), n=1, cutoff=CLOSE)
        if near:
            return forms[near[0]]
    return None
