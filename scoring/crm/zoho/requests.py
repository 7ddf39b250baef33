"""The requests that import files into Zoho CRM: the body of a bulk write job, one for each file.

Zoho CRM API, "Create Bulk Write Job": the module, the column that records are found by, and a mapping for each column
by its place in the file. The file is uploaded first; its id takes the place of `FILE_ID`.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.crm.fields import as_json
from scoring.crm.profile import Profile

#: What stands for the id that Zoho gives to an uploaded file.
FILE_ID = "FILE_ID"


def requests(profile: Profile, entity: str, files: Sequence[str]) -> dict[str, str]:
    """Give a body for each file, for ``POST /crm/bulk/v8/write``.

    Parameters
    ----------
    profile : Profile
        Zoho's, with the names that the configuration gives to fields.
    entity : {'account', 'lead'}
    files : sequence of str
        The names of the files.

    Returns
    -------
    dict
        The content of each request by its name in the folder.
    """
    columns = profile.columns[entity]
    resource = {
        "type": "data",
        "module": {"api_name": profile.objects[entity]},
        "file_id": FILE_ID,
        "find_by": columns[0].header,
        "field_mappings": [{"api_name": column.header, "index": index} for index, column in enumerate(columns)],
    }
    body = {"character_encoding": "UTF-8", "operation": "update", "ignore_empty": True, "resource": [resource]}
    return {f"{file.rpartition('.')[0]}_request.json": as_json(body) for file in files}
