"""Commands of the first day: see it work, set it up."""

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


def _fields(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.delivery.fields import fields

    config = configuration(arguments)
    fields(config, arguments.out, crms=arguments.crm or [], say=say)


COMMANDS = (
    Command(
        "demo",
        "simulate a CRM and run the whole job on it",
        (
            options.DATA.but(required=False, default=Path("closedwon-demo")),
            options.STORE,
            options.CONFIG,
            options.OUT,
            options.ACCOUNTS,
        ),
        _demo,
    ),
    Command(
        "fields",
        "write what creates the fields of the scores in a CRM, once",
        (
            options.CONFIG,
            options.CRM,
            options.OUT.but("a folder for each CRM in it (default ./fields)", default=Path("fields")),
        ),
        _fields,
    ),
)
