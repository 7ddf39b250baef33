"""A command of `closedwon`: its name, help and options, and the function that runs it.

A command imports what it needs when it runs, so that `closedwon --help` starts quickly.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.commands.options import LOG, LOG_WITHOUT_STORE, QUIET, STORE, Option
from pipelines.disk import let_read, write_figures
from pipelines.errors import Refused, UsageError
from pipelines.progress import Say

if TYPE_CHECKING:
    from pandas import DataFrame

    from pipelines.config import Config

#: The keys of the configuration that an option of the same name overrides.
OVERRIDES = (
    ("training", "horizon_days"),
    ("matching", "names"),
    ("tuning", "trials"),
    ("backtest", "cut_offs"),
    ("backtest", "learning_curve"),
)


class Ending(NamedTuple):
    """How a command ended: its exit code, and what an alert must say of it, also where that is 0."""

    code: int = 0
    message: str = ""


@dataclass(frozen=True)
class Command:
    """One command of `closedwon`.

    Attributes
    ----------
    name, help : str
    options : tuple of Option
    run : callable
        Runs the command. Takes the parsed command line and the function that prints a line of progress; returns an
        exit code or an `Ending`, or None for 0. A command that is recorded (`last_run`) gives ``arguments.held`` to
        the store that it opens.
    logged : bool
        Whether its runs are in the run log. A command that only reads is not logged.
    """

    name: str
    help: str
    options: tuple[Option, ...]
    run: Callable[[argparse.Namespace, Say], int | Ending | None]
    logged: bool = True

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's options to its parser."""
        log = LOG if any(option.name == STORE.name for option in self.options) else LOG_WITHOUT_STORE
        for option in (*self.options, QUIET, *((log,) if self.logged else ())):
            option.add_to(parser)


@contextmanager
def figures_in(file: Path | None) -> Iterator[dict[str, Any]]:
    """Write the figures of a command to the file of ``--json``, also where a gate refused.

    Parameters
    ----------
    file : Path or None
        None to write nothing.

    Yields
    ------
    dict
        Takes the figures. A refusal adds ``refused``, its message.
    """
    figures: dict[str, Any] = {}
    try:
        yield figures
    except Refused as why:
        figures["refused"] = str(why)
        raise
    finally:
        if file is not None and figures:
            write_figures(file, figures)


def tables_in(folder: Path | None, tables: Mapping[str, DataFrame], say: Say) -> None:
    """Write the tables of a command to the folder of ``--out``, each as Parquet and CSV.

    Parameters
    ----------
    folder : Path or None
        None to write nothing.
    tables : mapping of DataFrame
        By the name of the file.
    say : callable
    """
    from pipelines.planning.sources.files import write_tables

    if folder is not None:
        write_tables(tables, folder)
        say(f"Tables: {folder}")


def existing_store(store: Path) -> Path:
    """The folder of a store, which must exist; only `train`, `tune`, `backtest` and `demo` create one."""
    if not os.environ.get("MLFLOW_TRACKING_URI") and not (store / "mlflow.db").exists():
        raise UsageError(f"there is no store at {store}: run `closedwon train` first, or name another with --store")
    return store


def configuration(arguments: argparse.Namespace) -> Config:
    """The configuration of a command: the file of `--config`, with the keys that options override.

    Raises
    ------
    UsageError
        If the file cannot be read or used, or an option has no allowed value.
    """
    from pipelines.config_file import read_config

    config = read_config(arguments.config)
    for section, key in OVERRIDES:
        config = _overridden(config, section, key, getattr(arguments, key, None))
    let_read(config.files.readable_by)
    return config


def _overridden(config: Any, section: str, key: str, value: int | None) -> Any:
    """The configuration with the value that an option gives for a key."""
    if value is None:
        return config
    try:
        return replace(config, **{section: replace(getattr(config, section), **{key: value})})
    except UsageError as error:
        raise UsageError(f"--{key.replace('_', '-')} {value}: {error}") from None
