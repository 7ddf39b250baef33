"""The rows of a file that a CRM was sent, as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence

Row = Mapping[str, str]


def as_csv(header: Sequence[str], rows: Sequence[Sequence[str]], *, quoted: bool = False) -> str:
    """Write rows with a header; `quoted` quotes every cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def split(rows: Sequence[Row], refused: Mapping[int, str]) -> tuple[list[Row], list[tuple[Row, str]]]:
    """The rows that were taken, and those that were refused with the reason; `refused` is by number, from 0."""
    taken = [row for number, row in enumerate(rows) if number not in refused]
    return taken, [(rows[number], reason) for number, reason in refused.items()]
