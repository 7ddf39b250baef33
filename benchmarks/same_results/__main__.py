"""Whether two checkouts of closedwon give a user the same results, command by command and file by file.

    python -m benchmarks.same_results BEFORE                   # a checkout of the commit to compare with
    python -m benchmarks.same_results BEFORE AFTER --accounts 400
    python -m benchmarks.same_results BEFORE --old-store       # and whether this one takes over BEFORE's store

Both run all commands on the same simulated market, in processes of their own and with their own code. Compared is
all that a user sees: exit codes, what is printed, scores, scorecards, evidence, the ledger, the report, the fields, and
what MLflow shows. What two runs of the same code may differ in is taken out first, by the rules in `normalised.py`;
what has another name since is compared under that name, by the list in `renames.py`.
The exit code is 1 if data differs, or if a store is not taken over; messages may be put in better words.

The results of BEFORE are kept in `.bench/same_results` and used again for the same commit. AFTER runs anew each time.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.same_results.compared import DATA, DEGREES, EQUAL, PROSE, Comparison
from benchmarks.same_results.files import compared
from benchmarks.same_results.journey import FINAL, script_digest, travelled
from benchmarks.same_results.market import Market
from benchmarks.same_results.old_store import Finding, taken_over
from benchmarks.same_results.run import Run, commit_of

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = 6_000


def main(words: Sequence[str] | None = None) -> int:
    """Compare, print, and give 1 if data differs or a store is not taken over."""
    asked = arguments(words)
    before, after = asked.before.resolve(), asked.after.resolve()
    commit = commit_of(before)
    name = f"{asked.accounts}_{commit[:10]}{'-dirty' if commit.endswith('-dirty') else ''}"
    folder = (asked.folder / name).resolve()
    print(f"Results: {folder}")
    market, parts = folder / "market", (folder / "before", folder / "after")
    one = None if commit.endswith("-dirty") or not market.exists() else Run.read(parts[0], script_digest())
    if one is None:
        print(f"Before: {before}, {commit}", flush=True)
        shutil.rmtree(market, ignore_errors=True)  # BEFORE's demo makes it
        one = travelled(before, parts[0], market, asked.accounts, say)
    else:
        print(f"Before: {before}, {commit}: used again, from {one.begin:%Y-%m-%d %H:%M} UTC")
    print(f"After: {after}, {commit_of(after)}", flush=True)
    if asked.again:
        two = Run.read(parts[1], script_digest())
        if two is None:
            raise SystemExit(f"there are no results of AFTER in {parts[1]}: leave out --again")
    else:
        two = travelled(after, parts[1], market, asked.accounts, say)
    found = list(compared(parts[0] / FINAL, one, parts[1] / FINAL, two))
    print("\n".join(["", *differences(found), "", *times(one, two), "", *table(found)]), flush=True)
    failed = any(result.kind == DATA and result.degree != EQUAL for result in found)
    if asked.old_store:
        print("\nThe store of BEFORE, as it was after its first night, taken over by AFTER", flush=True)
        findings = taken_over(parts[0], one, after, Market(market), folder / "taken_over", say)
        print("\n".join(["", *takeover(findings)]))
        failed |= any(finding.kept is False for finding in findings)
    return int(failed)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.same_results", description="Compare the results of two checkouts of closedwon."
    )
    parser.add_argument("before", type=Path, metavar="BEFORE", help="a checkout of the commit to compare with")
    parser.add_argument("after", type=Path, nargs="?", metavar="AFTER", default=ROOT, help="default: this checkout")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, metavar="N", help="size of the market (6,000)")
    parser.add_argument("--old-store", action="store_true", help="let AFTER take over the store that BEFORE made")
    parser.add_argument("--again", action="store_true", help="compare the results that are there, running nothing anew")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / ".bench" / "same_results", metavar="DIR", help="where results are kept"
    )
    return parser.parse_args(words)


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def differences(found: Sequence[Comparison]) -> list[str]:
    """Give what differs, prose first and the worst last, each with its first lines."""
    lines = []
    for result in sorted((one for one in found if one.degree != EQUAL), key=lambda one: one.worse):
        lines += [
            f"{result.name}: {result.kind} differs, {result.degree}",
            *(f"    {line}" for line in result.excerpt),
        ]
    return lines


def times(one: Run, two: Run) -> list[str]:
    """Give the seconds of each command, for a command that became much slower; on a busy machine they say little."""
    rows = [
        f"{name:<28} {seconds:>7.1f} {two.seconds[name]:>7.1f}"
        for name, seconds in one.seconds.items()
        if "help" not in name and name in two.seconds
    ]
    total = f"{'all':<28} {sum(one.seconds.values()):>7.1f} {sum(two.seconds.values()):>7.1f}"
    return [f"{'seconds':<28} {'before':>7} {'after':>7}", *rows, total]


def table(found: Sequence[Comparison]) -> list[str]:
    """Count results by where they stand and by degree."""
    groups: dict[str, list[Comparison]] = {}
    for result in found:
        groups.setdefault(group(result.name), []).append(result)
    head = f"{'':<34} {'files':>6} " + " ".join(f"{name:>17}" for name in DEGREES)
    rows = [_counts(name, results) for name, results in groups.items()]
    totals = [_counts(f"all {kind}", [one for one in found if one.kind == kind]) for kind in (DATA, PROSE)]
    return [head, *rows, "", *totals]


def group(name: str) -> str:
    """Give the row of the table that a result belongs to."""
    path = Path(name.partition(" (")[0])
    top = path.parts[0] if path.parts[0] != "demo" else "/".join(path.parts[:2])
    if top == "answers":
        return {".txt": "printed", ".json": "exit codes"}[path.suffix]
    if top.endswith("store") and len(path.parts) > 2:
        top = "/".join(path.parts[: path.parts.index("store") + 2])
    return f"{top} {path.suffix}" if len(path.parts) > 1 else top


def _counts(name: str, results: Sequence[Comparison]) -> str:
    counts = [sum(one.degree == degree for one in results) for degree in DEGREES]
    return f"{name:<34} {len(results):>6} " + " ".join(f"{count or '-':>17}" for count in counts)


def takeover(findings: Sequence[Finding]) -> list[str]:
    """Give a line for each thing that was asked of the store."""
    words = {True: "yes", False: "NO", None: "(a figure)"}
    head = f"{'asked':<50} {'expected':<28} {'as expected':<12} found"
    return [head, *(f"{one.asked:<50} {one.expected:<28} {words[one.kept]:<12} {one.found}" for one in findings)]


if __name__ == "__main__":
    sys.exit(main())
