"""The data map of an import into Dataverse, which names columns by their logical names.

Without it the import maps by display names, which are translated where the base language is not English. Microsoft
Learn, "Data Map (ImportMap) table/entity reference" and "ColumnMapping table/entity reference"; "Create a table row
using the Web API" (related rows in one request).
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.crm.dynamics.profile import DYNAMICS
from scoring.crm.fields import as_json
from scoring.crm.profile import Column, Profile

#: The code of a column that is imported.
PROCESS = 1


def requests(profile: Profile, entity: str, files: Sequence[str]) -> dict[str, str]:
    """Give the body for ``POST /api/data/v9.2/importmaps``; it is the same for all files.

    Parameters
    ----------
    profile : Profile
        That of Dynamics, with the names that the configuration gives to fields.
    entity : {'account', 'lead'}
    files : sequence of str
        The names of the files.

    Returns
    -------
    dict
        The content of the request by its name in the folder.
    """
    table = profile.objects[entity]
    mappings = [
        {
            "sourceentityname": table,
            "sourceattributename": column.header,
            "targetentityname": table,
            "targetattributename": _logical_name(column, entity, table),
            "processcode": PROCESS,
        }
        for column in profile.columns[entity]
    ]
    return {f"{entity}_map.json": as_json({"name": f"closedwon {table}", "ColumnMapping_ImportMap": mappings})}


def _logical_name(column: Column, entity: str, table: str) -> str:
    """The primary key, a column of an alternate key under its own name, or a column that `definitions` made."""
    if column.kind == "id":
        return f"{table}id" if column.header == DYNAMICS.columns[entity][0].header else column.header
    return f"new_closedwon_{column.source}"
