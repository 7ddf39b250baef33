"""Promotion by the command line: on what it decides, what it records, and that a kill breaks nothing."""

import json
import shutil
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.store import registry
from pipelines.store.store import TRACKING, Store
from pipelines.store.tracking import log_training
from pipelines.store.upkeep.location import move_here
from scoring.evidence.promotion.decision import Verdict
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import Ended, Run
from tests.pipelines.small_crm import AS_OF, people, write
from tests.pipelines.store.test_registry import killed_after

#: So long a horizon leaves no cut-off before `AS_OF`.
CONFIG = "[training]\nhorizon_days = 600\nmax_snapshots = 6\nmax_rows = 6_000\npair_budget = 0\nresamples = 0\n"
TOO_SHORT = "no cut-off can be backtested yet: the first deal closed on "


@dataclass(frozen=True)
class Company:
    """A folder with an export of leads, and a store in which a first challenger waits."""

    folder: Path

    @property
    def crm(self) -> Path:
        return self.folder / "crm"

    @property
    def store(self) -> tuple[str, Path]:
        return "--store", self.folder / "store"

    @property
    def versions(self) -> tuple[int | None, int | None]:
        """The champion and the challenger."""
        with Store.open(self.folder / "store", writing=False) as store:
            return registry.champion(store, "lead"), registry.challenger(store, "lead")

    def tags(self, version: int) -> dict[str, str]:
        from mlflow import MlflowClient

        with Store.open(self.folder / "store", writing=False):
            return dict(MlflowClient().get_model_version("closedwon-lead", str(version)).tags)

    def scorecard(self) -> Scorecard:
        with Store.open(self.folder / "store", writing=False) as store:
            return registry.load_scorecard(store, "lead", 1)[0]

    def challenges(self, entity: str = "lead", data: Path | None = None, **changes: Any) -> None:
        """Register the first challenger's scorecard once more, with changes, as a training does."""
        scorecard = replace(self.scorecard(), **changes)
        with Store.open(self.folder / "store") as store:
            log_training(store, entity, scorecard, {"data": data or self.crm}, {}, {}, {}, {})


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("promote")
    write(people(300, 120), folder / "crm")
    (folder / "c.toml").write_text(CONFIG)
    words = ["--data", folder / "crm", "--as-of", AS_OF, "--config", folder / "c.toml", "--store", folder / "store"]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        assert main(["train", "--quiet", *map(str, words)]) == 0
    return folder


@pytest.fixture
def company(first: Path, tmp_path: Path) -> Company:
    """A copy of it, to do with as one likes."""
    shutil.copytree(first / "store", tmp_path / "store")
    move_here(tmp_path / "store")
    shutil.copytree(first / "crm", tmp_path / "crm")
    return Company(tmp_path)


def refused(ended: Ended, code: int = 4) -> str:
    assert ended.code == code, ended
    (line,) = ended.err.splitlines()
    return line


# A history that is too short


def test_the_first_champion_is_taken_on_what_its_training_held_out_and_a_second_waits(
    company: Company, closedwon: Run
) -> None:
    data = ("--data", company.crm)
    ended = closedwon("promote", *company.store, *data)
    assert (ended.code, ended.err) == (0, "")
    _, reasons = ended.out.split("lead version 1 promoted\n")
    assert reasons.startswith(f"  {TOO_SHORT}")
    assert " rows held out, " in reasons
    tags = company.tags(1)
    assert (tags["verdict.promoted"], tags["verdict.forced"], tags["verdict.judged_as_of"]) == ("True", "False", AS_OF)
    assert float(tags["verdict.held_out_skill"]) > 0
    assert "previous_champion" not in tags

    company.challenges(base=-3.0)
    line = refused(closedwon("promote", *company.store, *data))
    closed = pd.read_csv(company.crm / "opportunities.csv", parse_dates=["closed_at"])["closed_at"].min()
    assert line == (
        "closedwon promote: not promoted: lead version 2: it cannot be compared with the champion, version 1: "
        f"{TOO_SHORT}{closed:%Y-%m-%d}, and the outcome of a forecast for 600 days is known only after them; the first "
        f"cut-off will be possible as of {closed + pd.Timedelta(days=200 + 600):%Y-%m-%d}. --force overrides the "
        "gate and records it"
    )
    assert company.versions == (1, 2)
    assert (company.tags(2)["verdict.promoted"], company.tags(2)["verdict.forced"]) == ("False", "False")


