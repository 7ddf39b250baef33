"""The commands `sources`, `gap` and `retention`: what sources bring, why revenue is not as planned, and who stays."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, figures_in, tables_in
from pipelines.progress import Say


def month_argument(text: str) -> date:
    """The first day of a month such as 2026-03."""
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month such as 2026-03") from None
    if not options.FIRST_DAY <= day <= options.LAST_DAY:
        raise argparse.ArgumentTypeError(f"{text} is no month of a CRM: give one from 1971-01 to 2999-12")
    return day


def _sources(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.intake.point_in_time import entities, read_export
    from pipelines.planning.sources.cohorts import source_report
    from pipelines.planning.sources.report import lines

    config, by = configuration(arguments), arguments.by
    with figures_in(arguments.json) as figures:
        export = read_export(arguments.data, config, arguments.as_of, say)
        entity = entities(export.tables, None)[0]
        found = source_report(export, entity, by, arguments.since, config, say)
        figures |= found.to_json()
    print("\n".join(lines(found)))
    tables_in(arguments.out, {f"by_{by}": found.sources, f"by_{by}_and_month": found.months}, say)


def _gap(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.intake.point_in_time import read_export
    from pipelines.planning.sources.gap import lines, review

    config = configuration(arguments)
    with figures_in(arguments.json) as figures:
        export = read_export(arguments.data, config, arguments.as_of, say)
        found = review(export, arguments.begin, arguments.target, config, say)
        figures |= found.to_json()
    print("\n".join(lines(found)))


def years(text: str) -> float:
    """How far to look ahead: 1 to 10 years."""
    try:
        found = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of years such as 5") from None
    if not 1 <= found <= 10:
        raise argparse.ArgumentTypeError(f"{text} years: give 1 to 10, since nobody knows more")
    return found


def _retention(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.intake.point_in_time import read_export
    from pipelines.planning.retention.report import retention_report
    from pipelines.planning.retention.text import lines

    config = configuration(arguments)
    with figures_in(arguments.json) as figures:
        export = read_export(arguments.data, config, arguments.as_of, say)
        found = retention_report(export, arguments.by, arguments.years, config, say)
        figures |= found.to_json()
    print("\n".join(lines(found)))
    tables_in(arguments.out, {"customers": found.rows, "retention": found.by_group}, say)


BY = options.Option(
    "--by", "what is followed (default source)", {"choices": ("source", "campaign", "segment"), "default": "source"}
)
SINCE = options.Option(
    "--since",
    "first month of arrival that is shown (default: January of the year before)",
    {"type": month_argument, "metavar": "MONTH"},
)
TABLES = options.OUT.but("folder for the tables, as Parquet and CSV (default: not written)", default=None, type=Path)

FROM = options.Option(
    "--from",
    "first day of the period (default: of the quarter that the last known day is in)",
    {"type": options.AS_OF.settings["type"], "metavar": "DATE", "dest": "begin"},
)
TARGET = options.Option(
    "--target", "what was set for the period, in the home currency", {"type": float, "metavar": "AMOUNT"}
)

GROUPS = options.Option(
    "--by", "what customers are grouped by (default: nothing)", {"choices": ("source", "segment"), "default": None}
)
YEARS = options.Option("--years", "how far to look ahead (default 5)", {"type": years, "default": 5.0, "metavar": "N"})

COMMANDS = (
    Command(
        "sources",
        "say what each source brings, to date and completed, what it costs, and which brings more of less",
        (options.DATA, options.AS_OF, options.CONFIG, BY, SINCE, TABLES, options.JSON),
        _sources,
    ),
    Command(
        "gap",
        "say why the revenue since a day is not what was to be expected on it, by cause",
        (options.DATA, options.AS_OF, options.CONFIG, FROM, TARGET, options.JSON),
        _gap,
    ),
    Command(
        "retention",
        "say which customers leave, how long they stay, and what they pay while they do",
        (options.DATA, options.AS_OF, options.CONFIG, GROUPS, YEARS, TABLES, options.JSON),
        _retention,
    ),
)
