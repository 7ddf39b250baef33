"""The options of the command line, each declared once: its name, type, default and help."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.sources.remote.address import is_address_file
from scoring.entity import CHOICES, ENTITIES


@dataclass(frozen=True)
class Option:
    """An option or a positional argument of a command.

    Attributes
    ----------
    name : str
        As it is typed: ``--as-of``; a name without dashes is positional.
    help : str
    settings : dict
        The other arguments of `argparse.ArgumentParser.add_argument`: type, default, metavar, ...
    alias : str
        Another name, which an earlier release gave it; empty for none.
    """

    name: str
    help: str
    settings: dict[str, Any] = field(default_factory=dict)
    alias: str = ""

    def but(self, help: str | None = None, **settings: Any) -> Option:
        """The same option with another help or other settings, for one command."""
        return replace(self, help=help or self.help, settings=self.settings | settings)

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Declare the option to a parser."""
        parser.add_argument(*filter(None, (self.name, self.alias)), help=self.help, **self.settings)


#: Days before and after are mistyped; the horizons around them must be days as well.
FIRST_DAY, LAST_DAY = date(1971, 1, 1), date(2999, 12, 31)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-22") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise argparse.ArgumentTypeError(f"{text} is no day of a CRM: give one from {FIRST_DAY} to {LAST_DAY}")
    return day


def _path_or_address(text: str) -> Path | str:
    """A path, or an address with `://`, which would lose a slash as a path, or the file after an @ that holds one."""
    return text if "://" in text or is_address_file(text) else Path(text)


def _path(name: str, metavar: str, help: str, **settings: Any) -> Option:
    return Option(name, help, {"type": Path, "metavar": metavar, **settings})


def _count(name: str, help: str, **settings: Any) -> Option:
    return Option(name, help, {"type": int, "metavar": "N", **settings})


def _flag(name: str, help: str, **settings: Any) -> Option:
    return Option(name, help, {"action": "store_true", **settings})


DATA = Option(
    "--data",
    "folder, DuckDB or SQLite file, or postgresql://... (or @FILE with it) with the CRM tables, or crm.sql, which maps "
    "a raw export to them",
    {"type": _path_or_address, "metavar": "DIR", "required": True},
)
SOURCE = Option(
    "source",
    "raw export of a CRM: folder, zip, workbook, DuckDB or SQLite file, or postgresql://... (or @FILE with it)",
    {"type": _path_or_address},
)
LAYOUT = Option("--layout", "how the export is laid out (default: recognised)", {"metavar": "NAME"})
DATES = Option(
    "--dates",
    "the order of dates in the export, where both are possible",
    {"choices": ("day/month/year", "month/day/year")},
)
TIME_ZONE = Option(
    "--time-zone",
    "the zone of times without an offset, such as Europe/Berlin, where the export does not say it (default UTC)",
    {"metavar": "ZONE"},
)
AS_OF = Option(
    "--as-of",
    "use what was known before this day, UTC (default: the day after the newest in the export)",
    {"type": _day, "metavar": "DATE"},
)
UNTIL = Option("--until", "the day after the last of the period", {"type": _day, "metavar": "DATE", "required": True})
TARGET = Option(
    "--target",
    "revenue that is to be reached, such as 2500000 (default: what is left of the agreement that ends with the period)",
    {"type": float, "metavar": "AMOUNT"},
)
BY = Option("--by", "what to split the plan by", {"choices": ("source", "segment", "owner")})
AT = Option("--at", "explain the score that was served for this day; without --data", {"type": _day, "metavar": "DATE"})
STORE = _path(
    "--store", "DIR", "folder of models, scores and logs (default ./closedwon-store)", default=Path("closedwon-store")
)
HISTORY = _path(
    "--history",
    "DIR",
    "history that nights keep in their store (default ./closedwon-store/history)",
    default=Path("closedwon-store/history"),
)
CONFIG = _path("--config", "FILE", "configuration file, TOML; every key has a default")
ENTITY = Option("--entity", "which scorecards (default: accounts and leads, as the tables allow)", {"choices": CHOICES})
#: Of what is said of accounts and leads alone.
RANKED = ENTITY.but(choices=(*ENTITIES, "both"))
RANKED_OF_ID = RANKED.but("whose id it is: account or lead (default: found)")
ENTITY_OF_ID = ENTITY.but("whose id it is (default: found)")
CHAMPIONS = ENTITY.but("which scorecards (default: all that are champions)")
HORIZON_DAYS = _count("--horizon-days", "days ahead within which a win counts (default 180)")
OUT = _path("--out", "DIR", "folder of the score files (default ./scores)", default=Path("scores"))
SCORE_FOLDERS = _path(
    "--out", "DIR", "folder of this store's score files, after it was moved or copied (repeatable)", action="append"
)
TRIALS = _count("--trials", "search better settings in this many trials first (default: none)")
CUT_OFFS = _count("--cut-offs", "number of past days to backtest on (default 6)")
NAMES = _flag("--names", "also compare the names of companies (needs closedwon[matching])", default=None)
LEARNING_CURVE = _flag("--learning-curve", "also learn from parts of the wins", default=None)
CRM = Option(
    "--crm",
    "write files for this CRM (repeatable; default: those in the configuration)",
    {"action": "append", "metavar": "NAME"},
)
FORCE = _flag("--force", "override the gates; it is recorded that you did")
REBUILD = _flag("--rebuild", "read all activities again, also those that earlier nights have read")
ENGINE = Option(
    "--engine",
    "where the tables are and are read: duckdb (default), spark, a Spark master, postgresql://... or @FILE with it",
    {"metavar": "ENGINE"},
)
MAX_AGE_HOURS = Option(
    "--max-age-hours",
    "largest age of the newest night (default 30)",
    {"type": float, "metavar": "N", "default": 30.0},
)
ACCOUNTS = _count("--accounts", "number of simulated accounts (default 6000)", default=6_000)
SCHEMA = _flag("--schema", "print the JSON schema of the configuration, for an editor")
ID = Option("id", "id of an account, a lead or an open deal")
RESULTS_FILE = Option("file", "results of the CRM: CSV, a zip with one, or the answer of its API", {"type": Path})
SENT = _path("--sent", "FILE", "the file that was imported, where the results name rows by number or leave rows out")
JSON = _path("--json", "FILE", "write the figures to this file as well, as JSON")
DATA_QUALITY = _path("--report", "FILE", "write what is found to this file as well, as an HTML page")
QUIET = _flag("--quiet", "print errors only")
LOG = Option("--log", "file of the run log, or - for standard error (default: in the store)", {"metavar": "FILE"})
#: Of a command without a store.
LOG_WITHOUT_STORE = LOG.but("file of the run log, or - for standard error (default: none)")

#: The options of every command that reads an export into a store.
JOB_OPTIONS = (DATA, AS_OF, STORE, CONFIG, ENTITY)
