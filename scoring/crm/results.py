"""What a CRM says of an import: which rows it took, and why it refused others.

It says so in a table with the columns that it was sent (`ResultsFile`), or in an answer of its API that names rows by
their numbers or quotes them (`AnswerFile`). The kinds are declared in the CRM's folder; `pipelines` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ResultsFile:
    """One kind of results file: the columns of the file that was imported, and further ones of the CRM.

    Attributes
    ----------
    name : str
        What the CRM's maker calls it; recorded with each import.
    marks : tuple of str
        The columns that tell it from other files. A kind without marks is any file that fits the profile.
    extras : tuple of str
        Further columns that the CRM adds.
    taken : bool, optional
        Whether the CRM took its rows; None where the column `status` says so for each row.
    status : str
        The column that says whether a row was taken.
    taken_words, refused_words : tuple of str
        The words in `status`, in lower case. Of any other word the result is unknown.
    error : str
        The column with the reason of a refusal, or of what was left out of a row; empty if there is none.
    reason : str
        The reason of all refusals, where no column says it.
    own : str
        The column with the CRM's own id of a record, which may be named like ours. It is looked at where ours is blank.
    rest : bool, optional
        Whether the CRM took the rows of the import that the file does not name; None if that is not known.
    loose : bool
        Whether it may have columns that are not known here.
    """

    name: str
    marks: tuple[str, ...]
    extras: tuple[str, ...] = ()
    taken: bool | None = False
    status: str = ""
    taken_words: tuple[str, ...] = ()
    refused_words: tuple[str, ...] = ()
    error: str = ""
    reason: str = ""
    own: str = ""
    rest: bool | None = None
    loose: bool = False


@dataclass(frozen=True)
class Answer:
    """What an answer says of one row.

    Attributes
    ----------
    took : bool, optional
        None if its result is not known.
    error : str
        Why it was refused, or what was left out of it.
    rows : tuple of int
        The numbers that it may have in the file that was sent, 0 being the row below the header. More than one where
        the maker does not say how rows are counted.
    cells : tuple of str
        Its first cells, in the order of the file; the first is its id.
    entity : str
        The entity, where the answer names it.
    """

    took: bool | None = False
    error: str = ""
    rows: tuple[int, ...] = ()
    cells: tuple[str, ...] = ()
    entity: str = ""


@dataclass(frozen=True)
class Answers:
    """What an answer says of the rows of an import.

    Attributes
    ----------
    rows : sequence of Answer
    rest : bool, optional
        Whether the CRM took the rows that are not named; None if that is not known.
    rest_error : str
        Why it refused them.
    tried : int, optional
        The CRM tried so many rows and no further ones; None for all.
    each : bool
        Whether every row has an answer, in the order of the file. If their numbers differ, order says nothing.
    """

    rows: Sequence[Answer]
    rest: bool | None = None
    rest_error: str = ""
    tried: int | None = None
    each: bool = False


@dataclass(frozen=True)
class AnswerFile:
    """One kind of answer of a CRM's API.

    Attributes
    ----------
    name : str
        What the CRM's maker calls it; recorded with each import.
    read : callable
        Gives what the answer says, or None if it is of another kind. Takes the pages of the answer: decoded JSON, or
        a text that is none.
    """

    name: str
    read: Callable[[Sequence[Any]], Answers | None]
