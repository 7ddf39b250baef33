"""The commands of the period ahead: `plan`."""

from __future__ import annotations

import argparse

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store, figures_in
from pipelines.progress import Say


def _plan(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.alignment.standing import holding
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.engagement_cache import EngagementCache
    from pipelines.intake.point_in_time import read_export
    from pipelines.planning.agreed_target import AgreedTarget
    from pipelines.planning.files import write_plan_tables
    from pipelines.planning.plan import plan
    from pipelines.planning.text import plan_lines
    from pipelines.sources.engine_address import engine_at
    from pipelines.store.store import Store

    config = configuration(arguments)
    with (
        Store.open(existing_store(arguments.store)) as store,
        engine_at(arguments.engine) as engine,
        figures_in(arguments.json) as figures,
    ):
        kept = EngagementCache(store.engagement, config.engine.rebuild_days)
        past = KeptHistory(store.history)
        export = read_export(
            *(arguments.data, config, arguments.as_of, say),
            cache=kept,
            with_pandera=False,
            engine=engine,
            history=past,
            history_of=("opportunities",),
        )
        held = holding(store.path, export.as_of)
        terms = None if held is None else held.agreement.terms
        found = plan(
            export,
            store,
            config,
            arguments.until,
            target=arguments.target,
            agreed=None
            if terms is None
            else AgreedTarget(terms.name, terms.first_day, terms.last_day, terms.revenue_target),
            by=() if arguments.by is None else (arguments.by,),
            entity=arguments.entity,
            say=say,
        )
        figures |= found.to_json()
    written = [] if arguments.out is None else write_plan_tables(found, arguments.out)
    print("\n".join(["", *plan_lines(found)]))
    for file in written:
        say(f"wrote {file}")


COMMANDS = (
    Command(
        "plan",
        "say what a period ahead will bring, how sure that is, and what a target would take",
        (
            options.DATA,
            options.UNTIL,
            options.TARGET,
            options.BY,
            options.AS_OF,
            options.STORE,
            options.CONFIG,
            options.ENTITY.but(
                "whose scorecard (default: accounts, or leads where they have no champion)", choices=("account", "lead")
            ),
            options.ENGINE,
            options.JSON,
            options.OUT.but("folder for the tables, as Parquet and CSV (default: none)", default=None),
        ),
        _plan,
    ),
)
