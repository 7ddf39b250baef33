"""The columns that all tables of Dynamics 365 have, and those that are no attributes."""

from __future__ import annotations

from scoring.crm.dynamics import labels

#: After the name of a choice: its label; after that of a reference: its name, and which table it is in.
LABEL = "@OData.Community.Display.V1.FormattedValue"
TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"


def lookup_columns(ours: str, logical: str, *shown: str) -> dict[str, tuple[str, ...]]:
    """The columns of a reference: the id of the record, its name, and which table it is in."""
    value = f"_{logical}_value"
    return {
        f"{ours}_id": (logical, value),
        f"{ours}_name": (f"{logical}name", value + LABEL, f"{logical}{LABEL}", *shown),
        f"{ours}_type": (f"{logical}type", f"{logical}_entitytype", value + TYPE),
    }


def choice(ours: str, logical: str, *shown: str) -> dict[str, tuple[str, ...]]:
    """The columns of a choice: its code and its label."""
    return {f"{ours}_code": (logical,), f"{ours}_name": (f"{logical}name", logical + LABEL, *shown)}


def record_id(logical: str, records: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The id of a record; `hidden_id` is that of an export to Excel alone."""
    hidden = labels.hidden_ids(records)
    return {"hidden_id": hidden, f"{logical.removesuffix('id')}_id": (logical, *hidden)}


#: Columns of every table.
RECORD = {
    **choice("state", "statecode", *labels.STATUS),
    **choice("reason", "statuscode", *labels.REASON),
    "created_on": labels.CREATED,
    "overridden_created_on": labels.MIGRATED,
    "modified_on": labels.MODIFIED,
    "owner_id": ("_ownerid_value",),
    "version_number": (),
    "is_deleted": ("IsDelete", "_fivetran_deleted"),
}
#: Bookkeeping of the CRM and of those who copy it, ids, and labels of what is placed.
_SYSTEM = (
    "id", "*id", "*id_value", "*idname", "*idtype", "*_entitytype", "*lookuplogicalname",
    "*associatednavigationproperty",
    "*yominame", "*versionnumber", "*sequencenumber", "*timezone*", "sink*", "createdon*", "modifiedon*", "createdby*",
    "modifiedby*", "owner*", "owning*", "isdelete", "_fivetran*", "_airbyte*", "_dlt*", "_sdc*", "@odata*", "odata*",
    "entityimage*", "statecode*", "statuscode*", "stage*", "process*", "traversedpath", "description*", "exchangerate*",
    "importsequence*", "msdyn*", "adx*", "merged*", "master*", "opendeals*", "openrevenue*", "lastonhold*", "onhold*",
    "slaid*", "slainvoked*", "lastusedincampaign*", "timespent*", "teamsfollowed", "followemail*", "partition*",
    "activestage*", "data_lake_modified*", "*isprivate", "participates*", "hidden_id",
    # The same as labels.
    *(f"{hidden}*" for hidden in labels.HIDDEN), *labels.CREATED, *labels.MODIFIED, *labels.MIGRATED,
    "Created By*", "Modified By*", "Owner*", "Owning*", "Erstellt von*", "Geändert von*", "Besitzer*", "Créé par*",
    "Modifié par*", "Propriétaire*", "Creado por*", "Modificado por*", "Propietario*", "Autor", "Gemaakt door*",
    "Gewijzigd door*", "Eigenaar*", *labels.STATUS, *labels.REASON, "Description", "Beschreibung", "Descripción",
    "Beschrijving", *labels.CURRENCY, "currency*", "transactioncurrency*", "Process*", "Prozess*", "Last On Hold*",
    "Last Date Included in Campaign", "Last Activity*", "Next Activity*", "Letzte Aktivität*", "Open Deals*",
    "Open Revenue*",
    *labels.EXCHANGE_RATE, "Import Sequence Number", "Row Checksum", "*Time Zone*", "Data Entry Compliance",
)  # fmt: skip
_PERSON = (
    "first*name*", "last*name", "middlename", "full*name", "salutation", "suffix", "nickname", "*phone*", "*telephone*",
    "*fax*", "mobil*", "*email*", "*e-mail*", "*courrier*", "*correo*", "*telefon*", "*teléfono*", "*téléphone*",
    "*telefoon*", "pager", "*street*", "*straße*", "rue", "*calle", "*straat*", "*line1", "*line2", "*line3",
    "*postal*", "*zip*", "*postleitzahl*", "*plz", "*code postal*", "*código postal*", "*postcode*", "*latitude",
    "*longitude", "*composite", "*primarycontact*", "*upszone", "*addressid*", "*addresstypecode", "*shippingmethod*",
    "*freightterms*", "*county", "*postofficebox", "*utcoffset", "*birth*", "*geburt*", "*gender*", "*marital*",
    "anniversary", "*spouse*", "children*", "numberofchildren", "haschildren*", "government*", "employeeid",
    "assistant*",
    "manager*", "*donot*", "do not*", "nicht*zulassen", "*vorname*", "*nachname*", "*nom complet*", "prénom",
    "apellidos", "voornaam", "achternaam", "*anrede*", *labels.FULL_NAME, *labels.FIRST_NAME, *labels.LAST_NAME,
    "Address 1", "Adresse 1", "Primary Contact*", "Primärer Kontakt", "Hauptkontakt", "Contact principal",
    "Contacto principal", "Primaire contactpersoon", "*website*", "ftpsite*", "*url", "*linkedin*", "*facebook*",
    "*twitter*",
    "stockexchange", "tickersymbol", "yomi*", "externaluser*", "preferred*", "*contactmethod*",
)  # fmt: skip
#: What is filled or changed when a deal is won or lost, or is a score of somebody else's.
_AFTER = (
    "customertypecode*", "Relationship Type", "Beziehungstyp", "Type de relation", "Tipo de relación", "Relatietype",
    "customersizecode*", "creditlimit*", "creditonhold*", "Credit*", "Kreditlimit", "aging*", "paymentterms*",
    "Payment Terms", "Zahlungsbedingungen", "accountratingcode*", "Rating", "Bewertung", "*probab*", "*forecast*",
    "Account Rating", "parent*", "Parent Account", "Übergeordnete Firma", "Compte parent", "Empresa padre",
    "Cuenta primaria", "Accountnummer", "Account Number", "accountnumber", "Kundennummer", "price*level*", "Price List",
    "Preisliste", "*contract*", "*renewal*", "*customer since*", "*onboarding*", "defaultprice*", "Sales Stage",
    "salesstage*", "Pipeline Phase", "stepname", "*lifecycle*", "leadqualitycode*", "*qualif*", "budgetstatus*",
    "decisionmaker", "evaluatefit", "confirminterest", "*score*", "*grade*", "isbackofficecustomer", "iscustomer*",
    "*estimatedvalue*", "*estimatedamount*", "*estimatedclosedate*", *labels.EST_REVENUE, *labels.EST_CLOSE,
)  # fmt: skip
NEVER = (*_SYSTEM, *_PERSON, *_AFTER)
