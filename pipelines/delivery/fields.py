"""What creates the fields of the scores in a CRM, once: written as files, sent by nobody here.

fields/salesforce/   a metadata package: `sf project deploy start --metadata-dir fields/salesforce`
fields/hubspot/      bodies for the properties API: the group, then its properties
fields/dynamics/     bodies for the Web API, one column each
fields/zoho/         bodies for the fields API
fields/marketo/      the body for the lead schema
fields/odoo/         a CSV to import into Fields (ir.model.fields)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.config import Config
from pipelines.delivery.crm_fields import definitions
from pipelines.delivery.profiles import profiles
from pipelines.errors import UsageError
from pipelines.progress import Say


def fields(config: Config, out: Path, *, crms: Sequence[str], say: Say) -> list[Path]:
    """Write the files that create the fields, in a folder for each CRM.

    Returns
    -------
    list of Path
        The files, in order.

    Raises
    ------
    UsageError
        If a CRM or a field named in the configuration is not known, or `out` cannot be written.
    """
    written = []
    for profile in profiles(crms, config):
        for name, text in definitions(profile).items():
            file = out / profile.name / name
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            except OSError as error:
                raise UsageError(f"cannot write {file}: {error.strerror}; choose another --out") from error
            written.append(file)
        say(f"{out / profile.name}: what creates the fields of {' and '.join(profile.objects.values())}")
    return written
