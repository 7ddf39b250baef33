"""`closedwon upgrade`: bring a store of an earlier release forward. `closedwon moved`: say that a store is here now."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipelines.disk import write_text
from pipelines.errors import ClosedwonError, UsageError
from pipelines.progress import Say
from pipelines.redaction import without_secrets
from pipelines.store.ledger import nights
from pipelines.store.publication import NIGHTS
from pipelines.store.store import Store
from pipelines.store.upkeep.input_examples import examples, made_up
from pipelines.store.upkeep.location import FORMAT, location_of, move_here, note_location, require_own_location
from pipelines.store.upkeep.score_folders import score_folders
from pipelines.store.upkeep.tracking_database import bring_forward


def upgrade(store: Store, say: Say) -> None:
    """Bring all that a store keeps to the formats of this version; may be done again, and be killed at any point.

    Each step takes effect as a whole, and the format is written last. The nights of the ledger stay as they are: this
    version reads the records of all before it.

    Parameters
    ----------
    store : Store
        Open for writing, and not checked.
    say : callable
        Takes a line for each thing done.

    Raises
    ------
    UsageError
        If the store was made elsewhere or by a later version, or its database cannot be read.
    """
    require_own_location(store.path)
    before = location_of(store.path)
    if store.own and store.database.exists():
        revision = bring_forward(store.database)
        say(f"MLflow's database had the layout {revision}, and has that of the installed MLflow")
    if closed := _closed(store.path):
        say(f"{closed:,} files and folders could be read by other users, and cannot now")
    own = score_folders(store, nights(store)).own
    if closed := sum(_closed(out / NIGHTS) for out in own):
        say(f"{closed:,} score files and folders in {', '.join(map(str, own))} could be read by others, and cannot now")
    for line in _examples(store.artifacts):
        say(line)
    if hidden := _secrets_hidden(store.path):
        say(f"secrets were hidden in {', '.join(hidden)}; change these passwords and tokens")
    note_location(store.path)
    was = before.format if before is not None and before.format else "that of an earlier release"
    say(f"The format of {store.path} is {FORMAT}" + ("" if was == FORMAT else f"; it was {was}"))


def accept_folder(store: Store, say: Say) -> None:
    """Make the folder in which a store is found its place.

    Parameters
    ----------
    store : Store
        Open for writing, and not checked.
    say : callable

    Raises
    ------
    UsageError
        If there is no store, or a later version made it.
    """
    if location_of(store.path) is None and not store.database.exists():
        raise UsageError(f"there is no store at {store.path}: name the folder that was moved with --store")
    before = move_here(store.path)
    if before == str(store.path):
        say(f"The store at {store.path} is where it was made: nothing to do")
    else:
        say(f"The store of {before} is at {store.path} now; its models are read from here and written to here")


def _examples(artifacts: Path) -> Iterator[str]:
    """Make up the input examples of models anew where they are rows of an export; gives what is to be said of it."""
    count = 0
    for file in examples(artifacts):
        try:
            count += made_up(file)
        except (OSError, ValueError, KeyError, TypeError, ClosedwonError) as error:
            file.unlink()
            yield f"{file} was removed: it may hold rows of an export, and its scorecard cannot be read ({error})"
    if count:
        yield f"{count:,} input examples of models held rows of an export, and hold made-up ones now"


def _closed(folder: Path) -> int:
    """Take away from others what the permissions of new files do not give them; gives how many there were."""
    kept = os.umask(0)
    os.umask(kept)
    count = 0
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & kept and not path.is_symlink():
            path.chmod(mode & ~kept)
            count += 1
    return count


def _secrets_hidden(store: Path) -> list[str]:
    """Write the logs of earlier releases without the secrets in them; gives the names of those that had some."""
    found = []
    for file in sorted([*store.glob("log/*.jsonl"), store / "last_run.json"]):
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        lines = [without_secrets(line) for line in text.splitlines()]
        if lines != text.splitlines():
            write_text(file, "\n".join(lines) + "\n")
            found.append(file.relative_to(store).as_posix())
    return found
