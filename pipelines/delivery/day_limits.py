"""What is more than a CRM takes in one day, by the subscription in the configuration."""

from __future__ import annotations

from math import ceil
from pathlib import PurePath
from typing import TYPE_CHECKING

from pipelines.delivery.profiles import subscription_limits
from scoring.entity import ENTITIES

if TYPE_CHECKING:
    from pipelines.config import Crm
    from scoring.nights.record import NightRecord


def over_a_day(crm: str, settings: Crm, record: NightRecord) -> list[str]:
    """Say which files of a night are more than the CRM imports in 24 hours.

    Parameters
    ----------
    crm : str
    settings : Crm
        Names the subscription.
    record : NightRecord
        With the files of the night, and the rows of each entity.

    Returns
    -------
    list of str
        A sentence for the files of all scores and one for those of every night, where there are too many.
    """
    limits = subscription_limits(crm, settings)
    counts = record.counts.values()
    full = sum(entity.crms.get(crm, 0) for entity in counts)
    nightly = sum(min(entity.changed, entity.crms.get(crm, 0)) + entity.retired for entity in counts)
    lines = []
    for what, kinds, rows in (
        ("the files of all scores", ("scores",), full),
        ("the changes and the retired", ("changes", "retire"), nightly),
    ):
        files = _files(crm, kinds, record)
        days = max(
            ceil(files / limits.imports_a_day) if limits.imports_a_day else 1,
            ceil(rows / limits.rows_a_day) if limits.rows_a_day else 1,
        )
        if days > 1:
            lines.append(
                f"{crm}: {what} are {files:,} files with up to {rows:,} rows; its subscription takes "
                f"{limits.imports_a_day:,} imports and {limits.rows_a_day:,} rows a day: import them over {days} days"
            )
    return lines


def _files(crm: str, kinds: tuple[str, ...], record: NightRecord) -> int:
    names = tuple(f"{entity}_{kind}" for entity in ENTITIES for kind in kinds)
    paths = [PurePath(output.path) for output in record.outputs]
    files = [path for path in paths if path.parent.name == crm and path.suffix in (".csv", ".zip")]
    return sum(path.name.startswith(names) for path in files)
