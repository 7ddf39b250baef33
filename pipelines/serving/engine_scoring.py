"""The scores of a night made on another engine, by the expressions that say on every engine what a scorecard says."""

from __future__ import annotations

from datetime import datetime

import ibis
import numpy as np

from pipelines.intake.point_in_time import Export, scorecard_features
from pipelines.progress import Say
from pipelines.serving.scoring_run import EntityScores
from scoring.evidence.facts import facts
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.priority_expressions import prioritised
from scoring.reason_expressions import explained
from scoring.scorecard import Scorecard
from scoring.scorecard_arrays import NUMBERS, TEXTS, ScoreArrays
from scoring.scorecard_expressions import scored
from scoring.timeline import Grid


def score_on_engine(
    scorecard: Scorecard, version: str, export: Export, *, since: int, scored_at: datetime, say: Say
) -> EntityScores:
    """Score every open entity with a scorecard, where the tables are; only what is published comes here.

    Returns
    -------
    EntityScores
        As `score_entity` gives it.
    """
    features, market, absent = scorecard_features(scorecard, export)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    grid = Grid((export.day,))
    looks = export.keep(snapshots(market.own, grid))
    frame = export.keep(build(features, market, looks, grid))
    told = explained(scorecard, scored(scorecard, frame, export.keep), as_of=export.day, since=since, keep=export.keep)
    places = range(len(scorecard.encodings))
    kept = export.keep(
        told.select(
            "unit", "account_id", *NUMBERS, *TEXTS, *[f"value_{i}" for i in places], *[f"code_{i}" for i in places]
        )
    )
    stamp = ibis.literal(scored_at).cast("timestamp(6)")
    table = prioritised(kept, scorecard.entity, as_of=export.day, scored_at=stamp, model_version=version)
    given = kept.select("unit", **{name: kept[f"value_{i}"] for i, name in enumerate(scorecard.encodings)})
    figures = kept.select("win_probability", "fit_score", "intent_score", *[f"code_{i}" for i in places]).to_pyarrow()
    codes = np.array([figures[f"code_{i}"].to_numpy() for i in places], dtype=np.uint16)
    return EntityScores(
        table.to_pyarrow(), given.to_pyarrow(), facts(scorecard, ScoreArrays(figures, codes)), market.own
    )
