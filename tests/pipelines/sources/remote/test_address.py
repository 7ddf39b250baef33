"""Addresses of sources elsewhere: what opens them, what is shown of them, and which files hold one."""

from pathlib import Path

import pytest

from pipelines import redaction
from pipelines.errors import UsageError
from pipelines.sources.remote.address import Address, source_at

#: What is given; what the driver gets, or nothing where that is the same; what is shown; the schemas.
ADDRESSES = [
    ("postgresql://h/db", "", "postgresql://h/db", ()),
    (
        "postgresql://crm@db.example:5432/warehouse?schema=sf",
        "postgresql://crm@db.example:5432/warehouse",
        "postgresql://db.example:5432/warehouse?user=crm&schema=sf",
        ("sf",),
    ),
    (
        "postgres://u:p%40ss1@h/db?sslmode=verify-full&Schema=a,B%20c&sslpassword=geheim1",
        "postgres://u:p%40ss1@h/db?sslmode=verify-full&sslpassword=geheim1",
        "postgres://h/db?user=u&sslmode=verify-full&Schema=a,B%20c",
        ("a", "B c"),
    ),
    ("postgresql://u:a/b@c:d#e@h/db", "", "postgresql://h/db?user=u", ()),
    ("postgresql:///db?host=%2Frun%2Fpg&user=crm", "", "postgresql:///db?host=%2Frun%2Fpg&user=crm", ()),
    ("mysql://crm:geheim77@h/db", "", "mysql://h/db?user=crm", ()),
    ("s3://AKIAIOSFODNN7EXAMPLE:geheim77@bucket/a@b/c", "", "s3://bucket/a@b/c", ()),
    ("https://h/e.zip?v=2&sig=geheim77&X-Amz-Signature=ab", "", "https://h/e.zip?v=2", ()),
]


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())


@pytest.mark.parametrize(("given", "url", "shown", "schemas"), ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_an_address(given: str, url: str, shown: str, schemas: tuple[str, ...]) -> None:
    found = source_at(given)
    assert isinstance(found, Address)
    assert (found.url, str(found), found.schemas) == (url or given, shown, schemas)
    assert "geheim" not in repr(found)
    # What is shown is an address of the same place.
    assert isinstance(again := source_at(shown), Address)
    assert (str(again), again.schemas) == (shown, schemas)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("crm", "crm"),
        ("crm.sql", "crm.sql"),
        ("C:/crm", "C:/crm"),
        ("sqlite:///a/b%20c.db", "/a/b c.db"),
        ("duckdb:///a+b.duckdb", "/a+b.duckdb"),
    ],
)
def test_a_path_stays_one(given: str, path: str) -> None:
    assert source_at(given) == Path(path)


def test_the_schema_that_was_found_is_kept_where_none_was_named() -> None:
    address = source_at("postgresql://h/db")
    assert isinstance(address, Address)
    assert str(address.within(("a b", "c"))) == "postgresql://h/db?schema=a%20b,c"
    assert source_at(str(address.within(("a b", "c")))) == address.within(("a b", "c"))
    named = source_at("postgresql://h/db?schema=x")
    assert isinstance(named, Address)
    assert named.within(("y",)) is named


def test_a_file_holds_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "warehouse"
    file.write_text("# the warehouse\npostgresql://u:geheim77@h/db?schema=sf\n")
    file.chmod(0o644)
    with pytest.raises(UsageError, match=r"SOURCE @warehouse: others may read this file; .* chmod 600 warehouse"):
        source_at("@warehouse", "SOURCE")
    file.chmod(0o600)
    found = source_at("@warehouse")
    assert isinstance(found, Address)
    assert (found.url, str(found), found.schemas) == ("postgresql://u:geheim77@h/db", f"@{file}", ("sf",))
    assert redaction.without_secrets("said geheim77") == "said (hidden)"
    file.write_text("the warehouse\n")
    with pytest.raises(UsageError, match="the file holds no address such as"):
        source_at("@warehouse")
    (tmp_path / "@folder").mkdir()
    assert source_at("@folder") == Path("@folder")
