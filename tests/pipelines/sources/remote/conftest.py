"""A PostgreSQL server with a user who may only read, for the tests of this folder."""

from collections.abc import Iterator

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
    with postgres.server() as address:
        run(
            address,
            "CREATE ROLE reader LOGIN",
            "ALTER ROLE reader SET default_transaction_read_only = on",
            # How this user sees values is not how they are read.
            "ALTER ROLE reader SET DateStyle = 'German'; ALTER ROLE reader SET TimeZone = 'Asia/Tokyo'",
            "ALTER ROLE reader SET bytea_output = 'escape'; ALTER ROLE reader SET search_path = nowhere",
            "REVOKE TEMPORARY ON DATABASE postgres FROM public",
        )
        yield address
