"""The leak guard: it finds attributes whose values were filled because of the outcome.

A CRM keeps only the current value of an attribute. An attribute that is filled after a win, say by onboarding, looks
like a perfect predictor of past wins, but is empty for everyone who is scored. The signs of it: winners differ from the
others in whether it is filled, it is empty until a deal closes, it fills up after the win, or it separates winners from
the others too well. Empty is also what stands for "nothing yet": see `leaks.values`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from scoring.evidence.measures.ranking import auc_of
from scoring.leaks.rules import LEAST, Outcomes, SafeLater, Suspicion, surely_filled_by, suspicion_of
from scoring.leaks.values import values_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST", "SafeLater", "Suspicion", "informative", "surely_filled", "suspicions"]


def suspicions(
    attributes: pd.DataFrame,
    won: np.ndarray,
    lost: np.ndarray,
    days_since_won: np.ndarray,
    with_deal: np.ndarray | None = None,
) -> list[Suspicion]:
    """The attributes that look like leaks: their values depend too much on outcomes already known.

    Parameters
    ----------
    attributes : DataFrame of shape (n_units, n_attributes)
        Current values: text or flags for categories, else numbers.
    won, lost : ndarray of bool, shape (n_units,)
        Whether the unit ever won; whether it lost and never won.
    days_since_won : ndarray of float, shape (n_units,)
        Days since the first win; NaN without one.
    with_deal : ndarray of bool, shape (n_units,), optional
        Whether the unit has or had any deal, also an open one. Default: those who won or lost.
    """
    outcomes = Outcomes.of(won, lost, days_since_won, with_deal)
    found = (suspicion_of(name, values_of(attributes[name]), outcomes) for name in attributes.columns)
    return [suspicion for suspicion in found if suspicion is not None]


def surely_filled(
    attributes: pd.DataFrame,
    won: np.ndarray,
    lost: np.ndarray,
    days_since_won: np.ndarray,
    with_deal: np.ndarray | None = None,
) -> list[Suspicion]:
    """The attributes that nearly all who won have and hardly anyone else, or the reverse, whatever a history says.

    Parameters
    ----------
    attributes : DataFrame of shape (n_units, n_attributes)
        Values that were known before the outcomes.
    won, lost, days_since_won, with_deal : ndarray of shape (n_units,)
        See `suspicions`.
    """
    outcomes = Outcomes.of(won, lost, days_since_won, with_deal)
    found = (surely_filled_by(name, values_of(attributes[name]), outcomes) for name in attributes.columns)
    return [suspicion for suspicion in found if suspicion is not None]


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
        bins = values_of(attributes[name]).codes
        counts = np.bincount(bins).astype("float64")
        hits = np.bincount(bins, weights=won)
        rate = (hits[bins] - won + 10 * base) / (counts[bins] - 1 + 10)
        return auc_of(rate, won) if 0 < won.sum() < len(won) else 0.5

    best = sorted(attributes.columns, key=lambda name: (-skill(name), name))[:most]
    return [name for name in attributes.columns if name in set(best)]
