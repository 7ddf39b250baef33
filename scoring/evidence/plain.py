"""Frozen dataclasses as plain data that JSON can hold, and back."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

#: The metadata of a field: its key in plain data where that is not its name, and whether None is left out there.
KEY, OMIT_NONE = "key", "omit_none"


def to_plain(value: Any) -> Any:
    """A value as dicts, lists and scalars: a dataclass becomes a dict with its fields in their order.

    Parameters
    ----------
    value : object
        A dataclass, a mapping, a tuple or list, or anything that JSON can hold.
    """
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        return {
            str(field.metadata.get(KEY, field.name)): to_plain(parts[field.name])
            for field in fields(value)
            if not (field.metadata.get(OMIT_NONE) and parts[field.name] is None)
        }
    if isinstance(value, Mapping):
        return {key: to_plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    return value


def from_plain(kind: type[T], found: Mapping[str, Any]) -> T:
    """A dataclass from what `to_plain` made of it. Scalars are taken as they are, and keys it does not know are left.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are scalars, dataclasses, mappings, tuples of one type, or one of these or None.
    found : mapping
        Its plain data.

    Raises
    ------
    ValueError
        If a key is missing whose field has no default.
    """
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]
        key = field.metadata.get(KEY, field.name)
        if key in found:
            values[field.name] = _typed(_hints(kind)[field.name], found[key])
        elif field.default is MISSING:
            raise ValueError(f"{kind.__name__} needs {key!r}, and found only {', '.join(found) or 'nothing'}")
    return kind(**values)


_hints: Callable[[Any], dict[str, Any]] = cache(get_type_hints)


def _typed(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _typed(next(argument for argument in arguments if argument is not type(None)), value)
    if is_dataclass(hint):
        return from_plain(hint, value)  # type: ignore[arg-type]
    if origin is tuple:
        return tuple(_typed(arguments[0], part) for part in value)
    if origin is Mapping:
        return {key: _typed(arguments[1], part) for key, part in value.items()}
    return value
