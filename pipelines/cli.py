"""The command line. Each command is a function elsewhere; here are only names, options and exit codes."""

import argparse
import os
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.failures import ClosedwonError, UsageError

COMMANDS = {
    "demo": "simulate a CRM and run the whole job on it",
    "check": "validate the tables: what is there, what is missing, what looks like a leak",
    "train": "learn a scorecard for each entity and register it as challenger",
    "tune": "search better settings, on days before all that the gate judges by, and print them",
    "backtest": "judge the configuration on past cut-offs, beside what teams rank by today",
    "promote": "make the challenger champion if the evidence allows",
    "rollback": "return to the champion before this one",
    "score": "score everything open with the champion and publish the files",
    "explain": "one entity's score, term by term",
    "report": "write what was learned and how well it foretells, as one HTML file",
}
#: Which options each command takes.
TAKES = {
    "demo": ("data", "store", "config", "out", "accounts"),
    "check": ("data", "as-of", "config"),
    "train": ("data", "as-of", "store", "config", "entity", "horizon-days", "trials"),
    "tune": ("data", "as-of", "store", "config", "entity", "horizon-days", "trials"),
    "backtest": ("data", "as-of", "store", "config", "entity", "horizon-days", "cut-offs", "learning-curve"),
    "promote": ("data", "as-of", "store", "config", "entity", "force"),
    "rollback": ("store", "entity"),
    "score": ("data", "as-of", "store", "config", "entity", "out", "crm"),
    "explain": ("data", "as-of", "store", "config", "entity"),
    "report": ("store", "entity", "out"),
}


#: What an option says in place of a key of the configuration.
OVERRIDES = (
    ("training", "horizon_days"),
    ("tuning", "trials"),
    ("backtest", "cut_offs"),
    ("backtest", "learning_curve"),
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-22") from None


OPTIONS: dict[str, dict[str, Any]] = {
    "data": {"type": Path, "metavar": "DIR", "help": "folder (or DuckDB, SQLite file) with the CRM tables"},
    "as-of": {
        "type": _day,
        "metavar": "DATE",
        "help": "use what was known before this day, UTC",
    },
    "store": {
        "type": Path,
        "metavar": "DIR",
        "default": Path("closedwon-store"),
        "help": "registry and artifacts (default ./closedwon-store)",
    },
    "config": {"type": Path, "metavar": "FILE", "help": "TOML; every key has a default"},
    "entity": {"choices": ("account", "lead", "both"), "help": "default: what the tables allow"},
    "horizon-days": {"type": int, "metavar": "N", "help": "how far ahead a win counts (default 180)"},
    "out": {
        "type": Path,
        "metavar": "DIR",
        "default": Path("scores"),
        "help": "the score files (default ./scores)",
    },
    "trials": {"type": int, "metavar": "N", "help": "search settings in so many trials first (tune: default 20)"},
    "cut-offs": {"type": int, "metavar": "N", "help": "how many past days to judge on (default 6)"},
    "learning-curve": {"action": "store_true", "default": None, "help": "learn from parts of the wins as well"},
    "crm": {
        "action": "append",
        "metavar": "NAME",
        "help": "write files for this CRM (repeatable; default: all)",
    },
    "force": {"action": "store_true", "help": "override the gate, and record that you did"},
    "accounts": {"type": int, "default": 6_000, "metavar": "N", "help": "size of the simulated market"},
}


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="closedwon", description="Scores leads and accounts by the revenue they are likely to bring."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        if name == "explain":
            command.add_argument("id", help="account or lead id")
        for option in TAKES[name]:
            settings = dict(OPTIONS[option])
            if option == "data":
                settings |= {"default": Path("closedwon-demo")} if name == "demo" else {"required": name != "promote"}
            if (name, option) == ("promote", "data"):
                settings["help"] = "folder to judge on (default: the one that the challenger was trained on)"
            if (name, option) == ("report", "out"):
                settings |= {"metavar": "FILE", "default": Path("report.html"), "help": "default ./report.html"}
            command.add_argument(f"--{option}", **settings)
        command.add_argument("--quiet", action="store_true", help="print errors only")
    return parser


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
    from pipelines.config import read_config

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
