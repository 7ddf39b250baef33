"""The scores of a night with arrays, in this process: features from DuckDB, scores and reasons in NumPy."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from pipelines.intake.point_in_time import PastTables
from pipelines.progress import Say
from pipelines.serving.scoring_run import EntityScores, features_and_facts
from scoring.buying_groups.group_arrays import GroupColumns
from scoring.features.snapshots import snapshots
from scoring.nights.facts import facts
from scoring.opportunities.closing_columns import with_closing_columns
from scoring.scorecard.arrays import ScoreArrays, score_arrays
from scoring.scorecard.scorecard import Scorecard
from scoring.scores.priority_arrays import in_order_of_work
from scoring.timeline import Grid

#: Rows scored at a time: what bounds the memory.
AT_ONCE = 262_144


def score_with_arrays(
    scorecard: Scorecard, version: str, export: PastTables, *, since: int, scored_at: datetime, say: Say
) -> EntityScores:
    """Score every open entity with a scorecard, in this process.

    Parameters
    ----------
    scorecard : Scorecard
    version : str
        The registered version of the model, which goes into the table.
    export : PastTables
    since : int
        Day number of the scoring before: a buying signal from this day on is new.
    scored_at : datetime
        In UTC, without a zone.
    say : callable
        Takes each message.
    """
    features, market = features_and_facts(scorecard, export, say)
    grid = Grid((export.day,))
    accounts = market.own if scorecard.entity == "account" else market.account
    groups = GroupColumns.of(scorecard.buying_group, accounts, export.day, export.feature_arrays)
    values = export.feature_arrays.assemble(features, market, snapshots(market.own, grid), grid)
    values = values.drop_columns(["account_key", "created_day", "as_of"])
    parts = [values.slice(begin, AT_ONCE) for begin in range(0, max(len(values), 1), AT_ONCE)]
    arrays = ScoreArrays.joined(
        [
            score_arrays(scorecard, part, as_of=export.day, since=since).beside(part, "unit", "account_id")
            for part in parts
        ]
    )
    scores = arrays.scores
    for name, column in groups.columns(scores["account_id"]).items():
        scores = scores.append_column(name, column)
    table = in_order_of_work(scores, scorecard.entity, as_of=export.day, scored_at=scored_at, model_version=version)
    table = with_closing_columns(table, values, scorecard, export.day)
    return EntityScores(table, values.drop_columns("account_id"), facts(scorecard, arrays), market.own)


def score_table(
    scorecard: Scorecard, version: str, export: PastTables, *, since: int, scored_at: datetime, say: Say
) -> pa.Table:
    """The score table of one entity, with plain columns instead of dictionaries.

    Parameters
    ----------
    scorecard : Scorecard
    version : str
        The registered version of the model, which goes into the table.
    export : PastTables
    since : int
        Day number of the scoring before: a buying signal from this day on is new.
    scored_at : datetime
        In UTC, without a zone.
    say : callable
        Takes each message.
    """
    table = score_with_arrays(scorecard, version, export, since=since, scored_at=scored_at, say=say).table
    plain = {field.name: pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema}
    return table.cast(pa.schema(list(plain.items())))
