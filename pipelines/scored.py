"""What a scorecard says of everything open, as expressions on the engine that holds the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa

from pipelines.view import Past, Say
from scoring.evidence.facts import facts
from scoring.features.build import build, snapshots
from scoring.features.facts import Facts, Market
from scoring.features.spec import Feature, declared
from scoring.priority import prioritised
from scoring.readout import ReadOut, read_out
from scoring.timeline import Grid

#: Rows read off at a time: what bounds the memory.
AT_ONCE = 262_144


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
    features, market_, absent = card_features(card, seen)
    if absent:
        say(f"  not in this export, and taken as unknown: {', '.join(absent)}")
    grid = Grid((seen.day,))
    frame = seen.keep(build(features, market_, snapshots(market_.own, grid), grid))
    read = ReadOut.joined(
        [
            read_out(card, batch, as_of=seen.day, since=since).beside(batch, "unit", "account_id")
            for batch in batches(seen, frame)
        ]
    )
    told = seen.connection.create_table(ibis.util.gen_name("told"), read.scores, temp=True)
    table = seen.keep(_published(card, told, version, seen, scored_at))
    return Scored(table, frame.select("unit", *card["encodings"]), facts(card, read), market_.own)


def batches(seen: Past, kept: ibis.Table) -> Iterator[pa.Table]:
    """A kept table as Arrow, so many rows at a time; one empty batch for none."""
    found = seen.connection.con.sql(f"FROM {kept.get_name()}").to_arrow_reader(AT_ONCE)
    empty = True
    for batch in found:
        empty = False
        yield pa.Table.from_batches([batch])
    if empty:
        yield found.schema.empty_table()


def score_table(
    card: dict[str, Any], version: str, seen: Past, *, since: int, scored_at: datetime, say: Say
) -> ibis.Table:
    """The score table of one entity."""
    return scored_entity(card, version, seen, since=since, scored_at=scored_at, say=say).table


def _published(card: dict[str, Any], told: ibis.Table, version: str, seen: Past, scored_at: datetime) -> ibis.Table:
    stamp = ibis.literal(scored_at).cast("timestamp(6)")
    return prioritised(told, card["entity"], as_of=seen.day, scored_at=stamp, model_version=version)


def card_features(card: dict[str, Any], seen: Past) -> tuple[list[Feature], Market, list[str]]:
    """The features a scorecard reads, the facts they are made from, and the columns this export lacks."""
    features = [declared(item) for item in card["features"]]
    conformed, absent = seen.markets.of(card["entity"]).conformed(features, card["encodings"])
    return features, conformed, absent