def test_the_first_is_refused_too_if_its_training_shows_no_skill(company: Company, closedwon: Run) -> None:
    held = company.scorecard().held_out
    assert held is not None
    losses = dict.fromkeys(held.log_loss, held.log_loss_constant * 1.1)
    company.challenges(held_out=replace(held, log_loss=losses))
    line = refused(closedwon("promote", *company.store, "--data", company.crm))
    assert f"lead version 2: {TOO_SHORT}" in line
    assert "(skill -10.0%)" in line
    assert company.versions == (None, 2)


# By force


def test_force_overrides_the_gate_and_both_are_recorded(
    company: Company, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    assert closedwon("promote", *company.store, "--force").code == 0
    company.challenges(base=-3.0)
    refusal = refused(closedwon("promote", *company.store))
    ended = closedwon("promote", *company.store, "--force")
    assert (ended.code, ended.err) == (0, "")
    reasons = company.tags(2)["verdict.reasons"]
    assert reasons in refusal
    assert f"lead version 2 promoted by force, against the gate, which said: {reasons}\n" in ended.out
    recorded = {key: company.tags(2)[f"verdict.{key}"] for key in ("promoted", "forced", "forced_by", "judged_as_of")}
    assert recorded == {"promoted": "False", "forced": "True", "forced_by": "ada", "judged_as_of": AS_OF}
    verdict = json.loads(company.tags(2)["verdict"])
    assert (verdict["promoted"], verdict["forced_by"], verdict["reasons"]) == (False, "ada", reasons)
    assert company.versions == (2, None)
    assert closedwon("rollback", *company.store).code == 0
    assert company.versions == (1, None)


def test_force_asks_nobody_and_needs_no_export(
    company: Company, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")  # in a container

    monkeypatch.setattr("getpass.getuser", nameless)
    monkeypatch.setattr("os.getuid", lambda: 1234)
    shutil.rmtree(company.crm)
    ended = closedwon("promote", *company.store, "--force")
    assert (ended.code, ended.err) == (0, "")
    assert "lead version 1 promoted by force, without asking the gate; its training shows: on " in ended.out
    tags = company.tags(1)
    assert (tags["verdict.forced"], tags["verdict.forced_by"], tags["verdict.promoted"]) == (
        "True",
        "user 1234",
        "True",
    )


# On which export


def test_without_an_export_it_says_what_to_give(company: Company, closedwon: Run, tmp_path: Path) -> None:
    company.challenges(data=tmp_path / "gone")
    line = refused(closedwon("promote", *company.store), 2)
    assert line == (
        "closedwon promote: the gate needs an export to decide on lead version 2: "
        f"{tmp_path / 'gone'}, on which it was trained, does not exist; give --data"
    )
    line = refused(closedwon("promote", *company.store, "--data", tmp_path / "nowhere"), 2)
    assert f"--data {tmp_path / 'nowhere'} does not exist" in line


def test_a_scorecard_of_an_earlier_closedwon_is_trained_again(company: Company, closedwon: Run) -> None:
    company.challenges(recipe=None)
    line = refused(closedwon("promote", *company.store), 2)
    assert line == (
        f"closedwon promote: the scorecard of {AS_OF} does not say how it was trained, so the gate cannot decide "
        "on it: run `closedwon train` again"
    )


def test_it_decides_on_the_export_of_the_training_as_of_its_day(
    company: Company, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports: list[tuple[Path, str]] = []

    def decided(export: Any, *words: Any) -> Verdict:
        exports.append((export.data, export.as_of.isoformat()))
        return Verdict(False, ("no",), {})

    monkeypatch.setattr("pipelines.evaluation.promotion._decide", decided)
    other = Path(shutil.copytree(company.crm, company.folder / "other"))
    company.challenges()
    for words in ((), ("--data", other), ("--as-of", "2025-12-01")):
        assert closedwon("promote", *company.store, *words).code == 4
    assert exports == [(company.crm, AS_OF), (other, AS_OF), (company.crm, "2025-12-01")]
    assert company.tags(2)["verdict.judged_as_of"] == "2025-12-01"


def test_one_entity_may_be_promoted_while_another_is_refused(
    company: Company, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decided(export: Any, entity: str, *words: Any) -> Verdict:
        return Verdict(entity == "lead", (f"the {entity}s", "figures"), {"auc": 0.7})

    monkeypatch.setattr("pipelines.evaluation.promotion._decide", decided)
    company.challenges("account")
    assert refused(closedwon("promote", *company.store, "--data", company.crm)) == (
        "closedwon promote: not promoted: account version 1: the accounts; figures. "
        "--force overrides the gate and records it"
    )
    assert company.versions == (1, None)
    assert company.tags(1)["verdict.auc"] == "0.7"
    company.challenges()
    assert closedwon("promote", *company.store, "--entity", "lead").code == 0
    assert company.versions == (2, None)


# Another question


def test_a_challenger_of_another_question_is_judged_alone_and_so_is_the_way_back(
    company: Company, closedwon: Run
) -> None:
    data, first = ("--data", company.crm), company.scorecard()
    assert first.recipe is not None
    assert closedwon("promote", *company.store, *data).code == 0
    asked = ("new_business", "any", "new_business")
    for version, (before, win) in enumerate(pairwise(asked), 2):
        company.challenges(win=win, recipe=replace(first.recipe, question={"win": win}))
        ended = closedwon("promote", *company.store, *data)
        assert (ended.code, ended.err) == (0, "")
        _, reasons = ended.out.split(f"lead version {version} promoted\n")
        assert reasons.startswith(
            f"  not compared with the champion, version {version - 1}, which answers another question: {before}, and "
            f"this one {win}\n  {TOO_SHORT}"
        )
        assert company.versions == (version, None)
        assert "which answers another question" in company.tags(version)["verdict.reasons"]
    assert closedwon("rollback", *company.store).code == 0
    assert company.versions == (2, None)
    # Of the same question again, the champion stays where nothing can be compared.
    company.challenges(win="any", recipe=replace(first.recipe, question={"win": "any"}))
    assert "it cannot be compared with the champion, version 2" in refused(closedwon("promote", *company.store, *data))


# Kills


def test_a_kill_between_any_two_steps_leaves_one_champion_and_the_next_promotion_completes(
    company: Company, closedwon: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine writes: six tags of the verdict, the champion before, its new name, and the last takes the old one away."""
    monkeypatch.setattr(
        "pipelines.evaluation.promotion._decide", lambda *words: Verdict(True, ("better",), {"auc": 0.7})
    )
    monkeypatch.setattr("pipelines.evaluation.promotion.read_export", lambda *words, **named: None)
    words = ("promote", *company.store, "--data", company.crm)
    assert closedwon(*words).code == 0
    names = []
    for step in range(9):
        champion, newest = step + 1, step + 2
        company.challenges(base=-3.0)
        with killed_after(step):
            closedwon(*words)
        names.append(company.versions)
        with Store.open(company.folder / "store", writing=False) as store:
            assert registry.load_scorecard(store, "lead")[1] == company.versions[0]
        assert closedwon(*words).code == 0  # ends what was begun
        assert company.versions == (newest, None)
        assert company.tags(newest)["previous_champion"] == str(champion)
    assert names == [(step + 1, step + 2) for step in range(8)] + [(10, 10)]
