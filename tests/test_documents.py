"""What the documents name is there: commands with their options, files of the repository, the Python of README."""

import re
import runpy
import shlex
from pathlib import Path

import pytest

from benchmarks.document import marks
from pipelines.cli import build_parser
from pipelines.commands.known import COMMANDS
from pipelines.demo import write_crm
from scoring.crm.layouts import LAYOUTS
from scoring.scores.columns import COLUMNS, CRM_FIELDS
from scoring.simulator import simulate
from tests.pipelines.small_crm import AS_OF

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: A command in an indented block, perhaps after a prompt.
COMMAND = re.compile(r"^ {4}(?:\$ )?closedwon ([^\n|;&]+)", re.MULTILINE)
#: A file of the repository as documents name it.
FILE = re.compile(r"`((?:pipelines|scoring|models|tests|benchmarks|docs)/[\w/.]+\.\w+)`")


def commands(text: str) -> list[list[str]]:
    """The words of every command of closedwon in an indented block, without its comment."""
    return [shlex.split(found, comments=True) for found in COMMAND.findall(text)]


def test_a_command_is_found() -> None:
    text = "`closedwon x`\n\n    closedwon fields --crm odoo   # 1\n    $ closedwon status\n    pip install closedwon\n"
    assert commands(text) == [["fields", "--crm", "odoo"], ["status"]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_can_be_typed(document: Path) -> None:
    for words in commands(document.read_text(encoding="utf-8")):
        assert build_parser().parse_args(words).command == words[0], words


def test_readme_shows_more_than_half_of_the_commands() -> None:
    assert len({words[0] for words in commands(README)}) > len(COMMANDS) / 2


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = FILE.findall(document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_marks_of_generated_tables_have_one_form() -> None:
    """The mark before names a benchmark that is there, and the mark after ends the same table."""
    for document in DOCUMENTS:
        comments = re.findall(r"<!-- .* -->", document.read_text(encoding="utf-8"))
        found = [re.fullmatch(r"<!-- made by `python -m benchmarks\.(\w+)`(?:: (\w+))? -->", each) for each in comments]
        made = [(each[1], each[2] or "") for each in found[::2] if each]
        assert comments == [mark for command, part in made for mark in marks(command, part)], document.name
        named = {command for command, _ in made}
        there = (ROOT / "benchmarks" / f"{command}{end}" for command in named for end in (".py", "/__main__.py"))
        assert sum(path.is_file() for path in there) == len(named), document.name


def test_every_page_is_in_the_menu_and_on_the_first_page() -> None:
    docs = ROOT / "docs"
    pages = {str(path.relative_to(docs)) for kind in ("md", "ipynb") for path in docs.rglob(f"*.{kind}")} - {"index.md"}
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2].partition("\ntheme:")[0]
    first = (docs / "index.md").read_text(encoding="utf-8")
    assert pages - set(re.findall(r"- (?:.*: )?(\S+\.(?:md|ipynb))$", menu, re.MULTILINE)) == set()
    assert pages - set(re.findall(r"\]\(([^)#]+)\)", first)) == set()


def table_of(text: str, name: str) -> list[list[str]]:
    """The cells of the first table of a document that has a name in a row."""
    tables = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    table = next(found for found in tables if name in found)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def columns_in(cell: str) -> set[str]:
    """The columns that a cell lists: `fit_score, intent_score`, or `reason_1 to reason_3, concern_1`."""
    found: set[str] = set()
    for part in re.split(r", | or | and ", cell):
        if span := re.fullmatch(r"(\w+_)(\d) to \1(\d)", part):
            found |= {f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1)}
        elif name := re.match(r"\w+", part):
            found.add(name[0])
    return found


def test_columns_are_found_in_a_table() -> None:
    text = "| a | b |\n| --- | --- |\n| x | y |\n\nText.\n\n| score | type |\n| --- | --- |\n| fit_score | whole |\n"
    assert table_of(text, "fit_score") == [["score", "type"], ["---", "---"], ["fit_score", "whole"]]
    assert columns_in("reason_1 to reason_3, why_now") == {"reason_1", "reason_2", "reason_3", "why_now"}
    assert columns_in("as_of, the day before which the facts were known") >= {"as_of"}


SCORES, SENT = {column.name for column in COLUMNS}, {name for name, _ in CRM_FIELDS}


@pytest.mark.parametrize(
    ("document", "cell", "expected"), [("tables", 0, SCORES), ("crm", 0, SENT), ("salesforce", -1, SENT)]
)
def test_the_tables_of_the_documents_have_every_score_column(document: str, cell: int, expected: set[str]) -> None:
    rows = table_of((ROOT / f"docs/{document}.md").read_text(encoding="utf-8"), "win_probability")
    found = set().union(*(columns_in(row[cell]) for row in rows))
    assert (expected - found, SCORES & found - expected) == (set(), set())


def test_the_salesforce_page_says_how_many_fields_there_are() -> None:
    text = (ROOT / "docs/salesforce.md").read_text(encoding="utf-8")
    assert f"create these {len(CRM_FIELDS) + 1} custom fields" in text  # the scores, and the status


def test_the_pages_for_newcomers_name_every_system_that_init_reads() -> None:
    labels = {"zoho": "Zoho CRM", "dynamics": "Dynamics 365", "hubspot": "HubSpot"}
    systems = {labels.get(name.split("_")[0], name.split("_")[0].capitalize()) for name in LAYOUTS}
    for page in ("README.md", "docs/index.md", "docs/start.md", "docs/input.md"):
        text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        assert {system for system in systems if system not in text} == set(), page


@pytest.mark.slow
def test_the_python_of_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(code.splitlines()) <= 20
    write_crm(simulate(accounts=1_500, seed=11).export(AS_OF), tmp_path / "closedwon-demo")
    small = "[training]\nmax_rows = 60_000\nresamples = 2\n"
    (tmp_path / "small.toml").write_text(small, encoding="utf-8")
    for shown, used in ((f'as_of="{AS_OF}"', f'as_of="{AS_OF}", config="small.toml"'), ('"A0000900"', "someone")):
        assert shown in code
        code = code.replace(shown, used)
    script = tmp_path / "readme.py"
    script.write_text(code.replace("print(card.explain", "someone = card.scores().index[0]\nprint(card.explain"))
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script))
    printed = capsys.readouterr().out
    for expected in ("Decision maker engaged", "win_probability", "log-odds = base + fit + intent", "Home market: yes"):
        assert expected in printed
