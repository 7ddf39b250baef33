"""The commands and their options: names, words and defaults. What they do is elsewhere."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

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
    "monitor": "compare past scores with what came true, and today's facts with those of training",
    "imported": "record what the CRM took of a night, from the results file that it gave back",
    "report": "write what was learned and how well it foretells, as one HTML file",
    "fields": "write what creates the fields of the scores in a CRM, once",
    "status": "one line for an alert: the newest run and the newest night; ends with 1 if somebody must look",
}
#: Which options each command takes.
TAKES = {
    "demo": ("data", "store", "config", "out", "accounts"),
    "check": ("data", "as-of", "config", "engine"),
    "train": ("data", "as-of", "store", "config", "entity", "horizon-days", "trials"),
    "tune": ("data", "as-of", "store", "config", "entity", "horizon-days", "trials"),
    "backtest": ("data", "as-of", "store", "config", "entity", "horizon-days", "cut-offs", "learning-curve"),
    "promote": ("data", "as-of", "store", "config", "entity", "force"),
    "rollback": ("store", "entity"),
    "score": ("data", "as-of", "store", "config", "entity", "out", "crm", "force", "rebuild", "engine"),
    "explain": ("data", "as-of", "at", "store", "config", "entity"),
    "monitor": ("data", "as-of", "store", "config", "entity", "out"),
    "imported": ("store", "config", "entity", "crm"),
    "report": ("store", "entity", "out"),
    "fields": ("config", "crm", "out"),
    "status": ("store", "max-age-hours"),
}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-22") from None


def _place(text: str) -> Path | str:
    """A path, or the address of a folder elsewhere, which as a path would lose a slash."""
    return text if "://" in text else Path(text)


OPTIONS: dict[str, dict[str, Any]] = {
    "data": {"type": _place, "metavar": "DIR", "help": "folder (or DuckDB, SQLite file) with the CRM tables"},
    "as-of": {
        "type": _day,
        "metavar": "DATE",
        "help": "use what was known before this day, UTC",
    },
    "at": {
        "type": _day,
        "metavar": "DATE",
        "help": "the score that held on this day, as it was served; without --data",
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
        "help": "write files for this CRM (repeatable; default: those in the configuration)",
    },
    "force": {"action": "store_true", "help": "override the gates, and record that you did"},
    "rebuild": {"action": "store_true", "help": "read all activities, whatever earlier nights have read of them"},
    "engine": {
        "metavar": "ENGINE",
        "help": "where the tables are read and scored: duckdb (default), spark, a Spark master, postgresql://...",
    },
    "max-age-hours": {
        "type": float,
        "metavar": "N",
        "default": 30.0,
        "help": "the newest night may be so old (default 30)",
    },
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
        if name == "imported":
            command.add_argument("file", type=Path, help="the CRM's results: CSV, or a zip with one")
        for option in TAKES[name]:
            settings = dict(OPTIONS[option])
            if option == "data":
                needed = name not in ("promote", "explain")
                settings |= {"default": Path("closedwon-demo")} if name == "demo" else {"required": needed}
            if (name, option) == ("promote", "data"):
                settings["help"] = "folder to judge on (default: the one that the challenger was trained on)"
            if (name, option) == ("monitor", "out"):
                settings |= {"metavar": "FILE", "default": None, "help": "write the figures to this file, as JSON"}
            if (name, option) == ("report", "out"):
                settings |= {"metavar": "FILE", "default": Path("report.html"), "help": "default ./report.html"}
            if (name, option) == ("fields", "out"):
                settings |= {"default": Path("fields"), "help": "a folder for each CRM in it (default ./fields)"}
            command.add_argument(f"--{option}", **settings)
        command.add_argument("--quiet", action="store_true", help="print errors only")
        if name != "status":  # it only looks, and leaves no trace
            command.add_argument(
                "--log", metavar="FILE", help="log to this file, or - for standard error (default: in the store)"
            )
    return parser
