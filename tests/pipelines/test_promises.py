"""The promises, held against the champion that the command line trained. `AS_OF` is 2025-12-29."""

import math
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipelines.config import Config
from pipelines.intake.point_in_time import Export, read_export, scorecard_features
from pipelines.store.store import Store
from pipelines.store.tracking import served_input
from scoring.buying_groups.group_arrays import GroupColumns
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.timeline import Grid
from tests.pipelines.conftest import Ended, Run, TrainedStore, market_export
from tests.pipelines.small_crm import AS_OF, Frames, shuffled, simulated, with_rows, write

pytestmark = pytest.mark.slow

ENTITIES = ("account", "lead")
ON_THE_DAY, LATER = pd.Timestamp(AS_OF), pd.Timestamp("2026-02-01 10:00")


def as_known(folder: Path) -> Export:
    return read_export(folder, Config(), date.fromisoformat(AS_OF), lambda text: None, with_pandera=False)


def read(trained: TrainedStore, seen: Export, entity: str) -> pd.DataFrame:
    """Every feature that the champion reads in an export, every score it gives and what it tells of a group, by id."""
    scorecard = trained.scorecard(entity)
    features, facts, absent = scorecard_features(scorecard, seen)
    assert absent == []
    grid = Grid((seen.day,))
    frame = build(features, facts, snapshots(facts.own, grid), grid).execute().set_index("unit").sort_index()
    accounts = facts.own if entity == "account" else facts.account
    told = GroupColumns.of(scorecard.buying_group, accounts, seen.day, seen.feature_arrays)
    columns = told.columns(pa.chunked_array([pa.array(frame["account_id"], pa.string(), from_pandas=True)]))
    groups = pd.DataFrame({name: column.to_pylist() for name, column in columns.items()}, index=frame.index)
    assert groups["missing_role"].nunique() > 2
    return frame.join(pd.DataFrame(scorecard.lookup.score(frame), index=frame.index)).join(groups)


@pytest.fixture(scope="module")
def export() -> Frames:
    return market_export()


@pytest.fixture(scope="module")
def before(trained: TrainedStore) -> dict[str, pd.DataFrame]:
    seen = as_known(trained.crm)
    return {entity: read(trained, seen, entity) for entity in ENTITIES}


def later_rows(export: Frames) -> Frames:
    """Rows of every table, of old ids and new, that became known on the day or after it."""
    account, lead = export["accounts"].iloc[0], export["leads"].iloc[0]
    idle = export["accounts"].iloc[5]["account_id"]
    deal = {
        "created_at": ON_THE_DAY,
        "known_at": ON_THE_DAY,
        "status": "won",
        "closed_at": LATER,
        "amount": 9e6,
    }
    touch = {"activity_type": "demo_request", "direction": "inbound"}
    return with_rows(
        export,
        accounts=[
            # Deals, leads and touches name it; it has the domain of another; its cells are of another type.
            {"account_id": "A-later", "domain": account["domain"], "created_at": ON_THE_DAY}
            | {"employees": "many", "uses_data_warehouse": "maybe", "industry": "Unheard of"},
            {"account_id": idle, "created_at": LATER, "employees": 99_999, "industry": "Unheard of"},
            {"account_id": "undated", "created_at": LATER, "industry": "Unheard of"},
        ],
        leads=[
            {
                "lead_id": "L-later",
                "account_id": account["account_id"],
                "title": "CEO",
                "created_at": ON_THE_DAY,
            },
            {"lead_id": "undated", "account_id": idle, "title": "CEO", "created_at": LATER},
        ],
        activities=[
            touch | {"activity_id": "3", "lead_id": lead["lead_id"], "occurred_at": ON_THE_DAY},
            touch | {"activity_id": "4", "account_id": idle, "occurred_at": LATER},
            touch
            | {"activity_id": "5", "lead_id": lead["lead_id"], "account_id": idle}
            | {"occurred_at": pd.Timestamp("2025-12-20 09:00"), "known_at": ON_THE_DAY},
        ],
        opportunities=[
            deal | {"opportunity_id": "later-1", "account_id": idle},
            deal | {"opportunity_id": "later-2", "lead_id": lead["lead_id"]},
        ],
        account_history=[
            {"account_id": idle, "known_at": ON_THE_DAY, "employees": 99_999},
            {"account_id": "undated", "known_at": LATER, "employees": "many"},
        ],
        opportunity_history=[
            {"opportunity_id": number, "changed_at": ON_THE_DAY, "stage": "Unheard of"}
            for number in export["opportunities"].query("status == 'open'")["opportunity_id"]
        ],
        contact_roles=[{"opportunity_id": "nobody's", "lead_id": "L-later", "role": "user"}],
        spend=[{"source": "event", "month": LATER, "cost": 1e6}],
    )


