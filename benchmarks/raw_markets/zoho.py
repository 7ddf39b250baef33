"""The simulated market as Zoho's data backup: a CSV file a module, ids with `zcrm_`, look-ups as two columns.

A third of the people were leads that were converted, a fifth are leads still. A backup says what a stage means by its
name alone. It has calls and e-mails, but no page views, no forms and no earlier values of attributes: `kept` leaves
them out of both sides, and gives both the amounts of open deals. An invitation to a meeting is an e-mail that we sent:
as an event it would be a meeting in which the buyer took part, which a market does not say.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.raw_markets import salesforce
from benchmarks.raw_markets.deals_kept import with_amounts

_PREFIXES = {"A": "48768760001", "L": "48768760002", "D": "48768760003", "T": "48768760004"}
STAGES = {"won": "Closed Won", "lost": "Closed Lost to Competition"}
TYPES = {"new_business": "New Business", "expansion": "Existing Business", "renewal": "Renewal"}
#: The kinds of touches that Zoho keeps, and whether we sent an e-mail.
MAILS, CALL = {"email_sent": "true", "meeting_invite": "true", "reply": "false"}, "call"


def record_id(kind: str, ids: pd.Series) -> pd.Series:
    """Ids of a backup; the number of a market is their last digits."""
    digits = ids.astype("string").str.extract(r"(\d+)$", expand=False)
    return "zcrm_" + _PREFIXES[kind] + digits


def kept(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What of a market a backup can hold."""
    activities = tables["activities"]
    held = activities["activity_type"].isin([*MAILS, CALL]) & activities["lead_id"].notna()
    without = {name: table for name, table in tables.items() if name not in ("spend", "account_history")}
    return salesforce.without_accounts_of_leads(without) | {
        "activities": activities[held],
        "opportunities": with_amounts(tables),
        "contact_roles": tables["contact_roles"].drop(columns="is_primary"),
    }


