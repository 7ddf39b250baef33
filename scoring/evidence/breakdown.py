"""The evidence broken down: by share worked, by probability, by segment, by month, by fit and intent.

Every function takes the forecast frame (see `comparison.Forecast`). Money is in the currency of the amounts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.evidence.backtest_evidence import GridCell, Month, ReliabilityBin, Segment
from scoring.evidence.baselines import CLOSEDWON
from scoring.evidence.comparison import Forecast, compare
from scoring.evidence.comparison_result import CapturedCurve, Curve
from scoring.evidence.measures.accuracy import equal_bins, ratio
from scoring.evidence.measures.ranking import revenue_captured, wins_captured
from scoring.evidence.measures.resampling import drawn_together, resamples, with_interval
from scoring.evidence.measures.totals import StatedTotals, Total
from scoring.evidence.monitoring.monitor_findings import Outcome
from scoring.timeline import calendar_date

#: The 97.5 % point of the standard normal: 95 % lie between -Z and Z.
Z = 1.959964
#: A segment with fewer winning rows is listed, but never called weak.
FEWEST_WINS = 5


def captured_curve(frame: pd.DataFrame, names: Sequence[str], points: int = 100) -> Curve:
    """What is captured when more and more of the open units are worked.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame.
    names : sequence of str
        The rankings, see `baselines.BY_NAME`.
    points : int
        Steps from nobody to everybody, closer together where few are worked (i / points, squared).

    Returns
    -------
    Curve
        points + 1 shares worked, the same at every cut-off, and for each name what is captured there. The money is
        that of one horizon, the mean of the cut-offs. All are 0 where nothing was booked or won. Chance captures the
        share worked.
    """
    forecast = Forecast(frame, names)
    share = (np.arange(points + 1) / points) ** 2
    ones, cut_offs = np.ones((len(frame), 1)), np.ones(len(forecast.cut_offs))
    mean = float(forecast.amount.sum()) / len(cut_offs)
    found = {}
    for name, ranking in forecast.rankings.items():
        standing = ranking.standing(ones)
        revenue = [_plain(revenue_captured(standing, forecast.amount, cut_offs * s)[0]) for s in share]
        wins = [_plain(wins_captured(standing, cut_offs * s)[0]) for s in share]
        found[name] = CapturedCurve(tuple(revenue), tuple(wins), tuple(part * mean for part in revenue))
    return Curve(tuple(share.tolist()), found)


def reliability(frame: pd.DataFrame, bins: int = 10, name: str = CLOSEDWON) -> tuple[ReliabilityBin, ...]:
    """Predicted against actual win rate, in bins with the same number of rows.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame.
    bins : int
        How many.
    name : str
        Whose probability `p_<name>` it is.

    Returns
    -------
    tuple of ReliabilityBin
        From the lowest probability up. The interval of the actual rate is Wilson's (1927), as wide as if each account
        (see `resampling.drawn_together`) had been seen once, since its outcomes at successive cut-offs are nearly one.
    """
    column = f"p_{name}"
    codes = equal_bins(frame[column].to_numpy(dtype=np.float64), bins)
    return tuple(
        ReliabilityBin(least=float(part[column].min()), most=float(part[column].max()), **_rates(part, column))
        for _, part in frame.groupby(codes)
    )


def by_segment(
    frame: pd.DataFrame,
    *,
    capacity: Mapping[int, float],
    totals: StatedTotals | None = None,
    replicates: int = 200,
    seed: int = 0,
) -> tuple[Segment, ...]:
    """Expected against actual in every segment: the values of the columns `segment_<feature>`.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame.
    capacity : mapping of day number to float
        How many units can be worked in the horizon of each cut-off.
    totals : StatedTotals, optional
        What the scorecards stated of the segments.
    replicates, seed : int
        Of the bootstrap, see `resampling`.

    Returns
    -------
    tuple of Segment
        By feature, the largest segment first. In each, the same share is worked as in all. A segment is weak if the
        interval of a ratio does not hold 1 and the scorecards did not state that this may come, or if the touch count
        captures more, beyond noise. One with fewer than `FEWEST_WINS` wins is never weak, and `why` says so.
    """
    stated = {(part.feature, part.value): part.total for part in totals.parts} if totals else {}
    share = {day: capacity[day] / count for day, count in _open_units(frame).items()}
    found = []
    for column in [name for name in map(str, frame.columns) if name.startswith("segment_")]:
        parts = [(str(name), part) for name, part in frame.groupby(column)]
        for name, part in sorted(parts, key=lambda named: (-len(named[1]), named[0])):
            within = {day: share[day] * count for day, count in _open_units(part).items()}
            feature = column.removeprefix("segment_")
            found.append(_segment(feature, name, part, within, stated.get((feature, name)), replicates, seed))
    return tuple(found)


def by_month(frame: pd.DataFrame, *, replicates: int = 200, seed: int = 0) -> tuple[Month, ...]:
    """Expected against actual, by the calendar month in which the forecast was made.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame.
    replicates, seed : int
        Of the bootstrap, see `resampling`.

    Returns
    -------
    tuple of Month
        In order of time. The revenue is what was booked in the horizons of the month's cut-offs.
    """
    days = [calendar_date(int(day)) for day in frame["as_of"]]
    months = []
    for month, part in frame.groupby(np.array([day.strftime("%Y-%m") for day in days])):
        cut_offs = [calendar_date(day).isoformat() for day in sorted({int(day) for day in part["as_of"]})]
        months.append(Month(str(month), tuple(cut_offs), **_totals(part), **_ratios(part, replicates, seed)))
    return tuple(months)


def by_value(frame: pd.DataFrame, column: str, *, replicates: int = 200, seed: int = 0) -> dict[str, Outcome]:
    """Expected against actual for every value of a column, in the order of the values.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame, with the column.
    column : str
        One of texts.
    replicates, seed : int
        Of the bootstrap, see `resampling`.

    Returns
    -------
    dict of str to Outcome
        By value. The interval of the actual rate is that of `reliability`.
    """
    summed = ["won", "amount", f"p_{CLOSEDWON}", f"value_{CLOSEDWON}"]
    return {
        str(value): Outcome(
            **_totals(part) | _rates(part, f"p_{CLOSEDWON}"),
            **_ratios(by_account(part, summed), replicates, seed),
        )
        for value, part in frame.groupby(column)
    }


def fit_by_intent(frame: pd.DataFrame, bands: int = 4) -> tuple[GridCell, ...]:
    """The outcomes by fit score and intent score, as a table.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame, with `fit_score` and `intent_score`.
    bands : int
        Into how many bands of equal width each score, 0 to 100, is cut.

    Returns
    -------
    tuple of GridCell
        One for each pair of bands, from the lowest (1) up. Rates are those of `reliability`, the amount is the mean of
        the wins.
    """
    width = 100.0 / bands
    fit, intent = (
        np.minimum(frame[f"{side}_score"].to_numpy(dtype=np.float64) // width, bands - 1) for side in ("fit", "intent")
    )
    cells = []
    for row in range(bands):
        for column in range(bands):
            part = frame[(fit == row) & (intent == column)]
            won = part.loc[part["won"] == 1, "amount"]
            mean = float(won.mean()) if len(won) else None
            cells.append(GridCell(row + 1, column + 1, **_rates(part, f"p_{CLOSEDWON}"), mean_amount=mean))
    return tuple(cells)


def _segment(
    feature: str,
    name: str,
    part: pd.DataFrame,
    capacity: Mapping[int, float],
    stated: Total | None,
    replicates: int,
    seed: int,
) -> Segment:
    found = compare(part, (CLOSEDWON, "touches"), capacity=capacity, replicates=replicates, seed=seed).rankings
    own, more = found[CLOSEDWON].measures, found["touches"].minus(CLOSEDWON)["revenue_captured"]
    totals, ratios = _totals(part), {"wins": own["ratio"], "revenue": own["revenue_ratio"]}
    held = {"wins": stated.wins.holds(stated.won), "revenue": stated.revenue.holds(stated.booked)} if stated else {}
    why = [
        f"expects {ratio.value:.2f} times the {thing} that came ({ratio.low:.2f} to {ratio.high:.2f})"
        for thing, ratio in ratios.items()
        if ratio.low is not None
        and ratio.high is not None
        and not ratio.low <= 1.0 <= ratio.high
        and not held.get(thing, False)
    ]
    if more.value is not None and more.high is not None and more.high < 0.0:
        why.append(f"touch count captures more of the revenue, by {-more.value:.1%}")
    few = totals["wins"] < FEWEST_WINS
    return Segment(
        feature,
        name,
        **totals,
        ratio=ratios["wins"],
        revenue_ratio=ratios["revenue"],
        captured_minus_touches=more,
        weak=bool(why) and not few,
        why=f"only {totals['wins']} wins: too few to say" if few else "; ".join(why),
    )


def by_account(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The sums of some columns by account (see `resampling.drawn_together`): resampling these resamples all."""
    return frame.groupby(drawn_together(frame).rename("unit"))[list(columns)].sum().reset_index()