def next_quarters_export(export: Frames) -> Frames:
    """The same CRM ten weeks later: open deals were closed, and what was empty filled in."""
    later = simulated().export("2026-03-09")
    added = {
        name: table[~table.iloc[:, 0].isin(later[name].iloc[:, 0])]
        for name, table in export.items()
        if name in ("accounts", "leads", "opportunities", "activities")
    }
    return later | {name: pd.concat([later[name].astype(object), rows]) for name, rows in added.items()}


def repeated(export: Frames, times: int = 50) -> Frames:
    """Every touch fifty times within its day, each known when the first was."""
    touches = export["activities"]
    many = pd.concat([touches] * times, ignore_index=True)
    again = np.repeat(np.arange(times), len(touches))
    within = many["occurred_at"].dt.normalize() + pd.to_timedelta(again * 1_700, unit="s")
    many["occurred_at"] = within.where(again > 0, many["occurred_at"])
    many["activity_id"] = [f"{number}-{i}" for number, i in zip(many["activity_id"], again, strict=True)]
    return export | {"activities": many}


def outbound(export: Frames) -> Frames:
    """Twenty touches of ours of every kind for each lead, who is handed over, and whose score is set aside."""
    leads = export["leads"]["lead_id"]
    days = pd.date_range("2025-12-10", "2025-12-28", periods=20)
    ours = [
        pd.DataFrame({"lead_id": leads, "activity_type": kind, "occurred_at": day, "direction": "outbound"})
        for day in days
        for kind in ("demo_request", "page_view", "gift")
    ]
    handed = pd.DataFrame({"lead_id": leads, "handed_at": days[0], "owner": "north", "rejected_at": days[3]})
    aside = pd.DataFrame({"lead_id": leads, "set_at": days[1], "grade": "A", "reason": "no budget"})
    answers = {"handoffs": handed.assign(reason="no budget", accepted_at=days[2]), "overrides": aside}
    if "accounts" in export:
        left = pd.DataFrame({"account_id": export["accounts"]["account_id"], "since": "2024-01-01", "until": days[0]})
        answers["customers"] = left
    return export | answers | {"activities": pd.concat([export["activities"], *ours], ignore_index=True)}


