"""What the store's own MLflow database says of registered models, read as it lies.

A night needs a version and a file; importing MLflow for that would cost nearly as much as publishing. So the same is
read from the tables that MLflow keeps, which stay the only truth: an alias moved in MLflow's own pages is seen at once.
A database of another layout than `REVISION`, elsewhere, locked, or with anything in it that is not looked for here is
left to MLflow: None means ask it.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

from pipelines.store.store import Store

#: The layout that is known here, as MLflow 3.17 numbers it. Look at the queries before you name another.
REVISION = "dc11669786a5"
_WORKSPACE = "default"

_ALIASES = "SELECT alias, version, workspace FROM registered_model_aliases WHERE name = ?"
_VERSION = """
    SELECT run_id, coalesce(storage_location, source), workspace, current_stage, status FROM model_versions
    WHERE name = ? AND version = ?
"""


class Version(NamedTuple):
    """One registered version: the run it came from, and the folder of its files."""

    run_id: str
    location: str


def aliases(store: Store, name: str) -> Mapping[str, int] | None:
    """The versions of a registered model that have a name; none of them for a model that is not there."""
    rows = _asked(store, _ALIASES, (name,))
    if rows is None or any(workspace != _WORKSPACE for *_, workspace in rows):
        return None
    return {alias: int(version) for alias, version, _ in rows}


def version(store: Store, name: str, number: int) -> Version | None:
    """A version that is there and ready."""
    rows = _asked(store, _VERSION, (name, number))
    if rows is None or len(rows) != 1:
        return None
    run, location, *state = rows[0]
    return Version(run, location) if run and location and state == [_WORKSPACE, "None", "READY"] else None


def artifact(found: Version, path: str) -> dict[str, Any] | None:
    """A JSON file of a version, where its files lie in a folder of this machine."""
    place = urlsplit(found.location)
    if place.scheme != "file" or place.netloc:
        return None
    try:
        content: dict[str, Any] = json.loads((Path(url2pathname(place.path)) / path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def _asked(store: Store, query: str, given: tuple[object, ...]) -> list[tuple[Any, ...]] | None:
    if not store.own:
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(store.database))}?mode=ro", uri=True, timeout=1.0)) as database:
            if database.execute("SELECT version_num FROM alembic_version").fetchall() != [(REVISION,)]:
                return None
            return database.execute(query, given).fetchall()
    except sqlite3.Error:
        return None
