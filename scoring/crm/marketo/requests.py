"""The requests that import files into Marketo: the form of each call, as a configuration of curl.

Marketo developer documentation, "Bulk Lead Import": multipart form data with the format, the field that people are
found by, and the file; the header names the fields. The option `--config` of curl reads one option a line.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.crm.profile import Profile


def requests(profile: Profile, entity: str, files: Sequence[str]) -> dict[str, str]:
    """Give a form for each file, for ``POST /bulk/v1/leads.json``.

    Parameters
    ----------
    profile : Profile
        Marketo's, with the names that the configuration gives to fields.
    entity : {'account', 'lead'}
    files : sequence of str
        The names of the files.

    Returns
    -------
    dict
        The content of each request by its name in the folder.
    """
    key = profile.columns[entity][0].header
    return {
        f"{file.rpartition('.')[0]}_request.curl": "".join(
            f'form = "{part}"\n' for part in ("format=csv", f"lookupField={key}", f"file=@{file};type=text/csv")
        )
        for file in files
    }
