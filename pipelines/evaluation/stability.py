"""Stability: how much of a list, and of its reasons, an earlier refit would have given too."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables, card_features
from scoring.evidence.backtest_evidence import RefitStep, Stability
from scoring.features.snapshots import snapshots
from scoring.lookup import Lookup
from scoring.reasons import LEAST, is_stable
from scoring.timeline import Grid

Card = dict[str, Any]
#: As many reasons as the scores have.
REASONS = 3


def stability(export: PastTables, cards: Sequence[Card], config: Config) -> Stability | None:
    """Score all that is open as of a day by cards of successive refits, and compare each with the next.

    Parameters
    ----------
    export : PastTables
        The day, and what was known before it.
    cards : sequence of dict
        Scorecards of one entity, the oldest first.
    config : Config
        Says how many can be worked.

    Returns
    -------
    Stability or None
        See `churn`; None where nothing is open.
    """
    frames = [_features_of(card, export) for card in cards]
    if not frames or not len(frames[0]):
        return None
    entity, days = cards[0]["entity"], config.training.horizon_days
    return churn(cards, frames, round(config.capacity.of(entity, len(frames[0]), days)))


def churn(cards: Sequence[Card], frames: Sequence[pd.DataFrame], capacity: int) -> Stability:
    """What refitting changes.

    Parameters
    ----------
    cards : sequence of dict
        One or more, the oldest first.
    frames : sequence of DataFrame
        The same entities in the same order, with the features of each card.
    capacity : int
        How many of them are worked.

    Returns
    -------
    Stability
        Its `stable_reasons` are of those on the newest card's list: of their largest contributions, first to third,
        the share that survives resampling and is shown as a reason.
    """
    scores = [Lookup(card).score(frame)["expected_revenue"] for card, frame in zip(cards, frames, strict=True)]
    steps = [_step(cards[i : i + 2], frames[i : i + 2], scores[i : i + 2], capacity) for i in range(len(cards) - 1)]
    means: dict[str, float | None] = {}
    for name in ("kept", "rank_correlation", "reason_kept"):
        known = [kept for step in steps if (kept := getattr(step, name)) is not None]
        means[name] = float(np.mean(known)) if known else None
    reasons = _stable_reasons(cards[-1], frames[-1].iloc[_best(scores[-1], capacity)])
    return Stability(len(frames[-1]), capacity, tuple(steps), **means, stable_reasons=reasons)


def _step(
    cards: Sequence[Card], frames: Sequence[pd.DataFrame], scores: Sequence[np.ndarray], capacity: int
) -> RefitStep:
    lists = [_best(score, capacity) for score in scores]
    firsts, threes = (
        _reasons(card, frame.iloc[lists[1]], most)
        for card, frame, most in zip(cards, frames, (1, REASONS), strict=True)
    )
    kept = [first[0] in three for first, three in zip(firsts, threes, strict=True) if first]
    return RefitStep(
        older=cards[0]["as_of"],
        newer=cards[1]["as_of"],
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


def _reasons(card: Card, frame: pd.DataFrame, most: int) -> list[list[tuple[str, ...]]]:
    """The features of the reasons that each row is shown with, the largest contribution first."""
    contributions, stable = _contributions(card, frame)
    shown = np.where(stable, contributions, 0.0)
    names = [tuple(term["features"]) for term in card["terms"]]
    order = np.argsort(-shown, axis=1, kind="stable")[:, :most]
    return [[names[j] for j in row if shown[i, j] >= LEAST] for i, row in enumerate(order)]


def _stable_reasons(card: Card, frame: pd.DataFrame) -> tuple[float | None, ...]:
    """The share of the first, the second and the third largest contributions that survives resampling.

    Contributions below `LEAST` are no reasons and do not count.
    """
    contributions, stable = _contributions(card, frame)
    order = np.argsort(-contributions, axis=1, kind="stable")[:, :REASONS]
    large = np.take_along_axis(contributions, order, axis=1) >= LEAST
    kept = np.take_along_axis(stable, order, axis=1)
    return tuple(float(kept[large[:, j], j].mean()) if large[:, j].any() else None for j in range(order.shape[1]))


def _contributions(card: Card, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What each term adds for each row, and whether that entry survives resampling: both of shape (n, n_terms)."""
    lookup = Lookup(card)
    codes = lookup.codes(frame)
    stable = np.ones((len(frame), len(card["terms"])), dtype=bool)
    for j, term in enumerate(card["terms"]):
        cells = zip(*(codes[name].tolist() for name in term["features"]), strict=True)
        stable[:, j] = [is_stable(term, *cell) for cell in cells]
    return lookup.contributions(frame), stable


def _features_of(card: Card, export: PastTables) -> pd.DataFrame:
    """A row for each open unit, in the order of the units, with the features of the card."""
    features, facts, _ = card_features(card, export)
    grid = Grid((export.day,))
    return export.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid).to_pandas()
