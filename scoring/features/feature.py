"""What every declaration of a feature has: a name, words, a side, a scope, and the columns it is made from."""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal, NamedTuple

from scoring.entity import Entity, plural

Side = Literal["fit", "intent"]
Kind = Literal["numeric", "days", "category"]
Scope = Literal["own", "account"]
Texts = tuple[str, ...]


class SourceColumn(NamedTuple):
    """A column of a table of the export; `seniority` and `department` are read from a lead's title."""

    table: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Feature:
    """The fields of every declaration.

    Parameters
    ----------
    name : str
        The column it becomes.
    label : str
        Its words in a reason, without the value.
    side : {"fit", "intent"}
        Whether it is about who they are (`fit`) or how ready they are (`intent`).
    scope : {"own", "account"}
        Whose facts: the entity's own or, for a lead, its account's.
    """

    name: str
    label: str = ""
    side: Side
    scope: Scope = "own"
    kind: ClassVar[Kind] = "numeric"

    def __post_init__(self) -> None:
        for field in fields(self):  # JSON and TOML have lists, and no list equals a tuple
            value = getattr(self, field.name)
            if isinstance(value, list):
                object.__setattr__(self, field.name, tuple(value))

    def declaration(self) -> dict[str, Any]:
        """The feature as plain data, as JSON holds it: what `declared` reads back."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {"type": type(self).__name__, **plain}

    @property
    def sources(self) -> "tuple[Attribute, ...]":
        """The attributes that it is made from; none for what is made from deals, people or engagement."""
        return ()

    def made_from(self, entity: Entity) -> tuple[SourceColumn, ...]:
        """The columns whose values it is made from, so that it is held back where one of them is.

        Parameters
        ----------
        entity : {"account", "lead"}
            Whose model it is a feature of.
        """
        table = "accounts" if self.scope == "account" else plural(entity)
        return tuple(SourceColumn(table, source.column) for source in self.sources) + tuple(
            SourceColumn("leads", name) for name in self.of_people
        )

    @property
    def of_people(self) -> Texts:
        """The columns of `leads` that it is made from, where it is made from people."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Attribute(Feature):
    """An attribute of the entity, as it was known at `as_of`: a number, or one of a few levels."""

    column: str
    values: Literal["numeric", "category"] = "category"
    side: Side = "fit"

    @property
    def sources(self) -> "tuple[Attribute, ...]":
        """Itself."""
        return (self,)
