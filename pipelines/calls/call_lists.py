"""The call lists of past weeks, as the store keeps them: ids of the CRM, so that a list changes only with news.

closedwon-store/calls/
    account_2026-03-02.parquet     unit, owner, trigger, its day, and since when each name is on lists
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.disk import opened_to, written_whole

COLUMNS = ("unit", "owner", "trigger", "happened", "since")


@dataclass(frozen=True)
class KeptList:
    """The names of a week.

    Attributes
    ----------
    week : date
    names : DataFrame
        By unit: `owner`, `trigger`, and `happened` and `since` as date.
    """

    week: date
    names: pd.DataFrame


def kept_lists(folder: Path, entity: str) -> tuple[list[KeptList], list[str]]:
    """The lists of past weeks, oldest first, and a line for each that cannot be read: it counts as not made.

    Parameters
    ----------
    folder : Path
        Of the lists, in the store.
    entity : {"account", "lead"}
    """
    found, damaged = [], []
    for week, file in _files(folder, entity):
        try:
            names = pd.read_parquet(file, columns=list(COLUMNS))
        except (OSError, ValueError, KeyError) as error:
            damaged.append(f"{file} cannot be read ({type(error).__name__}): that week counts as one without a list")
            continue
        names["unit"] = names["unit"].astype(str)
        found.append(KeptList(week, names.set_index("unit")))
    return found, damaged


def keep(folder: Path, entity: str, kept: KeptList) -> Path:
    """Keep the list of a week, in place of an earlier one of that week.

    Parameters
    ----------
    folder : Path
        Of the lists, in the store.
    entity : {"account", "lead"}
    kept : KeptList
    """
    file = folder / f"{entity}_{kept.week}.parquet"
    file.parent.mkdir(exist_ok=True)
    opened_to(file.parent)
    with written_whole(file) as temporary:
        kept.names.reset_index(names="unit")[list(COLUMNS)].to_parquet(temporary, index=False)
    return file


def remove_old_lists(folder: Path, entity: str, before: date) -> None:
    """Remove the lists of weeks before a day: nothing asks for them any more."""
    for week, file in _files(folder, entity):
        if week < before:
            file.unlink()


def _files(folder: Path, entity: str) -> list[tuple[date, Path]]:
    found = []
    for file in folder.glob(f"{entity}_*.parquet"):
        with suppress(ValueError):  # somebody else's
            found.append((date.fromisoformat(file.stem.removeprefix(f"{entity}_")), file))
    return sorted(found)
