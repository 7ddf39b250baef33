"""What the gate promises, by the command line on a market of 1,500 accounts, half a year ahead."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.store import registry
from pipelines.store.store import TRACKING, Store
from pipelines.store.upkeep.location import move_here
from scoring.simulator import Market
from tests.pipelines.conftest import Ended, Run
from tests.pipelines.small_crm import AS_OF, Frames, simulated, write

pytestmark = pytest.mark.slow

#: Four weeks before `AS_OF`.
BEFORE = "2025-12-01"
CONFIG = """
[training]
horizon_days = 182
max_snapshots = 12
max_rows = 20_000
pair_budget = 0
resamples = 0
[backtest]
workers = 1
replicates = 100
[gate]
cut_offs = 1
"""


@dataclass(frozen=True)
class Company:
    """A folder with exports of one market, and the store of those who train on them."""

    exports: Path
    store: Path
    run: Run

    def does(self, command: str, *words: object) -> Ended:
        """Run a command on accounts."""
        named = ("--store", self.store, "--entity", "account")
        config = () if command == "rollback" else ("--config", self.exports / "c.toml")
        return self.run(command, *named, *config, *words)

    def trains(self, name: str, change: Callable[[Frames], Frames]) -> None:
        """Train on a changed export of `AS_OF`."""
        crm = write(change(market().export(AS_OF)), self.exports / name)
        ended = self.does("train", "--data", crm, "--as-of", AS_OF)
        assert (ended.code, ended.err) == (0, ""), ended

    @property
    def versions(self) -> tuple[int | None, int | None]:
        """The champion and the challenger."""
        with Store.open(self.store, writing=False) as store:
            return registry.champion(store, "account"), registry.challenger(store, "account")

    def tags(self, version: int) -> dict[str, str]:
        from mlflow import MlflowClient

        with Store.open(self.store, writing=False):
            return dict(MlflowClient().get_model_version("closedwon-account", str(version)).tags)


@cache
def market() -> Market:
    return simulated(1_500)


def with_little(frames: Frames) -> Frames:
    """What one exports first: accounts without what is known of them, and deals that are over."""
    deals = frames["opportunities"].query("status != 'open'")
    accounts = frames["accounts"][["account_id", "domain", "created_at", "industry"]]
    return {"accounts": accounts, "opportunities": deals.assign(created_at=deals["closed_at"], lead_id=None)}


def without_the_last_months(frames: Frames) -> Frames:
    """The tracking broke: of the last ninety days no activity has come."""
    activities = frames["activities"]
    return frames | {"activities": activities[activities["known_at"] < pd.Timestamp(AS_OF) - pd.Timedelta("90D")]}


def with_deals_of_anybody(frames: Frames) -> Frames:
    """Who bought is drawn by lot, and a deal is known from its end on: nothing tells who will."""
    deals = frames["opportunities"].query("status != 'open' and opportunity_type == 'new_business'").copy()
    rng, accounts = np.random.default_rng(4), frames["accounts"]["account_id"].to_numpy()
    deals["account_id"], deals["lead_id"] = rng.choice(accounts, len(deals)), None
    deals["created_at"] = deals["known_at"] = deals["closed_at"]
    gone = ("contact_roles", "opportunity_history")
    return {name: table for name, table in frames.items() if name not in gone} | {"opportunities": deals}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose champion was trained on little, and a challenger on all there was; and an export of today."""
    folder, whole = tmp_path_factory.mktemp("gate"), market().export(BEFORE)
    write(with_little(whole), folder / "little")
    write(whole, folder / "before")
    write(market().export(AS_OF), folder / "now")
    (folder / "c.toml").write_text(CONFIG)
    options = ("--config", folder / "c.toml", "--store", folder / "store", "--entity", "account", "--quiet")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        for words in (
            ("train", "--data", folder / "little", "--as-of", BEFORE),
            ("promote", "--force"),
            ("train", "--data", folder / "before", "--as-of", BEFORE),
        ):
            assert main([str(word) for word in (*words, *options)]) == 0
    return folder


@pytest.fixture
def company(prepared: Path, closedwon: Run, tmp_path: Path) -> Company:
    """It, with a copy of the store that has the cut-offs finished in another."""
    shutil.copytree(prepared / "store", store := tmp_path / "store")
    move_here(store)
    (kept := prepared / "backtests").mkdir(exist_ok=True)
    (store / "backtests").symlink_to(kept)
    return Company(prepared, store, closedwon)


@pytest.fixture
def steady(company: Company) -> Company:
    """It, a month later: that challenger has become the champion, version 2."""
    assert company.does("promote", "--force").code == 0
    return company


