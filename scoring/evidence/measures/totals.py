"""Expected totals beside those that came: of all, of each grade and segment, with the intervals that were stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.evidence.baselines import CLOSEDWON
from scoring.scorecard.forecast_error import ForecastError, Interval, Spread

if TYPE_CHECKING:
    import pandas as pd

#: The percentages that are stated.
PERCENT = (80, 95)


@dataclass(frozen=True)
class Total:
    """Wins and revenue of some entities: as expected, with intervals, and as they came."""

    wins: Interval
    revenue: Interval
    won: int
    booked: float


@dataclass(frozen=True)
class PartTotal:
    """The total of a grade or a segment: of which feature (`grade`), which of its values, and the total."""

    feature: str
    value: str
    total: Total


@dataclass(frozen=True)
class IntervalCoverage:
    """Of how many totals the interval of 80 and of 95 % held what came."""

    of: int
    wins_80: int
    wins_95: int
    revenue_80: int
    revenue_95: int

    @classmethod
    def over(cls, totals: Sequence[Total]) -> IntervalCoverage:
        """Count them."""
        wins, revenue = (
            [sum(interval.holds(actual, percent) for interval, actual in pairs) for percent in PERCENT]
            for pairs in ([(t.wins, t.won) for t in totals], [(t.revenue, t.booked) for t in totals])
        )
        return cls(len(totals), *wins, *revenue)


@dataclass(frozen=True)
class StatedTotals:
    """What the scorecards of a backtest stated of their totals, and what came.

    Attributes
    ----------
    together : Total
        All cut-offs added up.
    cut_offs : tuple of Total
        Each cut-off, the oldest first.
    parts : tuple of PartTotal
        Each grade and segment, all cut-offs added up.
    coverage, parts_coverage : IntervalCoverage
        Of the cut-offs, and of the grades and segments of each cut-off.
    """

    together: Total
    cut_offs: tuple[Total, ...]
    parts: tuple[PartTotal, ...]
    coverage: IntervalCoverage
    parts_coverage: IntervalCoverage

    def figures(self) -> dict[str, float]:
        """The totals and the coverage as figures for a run, by name."""
        total = self.together
        found = {"wins/won": float(total.won), "revenue/booked": total.booked}
        for name, interval in (("wins", total.wins), ("revenue", total.revenue)):
            found |= {f"{name}/{limit}": value for limit, value in asdict(interval).items()}
        for name, coverage in (("coverage", self.coverage), ("parts_coverage", self.parts_coverage)):
            counts = {
                key: count / coverage.of for key, count in asdict(coverage).items() if key != "of" and coverage.of
            }
            found |= {f"{name}/{key}": share for key, share in counts.items()}
        return found

    def table(self) -> dict[str, list[str | float]]:
        """The totals of all and of each part, row by row, as columns: which part, what was stated, and what came."""
        rows = [PartTotal("all", "all", self.together), *self.parts]
        columns: dict[str, list[str | float]] = {
            "of": [row.feature for row in rows],
            "value": [row.value for row in rows],
        }
        for name in ("wins", "revenue"):
            limits = [asdict(getattr(row.total, name)) for row in rows]
            columns |= {f"{name}_{limit}": [found[limit] for found in limits] for limit in limits[0]}
        return columns | {"won": [row.total.won for row in rows], "booked": [row.total.booked for row in rows]}


def stated(frame: pd.DataFrame, errors: Mapping[int, ForecastError], name: str = CLOSEDWON) -> StatedTotals:
    """The totals of a forecast frame.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame, see `comparison.Forecast`, with `grade` and `segment_<feature>` where parts are wanted.
    errors : mapping of day number to ForecastError
        What the scorecard of each cut-off states.
    name : str
        Whose probability `p_<name>` it is.

    Notes
    -----
    The horizons of successive cut-offs overlap, so they err together: their deviations are added up, which is too
    much where they do not.
    """
    cut_offs = [_one(rows, errors[day], name, part=False) for day, rows in _by_day(frame)]
    parts, pooled = list[Total](), list[PartTotal]()
    columns = [c for c in map(str, frame.columns) if c == "grade" or c.startswith("segment_")]
    for column in columns:
        for value, rows in frame.groupby(column, sort=True):
            each = [_one(one, errors[day], name, part=True) for day, one in _by_day(rows)]
            parts += [total for total, _ in each]
            pooled.append(PartTotal(column.removeprefix("segment_"), str(value), _sum(each)))
    totals = [total for total, _ in cut_offs]
    return StatedTotals(
        _sum(cut_offs), tuple(totals), tuple(pooled), IntervalCoverage.over(totals), IntervalCoverage.over(parts)
    )


def _by_day(frame: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    """The rows of each cut-off, by day number."""
    return [(int(day), frame[frame["as_of"] == day]) for day in np.unique(frame["as_of"].to_numpy(dtype=np.int64))]


#: A total and the spreads of its wins and its revenue.
_Spread = tuple[Total, tuple[Spread, Spread]]


def _one(rows: pd.DataFrame, error: ForecastError, name: str, *, part: bool) -> _Spread:
    """The total of some rows of one cut-off."""
    p, amount = (rows[column].to_numpy(dtype=np.float64) for column in (f"p_{name}", "expected_amount"))
    spreads = error.wins(p, part=part), error.revenue(p, amount, part=part)
    return _total(spreads, int(rows["won"].sum()), float(rows["amount"].sum())), spreads


def _sum(each: Iterable[_Spread]) -> Total:
    """The sum of totals of several cut-offs."""
    found = list(each)
    wins, revenue = (Spread.together(spreads[i] for _, spreads in found) for i in (0, 1))
    return _total((wins, revenue), sum(total.won for total, _ in found), sum(total.booked for total, _ in found))


def _total(spreads: tuple[Spread, Spread], won: int, booked: float) -> Total:
    wins, revenue = spreads
    return Total(wins.interval(whole=True), revenue.interval(), won, booked)
