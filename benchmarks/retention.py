"""Who leaves, and how long customers stay, beside the truth that the simulator knows.

    python -m benchmarks.retention                             # ten minutes
    python -m benchmarks.retention --write docs/retention.md

For each of several markets and days, `closedwon retention` is made of what was known then: customers are learned from
the table `customers` and the account's features. It is compared with who left in the year after, and with the true
chance of each. Beside it: everybody by the rates of the ages alone, without features.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import document
from pipelines.config import Config
from pipelines.demo import write_crm
from pipelines.intake.point_in_time import PastTables, read_export
from pipelines.planning.retention.customers import customers_of
from pipelines.planning.retention.groups import groups_of
from pipelines.planning.retention.learned import LearnedRetention
from pipelines.planning.retention.report import ahead_of, retention_report, staying_level_error
from scoring.evidence.measures.ranking import auc_of
from scoring.planning.retention.ahead import YEAR
from scoring.planning.retention.staying import stay_table
from scoring.simulator import simulate
from scoring.simulator.customers import SimulatedCustomers, simulated_customers

BEGIN, END = document.marks("retention")
ACCOUNTS, YEARS = 8_000, 5.0
SEEDS, WEEKS = (1, 2, 3, 4, 5), (104, 130, 156)


def measured(seed: int, weeks: tuple[int, ...], accounts: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A row for each day and ranking, and a row for each day and segment."""
    market = simulate(accounts, weeks=max(weeks) + 1, seed=seed)
    truth = simulated_customers(market, seed)
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for week in weeks:
        as_of = market.start + pd.Timedelta(weeks=week)
        with tempfile.TemporaryDirectory() as folder:
            crm = Path(folder) / "crm"
            write_crm(market.export(as_of), crm)
            truth.table(as_of).to_parquet(crm / "customers.parquet")
            export = read_export(crm, Config(), as_of.date(), lambda text: None, with_pandera=False)
            found, segments = one_day(export, truth, as_of)
        rows += [{"seed": seed, "week": week, **row} for row in found]
        parts += [{"seed": seed, "week": week, **row} for row in segments]
    return rows, parts


def one_day(
    export: PastTables, truth: SimulatedCustomers, as_of: pd.Timestamp
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same for one day."""
    config = replace(Config(), sources=replace(Config().sources, segment="industry"))
    report = retention_report(export, "segment", YEARS, config, lambda text: None)
    spells = customers_of(export).spells
    now = spells.where(spells.current)
    names, group = groups_of(export, spells, None, config)
    plain_table = stay_table(spells, names, group, export.day)
    plain = ahead_of(now, group[spells.current], plain_table, LearnedRetention(None), export.day, YEARS)
    left, chance = truth.left(as_of, YEAR), truth.leaves(as_of, YEAR)
    stays = truth.stays(as_of, YEARS * YEAR) / YEAR
    by_report = report.rows.set_index("account_id")
    order = now.unit.astype(str)
    made = {
        "closedwon": (
            by_report["leave_probability"].reindex(order).to_numpy(),
            by_report["expected_years"].reindex(order).to_numpy(),
        ),
        "by age alone": (plain.leaves(YEAR), plain.years()),
        "the truth": (chance.reindex(order).to_numpy(), np.full(len(order), np.nan)),
    }
    observed = left.reindex(order).to_numpy(dtype=float)
    stayed = stays.reindex(order).to_numpy()
    base = plain_table.error, staying_level_error(report.table, report.learned)
    rows = []
    for name, (p, years) in made.items():
        total = (
            report.all
            if name == "closedwon"
            else plain.total(np.arange(len(now)), base[0], plain_table.table.factors, -1, 7)
        )
        rows.append(
            {
                "by": name,
                "customers": len(order),
                "left": observed.sum(),
                "expected": p.sum(),
                "auc": auc_of(p, observed),
                "brier": float(np.mean((p - observed) ** 2)),
                "error": float(np.mean(np.abs(p - chance.reindex(order).to_numpy()))),
                "years": float(np.mean(years)),
                "stayed": float(np.mean(stayed)),
                "holds": total.leaving.low <= observed.sum() <= total.leaving.high,
                "holds_years": total.years.low <= stayed.mean() <= total.years.high,
            }
        )
    segments = []
    industry = by_report["group"].reindex(order).to_numpy()
    for name, total in report.groups.items():
        there = industry == name
        segments.append(
            {
                "segment": name,
                "left": observed[there].sum(),
                "expected": total.leaving.value,
                "holds": total.leaving.low <= observed[there].sum() <= total.leaving.high,
                "years": total.years.value,
                "stayed": stayed[there].mean(),
                "holds_years": total.years.low <= stayed[there].mean() <= total.years.high,
                "n": int(there.sum()),
            }
        )
    return rows, segments


def lines(rows: pd.DataFrame, parts: pd.DataFrame) -> list[str]:
    """Both tables in Markdown."""
    found = [
        "| customers | AUC | Brier score | mean distance to the true chance | expected to leave | left "
        "| years expected | stayed |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, of in rows.groupby("by", sort=False):
        years = "-" if of["years"].isna().all() else f"{of['years'].mean():.2f}"
        found.append(
            f"| {name} | {of['auc'].mean():.3f} | {of['brier'].mean():.4f} | {of['error'].mean():.3f} | "
            f"{of['expected'].sum():,.0f} | {of['left'].sum():,.0f} | {years} | {of['stayed'].mean():.2f} |"
        )
    found += [
        "",
        "| segment | expected to leave | left | 80 % interval held | years expected | stayed | 80 % interval held |",
    ]
    found.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    own = rows[rows["by"] == "closedwon"]
    for name, of in [("all", own), *parts.groupby("segment")]:
        mean = (of["years"].mean(), of["stayed"].mean())
        found.append(
            f"| {name} | {of['expected'].sum():,.0f} | {of['left'].sum():,.0f} | {of['holds'].sum()} of {len(of)} | "
            f"{mean[0]:.2f} | {mean[1]:.2f} | {of['holds_years'].sum()} of {len(of)} |"
        )
    held = f"{parts['holds'].mean():.0%} (leaving) and {parts['holds_years'].mean():.0%} (years)"
    return [*found, "", f"Over all {len(parts)} segments and days the 80 % intervals held in {held}."]


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--weeks", type=int, nargs="+", default=list(WEEKS))
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for seed in asked.seeds:
        some, more = measured(seed, tuple(asked.weeks), asked.accounts)
        rows, parts = rows + some, parts + more
        print(pd.DataFrame(some).round(3).to_string(), flush=True)
    found = lines(pd.DataFrame(rows), pd.DataFrame(parts))
    print("\n".join(found))
    if asked.write is not None:
        document.update(asked.write, BEGIN, END, found)


if __name__ == "__main__":
    main()
