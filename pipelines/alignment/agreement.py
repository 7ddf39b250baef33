"""The agreement of sales and marketing: what a target is, how it is handed over, and what each side owes.

One file a period, `agreements/2027-Q1.toml`. Its sections are declared here, as those of the configuration are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from pipelines.config import Grades
from pipelines.config_input import Count, Texts
from pipelines.config_section import section
from scoring.alignment.target_market import TargetMarket

DOCUMENT = "agreement"
#: Who must have approved before an agreement holds.
SIDES = ("sales", "marketing", "customer_success")


def _period(found: Mapping[str, Any]) -> list[str]:
    first, last = found.get("first_day"), found.get("last_day")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        return [f"last_day in [agreement] must be {first} or later: found {last}"]
    return []


@section("agreement", _period, DOCUMENT)
@dataclass(frozen=True)
class Terms:
    """The period of an agreement and what it is to bring."""

    name: Annotated[str, Field(min_length=1, description="Its name, such as 2027-Q1.")]
    first_day: Annotated[date, Field(description="The first day on which it holds.")]
    last_day: Annotated[date, Field(description="The last day on which it holds.")]
    horizon_days: Annotated[Count, Field(description="Days within which a win counts, as the scorecard has them.")] = (
        180
    )
    revenue_target: Annotated[float, Field(ge=0, description="Revenue to be won in the period; 0 for none.")] = 0.0
    cost_of_working: Annotated[float, Field(ge=0, description="What it costs to work one account or lead.")] = 0.0

    @property
    def days(self) -> int:
        """The days of the period."""
        return (self.last_day - self.first_day).days + 1


@section("capacity", document=DOCUMENT)
@dataclass(frozen=True)
class Team:
    """How many can be worked for the first time in a week."""

    inside_sales: Annotated[float, Field(ge=0, description="By the inside-sales team, a week; 0 if unknown.")] = 0.0
    account_executives: Annotated[float, Field(ge=0, description="By account executives, a week; 0 if unknown.")] = 0.0

    @property
    def all(self) -> float:
        """By both."""
        return self.inside_sales + self.account_executives


@section("service_level", document=DOCUMENT)
@dataclass(frozen=True)
class ServiceLevel:
    """Working hours until the first touch, by grade; 0 promises nothing."""

    a: Annotated[float, Field(ge=0, description="Hours for grade A.")] = 0.0
    b: Annotated[float, Field(ge=0, description="Hours for grade B.")] = 0.0
    c: Annotated[float, Field(ge=0, description="Hours for grade C.")] = 0.0
    d: Annotated[float, Field(ge=0, description="Hours for grade D.")] = 0.0

    @property
    def promised(self) -> dict[str, float]:
        """The hours of each grade that has a promise."""
        return {grade.upper(): hours for grade, hours in asdict(self).items() if hours}


@section("handoff", document=DOCUMENT)
@dataclass(frozen=True)
class Handoff:
    """What it means to accept or reject what marketing hands over."""

    accepted: Annotated[str, Field(description="What acceptance means, in a sentence.")] = ""
    rejected: Annotated[str, Field(description="What rejection means, in a sentence.")] = ""
    reasons: Annotated[Texts, Field(description="The reasons of a rejection, a short list.")] = ()


@section("approved", document=DOCUMENT)
@dataclass(frozen=True)
class Approved:
    """The day on which each side approved it."""

    sales: Annotated[date | None, Field(description="Sales.")] = None
    marketing: Annotated[date | None, Field(description="Marketing.")] = None
    customer_success: Annotated[date | None, Field(description="Customer success.")] = None

    @property
    def missing(self) -> list[str]:
        """Who has not."""
        return [side for side in SIDES if getattr(self, side) is None]


@dataclass(frozen=True)
class AgreementPart:
    """A segment or campaign for which something else is agreed: only what differs is said.

    Attributes
    ----------
    name : str
    market : TargetMarket
        Which part of the target market it is.
    revenue_target : float
        What it is to bring of the whole; 0 for none of its own.
    service_level : ServiceLevel, optional
    """

    name: str
    market: TargetMarket
    revenue_target: float = 0.0
    service_level: ServiceLevel | None = None


@dataclass(frozen=True)
class Agreement:
    """An agreement, as its file says it.

    Attributes
    ----------
    terms : Terms
    market : TargetMarket
        Who could ever buy.
    grades : Grades
        The bands of the grades.
    capacity : Team
    service_level : ServiceLevel
    handoff : Handoff
    approved : Approved
    parts : tuple of AgreementPart
    digest : str
        Of what it says, 16 hexadecimal digits: comments, order and approvals do not count.
    content : mapping
        What it says, as plain data.
    """

    terms: Terms
    market: TargetMarket
    grades: Grades
    capacity: Team
    service_level: ServiceLevel
    handoff: Handoff
    approved: Approved
    parts: tuple[AgreementPart, ...]
    digest: str
    content: Mapping[str, Any] = field(repr=False)
