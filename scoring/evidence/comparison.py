"""The comparison: contenders on the same rows, every measure with its interval, and their differences in pairs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.evidence import measures
from scoring.evidence.ranking import (
    Floats,
    Ranking,
    Standing,
    auc,
    average_precision,
    lift,
    precision,
    revenue_captured,
    wins_captured,
)
from scoring.evidence.resampling import interval, resamples, whose

CLOSEDWON = "closedwon"
SIMPLE = ("mql", "touches", "recency", "source_rate", "naive_bayes")
"""What teams rank by today."""
REFERENCES = (CLOSEDWON, "challenger")
"""The contenders whose differences from all others are taken."""

Facts = dict[str, Any]
Measured = Callable[[Floats], dict[str, Floats]]


class Forecast:
    """The forecast frame as arrays, checked: the rows that contenders are judged on.

    Parameters
    ----------
    frame : DataFrame
        One row for each open unit at each cut-off: `unit`, `as_of` (day number), `won` (0 or 1), `amount`,
        `touches`, `expected_amount`; of each contender c `value_<c>`, what it ranks by, and where it gives
        one `p_<c>`, its probability of a win.
    contenders : sequence of str

    Raises
    ------
    ValueError
        If there is no row, or a column is missing or has missing values.
    """

    def __init__(self, frame: pd.DataFrame, contenders: Sequence[str]) -> None:
        asked = ["unit", "as_of", "won", "amount", "touches", "expected_amount", *(f"value_{c}" for c in contenders)]
        asked += [f"p_{c}" for c in contenders if f"p_{c}" in frame]
        if absent := [column for column in asked if column not in frame]:
            raise ValueError(f"the forecast frame lacks the columns {absent}, found {[*map(str, frame.columns)]}")
        if not len(frame):
            raise ValueError("the forecast frame has no row: nothing was open at any cut-off")
        if holes := [column for column in asked if frame[column].isna().any()]:
            raise ValueError(f"the forecast frame has missing values in {holes}")
        self.frame, self.contenders = frame, tuple(contenders)
        self.cut_off, cut_offs = pd.factorize(frame["as_of"], sort=True)
        #: The cut-offs, day numbers in order.
        self.cut_offs = [int(day) for day in cut_offs]
        self.won, self.amount = self.column("won"), self.column("amount")
        self.rankings = {c: Ranking(self.column(f"value_{c}"), self.won, self.cut_off) for c in contenders}

    def column(self, name: str) -> Floats:
        """A column as floats, shape (n,)."""
        values: Floats = self.frame[name].to_numpy(dtype=np.float64)
        return values

    def shares(self, capacity: Mapping[int, float]) -> Floats:
        """Share of the open units of each cut-off that its capacity (units) covers, at most 1."""
        if absent := [day for day in self.cut_offs if day not in capacity]:
            raise ValueError(f"no capacity is given for the cut-offs {absent}, only for {sorted(capacity)}")
        units = np.array([float(capacity[day]) for day in self.cut_offs])
        return np.clip(units / np.bincount(self.cut_off), 0.0, 1.0)


def compare(
    frame: pd.DataFrame,
    contenders: Sequence[str],
    *,
    capacity: Mapping[int, float],
    replicates: int = 200,
    seed: int = 0,
) -> Facts:
    """Judge contenders on the same rows, and in pairs on the same resamples.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame, see `Forecast`.
    contenders : sequence of str
        Among them closedwon, or the differences from it are not taken.
    capacity : mapping of day number to float
        How many units can be worked in the horizon of each cut-off.
    replicates : int
        Bootstrap resamples, of accounts (see `resampling.whose`).
    seed : int

    Returns
    -------
    dict
        Plain facts. `rows`, `units`, `cut_offs`, `wins` (winning rows), `revenue` (booked, over all cut-offs:
        horizons that overlap count twice), `capacity` (units worked, over all cut-offs), `share` (of the open
        units), `replicates`, and `contenders`: for each its `measures`, and for closedwon and a challenger
        among them `closedwon_minus` and `challenger_minus`, their measure minus this contender's. Each
        figure is `{"value", "low", "high"}` with the 95 % interval, None where nothing can be said.

        Of every contender: revenue_captured, wins_captured, precision, lift (at capacity), auc,
        average_precision, touch_correlation. Where it gives a probability: log_loss, log_loss_skill,
        brier_skill, ratio, calibration_error, revenue_ratio (its probability times closedwon's expected
        amount, against what was booked).
    """
    forecast = Forecast(frame, contenders)
    share = forecast.shares(capacity)
    measured = {c: _measured(forecast, c, share) for c in contenders}
    drawn = _drawn(measured, resamples(whose(frame), replicates, seed))
    worked = float((share * np.bincount(forecast.cut_off)).sum())
    return {
        "rows": len(frame),
        "units": int(frame["unit"].nunique()),
        "cut_offs": len(forecast.cut_offs),
        "wins": int(forecast.won.sum()),
        "revenue": float(forecast.amount.sum()),
        "capacity": worked,
        "share": worked / len(frame),
        "replicates": replicates,
        "contenders": {c: {"measures": _figures(drawn[c]), **_differences(drawn, c)} for c in contenders},
    }


def _measured(forecast: Forecast, contender: str, share: Floats) -> Measured:
    """All measures of one contender, as a function of the weights."""
    won, amount, cut_off = forecast.won, forecast.amount, forecast.cut_off
    ranking, touches = forecast.rankings[contender], measures.shares_of_rank(forecast.column("touches"), cut_off)
    ranks = measures.shares_of_rank(forecast.column(f"value_{contender}"), cut_off)

    def of_the_ranking(weights: Floats, standing: Standing) -> dict[str, Floats]:
        return {
            "revenue_captured": revenue_captured(standing, amount, share),
            "wins_captured": wins_captured(standing, share),
            "precision": precision(standing, share),
            "lift": lift(standing, share),
            "auc": auc(standing),
            "average_precision": average_precision(standing),
            "touch_correlation": measures.touch_correlation(ranks, touches, weights),
        }

    if f"p_{contender}" not in forecast.frame:
        return lambda weights: of_the_ranking(weights, ranking.standing(weights))
    p = forecast.column(f"p_{contender}")
    shifted, bins = measures.at_actual_rates(won, p, cut_off), measures.equal_bins(p)
    expected = p * forecast.column("expected_amount")

    def of_both(weights: Floats) -> dict[str, Floats]:
        standing = ranking.standing(weights)
        cut_offs = standing.total, standing.wins
        return of_the_ranking(weights, standing) | {
            "log_loss": measures.log_loss(won, p, weights),
            "log_loss_skill": measures.log_loss_skill(won, shifted, *cut_offs, weights),
            "brier_skill": measures.brier_skill(won, p, *cut_offs, weights),
            "ratio": measures.ratio(won, p, weights),
            "calibration_error": measures.calibration_error(won, p, bins, weights),
            "revenue_ratio": measures.ratio(amount, expected, weights),
        }

    return of_both


def _drawn(measured: Mapping[str, Measured], blocks: Iterable[Floats]) -> dict[str, dict[str, Floats]]:
    """Every measure of every contender, in the sample and all of its resamples: shape (B + 1,) each."""
    parts: dict[str, dict[str, list[Floats]]] = {contender: {} for contender in measured}
    for weights in blocks:
        for contender, function in measured.items():
            for name, values in function(weights).items():
                parts[contender].setdefault(name, []).append(values)
    return {c: {name: np.concatenate(values) for name, values in found.items()} for c, found in parts.items()}


def _differences(drawn: Mapping[str, dict[str, Floats]], contender: str) -> dict[str, Facts]:
    own = drawn[contender]
    return {
        f"{reference}_minus": _figures({m: drawn[reference][m] - own[m] for m in own if m in drawn[reference]})
        for reference in REFERENCES
        if reference in drawn and reference != contender
    }


def _figures(drawn: Mapping[str, Floats]) -> Facts:
    return {name: interval(values) for name, values in drawn.items()}
