"""MLproject offers the command line, no more and no less: its entries run the command of the same name."""

import argparse
import shlex
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from pipelines.cli import build_parser

PROJECT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "MLproject").read_text(encoding="utf-8"))
ENTRIES: dict[str, dict[str, Any]] = PROJECT["entry_points"]
GIVEN = {
    "data": "a crm/export",
    "id": "0065g00000A1",
    "file": "failed results.csv",
    "source": "a crm/raw",
    "agreement": "agreements/2027 Q1.toml",
    "until": "2026-12-31",
    "name": "spring 2027",
}
"""What a user gives for the parameters without a default; MLflow quotes it for the shell."""


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of every command."""
    (action,) = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(action.choices)


def mlflow_command(entry: str, **extra: str) -> list[str]:
    """The words that MLflow runs for an entry: its template filled, then `--name value` of the rest."""
    declared = ENTRIES[entry].get("parameters", {})
    values = {name: GIVEN[name] if isinstance(spec, str) else spec["default"] for name, spec in declared.items()}
    filled = ENTRIES[entry]["command"].format(**{name: shlex.quote(str(value)) for name, value in values.items()})
    return shlex.split(filled) + [word for name, value in extra.items() for word in (f"--{name}", value)]


def test_every_command_is_an_entry_and_main_is_the_demo() -> None:
    assert set(ENTRIES) == set(subparsers()) | {"main"}
    assert ENTRIES["main"] == ENTRIES["demo"]


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_an_entry_means_what_the_bare_command_means(entry: str) -> None:
    words = mlflow_command(entry)
    assert words[:3] == ["python", "-m", "pipelines"]
    required = ENTRIES[entry].get("parameters", {})
    bare = ["demo" if entry == "main" else entry]
    bare += [GIVEN[name] for name in ("id", "file", "source", "agreement", "name") if name in required]
    bare += [word for name in ("data", "until") if name in required for word in (f"--{name}", GIVEN[name])]
    assert build_parser().parse_args(words[3:]) == build_parser().parse_args(bare)


@pytest.mark.parametrize("entry", sorted(set(ENTRIES) - {"main"}))
def test_a_parameter_is_used_and_has_the_name_of_its_option(entry: str) -> None:
    declared = set(ENTRIES[entry].get("parameters", {}))
    assert {field for _, field, _, _ in Formatter().parse(ENTRIES[entry]["command"]) if field} == declared
    actions = subparsers()[entry]._actions
    assert declared <= {word.removeprefix("--") for a in actions for word in a.option_strings or [a.dest]}


@pytest.mark.parametrize(
    ("entry", "extra"),
    [
        ("check", {"as-of": "2026-11-01"}),
        ("train", {"as-of": "2026-11-01", "horizon-days": "90", "entity": "lead"}),
        ("backtest", {"as-of": "2026-11-01", "horizon-days": "90", "cut-offs": "3"}),
        ("promote", {"data": "a crm/export", "as-of": "2026-11-01"}),
        ("score", {"as-of": "2026-11-01", "crm": "salesforce", "config": "closedwon.toml"}),
        ("plan", {"target": "2500000", "by": "source", "json": "plan.json"}),
        ("forget", {"out": "scores", "entity": "lead"}),
    ],
)
def test_what_an_entry_does_not_declare_is_handed_on(entry: str, extra: dict[str, str]) -> None:
    plain = vars(build_parser().parse_args(mlflow_command(entry)[3:]))
    given = vars(build_parser().parse_args(mlflow_command(entry, **extra)[3:]))
    changed = {name.replace("_", "-") for name, value in given.items() if value != plain[name]}
    assert changed == set(extra)
