"""The store: the folder with the MLflow database, its artifacts, the score ledger, and the lock around them.

closedwon-store/
    lock         held by the one run that may write; names that run
    mlflow.db    tracking and registry, unless MLFLOW_TRACKING_URI names another database
    artifacts/   the files of the runs and the models
    engagement.duckdb   the engagement days of the exports (see `intake.engagement_cache`)
    backtests/   cut-offs that were backtested, kept so that none is backtested twice
    ledger/      every night as it was published (see `ledger`)
    history/     what nights kept of attributes (see `history.record`)
    agreements/  what sales and marketing agreed (see `alignment.agreed`)
    calls/       the call lists of past weeks (see `calls.call_lists`)
    experiments/ who is called in which week by chance (see `calls.experiments`)
    imports/     what the CRMs accepted (see `delivery.import_results`)
    store.json   where the store is, and its format (see `upkeep.location`)
    temporary/   what runs keep while they are under way; cleared at the next start
"""

import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.disk import opened_to, temporary_files
from pipelines.errors import UsageError, not_written
from pipelines.redaction import without_secrets
from pipelines.store.lock import held_lock
from pipelines.store.upkeep.location import note_location, require_own_location
from pipelines.store.upkeep.tracking_database import create_database, require_known

TRACKING = "MLFLOW_TRACKING_URI"
#: The revision of the layout of MLflow's database, that of MLflow 3.17. See `mlflow_database` before you change it.
REVISION = "dc11669786a5"
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}


@dataclass(frozen=True)
class Store:
    """An open store; `Store.open` is the way to get one.

    Attributes
    ----------
    path : Path
        The folder, absolute.
    tracking_uri : str
        The address at which MLflow tracks and registers.
    own : bool
        Whether that is the database of the store, with its files in `artifacts`.
    """

    path: Path
    tracking_uri: str
    own: bool

    @property
    def artifacts(self) -> Path:
        """The folder of the runs' and models' files."""
        return self.path / "artifacts"

    @property
    def backtests(self) -> Path:
        """The folder of backtested cut-offs."""
        return self.path / "backtests"

    @property
    def engagement(self) -> Path:
        """The file of the engagement cache. If it is lost, the next night creates it again."""
        return self.path / "engagement.duckdb"

    @property
    def ledger(self) -> Path:
        """The folder of the nights as published."""
        return self.path / "ledger"

    @property
    def history(self) -> Path:
        """The folder of what nights keep of attributes."""
        return self.path / "history"

    @property
    def calls(self) -> Path:
        """The folder of the call lists of past weeks."""
        return self.path / "calls"

    @property
    def experiments(self) -> Path:
        """The folder of experiments."""
        return self.path / "experiments"

    @property
    def temporary(self) -> Path:
        """The folder of what runs keep while they are under way."""
        return self.path / "temporary"

    @property
    def _written(self) -> tuple[Path, ...]:
        """What a run writes to; tried at its beginning, and not after an hour of work."""
        return (self.path, self.path / "lock", self.ledger, *((self.database,) if self.own else ()))

    @property
    def location(self) -> str:
        """Where the models are, for messages: the folder, or what MLFLOW_TRACKING_URI names."""
        return str(self.path) if self.own else f"{without_secrets(self.tracking_uri)} (MLFLOW_TRACKING_URI)"

    @classmethod
    @contextmanager
    def open(
        cls,
        path: str | Path,
        *,
        writing: bool = True,
        checked: bool = True,
        held: Callable[[], None] | None = None,
    ) -> Iterator["Store"]:
        """Open a store and point MLflow at it until the block ends.

        Parameters
        ----------
        path : str or Path
            The folder. A writer creates it, and its database, where they are missing.
        writing : bool
            Whether to write. One writer at a time holds the lock for the whole block. Readers take no lock: every
            change of the registry is one transaction, and its files never change.
        checked : bool
            Whether the store must be where it was made, and in a format of this version. What mends that does not ask.
        held : callable, optional
            Called as soon as a writer holds the lock.

        Raises
        ------
        StoreBusy
            If another process, or another block of this one, is writing to the store.
        UsageError
            If the path cannot be a store, or there is no store to read yet; if it was made elsewhere or by a later
            version, or its database cannot be read.
        """
        store = cls._at(Path(path).expanduser().resolve())
        if not writing:
            if store.own and not store.database.exists():
                raise UsageError(f"there is no store at {store.path}: run `closedwon train` first, or name another")
            if not checked:
                with store._tracked():
                    yield store
                return
            store._check()
            with store._tracked(), temporary_files(store.temporary):
                yield store
            return
        try:
            store.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened_to(store.path)
            (store.path / "lock").touch()
        except OSError as error:
            raise not_written(error, f"{store.path} cannot be the store's folder: {error.strerror}") from None
        if closed := [written for written in store._written if written.exists() and not os.access(written, os.W_OK)]:
            raise UsageError(f"{closed[0]} is read-only: the store's folder must be writable for who runs closedwon")
        with held_lock(store.path / "lock"), store._tracked(), temporary_files(store.temporary):
            if held is not None:
                held()
            if checked:
                store._check()
            if store.own and not store.database.exists():
                create_database(store.database, store.artifacts)
            if checked:
                note_location(store.path)
            yield store

    def _check(self) -> None:
        """Refuse a store that this version cannot use here."""
        require_own_location(self.path)
        if self.own and self.database.exists():
            require_known(self.database, REVISION)

    @classmethod
    def _at(cls, path: Path) -> "Store":
        its_own = f"sqlite:///{path / 'mlflow.db'}"
        uri = os.environ.get(TRACKING) or its_own
        return cls(path=path, tracking_uri=uri, own=uri == its_own)

    @property
    def database(self) -> Path:
        """The file of MLflow's database, where the store has its own."""
        return self.path / "mlflow.db"

    @contextmanager
    def _tracked(self) -> Iterator[None]:
        """Point MLflow at this store, by the environment that it reads at each call, and silence its log."""
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        if "mlflow" in sys.modules:  # its level was read at import
            logging.getLogger("mlflow").setLevel(os.environ["MLFLOW_LOGGING_LEVEL"])
        before = os.environ.get(TRACKING)
        os.environ[TRACKING] = self.tracking_uri
        try:
            with warnings.catch_warnings():
                # Its own warnings, at import and at each log. A warning about our calls names our file and is shown.
                warnings.filterwarnings("ignore", module=r"(mlflow|sqlalchemy|alembic)\b")
                yield
        finally:
            if before is None:
                del os.environ[TRACKING]
            else:
                os.environ[TRACKING] = before