def times(values: pd.Series) -> pd.Series:
    """Times of a backup, in UTC."""
    return pd.to_datetime(values).dt.strftime("%Y-%m-%d %H:%M:%S")


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write the backup of a market.

    Parameters
    ----------
    tables : mapping of DataFrame
        Of `Market.export`.
    path : Path
        The folder.
    """
    path.mkdir(parents=True, exist_ok=True)
    people, is_lead = tables["leads"], salesforce.are_leads(tables)
    number = people["lead_id"].str.extract(r"(\d+)$", expand=False).astype("int64")
    converted = number.mod(3).eq(1) & ~is_lead
    files = {
        "Accounts_001": _accounts(tables["accounts"]),
        "Contacts_001": _contacts(people[~is_lead], converted[~is_lead]),
        "Leads_001": _leads(people[is_lead | converted], converted[is_lead | converted]),
        **_deals(tables),
        **_activities(kept(tables)["activities"], set(people["lead_id"][is_lead])),
    }
    for name, frame in files.items():
        frame.to_csv(path / f"{name}.csv", index=False)


def _accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "Record Id": record_id("A", accounts["account_id"]),
            "Account Owner.id": "zcrm_1",
            "Account Name": "Müller & Söhne " + accounts["account_id"],
            "Website": "https://" + accounts["domain"],
            "Account Type": "Customer",
            "Billing Country": accounts["country"],
            "Industry": accounts["industry"],
            "Employees": accounts["employees"].astype("Int64"),
            "Annual Revenue": accounts["annual_revenue"],
            "Created Time": times(accounts["created_at"]),
            "Last Activity Time": "2030-01-01 00:00:00",
        }
    )
    for column in ("region", "acquisition_channel", "legacy_score", "onboarding_tier"):
        frame[column.replace("_", " ").title()] = accounts[column].to_numpy()
    for column in ("uses_data_warehouse", "uses_marketing_automation"):
        frame[column.replace("_", " ").title()] = accounts[column].map({True: "true", False: "false"}).to_numpy()
    return frame


def _contacts(people: pd.DataFrame, converted: pd.Series) -> pd.DataFrame:
    later = pd.to_datetime(people["created_at"]) + pd.to_timedelta(np.where(converted, 2, 0), "D")
    return pd.DataFrame(
        {
            "Record Id": record_id("L", people["lead_id"]),
            "Last Name": "Weiß",
            "Account Name.id": record_id("A", people["account_id"]),
            "Email": people["email"],
            "Title": people["title"],
            "Lead Source": people["source"].where(~converted),
            "Created Time": times(later),
        }
    )


def _leads(people: pd.DataFrame, converted: pd.Series) -> pd.DataFrame:
    own = record_id("L", people["lead_id"])
    return pd.DataFrame(
        {
            # A converted lead had an id of its own.
            "Record Id": own.mask(converted, own.str.replace("zcrm_4", "zcrm_9")),
            "Last Name": "Weiß",
            "Company": "Zoë AG",
            "Email": people["email"],
            "Designation": people["title"],
            "Lead Source": people["source"],
            "Is Converted": converted.map({True: "true", False: "false"}),
            "Converted Contact.id": own.where(converted),
            "Created Time": times(people["created_at"]),
        }
    )


def _deals(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    deals, roles, steps = tables["opportunities"], tables["contact_roles"], tables["opportunity_history"]
    last = steps.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    planned = pd.to_datetime(deals["opportunity_id"].map(last["close_date"]))
    stage = deals["opportunity_id"].map(last["stage"]).fillna("Discovery")
    named = {"Closed Won": STAGES["won"], "Closed Lost": STAGES["lost"]}
    return {
        "Deals_001": pd.DataFrame(
            {
                "Record Id": record_id("D", deals["opportunity_id"]),
                "Deal Name": "Angebot",
                "Amount": deals["amount"].fillna(deals["opportunity_id"].map(last["amount"])),
                "Closing Date": pd.to_datetime(deals["closed_at"]).fillna(planned).dt.strftime("%Y-%m-%d"),
                "Account Name.id": record_id("A", deals["account_id"]),
                "Contact Name.id": record_id("L", deals["lead_id"]),
                "Stage": deals["status"].map(STAGES).fillna(stage),
                "Type": deals["opportunity_type"].map(TYPES),
                "Created Time": times(deals["created_at"]),
            }
        ),
        "Stage_History_001": pd.DataFrame(
            {
                "Deal Name.id": record_id("D", steps["opportunity_id"]),
                "Stage": steps["stage"].replace(named),
                "Amount": steps["amount"],
                "Closing Date": pd.to_datetime(steps["close_date"]).dt.strftime("%Y-%m-%d"),
                "Modified Time": times(steps["changed_at"]),
            }
        ),
        "Contact_Roles": pd.DataFrame(
            {
                "Deal Name.id": record_id("D", roles["opportunity_id"]),
                "Contact Name.id": record_id("L", roles["lead_id"]),
                "Contact Role": roles["role"],
            }
        ),
    }


def _activities(activities: pd.DataFrame, leads: set[str]) -> dict[str, pd.DataFrame]:
    kind, of_lead = activities["activity_type"], activities["lead_id"].isin(leads)
    who = record_id("L", activities["lead_id"])
    base = pd.DataFrame(
        {
            "Record Id": record_id("T", activities["activity_id"]),
            "Contact Name.id": who.where(~of_lead),
            "Related To.id": who.where(of_lead),  # a lead stands where the record is about one
            "at": times(activities["occurred_at"]),
            "Created Time": times(activities["known_at"]),
        }
    )
    calls = base.rename(columns={"at": "Call Start Time"}).assign(
        **{"Call Type": "Outbound", "Call Status": "Completed"}
    )
    mails = base.rename(columns={"at": "time"}).assign(sent=kind.map(MAILS))
    return {
        "Calls_001": calls[kind.eq(CALL)],
        "Emails_001": mails[kind.isin(MAILS)],
    }