def refused(ended: Ended) -> str:
    assert ended.code == 4, ended
    (line,) = ended.err.splitlines()
    assert line.endswith("--force overrides the gate and records it")
    return line


def test_a_better_challenger_takes_over(company: Company) -> None:
    """The champion never saw an activity nor an open deal."""
    ended = company.does("promote")
    assert (ended.code, ended.err) == (0, "")
    assert company.versions == (2, None)
    _, reasons = ended.out.split("account version 2 promoted\n")
    assert "more than every simple baseline" in reasons
    assert "is no worse beyond noise" in reasons
    tags = company.tags(2)
    assert (tags["verdict.promoted"], tags["verdict.forced"], tags["previous_champion"]) == ("True", "False", "1")
    assert tags["verdict.judged_as_of"] == BEFORE
    assert float(tags["verdict.challenger_minus_champion_low"]) > 0
    assert json.loads(tags["verdict"])["reasons"] == tags["verdict.reasons"]
    assert company.does("rollback").code == 0
    assert company.versions == (1, None)


def test_a_retraining_on_a_whole_month_takes_over(steady: Company) -> None:
    steady.trains("now", lambda frames: frames)
    ended = steady.does("promote")
    assert (ended.code, ended.err) == (0, "")
    assert steady.versions == (3, None)
    assert float(steady.tags(3)["verdict.own_day_shift_of_challenger"]) == pytest.approx(1.0)


def test_a_challenger_of_months_without_activities_is_refused(steady: Company) -> None:
    """On the export it was trained on, which has the same hole; and on one without."""
    steady.trains("lost", without_the_last_months)
    assert "in its last 30 days it saw only 0 engagements where " in refused(steady.does("promote"))
    line = refused(steady.does("promote", "--data", steady.exports / "now"))
    assert "the challenger expects " in line
    assert "it was trained on other facts than this export shows of that day" in line
    assert steady.versions == (2, 3)
    tags = steady.tags(3)
    assert (tags["verdict.promoted"], tags["verdict.forced"]) == ("False", "False")
    assert float(tags["verdict.own_day_shift_of_challenger"]) > 1.25
    assert tags["verdict.reasons"] in line


def test_a_challenger_of_an_export_that_lacks_most_is_refused(steady: Company) -> None:
    """On a whole export, for it captures less than the champion; on its own, for that is not the market that was."""
    steady.trains("lacking", with_little)
    line = refused(steady.does("promote", "--data", steady.exports / "now"))
    assert "on the same rows the challenger captures " in line
    assert "is worse beyond noise" in line
    assert float(steady.tags(3)["verdict.challenger_minus_champion_high"]) < 0
    assert "the champion expects " in refused(steady.does("promote"))
    assert steady.versions == (2, 3)


def test_a_model_of_wins_drawn_by_lot_is_refused_even_as_the_first(
    prepared: Path, closedwon: Run, tmp_path: Path
) -> None:
    company = Company(prepared, tmp_path / "store", closedwon)
    company.trains("lots", with_deals_of_anybody)
    line = refused(company.does("promote"))
    assert "it does not tell who will win: its AUC after the cut-offs is 0." in line
    assert company.versions == (None, 1)


@pytest.mark.real_data
@pytest.mark.skipif("CLOSEDWON_REAL_DATA" not in os.environ, reason="CLOSEDWON_REAL_DATA is not set")
def test_maven_without_the_deals_age_shows_no_skill(closedwon: Run, tmp_path: Path) -> None:
    """Its attributes tell nothing; how long a deal is open does, and so does that it was lost. Wins alone are left."""
    source = Path(os.environ["CLOSEDWON_REAL_DATA"], "maven")
    deals = pd.read_parquet(source / "opportunities.parquet").query("status == 'won'")
    leads = pd.read_parquet(source / "leads.parquet").drop(columns="created_at")  # the day that the deal began
    (crm := tmp_path / "crm").mkdir()
    deals.assign(created_at=deals["closed_at"]).to_parquet(crm / "opportunities.parquet", index=False)
    leads.to_parquet(crm / "leads.parquet", index=False)
    (tmp_path / "c.toml").write_text(CONFIG.replace("horizon_days = 182", "horizon_days = 90"))
    words = ("--store", tmp_path / "store", "--config", tmp_path / "c.toml")
    assert closedwon("train", "--data", crm, "--as-of", "2017-12-01", "--entity", "lead", *words).code == 0
    line = refused(closedwon("promote", *words))
    assert "it does not tell who will win: its AUC after the cut-offs is 0." in line
