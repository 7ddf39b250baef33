"""Environments of their own for peers whose packages are not in the locks."""

import shutil
import subprocess
import sys
from pathlib import Path


def python_of(pins: Path, home: Path) -> str:
    """The Python of an environment, which is made from its pins if it does not exist.

    Parameters
    ----------
    pins : Path
        A file of requirements with hashes.
    home : Path
        The folder of the environment.
    """
    python = str(home / "bin" / "python")
    if not (home / ".ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = ("install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(pins))
        subprocess.run([python, "-m", "pip", *install], check=True)
        (home / ".ready").touch()
    return python
