"""The configuration file: TOML, read into the dataclasses of `config`; what it does not say keeps its default."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from pipelines.config import Config
from pipelines.errors import UsageError
from scoring.contracts.cells import column_key
from scoring.features.own import Undeclarable, read
from scoring.features.spec import Attribute, Feature, Listed, Ratio


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
    if not config.features.file:
        return config
    declared = read_features(path.parent / config.features.file)
    return replace(config, features=replace(config.features, declared=declared))


def _filled(kind: type, content: Mapping[str, Any], section: str) -> Any:
    """Build the dataclass ``kind`` from a TOML table, sections recursively."""
    types = get_type_hints(kind)
    known = [f.name for f in fields(kind) if f.metadata.get("read", True)]
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
    if get_origin(kind) is Mapping:
        inner = f"{section}.{key}"
        if not isinstance(value, Mapping):
            raise UsageError(f"[{inner}] is a section of the configuration, not a value: found {value!r}")
        return {name: _typed(item, get_args(kind)[1], name, inner) for name, item in value.items()}
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


def read_features(path: Path) -> tuple[Feature, ...]:
    """The features that a TOML file declares.

    Raises
    ------
    UsageError
        If the file cannot be read, or a declaration is wrong: names the file, the feature, the key, what is allowed.
    """
    try:
        return tuple(_keyed(feature) for feature in read(tomllib.loads(path.read_text(encoding="utf-8-sig"))))
    except OSError as error:
        raise UsageError(f"cannot read the features file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the features file {path} is not valid TOML: {error}") from error
    except Undeclarable as error:
        raise UsageError(f"the features file {path}: {error}") from error


def _keyed(feature: Feature) -> Feature:
    """The feature with its columns called as intake calls them: `Annual Revenue` is `annual_revenue`."""
    if isinstance(feature, Attribute | Listed):
        return replace(feature, column=column_key(feature.column))
    if isinstance(feature, Ratio):
        return replace(feature, numerator=column_key(feature.numerator), denominator=column_key(feature.denominator))
    return feature
