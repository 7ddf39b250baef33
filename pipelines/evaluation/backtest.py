"""The backtest: a configuration tested at past cut-offs against the baselines, on what was known on each day."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.errors import Refused
from pipelines.evaluation.cutoff import CutOff, saved, upto_day, write_whole
from pipelines.evaluation.cutoff_key import kept_in
from pipelines.evaluation.learning_curve import learning_curve
from pipelines.evaluation.parallel import backtest_all
from pipelines.evaluation.stability import stability
from pipelines.evaluation.text_tables import backtest_lines
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import Export, PastTables, entities
from pipelines.progress import Say
from pipelines.store.store import Store
from pipelines.store.tracking import log_backtest
from scoring.entity import Entity, plural
from scoring.evidence import breakdown
from scoring.evidence.backtest_evidence import BacktestEvidence, CutOffSummary
from scoring.evidence.baselines import CLOSEDWON, compared_names
from scoring.evidence.comparison import compare
from scoring.evidence.comparison_result import Comparison
from scoring.evidence.measures.totals import StatedTotals, stated
from scoring.features.facts import market
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import calendar_date, dates, day_number

EVIDENCE = "evidence.json"
#: The newest refits whose lists are compared.
REFITS = 3


def backtests(export: Export, store: Store, config: Config, *, asked: str | None, say: Say) -> list[BacktestEvidence]:
    """Backtest each entity that allows one, keep the evidence in the store and log it to MLflow: the command.

    Parameters
    ----------
    export : Export
        The export, as known today.
    store : Store
        Open for writing.
    config : Config
    asked : str or None
        "account", "lead" or "both"; None for all that the export has.
    say : callable
        Takes each message.

    Raises
    ------
    Refused
        If no entity allows a backtest.
    """
    found: list[BacktestEvidence] = []
    refusals = []
    for entity in entities(export.tables, asked):
        try:
            evidence = backtest(export, entity, config, store.backtests, say=say)
        except Refused as why:
            refusals.append(f"{entity}: {why}")
            say(f"  {refusals[-1]}")
            continue
        log_backtest(store, evidence)
        say("\n" + "\n".join(backtest_lines(evidence)) + "\n")
        found.append(evidence)
    if not found:
        raise Refused("; ".join(refusals))
    return found


def backtest(export: Export, entity: Entity, config: Config, folder: Path, *, say: Say) -> BacktestEvidence:
    """Backtest a configuration at the newest cut-offs whose whole horizon is over.

    Parameters
    ----------
    export : Export
        The export, as known today.
    entity : {"account", "lead"}
    config : Config
    folder : Path
        Where finished cut-offs are kept. Those that are there already are not done again.
    say : callable
        Takes each message.

    Returns
    -------
    BacktestEvidence
        All that the report shows. It is also written to the folder as `evidence.json`.

    Raises
    ------
    Refused
        If the history is too short for any cut-off; the message names the first day that would allow one.
    """
    days = cut_off_days(export, entity, config, config.backtest.cut_offs, say)
    with prepared_cut_offs(export, entity, config, folder, days) as cut_offs:
        say(f"Backtest of {plural(entity)} on {len(days)} cut-offs, {dates(days[:1])[0]} to {dates(days[-1:])[0]}")
        finished = backtest_all(cut_offs, config, say)
        evidence = build_evidence(finished, entity, config, export)
        newest, _ = finished[-1]
        scorecards = [scorecard for _, scorecard in finished[-REFITS:]]
        evidence = replace(evidence, stability=stability(upto_day(newest), scorecards, config))
        if config.backtest.learning_curve:
            say("  learning curve")
            evidence = replace(evidence, learning_curve=learning_curve(newest))
        write_whole(cut_offs[-1].folder / EVIDENCE, evidence.to_json())
    return evidence


def build_evidence(
    finished: Sequence[tuple[CutOff, Scorecard]], entity: Entity, config: Config, export: Export
) -> BacktestEvidence:
    """The evidence of finished cut-offs, without stability and learning curve.

    Parameters
    ----------
    finished : sequence of (CutOff, dict)
        What `backtest_all` returns.
    entity : {"account", "lead"}
    config : Config
    export : Export
        The export that was backtested.
    """
    frames = {cut_off.day: cut_off.forecast() for cut_off, _ in finished}
    frame = pd.concat(frames.values(), ignore_index=True)
    capacity = capacities(frame, entity, config)
    rankings = forecast_names(frame, compared_names(entity))
    resampled: dict[str, Any] = {"replicates": config.backtest.replicates, "seed": config.training.seed}
    totals = stated_totals(frame, {cut_off.day: scorecard for cut_off, scorecard in finished})
    return BacktestEvidence(
        entity=entity,
        as_of=export.as_of.isoformat(),
        horizon_days=config.training.horizon_days,
        cut_offs=tuple(
            _summary(frames[cut_off.day], capacity[cut_off.day], scorecard) for cut_off, scorecard in finished
        ),
        comparison=compare_forecasts(frame, rankings, entity, config),
        curve=breakdown.captured_curve(frame, rankings),
        reliability=breakdown.reliability(frame),
        segments=breakdown.by_segment(frame, capacity=capacity, totals=totals, **resampled),
        months=breakdown.by_month(frame, **resampled),
        grid=breakdown.fit_by_intent(frame),
        totals=totals,
        win=None if config.question.win == "new_business" else config.question.win,
    )


def stated_totals(frame: pd.DataFrame, scorecards: Mapping[int, Scorecard], name: str = CLOSEDWON) -> StatedTotals:
    """What the scorecards of some cut-offs, by day number, state of the totals of a forecast frame, and what came.

    Raises
    ------
    ValueError
        If a scorecard does not say how far its totals may be off: those of earlier releases do not.
    """
    errors = {day: card.forecast_error for day, card in scorecards.items()}
    known = {day: error for day, error in errors.items() if error is not None}
    if len(known) < len(errors):
        raise ValueError("a scorecard does not say how far its totals may be off: run `closedwon train` again")
    return stated(frame, known, name)


def compare_forecasts(frame: pd.DataFrame, rankings: Sequence[str], entity: Entity, config: Config) -> Comparison:
    """Compare rankings at the team's capacity, resampled as the configuration says.

    Parameters
    ----------
    frame : DataFrame
        The forecast frame, see `scoring.evidence.comparison.Forecast`.
    rankings : sequence of str
        Names; those that the frame has no forecast of are left out.
    entity : {"account", "lead"}
    config : Config
    """
    return compare(
        frame,
        forecast_names(frame, rankings),
        capacity=capacities(frame, entity, config),
        replicates=config.backtest.replicates,
        seed=config.training.seed,
    )


def forecast_names(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """The rankings that a forecast frame holds at every cut-off: of some, nothing may be entered yet."""
    return [name for name in names if f"value_{name}" in frame and frame[f"value_{name}"].notna().all()]


def capacities(frame: pd.DataFrame, entity: Entity, config: Config) -> dict[int, float]:
    """How many can be worked from each cut-off of a forecast frame, by day number."""
    days = config.training.horizon_days
    counts = zip(*np.unique(frame["as_of"], return_counts=True), strict=True)
    return {int(day): config.capacity.of(entity, int(rows), days) for day, rows in counts}


def _summary(rows: pd.DataFrame, capacity: float, scorecard: Scorecard) -> CutOffSummary:
    return CutOffSummary(
        as_of=scorecard.as_of.isoformat(),
        open=len(rows),
        wins=int(rows["won"].sum()),
        revenue=float(rows["amount"].sum()),
        capacity=capacity,
        trained_wins=scorecard.wins or 0,
        rung=scorecard.rung,
    )


def cut_off_days(export: PastTables, entity: Entity, config: Config, most: int, say: Say) -> list[int]:
    """The newest days, `every_days` apart, whose horizon is over and before which deals had closed.

    One dated example: as of 2025-12-29, with 182 days ahead and 30 between, they are 2025-06-30, 2025-05-31, ...

    Parameters
    ----------
    export : PastTables
    entity : {"account", "lead"}
    config : Config
    most : int
        How many days are wanted.
    say : callable
        Takes a message where the history allows fewer.

    Returns
    -------
    list of int
        Day numbers, the oldest first.

    Raises
    ------
    Refused
        If there is none.
    """
    horizon_days, every = config.training.horizon_days, config.backtest.every_days
    deals = export.tables.opportunities
    closed = deals.filter(deals.status != "open").closed_at.min().execute()
    if pd.isna(closed):
        raise Refused("no deal has closed yet: there is nothing to learn from and nothing to compare a forecast with")
    # A third of a horizon of outcomes is the least to learn from.
    earliest = day_number(closed.date()) + -(-horizon_days // 3)
    newest = export.day - horizon_days
    days = [day for day in range(newest, newest - every * most, -every) if day >= earliest]
    if not days:
        raise Refused(
            f"no cut-off can be backtested yet: the first deal closed on {closed.date()}, and the outcome of a "
            f"forecast for {horizon_days} days is known only after them; the first cut-off will be possible as of "
            f"{calendar_date(earliest + horizon_days)}"
        )
    if len(days) < most:
        say(f"The history allows {len(days)} of {most} cut-offs")
    return sorted(days)


@contextmanager
def prepared_cut_offs(
    export: Export, entity: Entity, config: Config, folder: Path, days: Sequence[int]
) -> Iterator[list[CutOff]]:
    """The cut-offs at some past days, with the tables written out for the processes that backtest them.

    Parameters
    ----------
    export : Export
        The export, as known today.
    entity : {"account", "lead"}
    config : Config
    folder : Path
        Where finished cut-offs are kept.
    days : sequence of int
        Day numbers, the oldest first.
    """
    later = guard_attributes(market(export.tables, entity, keep=export.keep), export.day, config, export.keep)
    kept, tables = kept_in(folder, export, entity, config), folder / entity / "tables"
    shutil.rmtree(tables, ignore_errors=True)  # a run that was killed could not clear it away
    try:
        saved(export.tables, tables)
        yield [CutOff(entity, day, export.day, config, tables, kept, later.suspected_before) for day in days]
    finally:
        shutil.rmtree(tables, ignore_errors=True)
