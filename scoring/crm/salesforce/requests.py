r"""The requests that import files into Salesforce: a job of Bulk API 2.0, and a mapping for Data Loader.

Bulk API 2.0 Developer Guide, "Create a Job". Data Loader Guide, "Map Columns": a line for each column, its name in the
file before the sign of equality and the field behind it; a space in a name is written ``\ ``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoring.crm.fields import as_json
from scoring.crm.profile import Profile
from scoring.crm.salesforce.profile import SALESFORCE


def requests(profile: Profile, entity: str, files: Sequence[str]) -> dict[str, str]:
    """Give the body for ``POST /services/data/v62.0/jobs/ingest``, and the mapping; they are the same for all files.

    Parameters
    ----------
    profile : Profile
        Salesforce's, with the names that the configuration gives to fields.
    entity : {'account', 'lead'}
    files : sequence of str
        The names of the files.

    Returns
    -------
    dict
        The content of each request by its name in the folder.
    """
    columns = profile.columns[entity]
    key = columns[0].header
    own = key == SALESFORCE.columns[entity][0].header
    job = {"object": profile.objects[entity], "operation": "update" if own else "upsert"}
    job |= {} if own else {"externalIdFieldName": key}
    job |= {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
    headers = [column.header for column in columns]
    lines = "".join(f"{name}={header}\n" for name, header in zip(map(_escaped, headers), headers, strict=True))
    return {f"{entity}_job.json": as_json(job), f"{entity}.sdl": lines}


def _escaped(name: str) -> str:
    return re.sub(r"([ =:])", r"\\\1", name)
