"""The customers of an export: the table `customers`, or what closed deals tell."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from pipelines.intake.point_in_time import PastTables
from scoring import entities
from scoring.planning.pooling import Floats
from scoring.planning.retention.spells import Spells, joined_spells, of_deals, yearly_share
from scoring.timeline import day_of


@dataclass(frozen=True)
class CustomerSpells:
    """Everybody who is or was a customer.

    Attributes
    ----------
    spells : Spells
    read_from : {"customers", "deals"}
        Whether the export says it, or its deals tell it.
    share : float
        Of deals: what customers bring a year after their first deal, as a share of that deal; NaN of a table.
    """

    spells: Spells
    read_from: str
    share: float = float("nan")

    @property
    def words(self) -> str:
        """What says who is a customer."""
        if self.read_from == "customers":
            return "the table customers"
        return "won deals and lost renewals"


def customers_of(export: PastTables) -> CustomerSpells:
    """Read the customers that were known before the day of an export.

    Parameters
    ----------
    export : PastTables
        Its end decides what is known: who leaves later is still a customer.

    Notes
    -----
    Without a table `customers`, a customer pays a year what all customers bring a year after their first deal, as a
    share of that deal, times its own first deal.
    """
    table = export.tables.customers
    if table is None:
        return _of_deals(export)
    rows = table.select(
        "account_id", "recurring_revenue", begin=day_of(table.since).cast("int64"), end=day_of(table.until)
    ).to_pandas()
    spells = joined_spells(
        rows["account_id"].to_numpy(dtype=object),
        rows["begin"].to_numpy(dtype=np.int64),
        rows["end"].to_numpy(dtype=np.float64, na_value=np.nan),
        rows["recurring_revenue"].to_numpy(dtype=np.float64, na_value=np.nan),
    )
    return CustomerSpells(spells, "customers")


def _of_deals(export: PastTables) -> CustomerSpells:
    deals = export.tables.opportunities
    closed = deals.filter(deals.status != "open")
    facts = closed.select(
        "opportunity_id",
        "account_id",
        "lead_id",
        "amount",
        known_day=day_of(closed.known_at),
        day=day_of(closed.closed_at).cast("int64"),
        won=closed.status == "won",
        renewal=closed.opportunity_type == "renewal",
    )
    people = entities.people(export.tables)
    of_units = entities.of_units(
        export.keep(facts), export.tables, None if people is None else export.keep(people), "account"
    )
    rows = of_units.filter(of_units.won | of_units.renewal).to_pandas()
    rows = rows.sort_values(["unit", "day", "opportunity_id"], ignore_index=True)
    spells = of_deals(
        rows["unit"].to_numpy(dtype=object),
        rows["day"].to_numpy(dtype=np.int64),
        rows["won"].to_numpy(dtype=bool),
        rows["renewal"].to_numpy(dtype=bool),
    )
    yearly, share = _yearly(spells, rows[rows["won"]], export.day)
    return CustomerSpells(Spells(spells.unit, spells.begin, spells.end, yearly), "deals", share)


def _yearly(spells: Spells, won: pd.DataFrame, today: int) -> tuple[Floats, float]:
    """What each pays a year by its first deal, and the share of first deals that it is."""
    count = len(spells)
    first, later = np.full(count, np.nan), np.zeros(count)
    if not count:
        return first, float("nan")
    # The spell of a deal is the last one of its account that had begun by then.
    own = pd.DataFrame({"unit": spells.unit, "day": spells.begin, "spell": np.arange(count)})
    deals = won[["unit", "day", "amount"]].sort_values("day", kind="stable")
    matched = pd.merge_asof(deals, own.sort_values("day", kind="stable"), on="day", by="unit").dropna(subset=["spell"])
    spell = matched["spell"].to_numpy(dtype=np.int64)
    amount = matched["amount"].to_numpy(dtype=np.float64, na_value=np.nan)
    begins = matched["day"].to_numpy(dtype=np.int64) == spells.begin[spell]
    named = begins & np.isfinite(amount)
    first[np.unique(spell[named])] = np.bincount(spell[named], amount[named], count)[np.unique(spell[named])]
    later += np.bincount(spell[~begins], np.nan_to_num(amount)[~begins], count)
    share = yearly_share(first, later, np.fmin(spells.end, float(today)) - spells.begin)
    return first * share, share


def current_on(spells: Spells, day: int) -> np.ndarray:
    """Which spells were those of customers on a day, as known before it: ndarray of bool, shape (n,).

    Parameters
    ----------
    spells : Spells
    day : int
        Day number.
    """
    return np.asarray((spells.begin < day) & ~(spells.end < day))


def as_table(spells: Spells, export: PastTables) -> ibis.Table:
    """The spells as a kept table: `customer`, `begin_day`, `end_day` (null for none), `yearly`.

    Parameters
    ----------
    spells : Spells
    export : PastTables
        On whose connection it is.
    """
    frame = pd.DataFrame(
        {
            "customer": pd.array(spells.unit.astype(str), dtype="str"),
            "begin_day": spells.begin,
            "end_day": pd.array(np.where(np.isnan(spells.end), 0, spells.end).astype(np.int64), dtype="Int64"),
            "yearly": spells.yearly,
        }
    )
    frame.loc[np.isnan(spells.end), "end_day"] = pd.NA
    return export.keep(ibis.memtable(frame))
