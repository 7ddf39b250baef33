"""The target that sales and marketing agreed on, as far as it is still to be won in the period of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipelines.planning.known_lives import KnownLives
from scoring.timeline import day_number


@dataclass(frozen=True)
class AgreedTarget:
    """The revenue target of an agreement.

    Attributes
    ----------
    name : str
        Of the agreement.
    first_day, last_day : date
        Of its period.
    revenue : float
        What is to be won in it; 0 for none.
    """

    name: str
    first_day: date
    last_day: date
    revenue: float

    def left(self, known: KnownLives, as_of: date, until: date) -> tuple[float | None, str]:
        """What is still to be won from `as_of` to `until`, and why it is that, or why there is no target.

        One dated example, of an agreement on 1,200,000 from 2027-01-01 to 2027-03-31, planned on 2027-02-01:

            until 2027-04-01, booked 300,000 since January      900,000
            until 2027-04-01, booked 1,250,000                  none: it is reached
            until 2027-05-01                                    none: the plan ends on another day

        Parameters
        ----------
        known : KnownLives
            Their first wins since the first day are booked.
        as_of, until : date
            The first day of the plan, and the day after its last.
        """
        if not self.revenue:
            return None, f"agreement {self.name} has no revenue target"
        end = self.last_day + timedelta(days=1)
        if until != end:
            return (
                None,
                f"the target of agreement {self.name} is not taken: it ends on {self.last_day}, so --until {end}",
            )
        if as_of < self.first_day:
            return None, f"the target of agreement {self.name} is not taken: it begins on {self.first_day}"
        won = known.lives.won
        within = (won >= day_number(self.first_day)) & (won < day_number(as_of))
        booked = float(np.nansum(known.amount[within]))
        if booked >= self.revenue:
            return None, f"the target of agreement {self.name}, {self.revenue:,.0f}, is booked already: {booked:,.0f}"
        rest = f", less {booked:,.0f} booked since {self.first_day}" if booked else ""
        return self.revenue - booked, f"{self.revenue:,.0f} of agreement {self.name}{rest}"
