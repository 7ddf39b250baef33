"""The command `site`: all pages as one static folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store, figures_in
from pipelines.commands.options import Option
from pipelines.commands.sources import month_argument
from pipelines.progress import Say


def _site(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.history.kept_history import KeptHistory
    from pipelines.intake.point_in_time import read_export
    from pipelines.reports.site.inputs import Asked, SiteInputs
    from pipelines.reports.site.site import site
    from pipelines.store.store import Store
    from scoring.monthly.month import CalendarMonth

    config, month = configuration(arguments), arguments.month
    with Store.open(existing_store(arguments.store)) as store, figures_in(arguments.json) as figures:
        export = read_export(
            *(arguments.data, config, arguments.as_of, say),
            with_pandera=False,
            with_notes=False,
            with_identities=True,
            history=KeptHistory(store.history),
        )
        asked = Asked(arguments.until, arguments.target, month and CalendarMonth.of(month), arguments.entity)
        found = site(SiteInputs(export, store, config, asked, say), arguments.out)
        figures |= found.to_json()
    for name, why in found.missing.items():
        print(f"{name}: not there yet, {why}")
    print(f"{len(found.made)} pages: {arguments.out / 'index.html'}")


UNTIL = options.UNTIL.but(
    "the day after the last that is planned (default: of the agreement that holds, else 90 days)", required=False
)
MONTH = Option(
    "--month",
    "the month that is looked back at, such as 2026-10 (default: the last that is over)",
    {"type": month_argument, "metavar": "MONTH"},
)

COMMANDS = (
    Command(
        "site",
        "build all pages as one static folder: month, plan, sources, agreement, scorecard, data quality",
        (
            options.DATA,
            options.AS_OF,
            options.STORE,
            options.CONFIG,
            options.ENTITY.but(
                "whose scorecard plans (default: accounts, or leads where they have no champion)",
                choices=("account", "lead"),
            ),
            UNTIL,
            options.TARGET.but("revenue to be reached by then (default: what the agreement still asks for)"),
            MONTH,
            options.OUT.but("folder of the site (default ./site)", default=Path("site")),
            options.JSON,
        ),
        _site,
    ),
)
