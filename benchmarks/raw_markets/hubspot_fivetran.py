"""The simulated market as Fivetran keeps HubSpot: a table an object, one an association, one a kind of engagement.

Stages are ids in three pipelines, won and lost only by their table. Some companies, contacts and deals are deleted,
some contacts were merged, deals have a second company, amounts are in three currencies, some close dates are plans that
nobody corrected. Machines open mails. HubSpot has no page views for Fivetran: `kept` leaves them out of both sides.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.raw_markets.deals_kept import with_contacts_alike
from benchmarks.raw_markets.market_ids import numbers

#: Units of a currency for one euro.
RATES = {"EUR": 1.0, "USD": 1.25, "GBP": 0.8}
FORMS = ("content_download", "webinar", "demo_request", "trial_start")
EVENTS = {"email_sent": "SENT", "email_open": "OPEN", "email_click": "CLICK"}
CALLS, MAILS = ("call",), {"reply": "INCOMING_EMAIL", "meeting_invite": "EMAIL"}
PIPELINES = {"default": "Vertrieb", "71552": "Neukunden Süd", "renewals": "Renewals"}
#: The stages of a pipeline: label, probability, whether won.
STAGES = {
    "Discovery": 0.2,
    "Proposal": 0.5,
    "Negotiation": 0.8,
    "Unterschrieben": 1.0,
    "Nichts geworden": 0.0,
}


def record_id(kind: str, ids: pd.Series) -> pd.Series:
    """HubSpot's ids are numbers; that of a market is its last digits."""
    digits = ids.astype("string").str.extract(r"(\d+)$", expand=False)
    return {"A": "21", "L": "7", "D": "54", "T": "198"}[kind] + digits


