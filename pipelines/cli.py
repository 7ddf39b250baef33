"""The command line: which command, which configuration, and which exit code."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import traceback
import warnings
from collections.abc import Sequence

from pipelines import __version__
from pipelines.commands.command import Command, Ending
from pipelines.commands.known import COMMANDS, GROUPS
from pipelines.commands.parser import Parser, PrintCompletion, grouped_help
from pipelines.disk import private_files, temporary_files
from pipelines.errors import ClosedwonError, what_ran_out
from pipelines.progress import progress_printer, silence_output
from pipelines.redaction import redacted, remember_secrets, without_secrets
from pipelines.store.run_log import RunLog, place_of


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    headings = {commands[0].name: heading for heading, commands in GROUPS.items()}
    parser = Parser(
        prog="closedwon",
        description="Scores leads and accounts by the revenue they are likely to bring.",
        formatter_class=grouped_help(headings),
    )
    parser.add_argument("--version", action="version", version=f"closedwon {__version__}")
    parser.add_argument(
        "--print-completion",
        action=PrintCompletion,
        choices=("bash", "zsh", "tcsh"),
        help='print the completion script for a shell, as in `eval "$(closedwon --print-completion bash)"`',
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for command in COMMANDS:
        command.add_to(commands.add_parser(command.name, help=command.help, description=command.help))
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 failed, 2 usage, 3 bad input, 4 refused, 5 busy."""
    remember_secrets(sys.argv[1:] if words is None else words, os.environ)
    arguments = build_parser().parse_args(words)
    # pandera looks for pyspark.pandas where PySpark is installed, and PySpark is not of pandas' newest major.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    gc.set_threshold(100_000)  # Ibis makes millions of small objects: a seventh of a night was spent looking for cycles
    command = next(command for command in COMMANDS if command.name == arguments.command)
    with private_files():
        return _ended(command, arguments)


def _ended(command: Command, arguments: argparse.Namespace) -> int:
    """Run a command, and log and say how it ended."""
    run_log = RunLog(arguments, logged=command.logged)
    name = f"closedwon {arguments.command}"
    try:
        return run_log.ended(*_run(command, arguments, run_log))
    except ClosedwonError as error:
        print(f"{name}: {without_secrets(str(error))}", file=sys.stderr)
        return run_log.ended(error.exit_code, error.message, error.gates)
    except BrokenPipeError:  # whoever read the output has seen enough
        silence_output()
        return run_log.ended(0, "the reader of the output has gone")
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return run_log.ended(1, "interrupted")
    except Exception as error:
        if message := what_ran_out(error):
            print(f"{name}: {message}", file=sys.stderr)
            return run_log.ended(1, message)
        print(redacted(traceback.format_exc()), end="", file=sys.stderr)
        print(f"{name}: unexpected failure, see above", file=sys.stderr)
        return run_log.ended(1, place_of(error))


def _run(command: Command, arguments: argparse.Namespace, run_log: RunLog) -> Ending:
    arguments.held = run_log.holds
    say = run_log.telling(progress_printer(arguments.quiet))
    if command.logged:
        run_log.begin()
        with temporary_files():
            ended = command.run(arguments, say)
    else:
        ended = command.run(arguments, say)
    return ended if isinstance(ended, Ending) else Ending(ended or 0)
