"""Open deals by the command line: trained by name, promoted, scored beside accounts and leads, and explained."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.store import registry
from pipelines.store.store import Store
from scoring.entity import OPPORTUNITY
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import QUICKEST, TRACKING, TrainedStore

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Scored:
    """A night of all three entities, what the commands said, and the scorecard of deals."""

    out: Path
    said: str
    scorecard: Scorecard
    explained: dict[str, object]

    @property
    def deals(self) -> pd.DataFrame:
        return pd.read_parquet(self.out / "latest" / "opportunity_scores.parquet")


@pytest.fixture(scope="module")
def scored(trained: TrainedStore, tmp_path_factory: pytest.TempPathFactory) -> Scored:
    folder = tmp_path_factory.mktemp("deals")
    store, out, config, figures = (folder / name for name in ("store", "scores", "c.toml", "explained.json"))
    trained.copy_of_store(store)
    with closing(sqlite3.connect(store / "mlflow.db")) as database, database:  # its models stay out of the shared store
        database.execute("UPDATE experiments SET artifact_location = ?", [(store / "artifacts").as_uri()])
    config.write_text(QUICKEST)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        lines = folder / "said.txt"

        def run(*words: object) -> None:
            assert main([str(word) for word in (*words, "--store", store)]) == 0, words

        with pytest.MonkeyPatch.context() as said, lines.open("w") as file:
            said.setattr("sys.stdout", file)
            run("train", *trained.data, "--entity", OPPORTUNITY, "--config", config)
            run("promote", "--entity", OPPORTUNITY, "--force")
            run("score", *trained.data, "--out", out)
            first = pd.read_parquet(out / "latest" / "opportunity_scores.parquet")[f"{OPPORTUNITY}_id"].iloc[0]
            run("explain", first, *trained.data, "--json", figures)
        with Store.open(store, writing=False) as opened:
            scorecard, _ = registry.load_scorecard(opened, OPPORTUNITY)
    return Scored(out, lines.read_text(), scorecard, json.loads(figures.read_text()))


def test_the_open_deals_are_scored_and_their_parts_add_up(scored: Scored, trained: TrainedStore) -> None:
    deals = scored.deals
    exported = pd.read_csv(trained.crm / "opportunities.csv", dtype=str)
    # "negative" is set aside, for its amount.
    assert set(deals["opportunity_id"]) == set(exported[exported["status"] == "open"]["opportunity_id"]) - {"negative"}
    parts = scored.scorecard.base + deals["fit_log_odds"] + deals["intent_log_odds"]
    assert np.abs(deals["log_odds"] - parts).max() < 1e-6
    assert np.allclose(deals["expected_revenue"], deals["win_probability"] * deals["expected_amount"])
    assert deals["rank"].tolist() == list(range(1, len(deals) + 1))
    assert (deals["as_of"] <= deals["close_early"]).all()
    assert (deals["close_early"] <= deals["expected_close"]).all()
    assert (deals["expected_close"] <= deals["close_late"]).all()
    assert deals["slip_probability"].dropna().between(0, 1).all()


def test_accounts_and_leads_are_scored_as_before(scored: Scored, trained: TrainedStore) -> None:
    for entity in ("account", "lead"):
        beside = pd.read_parquet(scored.out / "latest" / f"{entity}_scores.parquet").drop(columns="scored_at")
        pd.testing.assert_frame_equal(beside, trained.scores(entity).drop(columns="scored_at"))
    assert not list((scored.out / "latest" / "salesforce").glob("opportunity*"))


def test_a_night_says_whether_deals_and_accounts_agree(scored: Scored) -> None:
    assert "opportunities scored as of 2025-12-29" in scored.said
    assert "accounts with an open deal: " in scored.said


def test_a_deal_is_explained_as_it_was_scored(scored: Scored) -> None:
    first, explained = scored.deals.iloc[0], scored.explained
    assert explained["opportunity"] == first["opportunity_id"]
    for name in ("win_probability", "expected_amount", "log_odds"):
        assert explained[name] == pytest.approx(first[name])
    assert [explained[name] for name in ("close_early", "expected_close", "close_late")] == [
        first[name].isoformat() for name in ("close_early", "expected_close", "close_late")
    ]
    if pd.isna(first["slip_probability"]):
        assert explained["slip_probability"] is None
    else:
        assert explained["slip_probability"] == pytest.approx(first["slip_probability"])
