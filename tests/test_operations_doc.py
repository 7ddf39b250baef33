"""What docs/operations.md tells to type, schedule and watch is as the programs take it that it is written for."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.cli import build_parser
from pipelines.commands.known import COMMANDS
from pipelines.store import metrics
from scoring.nights.record import NightRecord
from tests.pipelines.store.test_metrics import FULL
from tests.pipelines.store.test_status import ran

TEXT = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
#: A command where a shell would run it: at the beginning, after `&&` or `(`, in quotes, behind docker's image.
COMMAND = re.compile(
    rf"(?:^|[\s/'\"])closedwon ((?:{'|'.join(command.name for command in COMMANDS)})\b[^|;&>\"'`\n]*)",
    flags=re.MULTILINE,
)
CRON = re.compile(r"(?:[\d*,/-]+ ){5}\S")
SETTING = re.compile(r"[A-Z]+=\S+")


def blocks(language: str) -> list[str]:
    found = [text for name, text in BLOCKS if name == language]
    assert found, f"there is no block of {language}"
    return found


def units() -> dict[str, str]:
    """The units of systemd by name: each block follows the name of its file."""
    return dict(re.findall(r"^`/etc/systemd/system/(\S+)`.*?^```ini\n(.*?)^```$", TEXT, flags=re.M | re.S))


def test_every_block_is_of_a_language_that_is_looked_at() -> None:
    assert {name for name, _ in BLOCKS} == {"sh", "cron", "ini", "python", "dockerfile", "yaml"}


def test_every_command_is_one_of_closedwons() -> None:
    commands = [found for _, text in BLOCKS for found in COMMAND.findall(text)]
    assert len(commands) > 15
    for command in commands:
        words = shlex.split(command, comments=True)
        assert build_parser().parse_args(words).command == words[0], command


def test_commands_in_the_text_have_the_options_that_they_are_told_with() -> None:
    spans = [span.split() for span in re.findall(r"`closedwon ([^`]+)`", TEXT)]
    assert len(spans) > 5
    for command, *words in spans:
        (options,) = [known.options for known in COMMANDS if known.name == command]
        taken = {"--quiet", "--log", *(option.name for option in options)}
        assert {word for word in words if word.startswith("--")} <= taken, command


@pytest.mark.parametrize("text", blocks("python"))
def test_python_compiles(text: str) -> None:
    compile(text, "operations.md", "exec")


@pytest.mark.parametrize("text", blocks("cron"))
def test_a_crontab_has_five_fields_and_a_command_without_percent_signs(text: str) -> None:
    for line in text.splitlines():
        assert SETTING.fullmatch(line) or CRON.match(line), line
        assert "%" not in line  # cron takes it for the end of the line


@pytest.mark.parametrize("text", blocks("sh"))
def test_a_shell_reads_it(text: str) -> None:
    ended = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(("name", "text"), units().items())
def test_a_unit_has_its_sections(name: str, text: str) -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    kind = name.rpartition(".")[2].capitalize()
    assert set(unit.sections()) - {"Install"} == {"Unit", kind}
    if kind == "Service":
        assert (unit["Service"]["Type"], unit["Service"]["WorkingDirectory"]) == ("oneshot", "/srv/closedwon")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not there to read its units")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    found = units()
    assert sorted(found) == ["closedwon-alert.service", "closedwon.service", "closedwon.timer"]
    for name, text in found.items():  # a user and a program that are there
        real = text.replace("User=closedwon", "User=root").replace("/opt/closedwon/.venv/bin/closedwon", "/bin/true")
        (tmp_path / name).write_text(real)
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in found)]
    ended = subprocess.run(command, capture_output=True, text=True)
    about_ours = [line for line in ended.stderr.splitlines() if "closedwon" in line]
    assert (ended.returncode, about_ours) == (0, [])


def test_every_metric_is_told_and_every_one_that_is_told_is_there() -> None:
    run = ran(0, last_success="2025-12-30T02:10:00Z")
    text = metrics.openmetrics("s", run, NightRecord.from_json(FULL), run)
    written = set(re.findall(r"^(closedwon_\w+)\{", text, re.M))
    told = {
        name for line in re.findall(r"^\| (`closedwon_.*?) \|", TEXT, re.M) for name in re.findall(r"`(\w+)`", line)
    }
    assert told == written
    rules: list[dict[str, Any]] = yaml.safe_load(blocks("yaml")[0])["groups"][0]["rules"]
    watched = {name for rule in rules for name in re.findall(r"closedwon_\w+", rule["expr"])}
    assert watched
    assert watched <= written


def test_every_exit_code_has_a_row() -> None:
    assert re.findall(r"^\| (\d) \| ", TEXT, re.M) == ["0", "1", "2", "3", "4", "5"]
