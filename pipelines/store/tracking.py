"""The record of a training: one MLflow run with what was read and measured, and the model that it made."""

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.store.registry import CHALLENGER, model_name
from pipelines.store.store import Store
from scoring import lookup
from scoring.scorecard import Scorecard
from scoring.scorecard_parts import Numeric

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities import DatasetInput
    from mlflow.models import ModelSignature

EXPERIMENT = "closedwon"
#: All that a served model needs, in the majors it was written for.
REQUIREMENTS = ["mlflow>=3.17,<4", "numpy>=2,<3", "pandas>=3,<4"]
EXAMPLE_ROWS = 5


@dataclass(frozen=True)
class Registered:
    """A version in the registry, the run it came from, and the address it is loaded from."""

    version: int
    run_id: str
    uri: str


def log_training(
    store: Store,
    entity: str,
    scorecard: Scorecard,
    input_example: "pd.DataFrame",
    params: Mapping[str, Any],
    metrics: Mapping[str, float],
    datasets: Mapping[str, str],
    artifacts: Mapping[str, str | bytes],
    tags: Mapping[str, str],
) -> Registered:
    """Log one training as one run, register its scorecard as a new version and make that the challenger.

    Parameters
    ----------
    scorecard
        Logged as `scorecard.json` with the run and inside the model.
    input_example
        Rows with the scorecard's features, as they are scored. The first five are kept.
    metrics
        Numbers by name; a slash in the name groups them (``backtest/log_loss``).
    datasets
        The digest of each table that was read, by the table's name.
    artifacts
        Other files of the run, by their path in it.
    tags
        For the run and for the version.

    Notes
    -----
    The version appears when all of it is written, and its alias last: a training that is killed changes
    neither the champion nor the challenger.
    """
    import mlflow

    name, reader, client = model_name(entity), scorecard.lookup, mlflow.MlflowClient()
    tags = {"entity": entity, "as_of": str(scorecard.as_of), "rung": scorecard.rung, **tags}
    with _run(store, f"{entity} {scorecard.as_of}", tags) as run_id, tempfile.TemporaryDirectory() as scratch:
        files, package = Path(scratch, "files"), Path(scratch, "scoring")
        _write(files, {**artifacts, "scorecard.json": json.dumps(scorecard.to_json(), allow_nan=False)})
        # All of `scoring` that is served: the reading of a scorecard, where served_model.py imports it from.
        _write(package, {"__init__.py": "", "lookup.py": Path(lookup.__file__).read_bytes()})
        mlflow.log_params(dict(params))
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
                input_example=served_input(scorecard, input_example.head(EXAMPLE_ROWS)) if reader.features else None,
                pip_requirements=REQUIREMENTS,
            )
    with redirect_stderr(io.StringIO()):  # where MLflow announces each version, at any level of logging
        version = int(mlflow.register_model(model.model_uri, name, tags=tags).version)
    client.set_registered_model_alias(name, CHALLENGER, str(version))
    return Registered(version, run_id, f"models:/{name}/{version}")


def log_backtest(store: Store, evidence: Mapping[str, Any]) -> str:
    """Log a backtest as a run: closedwon's figures as metrics, each baseline's by its name, the evidence as a file."""
    import mlflow

    entity, comparison = str(evidence["entity"]), evidence["comparison"]
    figures = {
        f"{name}/{measure}": figure["value"]
        for name, said in comparison["contenders"].items()
        for measure, figure in said["measures"].items()
        if figure["value"] is not None
    }
    tags = {"entity": entity, "as_of": str(evidence["as_of"]), "job": "backtest"}
    with _run(store, f"backtest {entity} {evidence['as_of']}", tags) as run_id:
        mlflow.log_params({"cut_offs": len(evidence["cut_offs"]), "horizon_days": evidence["horizon_days"]})
        mlflow.log_metrics(figures)
        mlflow.log_dict(dict(evidence), "evidence.json")
    return run_id


def log_monitor(store: Store, found: Mapping[str, Any]) -> str:
    """Log what `monitor` found of an entity as a run: the figures of its verdicts as metrics, all of it as a file."""
    import mlflow

    entity, looked, moved = str(found["entity"]), found["hindsight"], found["drift"]
    verdicts = [looked[name] for name in ("verdict", "revenue", "ranking")] if looked else []
    verdicts += [moved["verdict"]] if moved else []
    figures = {name: value for verdict in verdicts for name, value in verdict["figures"].items() if value is not None}
    tags = {"entity": entity, "as_of": str(found["as_of"]), "job": "monitor"}
    with _run(store, f"monitor {entity} {found['as_of']}", tags) as run_id:
        mlflow.log_metrics(figures)
        mlflow.log_dict(dict(found), "monitor.json")
    return run_id


@contextmanager
def tuning_run(store: Store, name: str, tags: dict[str, str]) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """A run for a search; gives what logs one trial (`number`, `settings`, `figures`) as a run below it."""
    import mlflow

    with _run(store, name, tags) as run_id:
        experiment = mlflow.get_run(run_id).info.experiment_id

        def log(trial: Mapping[str, Any]) -> None:
            title = f"trial {trial['number']}"
            with mlflow.start_run(experiment_id=experiment, run_name=title, nested=True, tags=tags):
                mlflow.log_params(dict(trial["settings"]))
                mlflow.log_metrics(dict(trial["figures"]))

        yield log


def log_report(store: Store, entity: str, version: int, report: Path) -> None:
    """Keep the report with the run that a version came from."""
    import mlflow

    client = mlflow.MlflowClient()
    run_id = client.get_model_version(model_name(entity), str(version)).run_id
    client.log_artifact(run_id, str(report))


def served_input(scorecard: Scorecard, frame: "pd.DataFrame") -> "pd.DataFrame":
    """Bring a scorecard's features into the types that the served model takes: float64, and text."""
    import pandas as pd

    def text(value: Any) -> str | None:
        if pd.isna(value):
            return None
        return str(bool(value)).lower() if value in (True, False) else str(value)

    served: dict[str, Any] = {}
    for name in scorecard.lookup.features:
        if isinstance(scorecard.encodings[name], Numeric):
            served[name] = frame[name].to_numpy("float64", na_value=float("nan"))
        else:
            served[name] = pd.array([text(value) for value in frame[name]], dtype="str")
    return pd.DataFrame(served, index=range(len(frame)))


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
        inputs=Schema(inputs) if inputs else None,  # a scorecard without terms scores any frame
        outputs=Schema([ColSpec("string" if name == "grade" else "double", name) for name in scores]),
    )


@contextmanager
def _run(store: Store, name: str, tags: dict[str, str]) -> Iterator[str]:
    """Start a run of our own, below that of `mlflow run` if this is its child.

    Such a child finds MLFLOW_RUN_ID, and would resume a run that has parameters of the same names already.
    """
    import mlflow

    outer = os.environ.pop("MLFLOW_RUN_ID", None)
    try:
        found = mlflow.get_experiment_by_name(EXPERIMENT)
        # A tracking server has a place of its own; a bare database would take the working directory.
        served = store.tracking_uri.startswith(("http", "databricks"))
        place = None if served else store.artifacts.as_uri()
        number = found.experiment_id if found else mlflow.create_experiment(EXPERIMENT, place)
        with mlflow.start_run(
            experiment_id=number, run_name=name, tags=tags, parent_run_id=None if store.own else outer
        ) as run:
            yield run.info.run_id
    finally:
        if outer:
            os.environ["MLFLOW_RUN_ID"] = outer


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """MLflow runs the model's code from where it is logged; what Python compiles there is no part of the model."""
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


def _write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
