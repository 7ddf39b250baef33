"""The commands of scores, every night and after it: `score`, `snapshot`, `explain`, `monitor`, `imported`, `status`."""

from __future__ import annotations

import argparse
from dataclasses import replace

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store, figures_in
from pipelines.commands.options import JOB_OPTIONS
from pipelines.errors import UsageError
from pipelines.progress import Say
from scoring.persons.written import hidden

#: What of the history a scorecard reads: it scores attributes as they are tonight.
DEALS = ("opportunities",)


def _score(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.commands.snapshot import kept_tonight
    from pipelines.delivery.profiles import profiles
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.engagement_cache import EngagementCache
    from pipelines.intake.point_in_time import read_export
    from pipelines.serving.forgetting import finish_forgetting
    from pipelines.serving.score import score
    from pipelines.sources.engine_address import engine_at
    from pipelines.store.store import Store

    config = configuration(arguments)
    crms = arguments.crm or []
    profiles(crms, config)  # a mistyped name is reported before anything is read
    with (
        Store.open(existing_store(arguments.store), held=arguments.held) as store,
        engine_at(arguments.engine) as engine,
        figures_in(arguments.json) as figures,
    ):
        finish_forgetting(store, say)
        kept = EngagementCache(store.engagement, 0 if arguments.rebuild else config.engine.rebuild_days)
        past = KeptHistory(store.history)
        export = read_export(
            *(arguments.data, config, arguments.as_of, say),
            cache=kept,
            with_pandera=False,
            engine=engine,
            history=past,
            history_of=DEALS,
        )
        asked, force = arguments.entity, arguments.force
        night = score(export, store, config, arguments.out, crms=crms, asked=asked, force=force, say=say)
        figures |= night.to_json()
        kept_tonight(export, past, config, say)


def _keep_history(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.commands.snapshot import keep_history
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.point_in_time import read_export
    from pipelines.store.store import Store

    config = configuration(arguments)
    with Store.open(arguments.store) as store, figures_in(arguments.json) as figures:
        export = read_export(arguments.data, config, arguments.as_of, say, with_pandera=False)
        figures |= vars(keep_history(export, KeptHistory(store.history), config, say))


def _explain(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.engagement_cache import EngagementCache
    from pipelines.intake.point_in_time import read_export
    from pipelines.serving.explain import explain, explain_at
    from pipelines.store.store import Store

    config = configuration(arguments)
    if (arguments.data is None) == (arguments.at is None):
        raise UsageError("give --data for the score of an export, or --at for one that was served")

    def say_all(text: str) -> None:
        print(hidden(text))  # a model of an earlier version may have such a level

    with Store.open(arguments.store, writing=False) as store, figures_in(arguments.json) as figures:
        if arguments.at is not None:
            found = explain_at(store, arguments.id, arguments.at, asked=arguments.entity, say=say_all)
        else:
            past = KeptHistory(store.history)
            kept = EngagementCache(store.engagement, config.engine.rebuild_days, to_read=True)
            export = read_export(
                *(arguments.data, config, arguments.as_of, say),
                cache=kept,
                with_pandera=False,
                history=past,
                history_of=DEALS,
            )
            found = explain(export, store, arguments.id, asked=arguments.entity, say=say_all)
        figures |= found.to_json()


def _monitor(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.evaluation.monitor import monitor
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.point_in_time import read_export
    from pipelines.sources.engine_address import engine_at
    from pipelines.store.store import Store

    config = configuration(arguments)
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        words, past = (arguments.data, config, arguments.as_of, say), KeptHistory(store.history)
        with engine_at(arguments.engine) as engine:
            export = read_export(*words, engine=engine, brought="outcomes", history=past, history_of=DEALS)
        found = monitor(export, store, config, asked=arguments.entity, say=say)
        figures |= {entity: findings.to_json() for entity, findings in found.items()}


def _imported(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.delivery.import_results import imported
    from pipelines.store.store import Store

    config = configuration(arguments)
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        crms, sent = arguments.crm or [], arguments.sent
        done = imported(store, config, arguments.file, crms=crms, asked=arguments.entity, sent=sent, say=say)
        figures |= {"recorded": done is not None, **(vars(done) if done else {})}


def _status(arguments: argparse.Namespace, say: Say) -> int:
    from pipelines.store.status import status

    found = status(arguments.store, arguments.max_age_hours)
    if not (arguments.quiet and found.well):
        print(found.line)
    with figures_in(arguments.json) as figures:
        figures |= {"well": found.well, "line": found.line}
    return 0 if found.well else 1


#: Which CRM an answer is of.
RESULTS_OF = options.CRM.but("the CRM that gave the results (repeatable; default: recognised among all)")

COMMANDS = (
    Command(
        "score",
        "score all open accounts and leads with the champion and publish the files",
        (*JOB_OPTIONS, options.OUT, options.CRM, options.FORCE, options.REBUILD, options.ENGINE, options.JSON),
        _score,
    ),
    Command(
        "snapshot",
        "keep what has changed of attributes as history, as each score does",
        (options.DATA, options.AS_OF, options.STORE, options.CONFIG, options.JSON),
        _keep_history,
    ),
    Command(
        "explain",
        "explain the score of one account or lead, term by term",
        (
            options.ID,
            options.DATA.but(required=False),
            options.AS_OF,
            options.AT,
            options.STORE,
            options.CONFIG,
            options.ENTITY_OF_ID,
            options.JSON,
        ),
        _explain,
    ),
    Command(
        "monitor",
        "compare past scores with the outcomes, and today's data with the training data",
        (*JOB_OPTIONS, options.ENGINE, replace(options.JSON, alias="--out")),
        _monitor,
    ),
    Command(
        "imported",
        "read a CRM's results file and record which rows it took",
        (
            options.RESULTS_FILE,
            options.SENT,
            options.STORE,
            options.CONFIG,
            options.RANKED_OF_ID,
            RESULTS_OF,
            options.JSON,
        ),
        _imported,
    ),
    Command(
        "status",
        "print one line for an alert: the newest run and night; exit code 1 if somebody must look",
        (options.STORE, options.MAX_AGE_HOURS, options.JSON),
        _status,
        logged=False,
    ),
)
