"""The deals of an export as a month is looked back at: when they were opened and won, their grade, their credit."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd

from pipelines.intake.point_in_time import Export
from pipelines.store import ledger
from pipelines.store.ledger import Night
from scoring import entities
from scoring.evidence.touches import touch_days
from scoring.monthly.credit import credited
from scoring.monthly.month import CalendarMonth
from scoring.timeline import calendar_date

#: The grade of those whom no night had scored before their deal was opened.
NOT_SCORED = "not scored then"
GRADES = ("A", "B", "C", "D", NOT_SCORED)
COLUMNS = ("opportunity_id", "unit", "opened_day", "closed_day", "status", "amount")


def all_deals(export: Export) -> pd.DataFrame:
    """Every deal of the types that are predicted, once: `COLUMNS`, and `opened` and `won`, the months as text.

    Its `expected` is not known yet: see `with_grades`. An open deal has the amount that is planned for it today. One
    that was not won and has no amount counts as 0, and is marked in `without_amount`. A won deal without one brings 0.

    Parameters
    ----------
    export : Export
    """
    people = entities.people(export.tables)
    people = None if people is None else export.keep(people)
    rows = entities.deals(export.tables, people, "account").select(*COLUMNS).to_pandas()
    # A deal that is found by its account and by its lead alone is its account's.
    rows = rows.assign(alone=rows["unit"].astype(str).str.startswith("lead:"))
    rows = rows.sort_values(["opportunity_id", "alone", "unit"]).drop_duplicates("opportunity_id")
    is_won = (rows["status"] == "won").to_numpy()
    planned = export.intake.tables.open_deals
    if planned is not None and "amount" in planned.columns:
        amounts = planned.select("opportunity_id", "amount").to_pandas().drop_duplicates("opportunity_id")
        rows["amount"] = rows["amount"].fillna(
            rows["opportunity_id"].map(amounts.set_index("opportunity_id")["amount"])
        )
    return rows.drop(columns="alone").assign(
        without_amount=(rows["amount"].isna() & ~is_won).to_numpy(dtype=bool),
        expected=np.nan,
        amount=rows["amount"].fillna(0.0).astype("float64"),
        opened=_months(rows["opened_day"]),
        won=np.where(is_won, _months(rows["closed_day"]), ""),
    )


def _months(days: pd.Series) -> np.ndarray:
    """The months of day numbers as text; empty where there is none."""
    found = days.to_numpy(dtype="float64", na_value=np.nan)
    known = np.isfinite(found)
    dates = np.where(known, found, 0.0).astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(str)
    return np.where(known, dates, "").astype(object)


def of_month(deals: pd.DataFrame, month: CalendarMonth) -> pd.DataFrame:
    """The deals that were opened or won in a month."""
    return deals[(deals["opened"] == str(month)) | (deals["won"] == str(month))].reset_index(drop=True)


def with_credit(deals: pd.DataFrame, export: Export) -> pd.DataFrame:
    """The deals with the class of each in `credit`: see `scoring.monthly.credit`.

    Parameters
    ----------
    deals : DataFrame
        As `of_month` gives them.
    export : Export
    """
    people = entities.people(export.tables)
    people = None if people is None else export.keep(people)
    touches = touch_days(export.tables, people, "account")
    days = pd.DataFrame({"buyer": np.nan, "ours": np.nan, "last": np.nan}, index=deals.index)
    if touches is not None and len(deals):
        asked = deals[["unit", "opened_day"]].assign(deal=np.arange(len(deals)))
        wanted = export.keep(ibis.memtable(asked.astype({"unit": str, "opened_day": "int64"})))
        own = touches.select("inbound", "day", its="unit")
        met = wanted.inner_join(own, wanted.unit == own.its)
        met = met.filter(met.day <= met.opened_day)
        first = met.group_by("deal").agg(
            buyer=met.day.min(where=met.inbound),
            ours=met.day.min(where=~met.inbound),
            last=met.day.max(where=met.inbound),
        )
        found = first.to_pandas().set_index("deal").astype("float64")
        days = found.reindex(np.arange(len(deals)))
    opened = deals["opened_day"].to_numpy(dtype="float64")
    touched = [days[name].to_numpy(dtype="float64") for name in ("buyer", "ours", "last")]
    return deals.assign(credit=credited(opened, *touched))


def with_grades(deals: pd.DataFrame, past: Sequence[Night]) -> pd.DataFrame:
    """The deals with what the night before had served when each was opened: `grade`, and `expected`, its amount if won.

    Parameters
    ----------
    deals : DataFrame
        As `of_month` gives them.
    past : sequence of Night
        The oldest first.
    """
    grades = pd.Series(NOT_SCORED, index=deals.index, dtype=object)
    expected = pd.Series(np.nan, index=deals.index, dtype="float64")
    night_of: dict[str, tuple[Night, list[int]]] = {}
    for row, day in zip(deals.index, deals["opened_day"], strict=True):
        night = next(
            (found for entity in ("account", "lead") if (found := ledger.at(past, entity, calendar_date(day)))), None
        )
        if night is not None:
            night_of.setdefault(night.name, (night, []))[1].append(row)
    for night, rows in night_of.values():
        served, unit = served_to(night), deals.loc[rows, "unit"].astype(str)
        grades.loc[rows] = unit.map(served["grade"]).fillna(NOT_SCORED)
        expected.loc[rows] = unit.map(served["expected_amount"]).astype("float64")
    return deals.assign(grade=grades, expected=expected)


def served_to(night: Night) -> pd.DataFrame:
    """The grade and the expected amount of a win of each company of a night.

    They are those of its account, or the best grade of its leads and the sum of their shares.

    Parameters
    ----------
    night : Night
    """
    columns = ["account_id", "grade", "expected_amount"]
    if night.has("account"):
        return (
            pd.read_parquet(night.scores("account"), columns=columns)
            .astype({"account_id": str})
            .set_index("account_id")
        )
    table = pd.read_parquet(night.scores("lead"), columns=["lead_id", *columns])
    alone = "lead:" + table["lead_id"].astype(str)
    unit = table["account_id"].where(table["account_id"].notna() & (table["account_id"] != ""), alone)
    return table.groupby(unit.astype(str)).agg(grade=("grade", "min"), expected_amount=("expected_amount", "sum"))


def by_grade(deals: pd.DataFrame, month: CalendarMonth) -> pd.DataFrame:
    """The pipeline that was made and the deals that were won in a month, by grade; the rows add up to all.

    Parameters
    ----------
    deals : DataFrame
        With `grade`.
    month : CalendarMonth
    """
    return _summed(deals, month, "grade", [grade for grade in GRADES if grade != NOT_SCORED] + [NOT_SCORED])


def by_credit(deals: pd.DataFrame, month: CalendarMonth, classes: Sequence[str]) -> pd.DataFrame:
    """The same by credit: `classes` in their order."""
    return _summed(deals, month, "credit", classes)


def by_source(deals: pd.DataFrame, month: CalendarMonth) -> pd.DataFrame:
    """The same by source and credit, the source with the most revenue first.

    Parameters
    ----------
    deals : DataFrame
        With `source` and `credit`.
    month : CalendarMonth
    """
    sources = deals.groupby("source")["amount"].sum().sort_values(ascending=False, kind="stable").index
    parts = []
    for source in sources:
        own = deals[deals["source"] == source]
        found = _summed(own, month, "credit", sorted(own["credit"].unique()))
        parts.append(found.assign(source=source)[["source", *found.columns]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _summed(deals: pd.DataFrame, month: CalendarMonth, key: str, values: Sequence[str]) -> pd.DataFrame:
    """How many deals were opened and won, and their amounts, by the values of a column.

    Of those opened without an amount it is said how many, and what the night before expected of them if they are won.
    """
    found: dict[str, object] = {key: list(values)}
    opened = deals[deals["opened"] == str(month)]
    for name, rows in (("opened", opened), ("won", deals[deals["won"] == str(month)])):
        grouped = rows.groupby(key)["amount"].agg(["count", "sum"]).reindex(list(values)).fillna(0.0)
        found[name] = grouped["count"].astype("int64").to_numpy()
        found["pipeline" if name == "opened" else "revenue"] = grouped["sum"].to_numpy()
    without = opened[opened["without_amount"]].groupby(key)["expected"]
    found["without_amount"] = without.size().reindex(list(values)).fillna(0).astype("int64").to_numpy()
    found["expected_of_those"] = without.sum(min_count=1).reindex(list(values)).to_numpy(dtype="float64")
    return pd.DataFrame(found)
