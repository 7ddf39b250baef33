"""What the matching of an export found, and the lines that say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from pipelines.config import Config
from pipelines.intake.intake import Intake
from pipelines.matching.duplicates import accounts_twice, people_twice
from pipelines.matching.link_findings import LinkFindings, Step, link_findings, people_of
from pipelines.matching.name_model import require_splink
from pipelines.matching.names import NameLinks, name_links
from pipelines.matching.thresholds import Threshold
from scoring.tables import row_count

BY_NAME = "name"


@dataclass(frozen=True)
class MatchFindings:
    """What the matching of an export found.

    Attributes
    ----------
    links : LinkFindings, optional
        None without leads or accounts.
    accounts_twice, people_twice : int
        The records that are probably there already under another id.
    threshold : Threshold, optional
        Of links by name, where names were compared.
    """

    links: LinkFindings | None
    accounts_twice: int
    people_twice: int
    threshold: Threshold | None = None

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        names = None if self.threshold is None else self.threshold.to_json()
        return {
            "links": None if self.links is None else self.links.to_json(),
            "accounts_twice": self.accounts_twice,
            "people_twice": self.people_twice,
            "names": names,
        }

    def lines(self) -> Iterator[str]:
        """The lines for a person."""
        if self.links is not None:
            yield "\nLeads and their accounts"
            for step in self.links.steps:
                if step.linked or step.name == "id":
                    yield f"  {step.name:<20} {step.linked:>10,} leads{_how_right(step)}"
            if self.threshold is not None and self.threshold.probability is None:
                yield f"  {BY_NAME:<20} {too_few(self.threshold)}"
            for why, count in self.links.left.items():
                yield f"  without an account   {count:>10,} leads {why}"
        if self.accounts_twice or self.people_twice:
            yield "\nProbably there twice, never merged"
            for count, words in ((self.accounts_twice, "accounts"), (self.people_twice, "leads")):
                if count:
                    yield f"  {count:,} {words}: `closedwon match` writes them for review"


def too_few(threshold: Threshold) -> str:
    """Say that names cannot be trusted, for nothing shows that they can."""
    if not threshold.pairs:
        return "not compared: accounts have no name, or no lead whose account is known by another way has a company"
    return (
        f"not offered: too few of the {threshold.pairs:,} names whose account is known by another way were matched "
        "correctly"
    )


def _how_right(step: Step) -> str:
    if step.precision is None or step.recall is None:
        return ""
    words = (
        f"; right {step.precision:.1%} of {step.found:,} and finds {step.recall:.1%} of {step.known:,} that are known"
    )
    return f" offered for review{words}" if step.offered else words


@dataclass(frozen=True)
class Matched:
    """The findings, and the tables for review.

    Attributes
    ----------
    findings : MatchFindings
    people : ibis.Table, optional
        As `people_of` gives them.
    accounts_twice : ibis.Table, optional
    people_twice : ibis.Table, optional
    names : NameLinks, optional
    """

    findings: MatchFindings
    people: ibis.Table | None = None
    accounts_twice: ibis.Table | None = None
    people_twice: ibis.Table | None = None
    names: NameLinks | None = None


def matched(intake: Intake, config: Config) -> Matched:
    """Match the records of an export with one another.

    Parameters
    ----------
    intake : Intake
        With identities.
    config : Config

    Raises
    ------
    UsageError
        If names are asked for and Splink is not installed.
    """
    if config.matching.names:
        require_splink()
    tables = intake.tables
    people = links = by_mailbox = by_name = None
    twice = None if tables.accounts is None else accounts_twice(intake, config.input.free_mail_domains)
    if tables.leads is not None:
        people = people_of(intake, config)
        by_mailbox = people_twice(intake.connection, people)
        links = None if tables.accounts is None else link_findings(intake, people)
    if config.matching.names and links is not None and people is not None:
        by_name = name_links(*named_records(intake, people), config)
        found, good = by_name.threshold, sum(by_name.links["good"].to_pylist())
        step = Step(BY_NAME, good, found.known, found.found, found.right, offered=True)
        if found.probability is not None:
            links = LinkFindings(links.leads, (*links.steps, step), links.left)
    doubles = 0 if twice is None else row_count(twice.select("same_as").distinct())
    if by_name is not None and twice is not None:
        alike = {*twice.select("same_as").to_pyarrow()["same_as"].to_pylist(), *by_name.accounts["same_as"].to_pylist()}
        doubles = len(alike)
    findings = MatchFindings(
        links,
        doubles,
        0 if by_mailbox is None else row_count(by_mailbox.select("same_as").distinct()),
        None if by_name is None else by_name.threshold,
    )
    return Matched(findings, people, twice, by_mailbox, by_name)


def named_records(intake: Intake, people: ibis.Table) -> tuple[pa.Table, pa.Table]:
    """The accounts and the leads, as `name_links` takes them."""
    accounts = intake.tables.accounts
    assert accounts is not None
    identities = intake.identities["accounts"]
    identities = identities.group_by("account_id").agg(name=identities.name.max(), country=identities.country.max())
    ours = accounts.select("account_id", "domain").inner_join(identities, "account_id")
    business = people.address.notnull() & ~people.free.fill_null(False)
    of_leads = people.select(
        "lead_id",
        "account_id",
        "company",
        "country",
        elsewhere=people.account_id.isnull() & business & ~people.claimed,
    )
    return ours.to_pyarrow(), of_leads.to_pyarrow()
