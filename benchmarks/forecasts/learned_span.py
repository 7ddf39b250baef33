"""The rule of the level before this one, to compare with: how many of the newest periods predict the next ones best."""

from dataclasses import replace

import numpy as np

from models.calibration import recalibrate, sigmoid
from models.hazard import HazardRows, hazard_rows_of
from pipelines.config import Training
from pipelines.training.fitting import FittedScorecard
from scoring.timeline import Horizon

#: A span grows until it holds so many wins.
LEAST_WINS = 30.0


def with_learned_span(fitted: FittedScorecard, training: Training) -> np.ndarray:
    """The probabilities of those who are open today, if the level came from a learned span of newest periods."""
    scorecard, frame, horizon = fitted.scorecard, fitted.frame, Horizon(training.horizon_days, training.periods)
    rows = hazard_rows_of(frame, horizon.bounds, max_rows=training.max_rows, seed=training.seed)
    alone = scorecard.lookup.score(frame)["log_odds"] - scorecard.base
    score = alone[rows.snapshot] + np.asarray(scorecard.period_offsets)[rows.period]
    newest = newest_rows(rows, score, horizon.periods)
    base, _ = recalibrate(rows.won[newest], score[newest], rows.weight[newest], slope=False)
    probability: np.ndarray = replace(scorecard, base=base).lookup.score(fitted.today)["win_probability"]
    return probability


def newest_rows(rows: HazardRows, score: np.ndarray, periods: int) -> np.ndarray:
    """Whether each row is one of the newest, which the level comes from."""
    overall, _ = recalibrate(rows.won, score, rows.weight, slope=False)
    length = int(np.median(rows.end - rows.start))
    back = (rows.end.max() - rows.end) // length
    age = back.max() - back
    won = np.bincount(age, weights=rows.won * rows.weight)
    expected = np.bincount(age, weights=sigmoid(score + overall) * rows.weight)
    share = 2.0 / (periods + 1)  # about half as many snapshots as there are periods look ahead to a win
    newest: np.ndarray = back < best_span(won * share, expected * share, periods)
    return newest


def best_span(won: np.ndarray, expected: np.ndarray, periods: int) -> int:
    """The number of newest periods whose ratio of wins to expected wins was nearest to that of the next horizon."""
    n = len(won)
    spans = sorted({1, max(1, periods // 3), max(1, periods // 2), periods})
    errors: dict[int, list[float]] = {span: [] for span in spans}
    for origin in range(2, n - 1):
        ahead = slice(origin, min(n, origin + periods))
        target = _log_ratio(won[ahead], expected[ahead])
        for span in spans:
            past = slice(max(0, origin - span), origin)
            errors[span].append((_log_ratio(won[past], expected[past]) - target) ** 2)
    enough = len(errors[spans[0]]) >= 3
    best = min(spans, key=lambda span: (float(np.mean(errors[span])), -span)) if enough else periods
    while best < n and won[n - best :].sum() < LEAST_WINS:
        best += 1
    return max(1, min(best, n))


def _log_ratio(won: np.ndarray, expected: np.ndarray) -> float:
    return float(np.log((won.sum() + 2.0) / (expected.sum() + 2.0)))
