"""A section of the configuration: a dataclass that pydantic validates, with its errors in plain words."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, get_args

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass as validated
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from pipelines.errors import UsageError
from scoring.hints import hint

Kind = TypeVar("Kind", bound=type)

#: What was wanted, by pydantic's name for the error.
TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}
LISTS = {str: "a list of texts", int: "a list of whole numbers", float: "a list of numbers"}
NO_SECTION = {"dict_type", "dataclass_type", "dataclass_exact_type"}
OUT_OF_RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


class NotInFile:
    """Mark a field that a program fills: no key of the configuration file, and nothing to validate."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Tell pydantic to accept anything."""
        return core_schema.any_schema()


def section(
    name: str, faults: Callable[[Mapping[str, Any]], list[str]] | None = None, document: str = "configuration"
) -> Callable[[Kind], Kind]:
    """Make a frozen dataclass the section `name` of the configuration; with no name, the whole of it.

    It is held to the types and ranges of its fields whenever one is made, also by `dataclasses.replace`: then a
    `UsageError` has a line for each error. An int may stand for a float, a bool never for a number.

    Parameters
    ----------
    name : str
    faults : callable, optional
        Takes the values by key, also those of a wrong type, and gives a line for each further error: so a wrong type
        of one key does not hide what is wrong of the others.
    document : str
        What the section is of, in messages.
    """
    # A default can break a rule for two keys, so defaults are validated too.
    rules = ConfigDict(extra="forbid", strict=True, validate_default=True)

    def further(found: Mapping[str, Any], reported: Collection[object] = ()) -> list[str]:
        beyond = [line for key, value in found.items() if key not in reported for line in _beyond(name, key, value)]
        return beyond + (faults(found) if faults else [])

    def validated_section(kind: Kind) -> Kind:
        made: Any = validated(frozen=True, config=rules)(kind)
        made.__doc__ = kind.__doc__  # pydantic leaves it out
        fill: Callable[..., None] = made.__init__

        @wraps(fill)
        def __init__(self: Any, /, *values: Any, **named: Any) -> None:
            try:
                fill(self, *values, **named)
            except ValidationError as error:
                errors = error.errors(include_url=False)
                lines = [_line(made, name, found, named, document) for found in errors]
                lines += further(named, {found["loc"][0] for found in errors if found["loc"]})
                raise UsageError("\n".join(dict.fromkeys(lines))) from None
            if lines := further({key: getattr(self, key) for key in keys(made)}):
                raise UsageError("\n".join(lines))

        made.__init__ = __init__
        return made

    return validated_section


def keys(kind: type) -> list[str]:
    """The keys of a section in the file; of the whole configuration, its sections."""
    fields = _fields(kind).items()
    return [name for name, field in fields if not any(isinstance(mark, NotInFile) for mark in field.metadata)]


#: Keys of earlier releases, by section and name: why they are gone.
GONE = {
    ("gate", "worst_ratio"): "the wins that a model predicts are compared with the interval that it states itself",
}


def unknown(name: str, section: str, known: Sequence[str], document: str = "configuration") -> str:
    """The message for a key of a section, or, where that is empty, for a section that is not `known`."""
    if why := GONE.get((section, name)):
        return f"key {name!r} in [{section}] of the configuration is gone: {why}; delete the line"
    what = f"key {name!r} in [{section}]" if section else f"section [{name}]"
    return f"unknown {what} of the {document}; {hint(name, known, like=0.4)}"


#: What no number of a configuration exceeds: days of a hundred years, and whole numbers of 32 bits.
MOST_DAYS, MOST = 36_500, 2**31 - 1


def _beyond(section: str, key: str, value: object) -> list[str]:
    """Errors for numbers that nobody can mean and that no calendar or engine can take."""
    if isinstance(value, Mapping):
        return [line for name, inner in value.items() for line in _beyond(f"{section}.{key}", str(name), inner)]
    most = MOST_DAYS if key.endswith("_days") else MOST
    if isinstance(value, bool) or not isinstance(value, int | float) or (math.isfinite(value) and abs(value) <= most):
        return []
    return [f"{key} in [{section}] must be a finite number of at most {most}: found {value!r}"]


def _line(kind: type, section: str, error: ErrorDetails, named: Mapping[str, Any], document: str) -> str:
    """An error of pydantic, in the words of the configuration file."""
    what, found, reason = error["type"], error["input"], error.get("ctx", {}).get("error")
    path = [name for name in (section, *error["loc"]) if name != ""]
    if not error["loc"]:  # a rule for several keys says all of it
        return str(reason or error["msg"])
    if what == "unexpected_keyword_argument":
        return unknown(str(path[-1]), section, keys(kind), document)
    if what in NO_SECTION:
        return f"[{'.'.join(map(str, path))}] is a section of the {document}, not a value: found {found!r}"
    if path[-1] == "[key]":
        return f"a key of {path[1]} in [{section}] must be {reason}: found {found!r}"
    if what == "tuple_type" or isinstance(path[-1], int):  # a list, or an item of one
        path = path[:2]
        found = named.get(str(path[1]), found)
    *sections, key = map(str, path)
    return f"{key} in [{'.'.join(sections)}] must be {_wanted(kind, error)}: found {found!r}"


def _wanted(kind: type, error: ErrorDetails) -> str:
    """What the value of a key must be."""
    what, context, (key, *inner) = error["type"], error.get("ctx", {}), error["loc"]
    field = _fields(kind).get(str(key))
    if field is not None and (what == "tuple_type" or (inner and isinstance(inner[-1], int))):
        return LISTS[get_args(field.annotation)[0]]
    if field is not None and what in OUT_OF_RANGE:
        limits = context if inner else {name: limit for mark in field.metadata for name, limit in _limits(mark)}
        return _range(limits)
    if what == "literal_error":
        return str(context["expected"]).replace("'", '"')
    return TYPES.get(what) or str(context.get("error", error["msg"]))


def _limits(mark: object) -> list[tuple[str, float]]:
    """The limits that one mark beside a field's type sets."""
    return [(name, getattr(mark, name)) for name in BOUNDS if hasattr(mark, name)]


def _range(limits: Mapping[str, float]) -> str:
    """A range in words."""
    if set(limits) == {"ge", "le"}:
        return f"{limits['ge']:g} to {limits['le']:g}"
    if set(limits) == {"ge"}:
        return f"{limits['ge']:g} or more"
    return " and ".join(f"{BOUNDS[name]} {limits[name]:g}" for name in BOUNDS if name in limits)


def _fields(kind: Any) -> Mapping[str, Any]:
    """What pydantic knows of the fields of a section."""
    found: Mapping[str, Any] = kind.__pydantic_fields__
    return found
