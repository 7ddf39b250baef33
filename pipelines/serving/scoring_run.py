"""What a scorecard says of everything open, put together and read off in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import pyarrow as pa

from pipelines.intake.point_in_time import PastTables, scorecard_features
from pipelines.progress import Say
from scoring.evidence.facts import facts
from scoring.evidence.night_parts import ScoreFacts
from scoring.features.facts import Facts
from scoring.features.snapshots import snapshots
from scoring.priority_arrays import in_order_of_work
from scoring.scorecard import Scorecard
from scoring.scorecard_arrays import ScoreArrays, score_arrays
from scoring.timeline import Grid

#: Rows read off at a time: what bounds the memory.
AT_ONCE = 262_144


@dataclass(frozen=True)
class EntityScores:
    """One entity's night.

    Attributes
    ----------
    table : pyarrow.Table
        The published score table, by rank, without what only the nights before can tell.
    features : pyarrow.Table
        `unit` and a column a feature, by unit: what the scorecard was given.
    facts : ScoreFacts
        What the gates look at.
    own : Facts
        Whom the scores are of, and their deals.
    """

    table: pa.Table
    features: pa.Table
    facts: ScoreFacts
    own: Facts

    def state(self, units: Sequence[str]) -> Mapping[str, str]:
        """Why they are not open any more: won, gone (from the export: deleted or merged), or other."""
        asked = ibis.memtable({"asked": list(units)}, schema={"asked": "string"})
        won = self.own.deals.filter(self.own.deals.status == "won").select("unit").distinct()
        there = asked.join(self.own.units, asked.asked == self.own.units.unit).select("asked")
        winners = asked.join(won, asked.asked == won.unit).select("asked")
        known, customers = (set(found.to_pyarrow()["asked"].to_pylist()) for found in (there, winners))
        return {unit: "won" if unit in customers else "other" if unit in known else "gone" for unit in units}


def score_entity(
    scorecard: Scorecard, version: str, export: PastTables, *, since: int, scored_at: datetime, say: Say
) -> EntityScores:
    """Score every open entity with a scorecard; everything is computed once, here.

    Parameters
    ----------
    since : int
        Day number of the scoring before: from when on a buying signal was new.
    """
    features, market_, absent = scorecard_features(scorecard, export)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    grid = Grid((export.day,))
    looks = snapshots(market_.own, grid)
    given = export.feature_arrays.assemble(features, market_, looks, grid).drop_columns(
        ["account_key", "created_day", "as_of"]
    )
    parts = [given.slice(begin, AT_ONCE) for begin in range(0, max(len(given), 1), AT_ONCE)]
    read = ScoreArrays.joined(
        [
            score_arrays(scorecard, part, as_of=export.day, since=since).beside(part, "unit", "account_id")
            for part in parts
        ]
    )
    table = in_order_of_work(
        read.scores, scorecard.entity, as_of=export.day, scored_at=scored_at, model_version=version
    )
    return EntityScores(table, given.drop_columns("account_id"), facts(scorecard, read), market_.own)


def score_table(
    scorecard: Scorecard, version: str, export: PastTables, *, since: int, scored_at: datetime, say: Say
) -> pa.Table:
    """The score table of one entity, in plain columns."""
    table = score_entity(scorecard, version, export, since=since, scored_at=scored_at, say=say).table
    plain = {field.name: pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema}
    return table.cast(pa.schema(list(plain.items())))
