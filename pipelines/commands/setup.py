"""The commands of the first day: `demo`, `init`, `fields` and `config`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands import options
from pipelines.commands.command import Command, configuration
from pipelines.progress import Say


def _demo(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.demo import demo

    config = configuration(arguments)
    demo(arguments.data, arguments.store, arguments.out, config, accounts=arguments.accounts, say=say)


def _init(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.disk import temporary_files
    from pipelines.sources.raw.init import init
    from pipelines.sources.remote.address import source_at

    with temporary_files():
        written = init(
            source_at(str(arguments.source), "SOURCE"),
            arguments.out,
            layout=arguments.layout or "",
            dates=arguments.dates or "",
            time_zone=arguments.time_zone or "",
            force=arguments.force,
            say=say,
        )
    print(f"{written.found.layout.title}, recognised by {', '.join(written.found.marks) or 'its tables'}")
    for view in written.draft.views:
        print(f"  {view.name:<20} {view.rows:>9,} rows")
    for path in written.files:
        print(f"wrote {path}")
    print(f"next: closedwon check --data {written.files[0]} --config {written.files[1]}")


def _fields(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.delivery.fields import fields

    config = configuration(arguments)
    fields(config, arguments.out, crms=arguments.crm or [], say=say)


def _config(arguments: argparse.Namespace, say: Say) -> None:
    import json

    from pipelines.config_file import changed_keys, config_example, config_schema

    if arguments.schema:
        print(json.dumps(config_schema(), indent=2, ensure_ascii=False))
    elif arguments.config is None:
        print(config_example(), end="")
    else:
        config = configuration(arguments)
        changed = changed_keys(config)
        print(f"{arguments.config} is valid; keys that differ from their default: {len(changed)}")
        for line in changed:
            print(f"  {line}")


COMMANDS = (
    Command(
        "demo",
        "simulate a CRM and run everything on it, from training to report",
        (
            options.DATA.but(
                "folder for the simulated tables (default ./closedwon-demo)",
                type=Path,
                required=False,
                default=Path("closedwon-demo"),
            ),
            options.STORE,
            options.CONFIG,
            options.OUT,
            options.ACCOUNTS,
        ),
        _demo,
    ),
    Command(
        "init",
        "map the raw export of a CRM: writes crm.sql for --data, closedwon.toml, and init.md with what was decided",
        (
            options.SOURCE,
            options.OUT.but("folder for the three files (default .)", default=Path()),
            options.LAYOUT,
            options.DATES,
            options.TIME_ZONE,
            options.FORCE.but("replace files that are there already"),
        ),
        _init,
        logged=False,
    ),
    Command(
        "fields",
        "write the files that create the score fields in a CRM",
        (
            options.CONFIG,
            options.CRM,
            options.OUT.but(
                "folder for the files, with a folder for each CRM (default ./fields)", default=Path("fields")
            ),
        ),
        _fields,
    ),
    Command(
        "config",
        "print every key with its default, or check the file of --config",
        (options.CONFIG, options.SCHEMA),
        _config,
        logged=False,
    ),
)
