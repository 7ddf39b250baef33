"""The commands of a retraining: `check`, `match`, `train`, `tune`, `backtest`, `promote`, `rollback` and `report`."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.commands import options
from pipelines.commands.command import Command, Ending, configuration, existing_store, figures_in
from pipelines.commands.options import JOB_OPTIONS
from pipelines.progress import Say
from scoring.entity import Entity, asked_entities

if TYPE_CHECKING:
    from pipelines.store.store import Store


def _check(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.point_in_time import read_export
    from pipelines.quality.check import check
    from pipelines.sources.engine_address import engine_at

    config = configuration(arguments)
    with engine_at(arguments.engine) as engine:
        past = KeptHistory(arguments.history.expanduser())
        export = read_export(
            arguments.data,
            config,
            arguments.as_of,
            say,
            engine=engine,
            with_notes=False,
            with_identities=engine is None,
            history=past,
        )
        found = check(export, config, arguments.out, arguments.json, say=say)
    if arguments.report is not None:
        from pipelines.reports.data_quality import write_data_quality

        say(f"Report: {write_data_quality(found, arguments.report)}")


def _match(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.intake.point_in_time import read_export
    from pipelines.matching.match import match
    from pipelines.matching.name_model import require_splink

    config = configuration(arguments)
    if config.matching.names:
        require_splink()  # before minutes of reading
    export = read_export(arguments.data, config, arguments.as_of, say, with_notes=False, with_identities=True)
    match(export, config, arguments.out, arguments.json, say=say)


def _train(arguments: argparse.Namespace, say: Say) -> Ending:
    from pipelines.errors import Refused
    from pipelines.evaluation.tuning import tuned_config
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.engagement_cache import EngagementCache
    from pipelines.intake.point_in_time import read_export
    from pipelines.sources.engine_address import engine_at
    from pipelines.store import registry
    from pipelines.store.store import Store
    from pipelines.training.train import train

    config = configuration(arguments)
    refusals: dict[Entity, str] = {}
    with Store.open(arguments.store, held=arguments.held) as store, figures_in(arguments.json) as figures:
        kept = EngagementCache(store.engagement, config.engine.rebuild_days)
        words, past = (arguments.data, config, arguments.as_of, say), KeptHistory(store.history)
        with engine_at(arguments.engine) as engine:
            export = read_export(*words, cache=kept, history=past, engine=engine, brought="to_learn")
        tuned = partial(tuned_config, export, store, export.scaled(config), say)
        figures["left_out"] = refusals
        done = train(export, store, config, asked=arguments.entity, say=say, tuned=tuned, refusals=refusals)
        figures |= {
            entity: {"version": made.version, "uri": made.uri, **_training(store, entity)}
            for entity, made in done.items()
        }
        missed = [entity for entity in refusals if arguments.entity or registry.champion(store, entity) is not None]
    left_out = "; ".join(f"the {entity} scorecard was not trained: {why}" for entity, why in refusals.items())
    if missed:
        raise Refused(
            f"{left_out}. Registered: {', '.join(f'{entity} version {v.version}' for entity, v in done.items())}"
        )
    if left_out:
        say(f"Note: {left_out}")
    return Ending(0, left_out)


def _tune(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.evaluation.tuning import tune
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.point_in_time import read_export
    from pipelines.sources.engine_address import engine_at
    from pipelines.store.store import Store

    config = configuration(arguments)
    with Store.open(arguments.store) as store, figures_in(arguments.json) as figures:
        words, past = (arguments.data, config, arguments.as_of, say), KeptHistory(store.history)
        with engine_at(arguments.engine) as engine:
            export = read_export(*words, history=past, engine=engine, brought="to_learn")
        found = tune(export, store, export.scaled(config), asked=arguments.entity, say=say)
        figures |= {entity: {"better": tuned.better, **vars(tuned)} for entity, tuned in found.items()}


def _backtest(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.evaluation.backtest import backtests
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.point_in_time import read_export
    from pipelines.sources.engine_address import engine_at
    from pipelines.store.store import Store

    config = configuration(arguments)
    with Store.open(arguments.store) as store, figures_in(arguments.json) as figures:
        words, past = (arguments.data, config, arguments.as_of, say), KeptHistory(store.history)
        with engine_at(arguments.engine) as engine:
            export = read_export(*words, history=past, engine=engine, brought="to_learn")
        found = backtests(export, store, export.scaled(config), asked=arguments.entity, say=say)
        figures |= {evidence.entity: evidence.to_json() for evidence in found}


def _promote(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.evaluation.promotion import promote
    from pipelines.store import registry
    from pipelines.store.store import Store

    config = configuration(arguments)
    data, as_of = arguments.data, arguments.as_of
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        versions = {entity: registry.challenger(store, entity) for entity in asked_entities(arguments.entity)}
        try:
            asked, force, engine = arguments.entity, arguments.force, arguments.engine
            promote(store, config, data=data, as_of=as_of, asked=asked, force=force, say=say, engine=engine)
        finally:
            for entity, version in versions.items():
                if version is not None and (decision := registry.decision(store, entity, version)):
                    figures[entity] = {"version": version, **decision.to_json()}


def _rollback(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.evaluation.promotion import rollback
    from pipelines.store.store import Store

    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        returned = rollback(store, asked=arguments.entity, say=say)
        figures |= {entity: {"version": version} for entity, version in returned.items()}


def _report(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.reports.scorecard_report import report
    from pipelines.store.store import Store

    with Store.open(existing_store(arguments.store)) as store:
        report(store, arguments.out, asked=arguments.entity, say=say)


def _training(store: Store, entity: Entity) -> dict[str, Any]:
    """The figures of the training of a challenger."""
    from pipelines.store import registry

    scorecard, _ = registry.load_scorecard(store, entity, registry.CHALLENGER)
    return scorecard.figures()


#: Where `check` writes the rows that were set aside.
REJECTS = options.OUT.but("folder for the rejected rows (default ./rejects)", default=None)

#: Where `match` writes what must be reviewed.
MATCHES = options.OUT.but("folder for the files to review (default ./matches)", default=Path("matches"))

COMMANDS = (
    Command(
        "check",
        "validate the tables and say what is there, what is missing and what looks like a leak",
        (
            *(options.DATA, options.AS_OF, options.CONFIG, options.ENGINE, REJECTS, options.JSON, options.DATA_QUALITY),
            options.HISTORY,
        ),
        _check,
    ),
    Command(
        "match",
        "write for review which leads may belong to which accounts, and which records are probably there twice",
        (options.DATA, options.AS_OF, options.CONFIG, options.NAMES, MATCHES, options.JSON),
        _match,
    ),
    Command(
        "train",
        "learn a scorecard for each entity and register it as challenger",
        (*JOB_OPTIONS, options.HORIZON_DAYS, options.TRIALS, options.ENGINE, options.JSON),
        _train,
    ),
    Command(
        "tune",
        "search better settings on days that the gate does not use, and print them",
        (
            *JOB_OPTIONS,
            options.HORIZON_DAYS,
            options.TRIALS.but("number of trials (default 20)"),
            options.ENGINE,
            options.JSON,
        ),
        _tune,
    ),
    Command(
        "backtest",
        "test the configuration on past days, beside what teams rank by today",
        (*JOB_OPTIONS, options.HORIZON_DAYS, options.CUT_OFFS, options.LEARNING_CURVE, options.ENGINE, options.JSON),
        _backtest,
    ),
    Command(
        "promote",
        "make the challenger champion if the evidence allows",
        (
            options.DATA.but(
                "folder to backtest on (default: the one that the challenger was trained on)", required=False
            ),
            options.AS_OF.but("use what was known before this day, UTC (default: that of the challenger's training)"),
            options.STORE,
            options.CONFIG,
            options.ENTITY.but("which scorecards (default: those with a challenger)"),
            options.FORCE,
            options.ENGINE,
            options.JSON,
        ),
        _promote,
    ),
    Command(
        "rollback",
        "make the previous champion champion again",
        (options.STORE, options.CHAMPIONS, options.JSON),
        _rollback,
    ),
    Command(
        "report",
        "write one HTML file: what was learned, and how good the forecasts are",
        (
            options.STORE,
            options.CHAMPIONS,
            options.OUT.but("file of the report (default ./report.html)", metavar="FILE", default=Path("report.html")),
        ),
        _report,
    ),
)
