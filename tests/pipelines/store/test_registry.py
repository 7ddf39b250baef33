"""Trainings logged in a real MLflow store, and the aliases that say which version scores."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.errors import Refused, UsageError
from pipelines.store import registry
from pipelines.store.store import TRACKING, Store
from pipelines.store.tracking import Registered, log_training, served_input
from scoring.evidence.promotion.decision import Decision, Verdict
from tests.scoring.example_scorecard import EXAMPLE, scorecard_of

SCORECARD = scorecard_of({})
ROWS = pd.DataFrame(
    {
        "days_since_demo": [3.0, None, 30.0],
        "industry": ["Software", None, "Farming"],
        "public": [True, None, False],
        "employees": [200, 10, 50],
    }
)
YES = Decision(Verdict(True, ("it is new",), {"gain": 0.12}))
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING, raising=False)
        with Store.open(tmp_path_factory.mktemp("registry") / "a store") as opened:
            yield opened


@pytest.fixture
def fresh(store: Store) -> Store:
    """The shared store without any model in it."""
    from mlflow import MlflowClient

    for model in MlflowClient().search_registered_models():
        MlflowClient().delete_registered_model(model.name)
    return store


def train(store: Store, entity: str = "account", **changes: Any) -> Registered:
    return log_training(
        store,
        entity,
        replace(SCORECARD, **changes),
        params={"horizon_days": 180},
        metrics={"backtest/log_loss": 0.09},
        datasets={"opportunities": DIGEST},
        artifacts={"report.html": "<p>won</p>", "charts/lift.svg": b"<svg/>"},
        tags={"seed": "7"},
    )


def test_a_training_is_one_run_with_all_that_was_read_and_measured(fresh: Store) -> None:
    from mlflow import MlflowClient, artifacts

    run = MlflowClient().get_run((registered := train(fresh)).run_id)
    assert (run.info.run_name, run.info.status) == ("account 2025-03-01", "FINISHED")
    assert MlflowClient().get_experiment(run.info.experiment_id).name == "closedwon"
    assert run.data.params == {"horizon_days": "180"}
    assert run.data.metrics == {"backtest/log_loss": 0.09}
    tags = {"entity": "account", "as_of": "2025-03-01", "rung": "additive", "seed": "7"}
    assert tags.items() <= run.data.tags.items()
    (data,) = run.inputs.dataset_inputs
    assert (data.dataset.name, data.dataset.digest) == ("opportunities", DIGEST[:36])
    assert json.loads(data.dataset.source)["digest"] == DIGEST
    assert artifacts.load_dict(f"runs:/{registered.run_id}/scorecard.json") == EXAMPLE
    assert artifacts.load_text(f"runs:/{registered.run_id}/charts/lift.svg") == "<svg/>"
    version = MlflowClient().get_model_version("closedwon-account", str(registered.version))
    assert (version.run_id, version.tags) == (registered.run_id, tags)
    assert registered.uri == f"models:/closedwon-account/{registered.version}"
    assert registry.challenger(fresh, "account") == registered.version


def test_a_model_is_data_and_two_files_of_code(fresh: Store) -> None:
    from mlflow.artifacts import download_artifacts

    files = [path for path in Path(download_artifacts(train(fresh).uri)).rglob("*") if path.is_file()]
    code = {path.name for path in files if path.suffix == ".py"}
    assert code == {"served_model.py", "__init__.py", "lookup.py"}
    assert {path.suffix for path in files} - {".py"} == {"", ".json", ".yaml", ".txt"}  # no pickle among them
    (requirements,) = [path.read_text().split() for path in files if path.name == "requirements.txt"]
    assert requirements == ["mlflow<4,>=3.17", "numpy<3,>=2", "pandas<4,>=3"]
    (described,) = [path.read_text() for path in files if path.name == "MLmodel"]
    assert "loader_module: mlflow.pyfunc.loaders.code_model" in described


def test_the_served_model_scores_as_the_lookup_does(fresh: Store) -> None:
    import mlflow

    train(fresh)
    registry.make_champion(fresh, "account", YES)
    served = mlflow.pyfunc.load_model("models:/closedwon-account@champion")
    given = served_input(SCORECARD, ROWS).set_axis(["x", "y", "z"])
    expected = pd.DataFrame(SCORECARD.lookup.score(ROWS), index=["x", "y", "z"])
    pd.testing.assert_frame_equal(served.predict(given), expected, check_exact=True)
    assert given["public"].fillna("missing").tolist() == ["true", "missing", "false"]
    assert given["employees"].dtype == "float64"


@pytest.mark.filterwarnings("ignore:.*An input example was not provided:UserWarning")
def test_a_scorecard_without_terms_can_be_served(fresh: Store) -> None:
    import mlflow

    train(fresh, "lead", terms=(), amount=replace(SCORECARD.amount, base=0.0, terms=()))
    served = mlflow.pyfunc.load_model("models:/closedwon-lead@challenger")
    assert served.predict(ROWS)["log_odds"].tolist() == [-4.0, -4.0, -4.0]


STRANGER = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pipelines", "models", "lightgbm", "ibis", "duckdb", "pandera"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import mlflow, pandas
served = mlflow.pyfunc.load_model(sys.argv[1])
given = pandas.read_json(sys.stdin).astype({"days_since_demo": float, "employees": float})
import scoring
assert "artifacts" in scoring.__file__, scoring.__file__
print(served.predict(given).to_json())
"""


