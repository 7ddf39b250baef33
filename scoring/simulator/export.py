"""An export as it would have been taken at an earlier day."""

import numpy as np
import pandas as pd


def as_known(tables: dict[str, pd.DataFrame], hidden: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return `tables` as they stood at `as_of`.

    Rows known at `as_of` or later are gone, deals that closed later are open again, and attributes that were
    filled later (`onboarding_tier`, `employees`) are missing.

    Parameters
    ----------
    tables : dict of DataFrame
        The export at the end of the market, by table.
    hidden : DataFrame
        One row per account, in the order of the accounts: onboarded_at, enriched_at.
    as_of : Timestamp
        Naive UTC.
    """
    fills = {"onboarding_tier": "onboarded_at", "employees": "enriched_at"}
    accounts = tables["accounts"].copy()
    for attribute, filled in fills.items():
        accounts[attribute] = accounts[attribute].where((hidden[filled] < as_of).to_numpy())

    opportunities = tables["opportunities"]
    opportunities = opportunities[opportunities["known_at"] < as_of].copy()
    closed = opportunities["closed_at"] < as_of
    opportunities["closed_at"] = opportunities["closed_at"].where(closed)
    opportunities["status"] = opportunities["status"].where(closed, "open")
    opportunities["amount"] = opportunities["amount"].where(closed, np.nan)

    known = opportunities["opportunity_id"]
    history, roles, spend = (tables[name] for name in ("opportunity_history", "contact_roles", "spend"))
    cut = {
        "accounts": accounts[accounts["created_at"] < as_of],
        "leads": _before(tables["leads"], "created_at", as_of),
        "activities": _before(tables["activities"], "known_at", as_of),
        "opportunities": opportunities,
        "account_history": _before(tables["account_history"], "known_at", as_of),
        "contact_roles": roles[roles["opportunity_id"].isin(known)],
        "opportunity_history": _before(history[history["opportunity_id"].isin(known)], "changed_at", as_of),
        "spend": spend[spend["month"] + pd.offsets.MonthBegin(1) <= as_of],
    }
    return {name: table.reset_index(drop=True) for name, table in cut.items()}


def _before(table: pd.DataFrame, column: str, as_of: pd.Timestamp) -> pd.DataFrame:
    return table[table[column] < as_of]
