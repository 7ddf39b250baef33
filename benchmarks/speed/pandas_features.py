"""The same account features in pandas, as a good data scientist would write them.

Ids are integers, every step is vectorised, distinct values are counted by `drop_duplicates` and `size`; what depends
on the cut-off is a group-by for each cut-off. A test compares the columns with ours.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from benchmarks.speed.features import ATTRIBUTES, days
from scoring.buying_groups.titles import decides, department, seniority

SILENCE_DAYS = 60
LEAST_UNITS = 30
READ = {
    "accounts": ["account_id", "domain", "created_at", *ATTRIBUTES],
    "leads": None,
    "activities": ["lead_id", "account_id", "activity_type", "occurred_at", "known_at", "direction"],
    "opportunities": None,
    "opportunity_history": None,
    "account_history": None,
}
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Prepared:
    """The tables that all cut-offs share; `unit` is a position in `accounts`, days are numbers."""

    accounts: pd.DataFrame
    people: pd.DataFrame
    engagements: pd.DataFrame
    deals: pd.DataFrame
    other_deals: pd.DataFrame
    stages: pd.DataFrame
    history: pd.DataFrame


def read(export: Path) -> Frames:
    """The tables of an export, only the columns that are needed."""
    return {name: pd.read_parquet(export / f"{name}.parquet", columns=columns) for name, columns in READ.items()}


def day_of(moments: pd.Series) -> pd.Series:
    """Days since 1970; -1 where there is none."""
    return moments.astype("datetime64[s]").astype("int64").floordiv(86_400).where(moments.notna(), -1).astype("int32")


def prepared(frames: Frames) -> Prepared:
    """The tables that do not depend on the cut-off."""
    accounts = frames["accounts"].reset_index(drop=True)
    accounts = accounts.assign(created=day_of(accounts["created_at"]))
    position = pd.Series(range(len(accounts)), index=accounts["account_id"])
    people = _people(frames["leads"], accounts, position)
    engagements = _marked(_engagement_days(frames["activities"], people, position))
    every_deal, stages = _deals(frames["opportunities"], frames["opportunity_history"], people, position)
    deals, others = (every_deal[every_deal["new"] == new] for new in (True, False))
    history = frames["account_history"].dropna(subset="employees")
    history = history.assign(unit=history["account_id"].map(position)).dropna(subset="unit").sort_values("known_at")
    history = history.assign(known=day_of(history["known_at"]))
    return Prepared(accounts, people, engagements, deals, others, stages, history)


def _people(leads: pd.DataFrame, accounts: pd.DataFrame, position: pd.Series) -> pd.DataFrame:
    by_domain = accounts.drop_duplicates("domain", keep=False).set_index("domain")["account_id"]
    account = leads["account_id"].fillna(leads["email"].str.split("@").str[1].map(by_domain))
    unit = account.map(position).fillna(-1).astype("int32")
    titles = ibis.memtable({"title": leads["title"].dropna().unique()})
    levels = titles.mutate(level=seniority(titles.title), department=department(titles.title))
    titles_read = levels.mutate(decides=decides(levels.level)).execute().set_index("title")
    table = pd.DataFrame(
        {
            "lead_id": leads["lead_id"],
            "unit": unit,
            "known": day_of(leads["created_at"]),
            "decides": leads["title"].map(titles_read["decides"]).fillna(False).astype(bool),
            "department": leads["title"].map(titles_read["department"]),
            "source": leads["source"],
            "campaign": leads["campaign"],
        }
    )
    return table.sort_values(["known", "lead_id"], ignore_index=True)


def _engagement_days(activities: pd.DataFrame, people: pd.DataFrame, position: pd.Series) -> pd.DataFrame:
    touches = activities[activities["direction"] == "inbound"]
    person = touches["lead_id"].map(pd.Series(range(len(people)), index=people["lead_id"]))
    touches = pd.DataFrame(
        {
            "person": person.fillna(-1).astype("int32"),
            "unit": touches["account_id"].map(position).fillna(-1).astype("int32"),
            "kind": touches["activity_type"].astype("category"),
            "day": day_of(touches["occurred_at"]),
            "known": day_of(touches["known_at"]),
        }
    )[person.notna() | touches["lead_id"].isna()]
    keys = ["unit", "person", "kind", "day"]
    days = touches.groupby(keys, observed=True, sort=False)["known"].min().reset_index()
    known_person = days["person"] >= 0
    person_rows = people.iloc[days["person"].where(known_person, 0)]
    account_of_person = pd.Series(person_rows["unit"].to_numpy()).where(known_person, -1)
    days["unit"] = account_of_person.where(account_of_person >= 0, days["unit"])
    days["known"] = days["known"].clip(lower=pd.Series(person_rows["known"].to_numpy()).where(known_person, 0))
    days = days[days["unit"] >= 0].groupby(keys, observed=True, sort=False)["known"].min().reset_index()
    person_rows = people.iloc[days["person"].clip(lower=0)]
    days["decides"] = person_rows["decides"].to_numpy() & (days["person"] >= 0)
    days["department"] = pd.Series(person_rows["department"].to_numpy()).where(days["person"] >= 0)
    return days


def _marked(days: pd.DataFrame) -> pd.DataFrame:
    moment = days["known"].astype("int64") * 100_000 + days["day"]
    first_kind = moment.groupby([days["unit"], days["kind"]], observed=True).transform("min")
    first_person = moment.groupby([days["unit"], days["person"]]).transform("min")
    calendar = days.groupby(["unit", "day"])["known"].min().reset_index().sort_values(["unit", "known", "day"])
    before = calendar.groupby("unit")["day"].cummax().groupby(calendar["unit"]).shift()
    calendar["returned"] = calendar["day"] - before >= SILENCE_DAYS
    days["new_kind"] = moment == first_kind
    days["new_person"] = (moment == first_person) & (days["person"] >= 0)
    return days.merge(calendar[["unit", "day", "returned"]], on=["unit", "day"])


def _deals(
    deals: pd.DataFrame, changes: pd.DataFrame, people: pd.DataFrame, position: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    of_lead = deals["lead_id"].map(people.set_index("lead_id")["unit"])
    deals_read = pd.DataFrame(
        {
            "opportunity_id": deals["opportunity_id"],
            "unit": deals["account_id"].map(position).fillna(of_lead).fillna(-1).astype("int32"),
            "opened": day_of(deals["created_at"]),
            "closed": day_of(deals["closed_at"]),
            "known": day_of(deals["known_at"]),
            "status": deals["status"],
            "new": deals["opportunity_type"] == "new_business",
        }
    )
    deals_read = deals_read[deals_read["unit"] >= 0]
    of_new = deals_read.loc[deals_read["new"], ["opportunity_id", "unit", "closed", "known"]]
    stages = changes.merge(of_new, on="opportunity_id")
    stages["changed"] = day_of(stages["changed_at"])
    stages["known"] = stages["known"].clip(lower=stages["changed"])
    stages = stages.sort_values("changed_at", kind="stable", ignore_index=True)
    # The export names a stage, an amount and an expected close in every row.
    before = stages.groupby("opportunity_id")[["stage", "close_date"]].shift()
    stages["begins"] = stages["stage"] != before["stage"]
    stages["slips"] = (stages["close_date"] > before["close_date"]).groupby(stages["opportunity_id"]).cumsum()
    return deals_read, stages


def features_at(facts: Prepared, day: int, kinds: list[str]) -> pd.DataFrame:
    """The features of every open account at one cut-off."""
    accounts, deals = facts.accounts, facts.deals
    won = deals[deals["status"] == "won"]
    bought = won.loc[won[["closed", "known"]].max(axis=1) < day, "unit"]
    snapshots = accounts[accounts["created"] < day].drop(index=bought.unique(), errors="ignore")
    table = snapshots[list(ATTRIBUTES)].assign(
        as_of=day, account_id=snapshots["account_id"], days_known=day - snapshots["created"]
    )
    employees = facts.history[facts.history["known"] < day].drop_duplicates("unit", keep="last").set_index("unit")
    always = snapshots["employees"].where(~snapshots.index.isin(facts.history["unit"]))
    table["employees"] = employees["employees"].reindex(snapshots.index).fillna(always)
    for name, column in {**_group(facts, day), **_recency(facts, day, kinds), **_breadth(facts, day)}.items():
        table[name] = column.reindex(snapshots.index)
    for name, column in _deal_states(facts, day).items():
        table[name] = column.reindex(snapshots.index)
    counts = [name for name in table if name.startswith(("known_", "people_", "decision_makers_", "departments_"))]
    counts += ["kinds_30d", "kinds_90d", "momentum", "deals_lost", "other_deals"]
    return table.fillna(dict.fromkeys(counts, 0))


def _group(facts: Prepared, day: int) -> dict[str, pd.Series]:
    met = facts.people[(facts.people["known"] < day) & (facts.people["unit"] >= 0)]
    by_unit = met.groupby("unit")
    return {
        "known_people": by_unit.size(),
        "known_decision_makers": by_unit["decides"].sum(),
        "known_departments": _different(met, "department"),
        "first_source": by_unit["source"].first(),
        "first_campaign": by_unit["campaign"].first(),
    }


def _recency(facts: Prepared, day: int, kinds: list[str]) -> dict[str, pd.Series]:
    past = facts.engagements[facts.engagements["known"] < day]
    chosen = {
        "engaged": past,
        "new_kind": past[past["new_kind"]],
        "return": past[past["returned"]],
        "decision_maker": past[past["decides"]],
        "new_person": past[past["new_person"]],
        "new_decision_maker": past[past["decides"] & past["new_person"]],
    }
    recencies = {f"days_since_{name}": day - rows.groupby("unit")["day"].max() for name, rows in chosen.items()}
    for name, rows in (("", past), ("decision_maker_", chosen["decision_maker"])):
        last = rows.groupby(["unit", "kind"], observed=True)["day"].max().unstack()  # noqa: PD010 - faster
        recencies |= {f"days_since_{name}{kind}": day - last[kind] for kind in kinds if kind in last}
    return recencies


def _breadth(facts: Prepared, day: int) -> dict[str, pd.Series]:
    near = facts.engagements[(facts.engagements["known"] < day) & (facts.engagements["day"] >= day - 7 * 28)]
    three = near[near["day"] >= day - 90]
    one = three[three["day"] >= day - 30]
    weeks = near.assign(week=(day - 1 - near["day"]) // 7).drop_duplicates(["unit", "week"])
    recent, usual = (weeks[rows].groupby("unit").size() for rows in (weeks["week"] < 4, weeks["week"] >= 4))
    return {
        "kinds_30d": _different(one, "kind"),
        "kinds_90d": _different(three, "kind"),
        "people_30d": _different(one[one["person"] >= 0], "person"),
        "people_90d": _different(three[three["person"] >= 0], "person"),
        "decision_makers_90d": _different(three[three["decides"]], "person"),
        "departments_90d": _different(three, "department"),
        "momentum": (recent / 4).sub(usual / 24, fill_value=0),
    }


def _different(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[["unit", column]].dropna().drop_duplicates().groupby("unit").size()


def _deal_states(facts: Prepared, day: int) -> dict[str, pd.Series]:
    known = facts.deals[facts.deals["known"] < day]
    closed = (known["closed"] >= 0) & (known["closed"] < day)
    lost = known[closed & (known["status"] == "lost")]
    others = facts.other_deals[facts.other_deals["known"] < day]
    others_lost = others[(others["status"] == "lost") & (others["closed"] >= 0) & (others["closed"] < day)]
    stages = facts.stages
    current = stages[(stages["known"] < day) & ((stages["closed"] < 0) | (stages["closed"] >= day))]
    plans = current.drop_duplicates("opportunity_id", keep="last").groupby("unit")
    begun = current[current["begins"]]
    last = begun[begun["changed_at"] == begun.groupby("unit")["changed_at"].transform("max")].groupby("unit")
    return {
        "open_deal_days": day - known[~closed].groupby("unit")["opened"].min(),
        "lost_deal_days": day - lost.groupby("unit")["closed"].max(),
        "deals_lost": lost.groupby("unit").size().add(others_lost.groupby("unit").size(), fill_value=0),
        "other_deals": others.groupby("unit").size(),
        "deal_stage": last["stage"].max(),
        "deal_stage_days": day - last["changed"].max(),
        "open_deal_amount": plans["amount"].max(),
        "open_deal_amount_known": plans["amount"].max() * 0 + 1,
        "days_to_expected_close": day_of(plans["close_date"].min()) - day,
        "expected_close_moved": plans["slips"].max(),
    }


def features(export: Path, many: int, way: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """The features of every open account at a number of cut-offs, and the seconds of each step.

    `way` is "each": one function of the tables and a cut-off, called for each cut-off. It is the usual way, because
    nothing known later can get in. Or "once": what the cut-offs share is made once, as fast as possible.
    """
    began = time.perf_counter()
    frames = read(export)
    tables_read = time.perf_counter()
    shared = prepared(frames) if way == "once" else None
    kinds = None if shared is None else kinds_of(shared)
    ready = time.perf_counter()
    parts = []
    for day in days(many):
        facts = shared or prepared(before(frames, day))
        parts.append(features_at(facts, day, kinds or kinds_of(facts)))
    table = pd.concat(parts, ignore_index=True)
    done = time.perf_counter()
    return table, {"read": tables_read - began, "facts": ready - tables_read, "build": done - ready}


def before(frames: Frames, day: int) -> Frames:
    """The tables as known before a day."""
    moment, columns = pd.Timestamp(day, unit="D"), {"accounts": "created_at", "leads": "created_at"}
    columns |= {"activities": "known_at", "opportunities": "known_at", "opportunity_history": "changed_at"}
    return frames | {name: frames[name][frames[name][column] < moment] for name, column in columns.items()}


def kinds_of(facts: Prepared) -> list[str]:
    """The activity types that enough accounts show."""
    shown = facts.engagements.groupby("kind", observed=True)["unit"].nunique()
    return sorted(shown.index[shown >= LEAST_UNITS])


def result(export: Path, many: int, way: str) -> dict[str, Any]:
    """The figures of building the features, as `benchmarks.speed.work` prints them."""
    began = time.process_time()
    table, steps = features(export, many, way)
    cpu_seconds = time.process_time() - began
    more = {**steps, "features": table.shape[1] - 2, "cut-offs": many}
    taken = {"seconds": sum(steps.values()), "cpu_seconds": cpu_seconds}
    return {**taken, "rows": len(table), "of": "snapshots", "more": more}
