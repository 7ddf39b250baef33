"""Retention on an export: which customers leave, how long each still stays, and what they pay while they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.errors import BadInput
from pipelines.intake.point_in_time import PastTables
from pipelines.planning.retention.customers import CustomerSpells, customers_of
from pipelines.planning.retention.groups import By, groups_of
from pipelines.planning.retention.learned import HORIZON, LearnedRetention, learned_retention
from pipelines.progress import Say
from scoring.planning.life_table import Ints
from scoring.planning.pooling import Floats
from scoring.planning.retention.ahead import YEAR, Ahead, RetentionTotal, steps
from scoring.planning.retention.spells import Spells
from scoring.planning.retention.staying import FEWEST, StayTable, stay_table
from scoring.scorecard.lookup import horizon_probability
from scoring.scorecard.reason_arrays import ReasonArrays
from scoring.timeline import calendar_date

#: A scorecard that learned from so many that left counts half beside the rates by age. Measured on markets apart from
#: those of `benchmarks.retention`: with 97 to 210 that left, a quarter to a half had the smallest Brier score.
AS_TABLE = 200.0
#: By how much who they are may move the rate of leaving after the first year.
MOST_TIMES = 5.0
REASONS = ("reason_1", "reason_2", "reason_3", "concern_1")


@dataclass(frozen=True)
class RetentionReport:
    """What is said of customers.

    Attributes
    ----------
    as_of : date
    by : str
        What they are grouped by; empty for nothing.
    years : float
        How far it looks ahead.
    customers : CustomerSpells
    table : StayTable
    learned : LearnedRetention
    all : RetentionTotal
    groups : mapping of RetentionTotal
        By name.
    rows : DataFrame
        A row a customer: see docs/retention.md.
    notes : tuple of str
        What a reader must know.
    """

    as_of: date
    by: str
    years: float
    customers: CustomerSpells
    table: StayTable
    learned: LearnedRetention
    all: RetentionTotal
    groups: dict[str, RetentionTotal]
    rows: pd.DataFrame
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        fitted = self.learned.fitted
        return {
            "as_of": self.as_of.isoformat(),
            "read_from": self.customers.read_from,
            "years": self.years,
            "observed": {
                "customers": self.table.customers,
                "left": self.table.left,
                "since": calendar_date(self.table.since).isoformat(),
                "by_age": self.table.by_age,
            },
            "model": None if fitted is None else {"rung": fitted.scorecard.rung, "left": fitted.scorecard.wins},
            "all": self.all.to_json(),
            "by": {name: total.to_json() for name, total in self.groups.items()},
            "notes": list(self.notes),
        }

    @property
    def by_group(self) -> pd.DataFrame:
        """A row for all and for each group."""
        return pd.DataFrame([_row("all", self.all), *(_row(name, total) for name, total in self.groups.items())])


def retention_report(export: PastTables, by: By | None, years: float, config: Config, say: Say) -> RetentionReport:
    """Say how long the customers of an export stay.

    Parameters
    ----------
    export : PastTables
    by : {"source", "segment"}, optional
        What they are grouped by.
    years : float
        How far to look ahead.
    config : Config
    say : callable
        Takes each line of progress.

    Raises
    ------
    BadInput
        If nobody is a customer.
    """
    found = customers_of(export)
    spells = found.spells
    if not spells.current.any():
        raise BadInput(
            "nobody is a customer: give a table customers with account_id and since, or won deals in opportunities"
        )
    names, group = groups_of(export, spells, by, config)
    table = stay_table(spells, names, group, export.day)
    model = learned_retention(export, spells, config, say)
    now = np.flatnonzero(spells.current)
    current, of_group = spells.where(now), group[now]
    ahead = ahead_of(current, of_group, table, model, export.day, years)
    error = staying_level_error(table, model)
    seed = config.training.seed
    every = ahead.total(np.arange(len(now)), error, table.table.factors, -1, seed)
    totals = {
        name: ahead.total(np.flatnonzero(of_group == i), error, table.table.factors, i, seed)
        for i, name in enumerate(names)
        if by is not None and np.any(of_group == i)
    }
    rows = _rows(current, np.array(names, dtype=object)[of_group] if by else None, ahead, model, export.day)
    notes = tuple(_notes(found, table, model, export.day, every))
    return RetentionReport(export.as_of, by or "", years, found, table, model, every, totals, rows, notes)


def ahead_of(
    current: Spells, group: Ints, table: StayTable, model: LearnedRetention, today: int, years: float
) -> Ahead:
    """The rates of leaving of current customers: by the scorecard for a year, then by the rates of their ages.

    Parameters
    ----------
    current : Spells
        Of who is a customer at `today`.
    group : ndarray of int, shape (n,)
        Of each.
    table : StayTable
    model : LearnedRetention
    today : int
        Day number.
    years : float
        How far to look ahead.

    Notes
    -----
    In the first year, ``log hazard = w log h + (1 - w) log h_age``, where h is the scorecard's, h_age that of the age
    and group, and w rises with how many left that the scorecard learned from: so it stays a sum. What somebody does
    says nothing of the years after the next, who it is does: there, the rates are multiplied by the odds of its fit
    beside the average customer's, to the power of w.
    """
    days = np.unique(np.append(steps(years), HORIZON.bounds))
    days = days[days <= max(years * YEAR, HORIZON.days)]
    hazard = table.hazard((today - current.begin).astype(np.float64), days)
    hazard = hazard * table.table.factors.mean[group][:, None]
    if model.fitted is not None:
        frame, scorecard = model.fitted.today, model.fitted.scorecard
        scores = scorecard.lookup.score(frame)
        at = pd.Index(frame["unit"].astype(str)).get_indexer(pd.Index(current.unit.astype(str)))
        known = at >= 0
        end, weight = int(np.searchsorted(days, HORIZON.days)), _weight(scorecard.wins or 0)
        by_scorecard, by_age = _first_year(scores, scorecard.period_offsets, days)[at[known]], hazard[known]
        first = _between(by_scorecard, by_age, end, weight)
        fit = np.exp(scores["fit_log_odds"])
        times = (np.clip(fit / fit.mean(), 1.0 / MOST_TIMES, MOST_TIMES) ** weight)[at[known]]
        later = (by_age - by_age[:, end : end + 1]) * times[:, None]
        hazard[known] = np.where(np.arange(len(days)) <= end, first, first[:, end : end + 1] + later)
    return Ahead(days, hazard, current.yearly)


def _weight(left: int) -> float:
    """How much a scorecard counts that learned from so many that left."""
    return left / (left + AS_TABLE)


def _between(scorecard: Floats, age: Floats, end: int, weight: float) -> Floats:
    """Two hazards as one: the logarithm of their sums at `end` is weighted, and so are the parts that each day has."""
    whole = [np.maximum(one[:, end : end + 1], 1e-12) for one in (scorecard, age)]
    total = whole[0] ** weight * whole[1] ** (1.0 - weight)
    return np.asarray(total * (weight * scorecard / whole[0] + (1.0 - weight) * age / whole[1]))


def _first_year(scores: dict[str, np.ndarray], offsets: Sequence[float], days: Floats) -> Floats:
    """The hazard by each day, that of the calibrated probability by the end of the horizon: shape (n, n_days)."""
    bounds, log_odds = np.array(HORIZON.bounds, dtype=np.float64), scores["log_odds"]
    whole = -np.log1p(-np.minimum(scores["win_probability"], 1.0 - 1e-9))
    columns = []
    for day in np.minimum(days, bounds[-1]):
        passed = np.clip((day - bounds[:-1]) / np.diff(bounds), 0.0, 1.0)
        columns.append(-np.log1p(-np.minimum(horizon_probability(log_odds, offsets, passed.tolist()), 1.0 - 1e-9)))
    raw = np.column_stack(columns)
    end = -np.log1p(-np.minimum(horizon_probability(log_odds, offsets), 1.0 - 1e-9))
    return np.asarray(raw * (whole / np.maximum(end, 1e-12))[:, None])


def staying_level_error(table: StayTable, model: LearnedRetention) -> float:
    """The relative error of all rates: that of their number, or that of the scorecard's level, if it is larger."""
    error = table.error
    if model.fitted is not None and model.fitted.scorecard.forecast_error is not None:
        return max(error, model.fitted.scorecard.forecast_error.level)
    return error


