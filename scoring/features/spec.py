"""The declaration of a feature: its source, its window and its side.

A declaration holds no code. `feature_expressions` computes all declarations on any engine, for one `as_of` or for many,
and `feature_arrays` in this process. No declaration can count touches: the vocabulary below has no word for it.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal, NamedTuple

from scoring.entity import Entity
from scoring.timeline import Window

Side = Literal["fit", "intent"]
Kind = Literal["numeric", "days", "category"]
Scope = Literal["own", "account"]
#: What `scoring.titles` reads from a title.
Department = Literal[
    "finance", "procurement", "legal", "hr", "sales", "marketing", "product", "it", "operations", "management", "other"
]
Texts = tuple[str, ...]


class Column(NamedTuple):
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

    def made_from(self, entity: Entity) -> tuple[Column, ...]:
        """The columns whose values it is made from, so that it is held back where one of them is.

        Parameters
        ----------
        entity : {"account", "lead"}
            Whose model it is a feature of.
        """
        table = "accounts" if entity == "account" or self.scope == "account" else "leads"
        return tuple(Column(table, source.column) for source in self.sources) + tuple(
            Column("leads", name) for name in self.of_people
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


@dataclass(frozen=True, kw_only=True)
class Listed(Feature):
    """Whether an attribute is one of a list: an ideal customer, a territory. Null where it is not known.

    Case and outer blanks do not matter; a number is written as the export writes it.
    """

    column: str
    values: Texts
    side: Side = "fit"

    @property
    def sources(self) -> tuple[Attribute, ...]:
        """The attribute as it is, under a name that no feature has."""
        return (_source(self, self.column),)


@dataclass(frozen=True, kw_only=True)
class Ratio(Feature):
    """One number of the entity by another: revenue by employee. Null where one is not known, or the second is 0."""

    numerator: str
    denominator: str
    side: Side = "fit"

    @property
    def sources(self) -> tuple[Attribute, ...]:
        """Both attributes as they are, under names that no feature has."""
        return _source(self, self.numerator), _source(self, self.denominator)


def _source(feature: Feature, column: str) -> Attribute:
    # A feature's name has no blank in it.
    return Attribute(name=f"{column} of {feature.name}", label="", column=column)


#: What the measures of a group of people read of each of them.
_GROUPS: dict[str, Texts] = {
    "people": (),
    "kinds": (),
    "decision_makers": ("seniority",),
    "departments": ("department",),
    "first_source": ("source",),
    "first_campaign": ("campaign",),
}


def _of_engaged(by: str, department: str | Texts | None) -> Texts:
    return (("seniority",) if by == "decision_maker" else ()) + (("department",) if department is not None else ())


@dataclass(frozen=True, kw_only=True)
class Group(Feature):
    """The buying group: its known people, decision makers or departments, or the first person's source or campaign."""

    of: Literal["people", "decision_makers", "departments", "first_source", "first_campaign"]
    side: Side = "fit"

    @property
    def of_people(self) -> Texts:
        """What it reads of each person."""
        return _GROUPS[self.of]


@dataclass(frozen=True, kw_only=True)
class Recency(Feature):
    """Days since the last engagement day that matches; null if there was none.

    `activity` restricts it to one activity type or several, `by` and `department` to who engaged, `event` to
    what was new about it.
    """

    kind: ClassVar[Kind] = "days"
    activity: str | Texts | None = None
    by: Literal["anyone", "decision_maker"] = "anyone"
    department: Department | tuple[Department, ...] | None = None
    event: Literal["any", "new_kind", "new_person", "returned"] = "any"
    side: Side = "intent"

    @property
    def of_people(self) -> Texts:
        """What it reads of those who engaged."""
        return _of_engaged(self.by, self.department)


@dataclass(frozen=True, kw_only=True)
class Breadth(Feature):
    """How many different people, decision makers, departments or activity types engaged within the last `days`.

    `activity` restricts it to one activity type or several, `by` and `department` to who engaged.
    """

    of: Literal["people", "decision_makers", "departments", "kinds"]
    days: int
    activity: str | Texts | None = None
    by: Literal["anyone", "decision_maker"] = "anyone"
    department: Department | tuple[Department, ...] | None = None
    side: Side = "intent"

    @property
    def of_people(self) -> Texts:
        """What it reads of those who engaged."""
        return tuple(dict.fromkeys((*_GROUPS[self.of], *_of_engaged(self.by, self.department))))

    @property
    def window(self) -> Window:
        """The days it looks back."""
        return Window(self.days)


@dataclass(frozen=True, kw_only=True)
class Momentum(Feature):
    """Share of the last `recent_weeks` with any engagement, less the share of the `usual_weeks` before them.

    It compares an account with its own usual weeks: one that is always busy has 0. Between -1 and 1.
    """

    recent_weeks: int = 4
    usual_weeks: int = 24
    side: Side = "intent"

    @property
    def window(self) -> Window:
        """The days it looks back."""
        return Window(7 * (self.recent_weeks + self.usual_weeks))


#: That there are deals, and whether they are open.
DEAL_STATE = Column("opportunities", "status")


@dataclass(frozen=True, kw_only=True)
class Deal(Feature):
    """The state of the deals: days since the open one opened, days since the last was lost, the stage, days in it."""

    kind: ClassVar[Kind] = "days"
    of: Literal["open_days", "lost_days", "stage", "stage_days"]
    side: Side = "intent"

    def made_from(self, entity: Entity) -> tuple[Column, ...]:
        """The state of deals."""
        return (DEAL_STATE,)


PLANS = ("amount", "close_date", "probability")  # the columns of the opportunity history


@dataclass(frozen=True, kw_only=True)
class DealPlan(Feature):
    """What was planned of the open deal, as the opportunity history told it: null without an open deal that has one.

    `amount` is the largest, `days_to_close` until the first expected close (below 0 if it has passed), `slips` how
    often that was moved later, `probability` the one that sales entered.
    """

    of: Literal["amount", "amount_known", "days_to_close", "slips", "probability"]
    side: Side = "intent"

    @property
    def plan(self) -> str:
        """The column of the opportunity history that it is made from."""
        return "probability" if self.of == "probability" else "amount" if "amount" in self.of else "close_date"

    def made_from(self, entity: Entity) -> tuple[Column, ...]:
        """The state of deals, and the column of their history."""
        return (DEAL_STATE, Column("opportunity_history", self.plan))


@dataclass(frozen=True, kw_only=True)
class Age(Feature):
    """Days since the entity was created."""

    kind: ClassVar[Kind] = "days"
    side: Side = "intent"


TYPES: dict[str, type[Feature]] = {
    kind.__name__: kind for kind in (Attribute, Listed, Ratio, Group, Recency, Breadth, Momentum, Deal, DealPlan, Age)
}


def declared(declaration: dict[str, Any]) -> Feature:
    """The feature of a declaration: the inverse of `Feature.declaration`."""
    settings = dict(declaration)
    if (name := settings.pop("type")) not in TYPES:
        raise ValueError(f"No feature type is called {name!r}; there are {', '.join(TYPES)}.")
    return TYPES[name](**settings)


def is_category(feature: Feature) -> bool:
    """Whether its column holds levels (text) rather than numbers."""
    if isinstance(feature, Attribute):
        return feature.values == "category"
    named = isinstance(feature, Group | Deal) and feature.of in ("first_source", "first_campaign", "stage")
    return named or isinstance(feature, Listed)


def chosen(names: str | Texts | None) -> Texts:
    """The names as a tuple; empty if there is no restriction."""
    return (names,) if isinstance(names, str) else names or ()
