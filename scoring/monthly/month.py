"""A calendar month, such as 2026-10."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from scoring.timeline import day_number


@dataclass(frozen=True, order=True)
class CalendarMonth:
    """A calendar month; `number` is 1 for January."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def whole_before(cls, as_of: date) -> Self:
        """The last month that is over and known at `as_of`."""
        return cls.of(as_of).moved(-1)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The day after its last."""
        return self.moved(1).first_day

    @property
    def begin_day(self) -> int:
        """The day number of its first day."""
        return day_number(self.first_day)

    @property
    def end_day(self) -> int:
        """The day number of the day after its last."""
        return day_number(self.end)

    def moved(self, months: int) -> Self:
        """The month so many months later, or earlier."""
        index = self.year * 12 + self.number - 1 + months
        return type(self)(index // 12, index % 12 + 1)

    def until(self, count: int) -> list[Self]:
        """The last `count` months that end with this one, the oldest first."""
        return [self.moved(step) for step in range(1 - count, 1)]

    def __str__(self) -> str:
        """As people sort it: `2026-10`."""
        return f"{self.year:04}-{self.number:02}"
