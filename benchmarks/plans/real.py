"""The plans of past days of real data, beside what came: see `plan_coverage`.

Here each day has one future, and days whose periods overlap share what came. Periods end where the leads of the data
end. On olist open deals give the answer away (they were recorded when they were won, and dated back), so that no rule
by stage is shown.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.forecasts.protocol import export_at, known_at, read_tables
from benchmarks.plan_coverage import WHAT, Measured, Plan, compared
from benchmarks.plans.figures import PERCENT, last_year, stage_weighted
from benchmarks.plans.planned import plans
from pipelines.evaluation.cutoff import write_whole

REAL_DATA = "CLOSEDWON_REAL_DATA"
#: Days of the periods; the horizon of the scorecard; the first and the last day of a plan, and the days between two.
SETS: dict[str, tuple[tuple[int, ...], int, str, str, int]] = {
    "bpi2012": ((14, 30), 30, "2011-11-28", "2012-01-30", 7),
    "olist": ((30, 90), 90, "2018-01-30", "2018-05-01", 7),
}
LEADS_END = {"bpi2012": "2012-02-29", "olist": "2018-05-31"}


def measured(folder: Path, name: str, as_of: pd.Timestamp, plan: Plan) -> Iterator[Measured]:
    """The periods that begin on one day."""
    days = [length for length in SETS[name][0] if as_of + pd.Timedelta(days=length) <= pd.Timestamp(LEADS_END[name])]
    tables = read_tables(folder)
    with tempfile.TemporaryDirectory(prefix="closedwon-plan-coverage-") as scratch:
        export_at(folder, as_of, Path(scratch))
        planned = plan(Path(scratch), as_of, days)
    known, deals = known_at(tables, as_of), tables["opportunities"]
    before = set(known["leads"]["lead_id"])
    for length in days:
        end = as_of + pd.Timedelta(days=length)
        won = deals[deals["status"].eq("won") & deals["closed_at"].ge(as_of) & deals["closed_at"].lt(end)]
        total = {
            "wins": np.array([won["lead_id"].nunique()], dtype="float64"),
            "revenue": np.array([won["amount"].sum()]),
            "known": np.array([won.loc[won["lead_id"].isin(before), "lead_id"].nunique()], dtype="float64"),
        }
        rules = {"last year": last_year(known, as_of, length)}
        if name != "olist":
            rules["stages"] = stage_weighted(known, as_of, length)
        yield compared(f"{name} {as_of.date()}", length, planned[length], total, rules)


def studied(kept: Path) -> list[Measured]:
    """All periods of all sets; those of a day are kept, and read where they were kept before."""
    found = []
    for name, (_, horizon, first, last, every) in SETS.items():
        plan = partial(plans, entity="lead", horizon=horizon)
        for as_of in pd.date_range(first, last, freq=f"{every}D"):
            file = kept / f"{name}-{as_of.date()}.json"
            if not file.exists():
                rows = list(measured(Path(os.environ[REAL_DATA], name), name, as_of, plan))
                write_whole(file, {"periods": [asdict(one) for one in rows]})
            found += [Measured(**one) for one in json.loads(file.read_text(encoding="utf-8"))["periods"]]
            print(
                f"{name} {as_of.date()}: {found[-1].expected['wins']:.1f} of {found[-1].true['wins']:.0f}", flush=True
            )
    return found


def lines_of(found: Sequence[Measured]) -> list[str]:
    """The tables of coverage and of CRPS, by set and length."""
    kinds = list(dict.fromkeys((one.history.split()[0], one.days) for one in found))
    coverage, scores = list[list[str]](), list[list[str]]()
    for name, days in kinds:
        rows = [one for one in found if one.history.split()[0] == name and one.days == days]
        shares = [100 * np.mean([one.held[what][i] for one in rows]) for what in WHAT for i in range(len(PERCENT))]
        coverage.append([f"{name}, {days} days", str(len(rows)), *(f"{share:.0f}" for share in shares)])
        for what in WHAT:
            total = sum(one.true[what] for one in rows)
            cells = [
                f"{100 * sum(one.score[what][rule] for one in rows) / total:.1f}"
                if rule in rows[0].score[what]
                else "-"
                for rule in ("plan", "last year", "stages")
            ]
            expected = sum(one.expected[what] for one in rows) / total
            scores.append([f"{name}, {what}, {days} days", *cells, f"{expected:.2f}"])
    intervals = [f"{what} {percent}" for what in WHAT for percent in PERCENT]
    numbers = ["---", *["---:"] * 7]
    return [
        "Real data, one future a day: how many of 100 days the intervals held, and CRPS in % of the outcomes:",
        "",
        *document.table(["set and period", "days", *intervals], coverage, numbers),
        "",
        *document.table(
            ["set and period", "plan", "last year's or the period before", "open deals", "expected / actual"],
            scores,
            numbers[:5],
        ),
    ]
