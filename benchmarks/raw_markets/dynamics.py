"""The simulated market as a German user exports views of Dynamics 365: workbooks, and the longest view as CSV.

Other records are named, not given by id; two of a hundred people share a name, some accounts were merged into others of
the same name. Deals are in three views that overlap, with amounts of lost deals at 0 and a few without a close date. A
third of the people were leads that were qualified, a fifth are leads still. Activities have no direction; some are
drafts, planned or canceled, and each closed deal has one of its own. Times are those of Berlin. Views have no history:
beside them is the audit, as the Web API gives it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.raw_markets.dynamics_people import local, names_of
from benchmarks.raw_markets.excel import write_sheet
from benchmarks.raw_markets.market_ids import numbers

_PREFIXES = {"A": "a0c0ffee", "C": "c0c0ffee", "L": "1ead0000", "D": "dea10000", "T": "ac710000"}
STATUS = {"open": "Offen", "won": "Gewonnen", "lost": "Verloren"}
REASONS = {"open": ("In Bearbeitung", "Zurückgestellt"), "won": ("Gewonnen",), "lost": ("Abgebrochen", "Unterlegen")}
#: What the CRM calls what we do; what people do has activities of its own kind.
TYPES = {"email_sent": "E-Mail", "call": "Telefonanruf"}
_TYPE_OF_DEAL = {"new_business": "Neugeschäft", "expansion": "Upsell", "renewal": "Verlängerung"}


def record_id(kind: str, ids: pd.Series) -> pd.Series:
    """GUIDs; the number of a market is their last digits."""
    bare = ids.astype("string").str.extract(r"(\d+)$", expand=False).str.zfill(12)
    return (_PREFIXES[kind] + "-0000-4000-8000-" + bare).where(ids.notna())


def _hidden(record: str, kind: str, ids: pd.Series, changed: pd.Series) -> dict[str, object]:
    return {
        f"(Nicht ändern) {record}": record_id(kind, ids),
        "(Nicht ändern) Zeilenprüfsumme": "x9Jq0aFh3T==",
        "(Nicht ändern) Geändert am": changed,
    }


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write the export of a market.

    Parameters
    ----------
    tables : mapping of DataFrame
        Of `Market.export`.
    path : Path
        A folder.
    """
    path.mkdir(parents=True)
    day = "02.11.2024 15-45-12"
    accounts, people = tables["accounts"].reset_index(drop=True), tables["leads"].reset_index(drop=True)
    company = dict(
        zip(accounts["account_id"], "Müller & Söhne " + accounts["account_id"].astype("string"), strict=True)
    )
    number, names = numbers(people["lead_id"]), names_of(people)
    name_of = dict(zip(people["lead_id"], names, strict=True))
    in_deals = set(tables["contact_roles"]["lead_id"]) | set(tables["opportunities"]["lead_id"].dropna())
    is_lead = (number % 5 == 0) & ~people["lead_id"].isin(in_deals)
    qualified = (number % 3 == 1) & ~is_lead
    views = {
        "Alle Firmen": _accounts(accounts, company),
        "01. Unsere Kontakte": _contacts(people[~is_lead], names, company, qualified),
        "Alle Leads": _leads(people[is_lead | qualified], names, company, qualified),
        **_deals(tables["opportunities"], name_of, company),
    }
    for name, frame in views.items():
        write_sheet(path / f"{name} {day}.xlsx", name, frame)
    activities = _activities(tables["activities"], tables["opportunities"], name_of, company)
    activities.to_csv(path / f"Alle Aktivitäten {day}.csv", index=False, encoding="utf-8-sig", sep=";")
    audit = pd.concat([_audit(tables["account_history"], "A"), _audit(tables["opportunity_history"], "D")])
    audit.to_csv(path / "audits.csv", index=False)


#: The columns of a history, as the audit calls them.
_AUDITED = {
    "A": {"employees": "numberofemployees"},
    "D": {"stage": "stepname", "amount": "estimatedvalue", "close_date": "estimatedclosedate"},
}


