"""The score ledger: every night as it was served, append-only, in the store.

closedwon-store/ledger/
    2025-12-29_12_5f0c9a1e/          a night: as of when, which publication it was, of what
        night.json                   models, inputs, what the gates decided, who forced it, where the files went
        account_scores.parquet       the scores as served, and what the CRM was told last
        account_features.parquet     what the scorecard was given, for `explain --at`
        account_retired.parquet      who left, and must be cleared in the CRM
    pending/2025-12-30_13_c7b27d04/  complete before it is published; published once `latest` names it

A night is in the ledger if it was published and only then: `latest` of the folder it went to decides, so that there
is no moment, and no point at which a kill could leave one, in which files and ledger disagree.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipelines.disk import sync
from pipelines.errors import ClosedwonError, LaterVersion
from pipelines.store import publication
from pipelines.store.store import Store
from pipelines.store.upkeep.damaged_nights import recovered
from scoring.entity import ALL
from scoring.format import NewerFormat
from scoring.nights.record import NightRecord

RECORD, PENDING = "night.json", "pending"
_REMEDY = "restore it from a backup, or delete the folder; until then the gates do not see this night"


@dataclass(frozen=True)
class Night:
    """One published night.

    Attributes
    ----------
    folder : Path
    record : NightRecord
        What `night.json` says.
    damage : str
        What is wrong with its record, and what to do; empty if it is whole. Then the record is what the scores tell.
    """

    folder: Path
    record: NightRecord
    damage: str = ""

    @property
    def name(self) -> str:
        """As of when, and which publication, of what: `2025-12-29_12_5f0c9a1e`."""
        return self.record.night

    @property
    def as_of(self) -> date:
        """The day before which its facts were known."""
        return self.record.as_of

    @property
    def sequence(self) -> int:
        """1 for the first publication, and so on, whatever the clock said."""
        return self.record.sequence

    def has(self, entity: str) -> bool:
        """Whether the entity was scored."""
        return entity in self.record.models

    def scores(self, entity: str) -> Path:
        """The scores as served, by rank."""
        return self.folder / f"{entity}_scores.parquet"

    def features(self, entity: str) -> Path:
        """What the scorecard was given; not there any more once `[ledger] features_days` are over."""
        return self.folder / f"{entity}_features.parquet"

    def retired(self, entity: str) -> Path:
        """Who left."""
        return self.folder / f"{entity}_retired.parquet"


def nights(store: Store) -> list[Night]:
    """All published nights, oldest first; one whose record is damaged has what its scores tell.

    Raises
    ------
    LaterVersion
        If a later version of closedwon wrote one of them.
    """
    found = [night for folder in _entries(store.ledger) if (night := _read(folder)) is not None]
    found += [night for night in _pending(store) if _is_published(night)]
    return sorted(found, key=lambda night: night.sequence)


def last_published(store: Store) -> Night | None:
    """The night that was published last; None if there is none. One entry is read, and those that are pending.

    Raises
    ------
    LaterVersion
        If a later version of closedwon wrote it.
    ClosedwonError
        If nothing of it can be read.
    """
    published = [night for night in _pending(store) if _is_published(night)]
    for folder in sorted(_entries(store.ledger), key=lambda entry: int(entry.name.split("_")[1]), reverse=True):
        if (night := _read(folder)) is None:
            raise ClosedwonError(f"{folder / RECORD} cannot be read, and neither can the scores beside it; {_REMEDY}")
        published.append(night)
        break
    return max(published, key=lambda night: night.sequence, default=None)


def night_before(past: Sequence[Night], entity: str, as_of: date) -> Night | None:
    """The newest night of earlier facts; of one day's, the one that was published last."""
    earlier = [night for night in past if night.has(entity) and night.as_of < as_of]
    return max(earlier, key=lambda night: (night.as_of, night.sequence), default=None)


def at(past: Sequence[Night], entity: str, day: date) -> Night | None:
    """The night whose scores held on a day."""
    return night_before(past, entity, day + timedelta(days=1))


