"""The ways a command ends without having done its job, each with its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from scoring.persons.written import hidden

if TYPE_CHECKING:
    from scoring.evidence.finding import GateResult


class ClosedwonError(Exception):
    """A failure whose message is written for the person who runs the command.

    ``exit_code`` is a promise to schedulers: 1 unexpected, 2 usage, 3 bad input, 4 refused by a gate, 5 store
    busy.
    """

    exit_code = 1
    #: What the gates of a night decided, where they refused it: for the log and the metrics.
    gates: Sequence[GateResult] = ()

    def __str__(self) -> str:
        """The message for the terminal, which may show an example of a row, but nothing of a person."""
        return hidden(super().__str__())

    @property
    def message(self) -> str:
        """The message as it was given; a `redaction.Message` can be told without its example."""
        return str(self) if not self.args or not isinstance(self.args[0], str) else self.args[0]


class UsageError(ClosedwonError):
    """The command line or the configuration asks for something that does not exist."""

    exit_code = 2


class LaterVersion(ClosedwonError):
    """A later version of closedwon wrote what is to be read: that version must read it."""

    exit_code = 2


class BadInput(ClosedwonError):
    """The CRM tables cannot be read, lack a required column, or break too many rules."""

    exit_code = 3


class Refused(ClosedwonError):
    """A gate said no: nothing was promoted or published, and the message says why."""

    exit_code = 4

    def __init__(self, message: str, gates: Sequence[GateResult] = ()) -> None:
        super().__init__(message)
        self.gates = gates


class StoreBusy(ClosedwonError):
    """Another run holds the store."""

    exit_code = 5


def require_before(option: str, day: date, as_of: date) -> None:
    """Refuse a first day that is not before `as_of`: nothing that began then is known.

    Parameters
    ----------
    option : str
        What gave the day, such as ``--since``.
    day, as_of : date

    Raises
    ------
    UsageError
    """
    if day >= as_of:
        raise UsageError(f"{option} {day} is not before {as_of}, and nothing later is known: give an earlier day")


def require_amount(option: str, amount: float | None) -> None:
    """Refuse an amount that is none, such as 0 or not a number.

    Parameters
    ----------
    option : str
        What gave the amount, such as ``--target``.
    amount : float, optional

    Raises
    ------
    UsageError
    """
    if amount is not None and not 0.0 < amount < float("inf"):
        raise UsageError(f"{option} {amount}: give an amount above 0, in the currency of the amounts")


def is_out_of_space(error: BaseException) -> bool:
    """Whether a library failed because a disk, a quota or a file was full, whatever it made of it."""
    message = str(error).lower()
    return any(words in message for words in ("no space left", "file too large", "quota exceeded", "disk is full"))


def not_written(error: OSError, message: str) -> Exception:
    """What to raise where a file could not be written: the error itself where no space was left.

    A full disk ends every command with 1, which a scheduler tries again; another folder must be named by somebody.

    Parameters
    ----------
    error : OSError
    message : str
        What cannot be written, why, and what to name instead.
    """
    return error if is_out_of_space(error) else UsageError(message)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether there was no memory left, whatever a library made of it."""
    message = str(error).lower()
    words = ("out of memory", "cannot allocate memory", "unable to allocate", "failed to allocate", "bad_alloc")
    return isinstance(error, MemoryError) or any(word in message for word in words)


def what_ran_out(error: BaseException) -> str | None:
    """What to tell the person who runs the command where memory or disk ran out; None where neither did."""
    if is_out_of_space(error):
        return "no space is left to write to: what was there stays as it is; make room, and run it again"
    if is_out_of_memory(error):
        return (
            "memory ran out: what was there stays as it is; give the run more, or set memory_gb under [engine] to "
            "about half of what it has, and run it again"
        )
    return None
