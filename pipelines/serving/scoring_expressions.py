"""The scores of a night with expressions, on the engine that holds the tables; only what is published comes here."""

from __future__ import annotations

from datetime import datetime

import ibis
import numpy as np

from pipelines.intake.point_in_time import Export, PastTables
from pipelines.progress import Say
from pipelines.serving.scoring_run import EntityScores, features_and_facts
from scoring.buying_groups.group_expressions import group_columns
from scoring.features.facts import MarketFacts
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature
from scoring.nights.facts import facts
from scoring.opportunities.closing_columns import with_closing_columns
from scoring.scorecard.arrays import NUMBERS, TEXTS, ScoreArrays
from scoring.scorecard.expressions import scored
from scoring.scorecard.reason_expressions import explained
from scoring.scorecard.scorecard import Scorecard
from scoring.scores.priority_expressions import prioritised
from scoring.timeline import Grid


def score_with_expressions(
    scorecard: Scorecard, version: str, export: Export, *, since: int, scored_at: datetime, say: Say
) -> EntityScores:
    """Score every open entity with a scorecard, where the tables are.

    Parameters
    ----------
    scorecard : Scorecard
    version : str
        The registered version of the model, which goes into the table.
    export : Export
    since : int
        Day number of the scoring before: a buying signal from this day on is new.
    scored_at : datetime
        In UTC, without a zone.
    say : callable
        Takes each message.
    """
    features, market = features_and_facts(scorecard, export, say)
    rows, values = scored_rows(scorecard, features, market, export, since=since)
    stamp = ibis.literal(scored_at).cast("timestamp(6)")
    accounts = market.own if scorecard.entity == "account" else market.account
    with_groups = export.keep(group_columns(scorecard.buying_group, rows, accounts, export.day))
    table = prioritised(with_groups, scorecard.entity, as_of=export.day, scored_at=stamp, model_version=version)
    codes = [f"code_{i}" for i in range(len(scorecard.encodings))]
    wanted = ("win_probability", "expected_amount", "grade", "fit_score", "intent_score")
    scores = rows.select(*wanted, *codes).to_pyarrow()
    arrays = ScoreArrays(scores, np.array([scores[code].to_numpy() for code in codes], dtype=np.uint16))
    served, made_from = table.to_pyarrow(), values.to_pyarrow()
    served = with_closing_columns(served, made_from, scorecard, export.day)
    return EntityScores(served, made_from, facts(scorecard, arrays), market.own)


def scored_rows(
    scorecard: Scorecard, features: list[Feature], market: MarketFacts, export: PastTables, *, since: int
) -> tuple[ibis.Table, ibis.Table]:
    """The scores with reasons of every open entity, and the values of its features, kept on the engine.

    Parameters
    ----------
    scorecard : Scorecard
    features : list of Feature
        Those that the scorecard reads.
    market : MarketFacts
        The facts they are made from.
    export : PastTables
    since : int
        Day number of the scoring before.
    """
    grid = Grid((export.day,))
    frame = export.keep(build(features, market, export.keep(snapshots(market.own, grid)), grid))
    scores = scored(scorecard, frame, export.keep)
    reasons = explained(scorecard, scores, as_of=export.day, since=since, keep=export.keep)
    positions = range(len(scorecard.encodings))
    columns = [*(f"value_{i}" for i in positions), *(f"code_{i}" for i in positions)]
    rows = export.keep(reasons.select("unit", "account_id", *NUMBERS, *TEXTS, *columns))
    values = {name: rows[f"value_{i}"] for i, name in enumerate(scorecard.encodings)}
    return rows, rows.select("unit", **values)
