"""What training, promoting, scoring and explaining leave behind, by the command line on a simulated market."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines.store import registry
from pipelines.store.store import Store
from pipelines.store.tracking import log_training
from scoring.contracts.scores import score_columns
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import Ended, Run, TrainedStore, market_export
from tests.pipelines.small_crm import AS_OF, Frames

pytestmark = pytest.mark.slow

FOUND = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


@pytest.fixture(scope="module")
def manifest(trained: TrainedStore) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((trained.out / "manifest.json").read_text())
    return written


def winners(frames: Frames) -> dict[str, set[str]]:
    """Who was a customer at `AS_OF`, worked out by hand: by account, and by lead."""
    deals, leads, roles = frames["opportunities"], frames["leads"].copy(), frames["contact_roles"]
    by_domain = frames["accounts"].set_index("domain")["account_id"]
    leads["account_id"] = leads["account_id"].fillna(leads["email"].str.split("@").str[1].map(by_domain))
    won = deals[deals["status"] == "won"]  # of any type
    account_of = leads.set_index("lead_id")["account_id"]
    customers: dict[str, set[str]] = {"account": set(), "lead": set()}
    for deal in won.to_dict("records"):
        customers["account"].add(deal["account_id"] if pd.notna(deal["account_id"]) else account_of[deal["lead_id"]])
        named = roles.loc[roles["opportunity_id"] == deal["opportunity_id"], "lead_id"]
        if pd.notna(deal["lead_id"]):
            named = [deal["lead_id"]]
        elif named.empty:
            there = pd.to_datetime(leads["created_at"], errors="coerce").dt.normalize() <= deal["known_at"]
            named = leads.loc[(leads["account_id"] == deal["account_id"]) & there, "lead_id"]
        customers["lead"].update(named)
    return customers


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_a_score_file_has_the_columns_of_the_contract_and_one_row_for_each_open_entity(
    trained: TrainedStore, entity: str
) -> None:
    frames, key = market_export(), f"{entity}_id"
    columns = score_columns(entity)
    assert pq.read_schema(trained.out / f"{entity}_scores.parquet").names == list(columns)
    scores = trained.scores(entity)
    known = set(frames[f"{entity}s"][key]) - {"an.address@y.example", "broken-date"}
    assert sorted(scores[key]) == sorted(known - winners(frames)[entity])
    assert len(winners(frames)[entity] & known) > 20
    assert list(scores["rank"]) == list(range(1, len(scores) + 1))
    assert scores["expected_revenue"].is_monotonic_decreasing
    assert set(scores["as_of"].astype(str)) == {AS_OF}
    assert set(scores["model_version"]) == {"1"}


def test_the_manifest_vouches_for_every_file(trained: TrainedStore, manifest: dict[str, Any]) -> None:
    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    night = (trained.out / "latest").resolve()
    there = {path.relative_to(night).as_posix() for path in night.rglob("*") if path.is_file()}
    assert {entry["path"] for entry in manifest["outputs"]} == there - {"manifest.json"}
    assert {entry["path"]: entry["sha256"] for entry in manifest["outputs"]} == {
        path: digest(trained.out / path) for path in there - {"manifest.json"}
    }
    assert {said["file"]: said["sha256"] for said in manifest["inputs"].values()} == {
        path.name: digest(path) for path in trained.crm.iterdir()
    }
    assert {table: said["rows"] for table, said in manifest["inputs"].items()} == {
        table: len(frame) for table, frame in market_export().items()
    }
    assert manifest["as_of"] == AS_OF
    assert {entity: said["version"] for entity, said in manifest["models"].items()} == {"account": "1", "lead": "1"}
    for entity in ("account", "lead"):
        assert manifest["counts"][entity]["scored"] == len(trained.scores(entity))


def test_what_was_set_aside_is_written_with_its_rule(trained: TrainedStore, manifest: dict[str, Any]) -> None:
    rules = {
        path.stem: list(pd.read_csv(path)["rule"])
        for path in (trained.out / "rejects").glob("*.csv")
        if "salesforce" not in path.name
    }
    assert rules == {"leads": ["id_is_an_email_address", "unparsable_created_at"], "opportunities": ["negative_amount"]}
    assert {table: manifest["inputs"][table]["rejected"] for table in rules} == {"leads": 2, "opportunities": 1}


@pytest.mark.parametrize("more", [(), ("--rebuild",)], ids=["brought up to date", "rebuilt"])
def test_a_second_run_writes_the_same_bytes(
    trained: TrainedStore,
    manifest: dict[str, Any],
    closedwon: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
) -> None:
    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromisoformat(manifest["scored_at"])

    monkeypatch.setattr("pipelines.serving.score.datetime", Then)
    again, store = tmp_path / "scores", trained.copy_of_store(tmp_path / "store")
    ended = closedwon("score", *trained.data, "--store", store, "--out", again, *more)
    assert (ended.code, ended.err) == (0, "")
    one, two = (out / "latest" for out in (trained.out, again))
    files = [path.relative_to(one) for path in one.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file()) == sorted(
        [*files, Path("manifest.json")]
    )
    assert [str(name) for name in files if (two / name).read_bytes() != (one / name).read_bytes()] == []
    twice = json.loads((again / "manifest.json").read_text())
    assert {key for key in manifest if manifest[key] != twice[key]} == {"night"}  # it names the folder it went to


def challenge(store: Path, scorecard: Scorecard) -> None:
    """Register a scorecard as challenger, as a training does."""
    with Store.open(store) as opened:
        log_training(opened, scorecard.entity, scorecard, {}, {}, {}, {}, {})


def tags(store: Path, entity: str, version: int) -> dict[str, str]:
    from mlflow import MlflowClient

    with Store.open(store, writing=False):
        found = MlflowClient().get_model_version(registry.model_name(entity), str(version)).tags
        return dict(found)


def worse(scorecard: Scorecard) -> Scorecard:
    """A scorecard that told nothing on what was held out of its training."""
    held = scorecard.held_out
    assert held is not None
    losses = dict.fromkeys(held.log_loss, held.log_loss_constant * 1.1)
    return replace(scorecard, held_out=replace(held, log_loss=losses))


def test_force_promotes_whatever_it_is_and_records_who_and_rollback_returns(
    trained: TrainedStore, closedwon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    store = trained.copy_of_store(tmp_path / "store")
    challenge(store, worse(trained.scorecard("account")))
    ended = closedwon("promote", "--store", store, "--force")
    assert (ended.code, ended.err) == (0, "")
    assert "account version 2 promoted by force, without asking the gate; its training shows: on " in ended.out
    said = tags(store, "account", 2)
    assert (said["verdict.promoted"], said["verdict.forced"]) == ("False", "True")
    assert (said["verdict.forced_by"], json.loads(said["verdict"])["forced_by"]) == ("ada", "ada")
    assert (said["previous_champion"], closedwon("promote", "--store", store).code) == ("1", 2)

    ended = closedwon("rollback", "--store", store, "--entity", "account")
    assert ended == Ended(0, ended.out, "")
    assert "account: version 1 is champion again, in place of version 2" in ended.out
    with Store.open(store, writing=False) as opened:
        assert registry.load_scorecard(opened, "account") == (trained.scorecard("account"), 1)
    ended = closedwon("rollback", "--store", store, "--entity", "account")
    assert ended.code == 4
    assert "version 1 is the first champion" in ended.err


def test_no_address_leaves_the_door(trained: TrainedStore) -> None:
    """Of the store, the scores and the rejects, no file holds an address of a person."""
    addresses = [email for email in market_export()["leads"]["email"] if isinstance(email, str)]
    assert len(addresses) > 2_000
    for path in [path for folder in (trained.store, trained.out) for path in folder.rglob("*") if path.is_file()]:
        content = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".parquet":
            content += pq.read_table(path).to_pandas().to_csv()
        assert [address for address in FOUND.findall(content) if address.endswith(".example")] == [], path
        assert "broken.date" not in content, path
        assert "an.address" not in content, path


def test_check_counts_the_wins_that_train_learned_from(closedwon: Run, trained: TrainedStore, tmp_path: Path) -> None:
    options = (*trained.data, "--config", trained.folder / "closedwon.toml", "--out", tmp_path / "rejects")
    ended = closedwon("check", *options)
    found = re.findall(r"([0-9,]+) wins to learn from: (account|lead)s", ended.out)
    learned = [(f"{trained.scorecard(entity).wins:,}", entity) for entity in ("account", "lead")]
    assert found[:2] == learned
