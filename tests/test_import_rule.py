"""The rules of the house, read from the syntax tree of every file: `CONTRIBUTING.md` gives their reasons."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("scoring", "models", "pipelines")
PYTHON = sorted(file for room in (*ROOMS, "tests", "benchmarks") for file in (ROOT / room).rglob("*.py"))
TEXTS = sorted(
    file
    for pattern in ("*.md", "*.toml", "*.yaml", "*.lock", "MLproject", "Makefile", ".ci/*", "docs/**/*.md")
    for file in ROOT.glob(pattern)
)

FILE_MODULES = {"glob", "io", "os", "pathlib", "shutil", "socket", "subprocess", "tempfile", "urllib"}
FILE_CALLS = {
    "open",
    "print",
    "input",
    "read_text",
    "write_text",
    "read_bytes",
    "write_bytes",
    "mkdir",
    "unlink",
}
FILE_CALLS |= {"read_csv", "read_parquet", "to_csv", "to_parquet", "save_model"}
CLOSED_TO = {
    "scoring": {"models", "pipelines", "mlflow", *FILE_MODULES},
    "models": {"scoring", "pipelines", "mlflow", *FILE_MODULES},
}
#: The packages of `pipelines` that the files of each may import; "" are the files in front, which all may import.
ARROWS = {
    "sources": set[str](),
    "history": set[str](),
    "store": {"history"},
    "validation": {"sources"},
    "intake": {"history", "sources", "validation"},
    "training": {"alignment", "intake", "sources", "store"},
    "matching": {"intake", "validation"},
    "quality": {"intake", "matching", "validation"},
    "delivery": {"intake", "sources", "store"},
    "alignment": {"intake", "store"},
    "evaluation": {"history", "intake", "sources", "store", "training"},
    "serving": {"alignment", "delivery", "history", "intake", "sources", "store", "validation"},
    "handoffs": {"alignment", "evaluation", "history", "intake", "planning", "store"},
    "planning": {"evaluation", "history", "intake", "serving", "sources", "store", "training"},
    "calls": {"alignment", "delivery", "intake", "planning", "serving", "store"},
}
ARROWS["monthly"] = {"alignment", "evaluation", "handoffs", "intake", "planning", "store"}
ARROWS["reports"] = set(ARROWS)
#: In front, and importing nothing but one another.
IN_FRONT = {
    "config",
    "config_file",
    "config_input",
    "config_section",
    "disk",
    "errors",
    "processes",
    "progress",
    "redaction",
}
#: On top: they import everything, and nothing imports them.
ON_TOP = {"__init__", "__main__", "cli", "commands", "demo", "study"}
MOST_FILES = 14
CODE_AS_DATA = {"pickle", "joblib", "cloudpickle", "dill", "marshal", "shelve", "skops"}
CODE_CALLS = {"eval", "exec", "read_pickle", "to_pickle", "__import__"}
SLOW_TO_IMPORT = {"mlflow", "lightgbm", "sklearn", "scipy"}
VAGUE = {"util", "utils", "helper", "helpers", "base", "manager", "common", "misc"}
MACHINE_PATH = re.compile(r"(?<![\w.<>}])(?:/(?:tmp|home|root|work|Users|private|mnt)\b|[A-Z]:\\Users)")


def imports(nodes: Iterator[ast.AST]) -> set[str]:
    """Every module named by an import, with what is taken from it: `from a import b` is a and a.b."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def calls(tree: ast.AST) -> set[str]:
    """The last name of everything that is called: `open` for `open(...)` and for `gzip.open(...)`."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {getattr(function, "id", getattr(function, "attr", "")) for function in called}


def modules_of(tree: ast.AST) -> set[str]:
    """Every module of ours that a file names, wherever the import stands: in a function it is an arrow as well."""
    return {name for name in imports(ast.walk(tree)) if name.partition(".")[0] in ROOMS}


def backward(package: str, source: str) -> list[str]:
    """What a file of this package of `pipelines` imports and must not, in alphabetical order."""
    targets = {name.split(".")[1] for name in modules_of(ast.parse(source)) if name.startswith("pipelines.")}
    targets -= {"ROOT", "__version__"}
    if package in ON_TOP:
        return []
    allowed = IN_FRONT | (ARROWS[package] | {package} if package in ARROWS else set())
    return sorted(targets - allowed)


def offences(room: str, source: str) -> list[str]:
    """What a file of this room imports or calls and must not, in alphabetical order."""
    tree = ast.parse(source)
    roots = {name.partition(".")[0] for name in imports(ast.walk(tree))}
    # A relative import, or a bare `import pipelines`, would hide where an arrow goes.
    hidden = {"relative import" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level}
    hidden |= {
        f"import {name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
        if name.name in ROOMS
    }
    forbidden_calls = CODE_CALLS | (FILE_CALLS if room in CLOSED_TO else set())
    forbidden_calls |= {"import_module"} if room in ROOMS else set()
    return sorted(roots & (CODE_AS_DATA | CLOSED_TO.get(room, set())) | calls(tree) & forbidden_calls | hidden)


def run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: not function bodies, not `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not typing_only and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from run_on_import(child)


def loaded_with(module: str, seen: set[str]) -> set[str]:
    """`seen` and all that importing this module of ours imports, through every module of ours it names."""
    path = ROOT.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.exists():
            for name in imports(run_on_import(ast.parse(file.read_text(encoding="utf-8")))) - seen:
                seen.add(name)
                loaded_with(name, seen)
    return seen


@pytest.mark.parametrize(
    ("room", "source", "expected"),
    [
        ("models", "from scoring.timeline import Window", ["scoring"]),
        ("scoring", "import models.hazard as hazard", ["models"]),
        ("scoring", "def late():\n    from pipelines import config", ["pipelines"]),
        ("models", "import mlflow.pyfunc", ["mlflow"]),
        ("scoring", "from pathlib import Path", ["pathlib"]),
        ("scoring", "print(open('a').read())", ["open", "print"]),
        ("models", "frame.to_csv(path)", ["to_csv"]),
        ("pipelines", "import mlflow\nprint(open('a').read())", []),
        ("pipelines", "import scoring", ["import scoring"]),
        ("scoring", "from .timeline import Window", ["relative import"]),
        ("models", "importlib.import_module('mlflow')", ["import_module"]),
        ("pipelines", "import joblib", ["joblib"]),
        ("benchmarks", "from pickle import loads", ["pickle"]),
        ("tests", "eval('1 + 1')", ["eval"]),
        ("scoring", "import re, ibis\nre.compile('open')", []),
    ],
)
def test_an_offence_is_seen(room: str, source: str, expected: list[str]) -> None:
    assert offences(room, source) == expected


def test_only_pipelines_reaches_the_other_rooms_mlflow_files_and_the_terminal() -> None:
    places = {file: file.relative_to(ROOT) for file in PYTHON}
    found = {str(place): offences(place.parts[0], file.read_text(encoding="utf-8")) for file, place in places.items()}
    assert {place: names for place, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("package", "source", "expected"),
    [
        ("intake", "from pipelines.store.store import Store", ["store"]),
        ("store", "def late():\n    from pipelines.intake import rejects", ["intake"]),
        ("config", "from pipelines.training.train import train", ["training"]),
        ("evaluation", "from pipelines.training.train import train", []),
        ("serving", "from pipelines import ROOT\nfrom pipelines.errors import Refused", []),
        ("reports", "from pipelines.cli import main", ["cli"]),
        ("commands", "from pipelines.reports.page import html", []),
    ],
)
def test_an_arrow_back_is_seen(package: str, source: str, expected: list[str]) -> None:
    assert backward(package, source) == expected


def test_the_arrows_between_packages_go_one_way() -> None:
    found = {}
    for file in (ROOT / "pipelines").rglob("*.py"):
        package = file.relative_to(ROOT / "pipelines").with_suffix("").parts[0]
        if back := backward(package, file.read_text(encoding="utf-8")):
            found[str(file.relative_to(ROOT))] = back
    assert found == {}


def test_no_files_import_each_other_in_a_circle() -> None:
    files = {}
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        files[name] = ast.parse(file.read_text(encoding="utf-8"))
    assert circle({name: {*targets(tree, files.keys())} - {name} for name, tree in files.items()}) == []


def targets(tree: ast.AST, modules: Collection[str]) -> Iterator[str]:
    """The modules of ours that a file imports; of `from a import b`, the module a.b or else a."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            full = {f"{node.module}.{name.name}" for name in node.names}
            yield from full & set(modules)
            if full - set(modules):
                yield str(node.module)


