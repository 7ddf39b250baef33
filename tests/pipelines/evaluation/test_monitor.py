"""`closedwon monitor`: three nights of spring 2026 that are written out, and a simulated quarter after a training."""

import json
import math
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest

from pipelines.config import Backtest, Capacity, Config
from pipelines.errors import UsageError
from pipelines.evaluation import past_scores as past
from pipelines.evaluation.monitor import monitor, monitored
from pipelines.evaluation.text_tables import monitor_lines
from pipelines.intake.point_in_time import Export, read_export
from pipelines.store import registry
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from scoring.nights.parts import PopulationFacts, ScoreFacts
from scoring.nights.record import NightRecord
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import Run, TrainedStore
from tests.pipelines.small_crm import AS_OF, simulated, write
from tests.scoring.example_scorecard import scorecard_of

CONFIG = Config(capacity=Capacity(share=0.4), backtest=Backtest(replicates=20))
TONIGHT = date(2026, 5, 15)
#: Two periods of 30 days, alike; trained on a hundred accounts.
SCORECARD = scorecard_of(
    {
        "as_of": "2026-02-28",
        "horizon_days": 60,
        "period_offsets": [0.0, 0.0],
        "encodings": {
            "industry": {"kind": "category", "levels": ["Software", "Retail"]},
            "employees": {"kind": "numeric", "edges": [50.0]},
        },
        "terms": [{"features": ["industry"], "side": "fit", "values": [0.0, 0.0, 0.5, -0.5], "counts": [0, 0, 60, 40]}],
    }
)
#: As served on 15 March and 1 April: account, probability, amount. On 1 April, A is a customer.
SERVED = [("A", 0.36, 400.0), ("B", 0.19, 500.0), ("C", 0.19, 100.0), ("D", 0.0975, 100.0), ("E", 0.0199, 100.0)]


def silent(text: str) -> None:
    pass


