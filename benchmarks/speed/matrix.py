"""Scoring alone, on a feature matrix in memory: with reasons by the scorecard, bare and with TreeSHAP by LightGBM."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.speed.data import AS_OF
from pipelines.config import Config
from pipelines.intake.point_in_time import read_export, scorecard_features
from pipelines.store.registry import load_scorecard
from pipelines.store.store import Store
from scoring.features.snapshots import snapshots
from scoring.scorecard.arrays import score_arrays
from scoring.scorecard.parts import Numeric
from scoring.timeline import Grid, day_number

REPEATS = 5
#: The trees and leaves of a plain LightGBM: common choices.
TREES, LEAVES = 300, 31
#: TreeSHAP takes milliseconds a row: enough rows to measure its rate.
SHAP_ROWS = 4_000


def make(export: Path, store: Path, entity: str, file: Path) -> dict[str, Any]:
    """Write the feature matrix that the champion scores of an export to a file."""
    with Store.open(store, writing=False) as opened:
        scorecard, _ = load_scorecard(opened, entity)
    export_read = read_export(export, Config(), AS_OF, lambda text: None)
    features, facts, _ = scorecard_features(scorecard, export_read)
    grid = Grid((export_read.day,))
    table = export_read.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid)
    pq.write_table(table, file)
    return {"rows": table.num_rows}


def with_reasons(store: Path, entity: str, file: Path) -> dict[str, Any]:
    """Measure scoring with reasons on all cores, from a matrix in memory."""
    with Store.open(store, writing=False) as opened:
        scorecard, _ = load_scorecard(opened, entity)
    features = pq.read_table(file)
    more = {"terms": len(scorecard.terms), "features": len(scorecard.encodings)}
    day = day_number(AS_OF)
    taken = _repeated(lambda: score_arrays(scorecard, features, as_of=day, since=day - 1), REPEATS)
    return {**taken, "rows": features.num_rows, "of": f"{entity}s", "more": more}


def lightgbm(store: Path, entity: str, file: Path, *, shap: bool) -> dict[str, Any]:
    """Measure a plain LightGBM on the same matrix and all cores: bare predictions, or TreeSHAP contributions.

    Its input is one array of numbers. The labels are drawn with the champion's probabilities, so that they depend on
    the features as outcomes do.
    """
    import lightgbm as engine

    with Store.open(store, writing=False) as opened:
        scorecard, _ = load_scorecard(opened, entity)
    frame = pq.read_table(file)
    lookup = scorecard.lookup
    columns = {name: frame[name].to_numpy(zero_copy_only=False) for name in lookup.features}
    matrix = np.column_stack([codes.astype("float64") for codes in lookup.codes(columns).values()])
    for column, name in enumerate(lookup.features):
        if isinstance(scorecard.encodings[name], Numeric):
            matrix[:, column] = columns[name].astype("float64")
    drawn = np.random.default_rng(7).random(len(matrix)) < lookup.score(columns)["win_probability"]
    parameters = {"objective": "binary", "num_leaves": LEAVES, "verbosity": -1, "seed": 7}
    model = engine.train(parameters, engine.Dataset(matrix, drawn), num_boost_round=TREES)
    rows = matrix[:SHAP_ROWS] if shap else matrix
    taken = _repeated(lambda: model.predict(rows, pred_contrib=shap), 3 if shap else REPEATS)
    more = {"trees": model.num_trees(), "leaves": LEAVES, "features": matrix.shape[1]}
    return {**taken, "rows": len(rows), "of": f"{entity}s", "more": more}


def _repeated(work: Callable[[], Any], times: int) -> dict[str, float]:
    """The median seconds of a step that runs several times, on the clock and of all cores."""
    taken = []
    for _ in range(times):
        began, cpu = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began, time.process_time() - cpu))
    seconds, cpu_seconds = zip(*taken, strict=True)
    return {"seconds": median(seconds), "cpu_seconds": median(cpu_seconds)}
