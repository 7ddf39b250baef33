"""The leak guard on an export: what leaves every feature with it, histories that begin late, and what is trusted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.config_input import Attributes
from pipelines.demo import write_crm
from pipelines.intake.leak_guard import LeakGuard, guard_attributes
from pipelines.intake.point_in_time import Export, read_export
from scoring.entity import Entity
from scoring.features.candidates import market_features
from scoring.features.facts import Facts, market
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.knowledge import upto
from scoring.timeline import Grid, day_number

Frames = dict[str, pd.DataFrame]
AS_OF = date(2026, 1, 1)
COUNT = 600


def crm(seed: int = 5) -> Frames:
    """Accounts of two years with two people each. A fifth has won, a fifth lost, and a tenth has an open deal."""
    rng = np.random.default_rng(seed)
    accounts = [f"A{i:04}" for i in range(COUNT)]
    created = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, COUNT), unit="D")
    status = rng.permutation(np.repeat(["won", "lost", "open", "none"], [120, 120, 60, 300]))
    opened = created + pd.to_timedelta(rng.integers(30, 120, COUNT), unit="D")
    closed = opened + pd.to_timedelta(rng.integers(10, 180, COUNT), unit="D")
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"O{i:04}" for i in range(COUNT)],
            "account_id": accounts,
            "created_at": opened,
            "closed_at": closed.where(np.isin(status, ["won", "lost"])),
            "status": status,
            "amount": 1000.0,
        }
    )
    leads = pd.DataFrame(
        {
            "lead_id": [f"L{i:04}" for i in range(2 * COUNT)],
            "account_id": np.repeat(accounts, 2),
            "created_at": np.repeat(created, 2) + pd.to_timedelta(rng.integers(0, 20, 2 * COUNT), unit="D"),
            "title": rng.choice(["CFO", "Engineer", "VP Sales", "Head of IT"], 2 * COUNT),
            "source": rng.choice(["search", "event", "partner"], 2 * COUNT),
            "campaign": rng.choice(["spring", "autumn"], 2 * COUNT),
        }
    )
    industry = rng.choice(["Software", "Retail", "Health"], COUNT)
    table = pd.DataFrame({"account_id": accounts, "created_at": created, "industry": industry})
    return {"accounts": table, "leads": leads, "opportunities": deals[deals["status"] != "none"]}


def status_of(tables: Frames) -> pd.Series:
    """The status of each account's deal, "none" without one."""
    deals = tables["opportunities"].set_index("account_id")["status"]
    return tables["accounts"]["account_id"].map(deals).fillna("none")


def with_attribute(tables: Frames, **columns: object) -> Frames:
    return tables | {"accounts": tables["accounts"].assign(**columns)}


def exported(tables: Frames, folder: Path, **attributes: tuple[str, ...]) -> tuple[Export, Config]:
    """The export as it is read, and the configuration that says which attributes are trusted."""
    write_crm(tables, folder)
    config = replace(Config(), attributes=replace(Attributes(), **attributes))
    return read_export(folder, config, AS_OF, lambda text: None, with_pandera=False), config


def judged(export: Export, entity: Entity, config: Config) -> tuple[Facts, LeakGuard]:
    facts = market(export.tables, entity, keep=export.keep)
    return facts, guard_attributes(facts, export.day, config, export.keep)


def guarded(tables: Frames, folder: Path, **attributes: tuple[str, ...]) -> tuple[Export, Facts, LeakGuard]:
    export, config = exported(tables, folder, **attributes)
    return export, *judged(export, "account", config)


def names(guard: LeakGuard, facts: Facts, entity: Entity) -> set[str]:
    features = market_features(facts, entity, guard.own.kinds, guard.account.kinds)
    return {feature.name for feature in guard.admitted(features, entity)}


Judged = Callable[[str, Entity], tuple[Facts, LeakGuard]]


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """By column ("" for none) the guard of an export whose leads have it empty where their account has won."""

    @cache
    def read(column: str) -> tuple[Export, Config]:
        tables = crm()
        if column:
            won = tables["accounts"].loc[status_of(tables) == "won", "account_id"]
            tables["leads"].loc[tables["leads"]["account_id"].isin(won), column] = None
        return exported(tables, tmp_path_factory.mktemp("emptied"))

    @cache
    def judge(column: str, entity: Entity) -> tuple[Facts, LeakGuard]:
        export, config = read(column)
        return judged(export, entity, config)

    return judge


