"""The rule for docstrings: a public function describes all its parameters or none, a class all its attributes."""

import ast
import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("scoring", "models", "pipelines")
SECTION = r"^{}\n-+\n(.*?)(?=\n\n\S[^\n]*\n-+\n|\Z)"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def described(docstring: str, title: str = "Parameters") -> set[str] | None:
    """The names in a section of a docstring, None if it has no such section."""
    section = re.search(SECTION.format(title), cleandoc(docstring), re.MULTILINE | re.DOTALL)
    if section is None:
        return None
    lines = [line for line in section[1].splitlines() if line and not line.startswith(" ")]
    return {name.strip().lstrip("*") for line in lines for name in line.partition(" : ")[0].split(",")}


def parameters(function: Function) -> set[str]:
    """The names of a function's parameters, without `self` and `cls`."""
    arguments = function.args
    several = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *several]
    return {argument.arg for argument in everything} - {"self", "cls"}


def fields(definition: ast.ClassDef) -> set[str]:
    """What a class is made with: the parameters of its `__init__`, else its fields without what is fitted (`x_`)."""
    for node in definition.body:
        if isinstance(node, Function) and node.name == "__init__":
            return parameters(node)
    annotated = [node for node in definition.body if isinstance(node, ast.AnnAssign)]
    names = {ast.unparse(node.target) for node in annotated if "ClassVar" not in ast.unparse(node.annotation)}
    return {name for name in names if not name.endswith("_")}


def wrong_attributes(definition: ast.ClassDef, listed: set[str]) -> set[str]:
    """The public fields that a section `Attributes` leaves out, and what it lists that is neither field nor property.

    A class that sets its attributes in `__init__`, or whose parameters are described apart, is not looked at.
    """
    methods = {node.name for node in definition.body if isinstance(node, Function)}
    names = {name for name in fields(definition) if not name.startswith("_")}
    return set() if "__init__" in methods else (names - listed) | (listed - names - methods)


def public(nodes: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """The public functions, classes and methods of a module, with their names; nothing inside a function."""
    for node in nodes:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.")


def offences(source: str) -> list[str]:
    """The public functions and classes that describe some of their parameters, or others than they have.

    Parameters
    ----------
    source : str
        The text of a Python file.

    Returns
    -------
    list of str
        The name of each, with the parameters that are missing or too many.
    """
    found = []
    for name, node in public(ast.parse(source).body):
        text = ast.get_docstring(node) or ""
        names = described(text)
        if isinstance(node, ast.ClassDef) and names is None and (listed := described(text, "Attributes")) is not None:
            wrong = wrong_attributes(node, listed)
            found += [f"{name}: {', '.join(sorted(wrong))}"] if wrong else []
        if names is not None:
            actual = fields(node) if isinstance(node, ast.ClassDef) else parameters(node)
            found += [f"{name}: {', '.join(sorted(actual ^ names))}"] if actual != names else []
    return found


def function_with(docstring: str, signature: str = "a, b") -> str:
    return f'def f({signature}):\n    """{docstring}"""\n'


SECTION_OF_A = "Thing.\n\n    Parameters\n    ----------\n    a : int\n        The first.\n"
SECTION_OF_BOTH = "Thing.\n\n    Parameters\n    ----------\n    a, b : int\n\n        Two.\n"


ATTRIBUTES = '"""C.\n\n    Attributes\n    ----------\n    a, c : int\n    """'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"class C:\n    {ATTRIBUTES}\n    a: int\n    c: int\n    _b: int", []),
        (f"class C:\n    {ATTRIBUTES}\n    a: int\n    def c(self): 1", []),
        (f"class C:\n    {ATTRIBUTES}\n    a: int\n    b: int", ["C: b, c"]),
        (function_with("Thing."), []),
        (function_with(SECTION_OF_A), ["f: b"]),
        (function_with(SECTION_OF_A, "a"), []),
        (function_with(SECTION_OF_A, "*, c"), ["f: a, c"]),
        (function_with(SECTION_OF_BOTH), []),
        (function_with(SECTION_OF_BOTH + "\n    Returns\n    -------\n    c : int\n    "), []),
        (function_with("Thing.\n\n    Parameters\n    ----------\n    *a\n    **b : int\n    ", "*a, **b"), []),
        (function_with(SECTION_OF_A).replace("def f", "def _f"), []),
        (f"def f():\n    def g(a, b):\n        '''{SECTION_OF_A}'''", []),
        (
            "class C:\n    '''C.\n\n    Parameters\n    ----------\n    a : int\n    '''\n    a: int\n    b: int",
            ["C: b"],
        ),
        (
            "class C:\n    '''C.\n\n    Parameters\n    ----------\n    a : int\n    '''\n    def __init__(self, a): 1",
            [],
        ),
        (
            "class C:\n    def f(self, a, b):\n        '''C.\n\n        Parameters\n        ---\n        a'''",
            ["C.f: b"],
        ),
    ],
)
def test_an_incomplete_list_of_parameters_is_found(source: str, expected: list[str]) -> None:
    assert offences(source) == expected


def test_a_public_function_describes_all_its_parameters_or_none() -> None:
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    found = {str(file.relative_to(ROOT)): offences(file.read_text(encoding="utf-8")) for file in files}
    assert {file: names for file, names in found.items() if names} == {}
