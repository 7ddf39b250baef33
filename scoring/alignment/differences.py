"""The differences between two agreements, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """One key that two agreements say differently.

    Attributes
    ----------
    key : str
        With its section: `grades.a`.
    before, after : object
        What each says; None where it says nothing.
    """

    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """In words: `grades.a: 4.0 -> 3.5`."""
        return f"{self.key}: {_words(self.before)} -> {_words(self.after)}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What is different between two agreements as plain data, in the order of the second.

    Parameters
    ----------
    before, after : mapping
        Sections of keys.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    keys = [*new, *(key for key in old if key not in new)]
    return [Difference(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def _flat(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _words(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)
