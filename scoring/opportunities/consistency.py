"""Whether the scores of open deals and those of their accounts say the same.

Both are learned on their own, and neither is bent to the other: an account wins if any of its deals is won, also one
that is not open yet, so its probability is not below that of any of its open deals. One dated example, of the accounts
with an open deal as of 2026-03-01, of which A1 has two:

    A1      its own 0.60    deals 0.40 and 0.30     0.58 if they are won independently, 0.40 if one stands for both
    A2      its own 0.20    deal 0.25               0.25 either way
    in all  its own 0.80                            between 0.65 and 0.83: they agree
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

#: Two sums that differ by less than this, in times, agree: each model states its own totals to about that.
APART = 1.25


@dataclass(frozen=True)
class Consistency:
    """The accounts that have an open deal and are ranked themselves, by both models.

    Attributes
    ----------
    accounts : int
    by_accounts : float
        The wins that the scorecard of accounts expects of them.
    least, most : float
        How many of them win by one of their open deals: if the deals of an account are won or lost together, and if
        they are won independently.
    """

    accounts: int
    by_accounts: float
    least: float
    most: float

    @property
    def agrees(self) -> bool:
        """Whether accounts are not expected to win less than their open deals alone, nor far more."""
        return self.least / APART <= self.by_accounts <= self.most * APART

    @property
    def words(self) -> str:
        """Both sums in a sentence."""
        found = (
            f"{self.accounts:,} accounts with an open deal: {self.by_accounts:,.1f} wins by their own scores, "
            f"{self.least:,.1f} to {self.most:,.1f} by those of their deals"
        )
        if self.agrees:
            return found
        return f"{found}: they do not agree, so see which of the two `closedwon monitor` finds right"


def consistency(accounts: pd.DataFrame, deals: pd.DataFrame) -> Consistency | None:
    """Compare the scores of one night.

    Parameters
    ----------
    accounts : DataFrame
        `account_id` and `win_probability`.
    deals : DataFrame
        `account_id` of each open deal, and its `win_probability`.

    Returns
    -------
    Consistency or None
        None where no account that is ranked has an open deal: customers, say.
    """
    import pandas as pd

    named = deals.dropna(subset=["account_id"])
    losing = np.log1p(-np.minimum(named["win_probability"].astype("float64"), 1.0 - 1e-12))
    by_account = pd.DataFrame(
        {"account_id": named["account_id"].astype(str), "p": named["win_probability"], "losing": losing}
    )
    by_account = by_account.groupby("account_id").agg(least=("p", "max"), losing=("losing", "sum"))
    own = accounts.assign(account_id=accounts["account_id"].astype(str)).set_index("account_id")["win_probability"]
    both = by_account.join(own, how="inner")
    if both.empty:
        return None
    most = float(-np.expm1(both["losing"]).sum())
    return Consistency(len(both), float(both["win_probability"].sum()), float(both["least"].sum()), most)
