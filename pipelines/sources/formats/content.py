"""What a file holds by its first bytes, where its name says something else."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.errors import BadInput

#: So many bytes are looked at.
_HEAD = 1_024
#: By its first bytes: what a file is, and what to do if it has another name.
_MAGIC = (
    (rb"PAR1|PARE", "a Parquet file", "Parquet", "rename it so that its name ends in .parquet"),
    (rb"PK\x03\x04", "a workbook or a zip archive", "Excel", "rename it so that its name ends in .xlsx or .zip"),
    (rb"\xd0\xcf\x11\xe0", "an old workbook", "Excel", "rename it so that its name ends in .xls"),
    (rb"SQLite format 3\x00", "a database", "", "give it to --data itself"),
    (rb"ARROW1\x00|Obj\x01", "a file of another format", "", "export it as Parquet or CSV"),
    (
        rb"(?:\xef\xbb\xbf)?\s*<(?i:!doctype|html|head|meta|table|\?xml|!--|body|style)",
        "a web page or XML",
        "",
        "open it in a spreadsheet and save it as .xlsx or CSV, or export it as CSV; reports of Salesforce named .xls "
        "are such pages, and some pages are those of a login",
    ),
)


def require_kind(path: Path, name: str, kind: str) -> None:
    """Raise `BadInput` if a file surely is of another kind than its name says.

    Parameters
    ----------
    path : Path
    name : str
        Its name in messages.
    kind : {"CSV", "Parquet", "Excel"}
        What its name says; packed files are not looked at.

    Raises
    ------
    BadInput
        With what it is, and what to do.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return  # whoever reads it says why it cannot be read
    if not head or head.startswith((b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd")):
        return
    for pattern, what, really, advice in _MAGIC:
        if re.match(pattern, head) and really != kind:
            raise BadInput(f"{name} is no {kind} file, but {what}: {advice}")
    if kind == "Excel" and b"\x00" not in head and not head.startswith(b"PK"):
        raise BadInput(f"{name} is no Excel file: it looks like text; rename it so that its name ends in .csv")
    if kind == "Parquet" and not head.startswith((b"PAR1", b"PARE")):
        text = b"\x00" not in head
        what = "looks like text" if text else "does not begin as one"
        advice = "rename it so that its name ends in .csv" if text else "export the table again"
        raise BadInput(f"{name} is no Parquet file: it {what}; {advice}")
