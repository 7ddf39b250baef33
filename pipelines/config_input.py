"""The configuration of what is read: the sections `input` and `attributes`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, Strict

from pipelines.config_section import section
from scoring.free_mail import FREE_MAIL_DOMAINS

Share = Annotated[float, Field(ge=0, le=1)]
CountOrNone = Annotated[int, Field(ge=0)]
#: TOML has lists where the configuration has tuples, which cannot be changed.
Texts = Annotated[tuple[str, ...], Strict(False)]


@section("input")
@dataclass(frozen=True)
class Input:
    """What is accepted when the tables are read."""

    max_reject_share: Annotated[
        Share, Field(description="The run stops if a larger share of a table's rows is rejected.")
    ] = 0.05
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

    @property
    def words(self) -> dict[str, Mapping[str, str]]:
        """The user's own words, by column."""
        return {
            "status": self.status_words,
            "opportunity_type": self.type_words,
            "direction": self.direction_words,
        }


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
