"""The configuration: a few frozen dataclasses, filled from TOML. Every key has a default."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from pipelines.failures import UsageError

#: Where an address says nothing about the company behind it.
FREE_MAIL_DOMAINS = (
    "126.com", "163.com", "aol.com", "bol.com.br", "btinternet.com", "comcast.net", "free.fr",
    "freenet.de", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk",
    "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
    "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "proton.me",
    "protonmail.com", "qq.com", "t-online.de", "uol.com.br", "verizon.net", "wanadoo.fr", "web.de",
    "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.ru", "ymail.com", "zoho.com",
)  # fmt: skip


@dataclass(frozen=True)
class Input:
    """The door. Above ``max_reject_share``, the share of a table's rows that are set aside, the run stops."""

    max_reject_share: float = 0.05
    free_mail_domains: tuple[str, ...] = FREE_MAIL_DOMAINS

    def __post_init__(self) -> None:
        _require(0 <= self.max_reject_share <= 1, "input", "max_reject_share", self.max_reject_share, "0 to 1")


@dataclass(frozen=True)
class Attributes:
    """The columns that may become features: ``trust`` overrides the leak quarantine, ``drop`` leaves out."""

    trust: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    max_levels: int = 50
    max_attributes: int = 60

    def __post_init__(self) -> None:
        _require(self.max_levels >= 2, "attributes", "max_levels", self.max_levels, "2 or more")
        _require(self.max_attributes >= 0, "attributes", "max_attributes", self.max_attributes, "0 or more")


@dataclass(frozen=True)
class Training:
    """Snapshots, the horizon in days and its periods, and the fewest wins a model is learned from."""

    horizon_days: int = 180
    periods: int = 6
    max_snapshots: int = 24
    seed: int = 7
    min_wins: int = 25
    max_rows: int = 200_000

    def __post_init__(self) -> None:
        for key in ("horizon_days", "periods", "max_snapshots", "min_wins", "max_rows"):
            _require(getattr(self, key) >= 1, "training", key, getattr(self, key), "1 or more")
        short = self.periods <= self.horizon_days
        _require(short, "training", "periods", self.periods, f"at most horizon_days = {self.horizon_days}")


@dataclass(frozen=True)
class Grades:
    """The lowest win probability of grades A, B and C, as multiples of the base rate; D is below C."""

    a: float = 4.0
    b: float = 1.5
    c: float = 0.5

    def __post_init__(self) -> None:
        _require(self.a > self.b > self.c > 0, "grades", "a, b, c", (self.a, self.b, self.c), "falling and above 0")


@dataclass(frozen=True)
class Score:
    """Scoring. A buying signal is new for ``why_now`` if it is at most ``why_now_days`` old."""

    why_now_days: int = 7

    def __post_init__(self) -> None:
        _require(self.why_now_days >= 1, "score", "why_now_days", self.why_now_days, "1 or more")


@dataclass(frozen=True)
class Config:
    """The whole configuration; a section is a dataclass, and a new section is one more field."""

    input: Input = field(default_factory=Input)
    attributes: Attributes = field(default_factory=Attributes)
    training: Training = field(default_factory=Training)
    grades: Grades = field(default_factory=Grades)
    score: Score = field(default_factory=Score)


def read_config(path: Path | None = None) -> Config:
    """Read a TOML file, or give the defaults for ``None``.

    Raises
    ------
    UsageError
        If the file is missing or not TOML, names an unknown section or key, or a value has the wrong type or
        range.
    """
    if path is None:
        return Config()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the configuration {path} is not valid TOML: {error}") from error
    config: Config = _filled(Config, content, "")
    return config


def _filled(kind: type, content: Mapping[str, Any], section: str) -> Any:
    """Build the dataclass ``kind`` from a TOML table, sections recursively."""
    types = get_type_hints(kind)
    known = [f.name for f in fields(kind)]
    values = {}
    for key, value in content.items():
        if key not in known:
            raise UsageError(_unknown(key, section, known))
        inner = f"{section}.{key}" if section else key
        if is_dataclass(types[key]):
            if not isinstance(value, Mapping):
                raise UsageError(f"[{inner}] is a section of the configuration, not a value: found {value!r}")
            values[key] = _filled(types[key], value, inner)
        else:
            values[key] = _typed(value, types[key], key, section)
    return kind(**values)


def _typed(value: Any, kind: Any, key: str, section: str) -> Any:
    """Give the value its declared type; an int may stand for a float, a bool never for a number."""
    where = f"{key} in [{section}]"
    if get_origin(kind) is tuple:
        wanted = get_args(kind)[0]
        if not isinstance(value, list) or not all(isinstance(item, wanted) for item in value):
            raise UsageError(f"{where} must be a list of {_WORDS[wanted]}: found {value!r}")
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise UsageError(f"{where} must be {_WORDS_ONE[kind]}: found {value!r}")
    return value


_WORDS = {str: "texts", int: "whole numbers", float: "numbers", bool: "true or false"}
_WORDS_ONE = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _unknown(key: str, section: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"it may have: {', '.join(known)}"
    place = f"key {key!r} in [{section}]" if section else f"section [{key}]"
    return f"unknown {place} of the configuration; {hint}"


def _require(holds: bool, section: str, key: str, value: object, wanted: str) -> None:
    if not holds:
        raise UsageError(f"{key} in [{section}] must be {wanted}: found {value!r}")
