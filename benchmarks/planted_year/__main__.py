"""Whether the month pages of a simulated year name what was planted, and how often quiet years raise an alarm.

    python -m benchmarks.planted_year                       # some ten minutes of processor
    python -m benchmarks.planted_year --write docs/site.md

One year is run by the commands (`commands`): train, promote, then month by month agree, score, handoffs, and the month
page, of which the alarms are read. Other years with the same stories, and quiet years, are read by the watches alone
(`watched`), from the same tables.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import document
from benchmarks.planted_year.commands import MOVED_ON, Pages, year
from benchmarks.planted_year.market import LOST, PLANTED, QUIET, handed_market
from benchmarks.planted_year.watched import CHANCE, KINDS, Year
from benchmarks.source_alarm import interval
from scoring.monthly.month import CalendarMonth

BEGIN, END = document.marks("planted_year")
ACCOUNTS, SEED = 3_000, 7
#: Seeds of the other planted years, and of the quiet ones.
OTHERS, QUIETS = range(100, 140), range(1_000, 1_200)
#: Days from the evidence within which a story is to be named.
WITHIN = 31
STORIES = {
    "growth": "a cheap channel brings many who never buy, from 31 March on",
    "follow-up": "sales calls 10 % instead of 85 % of the hand-offs of two segments, from 30 June on",
    "close rate": "three of four wins are lost instead, from 1 September on",
    "bands": f"grade A begins at 3 instead of 4 times the base rate, from {MOVED_ON:%-d %B} on",
}


def of_commands(pages: Pages, evidence: dict[tuple[str, str], date | None]) -> list[tuple[str, ...]]:
    """A row a story: when the evidence was there, when it was named, and on which page."""
    first: dict[tuple[str, str], tuple[dict[str, Any], CalendarMonth]] = {}
    for month, alarms in pages.alarms:
        for one in alarms:
            first.setdefault((one["kind"], one["of"]), (one, month))
    rows: list[tuple[str, ...]] = []
    for (kind, of), day in (evidence | {("bands", "grade A"): MOVED_ON}).items():
        found = first.get((kind, of))
        named, page = (None, "") if found is None else (date.fromisoformat(found[0]["named_on"]), str(found[1]))
        days = "" if named is None or day is None else f"{(named - day).days}"
        rows.append((f"{kind}: {of}", STORIES[kind], str(day or "never"), str(named or "never"), days, page))
    return rows


def others(seeds: Iterable[int], accounts: int) -> list[tuple[str, ...]]:
    """A row a story: in how many years it was named within a month of its evidence."""
    days: dict[str, list[float]] = {}
    for seed in seeds:
        found = Year.at_once(handed_market(seed, accounts, PLANTED, LOST))
        named = {(one.kind, one.of): one.named_on for one in found.alarms()}
        for (kind, of), day in found.evidence().items():
            at = named.get((kind, of))
            after = np.inf if at is None else float((at - day).days) if day else np.nan
            days.setdefault(f"{kind}: {of}", []).append(after)
    rows: list[tuple[str, ...]] = []
    for story, every in days.items():
        late = np.array(every)
        known = late[~np.isnan(late)]
        within = int((known <= WITHIN).sum())
        rows.append(
            (
                story,
                f"{within} of {len(known)} ({interval(within, len(known))})",
                f"{np.median(known):.0f}, {np.quantile(known, 0.9, method='higher'):.0f}",
                f"{int(np.isinf(known).sum())}",
            )
        )
    return rows


def quiet(seeds: range, accounts: int) -> list[tuple[str, ...]]:
    """A row a kind of alarm: in how many quiet years anything of it was named."""
    counts: Counter[str] = Counter()
    for seed in seeds:
        counts.update({one.kind for one in Year.at_once(handed_market(seed, accounts, QUIET)).alarms()})
    n = len(seeds)
    return [(kind, f"{CHANCE:.0%}", f"{counts[kind]} of {n} ({interval(counts[kind], n)})") for kind in KINDS]


def lines(
    year_rows: list[tuple[str, ...]], pages: Pages, other_rows: list[tuple[str, ...]], quiet_rows: list[tuple[str, ...]]
) -> list[str]:
    """The lines of the document."""
    head = ("story", "planted", "evidence on", "named on", "days later", "on the page of")
    more = ("story", f"named within {WITHIN} days of its evidence", "days: median, 90 %", "never named")
    still = ("alarm", "stated for the 105 weeks", "quiet years in which anything was named")
    nights = (
        f" The gates refused {len(pages.nights)} of the nights: many came by a campaign that the model did not know."
    )
    return [
        f"One year of {ACCOUNTS:,} accounts, by the commands: " + ", ".join(pages.refused) + " was refused by `agree`."
        f"{nights if pages.nights else ''}"
        + (f" Not as it should be: {'; '.join(pages.faults)}." if pages.faults else ""),
        "",
        *document.table(head, year_rows, ["---", "---", *["---:"] * 3, "---"]),
        "",
        f"{len(OTHERS)} other years with the same stories, read by the watches alone. Days are from the evidence on; "
        "below 0, the page was earlier.",
        "",
        *document.table(more, other_rows, ["---", *["---:"] * 3]),
        "",
        f"{len(QUIETS)} quiet years:",
        "",
        *document.table(still, quiet_rows, ["---", "---:", "---:"]),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted_year")
    parser.add_argument("--write", type=Path, help="write the tables into this document")
    options = parser.parse_args(arguments)
    market = handed_market(SEED, ACCOUNTS, PLANTED, LOST)
    with tempfile.TemporaryDirectory() as folder:
        pages = year(Path(folder), market, print)
    rows = of_commands(pages, Year.at_once(market).evidence())
    found = lines(rows, pages, others(OTHERS, ACCOUNTS), quiet(QUIETS, ACCOUNTS))
    print("\n".join(found))
    if options.write:
        document.update(options.write, BEGIN, END, found)


if __name__ == "__main__":
    main()
