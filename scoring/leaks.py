"""The leak guard: attributes that tell the past because they were filled by it.

A CRM keeps only the current value of an attribute. One that onboarding fills after the win looks like a perfect
predictor of past wins and is empty for everyone who matters. Such a one shows in how winners differ from the rest:
by being filled at all, by being empty until a deal closes, by filling up after the win, or by telling winners apart too
well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.evidence.ranking import auc_of

#: Difference in the share filled, between those with an outcome and the rest, above which being filled is the outcome.
FILLED_GAP = 0.30
#: Difference in the share filled between wins long past and recent ones, above which the win fills it.
FILLING_UP = 0.25
#: Area under the curve of one attribute that no fact known beforehand reaches.
TOO_GOOD = 0.85
#: Share of won (lost) among the units with one value, above which the value is the outcome.
PURE = 0.90
#: How much rarer an outcome must be where an attribute is empty for its being filled to be part of the outcome.
RARER = 0.1
#: Units with an outcome below which nothing is concluded.
LEAST = 15


@dataclass(frozen=True)
class Suspicion:
    """An attribute that looks like a leak: `rule`, `reason` in words, and the figures behind it."""

    attribute: str
    rule: str
    reason: str
    figures: dict[str, float]


def suspicions(
    attributes: pd.DataFrame, won: np.ndarray, lost: np.ndarray, days_since_won: np.ndarray
) -> list[Suspicion]:
    """What each attribute's current values tell of outcomes that were already known.

    Parameters
    ----------
    attributes : DataFrame of shape (n_units, n_attributes)
        Current values; text for categories, numbers otherwise.
    won, lost : ndarray of bool, shape (n_units,)
        Whether the unit ever won, or lost and did not win.
    days_since_won : ndarray of float, shape (n_units,)
        Days since the first win; NaN if none.
    """
    found = []
    for name in attributes.columns:
        column = attributes[name]
        suspicion = (
            _filled_by(name, column, won, "won")
            or _filled_by(name, column, lost, "lost")
            or _empty_until(name, column, won | lost)
            or _fills_up(name, column, days_since_won)
            or _too_good(name, column, won, "won")
            or _too_good(name, column, lost, "lost")
        )
        if suspicion is not None:
            found.append(suspicion)
    return found


def _filled_by(name: str, column: pd.Series, outcome: np.ndarray, word: str) -> Suspicion | None:
    if outcome.sum() < LEAST or (~outcome).sum() < LEAST:
        return None
    filled = column.notna().to_numpy()
    theirs, rest = float(filled[outcome].mean()), float(filled[~outcome].mean())
    if abs(theirs - rest) < FILLED_GAP:
        return None
    return Suspicion(
        name,
        f"filled_when_{word}",
        f"filled for {theirs:.0%} of the {word} and {rest:.0%} of the others",
        {"filled_with_outcome": theirs, "filled_without": rest, "units_with_outcome": float(outcome.sum())},
    )


def _empty_until(name: str, column: pd.Series, closed: np.ndarray) -> Suspicion | None:
    """Empty for hardly any unit whose deal closed, though many are empty: closing is when it is filled."""
    empty = column.isna().to_numpy()
    if empty.sum() < LEAST or (~empty).sum() < LEAST:
        return None
    where_empty, where_filled = float(closed[empty].mean()), float(closed[~empty].mean())
    # What would have closed among the empty, were they like the rest.
    if where_filled * empty.sum() < 2 * LEAST or where_empty > RARER * where_filled:
        return None
    return Suspicion(
        name,
        "empty_until_closed",
        f"where it is empty {where_empty:.0%} have closed a deal, where it is filled {where_filled:.0%}",
        {"closed_where_empty": where_empty, "closed_where_filled": where_filled},
    )


def _fills_up(name: str, column: pd.Series, days_since_won: np.ndarray) -> Suspicion | None:
    order = days_since_won[np.isfinite(days_since_won)]
    if len(order) < 4 * LEAST:
        return None
    young, old = np.quantile(order, [0.15, 0.5])
    filled = column.notna().to_numpy()
    recent, past = filled[days_since_won <= young], filled[days_since_won >= old]
    share_recent, share_past = float(recent.mean()), float(past.mean())
    noise = np.sqrt(0.25 / len(recent) + 0.25 / len(past))
    if share_past - share_recent < max(FILLING_UP, 4 * noise):
        return None
    return Suspicion(
        name,
        "fills_up_after_win",
        f"filled for {share_recent:.0%} of the newest wins and {share_past:.0%} of those {old:.0f} days old or older",
        {"filled_recent_wins": share_recent, "filled_old_wins": share_past},
    )


def _too_good(name: str, column: pd.Series, outcome: np.ndarray, word: str) -> Suspicion | None:
    if outcome.sum() < LEAST or (~outcome).sum() < LEAST:
        return None
    bins = _bins(column)
    counts = np.bincount(bins, minlength=bins.max() + 1).astype("float64")
    hits = np.bincount(bins, weights=outcome, minlength=bins.max() + 1)
    base = outcome.mean()
    # Each unit is judged by the others of its bin, so that a bin of one says nothing.
    rate = (hits[bins] - outcome + base) / counts[bins]
    area = auc_of(rate, outcome)
    if area >= TOO_GOOD:
        return Suspicion(
            name,
            f"tells_{word}_too_well",
            f"alone it ranks the {word} at an AUC of {area:.2f}",
            {"auc": area},
        )
    pure = (hits / np.maximum(counts, 1) >= PURE) & (hits >= LEAST)
    share = float(hits[pure].sum() / outcome.sum())
    if base <= 0.5 and share >= 0.1:
        return Suspicion(
            name,
            f"value_means_{word}",
            f"{share:.0%} of the {word} have a value that hardly anyone else has",
            {"share_of_outcomes": share},
        )
    return None


def _bins(column: pd.Series) -> np.ndarray:
    """Levels as they are, numbers in twenty quantiles, missing as a bin of its own."""
    if column.dtype.kind in "fiu":
        numbers = column.to_numpy(dtype="float64")
        known = numbers[~np.isnan(numbers)]
        edges = np.unique(np.quantile(known, np.linspace(0, 1, 21)[1:-1])) if len(known) else known
        codes = np.searchsorted(edges, numbers, side="right") + 1
        return np.where(column.isna(), 0, codes).astype("int64")
    return (pd.factorize(column)[0] + 1).astype("int64")


def informative(attributes: pd.DataFrame, won: np.ndarray, most: int) -> Sequence[str]:
    """At most `most` attributes, those that tell winners from the rest best (by the same judged-by-others AUC)."""
    if attributes.shape[1] <= most:
        return list(attributes.columns)
    base = won.mean()

    def skill(name: str) -> float:
        bins = _bins(attributes[name])
        counts = np.bincount(bins).astype("float64")
        hits = np.bincount(bins, weights=won)
        rate = (hits[bins] - won + 10 * base) / (counts[bins] - 1 + 10)
        return auc_of(rate, won) if 0 < won.sum() < len(won) else 0.5

    best = sorted(attributes.columns, key=lambda name: (-skill(name), name))[:most]
    return [name for name in attributes.columns if name in set(best)]
