"""The configuration file: TOML, read into the dataclasses of `config`; what it does not say keeps its default."""

import json
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from pipelines.config import Config, Features
from pipelines.config_section import keys, unknown
from pipelines.errors import UsageError
from scoring.cells.cells import column_key
from scoring.features.own import Undeclarable, features_of_toml
from scoring.features.spec import Attribute, Feature, Listed, Ratio

#: The class of each section, by its name.
SECTIONS: Mapping[str, Any] = {section.name: section.default_factory for section in fields(Config)}


def read_config(path: Path | None = None) -> Config:
    """Read a TOML file, or give the defaults for ``None``.

    Raises
    ------
    UsageError
        If the file is missing or not TOML. Otherwise with one line for each error in it: an unknown section or key, a
        value of the wrong type or range, a features file that cannot be used.
    """
    if path is None:
        return Config()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the configuration {path} is not valid TOML: {error}") from error
    sections: dict[str, Any] = {}
    errors: list[str] = []
    for name, table in content.items():
        try:
            known = name in SECTIONS and isinstance(table, dict)
            sections[name] = _section(name, table, path.parent) if known else table
        except UsageError as error:
            errors.append(str(error))
    try:
        config = Config(**sections)  # says what is wrong with an unknown section, and with a value in place of one
    except UsageError as error:
        errors.append(str(error))
    if errors:
        raise UsageError("\n".join(errors))
    return config


def _section(name: str, table: Mapping[str, Any], folder: Path) -> Any:
    """One section; that of one's own features with what its file declares, whose path is relative to the folder."""
    kind, known = SECTIONS[name], keys(SECTIONS[name])
    errors = [unknown(key, name, known) for key in table if key not in known]
    try:
        section = kind(**{key: value for key, value in table.items() if key in known})
        if isinstance(section, Features) and section.file:
            section = replace(section, declared=read_features(folder / section.file))
    except UsageError as error:
        errors.append(str(error))
    if errors:
        raise UsageError("\n".join(errors))
    return section


def config_schema() -> dict[str, Any]:
    """Describe the configuration file for editors, as a JSON schema (draft 2020-12).

    Returns
    -------
    dict
        An object of sections, each an object of keys. A key has its type, range, default and description; unknown
        sections and keys are not allowed.
    """
    from pydantic import TypeAdapter

    defaults = json.loads(json.dumps(asdict(Config())))
    sections = {}
    for name, kind in SECTIONS.items():
        described = TypeAdapter(kind).json_schema()
        known = {
            key: described["properties"][key] | {"title": key, "default": defaults[name][key]} for key in keys(kind)
        }
        sections[name] = described | {"title": name, "description": kind.__doc__.strip(), "properties": known}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "closedwon.toml",
        "description": "The configuration of closedwon. Every key has a default.",
        "type": "object",
        "properties": sections,
        "additionalProperties": False,
    }


def config_example() -> str:
    """The configuration file with every key, commented out, with its description and default; made from the schema."""
    lines = [
        "# The configuration of closedwon. Every key has a default, which stands here.",
        '# Remove the "# " before a key to change it.',
    ]
    for name, section in config_schema()["properties"].items():
        lines += ["", *_comment(section["description"]), f"[{name}]"]
        for key, described in section["properties"].items():
            lines += [*_comment(described["description"]), *_default(key, described["default"])]
    return "\n".join(lines) + "\n"


def changed_keys(config: Config) -> list[str]:
    """The keys whose value is not the default, a line each: `[training] horizon_days = 90 (default 180)`."""
    values, defaults = asdict(config), asdict(Config())
    return [
        f"[{name}] {key} = {json.dumps(values[name][key])} (default {json.dumps(defaults[name][key])})"
        for name, kind in SECTIONS.items()
        for key in keys(kind)
        if values[name][key] != defaults[name][key]
    ]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 116, initial_indent="# ", subsequent_indent="# ")


def _default(key: str, value: Any) -> Iterator[str]:
    """The lines that give a key its value, commented out; a line for each entry of a table, which stands alone."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _default(f"{key}.{name}", inner)
    else:  # JSON's numbers, texts, lists and the empty table are TOML's
        yield from textwrap.wrap(
            f"{key} = {json.dumps(value)}",
            116,
            initial_indent="# ",
            subsequent_indent="#     ",
            break_on_hyphens=False,
            break_long_words=False,
        )


def read_features(path: Path) -> tuple[Feature, ...]:
    """The features that a TOML file declares.

    Raises
    ------
    UsageError
        If the file cannot be read; or with a line for each error, which names the file, the feature, the key and what
        is allowed.
    """
    try:
        return tuple(
            _keyed(feature) for feature in features_of_toml(tomllib.loads(path.read_text(encoding="utf-8-sig")))
        )
    except OSError as error:
        raise UsageError(f"cannot read the features file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the features file {path} is not valid TOML: {error}") from error
    except Undeclarable as error:
        lines = str(error).splitlines()
        raise UsageError("\n".join(f"the features file {path}: {line}" for line in lines)) from error


def _keyed(feature: Feature) -> Feature:
    """The feature with its columns called as intake calls them: `Annual Revenue` is `annual_revenue`."""
    if isinstance(feature, Attribute | Listed):
        return replace(feature, column=column_key(feature.column))
    if isinstance(feature, Ratio):
        return replace(feature, numerator=column_key(feature.numerator), denominator=column_key(feature.denominator))
    return feature
