"""`model.json`: the columns of tables whose files have no header, as Synapse Link for Dataverse writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from scoring.crm.layout import raw_key

NAME = "model.json"
#: A file is copied in such pieces.
_PIECE = 1 << 20


def columns_of(text: str) -> dict[str, tuple[str, ...]]:
    """The columns of each table that a `model.json` names, by `raw_key`; empty where the text is something else.

    Parameters
    ----------
    text : str
    """
    try:
        model = json.loads(text)
    except ValueError:
        return {}
    entities = model.get("entities") if isinstance(model, Mapping) else None
    found: dict[str, tuple[str, ...]] = {}
    for entity in entities if isinstance(entities, list) else ():
        attributes = entity.get("attributes") if isinstance(entity, Mapping) else None
        names = [str(a["name"]) for a in attributes or () if isinstance(a, Mapping) and a.get("name")]
        if names and entity.get("name"):
            found[raw_key(str(entity["name"]))] = tuple(names)
    return found


def is_header(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether the first row of a file names its columns after all.

    Parameters
    ----------
    cells : sequence of str
    columns : sequence of str
        Of `model.json`.
    """
    keys = {raw_key(column) for column in columns}
    return bool(cells) and all(raw_key(cell) in keys for cell in cells if cell.strip())


def with_header(path: Path, columns: Sequence[str], scratch: Path) -> Path:
    """A copy of a CSV file with its header.

    Parameters
    ----------
    path : Path
    columns : sequence of str
    scratch : Path
        The folder for the copy.
    """
    copy = scratch / f"headed-{path.name}"
    line = ",".join('"' + column.replace('"', '""') + '"' for column in columns) + "\r\n"
    with path.open("rb") as source, copy.open("wb") as target:
        target.write(line.encode("utf-8"))
        while piece := source.read(_PIECE):
            target.write(piece)
    return copy
