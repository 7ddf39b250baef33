"""What a feature is: a small declaration that names its source, its window and its side.

A declaration holds no code that touches data; `build` interprets all of them, for one `as_of` or for many, on any
engine. None of them can count touches: the vocabulary below has no way to say it.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from scoring.timeline import Window

Side = Literal["fit", "intent"]
Kind = Literal["numeric", "days", "category"]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What all declarations share.

    Parameters
    ----------
    name : str
        The column it becomes.
    label : str
        How it reads in a reason, without its value.
    side : {"fit", "intent"}
        Whether it says who they are or how ready.
    scope : {"own", "account"}
        Whose facts: the entity's own or, for a lead, its account's.
    """

    name: str
    label: str
    side: Side
    scope: str = "own"
    kind: ClassVar[Kind] = "numeric"

    def declaration(self) -> dict[str, Any]:
        """The feature as plain data: what `declared` reads back."""
        return {"type": type(self).__name__, **asdict(self)}


@dataclass(frozen=True, kw_only=True)
class Attribute(Feature):
    """An attribute of the entity, as it was known at `as_of`: a number, or one of a few levels."""

    column: str
    values: Literal["numeric", "category"] = "category"
    side: Side = "fit"


@dataclass(frozen=True, kw_only=True)
class Group(Feature):
    """The buying group's make-up: known people, decision makers, departments, or through what the first one came."""

    of: Literal["people", "decision_makers", "departments", "first_source", "first_campaign"]
    side: Side = "fit"


@dataclass(frozen=True, kw_only=True)
class Recency(Feature):
    """Days since the last engagement day that matches; null if there was none.

    `activity` restricts it to one activity type, `by` to who engaged, `event` to what was new about it.
    """

    kind: ClassVar[Kind] = "days"
    activity: str | None = None
    by: Literal["anyone", "decision_maker"] = "anyone"
    event: Literal["any", "new_kind", "new_person", "returned"] = "any"
    side: Side = "intent"


@dataclass(frozen=True, kw_only=True)
class Breadth(Feature):
    """How many different people, decision makers, departments or activity types engaged within the last `days`."""

    of: Literal["people", "decision_makers", "departments", "kinds"]
    days: int
    side: Side = "intent"

    @property
    def window(self) -> Window:
        """The days it looks back."""
        return Window(self.days)


@dataclass(frozen=True, kw_only=True)
class Momentum(Feature):
    """Share of the last `recent_weeks` with any engagement, less the share of the `usual_weeks` before them.

    The account's own usual is the yardstick: one that is always busy shows none. Between -1 and 1.
    """

    recent_weeks: int = 4
    usual_weeks: int = 24
    side: Side = "intent"


@dataclass(frozen=True, kw_only=True)
class Deal(Feature):
    """The state of its deals: days since the open one opened, since the last was lost; its stage, days in it."""

    kind: ClassVar[Kind] = "days"
    of: Literal["open_days", "lost_days", "stage", "stage_days"]
    side: Side = "intent"


@dataclass(frozen=True, kw_only=True)
class Age(Feature):
    """Days since the entity was created."""

    kind: ClassVar[Kind] = "days"
    side: Side = "intent"


_TYPES = {kind.__name__: kind for kind in (Attribute, Group, Recency, Breadth, Momentum, Deal, Age)}


def declared(declaration: dict[str, Any]) -> Feature:
    """The feature of a declaration: the inverse of `Feature.declaration`."""
    fields = dict(declaration)
    name = fields.pop("type")
    if name not in _TYPES:
        raise ValueError(f"No feature type is called {name!r}; there are {', '.join(_TYPES)}.")
    feature: Feature = _TYPES[name](**fields)
    return feature


def is_category(feature: Feature) -> bool:
    """Whether its column holds levels (text) rather than numbers."""
    if isinstance(feature, Attribute):
        return feature.values == "category"
    return (isinstance(feature, Group) and feature.of.startswith("first_")) or (
        isinstance(feature, Deal) and feature.of == "stage"
    )