def _open_units(part: pd.DataFrame) -> dict[int, int]:
    """Number of rows of each cut-off."""
    days, counts = np.unique(part["as_of"].to_numpy(dtype=np.int64), return_counts=True)
    return dict(zip(days.tolist(), counts.tolist(), strict=True))


def _ratios(part: pd.DataFrame, replicates: int, seed: int) -> dict[str, Any]:
    """Expected over actual wins and revenue, with their intervals."""
    won, amount, p, expected = (
        part[name].to_numpy(dtype=np.float64) for name in ("won", "amount", f"p_{CLOSEDWON}", f"value_{CLOSEDWON}")
    )
    drawn = [
        (ratio(won, p, weights), ratio(amount, expected, weights))
        for weights in resamples(drawn_together(part), replicates, seed)
    ]
    wins, revenue = (with_interval(np.concatenate(parts)) for parts in zip(*drawn, strict=True))
    return {"ratio": wins, "revenue_ratio": revenue}


def _totals(part: pd.DataFrame) -> dict[str, Any]:
    return {
        "rows": len(part),
        "units": int(part["unit"].nunique()),
        "wins": int(part["won"].sum()),
        "expected_wins": float(part[f"p_{CLOSEDWON}"].sum()),
        "revenue": float(part["amount"].sum()),
        "expected_revenue": float(part[f"value_{CLOSEDWON}"].sum()),
    }


def _rates(part: pd.DataFrame, column: str) -> dict[str, Any]:
    """Predicted and actual win rate of some rows, and Wilson's interval of it on as many trials as accounts.

    `scipy.stats.binomtest` has this interval for whole numbers of wins; here a rate of rows is spread over accounts.
    """
    rows, units, wins = len(part), int(part["unit"].nunique()), int(part["won"].sum())
    found: dict[str, Any] = {"rows": rows, "units": units, "wins": wins}
    if not rows:
        return found | dict.fromkeys(("predicted", "actual", "low", "high"))
    rate, trials = wins / rows, int(drawn_together(part).nunique())
    centre, spread = rate + Z**2 / (2 * trials), Z * (rate * (1 - rate) / trials + (Z / (2 * trials)) ** 2) ** 0.5
    low, high = ((centre + sign * spread) / (1 + Z**2 / trials) for sign in (-1, 1))
    return found | {
        "predicted": float(part[column].mean()),
        "actual": rate,
        "low": max(low, 0.0),
        "high": min(high, 1.0),
    }


def _plain(value: float) -> float:
    """A share as a plain number, 0 where there is no whole."""
    return float(value) if np.isfinite(value) else 0.0