def circle(arrows: Mapping[str, set[str]]) -> list[str]:
    """The names on a circle of arrows, if there is one."""
    try:
        list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_a_circle_is_seen_also_through_a_package() -> None:
    modules = {"crm", "crm.hubspot", "crm.hubspot.fields"}
    package, file = ast.parse("from crm.hubspot import fields"), ast.parse("from crm.hubspot import CONNECTOR")
    arrows = {"crm.hubspot": {*targets(package, modules)}, "crm.hubspot.fields": {*targets(file, modules)}}
    assert sorted(set(circle(arrows))) == ["crm.hubspot", "crm.hubspot.fields"]


def test_a_package_is_a_table_of_contents() -> None:
    folders = [ROOT / "pipelines", *(folder for folder in (ROOT / "pipelines").rglob("*") if folder.is_dir())]
    sizes = {folder.name: len(list(folder.glob("*.py"))) for folder in folders}
    assert {name: size for name, size in sizes.items() if size > MOST_FILES} == {}
    assert {file.stem for file in folders[0].glob("*.py")} <= IN_FRONT | ON_TOP


def test_the_command_line_starts_without_the_slow_libraries() -> None:
    loaded = loaded_with("pipelines.cli", {"pipelines.cli"})
    assert "argparse" in loaded
    assert {name.partition(".")[0] for name in loaded} & SLOW_TO_IMPORT == set()


