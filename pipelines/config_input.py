"""The configuration of what is read: the sections `input` and `attributes`."""

from dataclasses import dataclass
from typing import Annotated

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
    min_matched_share: Annotated[
        Share,
        Field(
            description="The run stops if a smaller share of the ids that a column names is in the table of these ids."
        ),
    ] = 0.1
    free_mail_domains: Annotated[
        Texts, Field(description="Mail domains that say nothing about the company; a list replaces this one.")
    ] = FREE_MAIL_DOMAINS


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
