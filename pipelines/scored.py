"""What a scorecard says of everything open, as expressions on the engine that holds the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from pipelines.view import Past, Say
from scoring.evidence.facts import facts
from scoring.features.build import build, snapshots
from scoring.features.facts import Facts, Market, market
from scoring.features.spec import Feature, declared
from scoring.priority import prioritised
from scoring.reasons import REASONS, explained
from scoring.scorecard import scored
from scoring.timeline import Grid

#: What `prioritised` reads of an explained table, and `facts` beside the codes.
SAID = (
    "win_probability", "expected_amount", "expected_revenue", "fit_score", "intent_score", "grade",
    "log_odds", "fit_log_odds", "intent_log_odds", *REASONS, "concern_1", "why_now",
)  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """One entity's night.

    Attributes
    ----------
    table : ibis.Table
        The published score table, without what only the nights before can tell.
    features : ibis.Table
        `unit` and a column a feature: what the scorecard was given.
    facts : dict
        What the gates look at.
    own : Facts
        Whom the scores are of, and their deals.
    """

    table: ibis.Table
    features: ibis.Table
    facts: dict[str, Any]
    own: Facts

    def state(self, units: Sequence[str]) -> Mapping[str, str]:
        """Why they are not open any more: won, gone (from the export: deleted or merged), or other."""
        asked = ibis.memtable({"asked": list(units)}, schema={"asked": "string"})
        won = self.own.deals.filter(self.own.deals.status == "won").select("unit").distinct()
        there = asked.join(self.own.units, asked.asked == self.own.units.unit).select("asked")
        winners = asked.join(won, asked.asked == won.unit).select("asked")
        known, customers = (set(found.to_pyarrow()["asked"].to_pylist()) for found in (there, winners))
        return {unit: "won" if unit in customers else "other" if unit in known else "gone" for unit in units}


def scored_entity(
    card: dict[str, Any], version: str, seen: Past, *, since: int, scored_at: datetime, say: Say
) -> Scored:
    """Score every open entity with a scorecard; everything is computed once, here.

    Parameters
    ----------
    since : int
        Day number of the scoring before: from when on a buying signal was new.
    """
    own, told = _told(card, seen, since=since, say=say)
    names = list(card["encodings"])
    places = range(len(names))
    kept = seen.keep(
        told.select("unit", "account_id", *SAID, *[f"value_{i}" for i in places], *[f"code_{i}" for i in places])
    )
    given = kept.select("unit", **{name: kept[f"value_{i}"] for i, name in enumerate(names)})
    return Scored(_published(card, kept, version, seen, scored_at), given, facts(card, kept), own)


def score_table(
    card: dict[str, Any], version: str, seen: Past, *, since: int, scored_at: datetime, say: Say
) -> ibis.Table:
    """The score table of one entity, as an expression."""
    _, told = _told(card, seen, since=since, say=say)
    return _published(card, told, version, seen, scored_at)


def _told(card: dict[str, Any], seen: Past, *, since: int, say: Say) -> tuple[Facts, ibis.Table]:
    features, market_, absent = card_features(card, seen)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    grid = Grid((seen.day,))
    looks = snapshots(market_.own, grid)
    frame = seen.keep(build(features, market_, looks, grid))
    return market_.own, explained(card, scored(card, frame), as_of=seen.day, since=since)


def _published(card: dict[str, Any], told: ibis.Table, version: str, seen: Past, scored_at: datetime) -> ibis.Table:
    stamp = ibis.literal(scored_at).cast("timestamp(6)")
    return prioritised(told, card["entity"], as_of=seen.day, scored_at=stamp, model_version=version)


def card_features(card: dict[str, Any], seen: Past) -> tuple[list[Feature], Market, list[str]]:
    """The features a scorecard reads, the facts they are made from, and the columns this export lacks."""
    features = [declared(item) for item in card["features"]]
    found = market(seen.tables, card["entity"], keep=seen.keep)
    conformed, absent = found.conformed(features, card["encodings"])
    return features, conformed, absent
