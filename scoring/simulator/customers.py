"""How long customers stay, drawn beside a market, with the exact truth: nothing else of the market changes.

Most leave at the end of a contract year, fewer each year. Two attributes of the account move the rate, its industry and
how it was acquired, and so does a part that nothing shows. Beside those who win within the market, there are customers
from years before it, of whom only those are in the table who had not left before the first day of the market.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.simulator.draws import Floats, Ints, Strings
from scoring.simulator.market import Market

#: Of the rate of leaving, by month of a contract year, and what each further year multiplies it by.
BY_MONTH = np.array([0.3] * 10 + [1.5, 7.5])
BY_YEAR = 0.8
MONTH, YEAR = 30.4375, 365.25
#: Years of which the rates are known.
YEARS = 40
#: A year at the average rate: the rate of leaving in the first year.
FIRST_YEAR = 0.22
#: What each industry and channel adds to the log of the rate; the others add nothing.
INDUSTRIES = {"Retail": 0.7, "Education": 0.5, "Software": -0.6, "Financial Services": -0.4, "Manufacturing": -0.3}
CHANNELS = {"paid_search": 0.5, "outbound": 0.3, "referral": -0.5}
#: Standard deviation of what nothing shows.
HIDDEN = 0.35
#: Customers from before the market, for each that wins in it, and for how many years back.
BEFORE, BEFORE_YEARS = 0.6, 6.0


@dataclass(frozen=True)
class SimulatedCustomers:
    """Customers with the truth of each; n is how many they are.

    Attributes
    ----------
    account : array of str, shape (n,)
    since, until : ndarray of float, shape (n,)
        Days from the start of the market; `until` is when it leaves, also long after the market.
    times : ndarray of float, shape (n,)
        What the rates are multiplied by.
    yearly : ndarray of float, shape (n,)
        What it pays a year.
    start : Timestamp
        Of the market.
    """

    account: Strings
    since: Floats
    until: Floats
    times: Floats
    yearly: Floats
    start: pd.Timestamp

    def table(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """The table `customers` as an export of a day would hold it.

        Parameters
        ----------
        as_of : Timestamp
        """
        day = (as_of - self.start).days
        there = (self.since < day) & (self.until >= 0)
        left = np.where(self.until < day, self.until, np.nan)[there]
        return pd.DataFrame(
            {
                "account_id": self.account[there],
                "since": self.start + pd.to_timedelta(np.floor(self.since[there]), unit="D"),
                "until": self.start + pd.to_timedelta(np.floor(left), unit="D"),
                "recurring_revenue": self.yearly[there].round(2),
            }
        ).reset_index(drop=True)

    def _there(self, as_of: pd.Timestamp) -> tuple[int, np.ndarray]:
        """A day as a number, and who is a customer on it."""
        day = (as_of - self.start).days
        return day, (self.since < day) & (self.until >= day)

    def leaves(self, as_of: pd.Timestamp, days: float) -> pd.Series:
        """The true chance of each customer of a day to leave within so many days, by account.

        Parameters
        ----------
        as_of : Timestamp
        days : float
        """
        day, there = self._there(as_of)
        age = day - self.since[there]
        chance = -np.expm1(-self.times[there] * (_summed(age + days) - _summed(age)))
        return pd.Series(chance, index=pd.Index(self.account[there], name="account_id"))

    def left(self, as_of: pd.Timestamp, days: float) -> pd.Series:
        """Whether each customer of a day leaves within so many days, by account.

        Parameters
        ----------
        as_of : Timestamp
        days : float
        """
        day, there = self._there(as_of)
        return pd.Series(self.until[there] < day + days, index=pd.Index(self.account[there], name="account_id"))

    def stays(self, as_of: pd.Timestamp, days: float) -> pd.Series:
        """The days that each customer of a day stays, at most so many, by account.

        Parameters
        ----------
        as_of : Timestamp
        days : float
        """
        day, there = self._there(as_of)
        stays = np.minimum(self.until[there] - day, days)
        return pd.Series(stays, index=pd.Index(self.account[there], name="account_id"))


def simulated_customers(market: Market, seed: int = 7) -> SimulatedCustomers:
    """Draw how long the customers of a market stay.

    Parameters
    ----------
    market : Market
    seed : int
        The same seed gives the same customers.
    """
    rng = np.random.default_rng([seed, 17])
    accounts = market.tables["accounts"].set_index("account_id")
    deals = market.tables["opportunities"]
    won = deals[deals["status"].eq("won") & deals["opportunity_type"].eq("new_business")]
    first = won.sort_values("closed_at").drop_duplicates("account_id").set_index("account_id")
    since = (first["closed_at"] - market.start) / pd.Timedelta(days=1)
    # Who won before the market began fits as well, but is of other industries and channels: it is likelier to leave.
    hidden = market.hidden.set_index("account_id")
    known = accounts.index[accounts["created_at"] <= market.start]
    others = known.difference(pd.Index(deals["account_id"].dropna()))
    count = min(int(BEFORE * len(first)), len(others))
    weight = (1.0 / (1.0 + np.exp(-hidden["fit"].reindex(others).to_numpy()))) ** 3
    earlier = rng.choice(others.to_numpy(), count, replace=False, p=weight / weight.sum())
    names = pd.Index([*first.index, *earlier])
    begins = np.concatenate([since.to_numpy(), -BEFORE_YEARS * YEAR * rng.random(count)])
    traits = accounts.reindex(names)
    log_times = traits["industry"].map(INDUSTRIES).fillna(0.0) + traits["acquisition_channel"].map(CHANNELS).fillna(0.0)
    times = np.exp(log_times.to_numpy(dtype=np.float64) + rng.normal(0.0, HIDDEN, len(names)))
    ages = _age_at(rng.exponential(1.0, len(names)) / times)
    amount = first["amount"].reindex(names).to_numpy(dtype=np.float64)
    usual = np.exp(rng.normal(np.log(15_000.0), 0.6, len(names)))
    yearly = np.where(np.nan_to_num(amount) > 0, amount, usual)
    account = pd.array(names.astype(str), dtype="str")
    return SimulatedCustomers(
        account, np.floor(begins), np.floor(begins) + np.maximum(ages, 1.0), times, yearly, market.start
    )


def _ages() -> tuple[Floats, Floats]:
    """Ages in days, and the rates added up to each for who has the average rate."""
    month: Ints = np.arange(YEARS * 12)
    rate = BY_MONTH[month % 12] * BY_YEAR ** (month // 12)
    rate *= FIRST_YEAR / BY_MONTH.sum()
    return np.arange(len(month) + 1, dtype=np.float64) * MONTH, np.concatenate([[0.0], np.cumsum(rate)])


def _summed(age: Floats) -> Floats:
    return np.asarray(np.interp(age, *_ages()))


def _age_at(summed: Floats) -> Floats:
    """The age at which so much has added up; past all ages for who never leaves."""
    ages, up_to = _ages()
    return np.asarray(np.where(summed >= up_to[-1], ages[-1], np.interp(summed, up_to, ages)))
