"""The scores of a night made on another engine, by the expressions that say on every engine what a scorecard says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis
import numpy as np

from pipelines.scored import Scored, card_features
from pipelines.view import Say, View
from scoring.evidence.facts import facts
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.priority_expressions import prioritised
from scoring.reason_expressions import explained
from scoring.scorecard_arrays import NUMBERS, TEXTS, ScoreArrays
from scoring.scorecard_expressions import scored
from scoring.timeline import Grid


def scored_there(
    card: dict[str, Any], version: str, seen: View, *, since: int, scored_at: datetime, say: Say
) -> Scored:
    """Score every open entity with a scorecard, where the tables are; only what is published comes here.

    Returns
    -------
    Scored
        As `scored_entity` gives it.
    """
    features, market, absent = card_features(card, seen)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    grid = Grid((seen.day,))
    looks = seen.keep(snapshots(market.own, grid))
    frame = seen.keep(build(features, market, looks, grid))
    told = explained(card, scored(card, frame, seen.keep), as_of=seen.day, since=since, keep=seen.keep)
    places = range(len(card["encodings"]))
    kept = seen.keep(
        told.select(
            "unit", "account_id", *NUMBERS, *TEXTS, *[f"value_{i}" for i in places], *[f"code_{i}" for i in places]
        )
    )
    stamp = ibis.literal(scored_at).cast("timestamp(6)")
    table = prioritised(kept, card["entity"], as_of=seen.day, scored_at=stamp, model_version=version)
    given = kept.select("unit", **{name: kept[f"value_{i}"] for i, name in enumerate(card["encodings"])})
    figures = kept.select("win_probability", "fit_score", "intent_score", *[f"code_{i}" for i in places]).to_pyarrow()
    codes = np.array([figures[f"code_{i}"].to_numpy() for i in places], dtype=np.uint16)
    return Scored(table.to_pyarrow(), given.to_pyarrow(), facts(card, ScoreArrays(figures, codes)), market.own)
