"""What was agreed, as the store keeps it: a file for each agreement, with the day on which it was agreed.

closedwon-store/agreements/
    2027-Q1.json     what it says, its digest, since when it is known, and what it replaced
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pipelines.alignment.agreement import Agreement
from pipelines.alignment.agreement_file import kept_agreement
from pipelines.disk import write_text
from pipelines.errors import UsageError
from scoring.format import require_readable
from scoring.nights.parts import InForce

FOLDER, FORMAT = "agreements", "closedwon-agreement/1"
_NAME = re.compile(r"[\w.-]+")
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Agreed:
    """An agreement that was agreed.

    Attributes
    ----------
    name, digest : str
    first_day, last_day : date
        The period in which it holds.
    agreed_on : date
        Since when it is as it is.
    content : mapping
        What it says, as plain data: two of them are compared key by key.
    """

    name: str
    digest: str
    first_day: date
    last_day: date
    agreed_on: date
    content: Mapping[str, Any]

    @cached_property
    def agreement(self) -> Agreement:
        """What it says, section by section; without approvals, which are not kept.

        Raises
        ------
        UsageError
            If it is no agreement.
        """
        try:
            return kept_agreement(self.content)
        except UsageError as error:
            raise UsageError(f"the agreement {self.name} of the store: {error}") from None

    @classmethod
    def of(cls, agreement: Agreement, day: date) -> Self:
        """What is kept of an agreement that is agreed on a day."""
        terms = agreement.terms
        return cls(terms.name, agreement.digest, terms.first_day, terms.last_day, day, agreement.content)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave.

        Raises
        ------
        NewerFormat
            If a later version wrote it.
        KeyError, ValueError, TypeError
            If it is no agreement.
        """
        require_readable(kept["format"], FORMAT, "an agreement")
        days = {name: date.fromisoformat(kept[name]) for name in ("first_day", "last_day", "agreed_on")}
        return cls(kept["name"], kept["digest"], content=dict(kept["content"]), **days)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        plain = {name: str(value) if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {"format": FORMAT} | plain


def agreements(store: Path) -> list[Agreed]:
    """The agreements of a store, by their first day.

    Parameters
    ----------
    store : Path
        Its folder.

    Raises
    ------
    UsageError
        If one of them cannot be read.
    """
    found = []
    for file in _files(store):
        try:
            found.append(_read(file))
        except _DAMAGED as error:
            what = f"{file} cannot be read ({type(error).__name__})"
            raise UsageError(f"{what}: restore it from a backup, or delete it and agree again") from None
    return sorted(found, key=lambda agreed: (agreed.first_day, agreed.name))


def in_force(store: Path, day: date) -> InForce | None:
    """The agreement that holds on a day; None if there is none. A damaged file is passed over: no night ends for it.

    Parameters
    ----------
    store : Path
        Its folder.
    day : date
    """
    for file in _files(store):
        with suppress(*_DAMAGED):
            agreed = _read(file)
            if agreed.first_day <= day <= agreed.last_day:
                return InForce(agreed.name, agreed.digest)
    return None


def _files(store: Path) -> list[Path]:
    """The files of agreements; a hidden one is somebody's, such as `._2027-Q1.json` beside a copy that a Mac made."""
    return sorted((store / FOLDER).glob("[!.]*.json"))


def _read(file: Path) -> Agreed:
    return Agreed.from_json(json.loads(file.read_text(encoding="utf-8")))


def keep(store: Path, agreed: Agreed) -> Path:
    """Keep an agreement, in place of an earlier one of its name.

    Raises
    ------
    UsageError
        If its name cannot be the name of a file.
    """
    if not _NAME.fullmatch(agreed.name) or agreed.name.startswith("."):
        raise UsageError(f"name in [agreement] may have letters, digits, dots and dashes: found {agreed.name!r}")
    file = store / FOLDER / f"{agreed.name}.json"
    file.parent.mkdir(exist_ok=True)
    write_text(file, json.dumps(agreed.to_json(), indent=1, ensure_ascii=False) + "\n")
    return file
