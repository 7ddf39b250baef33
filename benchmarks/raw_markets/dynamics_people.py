"""The people of a market as views of Dynamics name them, and what of the market is left where two have one name."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from benchmarks.raw_markets import salesforce
from benchmarks.raw_markets.market_ids import numbers

_FIRST = ("Anna", "Jürgen", "Zoë", "Peter", "Marie", "Émile", "Ingrid", "Lars", "Ute", "Kai")
_LAST = ("Müller", "Weiß", "Schmidt", "Krüger", "Østergård", "Lefèvre", "Novák", "García", "Bauer", "Köhler")


def kept(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What of a market the views can hold: of the contacts of a deal the main one, and nobody whose name two have.

    A touch of one of them is known by its account, if both are of that one. What an activity is about is one record.
    """
    people, deals, activities = tables["leads"].reset_index(drop=True), tables["opportunities"], tables["activities"]
    is_lead = salesforce.are_leads(tables).to_numpy()
    shown = pd.DataFrame({"id": people["lead_id"], "name": names_of(people)})
    shown["account"] = people["account_id"].where(~is_lead)
    known = shown[~shown["name"].duplicated(keep=False)].set_index("id")["name"]
    both = shown.groupby("name")["account"].agg(
        lambda ids: ids.iloc[0] if ids.notna().all() and ids.eq(ids.iloc[0]).all() else None
    )
    of_name = shown.set_index("id")["name"].map(both)
    who, named = activities["lead_id"].where(activities["lead_id"].isin(known.index)), activities["lead_id"].notna()
    touches = activities.assign(lead_id=who, account_id=activities["account_id"].where(~named))
    touches["account_id"] = touches["account_id"].fillna(activities["lead_id"].where(who.isna()).map(of_name))
    # A deal names a contact: a name may be that of one alone, or of one in the account of the deal.
    contacts = shown[~is_lead]
    alone = set(contacts.drop_duplicates("name", keep=False)["id"])
    within = contacts.drop_duplicates(["name", "account"], keep=False)
    pairs = set(zip(within["id"], within["account"], strict=True))
    main = [
        lead in alone or (lead, at) in pairs for lead, at in zip(deals["lead_id"], deals["account_id"], strict=True)
    ]
    closed = local(deals["closed_at"]).dt.floor("D")  # a view has the day
    deals = deals.assign(lead_id=deals["lead_id"].where(main), closed_at=closed).drop(columns="known_at")
    roles = deals.dropna(subset="lead_id")[["opportunity_id", "lead_id"]].assign(role="primary contact")
    without = {name: table for name, table in tables.items() if name != "spend"}
    return salesforce.without_accounts_of_leads(without) | {
        "activities": touches[touches["lead_id"].notna() | touches["account_id"].notna()],
        "opportunities": deals,
        "contact_roles": roles,
    }


def names_of(people: pd.DataFrame) -> pd.Series:
    """The names of people, of whom two of a hundred share one."""
    number = numbers(people["lead_id"])
    firsts, lasts = np.array(_FIRST)[number % 10], np.array(_LAST)[number // 10 % 10]
    names = pd.Series(firsts, dtype="string") + " " + lasts + " " + pd.Series(number).astype("string")
    return names.where(number % 50 > 1, "Alex Doppel " + pd.Series(number // 100).astype("string"))


def local(times: pd.Series) -> pd.Series:
    """Times of a user in Berlin, in minutes."""
    moments = pd.to_datetime(times).dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
    return moments.dt.tz_localize(None).dt.floor("min")
