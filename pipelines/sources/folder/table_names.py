"""Which table of the contract the name of a file, a folder, a sheet or a table of a database means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.contracts.crm import CONTRACTS

TABLES = tuple(contract.table for contract in CONTRACTS)

#: What CRMs call the same things. Their columns have other names too, so they are named and not read.
CRM_WORDS = {
    "accounts": "company companies organization organizations organisation organisations customer customers",
    "leads": "contact contacts person persons people prospect prospects",
    "opportunities": "deal deals potential potentials opp opps",
    "activities": "task tasks event events call calls email emails meeting meetings engagement engagements "
    "touchpoint touchpoints activitypointer",
    "account_history": "accounthistory accounts_history company_history companies_history",
    "lead_history": "leadhistory leads_history contacthistory contact_history contacts_history",
    "opportunity_history": "opportunityhistory opportunityfieldhistory opportunities_history deal_history "
    "deals_history deal_stage_history",
    "contact_roles": "opportunitycontactrole opportunitycontactroles opportunity_contact_role deal_contact "
    "deal_contacts",
    "spend": "campaign campaigns spending costs ad_spend",
}
_PROBABLY = {word: table for table, words in CRM_WORDS.items() if table in TABLES for word in words.split()}

_COPY = re.compile(r"(\(\d+\)|[\s_\-.]copy(\s*\d*)|[\s_\-.]copy[\s_]*\(\d+\))$", re.IGNORECASE)
_DATE = re.compile(r"(19|20)\d\d_?(0[1-9]|1[0-2])(_?(0[1-9]|[12]\d|3[01])(_?t?\d{2,9}z?)*)?")
_PART = re.compile(
    r"(?:_?(?:part|chunk|split|file|p|c|of)?_?\d{1,12})+(?:_[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}\w*)?"
)


@dataclass(frozen=True)
class Meaning:
    """What a name means.

    Attributes
    ----------
    table : str
        The table of the contract that it names in any case, in the plural or singular; empty if none.
    numbers : tuple of int
        The numbers after it: those of a part.
    date : str
        The date after it, as written.
    copy : bool
        Whether it is the name of a second download, such as ``accounts (1)``.
    probably : str
        The table that it may mean where it names none.
    """

    table: str = ""
    numbers: tuple[int, ...] = ()
    date: str = ""
    copy: bool = False
    probably: str = ""


def _singular(table: str) -> str:
    return table[:-3] + "y" if table.endswith("ies") else table.removesuffix("s")


#: The forms of each name, the longest first: ``account_history`` begins with ``account``.
_FORMS = sorted(((form, table) for table in TABLES for form in {table, _singular(table)}), key=lambda f: -len(f[0]))


def table_meaning(name: str) -> Meaning:
    """What a name without its suffix means.

    Parameters
    ----------
    name : str
        Such as ``Account_1``, ``accounts-part-0001`` or ``Deals``.
    """
    copied = _COPY.search(name)
    key = _key(name[: copied.start()] if copied else name)
    for form, table in _FORMS:
        if not key.startswith(form):
            continue
        rest = key[len(form) :].strip("_")
        if not rest:
            return Meaning(table, copy=bool(copied))
        if _DATE.fullmatch(rest) and not re.fullmatch(r"\d{4}", rest):
            return Meaning(table, date=rest, copy=bool(copied))
        if _PART.fullmatch(rest):
            return Meaning(table, tuple(int(n) for n in _numbers(rest)), copy=bool(copied))
    return Meaning(probably=_probable(key))


def _key(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "_", name.strip().lower())


def _numbers(rest: str) -> list[str]:
    """The numbers of a part, without how many parts there are."""
    short = re.sub(r"_[0-9a-f]{8}(_[0-9a-f]{4}){3}.*", "", rest)
    return re.findall(r"\d+", re.sub(r"_of_\d+$", "", short))


def _probable(key: str) -> str:
    """The table that a name may mean: as a whole without a number, else by one of its words."""
    bare = re.sub(r"[\d_]+$", "", key)
    if bare in _PROBABLY:
        return _PROBABLY[bare]
    words = bare.split("_")
    known = dict(_FORMS) | _PROBABLY
    found = [known[word] for word in words if word in known]
    joined = [table for form, table in known.items() if "_" in form and form in bare]
    return (joined or found or [""])[0]
