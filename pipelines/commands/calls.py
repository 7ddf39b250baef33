"""The command `calls`: whom each owner calls this week, and why now."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store, figures_in
from pipelines.progress import Say


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

COMMANDS = (
    Command(
        "calls",
        "say whom each owner calls this week within capacity, why now, and with whom to talk",
        (
            options.DATA,
            options.Option("--week", WEEK.help, WEEK.settings),
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
