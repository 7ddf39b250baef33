"""The backtest: a configuration judged on past cut-offs against the baselines, on what an export of each day held."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines import ROOT
from pipelines.config import Config
from pipelines.errors import Refused
from pipelines.evaluation.comparison_table import told
from pipelines.evaluation.cutoff import CutOff, backtest_cut_off, saved, upto_day, write
from pipelines.evaluation.learning_curve import learning_curve
from pipelines.evaluation.parallel import run_parallel
from pipelines.evaluation.stability import stability
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import Export, PastTables, entities
from pipelines.progress import Say
from pipelines.store.store import Store
from pipelines.store.tracking import log_backtest
from scoring.entities import Entity
from scoring.evidence import breakdown
from scoring.evidence.baselines import COMPARED
from scoring.evidence.comparison import compare
from scoring.features.facts import market
from scoring.scorecard import Scorecard
from scoring.timeline import calendar_date, dates, day_number

EVIDENCE = "evidence.json"
#: The newest refits whose lists are compared.
REFITS = 3


def backtests(export: Export, store: Store, config: Config, *, asked: str | None, say: Say) -> list[dict[str, Any]]:
    """The command: a backtest of each entity that allows one, kept in the store and logged to MLflow.

    Raises
    ------
    Refused
        If none of them allows one.
    """
    found: list[dict[str, Any]] = []
    refusals = []
    for entity in entities(export.tables, asked):
        try:
            evidence = backtest(export, entity, config, store.backtests, say=say)
        except Refused as why:
            refusals.append(f"{entity}: {why}")
            say(f"  {refusals[-1]}")
            continue
        log_backtest(store, evidence)
        say("\n" + "\n".join(told(evidence)) + "\n")
        found.append(evidence)
    if not found:
        raise Refused("; ".join(refusals))
    return found


def backtest(export: Export, entity: Entity, config: Config, folder: Path, *, say: Say) -> dict[str, Any]:
    """Judge `config` on the newest cut-offs whose whole horizon is over.

    Parameters
    ----------
    export : Export
        The export, as known today.
    folder : Path
        Where finished cut-offs are kept; what is there already is not done again.

    Returns
    -------
    dict
        The evidence, also written to the folder as `evidence.json`: plain data, all that the report shows.

    Raises
    ------
    Refused
        If the history is too short for any cut-off; says from which day on there would be one.
    """
    days = cut_off_days(export, entity, config, config.backtest.cut_offs, say)
    with orders(export, entity, config, folder, days) as ordered:
        say(f"Backtest of {entity}s on {len(days)} cut-offs, {dates(days[:1])[0]} to {dates(days[-1:])[0]}")
        judged = judged_of(ordered, config, say)
        evidence = evidence_of(judged, entity, config, export)
        newest, _ = judged[-1]
        evidence["stability"] = stability(upto_day(newest), [scorecard for _, scorecard in judged[-REFITS:]], config)
        if config.backtest.learning_curve:
            say("  learning curve")
            evidence["learning_curve"] = learning_curve(newest)
        write(ordered[-1].place / EVIDENCE, evidence)
    return evidence


def judged_of(ordered: Sequence[CutOff], config: Config, say: Say) -> list[tuple[CutOff, Scorecard]]:
    """The orders that could be judged, with the scorecard learned for each.

    Raises
    ------
    Refused
        If there were too few wins before every one of them.
    """
    summaries = run(backtest_cut_off, ordered, config, say)
    judged = [
        (order, Scorecard.from_json(summary["card"]))
        for order, summary in zip(ordered, summaries, strict=True)
        if "refused" not in summary
    ]
    if not judged:
        raise Refused(f"no cut-off has enough wins before it to learn from: {summaries[-1]['refused']}")
    return judged


def evidence_of(
    judged: Sequence[tuple[CutOff, Scorecard]], entity: Entity, config: Config, export: Export
) -> dict[str, Any]:
    """Everything that the forecasts say of the contenders, as plain data."""
    frames = {order.day: order.forecast() for order, _ in judged}
    frame = pd.concat(frames.values(), ignore_index=True)
    capacity = capacities(frame, entity, config)
    contenders = [name for name in COMPARED if f"value_{name}" in frame]
    resampled: dict[str, Any] = {"replicates": config.backtest.replicates, "seed": config.training.seed}
    return {
        "entity": entity,
        "as_of": export.as_of.isoformat(),
        "horizon_days": config.training.horizon_days,
        "cut_offs": [_cut_off(frames[order.day], capacity[order.day], scorecard) for order, scorecard in judged],
        "comparison": compared(frame, contenders, entity, config),
        "curve": breakdown.curve(frame, contenders),
        "reliability": breakdown.reliability(frame),
        "segments": breakdown.by_segment(frame, capacity=capacity, **resampled),
        "months": breakdown.by_month(frame, **resampled),
        "grid": breakdown.grid(frame),
        "stability": None,
        "learning_curve": None,
    }


def compared(frame: pd.DataFrame, contenders: Sequence[str], entity: Entity, config: Config) -> dict[str, Any]:
    """The comparison of those contenders that foretold, at the team's capacity, resampled as the configuration says."""
    return compare(
        frame,
        [name for name in contenders if f"value_{name}" in frame],
        capacity=capacities(frame, entity, config),
        replicates=config.backtest.replicates,
        seed=config.training.seed,
    )


