"""The features that peers are compared on: all that an account has, on the same past days, from the same files."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.speed.data import AS_OF, cut_offs
from pipelines.config import Config
from pipelines.intake.point_in_time import Export, read_export
from scoring.features.candidates import market_features
from scoring.features.facts import market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature
from scoring.timeline import Grid, day_number

#: The attributes of accounts. Left out are `onboarding_tier`, which gives winners away, and attributes without use.
ATTRIBUTES = {
    **dict.fromkeys(("industry", "country", "region", "acquisition_channel", "territory"), "category"),
    **dict.fromkeys(("uses_data_warehouse", "uses_marketing_automation"), "category"),
    **dict.fromkeys(("employees", "annual_revenue", "legacy_score"), "numeric"),
}


def days(many: int) -> tuple[int, ...]:
    """The cut-offs as day numbers."""
    return tuple(map(day_number, cut_offs(many)))


@dataclass(frozen=True)
class Built:
    """A feature matrix with the seconds that its steps took."""

    features: list[Feature]
    table: pa.Table
    export: Export
    read: float
    facts: float
    build: float


def built(export: Path, many: int) -> Built:
    """The features of every open account at a number of cut-offs, in memory."""
    began = time.perf_counter()
    past = read_export(export, Config(), AS_OF, lambda text: None, with_pandera=False)
    read = time.perf_counter()
    market_facts = market(past.tables, "account", keep=past.keep)
    features = market_features(market_facts, "account", ATTRIBUTES, {})
    facts = time.perf_counter()
    grid = Grid(days(many))
    snapshots_ = past.keep(snapshots(market_facts.own, grid))
    table = FeatureArrays().assemble(features, market_facts, snapshots_, grid)
    return Built(features, table, past, read - began, facts - read, time.perf_counter() - facts)


def result(export: Path, many: int) -> dict[str, Any]:
    """The figures of building the features, as `benchmarks.speed.work` prints them."""
    began = time.process_time()
    done = built(export, many)
    cpu_seconds = time.process_time() - began
    steps = {"read": done.read, "facts": done.facts, "build": done.build}
    return {
        "seconds": sum(steps.values()),
        "cpu_seconds": cpu_seconds,
        "rows": done.table.num_rows,
        "of": "snapshots",
        "more": {**steps, "features": len(done.features), "cut-offs": many},
    }
