"""The registered models in the store's own MLflow database, read by SQL.

A night needs a version and a file, and to import MLflow for them would take nearly as long as to publish. So they are
read from the tables of MLflow, which stay the only source: an alias moved in the pages of MLflow counts at once. The
functions give None, which means that MLflow must be asked, if the database has another layout than `store.REVISION`, is
locked or elsewhere, or holds a state that they do not know.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

from pipelines.store.store import REVISION, Store

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
    """The versions of a registered model by their alias; empty for a model that does not exist."""
    rows = _query(store, _ALIASES, (name,))
    if rows is None or any(workspace != _WORKSPACE for *_, workspace in rows):
        return None
    return {alias: int(version) for alias, version, _ in rows}


def version(store: Store, name: str, number: int) -> Version | None:
    """A version that exists and is ready."""
    rows = _query(store, _VERSION, (name, number))
    if rows is None or len(rows) != 1:
        return None
    run, location, *state = rows[0]
    return Version(run, location) if run and location and state == [_WORKSPACE, "None", "READY"] else None


def artifact(found: Version, path: str) -> dict[str, Any] | None:
    """The content of a JSON file of a version, if its files are in a folder of this machine."""
    address = urlsplit(found.location)
    if address.scheme != "file" or address.netloc:
        return None
    try:
        content: dict[str, Any] = json.loads((Path(url2pathname(address.path)) / path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def _query(store: Store, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]] | None:
    if not store.own:
        return None
    try:
        with closing(sqlite3.connect(f"file:{quote(str(store.database))}?mode=ro", uri=True, timeout=1.0)) as database:
            if database.execute("SELECT version_num FROM alembic_version").fetchall() != [(REVISION,)]:
                return None
            return database.execute(query, parameters).fetchall()
    except sqlite3.Error:
        return None
