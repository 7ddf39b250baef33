"""Past scores in hindsight: the wins that were expected by now, and those that followed.

An example: a score of 1 March says 12 % within 180 days, in six periods of 30. On 15 April the first period and half
of the second are over. If all its hazards are equal, it expects 3.1 % by then: 1 - 0.88 ** 0.25. A deal won on 14
April counts; one won on 15 April is not known yet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scoring.evidence.breakdown import FEWEST_WINS, by_account, by_value
from scoring.evidence.finding import Finding
from scoring.evidence.measures.ranking import Floats, over
from scoring.evidence.measures.resampling import drawn_together, resamples, with_interval
from scoring.evidence.measures.totals import stated
from scoring.evidence.monitoring.monitor_findings import CapturedByBest, Outcome, OutcomesByGroup
from scoring.scorecard.forecast_error import ForecastError, Interval
from scoring.scorecard.lookup import horizon_probability
from scoring.timeline import Horizon


def expected_by(
    elapsed: int, horizon: Horizon, *, log_odds: Floats, probability: Floats, offsets: Sequence[float]
) -> Floats:
    """The probability that a score gave to a win within its first `elapsed` days.

    Parameters
    ----------
    elapsed : int
        Days since the score's `as_of`; after the horizon nothing more is expected.
    horizon : Horizon
    log_odds, probability : ndarray of shape (n,)
        Of an average period, and of a win within the horizon, calibrated: as served.
    offsets : sequence of float
        What each period adds to the log-odds, one for each period of the horizon.

    Returns
    -------
    ndarray of shape (n,)
        From 0 (no day has passed) to `probability` (the horizon is over), rising with `elapsed`.

    Notes
    -----
    The hazard of period k is ``sigmoid(log_odds + offset_k)``, and of a period of which the part f has passed
    ``1 - (1 - hazard_k) ** f``: within a period the daily hazard is taken as constant (Allison 1982, Discrete-time
    methods for the analysis of event histories, has the link of both). The probability before calibration is
    ``raw(t) = 1 - prod (1 - hazard_k) ** f_k(t)``. Calibration is learned on whole horizons, so it changes how much
    is expected and not when: ``expected(t) = probability * raw(t) / raw(horizon)``.
    """
    starts, ends = np.array(horizon.bounds[:-1]), np.array(horizon.bounds[1:])
    passed = np.clip((elapsed - starts) / (ends - starts), 0.0, 1.0)
    so_far, whole = horizon_probability(log_odds, offsets, passed), horizon_probability(log_odds, offsets)
    # Where the hazards are too small for a float, the wins are expected evenly over the horizon.
    even = np.full_like(log_odds, passed.mean())
    share: Floats = np.divide(so_far, whole, out=even, where=whole > 0)
    return probability * share


def in_hindsight(
    frame: pd.DataFrame,
    errors: Mapping[str, ForecastError] | None = None,
    *,
    replicates: int = 200,
    seed: int = 0,
) -> OutcomesByGroup:
    """Expected against actual of past scores: in all, by night, by model version and by grade.

    Parameters
    ----------
    frame : DataFrame
        A row for each score: `unit` (and `account` where leads share one), `as_of` (day number), `night`, `version`,
        `grade`; `won` (0 or 1) and `amount` (booked) by now; `p_closedwon`, what was expected by now,
        `value_closedwon`, that times the expected amount; `worked`, whether it was among the best that the team
        has capacity for; with `errors`, `expected_amount` too.
    errors : mapping of str to ForecastError, optional
        By night, how far the totals of its scorecard may be off.
    replicates, seed : int
        Of the bootstrap of accounts, see `resampling`.

    Returns
    -------
    OutcomesByGroup
        Nights overlap: a win counts once for each night before it, and the intervals take into account that it is one
        win.
    """
    resampled: dict[str, Any] = {"replicates": replicates, "seed": seed}
    (total,) = by_value(frame.assign(all="all"), "all", **resampled).values()
    versions = by_value(frame, "version", **resampled)
    totals = None
    if errors:
        names = sorted(errors)
        by_night = frame.assign(as_of=pd.Categorical(frame["night"], names).codes)
        totals = stated(by_night, {i: errors[name] for i, name in enumerate(names)})
    return OutcomesByGroup(
        total=total,
        winners=int(drawn_together(frame)[frame["won"] == 1].nunique()),
        nights=by_value(frame, "night", **resampled),
        versions={name: versions[name] for name in sorted(versions, key=lambda name: (len(name), name))},
        grades=by_value(frame, "grade", **resampled),
        captured=captured(frame, **resampled),
        stated=totals,
    )


def captured(frame: pd.DataFrame, *, replicates: int = 200, seed: int = 0) -> CapturedByBest:
    """What the best that the team has capacity for brought, as they were ranked on the night.

    Parameters
    ----------
    frame : DataFrame
        As for `in_hindsight`.
    replicates, seed : int
        Of the bootstrap of accounts, see `resampling`.

    Returns
    -------
    CapturedByBest
        The share of the scores that were among the best is what chance would capture. Nothing can be said of revenue
        where nothing was booked, nor of wins where nothing was won.
    """
    worked = {f"{name}_worked": frame["worked"] * frame[name] for name in ("amount", "won")}
    sums = by_account(frame.assign(**worked), ("amount", "amount_worked", "won", "won_worked"))
    amount, amount_worked, won, won_worked = (sums[name].to_numpy(dtype=np.float64) for name in sums.columns[1:])
    drawn = [
        (over(amount_worked @ weights, amount @ weights), over(won_worked @ weights, won @ weights))
        for weights in resamples(sums["unit"], replicates, seed)
    ]
    revenue, wins = (with_interval(np.concatenate(parts)) for parts in zip(*drawn, strict=True))
    return CapturedByBest(float(frame["worked"].mean()), revenue, wins)


def calibrated(total: Outcome, winners: int, predicted: Interval | None = None) -> Finding:
    """Whether as many were won as were expected, beyond noise.

    Parameters
    ----------
    total : Outcome
    winners : int
        How many accounts won: both as `in_hindsight` returns them.
    predicted : Interval, optional
        The wins expected by now, as the scorecards state them: it decides where there is one.

    Notes
    -----
    If `FEWEST_WINS` accounts or more won, the interval of expected over actual must hold 1. Fewer are too few to
    resample: then the mean probability must lie in Wilson's interval of the win rate. Neither interval takes into
    account that a whole market has good and bad seasons; the interval that the scorecards state does, as far as
    their own past had some.
    """
    wins, expected, ratio = total.wins, total.expected_wins, total.ratio
    figures = {"wins": float(wins), "expected_wins": float(expected)}
    if predicted is not None:
        return _by_own_interval(wins, predicted, figures)
    few = winners < FEWEST_WINS
    if not few and ratio.value is not None and ratio.low is not None and ratio.high is not None:
        low, high = ratio.low, ratio.high
        figures |= {"ratio": ratio.value, "ratio_low": low, "ratio_high": high}
        words = f"it expected {ratio.value:.2f} times the wins that came ({low:.2f} to {high:.2f})"
    else:
        low, high = (total.predicted / bound if bound else float("inf") for bound in (total.high, total.low))
        words = f"{wins} {'was' if wins == 1 else 'were'} won where {expected:.1f} were expected"
    if low > 1.0:
        return Finding(False, f"expects too much: {words}, beyond noise", figures)
    if high < 1.0:
        return Finding(False, f"expects too little: {words}, beyond noise", figures)
    if few:
        return Finding(True, f"too few wins to say more: {words}, within noise", figures)
    return Finding(True, f"well calibrated: {words}, within noise", figures)


def _by_own_interval(wins: int, predicted: Interval, figures: dict[str, float]) -> Finding:
    """Whether the wins that came lie within the interval that the scorecards state."""
    low, high = predicted.low_95, predicted.high_95
    figures |= {"wins_low": low, "wins_high": high} | ({"ratio": predicted.expected / wins} if wins else {})
    was = "was" if wins == 1 else "were"
    words = (
        f"{wins:,} {was} won where it expected {predicted.expected:,.1f}, and 95 of 100 times {low:,.0f} to {high:,.0f}"
    )
    if predicted.holds(wins):
        return Finding(True, f"well calibrated: {words}", figures)
    return Finding(False, f"expects too {'much' if wins < low else 'little'}: {words}", figures)


def booked(total: Outcome, winners: int, predicted: Interval | None = None) -> Finding:
    """Whether as much was booked as was expected, beyond noise: the rule of `calibrated`, if enough were won.

    Parameters
    ----------
    total : Outcome
    winners : int
        How many accounts won: both as `in_hindsight` returns them.
    predicted : Interval, optional
        The revenue expected by now, as the scorecards state it: it decides where there is one.
    """
    ratio = total.revenue_ratio
    figures = {"revenue": float(total.revenue), "expected_revenue": float(total.expected_revenue)}
    if predicted is not None and ratio.value is not None:
        low, high = predicted.low_95, predicted.high_95
        figures |= {"revenue_low": low, "revenue_high": high}
        figures |= {"revenue_ratio": ratio.value}
        off = "as stated" if predicted.holds(total.revenue) else "too much" if total.revenue < low else "too little"
        return Finding(
            predicted.holds(total.revenue),
            f"revenue: {total.revenue:,.0f} was booked where it expected {predicted.expected:,.0f}, and 95 of 100 "
            f"times {low:,.0f} to {high:,.0f}, {off}",
            figures,
        )
    if winners < FEWEST_WINS or ratio.value is None or ratio.low is None or ratio.high is None:
        return Finding(True, "revenue: too few wins to say", figures)
    low, high = ratio.low, ratio.high
    figures |= {"revenue_ratio": ratio.value, "revenue_ratio_low": low, "revenue_ratio_high": high}
    words = f"it expected {ratio.value:.2f} times what was booked ({low:.2f} to {high:.2f})"
    off = "too much, beyond noise" if low > 1.0 else "too little, beyond noise" if high < 1.0 else "within noise"
    return Finding(low <= 1.0 <= high, f"revenue: {words}, {off}", figures)


def ahead_of_chance(found: CapturedByBest) -> Finding:
    """Whether the best of the night brought more of the revenue than as many chosen at random, beyond noise."""
    share, revenue = found.share, found.revenue
    if revenue.value is None:
        return Finding(True, "nothing was booked yet: nothing can be said about the ranking", {"share_worked": share})
    low, high = (revenue.value if end is None else end for end in (revenue.low, revenue.high))
    figures = {"share_worked": share, "revenue_captured": revenue.value}
    words = f"the best {share:.1%} of each night brought {revenue.value:.0%} of the revenue ({low:.0%} to {high:.0%})"
    if low > share:
        return Finding(True, f"{words}, {revenue.value / share:.1f} times what chance brings", figures)
    less = high < share
    return Finding(not less, f"{words}: {'less than chance' if less else 'no more than chance, within noise'}", figures)