def last(past: Sequence[Night], entity: str) -> Night | None:
    """The night of an entity that was published last."""
    return next((night for night in reversed(past) if night.has(entity)), None)


def next_sequence(past: Sequence[Night]) -> int:
    """The number of the publication to come."""
    return past[-1].sequence + 1 if past else 1


def damage(store: Store, past: Sequence[Night]) -> list[str]:
    """What is wrong with the records of nights, a line each, with what to do."""
    read = {night.name for night in past}
    lost = [folder for folder in _entries(store.ledger) if folder.name not in read]
    return [
        *(f"{folder} has no score file that can be read: {_REMEDY}" for folder in lost),
        *(night.damage for night in past if night.damage),
    ]


@contextmanager
def entry(store: Store, night: str) -> Iterator[Path]:
    """Give an empty folder for a night's entry; it is pending when the block ends well."""
    pending = store.ledger / PENDING / night
    aside = pending.with_name(f".{night}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        publication.sync_folder(aside)
        aside.rename(pending)
        sync(pending.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        with suppress(OSError):  # another's may be pending
            pending.parent.rmdir()
        raise


def settle(store: Store) -> None:
    """Enter what was published, and drop what was not: after a night, and after a killed one."""
    for night in _pending(store):
        if _is_published(night):
            night.folder.rename(store.ledger / night.name)
            sync(store.ledger)
    shutil.rmtree(store.ledger / PENDING, ignore_errors=True)
    for left in store.ledger.glob(".*"):  # what was being removed when a run was killed
        if publication.is_night(left.name[1:]):
            shutil.rmtree(left, ignore_errors=True)


def drop_old_nights(store: Store, as_of: date, *, keep_days: int, features_days: int) -> None:
    """Keep nights no longer than so many days, and the features they were scored from; always the last night.

    An entry of which nothing can be read is as old as its name says.
    """
    past = nights(store)
    lasting = {night.name for entity in ALL if (night := last(past, entity))}
    for lost in names(store) - {night.name for night in past}:
        with suppress(ValueError):  # no day of the calendar
            if (as_of - date.fromisoformat(lost.split("_")[0])).days <= keep_days:
                continue
            shutil.rmtree((store.ledger / lost).rename(store.ledger / f".{lost}"))
    for night in past:
        if night.name in lasting:
            continue
        age = (as_of - night.as_of).days
        if age > keep_days:
            shutil.rmtree(night.folder.rename(night.folder.with_name(f".{night.name}")))
        elif age > features_days:
            for features in night.folder.glob("*_features.parquet"):
                features.unlink()


def names(store: Store) -> set[str]:
    """The names of all entries, also of those that cannot be read."""
    return {folder.name for folder in _entries(store.ledger)}


def _entries(folder: Path) -> list[Path]:
    """The folders with a night's name; all else is somebody's, such as the files that systems leave."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if publication.is_night(path.name))
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def _pending(store: Store) -> list[Night]:
    found = (_read(folder) for folder in _entries(store.ledger / PENDING) if (folder / RECORD).is_file())
    return [night for night in found if night is not None and not night.damage]


def _is_published(night: Night) -> bool:
    return publication.latest_night(Path(night.record.out)) == night.name


def _read(folder: Path) -> Night | None:
    """The night of an entry; None if nothing of it can be read."""
    file = folder / RECORD
    try:
        record = NightRecord.from_json(json.loads(file.read_text(encoding="utf-8")))
        if record.night == folder.name:
            return Night(folder, record)
        why = f"is that of the night {record.night}"
    except NewerFormat as error:
        raise LaterVersion(f"{file} cannot be read: {error}") from None
    except FileNotFoundError:
        why = "is missing"
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"cannot be read: it has no {error}" if isinstance(error, KeyError) else f"cannot be read: {error}"
    recovered_record = recovered(folder, folder.name)
    return None if recovered_record is None else Night(folder, recovered_record, f"{file} {why}: {_REMEDY}")
