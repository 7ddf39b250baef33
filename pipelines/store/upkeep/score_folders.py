"""Where the score files of a store's nights are, as far as that can be known.

Each night names the folder that it was published to. After a store was moved or copied, that may be the folder of
another store: only nights that were published since then tell which folder is this one's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.store.ledger import Night
from pipelines.store.publication import NIGHTS
from pipelines.store.store import Store
from pipelines.store.upkeep.location import location_of


@dataclass(frozen=True)
class ScoreFolders:
    """The folders of score files.

    Attributes
    ----------
    own : tuple of Path
        Those that are certainly of this store, or were named.
    unknown : tuple of Path
        Those that may be of another store, or were moved: none of their files may be touched.
    gone : tuple of Path
        Those of earlier nights alone that are not there any more.
    """

    own: tuple[Path, ...]
    unknown: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()


def score_folders(store: Store, past: Sequence[Night], named: Sequence[Path] = ()) -> ScoreFolders:
    """Tell which folders hold the score files of a store.

    Parameters
    ----------
    store : Store
    past : sequence of Night
        All its nights, oldest first.
    named : sequence of Path
        Folders that somebody says are this store's.

    Raises
    ------
    UsageError
        If a folder that was named holds no night of this store.
    """
    location = location_of(store.path)
    moved_after = location.moved_after if location else 0
    own = [folder.expanduser().resolve() for folder in named]
    for folder in own:
        if not _holds(folder, past):
            raise UsageError(f"--out {folder} holds no night of the store {store.path}: name the folder of its files")
    published: dict[Path, list[Night]] = {}
    for night in past:
        if night.record.out and not night.damage:
            published.setdefault(Path(night.record.out), []).append(night)
    unknown, gone = list[Path](), list[Path]()
    for out, its in published.items():
        since = [night for night in its if night.sequence > moved_after]
        if any(_holds(folder, its) for folder in own):
            continue
        if _holds(out, since):
            own.append(out)
        elif since and not out.is_dir() and its[-1] is not past[-1]:
            gone.append(out)
        else:
            unknown.append(out)
    return ScoreFolders(tuple(dict.fromkeys(own)), tuple(unknown), tuple(gone))


def _holds(out: Path, nights: Sequence[Night]) -> bool:
    return any((out / NIGHTS / night.name).is_dir() for night in nights)