CHANGES: dict[str, Callable[[Frames], Frames]] = {
    "rows known later": later_rows,
    "an export taken later": next_quarters_export,
    "every touch repeated": repeated,
    "thousands of touches and answers of ours": outbound,
    "another order of rows": lambda export: shuffled(export, 5),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_score_changes_by_a_bit(
    trained: TrainedStore,
    export: Frames,
    before: dict[str, pd.DataFrame],
    change: Callable[[Frames], Frames],
    tmp_path: Path,
) -> None:
    changed = as_known(write(change(export), tmp_path / "crm"))
    for entity in ENTITIES:
        pd.testing.assert_frame_equal(read(trained, changed, entity), before[entity], check_exact=True)


def test_nor_does_the_score_file_when_all_of_it_happens_at_once(
    trained: TrainedStore, export: Frames, closedwon: Run, tmp_path: Path
) -> None:
    changed = write(shuffled(outbound(later_rows(export)), 6), tmp_path / "crm")
    store = trained.copy_of_store(tmp_path / "store")
    words = ("--data", changed, "--as-of", AS_OF, "--store", store, "--out", tmp_path / "scores")
    assert closedwon("score", *words) == Ended(0, ANY, "")
    for entity in ENTITIES:
        found = pd.read_parquet(tmp_path / "scores" / f"{entity}_scores.parquet")
        expected = trained.scores(entity)
        pd.testing.assert_frame_equal(
            found.drop(columns="scored_at"), expected.drop(columns="scored_at"), check_exact=True
        )


def test_a_touch_of_the_day_before_does_change_a_score(
    trained: TrainedStore, export: Frames, before: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    lead = before["lead"].query("account_days_since_demo_request.isna()")["log_odds"].idxmin()
    touch = {"lead_id": lead, "activity_type": "demo_request", "occurred_at": ON_THE_DAY - pd.Timedelta("1s")}
    found = read(trained, as_known(write(with_rows(export, activities=[touch]), tmp_path / "crm")), "lead")
    assert found.loc[lead, "account_days_since_demo_request"] == 1
    assert found.loc[lead, "log_odds"] > before["lead"].loc[lead, "log_odds"] + 0.1


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_parts_are_the_score(trained: TrainedStore, entity: str) -> None:
    scores, base = trained.scores(entity), trained.scorecard(entity).base
    parts = base + scores["fit_log_odds"] + scores["intent_log_odds"]
    np.testing.assert_allclose(scores["log_odds"], parts, rtol=0, atol=1e-6)
    assert scores["fit_log_odds"].nunique() > 50
    assert scores["intent_log_odds"].nunique() > 50
    assert scores.sort_values("log_odds")["win_probability"].is_monotonic_increasing


def plainly(content: dict[str, Any], row: dict[str, Any]) -> dict[str, float]:
    """Read a scorecard as its format says, with nothing but a dictionary and a list."""
    codes = {}
    for name, encoding in content["encodings"].items():
        value = row[name]
        if value is None or value != value:
            codes[name] = 0
        elif encoding["kind"] == "numeric":
            codes[name] = 1 + bisect_right(encoding["edges"], value)
        else:
            codes[name] = 2 + encoding["levels"].index(value) if value in encoding["levels"] else 1

    def entry(term: dict[str, Any]) -> float:
        values = term["values"]
        for name in term["features"]:
            values = values[codes[name]]
        return float(values)

    sides = {side: sum(entry(term) for term in content["terms"] if term["side"] == side) for side in ("fit", "intent")}
    log_odds = content["base"] + sides["fit"] + sides["intent"]
    stays = math.prod(1 - 1 / (1 + math.exp(-(log_odds + offset))) for offset in content["period_offsets"])
    bend = content["calibration"]
    likely = float(np.interp(1 - stays, bend["x"], bend["y"])) if bend["x"] else 1 - stays
    amount = math.exp(content["amount"]["base"] + sum(entry(term) for term in content["amount"]["terms"]))
    return {
        "fit_log_odds": sides["fit"],
        "intent_log_odds": sides["intent"],
        "log_odds": log_odds,
        "win_probability": likely,
        "expected_amount": amount,
        "expected_revenue": likely * amount,
    }


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_file_the_served_model_and_a_plain_reading_agree(
    trained: TrainedStore, before: dict[str, pd.DataFrame], entity: str
) -> None:
    scorecard = trained.scorecard(entity)
    frame = before[entity][list(scorecard.encodings)].astype(object)
    frame = frame.where(frame.notna(), None)
    plain = pd.DataFrame([plainly(scorecard.to_json(), row) for row in frame.to_dict("records")], index=frame.index)
    with Store.open(trained.store, writing=False):
        import mlflow

        model = mlflow.pyfunc.load_model(f"models:/closedwon-{entity}@champion")
    served = model.predict(served_input(scorecard, frame)).set_index(frame.index)
    published = trained.scores(entity).set_index(f"{entity}_id").sort_index()
    assert list(published.index) == list(frame.index)
    for name in plain:
        np.testing.assert_allclose(published[name], plain[name], rtol=1e-9, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(served[name], plain[name], rtol=1e-9, atol=1e-9, err_msg=name)
    assert list(served["grade"]) == list(published["grade"])
