"""The command line. Each command is a function elsewhere; here is only which, and the exit code."""

import argparse
import os
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.failures import ClosedwonError, UsageError
from pipelines.options import build_parser

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
    try:
        _run(arguments)
    except ClosedwonError as error:
        print(f"closedwon {arguments.command}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"closedwon {arguments.command}: interrupted", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        print(f"closedwon {arguments.command}: unexpected failure, see above", file=sys.stderr)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    from pipelines.config_file import read_config

    say = _teller(arguments.quiet)
    config = read_config(getattr(arguments, "config", None))
    for section, option in OVERRIDES:
        config = _overridden(config, section, option, getattr(arguments, option, None))
    command = arguments.command
    if command == "demo":
        from pipelines.demo import demo

        demo(arguments.data, arguments.store, arguments.out, config, accounts=arguments.accounts, say=say)
        return
    from pipelines.store import Store

    if command in ("promote", "rollback"):
        from pipelines.promote import promote, rollback

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
    if command == "report":
        from pipelines.reporting import report

        with Store.open(_existing(arguments.store)) as store:
            report(store, arguments.out, asked=arguments.entity, say=say)
        return
    from pipelines.view import view

    if command == "check":
        from pipelines.check import check

        check(view(arguments.data, config, arguments.as_of, say), config, say=say)
    elif command == "train":
        from pipelines.train import train

        with Store.open(arguments.store) as store:
            seen = view(arguments.data, config, arguments.as_of, say)
            train(seen, store, config, asked=arguments.entity, say=say)
    elif command == "tune":
        from pipelines.tune import tune

        with Store.open(arguments.store) as store:
            tune(view(arguments.data, config, arguments.as_of, say), store, config, asked=arguments.entity, say=say)
    elif command == "backtest":
        from pipelines.backtest import backtests

        with Store.open(arguments.store) as store:
            backtests(
                view(arguments.data, config, arguments.as_of, say), store, config, asked=arguments.entity, say=say
            )
    elif command == "score":
        from pipelines.score import profiles, score

        profiles(arguments.crm or [])  # a name mistyped is said before anything is read
        with Store.open(_existing(arguments.store)) as store:
            seen = view(arguments.data, config, arguments.as_of, say)
            score(seen, store, config, arguments.out, crms=arguments.crm or [], asked=arguments.entity, say=say)
    else:
        from pipelines.explain import explain

        with Store.open(arguments.store, writing=False) as store:
            seen = view(arguments.data, config, arguments.as_of, say)
            explain(seen, store, arguments.id, asked=arguments.entity, say=print)


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


def _teller(quiet: bool) -> Any:
    """What prints progress: each line with the seconds since the start; nothing when quiet."""
    start = time.perf_counter()

    def say(text: str) -> None:
        if quiet:
            return
        stamp = "" if text.startswith(("\n", " ")) or "\n" in text else f"[{time.perf_counter() - start:5.1f} s] "
        print(f"{stamp}{text}", flush=True)

    return say
