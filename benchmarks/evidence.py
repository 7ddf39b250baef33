"""The backtest on the simulated market and on real data: the tables of docs/evidence.md.

    python -m benchmarks.evidence                                     # the simulated market
    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.evidence --write docs/evidence.md

Prints a table for each market, how long the backtest took, and the peak memory of its largest process. With
`--write`, the tables replace what stands between the marks in that file.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import document
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.evaluation.backtest import capacities, cut_off_days, prepared_cut_offs, stated_totals
from pipelines.evaluation.parallel import backtest_all
from pipelines.evaluation.text_tables import rows, totals_lines
from pipelines.intake.point_in_time import read_export
from scoring.entity import Entity
from scoring.evidence.baselines import COMPARED
from scoring.evidence.comparison import compare
from scoring.evidence.comparison_result import Comparison
from scoring.evidence.measures.totals import StatedTotals
from scoring.simulator import simulate

BEGIN, END = document.marks("evidence")
REAL_DATA = "CLOSEDWON_REAL_DATA"
#: Days between the cut-offs of one market and of the next, so that none is mistaken for another's.
APART = 100_000


@dataclass(frozen=True)
class Market:
    """What is backtested: a folder, and the days of its cut-offs."""

    title: str
    folder: Path
    entity: Entity
    as_of: date
    horizon_days: int
    cut_offs: int
    every_days: int

    @property
    def config(self) -> Config:
        """The defaults, with this horizon and these cut-offs."""
        plain = Config()
        return replace(
            plain,
            training=replace(plain.training, horizon_days=self.horizon_days),
            backtest=replace(plain.backtest, cut_offs=self.cut_offs, every_days=self.every_days),
        )


@dataclass(frozen=True)
class StudyBacktest:
    """A market with its forecasts and how many could be worked at each cut-off.

    `stated` are the totals with the intervals that the scorecards state themselves; of several markets there are none,
    since they do not err together.
    """

    market: Market
    frame: pd.DataFrame
    capacity: dict[int, float]
    stated: StatedTotals | None = None

    def compared(self) -> Comparison:
        """The comparison of all rankings on these forecasts."""
        present = [name for name in COMPARED if f"value_{name}" in self.frame]
        config = self.market.config
        drawn: dict[str, Any] = {"replicates": config.backtest.replicates, "seed": config.training.seed}
        return compare(self.frame, present, capacity=self.capacity, **drawn)

    def lines(self) -> list[str]:
        """The comparison in Markdown."""
        comparison, market = self.compared(), self.market
        head, *body = rows(comparison)
        return [
            f"### {market.title}",
            "",
            f"{market.entity.capitalize()}s, {market.horizon_days} days ahead, {comparison.cut_offs} cut-offs, "
            f"working the best {comparison.share:.0%} of those open at each: {comparison.rows:,} forecasts, "
            f"{comparison.wins:,} wins.",
            "",
            *document.table(head, body),
            "",
            *([] if self.stated is None else [f"closedwon {totals_lines(self.stated)[0]}.", ""]),
        ]


def simulated(scratch: Path, accounts: int, seed: int) -> Market:
    """A market of the simulator, as an export."""
    market, folder = simulate(accounts=accounts, seed=seed), scratch / f"crm-{seed}"
    write_crm(market.export(market.as_of), folder)
    title = f"The simulated market ({accounts:,} accounts, seed {seed})"
    return Market(title, folder, "account", market.as_of.date(), HORIZON_DAYS, 6, 30)


def real() -> list[Market]:
    """The markets of real data; none if the variable is not set."""
    folder = os.environ.get(REAL_DATA)
    if folder is None:
        print(f"{REAL_DATA} is not set: real data is left out")
        return []
    return [
        Market("bpi2012, a bank's loan applications", Path(folder, "bpi2012"), "lead", date(2012, 3, 3), 30, 4, 14),
        Market("olist, leads of a marketplace", Path(folder, "olist"), "lead", date(2018, 6, 30), 90, 4, 30),
    ]


def backtested(market: Market, scratch: Path) -> StudyBacktest:
    """Backtest one market, and print how long it took."""
    began, config = time.perf_counter(), market.config
    export = read_export(market.folder, config, market.as_of, print)
    days = cut_off_days(export, market.entity, config, market.cut_offs, print)
    with prepared_cut_offs(export, market.entity, config, scratch / "cut-offs", days) as cut_offs:
        finished = backtest_all(cut_offs, config, print)
        frame = pd.concat([cut_off.forecast() for cut_off, _ in finished], ignore_index=True)
    stated = stated_totals(frame, {cut_off.day: scorecard for cut_off, scorecard in finished})
    found = StudyBacktest(market, frame, capacities(frame, market.entity, config), stated)
    found.compared()  # its time is part of a backtest's
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = time.perf_counter() - began
    print(f"{market.title}: {seconds:.0f} s for {len(days)} cut-offs, peak memory of a process {peak / 1e6:.1f} GB")
    return found


def pooled(several: Sequence[StudyBacktest], title: str) -> StudyBacktest:
    """Several markets as one; the cut-offs and accounts of different markets stay different."""
    frames, capacity = [], {}
    for i, one in enumerate(several):
        names = {name: f"{i} " + one.frame[name] for name in ("unit", "account")}
        frames.append(one.frame.assign(**names, as_of=one.frame["as_of"] + i * APART))
        capacity |= {day + i * APART: most for day, most in one.capacity.items()}
    market = replace(several[0].market, title=title)
    return StudyBacktest(market, pd.concat(frames, ignore_index=True), capacity)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence")
    parser.add_argument("--accounts", type=int, default=6_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="closedwon-evidence-") as folder:
        scratch = Path(folder)
        several = [backtested(simulated(scratch, options.accounts, seed), scratch) for seed in options.seeds]
        title = f"{len(several)} simulated markets together (seeds {', '.join(map(str, options.seeds))})"
        together = [pooled(several, title)] if len(several) > 1 else []
        # The first market, all of them together, and what is real.
        shown = [several[0], *together, *(backtested(market, scratch) for market in real())]
        lines = [line for one in shown for line in one.lines()]
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines[:-1])  # the last line is blank


if __name__ == "__main__":
    main()
