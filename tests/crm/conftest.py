import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crm import odoo_server, postgres


@pytest.fixture(scope="session")
def odoo() -> Iterator[odoo_server.Odoo]:
    """An Odoo with no records of ours, which the tests share: each makes its own."""
    programs = postgres.installed()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    if not odoo_server.PYTHON.exists():
        pytest.skip("no Odoo here: make odoo")
    # Not in pytest's folder, which is closed to the user that PostgreSQL runs as, and too long for a socket's name.
    folder = Path(tempfile.mkdtemp(prefix="closedwon-odoo-"))
    folder.chmod(0o755)
    try:
        with odoo_server.running(programs, folder) as session:
            yield session
    finally:
        shutil.rmtree(folder)