def _audit(history: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One row a change, with the columns that changed; the first row of a record is that of its creation."""
    key, when = ("account_id", "known_at") if kind == "A" else ("opportunity_id", "changed_at")
    names = _AUDITED[kind]
    rows = history.sort_values([key, when]).reset_index(drop=True)
    texts = {column: rows[column].map(_written, na_action="ignore") for column in names}
    before = {column: text.groupby(rows[key]).shift() for column, text in texts.items()}
    changes = []
    for i in range(len(rows)):
        changed = [
            {
                "logicalName": name,
                "oldValue": None if pd.isna(before[column][i]) else before[column][i],
                "newValue": None if pd.isna(texts[column][i]) else texts[column][i],
            }
            for column, name in names.items()
            if pd.notna(texts[column][i]) and texts[column][i] != before[column][i]
        ]
        changes.append(json.dumps({"changedAttributes": changed}))
    return pd.DataFrame(
        {
            "_objectid_value": record_id(kind, rows[key]),
            "objecttypecode": "account" if kind == "A" else "opportunity",
            "createdon": pd.to_datetime(rows[when]).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "changedata": changes,
        }
    )


def _written(value: object) -> str:
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)


def _accounts(accounts: pd.DataFrame, company: Mapping[str, str]) -> pd.DataFrame:
    created = local(accounts["created_at"])
    frame = pd.DataFrame(
        {
            **_hidden("Firma", "A", accounts["account_id"], created),
            "Firmenname": accounts["account_id"].map(company),
            "Telefon 1": "+49 30 1",
            "Primärer Kontakt": "Jürgen Weiß",
            "Website": "https://www." + accounts["domain"] + "/",
            "Erstellt am": created,
            "Status": "Aktiv",
            "Branche": accounts["industry"],
            "Land/Region": accounts["country"],
            "Anzahl der Mitarbeiter": accounts["employees"].astype("Int64"),
            "Jahresumsatz": accounts["annual_revenue"],
            "Beziehungstyp": "Kunde",
            "Besitzer": "Ute Bauer",
        }
    )
    for column in ("region", "acquisition_channel", "territory", "legacy_score", "onboarding_tier"):
        frame[f"{column} (new_)"] = accounts[column].to_numpy()
    for column in ("uses_data_warehouse", "uses_marketing_automation"):
        words = accounts[column].astype("Float64").map({1.0: "Ja", 0.0: "Nein"})
        frame[f"{column} (new_)"] = words.to_numpy()
    # Duplicates that were merged into the account of their name: inactive, and without anything of their own.
    twins = frame.head(25).copy()
    twins["(Nicht ändern) Firma"] = record_id("A", pd.Series(range(9_000_000, 9_000_025)))[: len(twins)].to_numpy()
    return pd.concat([frame, twins.assign(Status="Inaktiv", **{"Website": None})], ignore_index=True)


def _contacts(people: pd.DataFrame, names: pd.Series, company: Mapping[str, str], qualified: pd.Series) -> pd.DataFrame:
    late = pd.to_datetime(people["created_at"]) + pd.to_timedelta(np.where(qualified[people.index], 2, 0), "D")
    return pd.DataFrame(
        {
            **_hidden("Kontakt", "C", people["lead_id"], local(late)),
            "Vollständiger Name": names[people.index],
            "E-Mail": people["email"],
            "Firmenname": people["account_id"].map(company),
            "Position": people["title"],
            "Leadquelle": people["source"].where(~qualified[people.index]),
            "Quellkampagne": people["campaign"].where(~qualified[people.index]),
            "Status": "Aktiv",
            "Erstellt am": local(late),
        }
    ).reset_index(drop=True)


def _leads(people: pd.DataFrame, names: pd.Series, company: Mapping[str, str], qualified: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **_hidden("Lead", "L", people["lead_id"], local(people["created_at"])),
            "Name": names[people.index],
            "Thema": "Interesse",
            "Statusgrund": np.where(qualified[people.index], "Qualifiziert", "Neu"),
            "Status": np.where(qualified[people.index], "Qualifiziert", "Offen"),
            "Firmenname": people["account_id"].map(company),
            "E-Mail": people["email"],
            "Position": people["title"],
            "Leadquelle": people["source"],
            "Quellkampagne": people["campaign"],
            "Erstellt am": local(people["created_at"]),
        }
    ).reset_index(drop=True)


def _deals(deals: pd.DataFrame, name_of: Mapping[str, str], company: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    number, status = numbers(deals["opportunity_id"]), deals["status"]
    closed = local(deals["closed_at"]).dt.floor("D")
    planned = closed.fillna(pd.Timestamp("2099-01-31"))
    frame = pd.DataFrame(
        {
            **_hidden("Verkaufschance", "D", deals["opportunity_id"], closed.fillna(local(deals["created_at"]))),
            "Thema": np.where(number % 4 == 0, "Neues Projekt", "Angebot " + pd.Series(number).astype("string")),
            "Potenzieller Kunde": deals["account_id"].map(company).to_numpy(),
            "Kontakt": deals["lead_id"].map(name_of).to_numpy(),
            "Gesch. Abschlussdatum": planned,
            "Gesch. Umsatz": deals["amount"],
            "Wahrscheinlichkeit": 50,
            "Bewertung": "Warm",
            "Status": status.map(STATUS),
            "Statusgrund": [REASONS[word][n % len(REASONS[word])] for word, n in zip(status, number, strict=True)],
            "Erstellt am": local(deals["created_at"]),
            # One of fifty lost deals has none.
            "Tatsächliches Abschlussdatum": closed.where(~(status.eq("lost") & (number % 50 == 0))),
            "Tatsächlicher Umsatz": deals["amount"].where(
                status.eq("won"), deals["amount"].where(status.ne("lost"), 0)
            ),
            "Währung": "Euro",
            "Verkaufschancentyp": deals["opportunity_type"].map(_TYPE_OF_DEAL),
        }
    ).reset_index(drop=True)
    frame.loc[frame["Status"].eq("Offen"), "Tatsächlicher Umsatz"] = np.nan
    recent = frame["Erstellt am"] > frame["Erstellt am"].quantile(0.9)
    views = {
        "Offene Verkaufschancen": frame["Status"].eq("Offen"),
        "Abgeschlossene Verkaufschancen": frame["Status"].ne("Offen"),
        "Meine neuen Deals": recent,
    }
    return {name: frame[rows].reset_index(drop=True) for name, rows in views.items()}


def _activities(
    activities: pd.DataFrame, deals: pd.DataFrame, name_of: Mapping[str, str], company: Mapping[str, str]
) -> pd.DataFrame:
    number = np.arange(len(activities))
    kinds = activities["activity_type"]
    about = activities["lead_id"].map(name_of).fillna(activities["account_id"].map(company))
    mail = kinds.eq("email_sent")
    shown = {
        **_hidden("Aktivität", "T", pd.Series(number).astype("string"), pd.Series("")),
        "Betreff": "Ihr Besuch;\nunser Angebot",
        "Bezug": about.to_numpy(),
        "Aktivitätstyp": kinds.map(TYPES).fillna(kinds.str.replace("_", " ").str.title()).to_numpy(),
        "Aktivitätsstatus": "Abgeschlossen",
        "Statusgrund": np.where(mail, "Gesendet", "Abgeschlossen"),
        "Besitzer": "Ute Bauer",
        "Tatsächliches Ende": local(activities["occurred_at"]).dt.strftime("%d.%m.%Y %H:%M").to_numpy(),
        "Erstellt am": local(activities["known_at"]).dt.strftime("%d.%m.%Y %H:%M").to_numpy(),
    }
    frame = pd.DataFrame(shown)
    frame["(Nicht ändern) Geändert am"] = frame["Erstellt am"]
    # Planned and canceled copies of every hundredth, and what Dynamics writes itself when a deal is closed.
    undone = frame.iloc[::100].copy()
    undone["(Nicht ändern) Aktivität"] = record_id(
        "T", pd.Series(range(50_000_000, 50_000_000 + len(undone)))
    ).to_numpy()
    undone["Aktivitätsstatus"] = np.where(np.arange(len(undone)) % 2, "Offen", "Abgebrochen")
    undone["Statusgrund"] = np.where(np.arange(len(undone)) % 2, "Entwurf", "Abgebrochen")
    closed = deals[deals["status"].ne("open")]
    day = local(closed["closed_at"]).dt.strftime("%d.%m.%Y %H:%M").to_numpy()
    own = pd.DataFrame(
        {
            **_hidden(
                "Aktivität", "T", "T" + (60_000_000 + pd.Series(range(len(closed)))).astype("string"), pd.Series("")
            ),
            "Betreff": "Verkaufschance",
            "Bezug": closed["account_id"].map(company).to_numpy(),
            "Aktivitätstyp": "Verkaufschance abschließen",
            "Aktivitätsstatus": "Abgeschlossen",
            "Statusgrund": "Abgeschlossen",
            "Besitzer": "Ute Bauer",
            "Tatsächliches Ende": day,
            "Erstellt am": day,
        }
    )
    return pd.concat([frame, undone, own], ignore_index=True)
