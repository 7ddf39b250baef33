"""Revenue as a product: targets, times reach, engage, close and amount.

One dated example, of those who came in 2026-03, completed as every cohort is followed:

    200 targets x 0.90 reached x 0.50 of them engaged x 0.10 of them won x 20,000 = 180,000

Each factor is what one step kept of the step before, of one cohort: never the wins of a month over its leads.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """The counts of a cohort, and the factors between them.

    Attributes
    ----------
    targets, reached, engaged, won : float
        How many.
    revenue : float
        Of those won.
    """

    targets: float
    reached: float
    engaged: float
    won: float
    revenue: float

    @property
    def reach(self) -> float | None:
        """Reached, of targets; None where there are none."""
        return _ratio(self.reached, self.targets)

    @property
    def engage(self) -> float | None:
        """Engaged, of those reached."""
        return _ratio(self.engaged, self.reached)

    @property
    def close(self) -> float | None:
        """Won, of those engaged; above 1 where some are won who never engaged."""
        return _ratio(self.won, self.engaged)

    @property
    def amount(self) -> float | None:
        """Revenue of a win."""
        return _ratio(self.revenue, self.won)

    @property
    def product(self) -> float | None:
        """Targets times all factors: the revenue, where every factor is known."""
        found = self.targets
        for factor in (self.reach, self.engage, self.close, self.amount):
            if factor is None:
                return None
            found *= factor
        return found


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
