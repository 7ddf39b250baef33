"""The simulated market as Salesforce's Data Export writes it: a zip of CSV files in Windows-1252, all cells quoted.

Every third person was a lead that was converted, every fifth is a lead still. Deals are in three currencies. Some rows
are deleted. Tasks have no direction; what a campaign brought is a member that responded.
"""

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.raw_markets import deals_kept
from benchmarks.raw_markets.market_ids import numbers

NOTHING = "000000000000000AAA"
STAGES = {"Discovery": 20, "Proposal": 50, "Negotiation": 80}
TYPES = {"new_business": "New Business", "expansion": "Existing Business - Upgrade", "renewal": "Renewal"}
#: Units of a currency for one euro.
RATES = {"EUR": 1.0, "USD": 1.25, "GBP": 0.8}
#: What marketing brings is a response to a campaign; the rest is a task.
RESPONSES = ("demo_request", "trial_start", "webinar", "content_download")
_PREFIXES = {"A": "001", "C": "003", "L": "00Q", "D": "006", "T": "00T", "M": "00v"}


def record_id(kind: str, ids: pd.Series) -> pd.Series:
    """Ids of 18 characters; that of a market is its last digits."""
    bare = ids.astype("string").str.extract(r"(\d+)$", expand=False).str.zfill(10)
    return _PREFIXES[kind] + "59" + bare + "AAA"


def _times(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values).dt.strftime("%Y-%m-%d %H:%M:%S")


def _days(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values).dt.strftime("%Y-%m-%d") + " 00:00:00"


