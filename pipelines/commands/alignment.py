"""The commands that sales and marketing share: `agree`, `handoffs`, what came of it, and `calls`, whom to call."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store, figures_in
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
    from pipelines.planning.sources.files import write_tables
    from pipelines.store.store import Store

    config = configuration(arguments)
    store_at = existing_store(arguments.store)
    with Store.open(store_at, writing=False) as store, figures_in(arguments.json) as figures:
        export = read_export(arguments.data, config, arguments.as_of, say, with_pandera=False)
        found = handoff_report(export, store, arguments.since, config)
        figures |= found.to_json()
    print("\n".join(lines(found)))
    if arguments.out is not None:
        write_tables(found.tables(), arguments.out)
        say(f"Tables: {arguments.out}")


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


WEEK = options.AS_OF.but(
    "the Monday of the week; what was known before it is used (default: the day after the newest in the export)"
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
)
