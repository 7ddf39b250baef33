"""What CRMs keep of the deals of a market, whatever the layout: the canonical side of a comparison gets the same."""

from collections.abc import Mapping

import pandas as pd


def with_amounts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The deals of a market as CRMs have them: an open or lost one with the amount of its last step.

    CRMs know one day on which a deal was created, and not another on which it was entered.
    """
    deals, steps = tables["opportunities"], tables["opportunity_history"]
    last = steps.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")["amount"]
    return deals.assign(amount=deals["amount"].fillna(deals["opportunity_id"].map(last))).drop(columns="known_at")


def with_contacts_alike(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The deals of a market as HubSpot has them: with contacts that are all alike, and an amount each."""
    roles = tables["contact_roles"][["opportunity_id", "lead_id"]]
    only = roles.drop_duplicates("opportunity_id", keep=False).set_index("opportunity_id")["lead_id"]
    deals = with_amounts(tables)
    return {"opportunities": deals.assign(lead_id=deals["opportunity_id"].map(only)), "contact_roles": roles}
