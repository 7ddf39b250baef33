"""The simulated market as a German portal of HubSpot exports it from the screen: a CSV file an object, with labels.

Deals name their company and their contacts and give no ids; some companies share a name. Stages have the name of their
pipeline, `(No value)` stands for nothing, times have minutes and no zone, amounts are in three currencies beside the
company's. Contacts come in two files. HubSpot exports neither page views nor e-mail events nor earlier values of a
property from the screen: `kept` leaves them out of both sides.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.raw_markets.deals_kept import with_contacts_alike
from benchmarks.raw_markets.hubspot_fivetran import CALLS, FORMS, MAILS, RATES, record_id
from benchmarks.raw_markets.market_ids import numbers

DAY, NOTHING, TWICE = "2026-01-05", "(No value)", "Doppelt GmbH"
STAGES = {"Closed Won": "Unterschrieben", "Closed Lost": "Nichts geworden"}


def kept(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What of a market HubSpot can export from the screen: one date a stage, the last on which a deal came into it.

    A deal without contacts whose company has the name of another one is nobody's.
    """
    activities, steps = tables["activities"], tables["opportunity_history"]
    steps = steps.drop_duplicates(["opportunity_id", "stage"], keep="last")
    deals = with_contacts_alike(tables)
    found = deals["opportunities"]
    lost = names(found["account_id"]).eq(TWICE) & ~found["opportunity_id"].isin(
        deals["contact_roles"]["opportunity_id"]
    )
    held = activities["activity_type"].isin([*FORMS, *CALLS, *MAILS]) & activities["lead_id"].notna()
    without = {name: table for name, table in tables.items() if name not in ("spend", "account_history")}
    return without | {
        **deals,
        "opportunities": found[~lost],
        "activities": activities[held],
        "opportunity_history": steps[["opportunity_id", "changed_at", "stage"]],
    }


def times(values: pd.Series) -> pd.Series:
    """Times with minutes."""
    return pd.to_datetime(values).dt.strftime("%Y-%m-%d %H:%M")


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
    contacts = _contacts(tables["leads"])
    half = len(contacts) // 2
    files = {
        "alle-unternehmen": _companies(tables["accounts"]),
        "alle-kontakte": contacts.head(half),
        "deals-pipeline-ansicht": _deals(tables),
        **_activities(kept(tables)["activities"], tables["leads"]),
    }
    for name, frame in files.items():
        frame.fillna(NOTHING).to_csv(path / f"hubspot-crm-exports-{name}-{DAY}.csv", index=False, encoding="utf-8-sig")
    rest = path / f"hubspot-crm-exports-alle-kontakte-{DAY}-1.csv"
    contacts.tail(-half).fillna(NOTHING).to_csv(rest, index=False, encoding="utf-8-sig")


def _companies(accounts: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "Datensatz-ID": record_id("A", accounts["account_id"]),
            "Unternehmensname": names(accounts["account_id"]),
            "Domain-Name des Unternehmens": accounts["domain"],
            "Erstellungsdatum": times(accounts["created_at"]),
            "Zuständiger Mitarbeiter für das Unternehmen": "Zoë Weiß",
            "Lifecycle-Phase": "Kunde",
            "Anzahl der zugeordneten Deals": "3",
            "Land/Region": accounts["country"],
            "Branche": accounts["industry"],
            "Anzahl der Mitarbeiter": accounts["employees"].astype("Int64").astype("string"),
            "Jahresumsatz": accounts["annual_revenue"].astype("string"),
        }
    )
    for column in ("region", "acquisition_channel", "territory", "legacy_score", "onboarding_tier"):
        frame[column.replace("_", " ").title()] = accounts[column].astype("string").to_numpy()
    for column in ("uses_data_warehouse", "uses_marketing_automation"):
        frame[column.replace("_", " ").title()] = accounts[column].map({True: "Ja", False: "Nein"}).to_numpy()
    return frame


def names(accounts: pd.Series) -> pd.Series:
    """The names of companies; every fiftieth has the same."""
    return pd.Series(
        np.where(numbers(accounts) % 50 == 7, TWICE, "Müller & Söhne, " + accounts.astype("string")),
        index=accounts.index,
    )


