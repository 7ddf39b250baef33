"""The requests that send a night's files to a CRM, beside these files: then nobody has to map a column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scoring.crm.known import CONNECTORS

if TYPE_CHECKING:
    from scoring.crm.profile import Profile


def write_requests(profile: Profile, entity: str, folder: Path) -> list[Path]:
    """Write the requests of a CRM for the files that are in its folder.

    Parameters
    ----------
    profile : Profile
        With the names that the configuration gives to fields.
    entity : {'account', 'lead'}
    folder : Path
        The CRM's folder, with the files of the entity.

    Returns
    -------
    list of Path
        The requests, in order; none where a CRM needs none.
    """
    requests = CONNECTORS[profile.name].requests
    if requests is None:
        return []
    kinds = (f"{entity}_{kind}" for kind in ("scores", "changes", "retire"))
    files = sorted(file.name for kind in kinds for file in folder.glob(f"{kind}*") if file.suffix in (".csv", ".zip"))
    written = []
    for name, text in requests(profile, entity, files).items():
        written.append(folder / name)
        written[-1].write_text(text, encoding="utf-8")
    return written
