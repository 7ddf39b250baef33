"""What is usual for a night, how far a figure may be from it, and how far chance moves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import median
from typing import NamedTuple

#: Days that a table may be behind, and all tables together under the name `EXPORT`.
EXPORT = "export"
FRESHNESS = {EXPORT: 3.0, "activities": 3.0, "leads": 30.0, "opportunities": 30.0, "accounts": 60.0}
#: How many standard errors of a share may be chance, and the fewest rows by which a share must have moved.
BEYOND, LEAST = 4.0, 20
#: How many things a sentence names.
NAMED = 3


@dataclass(frozen=True)
class NightLimits:
    """What may be published without a question.

    Parameters
    ----------
    nights : int
        Usual is the median of this many last nights.
    least_rows, most_rows : float
        Bounds of the rows of a table, and of the entities scored, over the usual number.
    min_rows : int
        A count is not checked if the usual number is smaller.
    missing_rise, unknown_rise, rejected_rise : float
        How far a share may rise above the usual one, 0 to 1: of rows without a value, by feature; of values that are no
        level of the scorecard; of rejected rows.
    score_shift, trained_shift : float
        The largest population stability index of the scores: against each of the last nights of the same model version;
        if there is none, against the population that the scorecard was centred on.
    freshness : mapping
        By table, the most days from the newest row to `as_of`; `export` is all tables together. A table that is not
        named, or has 0, is not checked.
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


def named(off: Sequence[Off]) -> str:
    """The worst few, and how many more."""
    worst = sorted(off, key=lambda one: -one.far)
    more = f" and {len(off) - NAMED} more" if len(off) > NAMED else ""
    return "; ".join(one.words for one in worst[:NAMED]) + more


def days(earlier: date, later: date) -> int:
    """Days from one day to another."""
    return (later - earlier).days
