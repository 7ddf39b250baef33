"""`closedwon fields`: files that create the fields of the scores in a CRM, once. closedwon sends nothing itself.

Each CRM has a folder, fields/<crm>/; `scoring/crm/<crm>/fields.py` and docs/crm.md say what is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.config import Config
from pipelines.delivery.profiles import profiles
from pipelines.errors import not_written
from pipelines.progress import Say
from scoring.crm.known import CONNECTORS
from scoring.crm.profile import LEFT_OUT


def fields(config: Config, out: Path, *, crms: Sequence[str], say: Say) -> list[Path]:
    """Write the files that create the fields, in a folder for each CRM.

    Parameters
    ----------
    config : Config
        Names the fields, and the CRMs if `crms` is empty.
    out : Path
        The folder of the CRMs' folders; made if it does not exist.
    crms : sequence of str
        The CRMs to write for.
    say : callable
        Takes a line about each CRM.

    Returns
    -------
    list of Path
        The files, in order.

    Raises
    ------
    UsageError
        If a CRM or a field named in the configuration is not known, or if `out` cannot be written.
    """
    written = []
    for profile in profiles(crms, config):
        for name, text in CONNECTORS[profile.name].definitions(profile).items():
            file = out / profile.name / name
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            except OSError as error:
                message = f"cannot write {file}: {error.strerror}; choose another --out"
                raise not_written(error, message) from None
            written.append(file)
        say(f"{out / profile.name}: the definitions of the fields of {' and '.join(profile.objects.values())}")
        for entity, columns in profile.columns.items():
            left_out = [name for name in LEFT_OUT if name not in {column.source for column in columns}]
            if profile.name in config.crm.short_fields and left_out:
                kept = f"{len(columns) - 1} fields of {profile.objects[entity]} (short_fields); left out are"
                say(f"  {kept} {'; '.join(f'{name} ({LEFT_OUT[name]})' for name in left_out)}")
    return written
