"""Open deals beside what sales forecasts with today, on simulated markets and on bpi2012, at past cut-offs.

    python -m benchmarks.opportunities                                      # seeds 7 to 10, 4,000 accounts
    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.opportunities --write docs/opportunities.md

Each market is backtested as `closedwon backtest --entity opportunity` does it: trained on what was known at a cut-off
and compared on the deals that were open then. The simulator enters no probability of its own, so each deal
gets what many sellers enter: the usual figure of its stage, moved by how hopeful its seller is. bpi2012 has neither
amounts that were entered, nor close dates, nor probabilities; its steps are mapped as in `mapped_steps`.

Then the slip (whether a deal closes later than the date entered, where that was over by the end of the data) and the
days of the wins: how many lie between `close_early` and `close_late`, which are to hold 80 of 100.
"""

import argparse
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.calibration import REAL
from benchmarks.forecasts.protocol import read_tables
from benchmarks.mapped_steps import mapped
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.evaluation.backtest import backtest
from pipelines.intake.point_in_time import Export, read_export
from pipelines.quality.deal_steps import deal_steps
from scoring.entity import OPPORTUNITY
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import BY_NAME
from scoring.simulator import simulate

BEGIN, END = "<!-- made by `python -m benchmarks.opportunities` -->", "<!-- to here: opportunities -->"
#: What sellers usually enter for a stage, in percent, and how far they differ from one another.
ENTERED, HOPE = {"Discovery": 20.0, "Proposal": 50.0, "Negotiation": 75.0}, 12.0
#: The measures of a ranking: heading, name, and form.
MEASURES = (
    ("AUC of the ranking", "auc", ".3f"),
    ("Brier skill", "brier_skill", "+.3f"),
    ("calibration error", "calibration_error", ".3f"),
    ("predicted / actual", "ratio", ".2f"),
    ("revenue captured", "revenue_captured", ".1%"),
)
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Trial:
    """One market: its evidence, and what came of the close dates at the cut-offs."""

    market: str
    evidence: BacktestEvidence
    closes: pd.DataFrame


def with_probabilities(tables: Frames, seed: int) -> Frames:
    """The tables with the probability that the seller of each deal enters: that of the stage, and a seller's hope."""
    history = tables["opportunity_history"]
    deals = pd.Index(history["opportunity_id"].unique())
    hope = pd.Series(np.random.default_rng(seed).normal(0.0, HOPE, len(deals)), index=deals)
    entered = history["stage"].map(ENTERED) + history["opportunity_id"].map(hope)
    return tables | {"opportunity_history": history.assign(probability=entered.clip(1.0, 99.0).round())}


def simulated(seed: int, accounts: int, cut_offs: int) -> Trial:
    """One simulated market."""
    market = simulate(accounts=accounts, seed=seed)
    tables = with_probabilities(market.export(market.as_of), seed)
    return _trial(f"seed {seed}", tables, HORIZON_DAYS, cut_offs)


def real(root: Path, cut_offs: int) -> Trial:
    """bpi2012, its steps as stages."""
    name = "bpi2012"
    tables = read_tables(root / name)
    horizon = REAL[name][0]
    with tempfile.TemporaryDirectory(prefix="closedwon-steps-") as folder:
        export = _read(tables, Path(folder), Config())
        steps = [one for family in deal_steps(export.tables) for one in family.types]
    return _trial(name, mapped(tables, steps), horizon, cut_offs)


def _read(tables: Frames, folder: Path, config: Config) -> Export:
    write_crm(tables, folder)
    return read_export(folder, config, None, lambda text: None)


def _trial(market: str, tables: Frames, horizon_days: int, cut_offs: int) -> Trial:
    config = Config()
    config = replace(
        config,
        training=replace(config.training, horizon_days=horizon_days, resamples=0),
        backtest=replace(config.backtest, cut_offs=cut_offs, workers=1),
    )
    with tempfile.TemporaryDirectory(prefix="closedwon-deals-") as folder:
        export = _read(tables, Path(folder, "crm"), config)
        evidence = backtest(export, OPPORTUNITY, config, Path(folder, "cut-offs"), say=print)
        frames = [pd.read_parquet(file) for file in sorted(Path(folder, "cut-offs").glob("opportunity/*/*.parquet"))]
        deals = export.tables.opportunities
        closed = deals.select(unit=deals.opportunity_id, closed_day=deals.closed_at.date().epoch_days()).execute()
    both = pd.concat(frames, ignore_index=True).merge(closed, on="unit", how="left")
    return Trial(market, evidence, both.assign(today=export.day))


