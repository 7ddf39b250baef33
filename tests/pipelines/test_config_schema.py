"""The schema of the configuration, and what is made from it or held to it: the example and the documentation."""

import json
import re
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import ROOT
from pipelines.config import Config
from pipelines.config_file import config_example, config_schema, read_config
from pipelines.errors import UsageError

DOCS = ROOT / "docs"
#: Keys with a rule that the schema cannot say.
TOGETHER = ("horizon_days", "periods", "a", "b", "c", "begin", "end")


def keys() -> dict[tuple[str, str], dict[str, Any]]:
    """What the schema says of each key, by section and key."""
    sections = config_schema()["properties"].items()
    return {(name, key): said for name, section in sections for key, said in section["properties"].items()}


NUMBERS = [
    (*key, said) for key, said in keys().items() if said["type"] in ("integer", "number") and key[1] not in TOGETHER
]


def test_the_example_with_every_key_in_force_is_the_default_configuration(tmp_path: Path) -> None:
    lines = (DOCS / "closedwon.toml").read_text(encoding="utf-8").splitlines()
    in_force = "\n".join(re.sub(r"^# (?=[\w.]+ = |    )", "", line) for line in lines)
    file = tmp_path / "closedwon.toml"
    file.write_text(in_force, encoding="utf-8")
    assert read_config(file) == Config()
    found = {(name, key) for name, section in tomllib.loads(in_force).items() for key in section}
    assert found == set(keys())


def test_the_schema_describes_every_key() -> None:
    schema = config_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(schema["properties"]) == list(asdict(Config()))
    assert "$ref" not in json.dumps(schema)
    for section in (schema, *schema["properties"].values()):
        assert (section["type"], section["additionalProperties"]) == ("object", False)
        assert section["description"].endswith(".")
    found = keys()
    for (_, key), said in found.items():
        assert said["title"] == key
        assert re.fullmatch(r"[A-Z].*\.", said["description"])
    assert set(found) == {(name, key) for name, part in asdict(Config()).items() for key in part} - {
        ("features", "declared")
    }
    assert found["training", "learning_rate"] == {
        "title": "learning_rate",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "default": 0.1,
        "description": "Learning rate of the boosted trees; `tune` searches it.",
    }
    assert found["attributes", "trust"]["items"] == {"type": "string"}
    assert list(found["crm", "marketo"]["properties"]) == ["lead"]
    names = found["crm", "odoo"]["properties"]["account"]
    assert (list(names["properties"])[:4], names["additionalProperties"]) == (
        ["id", "status", "win_probability", "expected_amount"],
        False,
    )
    assert names["properties"]["id"] == {"type": "string"}
    assert found["crm", "files"]["items"]["enum"][:3] == ["salesforce", "hubspot", "dynamics"]
    assert found["hours", "days"]["items"]["enum"] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert found["crm", "subscriptions"]["properties"]["hubspot"]["enum"] == [
        "free",
        "starter",
        "professional",
        "enterprise",
    ]
    assert found["night", "freshness"]["default"]["leads"] == 30.0
    assert found["night", "freshness"]["additionalProperties"] == {"type": "number", "minimum": 0}
    assert found["night", "freshness"]["propertyNames"]["enum"] == [
        "export",
        "activities",
        "leads",
        "opportunities",
        "accounts",
    ]


@given(which=st.sampled_from(NUMBERS), value=st.integers(-3, 25) | st.sampled_from([0.1, 0.25, 1.5]))
def test_the_schema_and_the_reader_allow_the_same_numbers(
    tmp_path_factory: pytest.TempPathFactory, which: tuple[str, str, dict[str, Any]], value: float
) -> None:
    section, key, said = which
    allowed = (
        (said["type"] == "number" or isinstance(value, int))
        and value >= said.get("minimum", value)
        and value > said.get("exclusiveMinimum", value - 1)
        and value <= said.get("maximum", value)
        and value < said.get("exclusiveMaximum", value + 1)
    )
    file = tmp_path_factory.mktemp("config") / "closedwon.toml"
    file.write_text(f"[{section}]\n{key} = {value}\n", encoding="utf-8")
    if allowed:
        assert getattr(getattr(read_config(file), section), key) == value
    else:
        with pytest.raises(UsageError, match=rf"^{key} in \[{section}\] must be .*: found {value}$"):
            read_config(file)


def test_the_example_has_every_key_with_its_description_and_default(tmp_path: Path) -> None:
    """To make it again, write what `config_example` returns to docs/closedwon.toml."""
    example = (DOCS / "closedwon.toml").read_text(encoding="utf-8")
    assert example == config_example()
    assert tomllib.loads(example) == {name: {} for name in asdict(Config())}
    uncommented = re.sub(r"^# ([a-z0-9_.]+ = |    )", r"\1", example, flags=re.MULTILINE)
    told = {
        (name, key): value for name, section in tomllib.loads(uncommented).items() for key, value in section.items()
    }
    assert told == {key: said["default"] for key, said in keys().items()}
    file = tmp_path / "closedwon.toml"
    file.write_text(uncommented, encoding="utf-8")
    assert read_config(file) == Config()
