"""The configuration of what is read, of what is kept of it, and of how sources are followed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, Strict, field_validator

from pipelines.config_section import section
from scoring.bots import Bots
from scoring.calls.policy import CallPolicy, policy_faults
from scoring.cells.cells import column_key
from scoring.cells.currencies import code_of
from scoring.cells.number_forms import FORMATS
from scoring.cells.time_forms import BY_NAME
from scoring.companies.free_mail import FREE_MAIL_DOMAINS
from scoring.contracts.mappings import format_faults, mapping_faults
from scoring.handoffs.hours import WorkingHours, hours_faults
from scoring.question import Win

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]
#: TOML has lists where the configuration has tuples, which cannot be changed.
Texts = Annotated[tuple[str, ...], Strict(False)]


#: What the tables of [input] may hold, by key.
FORMATS_OF = {"number_formats": tuple(FORMATS), "date_formats": tuple(BY_NAME)}


def _faults(found: Mapping[str, Any]) -> list[str]:
    """What is wrong of the columns that [input] names, a line for each error."""
    lines = list(mapping_faults(_texts(found.get("columns"))))
    for key, known in FORMATS_OF.items():
        lines += format_faults(key, _texts(found.get(key)), known)
    return lines


def _texts(found: object) -> Mapping[str, str]:
    """A table of the file without what is no text, about which its type says enough."""
    table = found if isinstance(found, Mapping) else {}
    return {key: value for key, value in table.items() if isinstance(value, str)}


@section("input", _faults)
@dataclass(frozen=True)
class Input:
    """What is accepted when the tables are read."""

    max_reject_share: Annotated[
        Share, Field(description="The run stops if a larger share of a table's rows is rejected.")
    ] = 0.05
    min_matched_share: Annotated[
        Share,
        Field(
            description="The run stops if a smaller share of the ids that a column names is in the table of these ids."
        ),
    ] = 0.1
    columns: Annotated[
        Mapping[str, str],
        Field(
            description="Columns of the export under other names than those of the tables: "
            '"opportunities.Close Date" = "closed_at".'
        ),
    ] = field(default_factory=dict)
    free_mail_domains: Annotated[
        Texts, Field(description="Mail domains that say nothing about the company; a list replaces this one.")
    ] = FREE_MAIL_DOMAINS
    status_words: Annotated[
        Mapping[str, Literal["open", "won", "lost"]],
        Field(description='Meaning of your words for the status of a deal, such as {"Verbal commit" = "open"}.'),
    ] = field(default_factory=dict)
    type_words: Annotated[
        Mapping[str, Literal["new_business", "expansion", "renewal"]],
        Field(description='Meaning of your words for the type of a deal, such as {"Land" = "new_business"}.'),
    ] = field(default_factory=dict)
    direction_words: Annotated[
        Mapping[str, Literal["inbound", "outbound"]],
        Field(description='Meaning of your words for the direction of an activity, such as {"Ours" = "outbound"}.'),
    ] = field(default_factory=dict)
    decimal: Annotated[
        Literal["", "point", "comma"],
        Field(description="The decimal sign of the export, where a column such as 12.345 can be read in two ways."),
    ] = ""
    number_formats: Annotated[
        Mapping[str, str],
        Field(description='How the numbers of a column are written: {"opportunities.amount" = "1.234,56"}.'),
    ] = field(default_factory=dict)
    dates: Annotated[
        Literal["", "day/month/year", "month/day/year"],
        Field(description="The order of dates of the export, where a column such as 03/04/2026 fits two."),
    ] = ""
    date_formats: Annotated[
        Mapping[str, str],
        Field(description='How the dates of a column are written: {"opportunities.closed_at" = "day/month/year"}.'),
    ] = field(default_factory=dict)
    time_zone: Annotated[
        str, Field(description="The zone of times without an offset, such as Europe/Berlin; UTC where it is empty.")
    ] = ""
    currency: Annotated[str, Field(description="The home currency, into which amounts are converted, such as EUR.")] = (
        ""
    )

    bots: Annotated[
        Bots,
        Field(
            description='Touches of machines that are set aside: those "marked" by the CRM or by their agent, those '
            'that click like one ("behaviour") as well, or none ("off").'
        ),
    ] = "marked"
    own_domains: Annotated[
        Texts, Field(description="Domains of your own company: leads with an address there are left out.")
    ] = ()
    test_addresses: Annotated[
        Texts,
        Field(description='Addresses of test records, which are left out: ["test@*", "*@example.com"].'),
    ] = ()

    @field_validator("number_formats", "date_formats")
    @classmethod
    def _by_column(cls, formats: Mapping[str, str]) -> Mapping[str, str]:
        return {_canonical(name): written for name, written in formats.items()}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone in ("", "UTC"):
            return ""
        if "/" not in zone or zone not in available_timezones():
            raise ValueError("the full name of a time zone, such as Europe/Berlin")
        return zone

    open_amounts: Annotated[
        bool,
        Field(
            description="Use the amounts of open deals where opportunity_history has none. At past days they are then "
            "those of today, which of closed deals are the final ones: what is learned of them is too good."
        ),
    ] = False

    @field_validator("currency")
    @classmethod
    def _code(cls, currency: str) -> str:
        code = code_of(currency)
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise ValueError("the code of a currency, such as EUR")
        return code

    @property
    def words(self) -> dict[str, Mapping[str, str]]:
        """The user's own words, by column."""
        return {
            "status": self.status_words,
            "opportunity_type": self.type_words,
            "direction": self.direction_words,
        }