def _rows(spells: Spells, group: np.ndarray | None, ahead: Ahead, model: LearnedRetention, today: int) -> pd.DataFrame:
    """A row a current customer, who is likeliest to leave first."""
    chance, years = ahead.leaves(YEAR), ahead.years()
    frame = pd.DataFrame({"account_id": spells.unit.astype(str)})
    if group is not None:
        frame["group"] = group
    frame["customer_since"] = [calendar_date(int(day)) for day in spells.begin]
    frame["leave_probability"], frame["expected_years"] = chance, years
    frame["recurring_revenue"] = spells.yearly
    frame["lifetime_revenue"] = spells.yearly * years
    frame["revenue_at_risk"] = spells.yearly * chance
    if model.fitted is not None:
        today_rows, scorecard = model.fitted.today, model.fitted.scorecard
        codes = scorecard.lookup.codes(today_rows)
        values = {one.name: today_rows[one.name] for one in scorecard.features}
        numbers = {name: column.to_numpy() for name, column in values.items()}
        reasons = ReasonArrays(scorecard, as_of=today, since=today)
        chosen = reasons.explain(codes, numbers, len(today_rows))
        texts = np.array(reasons.texts, dtype=object)
        words = pd.DataFrame({name: texts[chosen[name]] for name in REASONS}, index=today_rows["unit"].astype(str))
        frame = frame.join(words, on="account_id")
        frame[list(REASONS)] = frame[list(REASONS)].fillna("")
    return frame.sort_values(["leave_probability", "account_id"], ascending=[False, True], ignore_index=True)


def _row(name: str, total: RetentionTotal) -> dict[str, Any]:
    found: dict[str, Any] = {"group": name, "customers": total.customers}
    for key in ("leaving", "years", "retained", "lifetime"):
        one = getattr(total, key)
        found |= {key: one.value, f"{key}_low": one.low, f"{key}_high": one.high}
    return found | {"recurring": total.recurring}


def _notes(
    found: CustomerSpells, table: StayTable, model: LearnedRetention, today: int, every: RetentionTotal
) -> list[str]:
    notes = []
    if model.fitted is None:
        level = "the rate of its age as a customer" if table.by_age else f"one rate, for fewer than {FEWEST} left"
        notes.append(f"no scorecard: {model.why}; each leaves at {level}, times a factor of its group")
    if found.read_from == "deals":
        notes.append(
            "who leaves without a lost renewal still counts as a customer: give the table customers where that happens"
        )
        if table.left == 0:
            notes.append("no lost renewal is recorded: nothing shows that anybody ever left")
        if found.share > 0:
            notes.append(
                f"recurring revenue is {found.share:.0%} of the first deal a year: what customers bring after it"
            )
    if model.held_back:
        notes.append(f"held back, as if filled because a customer left: {', '.join(model.held_back)}")
    if np.isnan(every.recurring):
        notes.append("nobody says what customers pay: give recurring_revenue in the table customers")
    elif missing := int(np.isnan(found.spells.yearly[found.spells.current]).sum()):
        notes.append(f"of {missing:,} customers nobody says what they pay: they are in no sum of revenue")
    return notes