def are_leads(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Who is a lead that was not converted yet: every fifth of those who are in no deal."""
    people = tables["leads"]
    in_deals = set(tables["contact_roles"]["lead_id"]) | set(tables["opportunities"]["lead_id"].dropna())
    return pd.Series((numbers(people["lead_id"]) % 5 == 0) & ~people["lead_id"].isin(in_deals), index=people.index)


def kept(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What of a market Salesforce holds: what CRMs with leads do, an amount a deal, and a probability a stage.

    A deal closes on a day, and who responded to a campaign is a person, of whatever account.
    """
    steps, deals, activities = tables["opportunity_history"], deals_kept.with_amounts(tables), tables["activities"]
    responded = activities["activity_type"].isin(RESPONSES) & activities["lead_id"].notna()
    return without_accounts_of_leads(tables) | {
        "activities": activities.assign(account_id=activities["account_id"].where(~responded)),
        "opportunities": deals.assign(closed_at=pd.to_datetime(deals["closed_at"]).dt.floor("D")),
        "opportunity_history": steps.assign(probability=steps["stage"].map(STAGES)),
    }


def without_accounts_of_leads(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What of a market CRMs with leads can hold: a lead belongs to no account but by the domain of its address."""
    people = tables["leads"]
    return dict(tables) | {"leads": people.assign(account_id=people["account_id"].where(~are_leads(tables)))}


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write the export of a market.

    Parameters
    ----------
    tables : mapping of DataFrame
        Of `Market.export`.
    path : Path
        The zip file.
    """
    people = tables["leads"]
    number = numbers(people["lead_id"])
    is_lead = are_leads(tables)
    converted = pd.Series(number % 3 == 1, index=people.index) & ~is_lead
    person = pd.Series(np.where(is_lead, record_id("L", people["lead_id"]), record_id("C", people["lead_id"])))
    person_of = dict(zip(people["lead_id"], person, strict=True))
    first = {
        **person_of,
        **dict(zip(people["lead_id"][converted], record_id("L", people["lead_id"][converted]), strict=True)),
    }
    files = {
        "Account": _accounts(tables["accounts"]),
        "AccountHistory": _account_history(tables["account_history"]),
        "Contact": _contacts(people[~is_lead], converted[~is_lead]),
        "Lead": _leads(people[is_lead | converted], converted[is_lead | converted]),
        **_deals(tables, person_of),
        **_activities(tables["activities"], first),
        "CurrencyType": pd.DataFrame({"IsoCode": list(RATES), "ConversionRate": list(RATES.values()), "IsActive": "1"}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, frame in files.items():
            text = io.StringIO()
            frame.to_csv(text, index=False, quoting=csv.QUOTE_ALL, na_rep="")
            archive.writestr(f"{name}.csv", text.getvalue().encode("cp1252"))


def _accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "Id": record_id("A", accounts["account_id"]),
            "IsDeleted": "0",
            "MasterRecordId": NOTHING,
            "Name": "Müller & Söhne " + accounts["account_id"],
            "Website": "https://www." + accounts["domain"] + "/",
            "BillingCountry": accounts["country"],
            "Industry": accounts["industry"],
            "NumberOfEmployees": accounts["employees"].astype("Int64"),
            "AnnualRevenue": accounts["annual_revenue"],
            "CreatedDate": _times(accounts["created_at"]),
            "LastActivityDate": "2030-01-01",
        }
    )
    for column in ("region", "acquisition_channel", "territory", "legacy_score", "onboarding_tier"):
        frame[f"{column.title()}__c"] = accounts[column].to_numpy()
    for column in ("uses_data_warehouse", "uses_marketing_automation"):
        frame[f"{column.title()}__c"] = accounts[column].astype("Int64").to_numpy()
    gone = frame.head(20).assign(
        IsDeleted="1", Id=record_id("A", pd.Series(range(9_000_000, 9_000_020)))[: len(frame.head(20))]
    )
    return pd.concat([frame, gone])


def _account_history(history: pd.DataFrame) -> pd.DataFrame:
    rows = history.dropna(subset=["employees"])
    return pd.DataFrame(
        {
            "AccountId": record_id("A", rows["account_id"]),
            "Field": "NumberOfEmployees",
            "OldValue": "",
            "NewValue": rows["employees"].astype("Int64"),
            "CreatedDate": _times(rows["known_at"]),
        }
    )


def _contacts(people: pd.DataFrame, converted: pd.Series) -> pd.DataFrame:
    later = pd.to_datetime(people["created_at"]) + pd.to_timedelta(np.where(converted, 2, 0), "D")
    return pd.DataFrame(
        {
            "Id": record_id("C", people["lead_id"]),
            "IsDeleted": "0",
            "AccountId": record_id("A", people["account_id"]),
            "LastName": "Weiß",
            "Email": people["email"],
            "Title": people["title"],
            "LeadSource": people["source"].where(~converted),
            "UTM_Campaign__c": people["campaign"].where(~converted),
            "CreatedDate": _times(later),
        }
    )


def _leads(people: pd.DataFrame, converted: pd.Series) -> pd.DataFrame:
    contact = record_id("C", people["lead_id"]).where(converted, NOTHING)
    return pd.DataFrame(
        {
            "Id": record_id("L", people["lead_id"]),
            "IsDeleted": "0",
            "Company": "Zoë AG",
            "Email": people["email"],
            "Title": people["title"],
            "LeadSource": people["source"],
            "UTM_Campaign__c": people["campaign"],
            "Status": np.where(converted, "Closed - Converted", "Open - Not Contacted"),
            "IsConverted": converted.astype(int),
            "ConvertedContactId": contact,
            "CreatedDate": _times(people["created_at"]),
        }
    )


def _deals(tables: Mapping[str, pd.DataFrame], person: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    deals, roles, steps = tables["opportunities"], tables["contact_roles"], tables["opportunity_history"]
    code = pd.Series(np.array(list(RATES))[numbers(deals["account_id"]) % len(RATES)], index=deals.index)
    rate, closed = code.map(RATES), deals["status"].ne("open")
    last = steps.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    planned = deals["opportunity_id"].map(last["close_date"])
    amount = deals["amount"].fillna(deals["opportunity_id"].map(last["amount"]))
    stage = deals["opportunity_id"].map(last["stage"]).fillna("Discovery")
    names = {"won": "Gewonnen", "lost": "Geschlossen (verloren)"}
    frame = pd.DataFrame(
        {
            "Id": record_id("D", deals["opportunity_id"]),
            "IsDeleted": "0",
            "AccountId": record_id("A", deals["account_id"]),
            "ContactId": deals["lead_id"].map(person).fillna(NOTHING),
            "Name": "Angebot für " + deals["account_id"].astype("string"),
            "StageName": deals["status"].map(names).fillna(stage),
            "IsClosed": closed.astype(int),
            "IsWon": deals["status"].eq("won").astype(int),
            "Amount": (amount * rate).round(2),
            "CurrencyIsoCode": code,
            "Type": deals["opportunity_type"].map(TYPES),
            "CloseDate": _days(deals["closed_at"].fillna(pd.to_datetime(planned))),
            "CreatedDate": _times(deals["created_at"]),
        }
    )
    gone = frame[frame["IsWon"].eq(1)].head(15)
    gone = gone.assign(
        IsDeleted="1", Id=record_id("D", pd.Series(range(9_000_000, 9_000_015), index=None))[: len(gone)].to_numpy()
    )
    factor = steps["opportunity_id"].map(dict(zip(deals["opportunity_id"], rate, strict=True)))
    history = pd.DataFrame(
        {
            "OpportunityId": record_id("D", steps["opportunity_id"]),
            "StageName": steps["stage"],
            "Amount": (steps["amount"] * factor).round(2),
            "CloseDate": _days(steps["close_date"]),
            "Probability": steps["stage"].map(STAGES),
            "ForecastCategory": "Pipeline",
            "CreatedDate": _times(steps["changed_at"]),
        }
    )
    return {
        "Opportunity": pd.concat([frame, gone]),
        "OpportunityHistory": history,
        "OpportunityContactRole": pd.DataFrame(
            {
                "OpportunityId": record_id("D", roles["opportunity_id"]),
                "ContactId": roles["lead_id"].map(person),
                "Role": roles["role"],
                "IsPrimary": roles["is_primary"].astype(int),
                "IsDeleted": "0",
            }
        ),
    }


def _activities(activities: pd.DataFrame, person: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    responded = activities["activity_type"].isin(RESPONSES) & activities["lead_id"].notna()
    campaigns = {name: f"70159{i:010d}AAA" for i, name in enumerate(RESPONSES)}
    tasks, members = activities[~responded], activities[responded]
    who = members["lead_id"].map(person)
    return {
        "Task": pd.DataFrame(
            {
                "Id": record_id("T", tasks["activity_id"]),
                "IsDeleted": "0",
                "WhoId": tasks["lead_id"].map(person).fillna(NOTHING),
                "AccountId": record_id("A", tasks["account_id"]).fillna(NOTHING),
                "Type": tasks["activity_type"],
                "Status": "Erledigt",
                "IsClosed": "1",
                "CompletedDateTime": _times(tasks["occurred_at"]),
                "CreatedDate": _times(tasks["known_at"]),
            }
        ),
        "CampaignMember": pd.DataFrame(
            {
                "Id": record_id("M", members["activity_id"]),
                "IsDeleted": "0",
                "CampaignId": members["activity_type"].map(campaigns),
                "LeadId": who.where(who.str.startswith("00Q")).fillna(NOTHING),
                "ContactId": who.where(who.str.startswith("003")).fillna(NOTHING),
                "HasResponded": "1",
                "FirstRespondedDate": _times(members["occurred_at"]),
                "CreatedDate": _times(members["known_at"]),
            }
        ),
        "Campaign": pd.DataFrame(
            {"Id": list(campaigns.values()), "Name": list(campaigns), "Type": list(campaigns), "IsDeleted": "0"}
        ),
    }
