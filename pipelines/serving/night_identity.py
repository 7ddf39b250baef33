"""The identity of a night: a digest of all that its scores and files follow from.

A night whose identity is that of the last one in the ledger is not published again. So the digest of the same inputs
must stay the same from one version of closedwon to the next: no name of a class or of a module may be in it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scoring.nights.parts import TableInput

#: The settings and profiles that a night follows from: the name that each has in the digest, and its fields in their
#: order there. These names are pinned. They were the names of the classes once, and the ledgers of stores hold digests
#: with them: a new name for a class must not publish a night twice. A dataclass is recognised by its first field.
PINNED = {
    "Score": ("why_now_days",),
    "Changes": ("ratio", "least", "decile_margin", "trend_days", "trend_ratio", "retire_days"),
    "Profile": (
        "name", "columns", "objects", "empty", "max_bytes", "max_rows", "date", "time", "empties", "bom", "zipped",
        "whole", "prefix", "beside",
    ),
    "Column": ("source", "header", "kind", "length", "decimals", "pattern", "words"),
}  # fmt: skip
#: What of the configuration says how tables are read, by section; these names are pinned too. What only stops a run, or
#: only counts in training, is not among them.
READING = {
    "input": (
        "columns", "free_mail_domains", "status_words", "type_words", "direction_words", "decimal", "number_formats",
        "dates", "date_formats", "time_zone", "currency", "open_amounts", "bots", "own_domains",
        "test_addresses",
    ),
    "attributes": ("drop", "trust"),
    "matching": ("conversions", "related"),
}  # fmt: skip
_BY_FIRST_FIELD = {names[0]: kind for kind, names in PINNED.items()}


def identity(
    *,
    as_of: date,
    models: Mapping[str, str],
    inputs: Mapping[str, TableInput],
    settings: Iterable[object],
    profiles: Iterable[object],
    out: Path,
    refused: Mapping[str, Mapping[str, frozenset[str]]],
    kept: str = "",
) -> str:
    """Digest all that a night's scores and files follow from.

    Parameters
    ----------
    as_of : date
    models : mapping of str
        By entity, the champion: its version and the run that it came from.
    inputs : mapping of TableInput
        By table.
    settings : iterable of dataclasses
        The sections of the configuration that scores and files depend on, always in the same order.
    profiles : sequence of Profile
        The CRMs that files are written for.
    out : path
        Where the files go.
    refused : mapping
        By entity and CRM, the ids whose last row it did not take.
    kept : str
        A digest of what was kept of deals in the nights before and is read tonight; empty for nothing.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    content = {
        "as_of": str(as_of),
        "models": dict(models),
        "inputs": {table: found.to_json() for table, found in inputs.items()},
        "settings": [identity_text(section) for section in settings],
        "profiles": [identity_text(profile) for profile in profiles],
        "out": str(out),
        "refused": {entity: {crm: sorted(ids) for crm, ids in crms.items()} for entity, crms in refused.items()},
    }
    if kept:
        content["kept"] = kept
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def reading_digest(config: Any) -> str:
    """A digest of what the configuration says of the reading of tables, beyond its defaults.

    It is beside a night's identity, not in it: the nights of earlier versions lack it, and must not be published again.

    Parameters
    ----------
    config : Config
    """
    by_key: dict[str, Any] = {}
    for section, names in READING.items():
        settings = getattr(config, section)
        defaults = {field.name: _default(field) for field in fields(settings)}
        for name in names:
            value = getattr(settings, name)
            if value != defaults[name]:
                by_key[f"{section}.{name}"] = dict(value) if isinstance(value, Mapping) else _in_order(value)
    return hashlib.sha256(json.dumps(by_key, sort_keys=True).encode()).hexdigest()


def _in_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, tuple) else value


def identity_text(value: object) -> str:
    """Write a value as text, a dataclass under its pinned name and with its fields by name.

    A field that is not among the pinned ones is written only where it is not at its default, so that a new one leaves
    the identity of a night as it was until somebody uses it.

    Raises
    ------
    TypeError
        If a dataclass has no pinned name.
    """
    if is_dataclass(value) and not isinstance(value, type):
        kind, names = _pinned(value)
        return f"{kind}({', '.join(f'{name}={identity_text(getattr(value, name))}' for name in names)})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{identity_text(key)}: {identity_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(identity_text, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(identity_text, value))}]"
    return repr(value)


def _pinned(value: Any) -> tuple[str, Sequence[str]]:
    """The pinned name of a dataclass, and those of its fields that are written."""
    declared = fields(value)
    kind = _BY_FIRST_FIELD.get(declared[0].name) if declared else None
    if kind is None:
        raise TypeError(f"{type(value).__name__} has no name in a night's identity: add it to PINNED")
    later = [field for field in declared if field.name not in PINNED[kind]]
    used = [field.name for field in later if getattr(value, field.name) != _default(field)]
    return kind, [*PINNED[kind], *used]


def _default(field: Any) -> object:
    return field.default_factory() if callable(field.default_factory) else field.default
