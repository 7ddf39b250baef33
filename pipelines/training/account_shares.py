"""What makes the expected revenue of an account's leads add up to what the account brings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.amounts.amount_bound import amount_bounds
from models.tables.additive import DECIMALS
from scoring.features.spec import Feature, Group

#: For so many wins the leads of every number of colleagues count as those of all.
PRIOR_WINS = 10.0


@dataclass(frozen=True)
class AccountShare:
    """What is added to the logarithm of a lead's amount.

    Attributes
    ----------
    base : float
        Of all leads: what their accounts bring over what they bring by deals of their own.
    feature : Feature, optional
        How many people of the account are known; None where that is no feature.
    table : ndarray of shape (n_codes,)
        Of each code of it, beside `base`.
    """

    base: float
    feature: Feature | None = None
    table: np.ndarray = field(default_factory=lambda: np.zeros(0))


def learn_account_share(
    features: Sequence[Feature],
    sizes: Sequence[int],
    codes: np.ndarray,
    frame: pd.DataFrame,
    expected: np.ndarray,
    weight: np.ndarray | None,
) -> AccountShare | None:
    """Compare what leads brought at past days, with what their accounts brought without them, to what was expected.

    Two things keep leads from adding up account by account. An account with one known lead is often won by somebody
    who is not known yet: its lead brings half of what it brings. And the share of a deal and the chance to be among
    those who bring it both hang on the number of colleagues, by more than tables that are smooth or penalised can say.

    Parameters
    ----------
    features : sequence of Feature
    sizes : sequence of int
        Number of codes of each.
    codes : ndarray of int, shape (n_snapshots, n_features)
    frame : DataFrame of n_snapshots rows
        The snapshots with their outcomes. `amount` is also of leads that did not win, see `outcomes`.
    expected : ndarray of shape (n_snapshots,)
        Expected revenue without this.
    weight : ndarray of shape (n_snapshots,), optional
        How many snapshots each stands for.

    Returns
    -------
    AccountShare or None
        None where no amounts are known, and where leads bring all that their accounts bring and as much as expected.
    """
    over = (frame["observed"] == frame["observed"].max()).to_numpy() & np.isfinite(expected)
    won = frame["won_period"].notna().to_numpy() & over
    amount = frame["amount"].to_numpy(dtype="float64", na_value=np.nan)
    amount = np.where(over, np.nan_to_num(amount_bounds(amount[won]).usual(amount)), 0.0)
    amount, expected = (x * (1.0 if weight is None else weight) for x in (amount, np.where(over, expected, 0.0)))
    own, all_of_it = float(amount[won].sum()), float(amount.sum())
    if own <= 0.0 or expected.sum() <= 0.0:
        return None
    base = float(np.log(all_of_it / own))
    known = [j for j, f in enumerate(features) if isinstance(f, Group) and f.of == "people" and f.scope == "account"]
    if not known:
        return AccountShare(round(base, DECIMALS)) if base else None
    j = known[0]
    booked, predicted = (np.bincount(codes[:, j], x, sizes[j]) for x in (amount, expected * all_of_it / expected.sum()))
    prior = PRIOR_WINS * all_of_it / frame.loc[won, "unit"].nunique()
    return AccountShare(
        round(base, DECIMALS), features[j], np.round(np.log((booked + prior) / (predicted + prior)), DECIMALS)
    )
