"""What facts of deals before are worth, and how good the next win of customers is ranked and calibrated.

    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.repeat_business --write docs/evidence.md

On simulated markets whose customers buy deal after deal (`any`), on the usual ones, whose customers do not
(`new_business`), and on real data at days whose horizons end before its hold-out begins: closedwon as it is, closedwon
without the features of what was bought before, learned from the same snapshots, and LightGBM with touch counts.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.forecasts.protocol import export_at, measures
from benchmarks.forecasts.rankings import captured
from models.outcome import TooFewWins
from pipelines.config import Config, Question
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.evaluation.baseline_forecasts import forecasts
from pipelines.evaluation.cutoff import CutOff, saved, upto_day, with_outcomes
from pipelines.intake.point_in_time import read_export
from pipelines.training.fitting import fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.entity import Entity
from scoring.features.spec import Bought, LastBought
from scoring.question import Win
from scoring.simulator import Market, Parameters, simulate
from scoring.timeline import day_number

BEGIN, END = document.marks("repeat_business")
Frames = dict[str, pd.DataFrame]
#: Week boundaries of a simulated market that are looked at.
WEEKS = (104, 130, 156)
#: Markets whose customers buy again: one in three of the deals, and two in three.
USUAL, AGAIN = Parameters(), Parameters(repeat=3.0, flood_share=0.0)
OFTEN = Parameters(repeat=10.0, loyalty=1.2, flood_share=0.0)


def deals_alone(tables: Frames) -> Frames:
    """The same export without people, activities and stages, as an order book is."""
    plain = {name: tables[name] for name in ("accounts", "opportunities", "account_history")}
    return plain | {"opportunities": plain["opportunities"].drop(columns="lead_id")}


def all_of_it(tables: Frames) -> Frames:
    """The export as it is."""
    return tables


@dataclass(frozen=True)
class Case:
    """A kind of market: what it is like, what is asked of it, and of whom."""

    name: str
    win: Win
    entity: Entity = "account"
    parameters: Parameters = USUAL
    changed: Callable[[Frames], Frames] = all_of_it


CASES = (
    Case("customers buy again", "any", parameters=AGAIN),
    Case("customers buy again: leads", "any", "lead", AGAIN),
    Case("deal after deal", "any", parameters=OFTEN),
    Case("deal after deal, deals alone", "any", parameters=OFTEN, changed=deals_alone),
    Case("usual market", "new_business"),
    Case("usual market: leads", "new_business", "lead"),
)
#: Days of real data whose horizons end before the hold-out begins, and their length.
REAL = {"maven": (("2017-04-01", "2017-05-01", "2017-06-01"), 90), "bpi2012": (("2011-12-01", "2012-01-01"), 30)}
OURS, WITHOUT, LIGHTGBM = "closedwon", "without what was bought before", "LightGBM with touch counts"


def plain(training_set: TrainingSet) -> TrainingSet:
    """The training set without the features of what was bought before."""
    kept = [feature for feature in training_set.features if not isinstance(feature, Bought | LastBought)]
    return replace(training_set, features=kept)


def forecasts_by_fit(cut_off: CutOff) -> dict[str, pd.DataFrame]:
    """The forecasts of each ranking at a cut-off, `p` and `value`, with the outcomes."""
    past = upto_day(cut_off)
    config = replace(cut_off.config, training=replace(cut_off.config.training, resamples=0))
    training_set = build_training_set(past.tables, cut_off.entity, cut_off.day, config, keep=past.keep)
    found = {}
    for name, learned_from in ((OURS, training_set), (WITHOUT, plain(training_set))):
        fitted = fit(learned_from, config)
        forecast = forecasts(fitted, past.tables, cut_off.entity, cut_off.day, config, keep=past.keep)
        forecast = with_outcomes(forecast, cut_off)
        found[name] = forecast.assign(p=forecast["p_closedwon"], value=forecast["value_closedwon"])
        if name == OURS:
            found[LIGHTGBM] = forecast.assign(p=forecast["p_ceiling"], value=forecast["value_ceiling"])
    return found


def measured(name: str, day: str, frames: dict[str, pd.DataFrame], truth: pd.DataFrame | None) -> pd.DataFrame:
    """A row for each ranking at one cut-off."""
    rows = []
    for ranking, frame in frames.items():
        found = measures(frame["won"], frame["p"])
        worth = frame["amount"].to_numpy()
        if truth is not None:
            true = truth.reindex(frame["unit"])
            worth, found["ratio"] = (
                true["expected_revenue"].to_numpy(),
                frame["p"].sum() / true["win_probability"].sum(),
            )
            customers = true["is_customer"].to_numpy()
            if true["win_probability"][customers].sum() > 1:
                found["customers"] = frame["p"][customers].sum() / true["win_probability"][customers].sum()
        found["captured"] = captured(frame["value"].to_numpy(), worth)
        if truth is not None:
            found["captured"] /= captured(worth, worth)
        rows.append({"market": name, "day": day, "ranking": ranking, "wins": int(frame["won"].sum()), **found})
    return pd.DataFrame(rows)


def of_simulated(case: Case, seed: int, size: int) -> Iterator[pd.DataFrame]:
    """The cut-offs of a simulated market."""
    market = simulate(accounts=size, seed=seed, parameters=case.parameters)
    end = (market.start + pd.Timedelta(weeks=market.weeks)).date()
    config = configured(HORIZON_DAYS, case.win)
    with tempfile.TemporaryDirectory(prefix="closedwon-repeat-") as folder:
        write_crm(case.changed(market.export(end)), Path(folder, "crm"))
        export = read_export(Path(folder, "crm"), config, end, lambda text: None)
        tables = saved(export.tables, Path(folder, "tables"))
        for week in WEEKS:
            day = market.start + pd.Timedelta(weeks=week)
            cut_off = CutOff(case.entity, day_number(day.date()), export.day, config, tables, Path(folder))
            truth = None if case.entity == "lead" else true_of(market, day, case.win)
            yield measured(f"{case.name}", f"seed {seed}, week {week}", forecasts_by_fit(cut_off), truth)


def true_of(market: Market, day: pd.Timestamp, win: Win) -> pd.DataFrame:
    """What was true on a day, by account."""
    return market.truth(day, HORIZON_DAYS, win).set_index("account_id")


def configured(horizon_days: int, win: Win) -> Config:
    """The default configuration with a horizon and a question."""
    config = Config(question=Question(win))
    return replace(config, training=replace(config.training, horizon_days=horizon_days))


def of_real(name: str, root: Path) -> Iterator[pd.DataFrame]:
    """The cut-offs of a real set."""
    days, horizon_days = REAL[name]
    config = configured(horizon_days, "new_business")
    for day in map(pd.Timestamp, days):
        end = day + pd.Timedelta(days=horizon_days)
        with tempfile.TemporaryDirectory(prefix="closedwon-repeat-") as folder:
            export_at(root / name, end, Path(folder, "crm"))
            export = read_export(Path(folder, "crm"), config, end.date(), lambda text: None)
            tables = saved(export.tables, Path(folder, "tables"))
            cut_off = CutOff("lead", day_number(day.date()), export.day, config, tables, Path(folder))
            try:
                yield measured(name, str(day.date()), forecasts_by_fit(cut_off), None)
            except TooFewWins as error:
                print(f"{name} {day.date()}: {error}")


def lines(found: pd.DataFrame) -> list[str]:
    """The tables in Markdown: the mean of each market over its cut-offs."""
    rows = []
    for (market, ranking), part in found.groupby(["market", "ranking"], sort=False):
        ratio = np.abs(np.log(part["ratio"]))
        customers = part["customers"].dropna() if "customers" in part else part["ratio"][:0]
        rows.append(
            (
                str(market),
                str(ranking),
                f"{len(part)}",
                f"{part['wins'].sum():,}",
                f"{part['auc'].mean():.3f}",
                f"{part['brier_skill'].mean():.3f}",
                f"{part['log_loss'].mean():.4f}",
                f"{part['ratio'].mean():.2f} ({np.exp(ratio.max()):.2f} at worst)",
                f"{customers.mean():.2f}" if len(customers) else "",
                f"{part['captured'].mean():.3f}",
            )
        )
    head = ("market", "ranking", "days", "wins", "AUC", "Brier skill", "log loss", "expected over true wins")
    head = (*head, "of customers", "captured at 5 %")
    return document.table(head, rows, ("---", "---", *["---:"] * 8))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repeat_business")
    parser.add_argument("--accounts", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8])
    parser.add_argument("--only", nargs="+", help="these markets alone")
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    parts: list[pd.DataFrame] = []

    def add(made: Iterator[pd.DataFrame]) -> None:
        for part in made:
            print(part.to_string(index=False, float_format="%.4f"), flush=True)
            parts.append(part)

    for case in CASES:
        for seed in options.seeds if not options.only or case.name in options.only else ():
            add(of_simulated(case, seed, options.accounts))
    if root := os.environ.get("CLOSEDWON_REAL_DATA"):
        for name in REAL:
            if not options.only or name in options.only:
                add(of_real(name, Path(root)))
    made = lines(pd.concat(parts, ignore_index=True))
    print("\n".join(made))
    if options.write:
        document.update(options.write, BEGIN, END, made)


if __name__ == "__main__":
    main()
