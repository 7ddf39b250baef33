"""The command line: which command, which configuration, and which exit code."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from pipelines import __version__
from pipelines.commands.command import Command, Ending
from pipelines.commands.known import COMMANDS
from pipelines.disk import private_files, temporary_files
from pipelines.errors import ClosedwonError, is_out_of_memory, is_out_of_space
from pipelines.progress import progress_printer, silence_output
from pipelines.redaction import redacted, remember_secrets, without_secrets
from pipelines.store.run_log import RunLog, place_of


class PrintCompletion(argparse.Action):
    """Print what makes a shell complete commands and options; the library is loaded only for that."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: object, values: Any, option: object = None) -> None:
        """Print the script for the shell that was named, and end."""
        import shtab

        print(shtab.complete(parser, values))
        parser.exit()


class Parser(argparse.ArgumentParser):
    """A parser that says how to write an id that begins with a dash, which argparse takes for an option."""

    _words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and remember the words for `error`."""
        self._words = sys.argv[1:] if args is None else list(args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and end with 2."""
        dashed = [
            word
            for word in self._words
            if word[:1] == "-" and word.partition("=")[0] not in self._option_string_actions
        ]
        if "are required" in message and dashed and "--" not in self._words:
            message += f"; if {dashed[0]} is one of them, write it last, after a --: {self.prog} ... -- {dashed[0]}"
        super().error(redacted(message))


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = Parser(prog="closedwon", description="Scores leads and accounts by the revenue they are likely to bring.")
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
        if is_out_of_space(error):
            message = "no space is left to write to: what was there stays as it is; make room, and run it again"
            print(f"{name}: {message}", file=sys.stderr)
            return run_log.ended(1, message)
        if is_out_of_memory(error):
            message = (
                "memory ran out: what was there stays as it is; give the run more, or set memory_gb under [engine] to "
                "about half of what it has, and run it again"
            )
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
