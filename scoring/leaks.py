"""The leak guard: it finds attributes whose values were filled because of the outcome.

A CRM keeps only the current value of an attribute. An attribute that is filled after a win, say by onboarding, looks
like a perfect predictor of past wins, but is empty for everyone who is scored. The signs of it: winners differ from the
others in whether it is filled, it is empty until a deal closes, it fills up after the win, or it separates winners from
the others too well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.evidence.ranking import auc_of

#: Difference in the share filled between units with an outcome and the others, above which it is filled by the outcome.
FILLED_GAP = 0.30
#: Difference in the share filled between old and recent wins, above which it is filled by the win.
FILLING_UP = 0.25
#: Area under the ROC curve of one attribute that no fact known before the outcome reaches.
TOO_GOOD = 0.85
#: Share of won (lost) among the units with one value, above which the value is filled by the outcome.
PURE = 0.90
#: Rate of closed deals where an attribute is empty, relative to where it is filled, below which closing fills it.
RARER = 0.1
#: With fewer units than this, nothing is concluded.
LEAST = 15


@dataclass(frozen=True)
class Suspicion:
    """An attribute or feature that looks like a leak: the rule, the reason in words, and the figures of it."""

    attribute: str
    rule: str
    reason: str
    figures: dict[str, float]


def suspicions(
    attributes: pd.DataFrame, won: np.ndarray, lost: np.ndarray, days_since_won: np.ndarray
) -> list[Suspicion]:
    """The attributes that look like leaks: their current values depend too much on outcomes already known.

    Parameters
    ----------
    attributes : DataFrame of shape (n_units, n_attributes)
        Current values: text for categories, else numbers.
    won, lost : ndarray of bool, shape (n_units,)
        Whether the unit ever won; whether it lost and never won.
    days_since_won : ndarray of float, shape (n_units,)
        Days since the first win; NaN without one.
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
    with_outcome, without = float(filled[outcome].mean()), float(filled[~outcome].mean())
    if abs(with_outcome - without) < FILLED_GAP:
        return None
    return Suspicion(
        name,
        f"filled_when_{word}",
        f"filled for {with_outcome:.0%} of the {word} and {without:.0%} of the others",
        {"filled_with_outcome": with_outcome, "filled_without": without, "units_with_outcome": float(outcome.sum())},
    )


def _empty_until(name: str, column: pd.Series, closed: np.ndarray) -> Suspicion | None:
    """Suspect an attribute that is empty for many units, but for hardly any whose deal closed."""
    empty = column.isna().to_numpy()
    if empty.sum() < LEAST or (~empty).sum() < LEAST:
        return None
    where_empty, where_filled = float(closed[empty].mean()), float(closed[~empty].mean())
    # The number of units that would have closed where it is empty, if they were like the others.
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
    # The rate for a unit is that of the other units of its bin (leave one out).
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
    """The bin of each cell: one for each level, twenty quantiles of numbers, and one for missing values."""
    if column.dtype.kind in "fiu":
        numbers = column.to_numpy(dtype="float64")
        known = numbers[~np.isnan(numbers)]
        edges = np.unique(np.quantile(known, np.linspace(0, 1, 21)[1:-1])) if len(known) else known
        codes = np.searchsorted(edges, numbers, side="right") + 1
        return np.where(column.isna(), 0, codes).astype("int64")
    return (pd.factorize(column)[0] + 1).astype("int64")


def informative(attributes: pd.DataFrame, won: np.ndarray, most: int) -> Sequence[str]:
    """The attributes that separate winners from the others best, by the AUC of their leave-one-out rates.

    Parameters
    ----------
    attributes : DataFrame of shape (n_units, n_attributes)
        Current values: text for categories, else numbers.
    won : ndarray of bool, shape (n_units,)
        Whether the unit ever won.
    most : int
        The largest number of attributes.

    Returns
    -------
    sequence of str
        In the order of the columns.
    """
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
