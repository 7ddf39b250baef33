"""The parser of the words of the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pipelines.progress import silence_output
from pipelines.redaction import redacted


class PrintCompletion(argparse.Action):
    """Print what makes a shell complete commands and options; the library is loaded only for that."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: object, values: Any, option: object = None) -> None:
        """Print the script for the shell that was named, and end."""
        import shtab

        try:
            print(shtab.complete(parser, values), flush=True)
        except BrokenPipeError:  # whoever read the output has seen enough
            silence_output()
        parser.exit()


def grouped_help(headings: Mapping[str, str]) -> type[argparse.HelpFormatter]:
    """A formatter that writes a heading above the first command of each group.

    Parameters
    ----------
    headings : mapping of str to str
        The heading, by the name of the command below it.
    """

    class GroupedHelp(argparse.HelpFormatter):
        def _format_action(self, action: argparse.Action) -> str:
            text = super()._format_action(action)
            heading = None if action.option_strings else headings.get(action.dest)
            return text if heading is None else f"\n  {heading}:\n{text}"

    return GroupedHelp


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
