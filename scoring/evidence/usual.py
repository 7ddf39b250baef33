"""What is usual of a night, how far it may be off, and what of it is chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import median
from typing import NamedTuple

#: Days that a table may be behind, and all tables together under the name `EXPORT`.
EXPORT = "export"
FRESHNESS = {EXPORT: 3.0, "activities": 3.0, "leads": 30.0, "opportunities": 30.0, "accounts": 60.0}
#: Standard errors of a share that are chance, and the fewest rows that a share must have moved.
BEYOND, LEAST = 4.0, 20
#: How many offenders a sentence names.
NAMED = 3


@dataclass(frozen=True)
class NightLimits:
    """What may be published without a question.

    Parameters
    ----------
    nights : int
        The last nights whose median is usual.
    least_rows, most_rows : float
        Rows of a table, and entities scored, over what is usual.
    min_rows : int
        A count whose usual is smaller is not judged.
    missing_rise, unknown_rise, rejected_rise : float
        How far a share may rise above its usual: of rows without a value, by feature; of values that no level of
        the scorecard knows; of rows that the door set aside.
    score_shift, trained_shift : float
        The largest population stability index of the scores against each of the last nights of the same model
        version; against those that the scorecard was centred on, where there is none.
    freshness : mapping
        By table, the days from the last thing known to `as_of`; `export` is all tables together. A table that
        is not named, or has 0, is not judged.
    """

    nights: int = 7
    least_rows: float = 0.7
    most_rows: float = 3.0
    min_rows: int = 50
    missing_rise: float = 0.2
    unknown_rise: float = 0.1
    rejected_rise: float = 0.02
    score_shift: float = 0.05
    trained_shift: float = 0.1
    freshness: Mapping[str, float] = field(default_factory=lambda: dict(FRESHNESS))


class Off(NamedTuple):
    """One thing that is not as usual: how far it is off, and in words."""

    far: float
    words: str


def risen(share: float, normal: float, rows: int, limit: float) -> bool:
    """Whether a share of `rows` rose by more than the limit, beyond chance, and by more than a handful of rows."""
    rise = share - normal
    error = sqrt(max(normal * (1 - normal), share * (1 - share)) / rows) if rows else 0.0
    return rise > limit and rise > BEYOND * error and rise * rows >= LEAST


def usual_share(
    feature: str, nights: Sequence[Mapping[str, float]], trained: Mapping[str, float] | None
) -> float | None:
    """The usual share of a feature: the median over the nights that have one, else its share in training.

    Parameters
    ----------
    feature : str
    nights : sequence of mappings
        The shares of each night before, by feature.
    trained : mapping, optional
        The shares of those that the scorecard was centred on, where it holds them.

    Returns
    -------
    float or None
        None if neither has the feature.
    """
    shares = [night[feature] for night in nights if feature in night]
    return median(shares) if shares else (trained or {}).get(feature)


def named(off: Sequence[Off]) -> str:
    """The worst few, and how many more."""
    worst = sorted(off, key=lambda one: -one.far)
    more = f" and {len(off) - NAMED} more" if len(off) > NAMED else ""
    return "; ".join(one.words for one in worst[:NAMED]) + more


def days(earlier: date, later: date) -> int:
    """Days from one day to another."""
    return (later - earlier).days
