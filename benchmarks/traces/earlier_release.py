"""A store as an earlier release would have left it: what `closedwon upgrade` has to do is there to be done."""

from pathlib import Path

from pipelines.store.upkeep import location

#: So many revisions of MLflow's database back. Each can be taken back without a loss.
REVISIONS = 3
#: A line of an old log.
SECRET = '{"time": "2025-11-01T02:00:00Z", "event": "ended", "message": "postgresql://crm:hunter2@db.internal/crm"}\n'


def made_earlier(store: Path) -> None:
    """Take back what later releases brought: the layout of MLflow's database, closed files, hidden secrets, the format.

    Parameters
    ----------
    store : Path
        Nobody may use it meanwhile.
    """
    from alembic import command
    from mlflow.store.db import utils

    settings = utils._get_alembic_config(f"sqlite:///{store / location.DATABASE}")  # type: ignore[no-untyped-call]
    command.downgrade(settings, f"-{REVISIONS}")
    with (store / "log" / "2025-11.jsonl").open("a", encoding="utf-8") as log:
        log.write(SECRET)
    for path in store.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    (store / location.FILE).unlink(missing_ok=True)
