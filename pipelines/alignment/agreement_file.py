"""An agreement's file: TOML, read into an `Agreement`, with all that is wrong with it at once."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.alignment.agreement import (
    DOCUMENT,
    Agreement,
    AgreementPart,
    Approved,
    Handoff,
    ServiceLevel,
    Team,
    Terms,
)
from pipelines.config import Grades
from pipelines.config_section import keys, unknown
from pipelines.errors import UsageError
from scoring.alignment.target_market import TargetMarket, conditions
from scoring.persons.names_in_text import names_person
from scoring.persons.written import look_of

#: The sections with keys of ours, and the class of each. `target_market` and `parts` have names of the user's.
SECTIONS: Mapping[str, Any] = {
    "agreement": Terms,
    "grades": Grades,
    "capacity": Team,
    "service_level": ServiceLevel,
    "handoff": Handoff,
    "approved": Approved,
}
OTHERS = ("target_market", "parts")
PART = ("where", "revenue_target", "service_level")
NEEDED = ("name", "first_day", "last_day")


def read_agreement(path: Path) -> Agreement:
    """Read an agreement.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UsageError
        If the file cannot be read or is no TOML. Otherwise with a line for each error in it: a key or value that is
        not as it should be, or a text that names a person.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read the agreement {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the agreement {path} is not valid TOML: {error}") from None
    errors = [f"{key} {fault}" for key, fault in _personal(content)]
    agreement = _agreement(content, errors)
    if errors:
        raise UsageError("\n".join(f"{path.name}: {line}" for error in errors for line in error.splitlines()))
    return agreement


def kept_agreement(content: Mapping[str, Any]) -> Agreement:
    """What a store keeps of an agreement, as `Agreement.content` gave it; nobody's approval is kept.

    Parameters
    ----------
    content : mapping

    Raises
    ------
    UsageError
        If it is none, with a line for each error.
    """
    terms = content.get("agreement")
    if isinstance(terms, Mapping):
        content = {**content, "agreement": {key: _as_in_toml(key, value) for key, value in terms.items()}}
    errors: list[str] = []
    agreement = _agreement(content, errors)
    if errors:
        raise UsageError("\n".join(errors))
    return agreement


def _agreement(content: Mapping[str, Any], errors: list[str]) -> Agreement:
    """An agreement of plain data; what is wrong with it is added to the errors, and then it is not to be used."""
    known = [*SECTIONS, *OTHERS]
    errors += [unknown(name, "", known, DOCUMENT) for name in content if name not in known]
    tables = {name: table for name, table in content.items() if name in known}
    for name in [name for name, table in tables.items() if not isinstance(table, dict)]:
        errors.append(f"[{name}] is a section of the agreement, not a value: found {tables.pop(name)!r}")
    sections = {name: _collected(errors, partial(_section, name, tables.get(name, {}))) for name in SECTIONS}
    wanted, faults = conditions(tables.get("target_market", {}))
    errors += [f"[target_market] {fault}" for fault in faults]
    parts = tuple(_part(name, table, errors) for name, table in tables.get("parts", {}).items())
    content = _plain({name: table for name, table in tables.items() if name != "approved"})
    return Agreement(
        terms=sections["agreement"],
        digest=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16],
        content=content,
        market=TargetMarket(wanted),
        grades=sections["grades"],
        capacity=sections["capacity"],
        service_level=sections["service_level"],
        handoff=sections["handoff"],
        approved=sections["approved"],
        parts=parts,
    )


def _personal(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Where an agreement names a person, and how: it is shown to many and kept, so it must not."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _personal(name, f"a name in {key or 'the file'}")
            yield from _personal(inner, f"{key}.{name}" if key else f"[{name}]")
    elif isinstance(value, list):
        for inner in value:
            yield from _personal(inner, key)
    elif isinstance(value, str):
        look = look_of(value)
        if look is not None or names_person(value):
            yield key, f"holds {look.words if look else 'a name of a person'}: say what role it is, not who"


def _collected(errors: list[str], make: Callable[[], Any]) -> Any:
    """What is made, or None where that is an error, which is added to the others."""
    try:
        return make()
    except UsageError as error:
        errors.append(str(error))
    return None


def _section(name: str, table: Mapping[str, Any]) -> Any:
    kind, known = SECTIONS[name], keys(SECTIONS[name])
    errors = [unknown(key, name, known, DOCUMENT) for key in table if key not in known]
    missing = [key for key in NEEDED if key not in table] if kind is Terms else []
    errors += [f"{key} in [{name}] is missing: say it" for key in missing]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items() if key in known}
    if missing:
        values |= {"name": "-", "first_day": date.max, "last_day": date.max} | values
    made = _collected(errors, lambda: kind(**values))
    if errors:
        raise UsageError("\n".join(errors))
    return made


def _part(name: str, table: Any, errors: list[str]) -> AgreementPart:
    """One of `[parts.<name>]`."""
    if not isinstance(table, dict):
        errors.append(f"[parts.{name}] is a section of the agreement, not a value: found {table!r}")
        return AgreementPart(name, TargetMarket())
    errors += [unknown(key, f"parts.{name}", PART, DOCUMENT) for key in table if key not in PART]
    where = table.get("where")
    if not isinstance(where, dict) or not where:
        errors.append(f"where in [parts.{name}] must say which accounts or leads it is: found {where!r}")
        where = {}
    wanted, faults = conditions(where)
    errors += [f"[parts.{name}] {fault}" for fault in faults]
    target = table.get("revenue_target", 0.0)
    if isinstance(target, bool) or not isinstance(target, int | float) or not target >= 0:
        errors.append(f"revenue_target in [parts.{name}] must be 0 or more: found {target!r}")
        target = 0.0
    promised = table.get("service_level")
    level = None
    if isinstance(promised, dict):
        level = _collected(errors, lambda: _section("service_level", promised))
    elif promised is not None:
        errors.append(f"service_level in [parts.{name}] must be a table of hours by grade: found {promised!r}")
    return AgreementPart(name, TargetMarket(wanted), float(target), level)


def _as_in_toml(key: str, value: Any) -> Any:
    """A value of [agreement] as TOML has it: JSON has no dates. What is none stays, and its section says so."""
    if key in ("first_day", "last_day") and isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value


def _plain(value: Any) -> Any:
    """A value of TOML as JSON has it; 200 and 200.0 say the same."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, bool | int | float | str) else str(value)
