"""`closedwon plan` as a stranger runs it, on the trained market."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.alignment.agreed import Agreed, keep
from pipelines.alignment.agreement_file import read_agreement
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export, read_export
from pipelines.planning.plan import plan
from pipelines.store.store import Store
from tests.pipelines.alignment.example_agreement import TEXT, written
from tests.pipelines.conftest import Run, TrainedStore
from tests.pipelines.small_crm import AS_OF

#: 90 days after the training day of the small market.
UNTIL = "2026-03-29"
pytestmark = pytest.mark.slow


def say(text: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def store(trained: TrainedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained.copy_of_store(tmp_path_factory.mktemp("plan") / "store")


def planned(closedwon: Run, trained: TrainedStore, store: Path, folder: Path, *words: object) -> dict[str, Any]:
    """The figures of a plan."""
    file = folder / "plan.json"
    ended = closedwon("plan", *trained.data, "--store", store, "--until", UNTIL, "--json", file, "--quiet", *words)
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(file.read_text())
    return {**found, "printed": ended.out}


#: The figures of a plan by source with a target, and the folder with its tables: made once.
BY_SOURCE: list[tuple[dict[str, Any], Path]] = []


@pytest.fixture
def by_source(trained: TrainedStore, closedwon: Run, store: Path) -> tuple[dict[str, Any], Path]:
    if not BY_SOURCE:
        out = store.parent / "out"
        words = ("--target", "5e6", "--by", "source", "--out", out)
        BY_SOURCE.append((planned(closedwon, trained, store, store.parent, *words), out))
    return BY_SOURCE[0]


def test_the_figures_are_those_of_the_contract_and_agree(
    trained: TrainedStore, by_source: tuple[dict[str, Any], Path]
) -> None:
    found, out = by_source
    assert (found["as_of"], found["until"], found["target"]) == ("2025-12-29", UNTIL, 5e6)
    for total in (found, found["open"], found["arrivals"], *found["by"][0]["parts"]):
        for name in ("wins", "revenue"):
            low, high = zip(*(total[name][f"interval_{percent}"] for percent in (50, 80, 95)), strict=True)
            assert list(low) == sorted(low, reverse=True)
            assert list(high) == sorted(high)
            assert low[0] <= total[name]["expected"] * 1.2 + 1
    for name in ("wins", "revenue"):
        expected = found[name]["expected"]
        assert found["open"][name]["expected"] + found["arrivals"][name]["expected"] == pytest.approx(expected)
        parts = sum(part[name]["expected"] for part in found["by"][0]["parts"])
        assert parts == pytest.approx(expected)
        assert sum(source[name] for source in found["arrivals"]["sources"]) == pytest.approx(
            found["arrivals"][name]["expected"]
        )
    scores = trained.scores("account")
    assert found["open"]["count"] == len(scores)
    # 90 of 180 days: less than the horizon brings, and more than a quarter of it.
    horizon = scores["win_probability"].sum()
    assert 0.25 * horizon < found["open"]["wins"]["expected"] < 0.8 * horizon
    assert 0.0 <= found["probability"] < 0.2
    assert found["order"]["wanted"] == 0.8
    assert found["past"]["corrected"] is False
    written = {file.name for file in out.iterdir()}
    assert {"plan_by.csv", "plan_by.parquet", "plan_order.csv", "plan_arrivals.parquet"} <= written
    by = pd.read_parquet(out / "plan_by.parquet")
    assert by["revenue_expected"].sum() == pytest.approx(found["revenue"]["expected"])
    for words in ("in 8 of 10 cases", "still to come", "target 5,000,000", "whether the market holds so many"):
        assert words in found["printed"]


def test_segments_add_up_and_the_total_does_not_depend_on_the_split(
    trained: TrainedStore, closedwon: Run, store: Path, by_source: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    found = planned(closedwon, trained, store, tmp_path, "--by", "segment")
    assert found["revenue"] == by_source[0]["revenue"]
    assert len(found["by"]) > 1
    for split in found["by"]:
        parts = sum(part["revenue"]["expected"] for part in split["parts"])
        assert parts == pytest.approx(found["revenue"]["expected"])
    assert "target" not in found


def test_leads_plan_as_well_and_a_market_that_is_too_small_refuses_the_order(
    trained: TrainedStore, closedwon: Run, store: Path, tmp_path: Path
) -> None:
    config = tmp_path / "closedwon.toml"
    config.write_text("[plan]\nmarket_size = 1000\n[capacity]\nleads_per_week = 40\n")
    words = ("--entity", "lead", "--config", config, "--target", "9e6")
    found = planned(closedwon, trained, store, tmp_path, *words)
    assert (found["entity"], found["by"]) == ("lead", [])
    assert found["arrivals"]["capacity"] == pytest.approx(40 * 90 / 7)
    assert found["order"]["market"] == 1000
    ordered = [one for one in found["order"]["sources"] if one["more"] is not None]
    assert all(one["beyond_market"] for one in ordered if one["more"] > found["order"]["left"])


@pytest.fixture(scope="module")
def export(trained: TrainedStore) -> Export:
    """What is known of the trained market, read once."""
    return read_export(trained.crm, Config(), date.fromisoformat(AS_OF), say, with_pandera=False)


@pytest.mark.parametrize(
    ("until", "asked", "said"),
    [
        (AS_OF, {}, "is not after 2025-12-29"),
        ("2026-12-29", {}, "the account champion knows 180: give a day up to 2026-06-27"),
        (UNTIL, {"target": -5.0}, "give an amount above 0"),
        (UNTIL, {"by": ("owner",)}, "have an owner"),
    ],
)
def test_what_cannot_be_planned_is_said(
    export: Export, store: Path, until: str, asked: dict[str, Any], said: str
) -> None:
    with Store.open(store) as opened, pytest.raises(UsageError, match=said):
        plan(export, opened, Config(), date.fromisoformat(until), say=say, **asked)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--until", UNTIL, "--by", "weather"), 2, "invalid choice"),
        (("--until", "soon"), 2, "is not a date"),
        (("--until", "2025-12-20", "--as-of", "2025-12-01"), 2, "the account champion was trained on"),
    ],
)
def test_a_command_that_cannot_be_meant_ends_with_2(
    trained: TrainedStore, closedwon: Run, store: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ended = closedwon("plan", *trained.data, "--store", store, "--quiet", *words)
    assert ended.code == code
    assert said in ended.err


def test_without_a_champion_or_a_table_nothing_is_planned(
    trained: TrainedStore, closedwon: Run, export: Export, tmp_path: Path, store: Path
) -> None:
    assert closedwon("plan", *trained.data, "--until", UNTIL, "--quiet", "--store", tmp_path / "none").code == 2
    champion = "there is no champion for the entity account or lead"
    with Store.open(tmp_path / "untrained") as untrained, pytest.raises(UsageError, match=champion):
        plan(export, untrained, Config(), date.fromisoformat(UNTIL), say=say)
    crm = tmp_path / "crm"
    crm.mkdir()
    (leads,) = trained.crm.glob("leads.*")
    (crm / leads.name).write_bytes(leads.read_bytes())
    ended = closedwon("plan", "--data", crm, "--until", UNTIL, "--store", store, "--quiet")
    assert ended.code == 3
    assert "opportunities" in ended.err


def test_without_a_target_what_is_left_of_the_agreement_is_asked_for(
    trained: TrainedStore, closedwon: Run, store: Path, tmp_path: Path
) -> None:
    text = TEXT.replace("2027-01-01", "2025-12-29").replace("2027-03-31", "2026-03-28").replace("1_200_000", "9e8")
    held = Agreed.of(read_agreement(written(tmp_path, text)), date(2025, 12, 1))
    file = keep(store, held)
    try:
        found = planned(closedwon, trained, store, tmp_path)
    finally:
        file.unlink()
    assert (found["target"], found["target_from"]) == (9e8, "900,000,000 of agreement 2027-Q1")
    assert found["order"] is not None
    assert (
        "  target 900,000,000 (900,000,000 of agreement 2027-Q1): reached with a probability of 0%" in found["printed"]
    )
    # The small market has renewals: they are not in the plan, and it says so.
    assert any("does not count for the target" in note for note in found["notes"])
