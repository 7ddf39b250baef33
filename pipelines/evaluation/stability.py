"""Stability: how much of a list, and of its reasons, an earlier refit would have given too."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables, scorecard_features
from scoring.evidence.backtest_evidence import RefitStep, Stability
from scoring.features.snapshots import snapshots
from scoring.scorecard.reasons import LEAST, is_stable
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Grid

#: As many reasons as the scores have.
REASONS = 3


def stability(export: PastTables, scorecards: Sequence[Scorecard], config: Config) -> Stability | None:
    """Score all that is open as of a day by scorecards of successive refits, and compare each with the next.

    Parameters
    ----------
    export : PastTables
        The day, and what was known before it.
    scorecards : sequence of Scorecard
        Scorecards of one entity, the oldest first.
    config : Config
        Says how many can be worked.

    Returns
    -------
    Stability or None
        See `churn`; None where nothing is open.
    """
    frames = [_features_of(scorecard, export) for scorecard in scorecards]
    if not frames or not len(frames[0]):
        return None
    entity, days = scorecards[0].entity, config.training.horizon_days
    return churn(scorecards, frames, round(config.capacity.of(entity, len(frames[0]), days)))


def churn(scorecards: Sequence[Scorecard], frames: Sequence[pd.DataFrame], capacity: int) -> Stability:
    """What refitting changes.

    Parameters
    ----------
    scorecards : sequence of Scorecard
        One or more, the oldest first.
    frames : sequence of DataFrame
        The same entities in the same order, with the features of each scorecard.
    capacity : int
        How many of them are worked.

    Returns
    -------
    Stability
        Its `stable_reasons` are of those on the list of the newest scorecard: of their largest contributions, first to
        third, the share that survives resampling and is shown as a reason.
    """
    scores = [
        scorecard.lookup.score(frame)["expected_revenue"] for scorecard, frame in zip(scorecards, frames, strict=True)
    ]
    steps = [
        _step(scorecards[i : i + 2], frames[i : i + 2], scores[i : i + 2], capacity) for i in range(len(scorecards) - 1)
    ]
    means: dict[str, float | None] = {}
    for name in ("kept", "rank_correlation", "reason_kept"):
        known = [kept for step in steps if (kept := getattr(step, name)) is not None]
        means[name] = float(np.mean(known)) if known else None
    reasons = _stable_reasons(scorecards[-1], frames[-1].iloc[_best(scores[-1], capacity)])
    return Stability(len(frames[-1]), capacity, tuple(steps), **means, stable_reasons=reasons)


def _step(
    scorecards: Sequence[Scorecard], frames: Sequence[pd.DataFrame], scores: Sequence[np.ndarray], capacity: int
) -> RefitStep:
    lists = [_best(score, capacity) for score in scores]
    firsts, threes = (
        _reasons(scorecard, frame.iloc[lists[1]], most)
        for scorecard, frame, most in zip(scorecards, frames, (1, REASONS), strict=True)
    )
    kept = [first[0] in three for first, three in zip(firsts, threes, strict=True) if first]
    return RefitStep(
        older=scorecards[0].as_of.isoformat(),
        newer=scorecards[1].as_of.isoformat(),
        kept=len(set(lists[0]) & set(lists[1])) / len(lists[1]),
        rank_correlation=_rank_correlation(*scores),
        reason_kept=float(np.mean(kept)) if kept else None,
    )


def _best(score: np.ndarray, capacity: int) -> np.ndarray:
    """Positions of the highest scores; of equal ones, the first."""
    return np.argsort(-score, kind="stable")[:capacity]


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    from scipy.stats import spearmanr

    if len(a) < 2 or not all(np.ptp(score) > 0 for score in (a, b)):
        return None
    return float(spearmanr(a, b).statistic)


def _reasons(scorecard: Scorecard, frame: pd.DataFrame, most: int) -> list[list[tuple[str, ...]]]:
    """The features of the reasons that each row is shown with, the largest contribution first."""
    contributions, stable = _contributions(scorecard, frame)
    shown = np.where(stable, contributions, 0.0)
    names = [tuple(term.features) for term in scorecard.terms]
    order = np.argsort(-shown, axis=1, kind="stable")[:, :most]
    return [[names[j] for j in row if shown[i, j] >= LEAST] for i, row in enumerate(order)]


def _stable_reasons(scorecard: Scorecard, frame: pd.DataFrame) -> tuple[float | None, ...]:
    """The share of the first, the second and the third largest contributions that survives resampling.

    Contributions below `LEAST` are no reasons and do not count.
    """
    contributions, stable = _contributions(scorecard, frame)
    order = np.argsort(-contributions, axis=1, kind="stable")[:, :REASONS]
    large = np.take_along_axis(contributions, order, axis=1) >= LEAST
    kept = np.take_along_axis(stable, order, axis=1)
    return tuple(float(kept[large[:, j], j].mean()) if large[:, j].any() else None for j in range(order.shape[1]))


def _contributions(scorecard: Scorecard, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What each term adds for each row, and whether that entry survives resampling: both of shape (n, n_terms)."""
    lookup = scorecard.lookup
    codes = lookup.codes(frame)
    stable = np.ones((len(frame), len(scorecard.terms)), dtype=bool)
    for j, term in enumerate(scorecard.terms):
        cells = zip(*(codes[name].tolist() for name in term.features), strict=True)
        stable[:, j] = [is_stable(term, *cell) for cell in cells]
    return lookup.contributions(frame), stable


def _features_of(scorecard: Scorecard, export: PastTables) -> pd.DataFrame:
    """A row for each open unit, in the order of the units, with the features of the scorecard."""
    features, facts, _ = scorecard_features(scorecard, export)
    grid = Grid((export.day,))
    return export.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid).to_pandas()
