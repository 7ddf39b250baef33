"""The files around the code agree: locks, supported Pythons, workflow, hooks, types and documentation."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-test.lock")}
#: `name==version`, perhaps a marker, then a hash on each line that follows.
PIN = re.compile(r"^([\w.-]+)==(\S+)[^\n]*\\\n(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE)
TEST_ONLY = {"pyspark", "selenium", "mypy", "pytest", "ruff", "hypothesis", "mkdocs-material", "pre-commit"}


def pins(lock: str) -> dict[str, str]:
    """The version of every package that a lock pins with hashes."""
    return dict(PIN.findall(lock))


def packages(requirements: list[str]) -> set[str]:
    """The packages that requirements ask for, spelled as a lock spells them."""
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in requirements}


def test_a_pin_is_a_version_with_hashes() -> None:
    digest = "a" * 64
    lock = (
        f"a-b==1.0 ; os_name == 'nt' \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{digest}\n    # via c\nd==2\n"
    )
    assert pins(lock) == {"a-b": "1.0"}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_nothing_but_pins_with_hashes(name: str) -> None:
    assert len(pins(LOCKS[name])) > 50
    assert re.sub(r" *#.*\n", "", PIN.sub("", LOCKS[name])).strip() == ""


def test_one_version_of_everything() -> None:
    runs, tests = (pins(lock) for lock in LOCKS.values())
    both = runs.keys() & tests.keys()
    assert len(both) > 10
    assert {name: tests[name] for name in both} == {name: runs[name] for name in both}


def test_the_first_lock_is_what_runs_and_the_second_what_tests_need() -> None:
    runs, tests = (set(pins(lock)) for lock in LOCKS.values())
    assert packages(PROJECT["project"]["dependencies"]) <= runs
    assert packages(PROJECT["dependency-groups"]["dev"]) <= tests
    assert runs & TEST_ONLY == set()


def test_the_workflow_calls_ci_run_on_every_python_of_the_classifiers() -> None:
    prefix = "Programming Language :: Python :: "
    promised = [line.removeprefix(prefix) for line in PROJECT["project"]["classifiers"] if line.startswith(prefix)]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == promised
    assert job["env"]["PYTHON"] == "python${{ matrix.python }}"
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o100


def test_ci_run_ends_with_the_checks_and_all_tests() -> None:
    last = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-3:]
    assert last == ["make check", "make test", "make test-slow"]


def test_each_test_is_run_by_one_of_the_two_commands() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "pytest -q -n" in line]
    assert [line.partition(" -m ")[2].partition(" -m ")[2] for line in lines] == ['"not slow"', "slow"]


def test_a_commit_is_checked_by_the_versions_of_the_lock() -> None:
    (source,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    programs = {hook["entry"].split()[0] for hook in source["hooks"]}
    assert source["repo"] == "local"  # others pin a version of their own
    assert {".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/trailing-whitespace-fixer"} <= programs
    assert {program for program in programs if not (BIN / program.removeprefix(".venv/bin/")).exists()} == set()


def test_every_package_says_that_it_has_types() -> None:
    shipped = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert shipped == ["scoring", "models", "pipelines"]
    assert {package for package in shipped if not (ROOT / package / "py.typed").exists()} == set()


@pytest.mark.slow
def test_the_documentation_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [BIN / "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"]
    ended = subprocess.run(command, cwd=ROOT, env={"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True)
    assert (ended.returncode, [line for line in ended.stderr.splitlines() if "INFO" not in line]) == (0, [])
    study, scorecard = ((tmp_path / f"site/api/{page}.html").read_text() for page in ("study", "scorecard"))
    assert 'id="pipelines.study.Study.backtest"' in study
    assert 'id="scoring.' in scorecard
