"""The licence of every package in the locks, as its own metadata states it.

    python -m benchmarks.licences

It reads the environment of the tests, which has every package of both locks, asks nobody, and writes docs/licences.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

from benchmarks import document
from pipelines import ROOT
from pipelines.disk import write_text

DOCUMENT = ROOT / "docs" / "licences.md"
#: The locks, and what each is for.
LOCKS = {
    "requirements.lock": "What closedwon runs on",
    "requirements-test.lock": "What only tests, checks and the documentation need",
}
PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]*[^\\\s]))?", re.MULTILINE)
#: What a licence's own text says, where the metadata names none: the first that is found.
TEXTS = {
    "Permission is hereby granted, free of charge": "MIT",
    "Apache License": "Apache-2.0",
    "Mozilla Public License": "MPL-2.0",
    "Redistribution and use in source and binary forms": "BSD",
}
#: What must be looked at before it is taken: terms that reach further than the package.
STRONG_COPYLEFT = re.compile(r"\b(A?GPL|LGPL|GNU|SSPL|EUPL|CC-BY-NC|Commercial|Proprietary)", re.IGNORECASE)


PREAMBLE = """
# Licences

closedwon is under the Apache License 2.0. It needs the packages below, which pip installs beside it and which are not
part of it: each in the version of the lock, with the licence that its own metadata states. Made by
`python -m benchmarks.licences`; a test compares it with the locks and with what is installed.

Packages under the Mozilla Public License ask those who change their files to publish the changed files; they are used
unchanged. Nothing that closedwon needs is under a licence of the GNU family, and a test refuses it. psycopg, for
`closedwon[postgres]`, is under the LGPL 3: a library of its own, unchanged, that only those install who ask for it.

**Known vulnerabilities are not looked up here**, and no release says that there are none. That needs a database of
today, and closedwon's tests run without the internet; the only database that comes as a package is of July 2021, before
every version below. Where there is a network, before you install and as often as you update:

```sh
pip install pip-audit && pip-audit --requirement requirements.lock --require-hashes --disable-pip
```
"""


@dataclass(frozen=True)
class Package:
    """A package of a lock: its name, version and marker, and its licence; None where it is not installed."""

    name: str
    version: str
    marker: str
    licence: str | None


def packages(lock: str) -> list[Package]:
    """The packages of a lock, in its order, with the licences that the environment knows."""
    pins = PIN.findall((ROOT / lock).read_text(encoding="utf-8"))
    return [Package(name, version, marker, licence(name)) for name, version, marker in pins]


def licence(name: str) -> str | None:
    """The licence of an installed package; None if it is not installed.

    Raises
    ------
    ValueError
        If neither its metadata nor its own text says which.
    """
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    stated = found.metadata
    short = str(stated.get("License") or "").strip()
    classifiers = [c.rpartition(" :: ")[2] for c in stated.get_all("Classifier") or () if c.startswith("License :: ")]
    named = [c for c in classifiers if c != "OSI Approved"]
    if expression := stated.get("License-Expression"):
        return str(expression)
    if short and "\n" not in short and len(short) <= 60 and short != "UNKNOWN":
        return short
    if named:
        return " and ".join(named)
    for file in found.files or ():
        if re.match(r"(licen[cs]e|copying)", file.name, re.IGNORECASE):
            text = " ".join(file.read_text(encoding="utf-8").split())
            for words, known in TEXTS.items():
                if words in text:
                    return known
    raise ValueError(f"{name} says nowhere under which licence it is: look, and add its words to TEXTS")


def written(by_lock: Mapping[str, list[Package]]) -> str:
    """The document."""
    lines = [PREAMBLE.strip()]
    for lock, purpose in LOCKS.items():
        lines += ["", f"## {purpose}", ""]
        listed = {package.name for package in by_lock["requirements.lock"]} if lock != "requirements.lock" else set()
        rows = [[p.name, p.version, _words(p)] for p in by_lock[lock] if p.name not in listed]
        lines += document.table(["package", "version", "licence"], rows)
    return "\n".join(lines) + "\n"


def _words(package: Package) -> str:
    if package.licence is not None:
        return package.licence.replace("|", "\\|")
    return f"not installed here ({package.marker})"


if __name__ == "__main__":
    write_text(DOCUMENT, written({lock: packages(lock) for lock in LOCKS}))
    print(f"{DOCUMENT.relative_to(ROOT)} written")
