"""The plan of a period: what is expected of it, of whom, how sure that is, and what a target would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.entity import Entity
from scoring.planning.adaptive import PERCENT, Correction, PastForecast
from scoring.planning.order import Order
from scoring.planning.outlook import Outlook
from scoring.planning.past_level import PastTotal
from scoring.timeline import calendar_date


@dataclass(frozen=True)
class PlannedSource:
    """What a source still brings: arrivals, wins and revenue expected, and how long from arrival to won.

    Attributes
    ----------
    name : str
    arrivals, wins, revenue : float
        Expected before the period ends; those who come beyond the capacity win nothing.
    chance : float
        P(a win before the period ends) of one who comes at any time of it.
    median_days : float or None
        The age by which half of those who win have won; None where none did.
    """

    name: str
    arrivals: float
    wins: float
    revenue: float
    chance: float
    median_days: float | None


@dataclass(frozen=True)
class PlanPart:
    """A part of the plan: the value of what it was split by, and what is expected of it."""

    value: str
    outlook: Outlook


@dataclass(frozen=True)
class Split:
    """The plan split by one thing, the largest part first: `of` names it, and the parts add up to the plan."""

    of: str
    parts: tuple[PlanPart, ...]


@dataclass(frozen=True)
class PastDays:
    """The plans as they would have been made on past days, and how they correct this one.

    Attributes
    ----------
    wins, revenue : tuple of PastForecast
        The oldest first.
    of_wins, of_revenue : Correction
    origin : str
        Where the scores of these days are from, in words.
    totals : tuple of PastTotal
        The wins of these days, for the error of the level.
    """

    wins: tuple[PastForecast, ...]
    revenue: tuple[PastForecast, ...]
    of_wins: Correction
    of_revenue: Correction
    origin: str
    totals: tuple[PastTotal, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "days": [
                {
                    "as_of": calendar_date(wins.day).isoformat(),
                    "wins": _past(wins),
                    "revenue": _past(revenue),
                }
                for wins, revenue in zip(self.wins, self.revenue, strict=True)
            ],
            "corrected": self.of_wins.is_made,
            "held": {
                name: {f"interval_{percent}": held for percent, held in zip(PERCENT, found.held, strict=True)}
                for name, found in (("wins", self.of_wins), ("revenue", self.of_revenue))
            },
            "origin": self.origin,
        }


def _past(found: PastForecast) -> dict[str, Any]:
    limits = {f"interval_{percent}": list(one) for percent, one in zip(PERCENT, found.limits, strict=True)}
    return {"expected": found.expected, **limits, "actual": found.actual}


@dataclass(frozen=True)
class Plan:
    """The plan of a period.

    Attributes
    ----------
    entity : {"account", "lead"}
    as_of, until : date
        Its first day, and the day after its last.
    model_version : int
        Of the champion.
    total, open, coming : Outlook
        Of all, of those who are open, and of those who still come.
    n_open : int
        How many are open.
    sources : tuple of PlannedSource
        What still comes.
    past : PastDays
    capacity : float or None
        How many of those who come can be worked in the period; None where nobody says.
    is_full : bool
        Whether more come than can be worked.
    target, probability : float or None
        The revenue that is asked for, and P(revenue >= target).
    target_from : str
        Where the target is from, if nobody asked for it; else empty.
    order : Order or None
        What would make the target as likely as is wanted; None without a target.
    splits : tuple of Split
    notes : tuple of str
        What a reader must know, a sentence each.
    """

    entity: Entity
    as_of: date
    until: date
    model_version: int
    total: Outlook
    open: Outlook
    coming: Outlook
    n_open: int
    sources: tuple[PlannedSource, ...]
    past: PastDays
    capacity: float | None = None
    is_full: bool = False
    target: float | None = None
    probability: float | None = None
    order: Order | None = None
    target_from: str = ""
    splits: tuple[Split, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """The length of the period."""
        return (self.until - self.as_of).days

    @property
    def is_likely_enough(self) -> bool:
        """Whether the target is as likely as is wanted without any order."""
        return self.probability is not None and self.order is not None and self.probability >= self.order.wanted

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it: the keys of a target are there where one was given."""
        asked: Mapping[str, Any] = {}
        if self.target is not None:
            order = None if self.order is None else self.order.to_json()
            origin = {"target_from": self.target_from} if self.target_from else {}
            asked = {"target": self.target, **origin, "probability": self.probability, "order": order}
        return {
            "entity": self.entity,
            "model_version": self.model_version,
            "as_of": self.as_of.isoformat(),
            "until": self.until.isoformat(),
            **self.total.to_json(),
            **asked,
            "by": [_split(split) for split in self.splits],
            "open": {"count": self.n_open, **self.open.to_json()},
            "arrivals": {
                "expected": sum(source.arrivals for source in self.sources),
                **self.coming.to_json(),
                "capacity": self.capacity,
                "capacity_binds": self.is_full,
                "sources": [vars(source) for source in self.sources],
            },
            "past": self.past.to_json(),
            "notes": list(self.notes),
        }


def _split(split: Split) -> dict[str, Any]:
    return {"of": split.of, "parts": [{"value": part.value, **part.outlook.to_json()} for part in split.parts]}


def split_rows(splits: Sequence[Split]) -> list[dict[str, Any]]:
    """The parts of all splits, a row each, with the limits in columns of their own."""
    return [
        {"of": split.of, "value": part.value, **_columns("wins", part.outlook), **_columns("revenue", part.outlook)}
        for split in splits
        for part in split.parts
    ]


def _columns(name: str, outlook: Outlook) -> dict[str, float]:
    found = outlook.wins if name == "wins" else outlook.revenue
    limits = {
        f"{name}_{side}_{percent}": value
        for percent in PERCENT
        for side, value in zip(("low", "high"), found.interval(percent), strict=True)
    }
    return {f"{name}_expected": found.expected, **limits}