@pytest.mark.parametrize(
    ("column", "gone"),
    [
        ("campaign", {"first_campaign"}),
        ("source", {"first_source"}),
        ("title", {"known_decision_makers", "known_departments"}),
    ],
)
@pytest.mark.parametrize("entity", ["account", "lead"])
def test_what_is_emptied_for_leads_leaves_all_that_is_made_from_it(
    emptied: Judged, column: str, gone: set[str], entity: Entity
) -> None:
    facts, guard = emptied("", entity)
    prefix = "account_" if entity == "lead" else ""
    derived = {f"{prefix}{name}" for name in gone}
    assert guard.suspected == ()
    assert derived <= names(guard, facts, entity)

    facts, guard = emptied(column, entity)
    left = names(guard, facts, entity)
    assert derived.isdisjoint(left)
    assert {f"{prefix}known_people", f"{prefix}days_known"} <= left
    assert {"leads"} == {suspicion.table for suspicion in guard.suspected} or entity == "lead"
    if column == "campaign":
        assert [suspicion.attribute for suspicion in guard.suspected] == ["campaign"]


def with_history(tables: Frames, column: str, values: object, known_at: object) -> Frames:
    changed = with_attribute(tables, **{column: values})
    history = changed["accounts"][["account_id", column]].assign(known_at=known_at)
    return changed | {"account_history": history}


YESTERDAY = pd.Timestamp("2025-12-31")


def test_a_history_that_begins_yesterday_does_not_switch_the_guard_off(tmp_path: Path) -> None:
    tables = crm()
    tier = np.where(status_of(tables) == "won", "gold", "none")
    _, _, late = guarded(with_history(tables, "tier", tier, YESTERDAY), tmp_path / "late")
    assert [suspicion.attribute for suspicion in late.suspected] == ["tier"]
    # In full, it says that nobody had gold before the win.
    whole = with_history(tables, "tier", np.where(tier == "gold", "plain", "none"), tables["accounts"]["created_at"])
    whole["accounts"]["tier"] = tier
    closed = tables["opportunities"].set_index("account_id")["closed_at"] + pd.Timedelta(days=1)
    golden = whole["accounts"].loc[tier == "gold", ["account_id", "tier"]]
    golden = golden.assign(known_at=golden["account_id"].map(closed))
    whole["account_history"] = pd.concat([whole["account_history"], golden])
    whole["account_history"]["tier"] = np.where(whole["account_history"]["tier"] == "gold", "gold", "plain")
    _, _, safe = guarded(whole, tmp_path / "whole")
    assert (safe.suspected, safe.own.late) == ((), ())
    assert "tier" in safe.own.kinds


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("once, dated at creation", "shows a change for 0 of 120"),
        ("once, at a load before all", "shows a change for 0 of 120"),
        ("once, and three of them changed", "shows a change for 3 of 120"),
        ("once, and recorded since last month", "records changes only since 2025-12-"),
        ("daily, but dated a year before it was filled", "no history explains"),
    ],
)
def test_a_history_that_records_no_changes_does_not_switch_the_guard_off(
    tmp_path: Path, written: str, why: str
) -> None:
    tables = crm()
    won = (status_of(tables) == "won").to_numpy()
    created = tables["accounts"]["created_at"]
    tier = np.where(won, np.where(np.arange(COUNT) % 2, "gold", "silver"), None)
    tables = with_history(tables, "tier", tier, pd.Timestamp("2020-01-01") if "load" in written else created)
    history = tables["account_history"]
    if "three" in written:
        changed = (
            history[won]
            .head(3)
            .assign(tier="bronze", known_at=pd.to_datetime(["2024-05-01", "2025-01-01", "2025-07-01"]))
        )
    elif "recorded" in written:
        days = pd.Timestamp("2025-12-02") + pd.to_timedelta(np.arange(COUNT) % 25, unit="D")
        changed = history.assign(tier="bronze", known_at=days)[won]
    else:
        changed = history.assign(tier="bronze", known_at=created + pd.Timedelta(days=5))[won]
    if "dated at" not in written and "load" not in written:
        tables["account_history"] = pd.concat([history, changed])
    _, _, guard = guarded(tables, tmp_path)
    assert [suspicion.attribute for suspicion in guard.suspected] == ["tier"]
    assert why in guard.suspected[0].reason


