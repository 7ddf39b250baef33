"""The parts of a document that a benchmark writes: tables of Markdown, and the text between two marks."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.disk import write_text


def table(head: Sequence[str], rows: Iterable[Sequence[str]], alignment: Sequence[str] = ()) -> list[str]:
    """The lines of a table of Markdown.

    Parameters
    ----------
    head : sequence of str
        The headings of the columns.
    rows : iterable of sequences of str
        The cells, row by row.
    alignment : sequence of str
        For each column ``---`` (left) or ``---:`` (right); by default all are left.
    """
    lines = [head, alignment or ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def marks(command: str, part: str = "") -> tuple[str, str]:
    """The marks before and after what a benchmark writes into a document.

    Parameters
    ----------
    command : str
        The benchmark: ``python -m benchmarks.<command>``.
    part : str
        Which of its tables, if it writes several.
    """
    named = f": {part}" if part else ""
    end = part or command.replace("_", " ")
    return f"<!-- made by `python -m benchmarks.{command}`{named} -->", f"<!-- to here: {end} -->"


def replaced(text: str, begin: str, end: str, lines: Sequence[str]) -> str:
    """A document with other lines between two marks.

    Parameters
    ----------
    text : str
        The document.
    begin, end : str
        The marks, each on a line of its own.
    lines : sequence of str
        The lines to put between them.

    Raises
    ------
    ValueError
        If the document does not have both marks.
    """
    before, begin_found, rest = text.partition(begin)
    _, end_found, after = rest.partition(end)
    if not (begin_found and end_found):
        raise ValueError(f"the document has no marks {begin} and {end}: put each on a line of its own")
    return "\n".join([f"{before}{begin}", "", *lines, "", f"{end}{after}"])


def update(path: Path, begin: str, end: str, lines: Sequence[str]) -> None:
    """Put other lines between two marks of a file: see `replaced`.

    Parameters
    ----------
    path : Path
        The document.
    begin, end : str
        The marks.
    lines : sequence of str
        The lines to put between them.
    """
    write_text(path, replaced(path.read_text(encoding="utf-8"), begin, end, lines))
