"""Which step linked how many leads to accounts, and how right each is where the account is known by its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis

from pipelines.config import Config
from pipelines.intake.intake import Intake
from pipelines.validation.ids.link_sources import domain_links
from scoring.cells import ids

#: The steps of which it is known how right they are, without names.
VALIDATED = ("domain", "related domain")


@dataclass(frozen=True)
class Step:
    """One step of the matching.

    Attributes
    ----------
    name : str
    linked : int
        The leads whose account it found.
    known : int
        The leads of which it can be said whether it is right: those whose account is known more surely.
    found, right : int
        Of these: those for which it names an account where no surer step does, and for which that is the known one.
    offered : bool
        Whether its links only wait for review.
    """

    name: str
    linked: int
    known: int = 0
    found: int = 0
    right: int = 0
    offered: bool = False

    @property
    def precision(self) -> float | None:
        """The share of right ones among those found; None where nothing is known."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of the known ones that it finds rightly; None where nothing is known."""
        return self.right / self.known if self.known else None

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "step": self.name,
            "linked": self.linked,
            "known": self.known,
            "found": self.found,
            "right": self.right,
            "precision": self.precision,
            "recall": self.recall,
            "only_offered": self.offered,
        }


@dataclass(frozen=True)
class LinkFindings:
    """How the leads of an export find their accounts.

    Attributes
    ----------
    leads : int
    steps : tuple of Step
        The surest first.
    left : mapping of int
        The leads without an account, by why.
    """

    leads: int
    steps: tuple[Step, ...]
    left: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"leads": self.leads, "steps": [step.to_json() for step in self.steps], "left": dict(self.left)}


def people_of(intake: Intake, config: Config) -> ibis.Table:
    """The accepted leads with what tells them apart, and what each step finds for their domain.

    Parameters
    ----------
    intake : Intake
        With identities.
    config : Config

    Returns
    -------
    ibis.Table
        ``lead_id``, ``account_id``, ``created_at``, ``by_id`` (whether the export names the account), ``company``,
        ``country``, ``address``, ``mailbox``, ``free`` (free mail only), ``claimed`` (whether an account claims the
        domain), ``domain`` and ``related_domain``: the account that each step finds.
    """
    connection, accounts, leads = intake.connection, intake.tables.accounts, intake.tables.leads
    assert leads is not None
    identities = intake.identities["leads"]
    # Of several rows of a lead any may count: what is not in the accepted one is not used for its score.
    columns = ("written", "company", "country", "address", "mailbox")
    identities = identities.group_by("lead_id").agg(**{name: identities[name].max() for name in columns})
    whole = leads.select("lead_id", "account_id", "created_at").inner_join(identities, "lead_id")
    whole = connection.create_table(ibis.util.gen_name("people"), whole, temp=True)
    named = whole.account_id.notnull() & whole.written.notnull()
    others = whole.filter(named & (whole.written != whole.account_id)).select("lead_id", "account_id", "written")
    same = ids.with_canonical(connection, others, one="account_id", other="written")
    same = connection.create_table(ibis.util.gen_name("respelled"), same.filter(same.one == same.other), temp=True)
    again = same.select(respelled="lead_id")
    met = whole.left_join(again, whole.lead_id == again.respelled)
    by_id = met.account_id.notnull() & ((met.written == met.account_id) | met.respelled.notnull())
    whole = met.mutate(by_id=by_id.fill_null(False)).drop("respelled", "written")
    if accounts is None:
        nobody = ibis.null("string")
        return whole.mutate(free=False, claimed=False, domain=nobody, related_domain=nobody)
    found = domain_links(connection, whole.select("address"), accounts, config.input.free_mail_domains, config.matching)
    assert found.domains is not None
    owners = found.domains.owners.select(at="address", free="free", domain="owner")
    claims = found.domains.claims.select(claimed_at="address").distinct()
    whole = whole.left_join(owners, whole.address == owners["at"]).drop("at")
    whole = whole.left_join(claims, whole.address == claims.claimed_at)
    whole = whole.mutate(claimed=whole.claimed_at.notnull()).drop("claimed_at")
    if found.related is None:
        whole = whole.mutate(related_domain=ibis.null("string"))
    else:
        others = found.related.owners.select(at="address", related_domain="owner")
        whole = whole.left_join(others, whole.address == others["at"]).drop("at")
    kept: ibis.Table = connection.create_table(ibis.util.gen_name("people"), whole, temp=True)
    return kept


def link_findings(intake: Intake, people: ibis.Table) -> LinkFindings:
    """How the leads find their accounts.

    Parameters
    ----------
    intake : Intake
    people : ibis.Table
        As `people_of` gives them.
    """
    by_id, alone = people.by_id, people.account_id.isnull()
    by_domain = by_id & people.domain.notnull()
    by_related = by_id & people.domain.isnull() & people.related_domain.notnull()
    none = alone & people.address.isnull()
    free = alone & people.free.fill_null(False)
    several = alone & ~people.free.fill_null(False) & people.claimed
    counts = {
        "leads": people.count(),
        "by_id": by_id.sum(),
        "domain": by_domain.sum(),
        "domain right": (by_domain & (people.domain == people.account_id)).sum(),
        "related domain": by_related.sum(),
        "related domain right": (by_related & (people.related_domain == people.account_id)).sum(),
        "left": alone.sum(),
        "none": none.sum(),
        "free": free.sum(),
        "several": several.sum(),
    }
    found = {name: int(n or 0) for name, n in people.aggregate(**counts).to_pyarrow().to_pylist()[0].items()}
    linked = intake.counts["leads"].linked
    steps = [Step("id", found["by_id"])]
    for name, count in linked.items():
        validated = (found["by_id"], found[name], found[f"{name} right"]) if name in VALIDATED else (0, 0, 0)
        steps.append(Step(name, count, *validated))
    left = {
        "without an address": found["none"],
        "at a free mail service": found["free"],
        "at a domain that several accounts claim alike": found["several"],
        "at a domain of no account": found["left"] - found["none"] - found["free"] - found["several"],
    }
    return LinkFindings(found["leads"], tuple(steps), {why: n for why, n in left.items() if n})
