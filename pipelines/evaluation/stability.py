"""Stability: how much of tonight's list, and of its reasons, an earlier refit would have given too."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables, scorecard_features
from scoring.features.snapshots import snapshots
from scoring.reasons import LEAST, is_stable
from scoring.scorecard import Scorecard
from scoring.timeline import Grid

#: As many reasons as the scores have.
TOLD = 3


def stability(export: PastTables, scorecards: Sequence[Scorecard], config: Config) -> dict[str, Any] | None:
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
    dict
        See `churn`; None where nothing is open.
    """
    frames = [_read_by(scorecard, export) for scorecard in scorecards]
    if not frames or not len(frames[0]):
        return None
    entity, days = scorecards[0].entity, config.training.horizon_days
    return churn(scorecards, frames, round(config.capacity.of(entity, len(frames[0]), days)))


def churn(scorecards: Sequence[Scorecard], frames: Sequence[pd.DataFrame], capacity: int) -> dict[str, Any]:
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
    dict
        `open` and `capacity`; `steps`, for each two successive scorecards (`from`, `to`): `kept`, the share of the
        older one's list that the newer one lists too; `rank_correlation`, Spearman's, of the expected revenue of
        all; `reason_kept`, the share of those on the newer list whose first reason by the older scorecard is among
        their first three by the newer (None where none has one). The means over the steps under the same names
        (None without a step). `told`: for the newest scorecard, the share of those it lists whose largest
        contributions, first to third, survive resampling and are told.
    """
    scores = [
        scorecard.lookup.score(frame)["expected_revenue"] for scorecard, frame in zip(scorecards, frames, strict=True)
    ]
    steps = [
        _step(scorecards[i : i + 2], frames[i : i + 2], scores[i : i + 2], capacity) for i in range(len(scorecards) - 1)
    ]
    means: dict[str, float | None] = {}
    for name in ("kept", "rank_correlation", "reason_kept"):
        known = [step[name] for step in steps if step[name] is not None]
        means[name] = float(np.mean(known)) if known else None
    told = _told(scorecards[-1], frames[-1].iloc[_best(scores[-1], capacity)])
    return {"open": len(frames[-1]), "capacity": capacity, "steps": steps, **means, "told": told}


def _step(
    scorecards: Sequence[Scorecard], frames: Sequence[pd.DataFrame], scores: Sequence[np.ndarray], capacity: int
) -> dict[str, Any]:
    lists = [_best(score, capacity) for score in scores]
    firsts, threes = (
        _reasons(scorecard, frame.iloc[lists[1]], most)
        for scorecard, frame, most in zip(scorecards, frames, (1, TOLD), strict=True)
    )
    kept = [first[0] in three for first, three in zip(firsts, threes, strict=True) if first]
    return {
        "from": scorecards[0].as_of.isoformat(),
        "to": scorecards[1].as_of.isoformat(),
        "kept": len(set(lists[0]) & set(lists[1])) / len(lists[1]),
        "rank_correlation": _rank_correlation(*scores),
        "reason_kept": float(np.mean(kept)) if kept else None,
    }


def _best(score: np.ndarray, capacity: int) -> np.ndarray:
    """Places of the highest scores; of equal ones, the first."""
    return np.argsort(-score, kind="stable")[:capacity]


def _rank_correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    from scipy.stats import spearmanr

    if len(a) < 2 or not all(np.ptp(score) > 0 for score in (a, b)):
        return None
    return float(spearmanr(a, b).statistic)


def _reasons(scorecard: Scorecard, frame: pd.DataFrame, most: int) -> list[list[tuple[str, ...]]]:
    """The features of each row's told reasons, the largest contribution first."""
    contributions, stable = _contributions(scorecard, frame)
    told = np.where(stable, contributions, 0.0)
    names = [term.features for term in scorecard.terms]
    order = np.argsort(-told, axis=1, kind="stable")[:, :most]
    return [[names[j] for j in row if told[i, j] >= LEAST] for i, row in enumerate(order)]


def _told(scorecard: Scorecard, frame: pd.DataFrame) -> list[float | None]:
    """Of the largest, the second and the third contributions worth a word, the share that is told."""
    contributions, stable = _contributions(scorecard, frame)
    order = np.argsort(-contributions, axis=1, kind="stable")[:, :TOLD]
    worth = np.take_along_axis(contributions, order, axis=1) >= LEAST
    sure = np.take_along_axis(stable, order, axis=1)
    return [float(sure[worth[:, j], j].mean()) if worth[:, j].any() else None for j in range(order.shape[1])]


def _contributions(scorecard: Scorecard, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What each term adds for each row, and whether that entry survives resampling: both of shape (n, n_terms)."""
    lookup = scorecard.lookup
    codes = lookup.codes(frame)
    stable = np.ones((len(frame), len(scorecard.terms)), dtype=bool)
    for j, term in enumerate(scorecard.terms):
        places = zip(*(codes[name].tolist() for name in term.features), strict=True)
        stable[:, j] = [is_stable(term, *place) for place in places]
    return lookup.contributions(frame), stable


def _read_by(scorecard: Scorecard, export: PastTables) -> pd.DataFrame:
    """All that is open, by unit, with the features of the scorecard."""
    features, facts, _ = scorecard_features(scorecard, export)
    grid = Grid((export.day,))
    return export.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid).to_pandas()
