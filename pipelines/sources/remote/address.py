"""The address of a source that is not on this disk: what opens it, and what of it may be shown and kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote_plus

from pipelines.errors import UsageError
from pipelines.redaction import remember_secrets, without_secrets

POSTGRESQL = ("postgresql://", "postgres://")
#: Databases that are files, which are read as such.
_FILES = ("duckdb:///", "sqlite:///", "file:///")
#: Object stores and web servers, whose files are copied.
_STORES = ("s3", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs", "http", "https")
_FORM = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<rest>[^?]*)(?:\?(?P<parameters>.*))?", re.IGNORECASE | re.DOTALL
)
#: The parameter of ours that names the schema, or several with commas.
_SCHEMA = "schema"


@dataclass(frozen=True)
class Address:
    """Where a source is.

    Attributes
    ----------
    url : str
        As a driver opens it; it may hold a password.
    shown : str
        The same without secrets, for messages and `crm.sql`; where a file holds the address, that file after an @. Its
        user is a parameter: with a host after it, it would look like somebody's e-mail address.
    schemas : tuple of str
        The schemas that are named.
    """

    url: str = field(repr=False)
    shown: str
    schemas: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As messages have it."""
        return self.shown

    @property
    def name(self) -> str:
        """As messages have it, as for a path."""
        return self.shown

    @property
    def scheme(self) -> str:
        """What stands before ``://``."""
        return self.url.partition("://")[0].lower()

    @property
    def is_files(self) -> bool:
        """Whether files are there, and no database."""
        return self.scheme in _STORES

    @property
    def is_postgresql(self) -> bool:
        """Whether it is one of PostgreSQL."""
        return f"{self.scheme}://" in POSTGRESQL

    def within(self, schemas: tuple[str, ...]) -> Address:
        """The same address with the schemas that were found, so that another run reads the same ones."""
        if self.schemas or not schemas or self.shown.startswith("@"):
            return self
        named = f"{'&' if '?' in self.shown else '?'}{_SCHEMA}={','.join(map(_escaped, schemas))}"
        return replace(self, shown=self.shown + named, schemas=schemas)


def source_at(text: str, option: str = "--data") -> Path | Address:
    """What a word of the command line names: a path, or an address.

    Parameters
    ----------
    text : str
        A path, an address, or @ and the file that holds an address.
    option : str
        As messages call it.

    Raises
    ------
    UsageError
        If the file after an @ cannot be read, or others may read it.
    """
    in_file = is_address_file(text)
    written = address_in(text, option) if in_file else text
    form = _FORM.fullmatch(written)
    if form is None:
        remember_secrets([written] if in_file else [], {})
        if in_file:
            raise UsageError(f"{option} {text}: the file holds no address such as postgresql://user@host/database")
        return Path(text)
    if written.lower().startswith(_FILES):
        return Path("/" + unquote_plus(form["rest"].replace("+", "%2B")).lstrip("/"))
    remember_secrets([written], {})
    settings = [part for part in (form["parameters"] or "").split("&") if part]
    file = f"@{Path(text[1:]).expanduser().absolute()}" if in_file else ""
    if form["scheme"].lower().removesuffix("://") in _STORES:
        return Address(written, file or _shown(form, settings))
    named = [part for part in settings if part.partition("=")[0].lower() == _SCHEMA]
    left = [part for part in settings if part not in named]
    schemas = tuple(unquote_plus(word) for part in named for word in part.partition("=")[2].split(",") if word)
    url = form["scheme"] + form["rest"] + ("?" + "&".join(left) if left else "")
    return Address(url, file or _shown(form, settings), schemas)


def _shown(form: re.Match[str], settings: list[str]) -> str:
    """An address without secrets: the password of a database may hold any sign, also an @."""
    if form["scheme"].lower().removesuffix("://") in _STORES:
        host, slash, path = form["rest"].partition("/")
        login, where = "", host.rpartition("@")[2] + slash + path
    else:
        login, _, where = form["rest"].rpartition("@")
    user = [f"user={login.partition(':')[0]}"] if login.partition(":")[0] else []
    public = user + [part for part in settings if without_secrets(f"?{part}") == f"?{part}"]
    return without_secrets(form["scheme"] + where + ("?" + "&".join(public) if public else ""))


def _escaped(schema: str) -> str:
    """A schema in an address."""
    return re.sub(r"[^\w.$-]", lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), schema)


def is_address_file(text: str) -> bool:
    """Whether a word names a file with an address, and no file or folder of such a name."""
    return text.startswith("@") and len(text) > 1 and not Path(text).exists()


def address_in(text: str, option: str) -> str:
    """What the file after an @ holds: whoever lists the processes of a machine sees the words of a command line.

    Parameters
    ----------
    text : str
    option : str
        As messages call it.

    Raises
    ------
    UsageError
        If it cannot be read, others may read it, or it has not one line.
    """
    file = Path(text[1:]).expanduser()
    try:
        if file.stat().st_mode & 0o077:
            raise UsageError(f"{option} {text}: others may read this file; make it your own with chmod 600 {file}")
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except OSError as error:
        raise UsageError(f"{option} {text}: the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{option} {text}: the file is no text; write the address into it, on one line") from None
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 1:
        raise UsageError(f"{option} {text}: the file has {len(found)} lines; write the address into it, on one line")
    return found[0]
