"""The command line. Each command is a function elsewhere; here is only which, and the exit code."""

import argparse
import gc
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.errors import ClosedwonError, UsageError, is_out_of_space
from pipelines.options import build_parser
from pipelines.progress import progress_printer, silence_output
from pipelines.store.run_log import RunLog, place_of

#: What an option says in place of a key of the configuration.
OVERRIDES = (
    ("training", "horizon_days"),
    ("tuning", "trials"),
    ("backtest", "cut_offs"),
    ("backtest", "learning_curve"),
)


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 usage, 3 bad input, 4 refused, 5 busy."""
    arguments = build_parser().parse_args(words)
    # pandera looks for pyspark.pandas where PySpark is installed, and PySpark is not of pandas' newest major.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    gc.set_threshold(100_000)  # Ibis makes millions of small objects: a seventh of a night was spent looking for cycles
    run_log = RunLog(arguments)
    try:
        if arguments.command == "status":
            from pipelines.store.status import status

            return status(arguments.store, arguments.max_age_hours, quiet=arguments.quiet, say=print)
        run_log.begin()
        _run(arguments, run_log)
    except ClosedwonError as error:
        print(f"closedwon {arguments.command}: {error}", file=sys.stderr)
        return run_log.ended(error.exit_code, str(error), error.gates)
    except BrokenPipeError:  # whoever read the output has seen enough
        silence_output()
        return run_log.ended(0, "the reader of the output has gone")
    except KeyboardInterrupt:
        print(f"closedwon {arguments.command}: interrupted", file=sys.stderr)
        return run_log.ended(1, "interrupted")
    except Exception as error:
        if is_out_of_space(error):
            told = "no space is left to write to: what was there stays as it is; make room, and run it again"
            print(f"closedwon {arguments.command}: {told}", file=sys.stderr)
            return run_log.ended(1, told)
        traceback.print_exc()
        print(f"closedwon {arguments.command}: unexpected failure, see above", file=sys.stderr)
        return run_log.ended(1, place_of(error))
    return run_log.ended(0)


def _run(arguments: argparse.Namespace, run_log: RunLog) -> None:
    from pipelines.config_file import read_config

    say = run_log.telling(progress_printer(arguments.quiet))
    config = read_config(getattr(arguments, "config", None))
    for section, option in OVERRIDES:
        config = _overridden(config, section, option, getattr(arguments, option, None))
    command = arguments.command
    if command == "demo":
        from pipelines.demo import demo

        demo(arguments.data, arguments.store, arguments.out, config, accounts=arguments.accounts, say=say)
        return
    from pipelines.store.store import Store

    if command in ("promote", "rollback"):
        from pipelines.evaluation.promotion import promote, rollback

        with Store.open(_existing(arguments.store)) as store:
            if command == "rollback":
                rollback(store, asked=arguments.entity, say=say)
                return
            promote(
                store,
                config,
                data=arguments.data,
                as_of=arguments.as_of,
                asked=arguments.entity,
                force=arguments.force,
                say=say,
            )
        return
    if command == "imported":
        from pipelines.delivery.import_results import imported

        with Store.open(_existing(arguments.store)) as store:
            imported(store, config, arguments.file, crms=arguments.crm or [], asked=arguments.entity, say=say)
        return
    if command == "report":
        from pipelines.reports.scorecard_report import report

        with Store.open(_existing(arguments.store)) as store:
            report(store, arguments.out, asked=arguments.entity, say=say)
        return
    if command == "fields":
        from pipelines.delivery.fields import fields

        fields(config, arguments.out, crms=arguments.crm or [], say=say)
        return
    from pipelines.intake.point_in_time import read_export
    from pipelines.sources.engine_address import engine_at

    if command == "check":
        from pipelines.intake.quality_check import check

        with engine_at(arguments.engine) as engine:
            check(read_export(arguments.data, config, arguments.as_of, say, engine=engine), config, say=say)
    elif command == "train":
        from pipelines.evaluation.tuning import tuned_config
        from pipelines.intake.engagement_cache import EngagementCache
        from pipelines.training.train import train

        with Store.open(arguments.store) as store:
            kept = EngagementCache(store.engagement, config.engine.rebuild_days)
            export = read_export(arguments.data, config, arguments.as_of, say, kept=kept)
            train(
                export,
                store,
                config,
                asked=arguments.entity,
                say=say,
                tuned=partial(tuned_config, export, store, config, say),
            )
    elif command == "tune":
        from pipelines.evaluation.tuning import tune

        with Store.open(arguments.store) as store:
            tune(
                read_export(arguments.data, config, arguments.as_of, say),
                store,
                config,
                asked=arguments.entity,
                say=say,
            )
    elif command == "backtest":
        from pipelines.evaluation.backtest import backtests

        with Store.open(arguments.store) as store:
            backtests(
                read_export(arguments.data, config, arguments.as_of, say),
                store,
                config,
                asked=arguments.entity,
                say=say,
            )
    elif command == "monitor":
        from pipelines.evaluation.monitor import monitor

        with Store.open(_existing(arguments.store)) as store:
            export = read_export(arguments.data, config, arguments.as_of, say)
            monitor(export, store, config, asked=arguments.entity, out=arguments.out, say=say)
    elif command == "score":
        from pipelines.delivery.profiles import profiles
        from pipelines.intake.engagement_cache import EngagementCache
        from pipelines.serving.score import score

        crms = arguments.crm or []
        profiles(crms, config)  # a name mistyped is said before anything is read
        with Store.open(_existing(arguments.store)) as store, engine_at(arguments.engine) as engine:
            kept = EngagementCache(store.engagement, 0 if arguments.rebuild else config.engine.rebuild_days)
            export = read_export(arguments.data, config, arguments.as_of, say, kept=kept, assured=False, engine=engine)
            score(
                export,
                store,
                config,
                arguments.out,
                crms=crms,
                asked=arguments.entity,
                force=arguments.force,
                say=say,
            )
    else:
        from pipelines.serving.explain import explain, explain_at

        if (arguments.data is None) == (arguments.at is None):
            raise UsageError("give --data for the score of an export, or --at for one that was served")
        with Store.open(arguments.store, writing=False) as store:
            if arguments.at is not None:
                explain_at(store, arguments.id, arguments.at, asked=arguments.entity, say=print)
                return
            export = read_export(arguments.data, config, arguments.as_of, say)
            explain(export, store, arguments.id, asked=arguments.entity, say=print)


def _overridden(config: Any, section: str, key: str, value: int | None) -> Any:
    """The configuration with what an option says in place of a key."""
    if value is None:
        return config
    try:
        return replace(config, **{section: replace(getattr(config, section), **{key: value})})
    except UsageError as error:
        raise UsageError(f"--{key.replace('_', '-')} {value}: {error}") from None


def _existing(store: Path) -> Path:
    """A store that is there; only `train`, `backtest` and `demo` make one."""
    if not os.environ.get("MLFLOW_TRACKING_URI") and not (store / "mlflow.db").exists():
        raise UsageError(f"there is no store at {store}: run `closedwon train` first, or name another with --store")
    return store
