"""The scores of one entity's night, made where its tables are: in this process, or on another engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa

from pipelines.intake.point_in_time import PastTables, scorecard_features
from pipelines.progress import Say
from scoring.features.facts import Facts, MarketFacts
from scoring.features.spec import Feature
from scoring.nights.parts import ScoreFacts
from scoring.outcomes.customers import surely_won
from scoring.question import IN_WORDS
from scoring.scorecard.scorecard import Scorecard


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
        won = surely_won(self.own.won_deals).select("unit").distinct()
        there = asked.join(self.own.units, asked.asked == self.own.units.unit).select("asked")
        winners = asked.join(won, asked.asked == won.unit).select("asked")
        known, customers = (set(found.to_pyarrow()["asked"].to_pylist()) for found in (there, winners))
        return {unit: "won" if unit in customers else "other" if unit in known else "gone" for unit in units}


def features_and_facts(scorecard: Scorecard, export: PastTables, say: Say) -> tuple[list[Feature], MarketFacts]:
    """The features that a scorecard reads and the facts they are made from; says what the export lacks.

    The scorecard decides on who is ranked: says so where the configuration asks another question.

    Parameters
    ----------
    scorecard : Scorecard
    export : PastTables
    say : callable
        Takes the message.
    """
    asked = export.tables.win
    if scorecard.win != asked:
        say(
            f'  the {scorecard.entity} scorecard answers win = "{scorecard.win}" ({IN_WORDS[scorecard.win]}), and the '
            f'configuration asks win = "{asked}": its scores count until a model for that is promoted'
        )
    features, market, absent = scorecard_features(scorecard, export)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    return features, market
