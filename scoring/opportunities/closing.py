"""When a deal closes: the share of wins by period, and how sure it is that the close date entered is missed.

Both are parts of a scorecard of opportunities. `Timing` spreads the probability of a win over the horizon and changes
none; `Slip` is a scorecard of its own: `log-odds = base + the sum of its terms`, which are added up as those of a win.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from scoring.scorecard.parts import Calibration, Term

Floats = np.ndarray
#: Of the deals that are won, so many in a hundred close before the earliest, the expected and the latest day.
QUANTILES = (0.1, 0.5, 0.9)
#: Days to the close date entered, from which on the timing of a win is another one.
EDGES = (0.0, 15.0, 31.0, 61.0, 91.0, 181.0)
#: A group of deals counts beside so many snapshots that win as often in each period as all do.
AS_ALL = 30.0


def groups(days: Floats) -> np.ndarray:
    """The group of each deal by the days to the close date entered: 0 without a date, 1 where it has passed.

    Parameters
    ----------
    days : ndarray of float, shape (n,)
        NaN where no date is entered.
    """
    return np.where(np.isnan(days), 0, 1 + np.searchsorted(EDGES, np.nan_to_num(days), side="right"))


@dataclass(frozen=True)
class Timing:
    """How the wins of a horizon are spread over its periods, by `groups`.

    Attributes
    ----------
    bounds : tuple of int
        Days after `as_of` at which the periods start, and the end of the last.
    shares : tuple of tuple of float
        For each group the share of its wins in each period; they add up to 1.
    """

    bounds: tuple[int, ...]
    shares: tuple[tuple[float, ...], ...]

    @classmethod
    def learned(cls, bounds: Sequence[int], group: np.ndarray, period: np.ndarray, won: Floats, weight: Floats) -> Self:
        """Life tables of the groups, drawn towards that of all by `AS_ALL` snapshots.

        Parameters
        ----------
        bounds : sequence of int
        group, period, won, weight : ndarray of shape (n_rows,)
            Of the hazard rows: group and period of each, whether it was won in it, and how many rows it stands for.
        """
        periods, several = len(bounds) - 1, len(EDGES) + 2
        at_risk, wins = np.zeros((several, periods)), np.zeros((several, periods))
        np.add.at(at_risk, (group, period), weight)
        np.add.at(wins, (group, period), weight * won)
        of_all = (wins.sum(axis=0) + 0.5 / periods) / (at_risk.sum(axis=0) + 1.0)
        hazard = (wins + AS_ALL * of_all) / (at_risk + AS_ALL)
        stays = np.cumprod(np.column_stack([np.ones(several), 1.0 - hazard[:, :-1]]), axis=1)
        first = hazard * stays
        shares = first / first.sum(axis=1, keepdims=True)
        return cls(tuple(bounds), tuple(tuple(round(float(x), 10) for x in row) for row in shares))

    def days(self, group: np.ndarray, quantile: float) -> Floats:
        """Days after `as_of` before which a part of the wins comes, shape (n,); a period's wins come evenly.

        Parameters
        ----------
        group : ndarray of int, shape (n,)
        quantile : float
            The part, from 0 to 1.
        """
        of_group = []
        for shares in self.shares:
            so_far = np.concatenate([[0.0], np.cumsum(shares)])
            of_group.append(float(np.interp(quantile, so_far, self.bounds)))
        return np.asarray(of_group)[group]

    def within(self, group: np.ndarray, days: float) -> Floats:
        """The part of the horizon's wins that comes in the first `days`, shape (n,).

        Parameters
        ----------
        group : ndarray of int, shape (n,)
        days : float
        """
        so_far = [np.interp(days, self.bounds, np.concatenate([[0.0], np.cumsum(row)])) for row in self.shares]
        return np.asarray(so_far)[group]


@dataclass(frozen=True)
class Slip:
    """The probability that a deal closes, won or lost, later than the day entered.

    Attributes
    ----------
    base : float
        The log-odds of an average open deal.
    calibration : Calibration
    terms : tuple of Term
    rate : float
        How often it came, in the snapshots that it was learned from.
    deals : int
        How many deals these were.
    """

    base: float
    calibration: Calibration
    terms: tuple[Term, ...] = field(repr=False)
    rate: float = 0.0
    deals: int = 0

    def probability(self, codes: Mapping[str, np.ndarray], rows: int) -> Floats:
        """The probability of each row, by the codes of its features.

        Parameters
        ----------
        codes : mapping of ndarray of int, shape (n,)
            By feature.
        rows : int
            n.
        """
        log_odds = np.full(rows, self.base)
        for term in self.terms:
            table = np.asarray(term.values, dtype=np.float64)
            log_odds += table[tuple(codes[name] for name in term.features)]
        found: Floats = 1.0 / (1.0 + np.exp(-log_odds))
        return np.interp(found, self.calibration.x, self.calibration.y) if self.calibration.x else found


@dataclass(frozen=True)
class Closing:
    """When deals close.

    Attributes
    ----------
    timing : Timing
    days_to_close : str or None
        The feature with the days to the close date entered; None where none was ever entered.
    slip : Slip or None
        None where too few dates were missed, or kept, to learn from.
    """

    timing: Timing
    days_to_close: str | None = None
    slip: Slip | None = None

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        slip, shares = content.get("slip"), content["shares"]
        return cls(
            Timing(tuple(content["bounds"]), tuple(tuple(row) for row in shares)),
            content.get("days_to_close"),
            None
            if slip is None
            else Slip(
                slip["base"],
                Calibration.from_json(slip["calibration"]),
                tuple(Term.from_json(term) for term in slip["terms"]),
                slip["rate"],
                slip["deals"],
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it. What is None is not in it."""
        slip = self.slip
        learned = (
            None
            if slip is None
            else {
                "base": slip.base,
                "calibration": slip.calibration.to_json(),
                "terms": [term.to_json() for term in slip.terms],
                "rate": slip.rate,
                "deals": slip.deals,
            }
        )
        found = {
            "bounds": list(self.timing.bounds),
            "shares": [list(row) for row in self.timing.shares],
            "days_to_close": self.days_to_close,
            "slip": learned,
        }
        return {name: value for name, value in found.items() if value is not None}

    def quantile_days(self, days: Floats) -> tuple[Floats, ...]:
        """Days after `as_of` at which a deal closes if it is won: for each of `QUANTILES` an array of shape (n,).

        Parameters
        ----------
        days : ndarray of float, shape (n,)
            To the close date entered; NaN where none is.
        """
        return tuple(self.timing.days(groups(days), quantile) for quantile in QUANTILES)

    def slips(self, codes: Mapping[str, np.ndarray], days: Floats) -> Floats:
        """P(it closes later than entered), shape (n,): 1 where that day has passed, NaN where none is entered.

        Parameters
        ----------
        codes : mapping of ndarray of int, shape (n,)
            By feature.
        days : ndarray of float, shape (n,)
            To the close date entered; NaN where none is.
        """
        missed = np.where(days < 0, 1.0, np.nan)
        if self.slip is None:
            return missed
        return np.where(days >= 0, self.slip.probability(codes, len(days)), missed)
