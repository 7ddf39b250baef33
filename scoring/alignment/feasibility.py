"""Whether an agreement can be kept: its service levels within capacity, and its target within the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ScoredMarket:
    """What the newest night says of the target market.

    Attributes
    ----------
    as_of : date
        The day of that night.
    known : int
        Open entities in the target market.
    grades : mapping of int
        How many of them have each grade.
    entered : mapping of float
        How many came into each grade in a week, as the nights before tell; empty where they tell nothing yet.
    revenue : float
        What is expected of them within the horizon.
    most : float
        What they would bring if every one of them bought.
    """

    as_of: date
    known: int
    grades: Mapping[str, int]
    entered: Mapping[str, float]
    revenue: float
    most: float


@dataclass(frozen=True)
class Feasibility:
    """What stands against an agreement, and what is only worth knowing.

    Attributes
    ----------
    faults : tuple of str
        Why it cannot be kept; with one of them it is refused.
    notes : tuple of str
    """

    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def feasibility(
    market: ScoredMarket, *, target: float, promised: Mapping[str, float], capacity: float, horizon_days: int, days: int
) -> Feasibility:
    """Compare an agreement with the market and with the capacity.

    Parameters
    ----------
    market : ScoredMarket
    target : float
        The revenue that is to be won in the period; 0 for none.
    promised : mapping of float
        By grade, the working hours until the first touch. Grades without a service level need no capacity.
    capacity : float
        How many can be worked for the first time in a week; 0 if unknown.
    horizon_days, days : int
        Of the scores, and of the period of the agreement.
    """
    faults: list[str] = []
    notes: list[str] = []
    if target > market.most:
        faults.append(
            f"the target of {target:,.0f} is more than the market holds: {market.known:,} are known and open, and they "
            f"would bring {market.most:,.0f} if every one of them bought"
        )
    elif target > (expected := market.revenue * days / horizon_days):
        notes.append(
            f"the target of {target:,.0f} is {_times(target, expected)} what is expected of those who are known and "
            f"open ({expected:,.0f} in {days} days); `closedwon plan` says how likely it is with those still to come"
        )
    if not promised or not capacity:
        return Feasibility(tuple(faults), tuple(notes))
    grades = " and ".join(sorted(promised))
    if not market.entered:
        notes.append(
            f"whether {capacity:,.0f} a week are enough for grade {grades} is not known yet: it takes two nights that "
            "are a week apart"
        )
        return Feasibility(tuple(faults), tuple(notes))
    needed = sum(market.entered.get(grade, 0.0) for grade in promised)
    if needed > capacity:
        faults.append(
            f"the service level cannot be kept: {needed:,.0f} a week come into grade {grades}, and {capacity:,.0f} a "
            "week can be worked; raise capacity, or promise it for fewer grades"
        )
    else:
        notes.append(f"{needed:,.0f} a week come into grade {grades}, and {capacity:,.0f} a week can be worked")
    return Feasibility(tuple(faults), tuple(notes))


def _times(target: float, expected: float) -> str:
    return f"{target / expected:,.1f} times" if expected > 0 else "more than"
