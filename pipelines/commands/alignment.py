"""The commands that sales and marketing share: `agree`, `handoffs`, `calls` and `experiment`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store, figures_in, tables_in
from pipelines.commands.options import Option
from pipelines.progress import Say

AGREEMENT = Option("agreement", "file of the agreement, such as agreements/2027-Q1.toml", {"type": Path})


def _agree(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.alignment.agree import agree
    from pipelines.alignment.agreement_file import read_agreement
    from pipelines.alignment.market import in_market, measured, nights_with
    from pipelines.errors import UsageError
    from pipelines.intake.point_in_time import read_export
    from pipelines.store import ledger, registry
    from pipelines.store.store import Store

    config = configuration(arguments)
    agreement = read_agreement(arguments.agreement)
    today = datetime.now(UTC).date()
    day = arguments.as_of or today
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        found = nights_with(ledger.nights(store), arguments.entity)
        market = served = None
        if found is not None:
            entity, past = found
            ids = None
            if agreement.market.conditions:
                if arguments.data is None:
                    raise UsageError(
                        "the agreement has a [target_market]: give --data, whose attributes decide who is in it"
                    )
                ids = in_market(agreement.market, read_export(arguments.data, config, min(day, today), say), entity)
            market = measured(past, entity, ids)
            if registry.champion(store, entity) is not None:
                served, _ = registry.load_scorecard(store, entity)
        checked = agree(store.path, agreement, market, served, day, say=say)
        figures |= checked.to_json()


def _handoffs(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.handoffs.report import handoff_report
    from pipelines.handoffs.text import lines
    from pipelines.intake.point_in_time import read_export
    from pipelines.store.store import Store

    config = configuration(arguments)
    store_at = existing_store(arguments.store)
    with Store.open(store_at, writing=False) as store, figures_in(arguments.json) as figures:
        export = read_export(arguments.data, config, arguments.as_of, say, with_pandera=False)
        found = handoff_report(export, store, arguments.since, config)
        figures |= found.to_json()
    print("\n".join(lines(found)))
    tables_in(arguments.out, found.tables(), say)


def _calls(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.calls.calls import calls, keep
    from pipelines.calls.files import publish
    from pipelines.calls.text import lines
    from pipelines.delivery.profiles import profiles
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.engagement_cache import EngagementCache
    from pipelines.intake.point_in_time import read_export
    from pipelines.reports.calls import html_of
    from pipelines.store.store import Store

    config, crms = configuration(arguments), arguments.crm or []
    chosen = profiles(crms, config) if crms or config.crm.files else []
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        cache = EngagementCache(store.engagement, config.engine.rebuild_days)
        export = read_export(
            *(arguments.data, config, arguments.week, say),
            cache=cache,
            with_pandera=False,
            history=KeptHistory(store.history),
        )
        lists = calls(export, store, config, asked=arguments.entity, say=say)
        folder = publish(lists, html_of(lists), arguments.out, chosen, say)
        keep(store, lists)
        figures |= lists.to_json()
    print("\n".join(["", *lines(lists)]))
    say(f"Published: {folder}")


def _experiment(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.calls.experiment import ExperimentTerms, start
    from pipelines.calls.experiment_effects import read_effects
    from pipelines.calls.experiment_text import report_lines, started_lines
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.engagement_cache import EngagementCache
    from pipelines.intake.point_in_time import read_export
    from pipelines.store.store import Store

    config = configuration(arguments)
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        export = read_export(
            *(arguments.data, config, arguments.as_of, say),
            cache=EngagementCache(store.engagement, config.engine.rebuild_days),
            with_pandera=False,
            history=KeptHistory(store.history),
        )
        if arguments.start:
            grades = tuple(arguments.grade or ("B",))
            terms = ExperimentTerms(grades, arguments.line, arguments.smallest, arguments.units)
            kept, who = start(export, store, config, arguments.name, terms, asked=arguments.entity, say=say)
            figures |= kept.to_json() | {"weeks": who["week"].value_counts().sort_index().to_dict()}
            text = started_lines(kept, who)
        else:
            report = read_effects(export, store, config, arguments.name, say)
            figures |= report.to_json()
            text = report_lines(report)
    print("\n".join(["", *text]))


def _at_least(least: float, number: type[int] | type[float]) -> Callable[[str], float]:
    """A type of an option: a number from `least` on."""

    def read(text: str) -> float:
        try:
            found = number(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not least <= found < 1e9:
            raise argparse.ArgumentTypeError(f"{text} is out of range: give {least:g} or more")
        return found

    return read


WEEK = options.AS_OF.but(
    "the Monday of the week; what was known before it is used (default: the day after the newest in the export)"
)
START = Option("--start", "draw the weeks, and begin it or another wave of it", {"action": "store_true"})
GRADE = Option(
    "--grade",
    "whose weeks are drawn (repeatable; default B)",
    {"action": "append", "choices": ("A", "B", "C", "D")},
)
LINE = Option(
    "--line",
    "as many around the capacity line take part too, of any grade (default 0)",
    {"type": _at_least(0, int), "metavar": "N", "default": 0},
)
UNITS = Option(
    "--units",
    "how many take part in all, with later starts (default: those of this start)",
    {"type": _at_least(1, int), "metavar": "N"},
)
SMALLEST = Option(
    "--smallest",
    "the effect it must be able to find, as a difference of shares (default 0.1)",
    {"type": _at_least(0.001, float), "metavar": "SHARE", "default": 0.1},
)
SINCE = Option(
    "--since",
    "first day of a hand-off that is shown (default: a year before --as-of)",
    {"type": options.AS_OF.settings["type"], "metavar": "DATE"},
)

COMMANDS = (
    Command(
        "agree",
        "check the agreement of sales and marketing for a period, and keep it once it is approved",
        (
            AGREEMENT,
            options.DATA.but(
                "folder with the CRM tables, whose attributes say who is in the target market", required=False
            ),
            options.AS_OF.but("the day on which it is agreed (default: today, UTC)"),
            options.STORE,
            options.CONFIG,
            options.RANKED.but("by which scores it is checked (default: accounts, else leads)"),
            options.JSON,
        ),
        _agree,
    ),
    Command(
        "handoffs",
        "say how soon sales touched what was handed over, what it answered, what came of it, and who was right",
        (
            options.DATA,
            options.AS_OF,
            options.STORE,
            options.CONFIG,
            SINCE,
            options.OUT.but(
                "folder for the tables, as Parquet and CSV (default: not written)", default=None, type=Path
            ),
            options.JSON,
        ),
        _handoffs,
    ),
    Command(
        "calls",
        "say whom each owner calls this week within capacity, why now, and with whom to talk",
        (
            options.DATA,
            Option("--week", WEEK.help, WEEK.settings),
            options.STORE,
            options.CONFIG,
            options.ENTITY.but(
                "who is called (default: accounts, or leads where they have no champion)", choices=("account", "lead")
            ),
            options.CRM,
            options.OUT.but("folder of the lists (default ./calls)", default=Path("calls")),
            options.JSON,
        ),
        _calls,
    ),
    Command(
        "experiment",
        "draw by chance in which of four weeks each is called, and say what calling sooner did",
        (
            Option("name", "name of the experiment: another name draws other weeks"),
            options.DATA,
            options.AS_OF,
            options.STORE,
            options.CONFIG,
            START,
            GRADE,
            LINE,
            UNITS,
            SMALLEST,
            options.ENTITY.but(
                "who is called (default: accounts, or leads where they have no champion)", choices=("account", "lead")
            ),
            options.JSON,
        ),
        _experiment,
    ),
)
