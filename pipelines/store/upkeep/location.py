"""`store.json`: where a store is, and in which format. A copy of a store is not used by accident.

MLflow keeps absolute paths. A training in a copy would write its files into the original, without the original's lock.
So a store that is found elsewhere than where it was made is refused, until `closedwon moved` says that it is here now.
A backup restored to the same place is at its place.
"""

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from pipelines import __version__
from pipelines.disk import write_text
from pipelines.errors import UsageError
from pipelines.store.publication import is_night
from scoring.format import NewerFormat, require_readable

FILE, FORMAT = "store.json", "closedwon-store/1"
ARTIFACTS, DATABASE = "artifacts", "mlflow.db"


@dataclass(frozen=True)
class StoreLocation:
    """What `store.json` says.

    Attributes
    ----------
    format : str
        The format of all that is in the store; empty where an earlier version made it, which wrote no such file.
    path : str
        The folder that it was made in or moved to, absolute.
    written_by : str
        The version of closedwon that wrote this.
    before : str
        Where it was before it was moved; empty if it never was.
    moved_after : int
        The number of the newest night when it was moved: the score files of that one and of those before it may be
        another store's, which this one is a copy of.
    """

    format: str
    path: str
    written_by: str = ""
    before: str = ""
    moved_after: int = 0


def location_of(store: Path) -> StoreLocation | None:
    """Where the store in this folder was made; None where nothing tells.

    Raises
    ------
    UsageError
        If a later version of closedwon made it.
    """
    try:
        record = json.loads((store / FILE).read_text(encoding="utf-8"))
        require_readable(record["format"], FORMAT, "a store")
        location = StoreLocation(record["format"], str(record["path"]), str(record.get("written_by", "")))
        return replace(location, before=str(record.get("before", "")), moved_after=int(record.get("moved_after", 0)))
    except NewerFormat as error:
        raise UsageError(f"the store at {store} was made by a later version of closedwon: {error}") from None
    except (OSError, ValueError, KeyError, TypeError):  # an earlier version made it, or the file was torn
        path = _path_in_mlflow(store)
        return None if path is None else StoreLocation("", path)


def require_own_location(store: Path) -> None:
    """Refuse a store that was made elsewhere, or by a later version.

    Raises
    ------
    UsageError
        If so. The message says what to do.
    """
    location = location_of(store)
    if location is None or _same(Path(location.path), store):
        return
    if Path(location.path, DATABASE).exists():
        what = (
            f"it seems to be a copy of the store there, whose files it would write to; if it replaces {location.path}"
        )
    else:
        what = "if it was moved or restored from a backup"
    raise UsageError(
        f"the store at {store} was made at {location.path}: {what}, run `closedwon moved --store {store}` once"
    )


def note_location(store: Path) -> None:
    """Write that the store is here, in the format of this version; nothing is written if that is known."""
    try:
        before = location_of(store)
    except UsageError:
        return
    if before is None or (before.format, before.path) != (FORMAT, str(store)):
        _write(store, before or StoreLocation(FORMAT, ""))


def move_here(store: Path) -> str:
    """Make this folder the store's place, in MLflow's database and in `store.json`; gives where it was before.

    The caller holds the lock. Both steps may be done again, so a run that is killed between them is repeated.

    Parameters
    ----------
    store : Path
        Absolute.
    """
    location = location_of(store)
    before = str(store) if location is None else location.path
    old, new = (f"{(Path(path) / ARTIFACTS).as_uri()}" for path in (before, store))
    if old != new and (store / DATABASE).exists():
        with closing(sqlite3.connect(store / DATABASE, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            for table, column in _texts(database):
                replaced = f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?) WHERE instr("{column}", ?) > 0'
                for end in ("/", '"', ""):  # and not a folder whose name begins alike
                    where = "" if end else f' AND "{column}" = ?'
                    words = (old + end, new + end, old + end) if end else (old, new, old, old)
                    database.execute(replaced + where, words)
            database.execute("COMMIT")
    if before == str(store):
        _write(store, location or StoreLocation(FORMAT, ""))
    else:
        _write(store, StoreLocation(FORMAT, "", before=before, moved_after=_newest(store)))
    return before


def _write(store: Path, location: StoreLocation) -> None:
    """Write that a store is here, and where it was before."""
    here = replace(location, format=FORMAT, path=str(store), written_by=__version__)
    write_text(store / FILE, json.dumps(asdict(here), indent=1) + "\n")


def _newest(store: Path) -> int:
    """The number of the newest night, whether its record can be read or not."""
    found = [path.name for folder in ("ledger", "ledger/pending") for path in (store / folder).glob("*_*")]
    return max((int(name.split("_")[1]) for name in found if is_night(name)), default=0)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one folder, as with a link or a second mount."""
    try:
        return one == other or os.path.samefile(one, other)
    except OSError:
        return False


def _path_in_mlflow(store: Path) -> str | None:
    """The folder whose artifacts MLflow's database names."""
    if not (store / DATABASE).is_file():
        return None
    address = f"file:{quote(str(store / DATABASE))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=1.0)) as database:
            query = "SELECT artifact_location FROM experiments ORDER BY name = 'closedwon' DESC, experiment_id"
            locations = [str(location) for (location,) in database.execute(query)]
    except sqlite3.Error:
        return None
    files = [unquote(urlsplit(location).path) for location in locations if location.startswith("file:///")]
    folders = [file.rpartition(f"/{ARTIFACTS}")[0] for file in files]
    return next((folder for folder in folders if folder), None)


def _texts(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every column of texts, with its table."""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = [(table, row[1], row[2]) for table in tables for row in database.execute(f'PRAGMA table_info("{table}")')]
    return [(table, name) for table, name, kind in columns if "CHAR" in kind.upper() or "TEXT" in kind.upper()]
