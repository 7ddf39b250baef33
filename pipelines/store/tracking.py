"""The runs in MLflow: of trainings with their models, of backtests, searches, monitoring and reports."""

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.redaction import without_secrets
from pipelines.store.registry import CHALLENGER, model_name
from pipelines.store.store import Store
from pipelines.store.trial import Trial
from scoring.scorecard import lookup
from scoring.scorecard.example import example_rows
from scoring.scorecard.parts import Numeric
from scoring.scorecard.scorecard import Scorecard

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities import DatasetInput
    from mlflow.models import ModelSignature

    from scoring.evidence.backtest_evidence import BacktestEvidence
    from scoring.evidence.monitoring.monitor_findings import MonitorFindings

EXPERIMENT = "closedwon"
#: The table of what was stated of totals, beside what came.
TOTALS = "totals.json"
#: The packages that a served model needs, in the major versions it was written for.
REQUIREMENTS = ["mlflow>=3.17,<4", "numpy>=2,<3", "pandas>=3,<4"]


@dataclass(frozen=True)
class Registered:
    """A version in the registry, the run it came from, and its address in MLflow."""

    version: int
    run_id: str
    uri: str


def log_training(
    store: Store,
    entity: str,
    scorecard: Scorecard,
    params: Mapping[str, Any],
    metrics: Mapping[str, float],
    datasets: Mapping[str, str],
    artifacts: Mapping[str, str | bytes],
    tags: Mapping[str, str],
) -> Registered:
    """Log one training as one run, register its scorecard as a new version and make that the challenger.

    Parameters
    ----------
    store : Store
        Open for writing.
    entity : {"account", "lead"}
    scorecard : Scorecard
        The scorecard, logged as `scorecard.json` with the run and inside the model.
    params : mapping
        Parameters of the run, by name.
    metrics : mapping of float
        By name; a slash in the name groups them (``backtest/log_loss``).
    datasets : mapping of str
        The digest of each table that was read, by table.
    artifacts : mapping of str or bytes
        Other files of the run, by their path in it.
    tags : mapping of str
        For the run and for the version.

    Notes
    -----
    The version appears when all of it is written, and its alias last. A training that is killed changes neither the
    champion nor the challenger.
    """
    import mlflow

    name, reader, client = model_name(entity), scorecard.lookup, mlflow.MlflowClient()
    tags = {"entity": entity, "as_of": str(scorecard.as_of), "rung": scorecard.rung, **_plain(tags)}
    with started_run(store, f"{entity} {scorecard.as_of}", tags) as run_id, tempfile.TemporaryDirectory() as scratch:
        files, package = Path(scratch, "files"), Path(scratch, "scoring")
        _write(files, {**artifacts, "scorecard.json": json.dumps(scorecard.to_json(), allow_nan=False)})
        # The part of `scoring` that a served model needs, at the path from which served_model.py imports it.
        code = Path(lookup.__file__).read_bytes()
        _write(package, {"__init__.py": "", "scorecard/__init__.py": "", "scorecard/lookup.py": code})
        mlflow.log_params(_plain(params))
        mlflow.log_metrics(dict(metrics))
        client.log_inputs(run_id, [_dataset(table, digest) for table, digest in datasets.items()])
        mlflow.log_artifacts(str(files))
        with _no_bytecode():
            model = mlflow.pyfunc.log_model(
                name=name,
                python_model=str(Path(__file__).with_name("served_model.py")),
                artifacts={"scorecard": str(files / "scorecard.json")},
                code_paths=[str(package)],
                signature=_signature(scorecard),
                input_example=served_input(scorecard, example_rows(scorecard)) if reader.features else None,
                pip_requirements=REQUIREMENTS,
            )
    with redirect_stderr(io.StringIO()):  # where MLflow announces each version, at any level of logging
        version = int(mlflow.register_model(model.model_uri, name, tags=tags).version)
    client.set_registered_model_alias(name, CHALLENGER, str(version))
    return Registered(version, run_id, f"models:/{name}/{version}")


def log_backtest(store: Store, evidence: "BacktestEvidence") -> str:
    """Log a backtest as a run: the measures of each ranking as metrics, the evidence as a file. Returns the run's id.

    Parameters
    ----------
    store : Store
        Open for writing.
    evidence : BacktestEvidence
    """
    import mlflow

    measures = {
        f"{name}/{key}": measure.value
        for name, ranking in evidence.comparison.rankings.items()
        for key, measure in ranking.measures.items()
        if measure.value is not None
    }
    if evidence.totals is not None:
        measures |= evidence.totals.figures()
    tags = {"entity": evidence.entity, "as_of": evidence.as_of, "job": "backtest"}
    with started_run(store, f"backtest {evidence.entity} {evidence.as_of}", tags) as run_id:
        asked = {"question_win": evidence.win or "new_business"}
        mlflow.log_params({"cut_offs": len(evidence.cut_offs), "horizon_days": evidence.horizon_days, **asked})
        mlflow.log_metrics(measures)
        mlflow.log_dict(evidence.to_json(), "evidence.json")
        if evidence.totals is not None:
            mlflow.log_table(evidence.totals.table(), TOTALS)
    return run_id


