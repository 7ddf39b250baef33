"""The amounts of a scorecard: of everybody by their fit, and of those with an open deal by the amount of that deal."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import numpy as np
import pandas as pd

from models.amounts.amount import AmountModel
from models.amounts.amount_bound import amount_bounds
from models.amounts.entered_amount import EnteredAmount
from pipelines.training.account_shares import AccountShare
from scoring.features.spec import DealPlan, Feature
from scoring.tables import Tables

#: Wins with a known amount of the open deal from which that amount is used.
LEAST_DEALS = 30
#: The columns that name a win: several days of a unit look ahead to the same one.
WIN = ["unit", "won_day"]


@dataclass(frozen=True)
class DealAmount:
    """What the amount of the open deal says, instead of fit.

    Attributes
    ----------
    model : AmountModel or EnteredAmount
        Fitted, of one column: the amount of the deal.
    amount, known : Feature
        The amount of the deal, and whether it is known.
    """

    model: AmountModel | EnteredAmount
    amount: Feature
    known: Feature


@dataclass(frozen=True)
class LearnedAmount:
    """The amount of a win, as it was learned.

    Attributes
    ----------
    model : AmountModel
        Fitted to all wins.
    features : list of Feature
        Those that it reads.
    deal : DealAmount, optional
        None where no amounts of open deals are known, or where they say less than fit does.
    account : AccountShare, optional
        Of leads: what makes them add up to their accounts.
    """

    model: AmountModel
    features: list[Feature]
    deal: DealAmount | None = field(default=None)
    account: AccountShare | None = field(default=None)

    @property
    def base(self) -> float:
        """The logarithm of the amount where every table is 0."""
        return self.model.base_ + (0.0 if self.account is None else self.account.base)

    def tables(self) -> list[tuple[tuple[Feature, ...], np.ndarray]]:
        """The tables that add up to the logarithm of the amount, on top of `base`."""
        share = self.account
        if share is None or share.feature is None:
            return self._of_deals()
        found, of_share = self._of_deals(), (share.feature,)
        own = [table for read, table in found if read == of_share]
        return [*(one for one in found if one[0] != of_share), (of_share, sum(own, share.table))]

    def _of_deals(self) -> list[tuple[tuple[Feature, ...], np.ndarray]]:
        """The tables of what a deal brings, on top of the model's base.

        Where the amount of the open deal is known, it counts instead of fit. So that this is a sum too, each table of
        fit has a second column, of those whose deal's amount is known, which is 0.
        """
        own = list(zip(self.features, self.model.tables_, strict=True))
        if self.deal is None:
            return [((feature,), table) for feature, table in own]
        deal = self.deal.model
        table = deal.base_ - self.model.base_ + deal.tables_[0]
        table[0] = 0.0  # no amount is known
        known = [
            ((feature, self.deal.known), np.column_stack([table, np.zeros(len(table))]))
            for feature, table in own
            if np.ptp(table) > 0
        ]
        return [*known, ((self.deal.amount,), table)]


def usual_amounts(won: ibis.Table, tables: Tables) -> ibis.Table:
    """Won deals whose amounts are measured as they are learned: far above all others is as much as the largest of them.

    Of two rankings the one that happens to have a mistyped deal in its best would capture all that there is.

    Parameters
    ----------
    won : ibis.Table
        With `amount`.
    tables : Tables
        Those that the bounds follow from.
    """
    deals = tables.opportunities
    known = deals.filter((deals.status == "won") & deals.amount.notnull()).select("amount").to_pyarrow()["amount"]
    bounds = amount_bounds(known.to_numpy())
    if not np.isfinite(bounds.highest):
        return won
    return won.mutate(amount=ibis.ifelse(won.amount > bounds.highest, bounds.most, won.amount))


def of_amount(feature: Feature) -> bool:
    """Whether a feature is the amount of the open deal, or whether that is known."""
    return isinstance(feature, DealPlan) and feature.plan == "amount"


def learn_amount(
    features: Sequence[Feature],
    sizes: Sequence[int],
    unordered: Sequence[bool],
    frame: pd.DataFrame,
    codes: np.ndarray,
    today: np.ndarray,
    seed: int,
    *,
    of_deals: bool = False,
) -> LearnedAmount:
    """Learn the amount of a win from the snapshots before it.

    Parameters
    ----------
    features : sequence of Feature
    sizes, unordered : sequences
        Number of codes of each, and whether they are unordered.
    frame : DataFrame
        The snapshots with their outcomes.
    codes : ndarray of int, shape (n_snapshots, n_features)
    today : ndarray of bool, shape (n_snapshots,)
        The snapshots of those that amounts are expected of.
    seed : int
    of_deals : bool
        Whether each unit is a deal: then the amount entered may count as it is, times what is usually paid of it.
    """
    won = (frame["won_period"].notna() & frame["amount"].notna()).to_numpy()
    amounts = frame["amount"].to_numpy(dtype="float64")

    def fitted(columns: list[int], rows: np.ndarray, among: np.ndarray) -> AmountModel:
        model = AmountModel([sizes[j] for j in columns], [unordered[j] for j in columns], seed=seed)
        return model.fit(codes[rows][:, columns], amounts[rows], codes[among][:, columns])

    fit = [j for j, feature in enumerate(features) if feature.side == "fit"]
    last = frame[won].drop_duplicates(WIN, keep="last").index.to_numpy()
    learned = LearnedAmount(fitted(fit, last, today), [features[j] for j in fit])
    plans = {f.of: j for j, f in enumerate(features) if isinstance(f, DealPlan) and f.scope == "own"}
    if not {"amount", "amount_known"} <= set(plans) or sizes[plans["amount_known"]] != 2:
        return learned
    amount, known = plans["amount"], plans["amount_known"]
    rows = _middle(frame[won & (codes[:, known] > 0)])
    if len(rows) < LEAST_DEALS or not amounts[rows].any():
        return learned
    tried: list[AmountModel | EnteredAmount] = [fitted([amount], rows, codes[:, known] > 0)]
    if of_deals:
        values, entered = frame[features[amount].name].to_numpy(dtype="float64", na_value=np.nan), codes[:, amount]
        tried.append(EnteredAmount(_means(values, entered, sizes[amount]), seed).fit(entered[rows], amounts[rows]))
    best, plain = min(tried, key=_deviance), fitted(fit, rows, today)
    if _deviance(best) >= _deviance(plain):
        return learned
    return LearnedAmount(learned.model, learned.features, DealAmount(best, features[amount], features[known]))


def _means(values: np.ndarray, codes: np.ndarray, size: int) -> np.ndarray:
    """What a number is on average where it has each code, shape (size,); between two codes where nobody has one."""
    there = codes > 0
    counts = np.bincount(codes[there], minlength=size)
    found = np.flatnonzero(counts)
    sums = np.bincount(codes[there], weights=values[there], minlength=size)
    return np.interp(np.arange(size), found, sums[found] / counts[found])


def _middle(rows: pd.DataFrame) -> np.ndarray:
    """The row in the middle of each win's rows: a deal is neither quite new nor as good as won."""
    position, of = rows.groupby(WIN).cumcount(), rows.groupby(WIN)["unit"].transform("size")
    return np.asarray(rows.index[position == of // 2].to_numpy())


def _deviance(model: AmountModel | EnteredAmount) -> float:
    """The cross-validated deviance of the rung that was chosen."""
    return float(min(model.report_.get("deviance", {"none": np.inf}).values()))