def night(store: Store, day: str, sequence: int, version: str = "1", leave: str = "", **facts: Any) -> Night:
    """Enter a night into a ledger by hand."""
    name = f"{day}_{sequence}"
    record = NightRecord(
        night=name,
        sequence=sequence,
        as_of=date.fromisoformat(day),
        scored_at=datetime.fromisoformat(f"{day}T02:14:09Z"),
        since=date.fromisoformat(day),
        models={"account": version},
        facts={"account": ScoreFacts(**facts)} if facts else {},
        out="scores",
        identity=name,
    )
    folder = store.ledger / name
    folder.mkdir(parents=True)
    (folder / "night.json").write_text(json.dumps(record.to_json()))
    scores = pd.DataFrame(SERVED, columns=["account_id", "win_probability", "expected_amount"])
    scores = scores[~scores["account_id"].isin(list(leave))].reset_index(drop=True)
    hazard = 1 - (1 - scores["win_probability"]) ** 0.5
    scores["log_odds"] = (hazard / (1 - hazard)).map(math.log)
    scores.assign(grade=[*"AB", *"C" * (len(scores) - 2)], rank=range(1, len(scores) + 1)).to_parquet(
        folder / "account_scores.parquet"
    )
    return Night(folder, record)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose registry has version 1 only."""

    def load(store: Store, entity: str, which: int) -> tuple[Scorecard, int]:
        if which != 1:
            raise UsageError(f"there is no version {which}")
        return SCORECARD, which

    monkeypatch.setattr(registry, "load_scorecard", load)
    return Store(tmp_path / "store", "", own=True)


@pytest.fixture
def spring(tmp_path: Path) -> Export:
    """What is known on 15 May. E was merged into another account."""
    accounts = pd.DataFrame({"account_id": list("ABCDF"), "created_at": "2025-01-01"})
    deals = [
        ("A", "2026-03-15", "won", 300.0),  # the first day of the night of 15 March
        ("B", "2026-05-13", "won", 600.0),  # the last day of its horizon
        ("C", "2026-05-14", "won", 100.0),  # the day after; yesterday, for the night of 1 April
        ("D", "2026-04-20", "lost", None),
        ("F", "2026-05-15", "won", 900.0),  # not known yet
    ]
    opportunities = pd.DataFrame(deals, columns=["account_id", "closed_at", "status", "amount"])
    opportunities = opportunities.assign(opportunity_id=[f"O{i}" for i in range(5)], created_at="2026-02-01")
    folder = write({"accounts": accounts, "opportunities": opportunities}, tmp_path / "crm")
    return read_export(folder, CONFIG, TONIGHT, silent, with_pandera=False)


def test_a_night_a_month_and_model_version_is_looked_back_at(store: Store) -> None:
    days = ["2025-05-31", "2026-03-01", "2026-03-15", "2026-03-15", "2026-04-30"]
    versions = ["1", "1", "1", "2", "1"]
    nights = [night(store, day, i, version) for i, (day, version) in enumerate(zip(days, versions, strict=True))]
    assert [found.name for found in past.nights_to_compare(nights, "account")] == [
        "2025-05-31_0", "2026-03-15_2", "2026-03-15_3", "2026-04-30_4",
    ]  # fmt: skip
    year = [night(store, f"2025-{month:02}-02", 10 + month) for month in range(1, 13)]
    found = [found.name for found in past.nights_to_compare([*nights, *year], "account")]
    # Of 15 the newest 12; and of May the 31st, not the second.
    assert (len(found), found[:2]) == (12, ["2025-04-02_14", "2025-05-31_0"])


def test_the_outcomes_of_each_night(store: Store, spring: Export) -> None:
    nights = [night(store, "2026-03-01", 1), night(store, "2026-03-15", 2), night(store, "2026-04-01", 3, leave="A")]
    nights.append(night(store, "2026-04-16", 4))  # 29 days ago: it has seen no whole period
    found = monitored(spring, store, "account", nights, CONFIG)
    march, april = found.to_json()["hindsight"]["nights"]
    named = ("as_of", "version", "elapsed_days", "horizon_days", "rows", "wins", "revenue")
    assert [march[name] for name in named] == ["2026-03-15", "1", 60, 60, 5, 2, 900.0]
    assert [april[name] for name in named] == ["2026-04-01", "1", 44, 60, 4, 2, 700.0]
    assert march["expected_wins"] == pytest.approx(0.36 + 0.19 + 0.19 + 0.0975 + 0.0199)
    # By 15 May the first period of 1 April is over, and 14 of 30 days of the second.
    spent = (1 + 14 / 30) / 2
    expected = [1 - (1 - p) ** spent for p in (0.19, 0.19, 0.0975, 0.0199)]
    assert april["expected_wins"] == pytest.approx(sum(expected))
    assert april["expected_revenue"] == pytest.approx(500 * expected[0] + 100 * sum(expected[1:]))
    # Two of five are worked, then one and a half of four: A and B of 900, then B of 700.
    assert found.hindsight is not None
    assert found.hindsight.outcomes.captured.share == pytest.approx(3 / 9)
    assert found.hindsight.outcomes.captured.revenue.value == pytest.approx((900 + 600) / 1_600)
    assert found.notes == (
        "2 of the 9 scores are of accounts that are no longer in the export (merged or deleted): they count as not won",
    )


def test_an_early_night_says_which_day_to_wait_for(store: Store, spring: Export) -> None:
    found = monitored(spring, store, "account", [night(store, "2026-05-01", 1), night(store, "2026-05-08", 2)], CONFIG)
    assert (found.hindsight, found.drift, found.wait_until) == (None, None, "2026-05-31")
    assert list(found.to_json()) == ["entity", "as_of", "hindsight", "notes", "wait_until", "drift"]
    assert "  no score is old enough for hindsight: wait until 2026-05-31" in monitor_lines(found)


def test_nights_of_a_version_that_is_gone_are_left_out_and_said(store: Store, spring: Export) -> None:
    nights = [night(store, "2026-03-15", 1, "7"), night(store, "2026-03-20", 2)]
    found = monitored(spring, store, "account", nights, CONFIG)
    assert found.hindsight is not None
    assert [night.version for night in found.hindsight.nights] == ["1"]
    assert "the registry has no model version 7 any more: its nights are left out" in found.notes


def test_accounts_are_drawn_where_all_are_too_many(store: Store, spring: Export, monkeypatch: Any) -> None:
    nights = [night(store, "2026-03-15", 1), night(store, "2026-04-01", 2)]
    scorecards = past.Scorecards(store, "account")
    monkeypatch.setattr(past, "MOST_ROWS", 5)
    half = past.past_scores(spring, nights, scorecards, CONFIG)
    assert half is not None
    assert half.share == 0.5
    drawn = [set(part["unit"]) for _, part in half.frame.groupby("night")]
    assert drawn[0] == drawn[1] < set(range(5))


def test_leads_are_drawn_with_their_account() -> None:
    """Sixty leads of twenty accounts, and twenty without one, who each stand alone."""
    leads = pd.DataFrame(SERVED * 16, columns=["lead_id", "win_probability", "expected_amount"])
    leads = leads.assign(lead_id=[f"L{i}" for i in range(80)], log_odds=0.0, grade="C", rank=range(1, 81))
    leads["account_id"] = [f"A{i // 3}" if i < 60 else None for i in range(80)]
    table = ibis.duckdb.connect().create_table("leads", leads)
    served = past.served(table, "lead", capacity=8.5)
    assert served.worked.sum().execute() == 8
    drawn = past.share_of_accounts(served, 0.5).execute()
    sizes = drawn.groupby("account").size()
    assert {*sizes[~sizes.index.str.startswith("lead:")]} == {3}
    assert {*sizes[sizes.index.str.startswith("lead:L")]} == {1}
    assert 20 < len(drawn) < 60


def features(night: Night, **columns: list[Any]) -> None:
    frame = pd.DataFrame({"unit": range(len(columns["industry"])), **columns})
    frame.to_parquet(night.folder / "account_features.parquet")


def test_the_newest_night_is_held_against_training_and_the_first_night(store: Store, spring: Export) -> None:
    """Half of them are of an industry never seen; `employees`, which only the amount reads, is empty since."""
    bins = {"fit_score": [50, 50], "win_probability": [90, 10]}
    first = night(store, "2026-05-01", 1, bins=bins, reference=PopulationFacts(bins={"fit_score": [50.0, 50.0]}))
    features(first, industry=["Software"] * 60 + ["Retail"] * 40, employees=[10.0] * 100)
    bins = {"fit_score": [10, 90], "win_probability": [90, 10]}
    last = night(store, "2026-05-14", 2, bins=bins, reference=PopulationFacts(bins={"fit_score": [50.0, 50.0]}))
    features(last, industry=["Mining"] * 50 + ["Software"] * 30 + ["Retail"] * 20, employees=[None] * 100)
    drift = monitored(spring, store, "account", [first, last], CONFIG).drift
    assert drift is not None
    moved = drift.to_json()
    assert (moved["night"], moved["trained"], moved["version"]) == ("2026-05-14_2", "2026-02-28", "1")
    assert {row["name"]: (row["changed"], row["missing"], row.get("unknown")) for row in moved["features"]} == {
        "industry": ("much", [0.0, 0.0], [0.0, 0.5]),
        "employees": ("much", [0.0, 1.0], None),
    }
    assert {shift.name: shift.changed for shift in drift.scores} == {"fit_score": "much", "win_probability": ""}
    assert not moved["verdict"]["kept"]
    alone = monitored(spring, store, "account", [last], CONFIG).drift
    assert alone is not None
    assert [shift.name for shift in alone.features] == ["industry"]
    assert [shift.name for shift in alone.scores] == ["fit_score"]


def test_the_table(store: Store, spring: Export) -> None:
    nights = [night(store, "2026-03-15", 1), night(store, "2026-04-01", 2, leave="A")]
    lines = monitor_lines(monitored(spring, store, "account", nights, CONFIG))
    assert lines[0] == "Accounts: scores as they were served, and their outcomes before 2026-05-15"
    march, april = lines[3], lines[4]
    assert march.split()[:8] == ["2026-03-15", "1", "60", "of", "60", "5", "2", "0.9"]
    assert april.split()[:8] == ["2026-04-01", "1", "44", "of", "60", "4", "2", "0.4"]
    assert lines[5].split()[:4] == ["all", "9", "4", "1.2"]
    assert lines[-3] == "accounts: expects too little: 4 were won where 1.2 were expected, beyond noise"


def test_a_store_without_a_ledger_says_what_to_run(store: Store, spring: Export) -> None:
    night(store, "2026-05-16", 1)  # which is tomorrow's
    with pytest.raises(UsageError, match=r"has no scores of any account up to 2026-05-15: .* after a month"):
        monitor(spring, store, CONFIG, asked=None, say=silent)


def test_a_quarter_after_a_training(closedwon: Run, trained: TrainedStore, tmp_path: Path) -> None:
    """The scores of `AS_OF` and the simulated market 91 days later: nobody tuned anything to these outcomes."""
    store, later = trained.copy_of_store(tmp_path / "store"), "2026-03-30"
    shutil.copytree(trained.store / "ledger", store / "ledger")
    crm, out = write(simulated().export(later), tmp_path / "later"), tmp_path / "monitor.json"
    ended = closedwon("monitor", "--data", crm, "--as-of", later, "--store", store, "--json", out)
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(out.read_text())
    assert set(found) == {"account", "lead"}
    hindsight = found["account"]["hindsight"]
    assert hindsight["nights"][0]["as_of"] == AS_OF
    assert (hindsight["nights"][0]["elapsed_days"], hindsight["nights"][0]["horizon_days"]) == (91, 180)
    total = hindsight["total"]
    assert total["rows"] == len(trained.scores("account"))
    assert 0.5 < total["expected_wins"] / total["wins"] < 2.0
    assert hindsight["captured"]["revenue"]["value"] > 2 * hindsight["captured"]["share"]
    assert "accounts: " + hindsight["verdict"]["sentence"] in ended.out
    moved = found["account"]["drift"]
    assert (moved["as_of"], moved["trained"]) == (AS_OF, AS_OF)
    assert len(moved["features"]) > 10
    assert max(row["psi"] for row in moved["features"]) < 1e-6  # it is the day that it was trained on
    assert {row["name"] for row in moved["scores"]} == {"fit_score", "intent_score"}
    written = list((trained.store / "artifacts").rglob("monitor.json"))  # where the copy's database has them, too
    assert {json.loads(path.read_text())["entity"] for path in written} == {"account", "lead"}
    tables = [path.with_name("totals.json") for path in written if path.with_name("totals.json").exists()]
    assert {json.loads(path.read_text())["data"][0][0] for path in tables} == {"all"}
    units = set(trained.scores("account")["account_id"]) | set(trained.scores("lead")["lead_id"])
    written_text = ended.out + "".join(path.read_text() for path in [out, *written])
    assert not [unit for unit in units if f'"{unit}"' in written_text]