def log_monitor(store: Store, found: "MonitorFindings") -> str:
    """Log the findings of `monitor` as a run: its figures as metrics, all as a file. Returns its id.

    The intervals of grades are a table, as those of grades and segments are in a backtest's run.
    """
    import mlflow

    figures = {name: value for finding in found.findings for name, value in finding.figures.items()}
    tags = {"entity": found.entity, "as_of": found.as_of, "job": "monitor"}
    with started_run(store, f"monitor {found.entity} {found.as_of}", tags) as run_id:
        mlflow.log_metrics(figures)
        mlflow.log_dict(found.to_json(), "monitor.json")
        stated = None if found.hindsight is None else found.hindsight.outcomes.stated
        if stated is not None:
            mlflow.log_table(stated.table(), TOTALS)
    return run_id


@contextmanager
def tuning_run(store: Store, name: str, tags: dict[str, str]) -> Iterator[Callable[[Trial], None]]:
    """A run for a search. Gives a function that logs one trial as a run below it.

    Parameters
    ----------
    store : Store
        Open for writing.
    name : str
        The name of the run.
    tags : dict of str
        For the run and for those below it.
    """
    import mlflow

    with started_run(store, name, tags) as run_id:
        experiment = mlflow.get_run(run_id).info.experiment_id

        def log(trial: Trial) -> None:
            title = f"trial {trial.number}"
            with mlflow.start_run(experiment_id=experiment, run_name=title, nested=True, tags=tags):
                mlflow.log_params(_plain(trial.settings))
                mlflow.log_metrics(trial.figures)

        yield log


def log_report(store: Store, entity: str, version: int, report: Path) -> None:
    """Log the report with the run that a version came from.

    Parameters
    ----------
    store : Store
        Open for writing.
    entity : {"account", "lead"}
    version : int
    report : Path
        The file.
    """
    import mlflow

    client = mlflow.MlflowClient()
    run_id = client.get_model_version(model_name(entity), str(version)).run_id
    client.log_artifact(run_id, str(report))


def served_input(scorecard: Scorecard, frame: "pd.DataFrame | Mapping[str, Sequence[Any]]") -> "pd.DataFrame":
    """The features of a scorecard with the types that the served model takes: float64, and text.

    Parameters
    ----------
    scorecard : Scorecard
    frame : DataFrame or mapping of sequence
        With the features, as columns of one length.
    """
    import pandas as pd

    def text(value: Any) -> str | None:
        if pd.isna(value):
            return None
        return str(bool(value)).lower() if value in (True, False) else str(value)

    served: dict[str, Any] = {}
    for name in scorecard.lookup.features:
        if isinstance(scorecard.encodings[name], Numeric):
            served[name] = pd.Series(frame[name], dtype="float64").to_numpy("float64", na_value=float("nan"))
        else:
            served[name] = pd.array([text(value) for value in frame[name]], dtype="str")
    return pd.DataFrame(served)


def _signature(scorecard: Scorecard) -> "ModelSignature":
    from mlflow.models import ModelSignature
    from mlflow.types.schema import ColSpec, Schema, TensorSpec

    reader = scorecard.lookup
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec("double" if isinstance(scorecard.encodings[name], Numeric) else "string", name)
        for name in reader.features
    ]
    scores = reader.score({name: [] for name in reader.features})
    return ModelSignature(
        inputs=Schema(inputs) if inputs else None,  # a scorecard without terms scores any table
        outputs=Schema([ColSpec("string" if name == "grade" else "double", name) for name in scores]),
    )


@contextmanager
def started_run(store: Store, name: str, tags: dict[str, str]) -> Iterator[str]:
    """Start a run, below that of `mlflow run` if that started this process.

    MLFLOW_RUN_ID is set then, and MLflow would resume that run, which already has parameters of the same names.
    """
    import mlflow

    outer = os.environ.pop("MLFLOW_RUN_ID", None)
    try:
        found = mlflow.get_experiment_by_name(EXPERIMENT)
        # A tracking server has its own folder of artifacts; a database alone would use the working directory.
        served = store.tracking_uri.startswith(("http", "databricks"))
        artifacts = None if served else store.artifacts.as_uri()
        number = found.experiment_id if found else mlflow.create_experiment(EXPERIMENT, artifacts)
        with mlflow.start_run(
            experiment_id=number, run_name=name, tags=tags, parent_run_id=None if store.own else outer
        ) as run:
            yield run.info.run_id
    finally:
        if outer:
            os.environ["MLFLOW_RUN_ID"] = outer


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """Write no bytecode: MLflow runs the code of the model from its folder, of which bytecode is no part."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _dataset(table: str, digest: str) -> "DatasetInput":
    from mlflow.entities import Dataset, DatasetInput, InputTag

    # MLflow keeps 36 characters of a digest; the source has all of them.
    data = Dataset(table, digest[:36], source_type="crm", source=json.dumps({"table": table, "digest": digest}))
    return DatasetInput(data, [InputTag("mlflow.data.context", "training")])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters or tags as MLflow may keep them: everybody with its pages reads them."""
    return {name: without_secrets(value) if isinstance(value, str) else value for name, value in values.items()}


def _write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
