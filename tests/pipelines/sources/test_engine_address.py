"""The address of an engine: from the command line or a file of one's own, and no secret of it in a message."""

from pathlib import Path

import pytest

from pipelines import redaction
from pipelines.errors import UsageError
from pipelines.sources.engine_address import engine_at


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())


#: What is given to --engine. Nothing listens at these addresses.
WRONG = [
    "postgresql+psycopg://crm:Hj7kQx@127.0.0.1:9/crm",
    "host=127.0.0.1 port=9 password=Hj7kQx",
    "postgresql://crm:Hj7kQx%zz@127.0.0.1:9/crm",
    "postgresql://crm:Hj7kQx@127.0.0.1:9/crm",
    "postgresql://crm:Hj7kQx@127.0.0.1:nine/crm",
    "postgresql://crm@127.0.0.1:9/crm?password=Hj7kQx&connect_timeout=x",
    "crm:Hj7kQx@127.0.0.1:9/crm",
]


@pytest.mark.parametrize("address", WRONG)
@pytest.mark.parametrize("in_file", [False, True])
def test_a_wrong_address_is_said_without_its_secret(tmp_path: Path, address: str, in_file: bool) -> None:
    file = tmp_path / "engine"
    file.write_text(f"# of the CRM\n{address}\n")
    file.chmod(0o600)
    with pytest.raises(UsageError) as told, engine_at(f"@{file}" if in_file else address):
        pass
    assert "Hj7kQx" not in str(told.value)
    assert "Hj7kQx" not in str(told.value.__cause__)


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (None, 0, "the file cannot be read: No such file or directory"),
        (b"duckdb", 0o644, "others may read this file"),
        (b"\n", 0o600, "the file has 0 lines"),
        (b"duckdb\nspark\n", 0o600, "the file has 2 lines"),
        (b"\xff\xfe\x00", 0o600, "the file is no text"),
    ],
)
def test_a_file_that_holds_no_address(tmp_path: Path, content: bytes | None, mode: int, message: str) -> None:
    file = tmp_path / "engine"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    with pytest.raises(UsageError, match=message), engine_at(f"@{file}"):
        pass
