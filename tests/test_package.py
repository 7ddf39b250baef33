"""What is built and installed: a wheel and an sdist, in a clean environment, used outside the checkout.

It needs the package registry alone: pip installs what builds, and then the lock and the wheel.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import ROOT, __version__

pytestmark = pytest.mark.slow

PACKAGES = ("scoring", "models", "pipelines")
#: A small market, trained on in seconds.
SMALL = """
[training]
max_rows = 20_000
max_snapshots = 12
resamples = 2
[backtest]
cut_offs = 2
replicates = 20
[gate]
cut_offs = 1
"""


def run(*words: object, folder: Path, fails: bool = False) -> str:
    """Run a program in a folder without what this checkout or its environment would add."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    command = [str(word) for word in words]
    ended = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True)
    assert fails or ended.returncode == 0, f"{command}\n{ended.stdout[-2_000:]}\n{ended.stderr[-4_000:]}"
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("package")
    yield made
    shutil.rmtree(made)  # an environment of 0.8 GB


def environment(place: Path) -> Path:
    """A new environment, and its Python."""
    run(sys.executable, "-m", "venv", place, folder=place.parent)
    return place / "bin" / "python"


@pytest.fixture(scope="module")
def committed(folder: Path) -> list[str]:
    """The files of the checkout, copied, without what git does not keep."""
    names = run("git", "ls-files", folder=ROOT).splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "checkout" / name)
    return [name for name in names if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def built(folder: Path, committed: list[str]) -> Path:
    """The folder with the sdist and the wheel."""
    # This Python's pip serves it: to install a pip of its own takes longer than all else here.
    run(sys.executable, "-m", "venv", "--without-pip", folder / "builds", folder=folder)
    python = folder / "builds" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    asked = run(*pip, "hatchling>=1.27", folder=folder, fails=True)
    if "No matching distribution" in asked or "connection" in asked.lower():
        pytest.skip("no package registry can be reached: nothing is built")
    run(python, "-m", "hatchling", "build", "--directory", folder / "dist", folder=folder / "checkout")
    return folder / "dist"


def test_the_wheel_has_all_of_the_packages_and_nothing_else(built: Path, committed: list[str]) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name == f"closedwon-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        entries = file.read(f"closedwon-{__version__}.dist-info/entry_points.txt").decode()
    ours = {name for name in names if ".dist-info/" not in name}
    assert ours == {name for name in committed if name.split("/")[0] in PACKAGES}
    assert {"pipelines/reports/templates/page.html.j2", "pipelines/py.typed"} <= ours
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert "closedwon = pipelines.cli:main" in entries


def test_the_same_wheel_is_built_from_the_sdist(built: Path, folder: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as file:
        file.extractall(folder / "unpacked", filter="data")
    (source,) = (folder / "unpacked").iterdir()
    assert not (source / ".ci").exists()
    python = folder / "builds" / "bin" / "python"
    run(python, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder / "again", folder=source)
    (wheel,), (again,) = built.glob("*.whl"), (folder / "again").glob("*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {name: one.getinfo(name).CRC for name in one.namelist()} == {
            name: other.getinfo(name).CRC for name in other.namelist()
        }


def test_who_installs_it_can_run_it_anywhere(built: Path, folder: Path) -> None:
    python, elsewhere = environment(folder / "clean"), folder / "elsewhere"
    elsewhere.mkdir()
    (wheel,) = built.glob("*.whl")
    pip = (python, "-m", "pip", "install", "--quiet", "--no-compile")
    run(*pip, "--require-hashes", "--requirement", ROOT / "requirements.lock", folder=elsewhere)
    run(*pip, "--no-deps", wheel, folder=elsewhere)
    run(python, "-m", "pip", "check", folder=elsewhere)
    closedwon = python.parent / "closedwon"
    assert run(closedwon, "--version", folder=elsewhere) == f"closedwon {__version__}\n"
    where = run(python, "-c", "import pipelines; print(pipelines.__file__)", folder=elsewhere)
    assert where.startswith(str(folder / "clean"))
    assert "files = " in run(closedwon, "config", folder=elsewhere)
    (elsewhere / "small.toml").write_text(SMALL)
    said = run(closedwon, "demo", "--accounts", "1500", "--config", "small.toml", folder=elsewhere)
    assert "Rank 1: " in said
    manifest = json.loads((elsewhere / "scores" / "manifest.json").read_text())
    assert manifest["counts"]["account"]["scored"] > 500
    assert (elsewhere / "report.html").stat().st_size > 50_000
    assert run(closedwon, "status", folder=elsewhere).startswith("OK last night ")
