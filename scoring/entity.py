"""The kinds of record that are scored, and which of them a command is asked for."""

from typing import Literal

Entity = Literal["account", "lead", "opportunity"]

#: What is scored in any case: who may buy.
ENTITIES: tuple[Entity, ...] = ("account", "lead")
#: What is scored beside them, where a model of it has been trained by name: a deal that is open.
OPPORTUNITY: Entity = "opportunity"
#: Of open deals, this share is compared: sales works nearly all of them, and asks for the best.
DEALS_WORKED = 0.25
#: All of which there may be a model.
ALL: tuple[Entity, ...] = (*ENTITIES, OPPORTUNITY)
#: The column of the CRM tables and of the score table that identifies a record.
ID_COLUMN: dict[str, str] = {"account": "account_id", "lead": "lead_id", "opportunity": "opportunity_id"}
#: The other id columns of a score table: whose lead or deal it is.
BESIDE: dict[str, tuple[str, ...]] = {"account": (), "lead": ("account_id",), "opportunity": ("account_id",)}
#: What `--entity` accepts.
CHOICES = (*ALL, "both")


def asked_entities(asked: str | None) -> tuple[Entity, ...]:
    """The entities that a choice means: one of them, accounts and leads for `both`, and all for no choice."""
    named = ENTITIES if asked == "both" else ALL
    return tuple(entity for entity in named if asked in (None, "both", entity))


def plural(entity: str) -> str:
    """Several of an entity, which is also the name of its table: `accounts`, `leads`, `opportunities`.

    Parameters
    ----------
    entity : {"account", "lead", "opportunity"}
    """
    return "opportunities" if entity == OPPORTUNITY else f"{entity}s"
