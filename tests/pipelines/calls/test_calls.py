"""`closedwon calls` as a stranger runs it, on the trained market: two weeks, and somebody who is called."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.alignment.agreed import Agreed, keep
from tests.pipelines.conftest import Run, TrainedStore

pytestmark = pytest.mark.slow
FIRST, SECOND = date(2025, 12, 29), date(2026, 1, 5)


@pytest.fixture(scope="module")
def store(trained: TrainedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = trained.copy_of_store(tmp_path_factory.mktemp("calls") / "store")
    content = {"capacity": {"inside_sales": 8, "account_executives": 4}}
    keep(folder, Agreed("2026-Q1", "0" * 16, FIRST, date(2026, 3, 31), FIRST, content))
    return folder


def listed(closedwon: Run, data: Path, store: Path, week: date) -> dict[str, Any]:
    """The figures of the lists of a week."""
    out = store.with_name("lists")
    ended = closedwon("calls", "--data", data, "--store", store, "--week", week, "--out", out, "--quiet")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads((out / "calls.json").read_text())
    return found


def test_two_weeks_of_lists(trained: TrainedStore, closedwon: Run, store: Path, tmp_path: Path) -> None:
    data = tmp_path / "crm"
    shutil.copytree(trained.crm, data)
    accounts = pd.read_csv(data / "accounts.csv", dtype=str)
    accounts["owner"] = [("U-17", "U-18", "Anna Markowitz")[number % 3] for number in range(len(accounts))]
    accounts.to_csv(data / "accounts.csv", index=False)
    first = listed(closedwon, data, store, FIRST)
    assert first["capacity"]["teams"] == {"inside sales": 8, "account executives": 4}
    assert sum(first["capacity"]["owners"].values()) == 12
    assert "Anna" not in json.dumps(first)
    owners = [call["owner"] for call in first["calls"]]
    assert all(owners.count(owner) <= slots for owner, slots in first["capacity"]["owners"].items())
    assert len(owners) == 12
    # One is called, and the others are not: nothing else is new in this export.
    called = first["calls"][0]["unit"]
    activities = pd.read_parquet(data / "activities.parquet")
    at = pd.Timestamp("2025-12-30T10:00:00")
    row = {"activity_id": "C1", "account_id": called, "activity_type": "call", "direction": "outbound"}
    more = pd.DataFrame([row | {"occurred_at": at, "known_at": at}])
    pd.concat([activities, more], ignore_index=True).to_parquet(data / "activities.parquet", index=False)
    second = listed(closedwon, data, store, SECOND)
    before, now = ({call["unit"] for call in one["calls"]} for one in (first, second))
    reasons = {one["unit"]: one["reason"] for one in second["left"]}
    assert set(reasons) == before - now
    assert reasons[called] == "somebody works it: a call, meeting or visit lately"
    assert {why for unit, why in reasons.items() if unit != called} <= {"its trigger has expired"} | {
        why for why in reasons.values() if "something is new" in why or why.startswith("not open")
    }
    assert listed(closedwon, data, store, SECOND)["calls"] == second["calls"]  # the same again
    assert sorted(file.name for file in (store / "calls").iterdir()) == [
        "account_2025-12-29.parquet",
        "account_2026-01-05.parquet",
    ]
    assert closedwon("forget", called, "--store", store, "--quiet").code == 0
    assert called not in set(pd.read_parquet(store / "calls" / "account_2025-12-29.parquet")["unit"])
    ended = closedwon("calls", "--data", data, "--store", store, "--week", "2025-06-02", "--out", tmp_path / "out")
    assert ended.code == 2
    assert "knows what came after 2025-06-02" in ended.err


def test_an_experiment_from_its_start_to_what_it_has_shown(
    trained: TrainedStore, closedwon: Run, tmp_path: Path
) -> None:
    store, data = trained.copy_of_store(tmp_path / "store"), tmp_path / "crm"
    shutil.copytree(trained.crm, data)
    many = {"capacity": {"inside_sales": 900, "account_executives": 900}}
    keep(store, Agreed("2026-Q1", "0" * 16, FIRST, date(2026, 3, 31), FIRST, many))

    def run(*words: object) -> tuple[str, dict[str, Any]]:
        figures = tmp_path / "figures.json"
        every = ("experiment", "spring", "--data", data, "--store", store, "--json", figures, "--entity", "account")
        ended = closedwon(*every, "--quiet", *words)
        assert (ended.code, ended.err) == (0, "")
        return ended.out, json.loads(figures.read_text())

    grades = ("--grade", "B", "--grade", "C", "--grade", "D")
    _, started = run("--as-of", FIRST, "--start", *grades, "--smallest", "0.9")
    drawn = sum(started["weeks"].values())
    assert sorted(started["weeks"]) == ["0", "1", "2", "3"]
    # Half of those of the first week answer in it, and nobody else does.
    members = pd.read_parquet(store / "experiments" / "account_spring.parquet")
    first = members.loc[members["week"] == 0, "unit"].tolist()[::2]
    activities = pd.read_parquet(data / "activities.parquet")
    at = pd.Timestamp("2025-12-30T10:00:00")
    answers = pd.DataFrame({"activity_id": [f"R{i}" for i in range(len(first))], "account_id": first})
    answers = answers.assign(activity_type="reply", direction="inbound", occurred_at=at, known_at=at)
    pd.concat([activities, answers], ignore_index=True).to_parquet(data / "activities.parquet", index=False)
    said, found = run("--as-of", "2026-02-02")
    assert found["present"] == drawn == sum(one["drawn"] for one in found["as_assigned"])
    effects = {one["name"]: one for one in found["effects"]}
    talked = effects["conversation"]
    assert (talked["effect"]["n"], talked["is_shown"]) == (drawn, True)
    assert 0.35 < talked["effect"]["estimate"] < 0.65
    assert "because called in the first week and not in the fourth" in said
    assert not effects["win_probability"]["is_shown"]
    assert set(found["groups"]) == {"trigger", "team", "grade", "segment"}
    for groups in found["groups"].values():
        assert sum(one["n"] for one in groups.values()) == drawn
    assert len(found["groups"]["segment"]) > 2
    assert "On conversations, by segment" in said