@pytest.mark.parametrize("module", ["pipelines.config", "pipelines.serving.score"])
def test_every_command_and_a_night_start_without_pandas(module: str) -> None:
    loaded = loaded_with(module, {module})
    assert "pydantic" in loaded or "ibis" in loaded
    assert "pandas" not in {name.partition(".")[0] for name in loaded}


def test_the_command_line_itself_is_short() -> None:
    assert len((ROOT / "pipelines" / "cli.py").read_text(encoding="utf-8").splitlines()) < 100


def test_what_runs_on_import_is_not_what_a_function_or_a_type_imports() -> None:
    source = "import a\nif TYPE_CHECKING:\n import b\ntry:\n import c\nfinally:\n def f():\n  import d"
    assert imports(run_on_import(ast.parse(source))) == {"a", "c"}


def test_a_file_is_one_noun_of_the_domain() -> None:
    long = [file.name for file in PYTHON if len(file.read_text(encoding="utf-8").splitlines()) > 300]
    vague = [file.name for file in PYTHON if set(file.stem.split("_")) & VAGUE]
    assert (long, vague) == ([], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open /tmp/x", True),
        ("'/home/me/crm'", True),
        ("sqlite:////tmp/x.db", True),
        ("https://x.org/home", False),
        ("../shared/tmp", False),
        ("</work>", False),
    ],
)
def test_a_machine_path_is_seen(text: str, expected: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is expected


def test_no_file_holds_a_path_of_one_machine() -> None:
    own = Path(__file__).resolve()
    found = {
        str(file.relative_to(ROOT)): MACHINE_PATH.findall(file.read_text(encoding="utf-8"))
        for file in (*PYTHON, *TEXTS)
        if file.resolve() != own
    }
    assert {file: paths for file, paths in found.items() if paths} == {}
