"""The options of the command line, each declared once: its name, type, default and words."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from scoring.entity import CHOICES


@dataclass(frozen=True)
class Option:
    """An option or a positional argument of a command.

    Attributes
    ----------
    name : str
        As it is typed: ``--as-of``; without dashes it is positional.
    help : str
    settings : dict
        What else `argparse.ArgumentParser.add_argument` takes: type, default, metavar, ...
    """

    name: str
    help: str
    settings: dict[str, Any] = field(default_factory=dict)

    def but(self, help: str | None = None, **settings: Any) -> Option:
        """The same option with other words or settings, as one command needs it."""
        return replace(self, help=help or self.help, settings=self.settings | settings)

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Declare the option to a parser."""
        parser.add_argument(self.name, help=self.help, **self.settings)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-22") from None


def _path_or_address(text: str) -> Path | str:
    """A path, or the address of a folder elsewhere, which as a path would lose a slash."""
    return text if "://" in text else Path(text)


def _path(name: str, metavar: str, help: str, **settings: Any) -> Option:
    return Option(name, help, {"type": Path, "metavar": metavar, **settings})


def _count(name: str, help: str, **settings: Any) -> Option:
    return Option(name, help, {"type": int, "metavar": "N", **settings})


def _flag(name: str, help: str, **settings: Any) -> Option:
    return Option(name, help, {"action": "store_true", **settings})


DATA = Option(
    "--data",
    "folder (or DuckDB, SQLite file) with the CRM tables",
    {"type": _path_or_address, "metavar": "DIR", "required": True},
)
AS_OF = Option("--as-of", "use what was known before this day, UTC", {"type": _day, "metavar": "DATE"})
AT = Option(
    "--at", "the score that held on this day, as it was served; without --data", {"type": _day, "metavar": "DATE"}
)
STORE = _path("--store", "DIR", "registry and artifacts (default ./closedwon-store)", default=Path("closedwon-store"))
CONFIG = _path("--config", "FILE", "TOML; every key has a default")
ENTITY = Option("--entity", "default: what the tables allow", {"choices": CHOICES})
HORIZON_DAYS = _count("--horizon-days", "how far ahead a win counts (default 180)")
OUT = _path("--out", "DIR", "the score files (default ./scores)", default=Path("scores"))
TRIALS = _count("--trials", "search settings in so many trials first (tune: default 20)")
CUT_OFFS = _count("--cut-offs", "how many past days to judge on (default 6)")
LEARNING_CURVE = _flag("--learning-curve", "learn from parts of the wins as well", default=None)
CRM = Option(
    "--crm",
    "write files for this CRM (repeatable; default: those in the configuration)",
    {"action": "append", "metavar": "NAME"},
)
FORCE = _flag("--force", "override the gates, and record that you did")
REBUILD = _flag("--rebuild", "read all activities, whatever earlier nights have read of them")
ENGINE = Option(
    "--engine",
    "where the tables are read and scored: duckdb (default), spark, a Spark master, postgresql://...",
    {"metavar": "ENGINE"},
)
MAX_AGE_HOURS = Option(
    "--max-age-hours",
    "the newest night may be so old (default 30)",
    {"type": float, "metavar": "N", "default": 30.0},
)
ACCOUNTS = _count("--accounts", "size of the simulated market", default=6_000)
SCHEMA = _flag("--schema", "print the JSON schema of the configuration, for an editor")
ID = Option("id", "account or lead id")
RESULTS_FILE = Option("file", "the CRM's results: CSV, or a zip with one", {"type": Path})
QUIET = _flag("--quiet", "print errors only")
LOG = Option("--log", "log to this file, or - for standard error (default: in the store)", {"metavar": "FILE"})

#: What every command takes that reads an export into a store.
JOB_OPTIONS = (DATA, AS_OF, STORE, CONFIG, ENTITY)