def _contacts(people: pd.DataFrame) -> pd.DataFrame:
    company = record_id("A", people["account_id"])
    return pd.DataFrame(
        {
            "Datensatz-ID": record_id("L", people["lead_id"]),
            "Vorname": "Zoë",
            "Nachname": "Weiß",
            "E-Mail": people["email"],
            "Berufsbezeichnung": people["title"],
            "Erstellungsdatum": times(people["created_at"]),
            "Ursprüngliche Traffic-Quelle": people["source"],
            "Ursprüngliche Quelle Drilldown 1": people["campaign"],
            "Lifecycle-Phase": "Opportunity",
            "Associated Company IDs": (company + ";218").where(company.notna()),
            "Associated Company IDs (Primary)": company,
        }
    )


def _deals(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    deals, steps = tables["opportunities"], tables["opportunity_history"]
    people = tables["leads"].set_index("lead_id")["email"]
    roles = tables["contact_roles"].assign(
        named=lambda rows: "Zoë Weiß (" + rows["lead_id"].map(people).astype("string") + ")"
    )
    listed = roles.groupby("opportunity_id")["named"].agg(lambda cells: "; ".join(cells.dropna()))
    order = numbers(deals["account_id"])
    code = pd.Series(np.array(list(RATES))[order % len(RATES)], index=deals.index)
    last = steps.drop_duplicates("opportunity_id", keep="last").set_index("opportunity_id")
    stage = deals["opportunity_id"].map(last["stage"]).fillna("Discovery").replace(STAGES)
    amount = deals["amount"].fillna(deals["opportunity_id"].map(last["amount"]))
    planned = pd.to_datetime(deals["opportunity_id"].map(last["close_date"]))
    pipeline = pd.Series("Vertrieb", index=deals.index).mask(deals["opportunity_type"].eq("renewal"), "Verlängerungen")
    frame = pd.DataFrame(
        {
            "Datensatz-ID": record_id("D", deals["opportunity_id"]),
            "Deal-Name": "Angebot",
            "Deal-Phase": stage + " (" + pipeline + ")",
            "Pipeline": pipeline,
            "Abschlussdatum": times(deals["closed_at"].fillna(planned)),
            "Erstellungsdatum": times(deals["created_at"]),
            "Betrag": (amount * code.map(RATES)).round(2).astype("string"),
            "Betrag in Unternehmenswährung": amount.round(2).astype("string"),
            "Währung": code,
            "Deal-Typ": deals["opportunity_type"].map({"new_business": "Neugeschäft", "expansion": "Bestandsgeschäft"}),
            "Is Closed Won": deals["status"].eq("won").map({True: "true", False: "false"}),
            "Is Deal Closed?": deals["status"].ne("open").map({True: "true", False: "false"}),
            "Associated Company": names(deals["account_id"]),
            "Associated Contact": deals["opportunity_id"].map(listed),
        }
    )
    entered = steps.pivot_table(index="opportunity_id", columns="stage", values="changed_at", aggfunc="last")
    for name in entered:
        for where in ("Vertrieb", "Verlängerungen"):
            at = times(deals["opportunity_id"].map(entered[name])).where(pipeline.eq(where))
            frame[f'Date entered "{STAGES.get(name, name)} ({where})"'] = at.astype("string")
    return frame


def _activities(activities: pd.DataFrame, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    kind = activities["activity_type"]
    base = pd.DataFrame(
        {
            "Record ID": record_id("T", activities["activity_id"]),
            "Activity date": times(activities["occurred_at"]),
            "Create date": times(activities["known_at"]),
            "Associated Contact IDs": record_id("L", activities["lead_id"]),
        }
    )
    address = activities["lead_id"].map(dict(zip(people["lead_id"], people["email"], strict=True)))
    forms = pd.DataFrame({"Submitted at": base["Activity date"], "Email": address, "Form name": kind})
    return {
        "emails": base.assign(**{"Email direction": kind.map(MAILS)})[kind.isin(MAILS)],
        "calls": base.assign(**{"Call direction": "OUTBOUND"})[kind.isin(CALLS)],
        "form-submissions": forms[kind.isin(FORMS)],
    }
