"""The target market of an agreement: a filter over attributes that says who could ever buy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import pandas as pd


#: How a number is compared, by the key in the file, with the words for it.
COMPARISONS = {"at_least": "at least", "above": "above", "at_most": "at most", "below": "below"}
_NO_DECIMALS = re.compile(r"(?<=\d)\.0+$")


@dataclass(frozen=True)
class Condition:
    """What one attribute must be.

    Attributes
    ----------
    attribute : str
    values : tuple
        Any of these, compared as text without regard to capitals; empty if the attribute is compared as a number.
    limits : tuple of (str, float)
        Keys of `COMPARISONS` with their numbers; all of them must hold.
    """

    attribute: str
    values: tuple[str, ...] = ()
    limits: tuple[tuple[str, float], ...] = ()

    @classmethod
    def from_file(cls, attribute: str, wanted: Any) -> Self:
        """Read a condition as the file has it: a value, a list of values, or a table of limits.

        Parameters
        ----------
        attribute : str
        wanted : object
            As `tomllib` gives it.

        Raises
        ------
        ValueError
            If it is none, with what is allowed.
        """
        if isinstance(wanted, Mapping):
            known = ", ".join(COMPARISONS)
            if not wanted or set(wanted) - set(COMPARISONS):
                raise ValueError(f"{attribute} is compared by {known}: found {', '.join(wanted) or 'nothing'}")
            if wrong := [key for key, limit in wanted.items() if isinstance(limit, bool) or not _is_number(limit)]:
                raise ValueError(f"{attribute}: {wrong[0]} must be a number: found {wanted[wrong[0]]!r}")
            return cls(attribute, limits=tuple((key, float(limit)) for key, limit in wanted.items()))
        values = wanted if isinstance(wanted, list) else [wanted]
        if not values or not all(isinstance(value, str | bool | int | float) for value in values):
            raise ValueError(f"{attribute} must be a value, a list of values or limits: found {wanted!r}")
        return cls(attribute, tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values))

    def holds(self, column: pd.Series) -> pd.Series:
        """Whether it holds, of shape (n,); what is not known does not meet it.

        Parameters
        ----------
        column : Series
            The attribute of each unit.
        """
        import pandas as pd

        if self.values:
            return column.map(_as_compared, na_action="ignore").isin([_as_compared(value) for value in self.values])
        numbers = pd.to_numeric(column, errors="coerce")
        met = numbers.notna()
        for key, limit in self.limits:
            met &= {"at_least": numbers.ge, "above": numbers.gt, "at_most": numbers.le, "below": numbers.lt}[key](limit)
        return met

    def __str__(self) -> str:
        """In words: `country DE, AT or CH`, `employees at least 200`."""
        if self.limits:
            return " and ".join(f"{self.attribute} {COMPARISONS[key]} {limit:,.10g}" for key, limit in self.limits)
        *first, last = self.values
        return f"{self.attribute} {', '.join(first)} or {last}" if first else f"{self.attribute} {last}"


@dataclass(frozen=True)
class TargetMarket:
    """Who could ever buy: all conditions must hold. Without any, everybody could.

    Attributes
    ----------
    conditions : tuple of Condition
    """

    conditions: tuple[Condition, ...] = ()

    @property
    def attributes(self) -> list[str]:
        """The attributes that it reads."""
        return [condition.attribute for condition in self.conditions]

    def holds(self, units: pd.DataFrame) -> pd.Series:
        """Whether each unit is in it, of shape (n,).

        Parameters
        ----------
        units : DataFrame
            With the columns `attributes`.
        """
        import pandas as pd

        met = pd.Series(True, index=units.index)
        for condition in self.conditions:
            met &= condition.holds(units[condition.attribute])
        return met

    def __str__(self) -> str:
        """In words."""
        return "; ".join(map(str, self.conditions)) or "everybody"


def conditions(wanted: Mapping[str, Any]) -> tuple[tuple[Condition, ...], list[str]]:
    """The conditions of a filter as the file has it, and what is wrong with the others.

    Parameters
    ----------
    wanted : mapping
        By attribute, what it must be.
    """
    found: list[Condition] = []
    faults: Sequence[str] = []
    for attribute, value in wanted.items():
        try:
            found.append(Condition.from_file(attribute, value))
        except ValueError as error:
            faults = [*faults, str(error)]
    return tuple(found), list(faults)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and value == value and abs(value) != float("inf")


def _as_compared(value: object) -> str:
    """A value as it is compared: `200.0` and `200` are one, and so are `de` and `DE`."""
    return _NO_DECIMALS.sub("", str(value).strip().casefold())
