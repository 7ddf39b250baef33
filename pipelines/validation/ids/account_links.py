"""Leads linked to accounts: by their conversion, accepted matches, the domain of their address, and other domains.

Of several accounts the one counts that was known first: what becomes known later must not change an earlier score. Of
those known on the same day the surest step counts, in the order of `STEPS`.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from pipelines.validation.ids.mail_domains import ALWAYS, MailDomains
from scoring.cells import cells, ids
from scoring.tables import LINKED_AT

#: The columns of leads with the domains of their address, and with the account and time of their conversion, while
#: they are read.
DOMAIN, CONVERTED_TO, CONVERTED_AT = "__domain", "__converted_to", "__converted_at"
#: The steps that find the account of a lead without an account_id, the surest first, and the column that says where.
STEPS = {
    "conversion": "__by_conversion",
    "accepted match": "__by_match",
    "domain": "__by_domain",
    "related domain": "__by_related",
}
#: What is counted of leads without an account_id, by the column that says where it holds.
REMARKS = {
    "__by_conversion": "an account found by their conversion",
    "__by_match": "an account found by an accepted match",
    "__by_domain": "an account found by the domain of their address",
    "__by_related": "an account found by another domain of it, or of its parent",
    "__undated": "a conversion into an account at an unknown time, not used: export when leads were converted",
    "__no_domain": "no account_id, and an address at a domain of no account, or of several alike",
    "__free_mail": "no account_id, and an address at a free mail service",
}


@dataclass(frozen=True)
class AccountLinks:
    """What finds the accounts of leads.

    Attributes
    ----------
    address : str, optional
        The column of leads with their addresses, as exported.
    domains, related : MailDomains, optional
        By the domain of accounts, and by their other domains.
    converted : tuple of str, optional
        The columns of leads with the account and the time of their conversion.
    accounts : ibis.Table, optional
        Those that leads became: ``written``, ``account`` and ``since``.
    matches : ibis.Table, optional
        ``lead``, ``account``, ``since``: those that somebody accepted.
    notes : tuple of str
        What is to be said of them.
    of_empty : bool
        Whether only leads with an empty account_id are without an account.
    """

    address: str | None = None
    domains: MailDomains | None = None
    related: MailDomains | None = None
    converted: tuple[str, str | None] | None = None
    accounts: ibis.Table | None = None
    matches: ibis.Table | None = None
    notes: tuple[str, ...] = ()
    of_empty: bool = False

    def columns(self, raw: ibis.Table) -> dict[str, ir.Value]:
        """The columns of leads that `linked` reads."""
        found: dict[str, ir.Value] = {}
        if self.address is not None and (self.domains is not None or self.related is not None):
            found[DOMAIN] = cells.domains(raw[self.address])
            if self.of_empty and "account_id" in raw.columns:
                # Most leads have an account, and nobody asks for the domain of these.
                alone = ids.written_of(raw.account_id).isnull()
                found[DOMAIN] = ibis.ifelse(alone, found[DOMAIN], ibis.null("string"))
        if self.converted is not None:
            to, at = self.converted
            found[CONVERTED_TO] = ids.written_of(raw[to])
            found[CONVERTED_AT] = ibis.null(cells.TIME) if at is None else cells.time(raw[at])
        return found

    def linked(self, leads: ibis.Table) -> ibis.Table:
        """Link leads without an account; the columns of `REMARKS` say how each was linked, or why it was not.

        Parameters
        ----------
        leads : ibis.Table
            With the columns of `columns`, which are dropped.

        Returns
        -------
        ibis.Table
            Where leads were converted or matched, with `LINKED_AT`: since when the account of a lead is known beside
            the dates of both.
        """
        own = [column for column in leads.columns if column not in _READ]
        never, free, found_at = ibis.literal(False), ibis.literal(False), ibis.literal(False)
        candidates: list[_Candidate] = []
        undated = None
        if self.accounts is not None:
            leads, candidate, undated = _by_conversion(leads, self.accounts)
            candidates.append(candidate)
        if self.matches is not None:
            matches = self.matches.rename(__lead="lead", __match="account", __match_since="since")
            leads = leads.left_join(matches, leads.lead_id == matches["__lead"])
            candidates.append(_Candidate("accepted match", "__match", "__match_since", dated=True))
        for step, found in (("domain", self.domains), ("related domain", self.related)):
            if found is not None:
                leads, candidate, address, is_free = _by_address(leads, found.owners, step)
                candidates.append(candidate)
                if step == "domain":
                    found_at, free = leads[address].notnull(), leads[is_free].fill_null(False)
        left = leads.account_id.isnull()
        account: ir.Value = leads.account_id
        linked: dict[str, ir.Value] = {}
        sinces = [candidate.since_of(leads) for candidate in candidates]
        first = ibis.least(*[since.fill_null(_NEVER) for since in sinces]) if len(sinces) > 1 else None
        for candidate, since in zip(candidates, sinces, strict=True):
            holds = left & leads[candidate.owner].notnull()
            if first is not None:
                holds = (holds & (since == first)).fill_null(False)
            linked[STEPS[candidate.step]] = holds
            account, left = ibis.ifelse(holds, leads[candidate.owner], account), left & ~holds
        if undated is not None:
            linked["__undated"] = left & leads[undated]
        dates = [(linked[STEPS[each.step]], leads[each.since]) for each in candidates if each.dated]
        if dates:
            at = ibis.cases(*dates, else_=ibis.null(cells.TIME))
            linked[LINKED_AT] = at.nullif(ALWAYS).cast(cells.TIME)
        linked["__no_domain"], linked["__free_mail"] = left & found_at & ~free, left & found_at & free
        others = {name: linked.get(name, never) for name in REMARKS}
        kept = {column: account if column == "account_id" else leads[column] for column in own}
        return leads.select(**kept, **{**linked, **others})


#: The columns that are read here and dropped.
_READ = (DOMAIN, CONVERTED_TO, CONVERTED_AT)
_NEVER = ibis.literal("9999-12-31", type=cells.TIME)


@dataclass(frozen=True)
class _Candidate:
    """The account that a step finds: the columns with it and with the time since when that is known.

    ``dated``: whether that time is more than the date of the account.
    """

    step: str
    owner: str
    since: str
    dated: bool = False

    def since_of(self, leads: ibis.Table) -> ir.Value:
        """From when on the link is known: not before the lead is. Null where there is none."""
        since = ibis.greatest(leads[self.since], leads.created_at.fill_null(ALWAYS)).cast(cells.TIME)
        return ibis.ifelse(leads[self.owner].notnull(), since, ibis.null(cells.TIME))


def _by_address(leads: ibis.Table, owners: ibis.Table, step: str) -> tuple[ibis.Table, _Candidate, str, str]:
    """The leads with the owners of their domains, and the columns of the domain and of whether it is free mail."""
    owner, since, address, free = (f"__{step.split()[0]}_{what}" for what in ("owner", "since", "address", "free"))
    known = owners.select(**{owner: owners.owner, since: owners.since, address: owners.address, free: owners.free})
    return leads.left_join(known, leads[DOMAIN] == known[address]), _Candidate(step, owner, since), address, free


def _by_conversion(leads: ibis.Table, accounts: ibis.Table) -> tuple[ibis.Table, _Candidate, str]:
    """The leads with the account that they became, and the column that says where the time of that is not known."""
    converted_accounts = accounts.rename(__written="written", __account="account", __created="since")
    met = leads.left_join(converted_accounts, leads[CONVERTED_TO] == converted_accounts["__written"])
    dated = met[CONVERTED_AT].notnull()
    found = met.mutate(
        __converted=ibis.ifelse(dated, met["__account"], ibis.null("string")),
        __converted_since=ibis.greatest(met[CONVERTED_AT], met["__created"]).cast(cells.TIME),
        __not_dated=met["__account"].notnull() & ~dated,
    )
    return found, _Candidate("conversion", "__converted", "__converted_since", dated=True), "__not_dated"
