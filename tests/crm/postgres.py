"""A PostgreSQL of a test's own, from the packages of the system: nothing listens but a socket in its folder."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

OWNER = "closedwon"
#: It is thrown away: nothing waits for a disk.
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def installed() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest there is. Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    elsewhere = shutil.which("initdb")
    return found[-1].parent if found else Path(elsewhere).parent if elsewhere else None


@contextlib.contextmanager
def running(programs: Path, folder: Path, settings: str = SETTINGS) -> Iterator[Path]:
    """Run a server in an empty folder and give the folder of its socket. PostgreSQL does not run as root."""
    # Root's own folders are closed to the user that Debian runs PostgreSQL as: it starts in one of its own.
    as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    folder.mkdir()
    if as_user:
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True, timeout=300, **as_user)

    run("initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    run("pg_ctl", "--wait", "--log", str(folder / "log"), "-o", f"-k {folder} {settings}", "start")
    try:
        yield folder
    finally:
        run("pg_ctl", "--wait", "--mode=immediate", "stop")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a server as its owner; where none can be had, the tests that ask for it are skipped."""
    programs = installed()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="no psycopg here: pip install 'psycopg[binary]'")
    folder = Path(tempfile.mkdtemp(prefix="closedwon-pg-"))
    folder.chmod(0o755)
    try:
        with running(programs, folder / "server") as socket:
            yield f"postgresql:///postgres?host={socket}&user={OWNER}"
    finally:
        shutil.rmtree(folder)
