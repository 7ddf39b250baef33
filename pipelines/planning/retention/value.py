"""What customers pay after their first deal: a new one by its age, all in a period, and how much of it was retained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.intake.point_in_time import PastTables
from pipelines.planning.retention.customers import CustomerSpells, current_on, customers_of
from pipelines.planning.retention.learned import LearnedRetention
from pipelines.planning.retention.report import ahead_of
from scoring.planning.pooling import Floats
from scoring.planning.retention.ahead import YEAR
from scoring.planning.retention.staying import StayTable, stay_table

#: For how many years from its first deal a customer is counted.
LIFETIME = 5
#: What the customers of a source pay is drawn to what all pay by so many customers.
AS_ALL = 10.0


@dataclass(frozen=True)
class LaterRevenue:
    """What a new customer brings after its first deal.

    Attributes
    ----------
    by_age : ndarray of shape (n_groups, days + 1)
        By group, what it has brought by each day since it became a customer.
    years : ndarray of shape (n_groups,)
        How many of the years counted it stays.
    table : StayTable
        What that was learned from.
    customers : CustomerSpells
    """

    by_age: Floats
    years: Floats
    table: StayTable
    customers: CustomerSpells

    @property
    def words(self) -> str:
        """What it counts, in words."""
        table = self.table
        first = (
            "from the second year on what it pays a year"
            if self.customers.read_from == "customers"
            else (f"{self.customers.share:.0%} of the first deal a year")
        )
        return (
            f"the first deal and, while it stays, {first}, for {LIFETIME} years; of {table.customers:,} customers "
            f"{table.left:,} left, by {self.customers.words}"
        )


def later_revenue(export: PastTables, group: pd.Series, names: tuple[str, ...], amount: float) -> LaterRevenue | None:
    """What new customers bring after their first deal, by group; None where the export does not say that they stay.

    Parameters
    ----------
    export : PastTables
    group : Series of int
        By account, the index of its group; of others nobody knows it.
    names : tuple of str
        Of the groups.
    amount : float
        What a first deal brings.

    Notes
    -----
    With a table `customers`, the first deal is taken to pay the first year. Without it, what customers brought a year
    after their first deal, as a share of that, is counted from the first day on.
    """
    found = customers_of(export)
    spells = found.spells
    repeats = found.read_from == "customers" or found.share > 0 or not spells.current.all()
    if not len(spells) or not repeats:
        return None
    of_spell = group[~group.index.duplicated()].reindex(spells.unit).fillna(len(names)).to_numpy(dtype=np.int64)
    table = stay_table(spells, (*names, "not known"), of_spell, export.day)
    days = np.arange(LIFETIME * int(YEAR) + 1, dtype=np.float64)
    stays = np.exp(-table.table.factors.mean[: len(names), None] * table.hazard(np.zeros(1), days))
    if found.read_from == "customers":
        yearly = _paid(spells.yearly, of_spell, len(names))
        paying = np.where(days >= YEAR, stays, 0.0)
    else:
        yearly = np.full(len(names), found.share * amount)
        paying = stays
    each = np.concatenate([np.zeros((len(names), 1)), (paying[:, 1:] + paying[:, :-1]) / 2.0], axis=1)
    by_age = np.cumsum(each, axis=1) * yearly[:, None] / YEAR
    return LaterRevenue(by_age, ((stays[:, 1:] + stays[:, :-1]) / 2.0).sum(axis=1) / YEAR, table, found)


def _paid(yearly: Floats, group: np.ndarray, n_groups: int) -> Floats:
    """What the customers of each group pay a year, drawn to all; 0 where nobody says."""
    named = np.isfinite(yearly)
    if not named.any():
        return np.zeros(n_groups)
    mean = float(yearly[named].mean())
    sums = np.bincount(group[named], yearly[named], n_groups + 1)[:n_groups]
    counts = np.bincount(group[named], minlength=n_groups + 1)[:n_groups]
    return np.asarray((sums + AS_ALL * mean) / (counts + AS_ALL))


def renewals_in(export: PastTables, days: int) -> str:
    """What the customers of today pay within so many days, in a sentence; empty where the export does not say it.

    Parameters
    ----------
    export : PastTables
    days : int
    """
    found = customers_of(export)
    spells = found.spells
    now = spells.where(spells.current)
    if not len(now) or not np.nansum(now.yearly):
        return ""
    one = np.zeros(len(spells), dtype=np.int64)
    table = stay_table(spells, ("all",), one, export.day)
    ahead = ahead_of(now, one[: len(now)], table, LearnedRetention(None), export.day, max(days / YEAR, 1.0))
    paid = float(np.nansum(now.yearly * ahead.years(float(days))))
    leave = float(ahead.leaves(float(days)).sum())
    return (
        f"what customers pay again is not in the plan and does not count for the target: {len(now):,} customers of "
        f"today pay about {paid:,.0f} in these days, and {leave:,.1f} of them leave; `closedwon retention` says which"
    )


@dataclass(frozen=True)
class Retained:
    """What became of the customers of a day by a later one.

    Attributes
    ----------
    customers, stayed : int
        How many there were on the first day, and how many of them still are on the last.
    recurring, recurring_stayed : float
        What they paid a year, and what those who stayed pay; both 0 where nobody says.
    """

    customers: int
    stayed: int
    recurring: float
    recurring_stayed: float

    @property
    def share(self) -> float:
        """The share of revenue retained, of customers where nobody says what they pay; NaN without customers."""
        if self.recurring > 0:
            return self.recurring_stayed / self.recurring
        return self.stayed / self.customers if self.customers else float("nan")


def retained(export: PastTables, begin: int, end: int) -> Retained:
    """How many customers of a day, and how much of what they pay, are still there on a later day.

    Parameters
    ----------
    export : PastTables
        As known at `end` or later.
    begin, end : int
        Day numbers, such as the first days of two months.

    Notes
    -----
    What each pays is known of today alone: who pays more now than it did counts as if it always had.
    """
    spells = customers_of(export).spells
    there = current_on(spells, begin)
    stays = there & ~(spells.end < end)
    paid = np.nan_to_num(spells.yearly)
    return Retained(int(there.sum()), int(stays.sum()), float(paid[there].sum()), float(paid[stays].sum()))
