"""The comparison of closedwon with the baselines: every measure on the same rows, its interval, and differences."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from scoring.evidence.baselines import CHALLENGER, CLOSEDWON
from scoring.evidence.comparison_result import Comparison, Measures, RankingMeasures
from scoring.evidence.measures import accuracy
from scoring.evidence.measures.ranking import (
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
from scoring.evidence.measures.resampling import drawn_together, resamples, with_interval

#: The rankings whose differences from all others are taken.
REFERENCES = (CLOSEDWON, CHALLENGER)

Measured = Callable[[Floats], dict[str, Floats]]


class Forecast:
    """The forecast frame as arrays, checked: the rows on which the rankings are compared.

    Parameters
    ----------
    frame : DataFrame of n rows
        One row for each open unit at each cut-off: `unit`, `as_of` (day number), `won` (0 or 1), `amount`
        (booked), `touches`, `expected_amount`. For each name, `value_<name>`, what it ranks by (higher is better),
        and `p_<name>`, its probability of a win, if it gives one.
    names : sequence of str
        The rankings, see `baselines.BY_NAME`; any other name is allowed too.

    Raises
    ------
    ValueError
        If there is no row, or a column is missing or has missing values.
    """

    def __init__(self, frame: pd.DataFrame, names: Sequence[str]) -> None:
        columns = ["unit", "as_of", "won", "amount", "touches", "expected_amount", *(f"value_{name}" for name in names)]
        columns += [f"p_{name}" for name in names if f"p_{name}" in frame]
        if absent := [column for column in columns if column not in frame]:
            raise ValueError(f"the forecast frame lacks the columns {absent}, found {[*map(str, frame.columns)]}")
        if not len(frame):
            raise ValueError("the forecast frame has no row: nothing was open at any cut-off")
        if incomplete := [column for column in columns if frame[column].isna().any()]:
            raise ValueError(f"the forecast frame has missing values in {incomplete}")
        self.frame, self.names = frame, tuple(names)
        self.cut_off, cut_offs = pd.factorize(frame["as_of"], sort=True)
        #: The cut-offs, day numbers in order.
        self.cut_offs = [int(day) for day in cut_offs]
        self.won, self.amount = self.column("won"), self.column("amount")
        self.rankings = {name: Ranking(self.column(f"value_{name}"), self.won, self.cut_off) for name in names}

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
    names: Sequence[str],
    *,
    capacity: Mapping[int, float],
    replicates: int = 200,
    seed: int = 0,
) -> Comparison:
    """Compare rankings on the same rows and on the same resamples of them.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame, see `Forecast`.
    names : sequence of str
        The rankings. Differences from closedwon, or from a challenger, are taken only if it is among them.
    capacity : mapping of day number to float
        How many units can be worked in the horizon of each cut-off.
    replicates : int
        How many bootstrap resamples of accounts (see `resampling.drawn_together`) to draw.
    seed : int
        Of the resamples.

    Returns
    -------
    Comparison
        Its figures have 95 % intervals.

        Every ranking has revenue_captured, wins_captured, precision, lift (at capacity), auc, average_precision and
        touch_correlation. One that gives a probability also has log_loss, log_loss_skill, brier_skill, ratio,
        calibration_error and revenue_ratio (its probability times closedwon's expected amount, over what was
        booked).
    """
    forecast = Forecast(frame, names)
    share = forecast.shares(capacity)
    measured = {name: _measured(forecast, name, share) for name in names}
    drawn = _drawn(measured, resamples(drawn_together(frame), replicates, seed))
    worked = float((share * np.bincount(forecast.cut_off)).sum())
    return Comparison(
        rows=len(frame),
        units=int(frame["unit"].nunique()),
        cut_offs=len(forecast.cut_offs),
        wins=int(forecast.won.sum()),
        revenue=float(forecast.amount.sum()),
        capacity=worked,
        share=worked / len(frame),
        replicates=replicates,
        rankings={name: RankingMeasures(_measures(drawn[name]), **_differences(drawn, name)) for name in names},
        winners=int(frame.loc[forecast.won > 0, "unit"].nunique()),
    )


def _measured(forecast: Forecast, name: str, share: Floats) -> Measured:
    """All measures of one ranking, as a function of the weights."""
    won, amount, cut_off = forecast.won, forecast.amount, forecast.cut_off
    ranking, touches = forecast.rankings[name], accuracy.shares_of_rank(forecast.column("touches"), cut_off)
    ranks = accuracy.shares_of_rank(forecast.column(f"value_{name}"), cut_off)

    def of_the_ranking(weights: Floats, standing: Standing) -> dict[str, Floats]:
        return {
            "revenue_captured": revenue_captured(standing, amount, share),
            "wins_captured": wins_captured(standing, share),
            "precision": precision(standing, share),
            "lift": lift(standing, share),
            "auc": auc(standing),
            "average_precision": average_precision(standing),
            "touch_correlation": accuracy.touch_correlation(ranks, touches, weights),
        }

    if f"p_{name}" not in forecast.frame:
        return lambda weights: of_the_ranking(weights, ranking.standing(weights))
    p = forecast.column(f"p_{name}")
    shifted, bins = accuracy.at_actual_rates(won, p, cut_off), accuracy.equal_bins(p)
    expected = p * forecast.column("expected_amount")

    def of_both(weights: Floats) -> dict[str, Floats]:
        standing = ranking.standing(weights)
        cut_offs = standing.total, standing.wins
        return of_the_ranking(weights, standing) | {
            "log_loss": accuracy.log_loss(won, p, weights),
            "log_loss_skill": accuracy.log_loss_skill(won, shifted, *cut_offs, weights),
            "brier_skill": accuracy.brier_skill(won, p, *cut_offs, weights),
            "ratio": accuracy.ratio(won, p, weights),
            "calibration_error": accuracy.calibration_error(won, p, bins, weights),
            "revenue_ratio": accuracy.ratio(amount, expected, weights),
        }

    return of_both


def _drawn(measured: Mapping[str, Measured], blocks: Iterable[Floats]) -> dict[str, dict[str, Floats]]:
    """Every measure of every ranking, in the sample and all of its resamples: shape (B + 1,) each."""
    parts: dict[str, dict[str, list[Floats]]] = {name: {} for name in measured}
    for weights in blocks:
        for name, function in measured.items():
            for measure, values in function(weights).items():
                parts[name].setdefault(measure, []).append(values)
    return {
        name: {measure: np.concatenate(values) for measure, values in found.items()} for name, found in parts.items()
    }


def _differences(drawn: Mapping[str, dict[str, Floats]], name: str) -> dict[str, Measures]:
    """The measures of each reference minus those of a ranking, by the attribute of `RankingMeasures`."""
    own = drawn[name]
    return {
        f"{reference}_minus": _measures({m: drawn[reference][m] - own[m] for m in own if m in drawn[reference]})
        for reference in REFERENCES
        if reference in drawn and reference != name
    }


def _measures(drawn: Mapping[str, Floats]) -> Measures:
    return {name: with_interval(values) for name, values in drawn.items()}