def kept(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What of a market HubSpot can hold: activities of contacts, but no page views, and no cost of campaigns."""
    activities = tables["activities"]
    held = activities["activity_type"].isin([*FORMS, *EVENTS, *CALLS, *MAILS]) & activities["lead_id"].notna()
    without = {name: table for name, table in tables.items() if name != "spend"}
    return without | with_contacts_alike(tables) | {"activities": activities[held]}


def times(values: pd.Series, end: str = "") -> pd.Series:
    """Times without a zone, which are UTC; the hour has one digit where it can."""
    found = pd.to_datetime(values)
    written = found.dt.strftime("%Y-%m-%d ") + found.dt.hour.astype("Int64").astype("string")
    return written + found.dt.strftime(":%M:%S") + end


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write the export of a market.

    Parameters
    ----------
    tables : mapping of DataFrame
        Of `Market.export`.
    path : Path
        The folder.
    """
    path.mkdir(parents=True, exist_ok=True)
    files = {
        **_companies(tables["accounts"], tables["account_history"]),
        **_contacts(tables["leads"]),
        **_deals(tables),
        **_activities(kept(tables)["activities"], tables["leads"]),
    }
    for name, frame in files.items():
        frame.to_csv(path / f"{name}.csv", index=False)


def _companies(accounts: pd.DataFrame, history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(
        {
            "id": record_id("A", accounts["account_id"]),
            "is_deleted": "false",
            "property_name": "Müller & Söhne " + accounts["account_id"],
            "property_domain": accounts["domain"],
            "property_createdate": times(accounts["created_at"]),
            "property_lifecyclestage": "customer",
            "property_num_associated_deals": "3",
            "property_country": accounts["country"],
            "property_industry": accounts["industry"],
            "property_numberofemployees": accounts["employees"].astype("Int64"),
            "property_annualrevenue": accounts["annual_revenue"],
        }
    )
    for column in ("region", "acquisition_channel", "territory", "legacy_score", "onboarding_tier"):
        frame[f"property_{column}"] = accounts[column].to_numpy()
    for column in ("uses_data_warehouse", "uses_marketing_automation"):
        frame[f"property_{column}"] = accounts[column].map({True: "true", False: "false"}).to_numpy()
    gone = frame.head(20).assign(id="9" + frame["id"].head(20), is_deleted="TRUE")
    rows = history.dropna(subset=["employees"])
    return {
        "company_data": pd.concat([frame, gone]),
        "company_property_history_data": pd.DataFrame(
            {
                "company_id": record_id("A", rows["account_id"]),
                "timestamp": times(rows["known_at"], " UTC"),
                "source": "CRM_UI",
                "name": "numberofemployees",
                "value": rows["employees"].astype("Int64"),
            }
        ),
    }


def merged(ids: pd.Series) -> pd.Series:
    """The contacts that another one was merged into: every eleventh."""
    return pd.Series(numbers(ids) % 11 == 3, index=ids.index)


def _contacts(people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(
        {
            "id": record_id("L", people["lead_id"]),
            "_fivetran_deleted": "FALSE",
            "property_firstname": "Zoë",
            "property_lastname": "Weiß",
            "property_email": people["email"],
            "property_createdate": times(people["created_at"]),
            "property_jobtitle": people["title"],
            "property_hs_analytics_source": people["source"],
            "property_hs_analytics_source_data_1": people["campaign"],
            "property_lifecyclestage": "opportunity",
            "property_associatedcompanyid": record_id("A", people["account_id"]),
        }
    )
    gone = frame.head(30).assign(id="9" + frame["id"].head(30), _fivetran_deleted="TRUE")
    into = frame.loc[merged(people["lead_id"]), "id"]
    return {
        "contact_data": pd.concat([frame, gone]),
        "contact_merge_audit_data": pd.DataFrame(
            {"canonical_vid": into, "vid_to_merge": "8" + into, "contact_id": into}
        ),
    }


def _deals(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    deals, roles, steps = tables["opportunities"], tables["contact_roles"], tables["opportunity_history"]
    ids, order = record_id("D", deals["opportunity_id"]), numbers(deals["account_id"])
    code = pd.Series(np.array(list(RATES))[order % len(RATES)], index=deals.index)
    rate = code.map(RATES)
    pipeline = pd.Series(np.where(order % 4 == 1, "71552", "default"), index=deals.index)
    pipeline = pipeline.mask(deals["opportunity_type"].eq("renewal"), "renewals")
    last = steps.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    stage = deals["opportunity_id"].map(last["stage"]).fillna("Discovery")
    stage = stage.mask(deals["status"].eq("won"), "Unterschrieben").mask(deals["status"].eq("lost"), "Nichts geworden")
    amount = deals["amount"].fillna(deals["opportunity_id"].map(last["amount"]))
    planned = pd.to_datetime(deals["opportunity_id"].map(last["close_date"]))
    stale = pd.Series(numbers(deals["opportunity_id"]) % 10 == 7, index=deals.index) & (planned > deals["closed_at"])
    frame = pd.DataFrame(
        {
            "deal_id": ids,
            "is_deleted": "false",
            "deal_pipeline_id": pipeline,
            "deal_pipeline_stage_id": _stage_id(pipeline, stage),
            "owner_id": "4402",
            "property_dealname": "Angebot",
            "property_amount": (amount * rate).round(2),
            "property_amount_in_home_currency": amount.round(2),
            "property_deal_currency_code": code,
            "property_closedate": times(deals["closed_at"].fillna(planned).mask(stale, planned)),
            "property_createdate": times(deals["created_at"]),
            # A renewal is told by its pipeline alone.
            "property_dealtype": deals["opportunity_type"].map(
                {"new_business": "newbusiness", "expansion": "existingbusiness"}
            ),
        }
    )
    gone = frame[deals["status"].eq("won")].head(15)
    gone = gone.assign(deal_id="9" + gone["deal_id"], is_deleted="true")
    company = record_id("A", deals["account_id"])
    second = company.shift(1).fillna(company)
    return {
        "deal_data": pd.concat([frame, gone]),
        "deal_pipeline_data": pd.DataFrame({"pipeline_id": list(PIPELINES), "label": list(PIPELINES.values())}),
        "deal_pipeline_stage_data": pd.DataFrame(
            [
                (f"{abs(hash_of(p, s))}", s, str(chance == 1).upper(), str(chance in (0, 1)).upper(), chance, p)
                for p in PIPELINES
                for s, chance in STAGES.items()
            ],
            columns=["stage_id", "label", "closed_won", "is_closed", "probability", "pipeline_id"],
        ),
        "deal_company_data": pd.concat(
            [
                pd.DataFrame({"deal_id": ids, "company_id": company, "type_id": 341}),
                pd.DataFrame({"deal_id": ids, "company_id": second, "type_id": 341})[order % 5 == 0],
                pd.DataFrame({"deal_id": ids, "company_id": company, "type_id": 5}),
                pd.DataFrame({"deal_id": gone["deal_id"], "company_id": company[gone.index], "type_id": 5}),
            ]
        ),
        "deal_contact_data": pd.DataFrame(
            {
                "deal_id": record_id("D", roles["opportunity_id"]),
                "contact_id": record_id("L", roles["lead_id"]),
                "type_id": 3,
            }
        ),
        **_steps(steps, deals, pipeline, rate),
    }


def hash_of(pipeline: str, stage: str) -> int:
    """The number by which HubSpot knows a stage."""
    return 1_000 * (1 + list(PIPELINES).index(pipeline)) + 7 * list(STAGES).index(stage)


def _stage_id(pipeline: pd.Series, stage: pd.Series) -> pd.Series:
    known = {(p, s): str(hash_of(p, s)) for p in PIPELINES for s in STAGES}
    return pd.Series([known[pair] for pair in zip(pipeline, stage, strict=True)], index=stage.index)


def _steps(steps: pd.DataFrame, deals: pd.DataFrame, pipeline: pd.Series, rate: pd.Series) -> dict[str, pd.DataFrame]:
    of = deals["opportunity_id"]
    in_pipeline = steps["opportunity_id"].map(dict(zip(of, pipeline, strict=True)))
    factor = steps["opportunity_id"].map(dict(zip(of, rate, strict=True)))
    stage = steps["stage"].replace({"Closed Won": "Unterschrieben", "Closed Lost": "Nichts geworden"})
    ids, at = record_id("D", steps["opportunity_id"]), times(steps["changed_at"])
    values = {"amount": (steps["amount"] * factor).round(2), "closedate": steps["close_date"]}
    return {
        "deal_stage_data": pd.DataFrame(
            {"deal_id": ids, "value": _stage_id(in_pipeline, stage), "date_entered": at, "_fivetran_active": "TRUE"}
        ),
        "deal_property_history_data": pd.concat(
            pd.DataFrame({"deal_id": ids, "timestamp": at, "name": name, "value": value.astype("string")}).dropna()
            for name, value in values.items()
        ),
    }


def _activities(activities: pd.DataFrame, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    ids, who = record_id("T", activities["activity_id"]), record_id("L", activities["lead_id"])
    # Before two contacts became one, the first of them had done what it did.
    who = who.mask(merged(activities["lead_id"]) & (numbers(activities["activity_id"]) % 2 == 0), "8" + who)
    address = activities["lead_id"].map(dict(zip(people["lead_id"], people["email"], strict=True)))
    at, known, kind = times(activities["occurred_at"]), times(activities["known_at"]), activities["activity_type"]
    base = pd.DataFrame({"id": ids, "who": who, "at": at, "known": known, "kind": kind, "address": address})
    events, forms = base[kind.isin(EVENTS)], base[kind.isin(FORMS)]
    mails, calls = base[kind.isin(MAILS)], base[kind.isin(CALLS)]
    event = pd.DataFrame(
        {
            "id": events["id"],
            "type": events["kind"].map(EVENTS),
            "created": events["at"],
            "recipient": events["address"].str.upper(),
            "filtered_event": "false",
        }
    )
    sent = event[event["type"].eq("SENT")]
    machines = sent.assign(id="m" + sent["id"], type="OPEN", filtered_event="true")
    delivered = sent.assign(id="d" + sent["id"], type="DELIVERED")
    engagement = {"engagement_id": mails["id"], "property_hs_timestamp": mails["at"], "_fivetran_deleted": "false"}
    tasks = calls.head(200)
    return {
        "email_event_data": pd.concat([event, delivered, machines]),
        "contact_form_submission_data": pd.DataFrame(
            {"timestamp": forms["at"], "contact_id": forms["who"], "conversion_id": forms["id"], "title": forms["kind"]}
        ),
        "engagement_email_data": pd.DataFrame(
            {
                **engagement,
                "property_hs_email_direction": mails["kind"].map(MAILS),
                "property_hs_createdate": mails["known"],
            }
        ),
        "engagement_call_data": pd.DataFrame(
            {
                "engagement_id": calls["id"],
                "property_hs_timestamp": calls["at"],
                "property_hs_createdate": calls["known"],
                "property_hs_call_direction": "OUTBOUND",
            }
        ),
        # A task that is not done is nobody's touch.
        "engagement_task_data": pd.DataFrame(
            {
                "engagement_id": "9" + tasks["id"],
                "property_hs_timestamp": tasks["at"],
                "property_hs_createdate": tasks["known"],
                "property_hs_task_status": "NOT_STARTED",
            }
        ),
        "engagement_contact_data": pd.concat(
            pd.DataFrame({"engagement_id": end + part["id"], "contact_id": part["who"], "engagement_type": name})
            for part, name, end in ((mails, "EMAIL", ""), (calls, "CALL", ""), (tasks, "TASK", "9"))
        ),
    }
