"""docs/licences.md has every package of the locks, in its version, with the licence that is stated."""

import re

import pytest

from benchmarks.licences import DOCUMENT, LOCKS, PIN, STRONG_COPYLEFT, packages
from pipelines import ROOT

TEXT = DOCUMENT.read_text(encoding="utf-8")
ROWS = {(name, version): said for name, version, said in re.findall(r"^\| (\S+) \| (\d\S*) \| (.+) \|$", TEXT, re.M)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_a_row_with_its_licence(lock: str) -> None:
    found = packages(lock)
    assert len(found) > 60
    for package in found:
        said = ROWS[package.name, package.version]
        if package.licence is None:  # of another system, or of an environment without the lock of the tests
            assert said
        else:
            assert said == package.licence.replace("|", "\\|"), package.name


def test_no_row_is_of_a_package_that_is_gone() -> None:
    pinned = {pin[:2] for lock in LOCKS for pin in PIN.findall((ROOT / lock).read_text(encoding="utf-8"))}
    assert set(ROWS) == pinned


def test_no_licence_reaches_further_than_its_package() -> None:
    optional = {"psycopg", "psycopg-binary"}  # the document says so
    assert {name for (name, _), said in ROWS.items() if STRONG_COPYLEFT.search(said)} == optional
    assert not optional & {pin[0] for pin in PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8"))}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("duckdb==2.0.1 \\", ("duckdb", "2.0.1", "")),
        ("pywin32==312 ; sys_platform == 'win32' \\", ("pywin32", "312", "sys_platform == 'win32'")),
        ("ruamel-yaml==0.19.1", ("ruamel-yaml", "0.19.1", "")),
    ],
)
def test_a_pin_is_read(line: str, expected: tuple[str, str, str]) -> None:
    assert PIN.findall(line) == [expected]
