"""What is usual for a night, how far a figure may be from it, and how far chance moves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import median
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, WithJsonSchema

#: Days that a table may be behind, and all tables together under the name `EXPORT`.
EXPORT = "export"
FRESHNESS = {EXPORT: 3.0, "activities": 3.0, "leads": 30.0, "opportunities": 30.0, "accounts": 60.0}
#: How many standard errors of a share may be chance, and the fewest rows by which a share must have moved.
BEYOND, LEAST = 4.0, 20
#: How many things a sentence names.
NAMED = 3


def _dated(table: str) -> str:
    if table not in FRESHNESS:
        raise ValueError(f"one of {', '.join(FRESHNESS)}")
    return table


DatedTable = Annotated[str, AfterValidator(_dated), WithJsonSchema({"type": "string", "enum": list(FRESHNESS)})]


@dataclass(frozen=True)
class NightLimits:
    """What may be published without a question. A table that `freshness` does not name is not checked."""

    nights: Annotated[int, Field(ge=1, description="Last nights whose median is usual.")] = 7
    least_rows: Annotated[
        float, Field(ge=0, le=1, description="Fewest rows of a table, and entities scored, over what is usual.")
    ] = 0.7
    most_rows: Annotated[
        float, Field(gt=1, description="Most rows of a table, and entities scored, over what is usual.")
    ] = 3.0
    min_rows: Annotated[int, Field(ge=1, description="A count whose usual number is smaller is not checked.")] = 50
    missing_rise: Annotated[
        float, Field(ge=0, le=1, description="Largest rise of the share of entities without a feature's value.")
    ] = 0.2
    unknown_rise: Annotated[
        float,
        Field(ge=0, le=1, description="Largest rise of the share of a feature's values that the model does not know."),
    ] = 0.1
    rejected_rise: Annotated[
        float, Field(ge=0, le=1, description="Largest rise of the share of a table's rows that are rejected.")
    ] = 0.02
    score_shift: Annotated[
        float,
        Field(
            ge=0, description="Largest population stability index of the scores against each night of the same model."
        ),
    ] = 0.05
    trained_shift: Annotated[
        float,
        Field(
            ge=0, description="Largest population stability index against the training, where there is no such night."
        ),
    ] = 0.1
    freshness: Annotated[
        Mapping[DatedTable, Annotated[float, Field(ge=0)]],
        Field(description="Days that a table may be behind, `export` being all together; with 0, it is not checked."),
    ] = field(default_factory=lambda: dict(FRESHNESS))


class Off(NamedTuple):
    """One thing that is not as usual: how far it is from that, and in words."""

    far: float
    words: str


def risen(share: float, normal: float, rows: int, limit: float) -> bool:
    """Whether a share of `rows` rose by more than the limit, beyond chance, and by `LEAST` rows or more."""
    rise = share - normal
    error = sqrt(max(normal * (1 - normal), share * (1 - share)) / rows) if rows else 0.0
    return rise > limit and rise > BEYOND * error and rise * rows >= LEAST


def usual_share(
    feature: str, nights: Sequence[Mapping[str, float]], trained: Mapping[str, float] | None
) -> float | None:
    """The usual share of a feature: the median in the nights that have one, otherwise its share in training.

    Parameters
    ----------
    feature : str
    nights : sequence of mappings
        The shares of each night before, by feature.
    trained : mapping, optional
        The shares in the population that the scorecard was centred on; None if it does not have them.

    Returns
    -------
    float or None
        None if neither has the feature.
    """
    shares = [night[feature] for night in nights if feature in night]
    return median(shares) if shares else (trained or {}).get(feature)


def worst_named(off: Sequence[Off]) -> str:
    """The worst few, and how many more."""
    worst = sorted(off, key=lambda one: -one.far)
    more = f" and {len(off) - NAMED} more" if len(off) > NAMED else ""
    return "; ".join(one.words for one in worst[:NAMED]) + more


def days(earlier: date, later: date) -> int:
    """Days from one day to another."""
    return (later - earlier).days
