"""The map in CONTRIBUTING.md is the tree on the disk, with the arrows that `test_import_rule` checks."""

import re
from pathlib import Path

import pytest

from tests.test_import_rule import ARROWS, IN_FRONT, ON_TOP

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("scoring", "models", "pipelines", "benchmarks", "tests")
#: A line of the map: how far in it is, a name, what is there, and perhaps an arrow.
LINE = re.compile(r"( *)(\S+|in front|on top|of \w+(?: \w+)?)(?:  +(.*?)(?: -> (.*))?)?")

Map = dict[str, tuple[str, str | None]]


def read_map(text: str) -> Map:
    """The lines of the map by path: what is there, and what stands after the arrow."""
    found: Map = {}
    above: list[str] = []
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        assert match, f"not a line of a map: {line!r}"
        indent, name, words, arrow = match.groups()
        above[len(indent) // 2 :] = [name]
        found["".join(above)] = (words or "", arrow)
    return found


def arrows(lines: Map) -> dict[str, set[str]]:
    """What each package of `pipelines` may import, as the map says; a package without an arrow imports none."""
    found: dict[str, set[str]] = {}
    for path, (_, arrow) in lines.items():
        if package := re.fullmatch(r"pipelines/(\w+)/", path):
            named = set(found) if arrow == "all above" else set(filter(None, (arrow or "").split(", ")))
            found[package[1]] = named
    return found


def packages() -> set[str]:
    """Every folder of Python files on the disk, as a path that ends with a slash."""
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return {f"{file.parent.relative_to(ROOT)}/" for file in files}


TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAP = read_map(TEXT.partition("## The map")[2].split("```\n")[1])

SMALL = """\
pipelines/          what is done
  in front          config, errors
  sources/          where the rows are
  intake/           tables -> sources
  reports/          pages -> all above
    drawing/
"""


def test_a_map_is_read() -> None:
    lines = read_map(SMALL)
    assert list(lines) == [
        "pipelines/",
        "pipelines/in front",
        "pipelines/sources/",
        "pipelines/intake/",
        "pipelines/reports/",
        "pipelines/reports/drawing/",
    ]
    assert lines["pipelines/in front"] == ("config, errors", None)
    assert arrows(lines) == {"sources": set(), "intake": {"sources"}, "reports": {"sources", "intake"}}


def test_a_line_that_is_none_is_refused() -> None:
    with pytest.raises(AssertionError, match="not a line of a map"):
        read_map("two words  and more")


def test_every_package_is_on_the_map_and_every_folder_of_the_map_is_there() -> None:
    mapped = {path for path in MAP if path.endswith("/")}
    assert packages() - mapped == set()
    assert {path for path in mapped if not (ROOT / path).is_dir()} == set()


def test_the_arrows_of_the_map_are_those_that_are_checked() -> None:
    assert {package: to for package, to in arrows(MAP).items() if package not in ON_TOP} == ARROWS


def test_the_files_in_front_and_on_top_are_those_that_are_checked() -> None:
    assert set(MAP["pipelines/in front"][0].split(", ")) == IN_FRONT
    assert {*MAP["pipelines/on top"][0].split(", "), "__init__", "commands"} == ON_TOP


def test_every_benchmark_is_under_one_subject() -> None:
    listed = [
        name for path, (words, _) in MAP.items() if path.startswith("benchmarks/of ") for name in words.split(", ")
    ]
    files = {file.stem for file in (ROOT / "benchmarks").glob("*.py")} - {"__init__"}
    assert sorted(listed) == sorted(files)


def test_the_files_in_front_of_the_domain_are_those_on_the_disk() -> None:
    files = {file.stem for file in (ROOT / "scoring").glob("*.py")} - {"__init__"}
    assert set(MAP["scoring/in front"][0].split(", ")) == files
