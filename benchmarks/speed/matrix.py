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
from scoring.scorecard_arrays import score_arrays
from scoring.scorecard_parts import Numeric
from scoring.timeline import Grid, day_number

REPEATS = 5
#: What a plain LightGBM is: as many trees and leaves as people take who do not think about it.
TREES, LEAVES = 300, 31
#: TreeSHAP takes milliseconds a row: as many as tell its rate.
SHAP_ROWS = 4_000


def make(export: Path, store: Path, entity: str, file: Path) -> dict[str, Any]:
    """The matrix that the champion scores of an export, to a file; `told` reads it."""
    with Store.open(store, writing=False) as opened:
        scorecard, _ = load_scorecard(opened, entity)
    seen = read_export(export, Config(), AS_OF, lambda text: None)
    features, found, _ = scorecard_features(scorecard, seen)
    grid = Grid((seen.day,))
    table = seen.feature_arrays.assemble(features, found, snapshots(found.own, grid), grid)
    pq.write_table(table, file)
    return {"rows": table.num_rows}


def with_reasons(store: Path, entity: str, file: Path) -> dict[str, Any]:
    """Rate of scoring with reasons, of all cores; the matrix is in memory."""
    with Store.open(store, writing=False) as opened:
        scorecard, _ = load_scorecard(opened, entity)
    features = pq.read_table(file)
    more = {"terms": len(scorecard.terms), "features": len(scorecard.encodings)}
    day = day_number(AS_OF)
    taken = _repeated(lambda: score_arrays(scorecard, features, as_of=day, since=day - 1), REPEATS)
    return {**taken, "rows": features.num_rows, "of": f"{entity}s", "more": more}


def lightgbm(store: Path, entity: str, file: Path, *, shap: bool) -> dict[str, Any]:
    """Rate of a plain LightGBM on the same matrix, of all cores: bare predictions, or TreeSHAP contributions.

    It is given the columns as numbers already, in one array; the labels are drawn by the champion's probabilities,
    so that it has as much to learn as there is to learn.
    """
    import lightgbm as engine

    with Store.open(store, writing=False) as opened:
        scorecard, _ = load_scorecard(opened, entity)
    frame = pq.read_table(file)
    lookup = scorecard.lookup
    columns = {name: frame[name].to_numpy(zero_copy_only=False) for name in lookup.features}
    matrix = np.column_stack([codes.astype("float64") for codes in lookup.codes(columns).values()])
    for place, name in enumerate(lookup.features):
        if isinstance(scorecard.encodings[name], Numeric):
            matrix[:, place] = columns[name].astype("float64")
    drawn = np.random.default_rng(7).random(len(matrix)) < lookup.score(columns)["win_probability"]
    parameters = {"objective": "binary", "num_leaves": LEAVES, "verbosity": -1, "seed": 7}
    model = engine.train(parameters, engine.Dataset(matrix, drawn), num_boost_round=TREES)
    given = matrix[:SHAP_ROWS] if shap else matrix
    taken = _repeated(lambda: model.predict(given, pred_contrib=shap), 3 if shap else REPEATS)
    more = {"trees": model.num_trees(), "leaves": LEAVES, "features": matrix.shape[1]}
    return {**taken, "rows": len(given), "of": f"{entity}s", "more": more}


def _repeated(work: Callable[[], Any], times: int) -> dict[str, float]:
    """The median seconds of a step that is done several times, on the clock and of all cores."""
    taken = []
    for _ in range(times):
        began, cpu = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began, time.process_time() - cpu))
    seconds, cpu_seconds = zip(*taken, strict=True)
    return {"seconds": median(seconds), "cpu_seconds": median(cpu_seconds)}
