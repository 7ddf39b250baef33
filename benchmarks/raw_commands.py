"""What somebody types who has a raw export: `init`, `check` and `backtest`, one after another, with no file edited.

    python -m benchmarks.raw_commands --write docs/evidence.md     # every layout, 600 accounts
    CLOSEDWON_RAW_EXPORTS=... python -m benchmarks.raw_commands --layout zoho

A row a layout: the exit code of each command, and how many wins `check` says there are to learn from. The layouts are
those in which a simulated market can be written (`benchmarks.raw_markets`), and the real exports in the folder that
`CLOSEDWON_RAW_EXPORTS` names, if it names one. These have too few wins for a backtest, so it is not run on them.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import document
from benchmarks.raw_markets.writers import WRITERS
from scoring.simulator import simulate

BEGIN, END = document.marks("raw_commands")
HEAD = ("export", "`init`", "`check`", "`backtest`", "wins to learn from", "seconds of CPU")
_WINS = re.compile(r"([\d,]+) wins? to learn from")


@dataclass(frozen=True)
class Ended:
    """How the commands ended on an export.

    Attributes
    ----------
    title : str
    codes : tuple of int
        The exit codes of `init`, `check` and, where it was run, `backtest`.
    wins : str
        The wins of accounts to learn from that `check` counts; empty where it counts none.
    seconds : float
        Of CPU, of all commands.
    last_line : str
        The last line of a command that ended with another code than 0.
    """

    title: str
    codes: tuple[int, ...]
    wins: str
    seconds: float
    last_line: str = ""


def ended(title: str, source: Path, folder: Path, *, more: Sequence[str] = (), backtest: bool) -> Ended:
    """Run the commands on an export, until one of them does not end with 0.

    Parameters
    ----------
    title : str
    source : Path
        The export.
    folder : Path
        Where the files go.
    more : sequence of str
        Options of `init`.
    backtest : bool
        Whether a backtest of accounts is run, at one past day.
    """
    mapped = ("--data", str(folder / "crm.sql"), "--config", str(folder / "closedwon.toml"))
    commands = [
        ("init", str(source), "--out", str(folder), *more),
        ("check", *mapped, "--out", str(folder / "rejects")),
    ]
    if backtest:
        store = ("--store", str(folder / "store"))
        commands.append(("backtest", *mapped, *store, "--entity", "account", "--cut-offs", "1"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    codes, words = list[int](), ""
    for command in commands:
        run = subprocess.run([sys.executable, "-m", "pipelines", *command], capture_output=True, text=True, check=False)
        codes.append(run.returncode)
        words += run.stdout + run.stderr
        if run.returncode:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    wins = found[1] if (found := _WINS.search(words)) else ""
    last_line = words.strip().splitlines()[-1] if codes[-1] and words.strip() else ""
    return Ended(title, tuple(codes), wins, seconds, last_line.replace(f"{folder}/", ""))


def all_ended(wanted: Sequence[str], accounts: int, seed: int, raw: Path | None) -> Iterator[Ended]:
    """How the commands end on the market in each of the wanted layouts, and on each real export.

    Parameters
    ----------
    wanted : sequence of str
        Names of layouts.
    accounts, seed : int
        Of the market.
    raw : Path, optional
        The folder with real exports.
    """
    market = simulate(accounts=accounts, seed=seed)
    tables = market.export(market.as_of)
    with tempfile.TemporaryDirectory(prefix="closedwon-commands-") as above:
        for name in wanted:
            writer, folder = WRITERS[name], Path(above) / name
            (folder / "raw").mkdir(parents=True)
            writer.write(tables, folder / "raw" / writer.path)
            more = ("--time-zone", writer.time_zone) if writer.time_zone else ()
            yield ended(writer.title, folder / "raw", folder / "mapped", more=more, backtest=True)
        for source in sorted(path for path in raw.iterdir() if path.is_dir()) if raw is not None else ():
            yield ended(f"real: {source.name}", source, Path(above) / source.name, backtest=False)


def lines(found: Sequence[Ended]) -> list[str]:
    """The lines of the table, and below it what was said by commands that did not end with 0."""
    rows = []
    for one in found:
        codes = [*(f"{code}" for code in one.codes), *["-"] * (3 - len(one.codes))]
        rows.append([one.title, *codes, one.wins or "-", f"{one.seconds:.0f}"])
    lines = [f"- {one.title}: {one.last_line}" for one in found if one.last_line]
    return [*document.table(HEAD, rows, ["---", *["---:"] * (len(HEAD) - 1)]), *(["", *lines] if lines else [])]


def main(arguments: list[str] | None = None) -> None:
    """Print a row a layout."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raw_commands")
    parser.add_argument("--accounts", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--layout", action="append", choices=sorted(WRITERS))
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    named = os.environ.get("CLOSEDWON_RAW_EXPORTS")
    found = list[Ended]()
    for one in all_ended(
        options.layout or list(WRITERS), options.accounts, options.seed, Path(named) if named else None
    ):
        found.append(one)
        print(one, flush=True)
    print("\n".join(lines(found)), flush=True)
    if options.write:
        document.update(options.write, BEGIN, END, lines(found))


if __name__ == "__main__":
    main()