@pytest.mark.parametrize("day", ["yesterday", "in the last month, one by one"])
def test_before_a_late_history_the_first_value_holds(tmp_path: Path, day: str) -> None:
    tables = crm()
    scattered = YESTERDAY - pd.to_timedelta(np.arange(COUNT) % 30, unit="D")
    known_at = YESTERDAY if day == "yesterday" else scattered
    export, facts, guard = guarded(with_history(tables, "size", np.arange(COUNT) % 7, known_at), tmp_path / "crm")
    assert guard.suspected == ()
    assert guard.own.late == ("size",)
    assert "the history of size does not reach back before the outcomes" in guard.notes[0]
    opened = guard.opened(facts)
    grid = Grid((export.day - 200, export.day))
    features = [f for f in market_features(opened, "account", guard.own.kinds, {}) if f.name == "size"]
    rows = build(features, opened, snapshots(opened.own, grid), grid).execute()
    assert len(rows) > 500
    assert (rows["size"] == rows["unit"].str[1:].astype(int) % 7).all()
    # An export of that day would have held the same.
    past = upto(export.tables, export.day - 200).accounts
    assert past is not None
    assert past.filter(past["size"].isnull()).count().execute() == 0


def test_what_a_history_dates_after_its_beginning_is_not_known_before(tmp_path: Path) -> None:
    """The budget of each account with a deal is asked for when the deal opens; nobody's is known at the beginning."""
    tables = crm()
    opened = tables["opportunities"].set_index("account_id")["created_at"]
    asked = tables["accounts"]["account_id"].map(opened)
    tables = with_attribute(tables, budget=np.where(asked.notna(), "asked", None))
    history = tables["accounts"][["account_id", "budget"]].assign(known_at=asked)[asked.notna().to_numpy()]
    _, facts, guard = guarded(tables | {"account_history": history}, tmp_path / "crm")
    assert (guard.suspected, guard.own.late) == ((), ())
    grid = Grid((day_number(date(2024, 6, 1)),))
    features = [f for f in market_features(facts, "account", guard.own.kinds, {}) if f.name == "budget"]
    market_then = guard.opened(facts)
    rows = build(features, market_then, snapshots(market_then.own, grid), grid).execute().set_index("unit")["budget"]
    told = set(history.loc[history["known_at"] < "2024-06-01", "account_id"])
    assert set(rows[rows == "asked"].index) == told & set(rows.index)


def test_what_is_trusted_is_used_and_said(tmp_path: Path) -> None:
    tables = crm()
    tables = with_attribute(tables, boxes=(status_of(tables) != "none").astype(int), lead_rating=np.arange(COUNT) % 5)
    _, _, guard = guarded(tables, tmp_path / "guarded")
    assert [(s.attribute, s.rule) for s in guard.suspected] == [
        ("lead_rating", "is_a_score"),
        ("boxes", "filled_when_won"),
    ]
    _, _, trusting = guarded(tables, tmp_path / "trusting", trust=("Boxes", "Lead Rating"))
    assert trusting.suspected == ()
    assert [(s.attribute, s.rule) for s in trusting.overridden] == [
        ("lead_rating", "is_a_score"),
        ("boxes", "filled_when_won"),
    ]
    assert {"boxes", "lead_rating"} <= set(trusting.own.kinds)
    assert trusting.notes[1].startswith("boxes is trusted and used, although: not 0 for 100% of the won")


def test_owners_ids_and_rows_are_left_out_with_their_reason(tmp_path: Path) -> None:
    tables = crm()
    tables = with_attribute(
        tables,
        owner=np.arange(COUNT) % 4,
        parent_id=np.arange(COUNT) % 90,
        industry_id=np.arange(COUNT) % 9,
        place_in_file=np.arange(COUNT)[::-1],
        _airbyte_raw_id=np.arange(COUNT),
    )
    _, _, guard = guarded(tables, tmp_path)
    assert sorted(guard.own.kinds) == ["industry", "industry_id"]
    assert [(s.attribute, s.rule) for s in guard.suspected] == [("place_in_file", "numbers_rows")]
    assert {name: why.split(":")[0] for name, why in guard.left_out.items()} == {
        "owner": "whose it is",
        "parent_id": "an id of a record",
        "_airbyte_raw_id": "written by an exporter or the CRM itself",
    }


def test_touches_that_are_called_otherwise_are_told_by_the_activities(tmp_path: Path) -> None:
    tables, rng = crm(), np.random.default_rng(1)
    touches = rng.poisson(rng.gamma(1, 8, COUNT))
    days = pd.Timestamp("2025-10-01") - pd.to_timedelta(rng.integers(0, 200, touches.sum()), unit="D")
    activities = pd.DataFrame(
        {
            "account_id": np.repeat(tables["accounts"]["account_id"].to_numpy(), touches),
            "activity_type": "visit",
            "occurred_at": days,
        }
    )
    tables = with_attribute(tables, sparkle=2 * touches + rng.integers(0, 3, COUNT), heads=rng.integers(1, 900, COUNT))
    _, _, guard = guarded(tables | {"activities": activities}, tmp_path)
    assert [(s.attribute, s.rule) for s in guard.suspected] == [("sparkle", "counts_touches")]
    assert "heads" in guard.own.kinds