def _canonical(name: str) -> str:
    table, _, column = name.partition(".")
    return f"{column_key(table)}.{column_key(column)}"


@section("attributes")
@dataclass(frozen=True)
class Attributes:
    """The columns that may become features."""

    trust: Annotated[Texts, Field(description="Columns to use whatever the leak guard says.")] = ()
    drop: Annotated[Texts, Field(description="Columns that are never used.")] = ()
    max_levels: Annotated[
        int, Field(ge=2, description='Levels of a text column that are kept; the rarer ones become "other".')
    ] = 50
    max_attributes: Annotated[
        CountOrNone, Field(description="Most attributes of accounts, and of leads; those that tell most of wins stay.")
    ] = 60


@section("question")
@dataclass(frozen=True)
class Question:
    """What is predicted."""

    win: Annotated[
        Win,
        Field(
            description='Which wins: "new_business", the first won new business of those who are not customers yet; '
            '"any", the next won deal of any type, of customers too, for companies whose customers buy again and again.'
        ),
    ] = "new_business"


@section("matching")
@dataclass(frozen=True)
class Matching:
    """How leads find their accounts where they name none."""

    conversions: Annotated[
        bool, Field(description="By the account into which a lead was converted, from that day on.")
    ] = True
    related: Annotated[
        bool,
        Field(description="Also by other domains of accounts, and by those of their parents, where they are given."),
    ] = True
    names: Annotated[
        bool,
        Field(description="Let `match` and `check` compare names of companies too, for review (closedwon[matching])."),
    ] = False
    precision: Annotated[
        float,
        Field(gt=0.5, lt=1, description="The share of the links by name offered as good that must surely be right."),
    ] = 0.95


@section("ledger")
@dataclass(frozen=True)
class Ledger:
    """How long the past is kept."""

    keep_days: Annotated[Count, Field(description="Days for which every published night is kept.")] = 1_100
    features_days: Annotated[
        Count, Field(description="Days for which the feature values of a night are kept, for `explain --at`.")
    ] = 400
    keep_files: Annotated[
        Count, Field(description="Newest folders of score files that are kept in --out, tonight's among them.")
    ] = 7


@section("history")
@dataclass(frozen=True)
class History:
    """The history of attributes and open deals that nights keep in the store."""

    keep: Annotated[bool, Field(description="Whether nights keep what changes, and whether what was kept is used.")] = (
        True
    )
    keep_days: Annotated[
        Count, Field(description="Days that the history reaches back; what is older is let go within a month.")
    ] = 1_100


@section("sources")
@dataclass(frozen=True)
class Sources:
    """What counts as target, reached, engaged and conversation, and how sources are followed and watched."""

    target_fit: Annotated[
        float,
        Field(ge=0, le=100, description="Fit score on arrival from which on somebody is in target; with 0, everybody."),
    ] = 50.0
    look_days: Annotated[
        CountOrNone, Field(description="Days after arrival on which somebody is first looked at, or in the week then.")
    ] = 7
    cohort_days: Annotated[Count, Field(description="Days from arrival for which a cohort is followed.")] = 365
    conversation_days: Annotated[
        Count,
        Field(description="Days after an arrival or engagement within which a conversation counts as its result."),
    ] = 30
    conversation_types: Annotated[
        Texts,
        Field(description="Activity types that are conversations; [] stands for replies, meetings, calls, visits."),
    ] = ()
    fewest: Annotated[Count, Field(description="Sources that bring fewer in the months shown are one.")] = 30
    segment: Annotated[
        str, Field(description='Column of accounts that is the segment; "" stands for one named segment or industry.')
    ] = ""
    false_alarms: Annotated[
        float, Field(gt=0, lt=1, description="Most years, as a share, in which a source is named that did not change.")
    ] = 0.05


@section("hours", hours_faults)
@dataclass(frozen=True)
class Hours(WorkingHours):
    """When sales is at work: the hours in which a service level counts."""


@section("calls", policy_faults)
@dataclass(frozen=True)
class Calls(CallPolicy):
    """Whom to call this week, and whom to leave alone."""
