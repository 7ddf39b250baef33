"""From what was learned to the artifact: `scorecard.json`, plain data that is all a score needs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from models.amount import AmountModel
from models.calibration import knots
from models.outcome import AdditiveHazard
from models.pairs import Pair
from models.resampling import survival
from pipelines.config import Config
from scoring.entities import Entity
from scoring.features.spec import Feature
from scoring.leaks import Suspicion
from scoring.lookup import FORMAT, Lookup
from scoring.reasons import LEAST, words
from scoring.timeline import calendar_date

#: Decimals of the figures in a scorecard: far finer than any effect, coarse enough to be the same everywhere.
DECIMALS = 10


def assemble_scorecard(
    *,
    entity: Entity,
    as_of: int,
    config: Config,
    features: Sequence[Feature],
    encodings: dict[str, Any],
    hazard: AdditiveHazard,
    amount: tuple[AmountModel, list[Feature]],
    reference: np.ndarray,
    quarantined: Sequence[Suspicion],
    left_out: dict[str, str],
) -> dict[str, Any]:
    """The scorecard.

    Parameters
    ----------
    features, encodings
        All that were offered; those that nothing was learned of are left out of the scorecard.
    reference : ndarray of shape (n_entities, n_features)
        Codes of the entities open at `as_of`. Every table is centred on them, so that a contribution is the
        difference to the average entity and `base` the average one's log-odds; their percentiles are the 0 to
        100 of scores.
    """
    terms, base = _terms(features, encodings, hazard, reference)
    amount_model, amount_features = amount
    amount_terms = [
        {"features": [feature.name], "values": _rounded(table)}
        for feature, table in zip(amount_features, amount_model.tables_, strict=True)
        if np.ptp(table) > 0
    ]
    used = {name for term in [*terms, *amount_terms] for name in term["features"]}
    scorecard: dict[str, Any] = {
        "format": FORMAT,
        "entity": entity,
        "as_of": calendar_date(as_of).isoformat(),
        "horizon_days": config.training.horizon_days,
        "seed": config.training.seed,
        "rung": hazard.rung_,
        "amount_rung": amount_model.rung_,
        "wins": hazard.report_["wins"],
        "base": round(base, DECIMALS),
        "period_offsets": [round(x, DECIMALS) for x in hazard.period_offsets_],
        "calibration": _calibration(hazard),
        "terms": terms,
        "encodings": {name: encodings[name] for name in encodings if name in used},
        "amount": {"base": round(amount_model.base_, DECIMALS), "terms": amount_terms},
        "base_rate": 0.0,
        "grades": {"A": config.grades.a, "B": config.grades.b, "C": config.grades.c},
        "reference": {"fit": [0.0] * 101, "intent": [0.0] * 101},
        "features": [feature.declaration() for feature in features if feature.name in used],
        "quarantined": [asdict(suspicion) for suspicion in quarantined],
        "left_out": left_out,
        "held_out": {name: value for name, value in hazard.report_.items() if name.startswith("held_out")},
    }
    return _referenced(scorecard, [feature.name for feature in features], reference)


def _terms(
    features: Sequence[Feature], encodings: dict[str, Any], hazard: AdditiveHazard, reference: np.ndarray
) -> tuple[list[dict[str, Any]], float]:
    """The terms, each with the reference population at every entry (`counts`) and how sure it is (`stable`)."""
    base = hazard.base_
    terms: list[dict[str, Any]] = []
    for j, (feature, table) in enumerate(zip(features, hazard.tables_, strict=True)):
        counts = np.bincount(reference[:, j], minlength=len(table))
        centre = _mean(table, counts)
        base += centre
        if np.ptp(table) > 0:
            again = [resample.tables[j] for resample in hazard.resampled_]
            terms.append(_term([feature], encodings, table - centre, counts, again))
    for i, pair in enumerate(hazard.pairs_):
        two = [features[pair.a], features[pair.b]]
        counts = _together(pair, reference)
        centre = _mean(pair.table, counts)
        base += centre
        again = [resample.pairs[i].table for resample in hazard.resampled_]
        terms.append(_term(two, encodings, pair.table - centre, counts, again))
    return terms, base


def _term(
    features: Sequence[Feature],
    encodings: dict[str, Any],
    values: np.ndarray,
    counts: np.ndarray,
    again: Sequence[np.ndarray],
) -> dict[str, Any]:
    term: dict[str, Any] = {
        "features": [feature.name for feature in features],
        "side": features[0].side,
        "values": _nested(values),
        "words": words(features, encodings),
        "counts": counts.tolist(),
    }
    if len(again):
        centred = [table - _mean(table, counts) for table in again]
        term["stable"] = _nested(survival(values, centred, LEAST))
    return term


def _mean(table: np.ndarray, counts: np.ndarray) -> float:
    """What the average entity has; without anyone, the entry of those of whom nothing is known."""
    return float(np.average(table, weights=counts)) if counts.sum() else float(table.flat[0])


def _together(pair: Pair, reference: np.ndarray) -> np.ndarray:
    """How many of the reference population are at each entry of a pair's table."""
    rows, columns = pair.table.shape
    cells = reference[:, pair.a] * columns + reference[:, pair.b]
    return np.bincount(cells, minlength=rows * columns).reshape(rows, columns)


def _calibration(hazard: AdditiveHazard) -> dict[str, Any]:
    x, y = ([], []) if hazard.bend_ is None else knots(hazard.bend_)
    return {"kind": hazard.calibration_, "x": x, "y": y}


def _referenced(scorecard: dict[str, Any], names: list[str], reference: np.ndarray) -> dict[str, Any]:
    """Adds what the reference population sets: the percentiles of both sides, and the base rate."""
    lookup = Lookup(scorecard)
    place = {name: j for j, name in enumerate(names)}
    parts = lookup.score_codes({name: reference[:, place[name]] for name in lookup.features}, len(reference))
    for side in ("fit", "intent"):
        values = parts[f"{side}_log_odds"]
        if len(values):
            scorecard["reference"][side] = _rounded(np.quantile(values, np.linspace(0, 1, 101)))
    scorecard["base_rate"] = round(float(parts["win_probability"].mean()), DECIMALS) if len(reference) else 0.0
    return scorecard


def _nested(table: np.ndarray) -> list[Any]:
    return [_nested(row) for row in table] if table.ndim > 1 else _rounded(table)


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(x), DECIMALS) for x in values]