@pytest.mark.slow
def test_the_model_runs_in_a_strangers_process(fresh: Store, tmp_path: Path) -> None:
    uri = train(fresh).uri
    ran = subprocess.run(
        [sys.executable, "-I", "-c", STRANGER, uri],
        input=served_input(SCORECARD, ROWS).to_json(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["log_odds"] == {"0": 0.75, "1": -4.5, "2": -3.875}


def test_champions_follow_one_another_and_come_back(fresh: Store) -> None:
    from mlflow import MlflowClient

    def named() -> tuple[int | None, int | None]:
        return registry.champion(fresh, "account"), registry.challenger(fresh, "account")

    assert named() == (None, None)
    train(fresh)
    assert named() == (None, 1)
    assert registry.make_champion(fresh, "account", YES) == 1
    assert named() == (1, None)
    train(fresh, base=-3.0)
    train(fresh, base=-2.0)
    assert named() == (1, 3)  # the newer challenger takes the place of the older
    assert registry.make_champion(fresh, "account", replace(YES, forced=True)) == 3
    assert named() == (3, None)
    tags = MlflowClient().get_model_version("closedwon-account", "3").tags
    assert (tags["previous_champion"], tags["verdict.forced"], tags["verdict.gain"]) == ("1", "True", "0.12")
    decision = Decision.from_json(json.loads(tags["verdict"]))
    assert registry.decision(fresh, "account", 3) == decision == replace(YES, forced=True)
    assert registry.restore_champion(fresh, "account") == 1
    assert named() == (1, None)
    with pytest.raises(Refused, match="version 1 is the first champion for the entity account"):
        registry.restore_champion(fresh, "account")
    assert registry.champion(fresh, "lead") is None


def test_a_scorecard_is_read_by_alias_or_number(fresh: Store) -> None:
    train(fresh)
    registry.make_champion(fresh, "account", YES)
    train(fresh, base=-3.0)
    assert registry.load_scorecard(fresh, "account") == (SCORECARD, 1)
    assert registry.load_scorecard(fresh, "account", "challenger") == (replace(SCORECARD, base=-3.0), 2)
    assert registry.load_scorecard(fresh, "account", 1) == (SCORECARD, 1)


def test_what_is_not_there_says_what_to_run(fresh: Store) -> None:
    table: list[tuple[Callable[[], object], str]] = [
        (
            lambda: registry.load_scorecard(fresh, "lead"),
            "no champion .* run `closedwon train` and then `closedwon pro",
        ),
        (
            lambda: registry.load_scorecard(fresh, "lead", "challenger"),
            "no challenger .* run `closedwon train`$",
        ),
        (lambda: registry.load_scorecard(fresh, "lead", 4), "no version 4 of closedwon-lead"),
        (lambda: registry.make_champion(fresh, "lead", YES), "no challenger .* run `closedwon train`$"),
        (lambda: registry.restore_champion(fresh, "lead"), "no champion for the entity lead"),
        (lambda: registry.champion(fresh, "contact"), "'account', 'lead' or 'opportunity', asked for 'contact'"),
    ]
    for call, says in table:
        with pytest.raises(UsageError, match=says):
            call()


def test_a_champion_that_was_deleted_cannot_come_back(fresh: Store) -> None:
    from mlflow import MlflowClient

    for _ in range(2):
        train(fresh)
        registry.make_champion(fresh, "account", YES)
    MlflowClient().delete_model_version("closedwon-account", "1")
    with pytest.raises(Refused, match=r"version 2 stays the champion.* no version 1"):
        registry.restore_champion(fresh, "account")
    assert registry.champion(fresh, "account") == 2


class Killed(BaseException):
    """What no handler on the way may stop."""


@contextmanager
def killed_after(calls: int) -> Iterator[None]:
    """Let so many calls that write to the registry go through, and end the process at the next."""
    from mlflow import MlflowClient

    done = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            if done == calls:
                raise Killed
            done += 1
            return call(*args, **kwargs)

        return wrapper

    with pytest.MonkeyPatch.context() as patch:
        for name in ("set_model_version_tag", "set_registered_model_alias", "delete_registered_model_alias"):
            patch.setattr(MlflowClient, name, counted(getattr(MlflowClient, name)))
        with pytest.raises(Killed):
            yield


def test_a_kill_between_any_two_steps_leaves_one_champion(fresh: Store) -> None:
    """Eight writes promote (five tags of the decision, the previous champion, two aliases), two return."""
    train(fresh)
    registry.make_champion(fresh, "account", YES)
    champions = []
    for calls in range(8):
        newest = train(fresh).version
        with killed_after(calls):
            registry.make_champion(fresh, "account", YES)
        champions.append(registry.champion(fresh, "account"))
        assert registry.load_scorecard(fresh, "account")[1] == champions[-1]
    assert champions == [*[1] * 7, newest]
    assert registry.make_champion(fresh, "account", YES) == newest  # ends what was begun
    assert (registry.champion(fresh, "account"), registry.challenger(fresh, "account")) == (newest, None)
    with killed_after(1):
        registry.restore_champion(fresh, "account")
    assert registry.champion(fresh, "account") == 1


def test_a_training_that_fails_registers_nothing(fresh: Store) -> None:
    from mlflow import MlflowClient

    train(fresh)
    for wrong, message in ({"encodings": {}}, "without an encoding"), ({"base": float("nan")}, "not JSON compliant"):
        with pytest.raises(ValueError, match=message):
            train(fresh, **wrong)
    with killed_after(0):
        train(fresh)
    assert registry.challenger(fresh, "account") == 1
    (experiment,) = MlflowClient().search_experiments(filter_string="name = 'closedwon'")
    runs = MlflowClient().search_runs([experiment.experiment_id], max_results=3)
    assert [run.info.status for run in runs] == ["FINISHED", "FAILED", "FINISHED"]  # the newest first


def test_the_run_of_a_project_is_left_alone(fresh: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mlflow run` names its own run in the environment; both trainings of one command are below it."""
    from mlflow import MlflowClient

    train(fresh)
    client = MlflowClient()
    outer = client.create_run("0")
    client.log_param(outer.info.run_id, "horizon_days", "180.0")
    monkeypatch.setenv("MLFLOW_RUN_ID", outer.info.run_id)
    server = Store(path=fresh.path, tracking_uri=fresh.tracking_uri, own=False)
    for entity in ("account", "lead"):
        run = client.get_run(train(server, entity).run_id)
        assert run.data.tags["mlflow.parentRunId"] == outer.info.run_id
        assert run.data.params == {"horizon_days": "180"}
    assert client.get_run(outer.info.run_id).data.params == {"horizon_days": "180.0"}
    assert os.environ["MLFLOW_RUN_ID"] == outer.info.run_id
