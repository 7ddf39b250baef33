"""Files at an address: copied once, whole, and never elsewhere than into the folder of the run."""

import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.errors import BadInput, UsageError
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.raw.init import init
from pipelines.sources.remote import downloads
from pipelines.sources.remote.address import Address, source_at
from pipelines.sources.remote.downloads import local

ACCOUNTS = "account_id;domain\nA1;a.example\n"


class Answers(BaseHTTPRequestHandler):
    """A web server with an archive behind a password, and one that ends too early."""

    archive = b""

    def do_GET(self) -> None:
        found = self.path.partition("?")[0] in ("/export.zip", "/cut.zip")
        allowed = self.headers.get("Authorization") == "Basic dTpwQHcwcmQx"  # u:p@w0rd1
        self.send_response(200 if found and allowed else 401 if found else 404)
        self.send_header("Content-Length", str(len(self.archive) + 9 * self.path.startswith("/cut")))
        self.end_headers()
        if found and allowed:
            self.wfile.write(self.archive)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    archive = tmp_path_factory.mktemp("web") / "export.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("accounts.csv", ACCOUNTS)
        written.writestr("opportunities.csv", "opportunity_id;account_id;status\nD1;A1;won\n")
    Answers.archive = archive.read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def at(text: str) -> Address:
    address = source_at(text)
    assert isinstance(address, Address)
    return address


def test_an_archive_on_a_web_server_is_read_as_one_on_the_disk(web: str) -> None:
    found = open_sources(connect(), at(f"http://u:p%40w0rd1@{web}/export.zip?v=2"))
    assert sorted(found.tables) == ["accounts", "opportunities"]
    assert found.tables["accounts"].files == ("export.zip/accounts.csv",)


@pytest.mark.parametrize(
    ("place", "error", "said"),
    [
        ("{web}/none.zip", BadInput, "the server answers 404"),
        ("{web}/export.zip", BadInput, "the server answers 401"),
        ("u:p%40w0rd1@{web}/cut.zip", BadInput, r"ended after [0-9,]+ of [0-9,]+ bytes: run it again"),
        ("{web}/", UsageError, "names no file: a web server lists no folder"),
        ("127.0.0.1:9/export.zip", BadInput, "refused"),
    ],
)
def test_what_goes_wrong_is_said_without_the_password(web: str, place: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as raised:
        open_sources(connect(), at("http://" + place.format(web=web)))
    assert "w0rd1" not in str(raised.value)


def test_a_folder_of_an_object_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The folder of a disk stands for a bucket: pyarrow opens both in the same way.
    monkeypatch.setattr(Address, "is_files", True)
    bucket = tmp_path / "bucket"
    (bucket / "crm" / "activities").mkdir(parents=True)
    (bucket / "crm" / "Account.csv").write_text(ACCOUNTS)
    (bucket / "crm" / "activities" / "part-0.csv").write_text("activity_id\n1\n")
    (bucket / "other.csv").write_text("x\n1\n")
    address = Address(f"file://{bucket}/crm", "s3://bucket/crm")
    copy = local(address)
    assert isinstance(copy, Path)
    assert sorted(str(file.relative_to(copy)) for file in copy.rglob("*.csv")) == [
        "Account.csv",
        "activities/part-0.csv",
    ]
    assert (copy / "Account.csv").read_text() == ACCOUNTS
    alone = local(Address(f"file://{bucket}/other.csv", "s3://bucket/other.csv"))
    assert isinstance(alone, Path)
    assert (alone.name, alone.read_text()) == ("other.csv", "x\n1\n")
    with pytest.raises(UsageError, match="there is nothing at s3://bucket/none"):
        local(Address(f"file://{bucket}/none", "s3://bucket/none"))

    real = downloads.shutil.copyfileobj

    def changing(source: object, target: object, block: int) -> None:
        real(source, target, block)  # type: ignore[arg-type]
        (bucket / "crm" / "Account.csv").write_text(ACCOUNTS * 2)

    monkeypatch.setattr(downloads.shutil, "copyfileobj", changing)
    with pytest.raises(BadInput, match="s3://bucket/crm was changed while it was read"):
        local(address)


def test_init_names_the_address_in_its_mapping(web: str, tmp_path: Path) -> None:
    init(at(f"http://u:p%40w0rd1@{web}/export.zip?sig=p%40w0rd1&v=2"), tmp_path, say=lambda text: None)
    assert (tmp_path / "crm.sql").read_text().startswith(f"-- source: http://{web}/export.zip?v=2\n")
    assert "w0rd1" not in "".join(file.read_text() for file in tmp_path.iterdir())
