"""`mlflow run` of this checkout, and the command line beside it, on one tracking database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import ROOT
from pipelines.store.store import TRACKING
from tests.pipelines.conftest import Ended, Run
from tests.pipelines.small_crm import AS_OF, people, write


@pytest.mark.slow
def test_what_mlflow_run_trains_the_command_line_promotes_and_scores(closedwon: Run, tmp_path: Path) -> None:
    crm, store, tracking = write(people(300, 80), tmp_path / "crm"), tmp_path / "store", f"sqlite:///{tmp_path}/own.db"
    given = {"data": crm, "store": store, "as-of": AS_OF, "horizon-days": 90}
    words = [word for name, value in given.items() for word in ("-P", f"{name}={value}")]
    path, checkout = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", set(ROOT.iterdir())
    ended = subprocess.run(
        [sys.executable, "-m", "mlflow", "run", ROOT, "-e", "train", *words, "--env-manager=local"],
        env=os.environ | {TRACKING: tracking, "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert "version 1 registered as challenger" in ended.stdout
    # The files are the store's, wherever MLflow ran; nothing is left in the checkout.
    assert len(list(store.rglob("models/*/artifacts/artifacts/scorecard.json"))) == 1
    assert {path.name for path in set(ROOT.iterdir()) - checkout} <= {"__pycache__", ".pytest_cache"}

    promoted = closedwon("promote", "--store", store, "--force", tracking=tracking)
    assert (promoted.code, "lead version 1 promoted" in promoted.out) == (0, True)
    words = ["--data", crm, "--as-of", AS_OF, "--store", store, "--out", tmp_path / "scores", "--quiet"]
    assert closedwon("score", *words, tracking=tracking) == Ended(0, "", "")
    assert closedwon("score", *words).code == 2  # the store's own database knows of nothing
