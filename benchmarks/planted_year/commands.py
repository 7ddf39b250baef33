"""The planted year by the commands as a user runs them: train, then agree, score, and look back, month by month."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from benchmarks.planted_year.market import YEAR, HandedMarket
from pipelines.cli import main
from pipelines.demo import write_crm
from scoring.monthly.month import CalendarMonth

#: The bands until the middle of the last quarter, and from then on.
BANDS, MOVED = (4.0, 1.5, 0.5), (3.0, 1.5, 0.5)
MOVED_ON = date(YEAR, 11, 17)
DONE, REFUSED = 0, 4
#: The other pages say nothing of a month, and take minutes.
SITE = ("site", "--entity", "account", "--page", "month", "--page", "sources")
AGREEMENT = """\
[agreement]
name = "{name}"
first_day = {first}
last_day = {last}
horizon_days = 182
revenue_target = 400_000

[grades]
a = {bands[0]}
b = {bands[1]}
c = {bands[2]}

[capacity]
inside_sales = 200
account_executives = 50

[service_level]
a = 16
b = 40

[handoff]
accepted = "Inside sales has talked to them and goes on."
rejected = "It cannot be worked now."
reasons = ["no budget", "not now", "duplicate"]

[approved]
sales = {agreed}
marketing = {agreed}
customer_success = {agreed}
"""
CONFIG = """\
[training]
horizon_days = 182
resamples = 0

[grades]
a = {bands[0]}
b = {bands[1]}
c = {bands[2]}
"""


@dataclass
class Pages:
    """What the month pages of a year said.

    Attributes
    ----------
    alarms : list of tuple
        Of each page its month, and the alarms that it names as new.
    text : dict of str
        The words of each page, by month.
    service : dict of list
        Its hand-offs by grade, by month.
    refused : list of str
        What `agree` refused.
    nights : list of date
        The nights that the gates refused: many came by a campaign that the model does not know.
    faults : list of str
        What did not go as it should: none is expected.
    """

    alarms: list[tuple[CalendarMonth, list[dict[str, Any]]]] = field(default_factory=list)
    text: dict[str, str] = field(default_factory=dict)
    service: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    nights: list[date] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One store, and the exports of a market."""

    home: Path
    market: HandedMarket
    pages: Pages
    say: Callable[[str], None]

    def data(self, as_of: date) -> Path:
        """The export of a day."""
        folder = self.home / f"crm-{as_of}"
        if not folder.exists():
            write_crm(self.market.export(as_of), folder)
        return folder

    def command(
        self, name: str, *words: object, as_of: date, bands: tuple[float, ...], expected: Sequence[int] = (DONE,)
    ) -> tuple[int, Path]:
        """Run a command on the export of a day; give its exit code, and the file of its figures."""
        config, figures = self.home / "closedwon.toml", self.home / f"{name}.json"
        config.write_text(CONFIG.format(bands=bands), encoding="utf-8")
        figures.unlink(missing_ok=True)
        every = [name, *words, "--as-of", as_of, "--store", self.home / "store", "--config", config, "--quiet"]
        every += [] if name == "promote" else ["--data", self.data(as_of), "--json", figures]
        code = main([str(word) for word in every])
        self.say(f"{name} {as_of}: {code}")
        if code not in expected:
            self.pages.faults.append(f"{name} on {as_of} ended with {code}")
        return code, figures


def year(home: Path, market: HandedMarket, say: Callable[[str], None], months: int = 12) -> Pages:
    """Run a year.

    Parameters
    ----------
    home : Path
        An empty folder.
    market : HandedMarket
    say : callable
        Takes each line of progress.
    months : int
        How many of its months.
    """
    run = Run(home, market, Pages(), say)
    first = date(YEAR, 1, 1)
    run.command("train", "--entity", "account", as_of=first, bands=BANDS)
    run.command("promote", "--entity", "account", "--force", as_of=first, bands=BANDS)
    agreed(run, CalendarMonth(YEAR, 1), date(YEAR - 1, 12, 20), first, BANDS)
    night(run, first, BANDS)
    for number in range(1, months + 1):
        month = CalendarMonth(YEAR, number)
        if month.number % 3 == 0 and number < 12:
            agreed(run, month.moved(1), month.first_day + timedelta(days=19), month.first_day, BANDS)
        moved = month >= CalendarMonth.of(MOVED_ON)
        if month == CalendarMonth.of(MOVED_ON):
            quarter = CalendarMonth(YEAR, 10)
            agreed(run, quarter, MOVED_ON, month.first_day, MOVED, expected=REFUSED)
            run.command("train", "--entity", "account", as_of=MOVED_ON, bands=MOVED)
            run.command("promote", "--entity", "account", "--force", as_of=MOVED_ON, bands=MOVED)
            night(run, MOVED_ON, MOVED)
        looked_back(run, month, MOVED if moved else BANDS)
    return run.pages


def agreed(
    run: Run, first: CalendarMonth, day: date, data: date, bands: tuple[float, ...], expected: int = DONE
) -> None:
    """Agree on a quarter."""
    name = f"{first.year}-Q{(first.number + 2) // 3}"
    last = first.moved(3).first_day - timedelta(days=1)
    file = run.home / f"{name}.toml"
    approved = day if expected == DONE else first.first_day - timedelta(days=11)
    text = AGREEMENT.format(name=name, first=first.first_day, last=last, bands=bands, agreed=approved)
    file.write_text(text, encoding="utf-8")
    run.data(day)
    run.command("agree", file, as_of=day, bands=BANDS, expected=(expected,))
    if expected == REFUSED:
        run.pages.refused.append(f"{name} with grade A from {bands[0]:g} instead of {BANDS[0]:g} on {day}")


def night(run: Run, as_of: date, bands: tuple[float, ...]) -> None:
    """Score everybody."""
    words = ("score", "--entity", "account", "--out", run.home / "scores")
    code, _ = run.command(*words, as_of=as_of, bands=bands, expected=(DONE, REFUSED))
    if code == REFUSED:
        run.pages.nights.append(as_of)


def looked_back(run: Run, month: CalendarMonth, bands: tuple[float, ...]) -> None:
    """Score on the day after a month, and look back at it."""
    as_of = month.end
    night(run, as_of, bands)
    _, handed = run.command("handoffs", "--since", month.first_day, as_of=as_of, bands=bands)
    _, site = run.command(*SITE, "--out", run.home / "site", as_of=as_of, bands=bands)
    answers = {one["grade"]: one["handed"] for one in json.loads(handed.read_text(encoding="utf-8"))["answers"]}
    found = json.loads(site.read_text(encoding="utf-8"))["month"]
    page = unescape((run.home / "site" / "latest" / "month.html").read_text(encoding="utf-8"))
    service = found.get("service", [])
    if {row["grade"]: row["handed"] for row in service} != answers:
        run.pages.faults.append(f"the page of {month} and handoffs do not agree")
    new = [one for one in found.get("alarms", []) if CalendarMonth.of(date.fromisoformat(one["named_on"])) == month]
    run.pages.faults += [f"{month}: not on the page: {one['sentence']}" for one in new if one["sentence"] not in page]
    run.pages.alarms.append((month, new))
    run.pages.service[str(month)] = service
    for one in new:
        run.say(f"  {month} names {one['kind']}: {one['sentence']}")
