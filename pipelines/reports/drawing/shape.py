"""What a term of a scorecard learned, in the form in which a page or a notebook draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class DrawnShape:
    """What all shapes have.

    Attributes
    ----------
    name, label : str
        Of the feature; of a pair, both joined by `and`.
    side : str
        `fit` or `intent`.
    importance : float
        The mean absolute log-odds among the reference entities, or among the codes where the scorecard has no counts.
    known : float or None
        The share of the entities with a value; None where that is not counted.
    """

    kind: ClassVar[str]
    name: str
    label: str
    side: str
    importance: float
    known: float | None = None


@dataclass(frozen=True)
class Extreme:
    """The bin that raises or lowers the odds most, in words, and the odds as a multiple of the average one's."""

    words: str
    odds: float


@dataclass(frozen=True, kw_only=True)
class NumberShape(DrawnShape):
    """The shape of a number.

    Attributes
    ----------
    values : sequence of float
        Log-odds, the first of the missing value and then those of the bins.
    counts : sequence of int or None
        How many of the reference entities are in each.
    steady : sequence of bool
        Whether each value survives resampling.
    missing : str
        The missing value in words.
    ticks : sequence of (int, str)
        A few edges: how many bins lie before each, and its words.
    peak, pit : Extreme
        What raises the odds most, and what lowers them most.
    """

    kind: ClassVar[str] = "number"
    values: Sequence[float]
    counts: Sequence[int] | None
    steady: Sequence[bool]
    missing: str
    ticks: Sequence[tuple[int, str]]
    peak: Extreme
    pit: Extreme


@dataclass(frozen=True)
class LevelOdds:
    """A level of a category, or an entry of a pair: its log-odds, its odds, and how many have it."""

    words: str
    value: float
    odds: float
    count: int | None
    share: float | None
    steady: bool


@dataclass(frozen=True, kw_only=True)
class CategoryShape(DrawnShape):
    """The levels of a category that are shown, and how many `more` there are."""

    kind: ClassVar[str] = "category"
    levels: Sequence[LevelOdds]
    more: int


@dataclass(frozen=True, kw_only=True)
class PairShape(CategoryShape):
    """The strongest entries of a pair of features, and how many `more` there are."""

    kind: ClassVar[str] = "pair"