def capacities(frame: pd.DataFrame, entity: Entity, config: Config) -> dict[int, float]:
    """How many can be worked from each cut-off of a forecast frame."""
    days = config.training.horizon_days
    counts = zip(*np.unique(frame["as_of"], return_counts=True), strict=True)
    return {int(day): config.capacity.of(entity, int(rows), days) for day, rows in counts}


def _cut_off(rows: pd.DataFrame, capacity: float, scorecard: Scorecard) -> dict[str, Any]:
    return {
        "as_of": scorecard.as_of.isoformat(),
        "open": len(rows),
        "wins": int(rows["won"].sum()),
        "revenue": float(rows["amount"].sum()),
        "capacity": capacity,
        "trained_wins": scorecard.wins,
        "rung": scorecard.rung,
    }


def cut_off_days(export: PastTables, entity: Entity, config: Config, most: int, say: Say) -> list[int]:
    """The newest days, `every_days` apart, whose horizon is over and before which deals had closed.

    One dated example: as of 2025-12-29, with 182 days ahead and 30 between, they are 2025-06-30, 2025-05-31, ...

    Raises
    ------
    Refused
        If there is none.
    """
    horizon_days, every = config.training.horizon_days, config.backtest.every_days
    deals = export.tables.opportunities
    closed = deals.filter(deals.status != "open").closed_at.min().execute()
    if pd.isna(closed):
        raise Refused("no deal has closed yet: there is nothing to learn from and nothing to judge by")
    # A third of a horizon of outcomes is the least to learn from.
    earliest = day_number(closed.date()) + -(-horizon_days // 3)
    newest = export.day - horizon_days
    days = [day for day in range(newest, newest - every * most, -every) if day >= earliest]
    if not days:
        raise Refused(
            f"no cut-off can be judged yet: the first deal closed on {closed.date()}, and what is foretold for "
            f"{horizon_days} days is known after them; there will be a first cut-off as of "
            f"{calendar_date(earliest + horizon_days)}"
        )
    if len(days) < most:
        say(f"The history allows {len(days)} of {most} cut-offs")
    return sorted(days)


@contextmanager
def orders(export: Export, entity: Entity, config: Config, folder: Path, days: Sequence[int]) -> Iterator[list[CutOff]]:
    """The orders for some past days, oldest first, with the tables written out for whoever carries them out."""
    later = guard_attributes(market(export.tables, entity, keep=export.keep), export.day, config, export.keep).suspected
    place, tables = folder / entity / key(export, entity, config), folder / entity / "tables"
    shutil.rmtree(tables, ignore_errors=True)  # a run that was killed could not clear it away
    try:
        saved(export.tables, tables)
        yield [CutOff(entity, day, export.day, config, tables, place, tuple(later)) for day in days]
    finally:
        shutil.rmtree(tables, ignore_errors=True)


def key(export: Export, entity: Entity, config: Config) -> str:
    """What a finished cut-off stays valid for: these tables, this configuration, this program."""
    settings = asdict(config)
    settings["features"] = [feature.declaration() for feature in config.features.declared]
    for judged_later in ("capacity", "backtest", "gate", "score", "tuning"):  # they change no forecast
        settings.pop(judged_later)
    said = {
        "tables": {name: table.sha256 for name, table in export.inputs.items()},
        "as_of": export.as_of.isoformat(),
        "entity": entity,
        "config": settings,
        "program": _program(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=repr).encode()).hexdigest()[:16]


@cache
def _program() -> str:
    """Digest of the source that runs: what another release judged is judged anew."""
    source = hashlib.sha256()
    for room in ("scoring", "models", "pipelines"):
        for file in sorted((ROOT / room).rglob("*.py")):
            source.update(file.read_bytes())
    return source.hexdigest()


def run(
    work: Callable[[CutOff], dict[str, Any]], ordered: Sequence[CutOff], config: Config, say: Say
) -> list[dict[str, Any]]:
    """Carry out those orders that are not done yet and give all summaries. The newest first: they take longest."""
    done: dict[int, dict[str, Any]] = {}
    for i, order in enumerate(ordered):
        if (summary := order.summary()) is not None:
            done[i] = summary
            say(f"  {order.date}: done before")
    open_ = {i: ordered[i] for i in reversed(range(len(ordered))) if i not in done}
    for i, summary in run_parallel(work, open_, config):
        done[i] = summary
        say(f"  {ordered[i].date}: {_told(summary)} ({len(done)} of {len(ordered)})")
    return [done[i] for i in range(len(ordered))]


def _told(summary: dict[str, Any]) -> str:
    if "refused" in summary:
        return f"left out: {summary['refused']}"
    return f"learned from {Scorecard.from_json(summary['card']).wins} wins by then"
