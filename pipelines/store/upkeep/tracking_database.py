"""MLflow's database in the store: made, looked at, and brought to the layout that the installed MLflow knows.

MLflow itself tries an unreadable database again and again, for two minutes, and then gives a trace.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipelines.errors import UsageError

#: What SQLite says of a database that another program is writing to.
_BUSY = ("locked", "busy")
_RESTORE = "restore the store from its backup (docs/operations.md)"


def create_database(database: Path, artifacts: Path) -> None:
    """Create the database under another name and rename it: a killed run leaves no incomplete database."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    fresh = database.with_name(f"{database.name}.new")
    fresh.unlink(missing_ok=True)
    made: Any = SqlAlchemyStore  # untyped
    made(f"sqlite:///{fresh}", artifacts.as_uri())._dispose_engine()
    fresh.rename(database)


def revision_of(database: Path) -> str | None:
    """The revision of the database's layout; None while another program writes to it.

    Raises
    ------
    UsageError
        If it cannot be read, or is no database of MLflow.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=5.0)) as opened:
            found = opened.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        if any(word in str(error) for word in _BUSY):
            return None
        raise UsageError(f"{database} cannot be read: {error}; {_RESTORE}") from None
    if len(found) != 1:
        raise UsageError(f"{database} does not say the revision of its layout: it is not whole; {_RESTORE}")
    return str(found[0][0])


def require_known(database: Path, known: str) -> None:
    """Refuse a database that cannot be read, or is of another layout than the installed MLflow's.

    Parameters
    ----------
    database : Path
    known : str
        A revision that is known to be right. Only for another one MLflow is imported and asked.

    Raises
    ------
    UsageError
        If so. The message says what to do.
    """
    revision = revision_of(database)
    if revision in (None, known):
        return
    newest, older = _revisions()
    if revision == newest:
        return
    if revision in older:
        raise UsageError(f"{database} was made by an earlier MLflow ({revision}): run `closedwon upgrade` once")
    raise UsageError(
        f"{database} has the revision {revision}, which the installed MLflow does not know: a later one made it; "
        "install the version of closedwon that last used this store, with its lock"
    )


def bring_forward(database: Path) -> str:
    """Bring the database to the layout of the installed MLflow, whole or not at all; gives the revision before.

    The copy is brought forward, and then takes the place of the original in one step.

    Raises
    ------
    UsageError
        If it cannot be read, or a later MLflow made it.
    """
    revision = revision_of(database) or ""
    newest, older = _revisions()
    if revision == newest:
        return revision
    if revision not in older:
        require_known(database, newest)
    from mlflow.store.db import utils
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    copy = database.with_name(f"{database.name}.new")
    copy.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
        utils._upgrade_db(engine)  # type: ignore[no-untyped-call]
        engine.dispose()
        copy.replace(database)
        _connect_anew(database)
    finally:
        copy.unlink(missing_ok=True)
    return revision


def _connect_anew(database: Path) -> None:
    """Let MLflow in this process close its connections to a file that another one has taken the place of."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Registry
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as Tracking

    for engine in [*Registry._engine_map.values(), *Tracking._engine_map.values()]:
        if engine.url.database == str(database):
            engine.dispose()


def _revisions() -> tuple[str, frozenset[str]]:
    """The newest revision that the installed MLflow knows, and those before it."""
    from alembic.script import ScriptDirectory
    from mlflow.store.db import utils

    script = ScriptDirectory.from_config(utils._get_alembic_config(""))  # type: ignore[no-untyped-call]
    (newest,) = script.get_heads()
    return newest, frozenset(found.revision for found in script.walk_revisions()) - {newest}
