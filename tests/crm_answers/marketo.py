"""Marketo: the files of a Bulk Lead Import.

Developer documentation, "Bulk Lead Import", "Failures" and "Warnings": files with the rows, and a message why. "Bulk
Program Member Import" shows one: the columns of the import, then Import Warning Reason.
"""

from collections.abc import Mapping, Sequence

from tests.crm_answers.rows import Row, as_csv, split


def failures(rows: Sequence[Row], refused: Mapping[int, str], reason: str = "Import Failure Reason") -> str:
    """The file of the rows that failed."""
    return as_csv([*rows[0], reason], [[*row.values(), why] for row, why in split(rows, refused)[1]])


def warnings(rows: Sequence[Row], warned: Mapping[int, str]) -> str:
    """The file of the rows with a warning."""
    return failures(rows, warned, "Import Warning Reason")
