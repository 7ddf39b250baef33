"""The columns of an export that say which account a lead became, and which domains and parents an account has."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.contracts.synonyms import squeezed

#: Of leads: the account that a lead became, and when.
CONVERTED_TO = ("convertedaccountid", "convertedtoaccountid", "convertedaccount", "convertedcompanyid")
CONVERTED_AT = ("converteddate", "convertedat", "convertedon", "convertedtime", "conversiondate", "dateconverted")
#: Of leads: the company that somebody typed.
COMPANY = (
    "company", "companyname", "accountname", "organization", "organisation", "organizationname", "organisationname",
    "employer", "firma", "firmenname", "unternehmen", "unternehmensname", "societe", "entreprise", "nomentreprise",
    "empresa", "nombreempresa", "azienda", "ragionesociale", "bedrijf", "bedrijfsnaam", "foretag",
)  # fmt: skip
#: Of accounts: its name.
NAME = ("name", "accountname", "companyname", "company", *COMPANY[3:])
#: Of both: the country.
COUNTRY = ("country", "countrycode", "billingcountry", "billingcountrycode", "companycountry", "land", "pays", "pais")
#: Of accounts: where the domain may be found if `domain` is empty.
WEBSITES = (
    "website", "websiteurl", "web", "webaddress", "url", "homepage", "companydomain", "companydomainname",
    "emaildomain", "maildomain", "webseite", "siteweb", "sitioweb", "sitoweb",
)  # fmt: skip
#: Of accounts: domains beside that in `domain`.
DOMAINS = (
    "domains", "additionaldomains", "hsadditionaldomains", "otherdomains", "alternatedomains", "alternativedomains",
    "domainaliases", "aliasdomains", "secondarydomain", "secondarydomains", "emaildomains", "companydomains",
)  # fmt: skip
#: Of accounts: the domain of the company above it.
PARENT_DOMAINS = (
    "parentdomain", "parentwebsite", "parentcompanydomain", "parentaccountdomain", "ultimateparentdomain",
    "ultimateparentwebsite", "globalultimatedomain", "groupdomain",
)  # fmt: skip
#: Of accounts: the id of the account above it.
PARENT = (
    "parentid", "parentaccountid", "parentaccount", "parentcompanyid", "hsparentcompanyid", "parentcompany",
    "ultimateparentid", "ultimateparentaccountid",
)  # fmt: skip
#: Hosts at which others have pages: a web address there is not that of a company.
OF_OTHERS = (
    "facebook.com", "linkedin.com", "instagram.com", "twitter.com", "x.com", "youtube.com", "xing.com", "google.com",
    "crunchbase.com", "wikipedia.org", "tiktok.com", "medium.com", "amazon.com", "etsy.com", "yelp.com",
)  # fmt: skip


def columns_named(names: Iterable[str], known: tuple[str, ...]) -> list[str]:
    """The columns that have one of some names, the likeliest first.

    Parameters
    ----------
    names : iterable of str
        The columns of a table.
    known : tuple of str
        Names in lower case without blanks and signs. A custom field of Salesforce ends with ``__c``.

    Examples
    --------
    >>> columns_of(["Website", "Parent_Domain__c", "industry"], PARENT_DOMAINS)
    ['Parent_Domain__c']
    """
    forms: dict[str, str] = {}
    for name in names:
        forms.setdefault(squeezed(name.removesuffix("__c")), name)
    return [forms[form] for form in dict.fromkeys(known) if form in forms]
