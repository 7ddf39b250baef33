"""The commands that look after a store: `forget`, `upgrade` and `moved`."""

from __future__ import annotations

import argparse

from pipelines.commands import options
from pipelines.commands.command import Command, configuration, existing_store
from pipelines.progress import Say


def _forget(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.serving.forgetting import forget
    from pipelines.store.store import Store

    with Store.open(existing_store(arguments.store)) as store:
        forget(store, arguments.id, asked=arguments.entity, outs=arguments.out or (), say=say)


def _upgrade(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.store.store import Store
    from pipelines.store.upkeep.upgrade import upgrade

    configuration(arguments)
    with Store.open(existing_store(arguments.store), checked=False) as store:
        upgrade(store, say)


def _moved(arguments: argparse.Namespace, say: Say) -> None:
    from pipelines.store.store import Store
    from pipelines.store.upkeep.upgrade import accept_folder

    configuration(arguments)
    with Store.open(existing_store(arguments.store), checked=False) as store:
        accept_folder(store, say)


COMMANDS = (
    Command(
        "forget",
        "take accounts or leads out of the ledger, the score files, the log and all else that is kept of them",
        (
            options.ID.but("account or lead id", nargs="+"),
            options.STORE,
            options.RANKED_OF_ID,
            options.SCORE_FOLDERS,
        ),
        _forget,
    ),
    Command(
        "upgrade",
        "bring a store of an earlier release to the formats of this one",
        (options.STORE, options.CONFIG),
        _upgrade,
    ),
    Command(
        "moved",
        "say that a store is here now, after its folder was moved, copied or restored elsewhere",
        (options.STORE, options.CONFIG),
        _moved,
    ),
)
