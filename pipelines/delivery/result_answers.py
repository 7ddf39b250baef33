"""The reading of an answer of a CRM's API, which names the rows of an import by their numbers or quotes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.delivery.result_files import TABLE, Results
from pipelines.delivery.sent_file import CELL, SENT, SentFile
from pipelines.errors import BadInput, UsageError
from scoring.crm.known import ANSWERS
from scoring.crm.profile import GUID
from scoring.crm.results import Answer, Answers, ResultsFile

if TYPE_CHECKING:
    from scoring.crm.profile import Profile

#: The columns with what is known of each row, beside those of the file that was sent.
RESULT, ERROR = "closedwon result", "closedwon error"
WORDS = {True: "taken", False: "refused", None: "unknown"}


def is_answer(file: Path) -> bool:
    """Whether a file is an answer and no table: it begins like JSON, or like the parts of a message."""
    with file.open("rb") as opened:
        start = opened.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"{", b"[", b"--"))


def read_answer(
    connection: Any,
    file: Path,
    profiles: Mapping[str, Profile],
    sent: SentFile | None,
    asked: str | None,
) -> Results | None:
    """Read an answer into the table `result_rows`, with the cells of the rows that it names.

    None if nothing was refused, and the file that was sent is not given: then there is nobody to name.

    Parameters
    ----------
    connection : DuckDB connection
        With the table `sent_rows`, if there is a file that was sent.
    file : Path
    profiles : mapping
        The CRMs that may have given it, by name.
    sent : SentFile, optional
    asked : str, optional
        The entity that it must be of.

    Raises
    ------
    UsageError
        If the answer is of another CRM, or its rows cannot be found without the file that was sent.
    BadInput
        If it is no answer that closedwon knows, or not to the file that was sent.
    """
    crm, name, answers = _read(file)
    if crm not in profiles:
        raise UsageError(f"{file.name} has {name}, of {crm} and not of {' or '.join(profiles)}")
    profile = profiles[crm]
    if sent is not None and not sent.entities(profile):
        raise BadInput(f"{file.name} is of {crm}, and --sent {sent.name} is no file for it")
    if sent is None and answers.rest and answers.tried is None and not answers.rows:
        return None
    if sent is None and (answers.tried is not None or not all(row.cells for row in answers.rows) or not answers.rows):
        raise UsageError(
            f"{file.name} ({name}, {crm}) does not quote all rows: give the file that was sent with --sent, such as "
            f"--sent scores/{crm}/lead_changes.csv"
        )
    import pyarrow as pa

    named = {row.entity for row in answers.rows if row.entity}
    entity = named.pop() if len(named) == 1 else ""
    header = sent.header if sent else _header(profile, entity or asked, file.name)
    lines = [_line(row, header) for row in answers.rows] if sent is None else _lines(connection, answers, sent, file)
    columns = zip(*lines, strict=True) if lines else [()] * (len(header) + 2)
    cells = {CELL.format(index): pa.array(column, pa.string()) for index, column in enumerate(columns)}
    connection.register("answered", pa.table(cells))
    connection.execute(f"CREATE TABLE {TABLE} AS FROM answered")
    kind = ResultsFile(
        name, (RESULT,), (ERROR,), taken=None, status=RESULT, taken_words=(WORDS[True],),
        refused_words=(WORDS[False],), error=ERROR, reason=answers.rest_error, rest=answers.rest,
    )  # fmt: skip
    return Results(kind, profile, (*header, RESULT, ERROR), entity)


def _read(file: Path) -> tuple[str, str, Answers]:
    try:
        pages = _pages(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{file.name} cannot be read: {error}; fetch it again") from error
    for crm, kind in ANSWERS:
        if (answers := kind.read(pages)) is not None:
            return crm, kind.name, answers
    known = ", ".join(f"{kind.name} ({crm})" for crm, kind in ANSWERS)
    raise BadInput(f"{file.name} is no answer that closedwon knows; expected {known}")


def _pages(text: str) -> Sequence[Any]:
    """The pages of an answer: JSON values one after the other or in a list, or a text that is none."""
    text = text.strip()
    if text.startswith("--"):
        return [text]
    decoder, pages, end = json.JSONDecoder(), list[Any](), 0
    while end < len(text):
        page, end = decoder.raw_decode(text, end)
        pages.append(page)
        while end < len(text) and text[end].isspace():
            end += 1
    return pages[0] if len(pages) == 1 and isinstance(pages[0], list) else pages


def _header(profile: Profile, entity: str | None, name: str) -> tuple[str, ...]:
    """The header of a file that is not given: the same for both entities, or that of the entity."""
    headers = {kind: tuple(column.header for column in columns) for kind, columns in profile.columns.items()}
    if entity in headers:
        return headers[entity]
    if len(set(headers.values())) > 1:
        raise UsageError(f"{name} does not say whether it is of accounts or of leads; say which with --entity")
    return next(iter(headers.values()))


def _line(row: Answer, header: Sequence[str]) -> list[str | None]:
    cells = [*row.cells[: len(header)], *[None] * (len(header) - len(row.cells))]
    return [*cells, WORDS[row.took], row.error]


def _lines(connection: Any, answers: Answers, sent: SentFile, file: Path) -> list[list[str | None]]:
    """The rows that an answer names, with the cells that were sent; of what it names in two ways, nothing is known."""
    rows = [list(row) for row in connection.execute(f"FROM {SENT} ORDER BY rowid").fetchall()]
    exact = not answers.each or len(answers.rows) == len(rows)
    lines, uncertain, known = [], set[int](), set[str]()
    for row in answers.rows:
        at = row.rows if exact else ()
        if any(number >= len(rows) for number in at) and len(at) == 1:
            raise BadInput(f"{file.name} names row {at[0] + 1} of {sent.name}, which has {len(rows)}: not its answer")
        if len(at) == 1:
            cells = rows[at[0]]
            if answers.each and row.cells and _another(row.cells[0], cells[0] or ""):
                raise BadInput(
                    f"{file.name} does not follow the rows of {sent.name}: row {at[0] + 1} is another record"
                )
            lines.append([*cells, WORDS[row.took], row.error])
        elif row.cells:
            lines.append(_line(row, sent.header))
        elif at:
            uncertain.update(number for number in at if number < len(rows))
        elif not answers.each:
            lines.append(_line(replace(row, took=None), sent.header))
        known.update(row.cells[:1])
    if answers.tried is not None:
        uncertain.update(range(answers.tried, len(rows)))
    return lines + [[*rows[number], WORDS[None], ""] for number in sorted(uncertain) if rows[number][0] not in known]


def _another(id_: str, sent: str) -> bool:
    """Whether two ids of one form are of two records. Where we sent an id of another system, nothing can be said."""
    sent = sent.strip("{}")
    return re.fullmatch(GUID, sent) is not None and sent.casefold() != id_.casefold()
