"""A running Odoo, spoken to as a browser does: its records, and its "Import records" with a file."""

import contextlib
import http.cookiejar
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crm import postgres

ROOT = Path(__file__).resolve().parents[2]
#: The environment that `make odoo` builds.
PYTHON = ROOT / ".odoo" / "bin" / "python"
DATABASE, USER = "crm", "admin"
#: Seconds that a start, or one answer, may take on a busy machine.
PATIENCE = 300.0


@dataclass(frozen=True)
class Imported:
    """What an import of Odoo did: the field each header was matched to by itself, and its errors, none if it took."""

    fields: dict[str, str | None]
    errors: list[str]


class Odoo:
    """A session of Odoo's administrator."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.ask("/web/session/authenticate", db=DATABASE, login=USER, password=USER)
        [self.token] = set(re.findall(r'csrf_token: "(\w+)"', self.post("/web", None, {}).decode()))

    def post(self, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(self.address + path, body, headers)
        with self.browser.open(request, timeout=PATIENCE) as answer:
            return answer.read()

    def ask(self, path: str, **params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        answer = json.loads(self.post(path, body, {"Content-Type": "application/json"}))
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["debug"])
        return answer.get("result")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return self.ask("/web/dataset/call_kw", model=model, method=method, args=args, kwargs=kwargs)

    def create(self, model: str, /, **values: Any) -> int:
        return self.call(model, "create", values)

    def external_id(self, model: str, record: int, name: str) -> None:
        """Name a record as an export of it does, `__export__` before the dot."""
        self.create("ir.model.data", module="__export__", name=name, model=model, res_id=record)

    def read(self, model: str, record: int, fields: Sequence[str]) -> dict[str, Any]:
        [values] = self.call(model, "read", [record], list(fields))
        return {field: values[field] for field in fields}

    def imported(self, model: str, file: Path) -> Imported:
        """Import a file as "Import records" does: upload, let Odoo match the headers, import with what it says.

        The steps are those of the page (base_import): nothing is mapped, and no format is chosen, by hand.
        """
        wizard = self.create("base_import.import", res_model=model)
        self.upload(wizard, file)
        options = {"headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        options |= {"date_format": "", "datetime_format": ""}
        preview = self.call("base_import.import", "parse_preview", [wizard], options)
        if "error" in preview:
            return Imported({}, [preview["error"]])
        matched = ["/".join(preview["matches"][str(index)] or []) for index in range(len(preview["headers"]))]
        said = self.call(
            "base_import.import", "do", [wizard], [field or False for field in matched], preview["options"]
        )
        fields = {header: field or None for header, field in zip(preview["headers"], matched, strict=True)}
        return Imported(fields, [message["message"] for message in said])

    def upload(self, wizard: int, file: Path) -> None:
        mark = uuid.uuid4().hex
        parts = [
            ('name="csrf_token"', self.token.encode()),
            ('name="import_id"', str(wizard).encode()),
            (f'name="file"; filename="{file.name}"\r\nContent-Type: text/csv', file.read_bytes()),
        ]
        body = b"".join(
            f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in parts
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        self.post("/base_import/set_file", body + f"--{mark}--\r\n".encode(), headers)


@contextlib.contextmanager
def running(programs: Path, folder: Path) -> Iterator[Odoo]:
    """Make a database with Odoo's CRM in it, on a PostgreSQL of its own, and serve it on this machine alone."""
    with postgres.running(programs, folder / "db") as server, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        (folder / "odoo.conf").write_text(
            f"[options]\ndata_dir = {folder / 'data'}\ndb_host = {server}\ndb_user = {postgres.OWNER}\n"
            f"max_cron_threads = 0\nhttp_interface = 127.0.0.1\nhttp_port = {port}\nlog_level = warn\n"
        )
        script = Path(__file__).with_name("serve_odoo.py")
        command = [str(PYTHON), "-W", "ignore", str(script), str(folder / "odoo")]
        command += ["-c", str(folder / "odoo.conf")]
        with (folder / "log").open("wb") as log:
            making = [*command, "-d", DATABASE, "-i", "crm,base_import", "--without-demo=all", "--stop-after-init"]
            subprocess.run(making, stdout=log, stderr=log, check=True, timeout=PATIENCE)
            # Told no database, it loads one when first asked for it; told one, it answers while it loads it again.
            served = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                yield _answering(f"http://127.0.0.1:{port}", served)
            finally:
                served.kill()  # nothing of it is kept
                served.wait()


def _answering(address: str, served: subprocess.Popen[bytes]) -> Odoo:
    end = time.monotonic() + PATIENCE
    while served.poll() is None and time.monotonic() < end:
        try:
            return Odoo(address)
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("Odoo does not answer")
