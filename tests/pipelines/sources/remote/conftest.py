"""A PostgreSQL server with a user who may only read, for the tests of this folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crm import postgres


def run(server: str, *statements: str) -> None:
    """Run statements as the owner of everything."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture(scope="package")
def granted() -> Iterator[str]:
    """The address of the server as its owner; its user `reader` may connect, and nothing else."""
    programs = postgres.installed()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="no psycopg here: pip install 'psycopg[binary]'")
    folder = Path(tempfile.mkdtemp(prefix="closedwon-pg-"))
    folder.chmod(0o755)
    try:
        with postgres.running(programs, folder / "server") as socket:
            server = f"postgresql:///postgres?host={socket}&user={postgres.OWNER}"
            run(
                server,
                "CREATE ROLE reader LOGIN",
                "ALTER ROLE reader SET default_transaction_read_only = on",
                # How this user sees values is not how they are read.
                "ALTER ROLE reader SET DateStyle = 'German'; ALTER ROLE reader SET TimeZone = 'Asia/Tokyo'",
                "ALTER ROLE reader SET bytea_output = 'escape'; ALTER ROLE reader SET search_path = nowhere",
                "REVOKE TEMPORARY ON DATABASE postgres FROM public",
            )
            yield server
    finally:
        shutil.rmtree(folder)
