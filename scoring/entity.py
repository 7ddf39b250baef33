"""The two kinds of record that are scored, and which of them a command is asked for."""

from typing import Literal

Entity = Literal["account", "lead"]

ENTITIES: tuple[Entity, ...] = ("account", "lead")
#: The column of the CRM tables and of the score table that identifies a record.
ID_COLUMN: dict[str, str] = {"account": "account_id", "lead": "lead_id"}
#: What `--entity` accepts.
CHOICES = (*ENTITIES, "both")


def asked_entities(asked: str | None) -> tuple[Entity, ...]:
    """The entities that a choice means: one of them, or both for `both` and for no choice."""
    return tuple(entity for entity in ENTITIES if asked in (None, "both", entity))