def slips(closes: pd.DataFrame) -> tuple[float, ...]:
    """Of the close dates that lay ahead and are over: how many, missed, expected to be, Brier skill and calibration."""
    ahead = (closes["entered_close"] >= closes["as_of"]) & (closes["entered_close"] < closes["today"])
    rows = closes[ahead & closes["slip_probability"].notna()]
    if rows.empty:
        return ()
    late = (rows["closed_day"].isna() | (rows["closed_day"] > rows["entered_close"])).to_numpy(dtype="float64")
    p = rows["slip_probability"].to_numpy(dtype="float64")
    skill = 1.0 - ((p - late) ** 2).mean() / ((late.mean() - late) ** 2).mean()
    parts = np.array_split(np.argsort(p, kind="stable"), 10)
    error = sum(len(part) * abs(p[part].mean() - late[part].mean()) for part in parts if len(part)) / len(p)
    return float(len(rows)), float(late.mean()), float(p.mean()), float(skill), float(error)


def within(closes: pd.DataFrame) -> tuple[float, ...]:
    """Of the wins: how many, and the shares before the earliest day, the expected one, and up to the latest."""
    won = closes[closes["won"] == 1]
    day = won["closed_day"].to_numpy(dtype="float64")
    shares = [float((day < won[name].to_numpy()).mean()) for name in ("close_early", "expected_close", "close_late")]
    return (float(len(won)), *shares)


def lines_of(trials: list[Trial]) -> list[str]:
    """The tables: rankings by market, slips, and the days of wins."""
    heads, rows = ["market", "ranking", *(heading for heading, *_ in MEASURES)], []
    for trial in trials:
        comparison = trial.evidence.comparison
        name = f"{trial.market}: {comparison.rows:,} open deals, {comparison.wins:,} won"
        for ranking, found in comparison.rankings.items():
            cells = [found.measures.get(measure) for _, measure, _ in MEASURES]
            rows.append(
                [name, BY_NAME[ranking].title, *(_cell(c, form) for c, (*_, form) in zip(cells, MEASURES, strict=True))]
            )
            name = ""
    lines = document.table(heads, rows, ["---", "---", *["---:"] * len(MEASURES)])
    missed = [(trial.market, slips(trial.closes)) for trial in trials]
    cells = [
        [market, f"{n:,.0f}", f"{rate:.1%}", f"{expected:.1%}", f"{skill:+.3f}", f"{error:.3f}"]
        for market, (n, rate, expected, skill, error) in ((m, f) for m, f in missed if f)
    ]
    heads = ["market", "close dates ahead", "missed", "expected to be", "Brier skill", "calibration error"]
    lines += ["", *document.table(heads, cells, ["---", *["---:"] * 5])]
    heads = ["market", "wins", "before the early day (10 %)", "before the expected (50 %)", "before the late (90 %)"]
    days = [(trial.market, within(trial.closes)) for trial in trials]
    cells = [[market, f"{n:,.0f}", *(f"{share:.0%}" for share in shares)] for market, (n, *shares) in days]
    return [*lines, "", *document.table(heads, cells, ["---", *["---:"] * 4])]


def _cell(measure: object, form: str) -> str:
    value = getattr(measure, "value", None)
    return "-" if value is None else format(value, form)


def main(arguments: list[str] | None = None) -> None:
    """Backtest open deals on all markets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opportunities")
    parser.add_argument("--seed", type=int, action="append", help="repeatable; default: 7 to 10")
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--cut-offs", type=int, default=6)
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    trials = [simulated(seed, options.accounts, options.cut_offs) for seed in options.seed or range(7, 11)]
    root = os.environ.get("CLOSEDWON_REAL_DATA")
    if root:
        trials.append(real(Path(root), options.cut_offs))
    lines = lines_of(trials)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
