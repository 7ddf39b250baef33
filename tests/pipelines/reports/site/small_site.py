"""The site of a small market, whose plan and calls are written out: no champion is trained for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.alignment.agreed import Agreed, keep
from pipelines.alignment.agreement_file import read_agreement
from pipelines.reports.site.inputs import Asked, Goal, SiteInputs
from pipelines.store.store import Store
from scoring.planning.adaptive import PastForecast, corrected
from scoring.planning.plan import PastDays
from tests.pipelines.alignment.example_agreement import TEXT, written
from tests.pipelines.calls.example_lists import LISTS
from tests.pipelines.monthly.small_market import CONFIG, read
from tests.pipelines.planning.test_text import PLAN

#: The plan of a day before which one was looked back at: 42 wins came, where 30 to 50 were the limits of 80 %.
WINS = PastForecast(20_000, 40.0, 42.0, ((35.0, 45.0), (30.0, 50.0), (20.0, 60.0)), 0.3)
REVENUE = PastForecast(20_000, 8e5, 9.1e5, ((7e5, 8.5e5), (6e5, 9e5), (4e5, 1.2e6)), 0.15)
PAST = PastDays((WINS,), (REVENUE,), corrected([WINS], 90), corrected([REVENUE], 90), "past nights")


@contextmanager
def opened(folder: Path) -> Iterator[SiteInputs]:
    """What the site is made from before anything is trained or agreed; its store is made where it is missing."""
    export = read(folder / "crm")
    with Store.open(folder / "store") as store:
        yield SiteInputs(export, store, CONFIG, Asked(), lambda _: None)


def planned(bare: SiteInputs) -> SiteInputs:
    """The same with two agreements, and with a plan that is written out."""
    folder = bare.store.path
    first = TEXT.replace("2027-Q1", "2025-H2").replace("2027-01-01", "2025-07-01")
    first = first.replace("2027-03-31", "2025-12-31").replace("employees", "staff")
    for text, name, day in ((first, "2025-H2", date(2025, 6, 1)), (NOW, "2026-Q1", date(2026, 1, 2))):
        keep(folder, Agreed.of(read_agreement(written(folder, text, name)), day))
    inputs, plan = replace(bare), replace(PLAN, past=PAST)
    goal = Goal(plan.until, plan.target, "2026-Q1", 1_212_000.0, 12_000.0, date(2026, 1, 1))
    vars(inputs).update(plan=plan, goal=goal, calls=LISTS)
    return inputs


NOW = (
    TEXT.replace("2027-Q1", "2026-Q1")
    .replace("2027-01-01", "2026-01-01")
    .replace("2027-03-31", "2026-03-31")
    .replace("1_200_000", "1_212_000")
    .replace("employees = { at_least = 200 }\n", "")
    .replace('country = ["DE", "US"]', 'segment = ["Software"]')
)
