"""Is a new channel expected at what it is worth? Early signs, beside the same scorecard without them.

    python -m benchmarks.new_levels --only flood-7 --only good-7          # a part; finished cut-offs are kept
    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.new_levels --write docs/evidence.md

Simulated markets in which something begins in week 104: a flood of accounts that never buy, or a new channel that adds
to the log-odds of fit or takes from them. Others have nothing new: there, early signs must not harm. Each scorecard is
compared with the true expectation (on real data, with what came), as it is and without what early signs added to its
tables, at the level that it would then have. A cut-off takes a minute; `--folder` keeps what it gave.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.calibration import REAL, REAL_DATA, VARIANTS
from benchmarks.forecasts.protocol import export_at, outcomes
from benchmarks.forecasts.rankings import captured
from models.calibration import log_loss
from models.drift import level
from models.hazard import hazard_rows_of
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.evaluation.cutoff import write_whole
from pipelines.intake.point_in_time import read_export
from pipelines.training.fitting import FittedScorecard, fit
from pipelines.training.training_set import build_training_set
from scoring.entity import Entity
from scoring.scorecard.arrays import codes_of
from scoring.simulator import Market, Parameters, simulate
from scoring.timeline import Horizon

BEGIN, END = document.marks("new_levels")
FOLDER = Path(".bench/new_levels")
ACCOUNTS, BEGAN = 3_000, 104
NEW = {
    "flood": (VARIANTS["flood"], "paid_social"),
    "good": (Parameters(flood_share=0.0, new_channel_share=0.5, new_channel_fit=1.5), "podcast"),
    "plain": (Parameters(flood_share=0.0, new_channel_share=0.5), "podcast"),
    "poor": (Parameters(flood_share=0.0, new_channel_share=0.5, new_channel_fit=-2.0), "podcast"),
}
#: What a market is, in words.
WORDS = {
    "flood": "a flood of accounts that never buy",
    "good": "a new channel, better by 1.5 in log-odds of fit",
    "plain": "a new channel like any other",
    "poor": "a new channel, worse by 2.0",
}
STEADY = ("quiet", "season", "stepup", "stepdown")
#: Weeks after the beginning at which new channels are looked at, and the weeks of the cut-offs of the others.
SINCE, WEEKS = (8, 26), (130, 156)
SEEDS = {"flood": (7, 8, 9, 10), "good": (7, 8, 9, 10), "plain": (7, 8), "poor": (7, 8)} | dict.fromkeys(STEADY, (7, 8))


@dataclass(frozen=True)
class Found:
    """One scorecard at one cut-off.

    `loss` is the log loss against the true probabilities (on real data, against what came); `new` the wins expected of
    the new channel; `new_captured` the share of its revenue among the best 5 % of all.
    """

    wins: float
    loss: float
    captured: float
    new: float
    new_captured: float


@dataclass(frozen=True)
class CutOff:
    """One cut-off, with early signs and without them; `units` and `true_new` are of the new channel."""

    market: str
    seed: int
    weeks: int
    units: int
    true_new: float
    true_wins: float
    with_signs: Found
    without: Found


def measured(
    folder: Path,
    entity: Entity,
    as_of: pd.Timestamp,
    days: int,
    true: Callable[[pd.Series], pd.DataFrame],
    channel: str,
) -> tuple[int, float, float, Found, Found]:
    """Train at one cut-off, and compare.

    Parameters
    ----------
    folder : Path
        The export.
    entity : {"account", "lead"}
    as_of : Timestamp
    days : int
        The horizon.
    true : callable
        Gives the `wins` and the `revenue` to compare with, for units.
    channel : str
        The level of `acquisition_channel` that is new; of none if empty.

    Returns
    -------
    tuple
        Units of the channel, its true wins, all true wins, and what was found with and without early signs.
    """
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=days, resamples=0))
    export = read_export(folder, config, as_of.date(), lambda text: None)
    training_set = build_training_set(export.tables, entity, export.day, config, keep=export.keep)
    fitted = fit(training_set, config)
    today = fitted.today
    aim = true(today["unit"])
    wins, revenue = (aim[name].to_numpy(dtype="float64") for name in ("wins", "revenue"))
    new = (today["acquisition_channel"] == channel).to_numpy() if channel else np.zeros(len(today), dtype=bool)
    amount = fitted.scorecard.lookup.score(today)["expected_amount"]

    def found(p: np.ndarray) -> Found:
        return Found(
            float(p.sum()),
            log_loss(wins, np.log(p) - np.log1p(-p)),
            captured(p * amount, revenue),
            float(p[new].sum()),
            captured(p * amount, np.where(new, revenue, 0.0)) if new.any() else 0.0,
        )

    both = probabilities(fitted, config)
    return int(new.sum()), float(wins[new].sum()), float(wins.sum()), *map(found, both)


def probabilities(fitted: FittedScorecard, config: Config) -> tuple[np.ndarray, np.ndarray]:
    """P(win) of those who are open today, with early signs and without them."""
    frame, scorecard, training = fitted.frame, fitted.scorecard, config.training
    rows = hazard_rows_of(
        frame, Horizon(training.horizon_days, training.periods).bounds, max_rows=training.max_rows, seed=training.seed
    )
    log_odds = scorecard.lookup.score(frame)["log_odds"]
    codes = codes_of(fitted.encodings, frame)
    without = log_odds.copy()
    for one in fitted.signs:
        without -= np.where(codes[:, one.column] == one.code, one.effect, 0.0)
    offset = np.asarray(scorecard.period_offsets)[rows.period]
    without += level(rows, without[rows.snapshot] + offset, training.periods, scorecard.wins)
    today = (frame["as_of"] == frame["as_of"].max()).to_numpy()
    return scorecard.lookup.probability(log_odds[today]), scorecard.lookup.probability(without[today])


def simulated(market: str, seed: int, kept: Path) -> Iterator[CutOff]:
    """The cut-offs of a simulated market, those that are kept already among them."""
    parameters, channel = NEW.get(market, (VARIANTS.get(market, Parameters()), ""))
    weeks = [BEGAN + since for since in SINCE] if market in NEW else WEEKS
    made: Market | None = None
    for week in weeks:
        file = kept / f"{market}-{seed}-{week}.json"
        if not file.exists():
            made = made or simulate(accounts=ACCOUNTS, seed=seed, parameters=parameters)
            as_of = made.start + pd.Timedelta(weeks=week)
            truth = made.truth(as_of, HORIZON_DAYS).set_index("account_id")
            truth = truth[["win_probability", "expected_revenue"]].set_axis(["wins", "revenue"], axis=1)
            with tempfile.TemporaryDirectory(prefix="closedwon-new-") as scratch:
                write_crm(made.export(as_of), Path(scratch))
                found = measured(Path(scratch), "account", as_of, HORIZON_DAYS, truth.reindex, channel)
            write_whole(file, asdict(CutOff(market, seed, week, *found)))
        yield read(file)


def real(name: str, kept: Path) -> Iterator[CutOff]:
    """The cut-offs of a real data set, whose outcomes end before its hold-out begins."""
    days, cut_offs, _ = REAL[name]
    for number, day in enumerate(cut_offs):
        file = kept / f"{name}-0-{number}.json"
        if not file.exists():
            root, as_of = Path(os.environ[REAL_DATA], name), pd.Timestamp(day)
            observed = outcomes(root, as_of, days).set_index("lead_id")[["won", "amount"]]
            observed = observed.set_axis(["wins", "revenue"], axis=1).astype("float64")

            def true(units: pd.Series, observed: pd.DataFrame = observed) -> pd.DataFrame:
                return observed.reindex(units).fillna(0.0)

            with tempfile.TemporaryDirectory(prefix="closedwon-new-") as scratch:
                export_at(root, as_of, Path(scratch))
                found = measured(Path(scratch), "lead", as_of, days, true, "")
            write_whole(file, asdict(CutOff(name, 0, number, *found)))
        yield read(file)


def read(file: Path) -> CutOff:
    """A cut-off that was kept."""
    plain = json.loads(file.read_text(encoding="utf-8"))
    one = CutOff(**plain | {name: Found(**plain[name]) for name in ("with_signs", "without")})
    print(f"{file.stem}: new {one.without.new:.2f} to {one.with_signs.new:.2f} of {one.true_new:.2f}", flush=True)
    return one


def lines_of(found: Sequence[CutOff]) -> list[str]:
    """Two tables: what is expected of new channels, and all cut-offs together."""
    new, together = [], []
    for market in dict.fromkeys(one.market for one in found):
        of = [one for one in found if one.market == market]
        for weeks in dict.fromkeys(one.weeks for one in of) if market in NEW else ():
            some = [one for one in of if one.weeks == weeks]
            true = sum(one.true_new for one in some)
            row = [
                WORDS[market],
                str(weeks - BEGAN),
                str(len(some)),
                str(sum(one.units for one in some)),
                f"{true:.1f}",
            ]
            for which in ("without", "with_signs"):
                each = [getattr(one, which).new for one in some]
                worst = max(expected / one.true_new for expected, one in zip(each, some, strict=True))
                row.append(f"{sum(each):.1f} ({sum(each) / true:.2f}; {worst:.2f})")
            row += [
                f"{np.mean([getattr(one, which).new_captured for one in some]):.0%}"
                for which in ("without", "with_signs")
            ]
            new.append(row)
        cells = [market, str(len(of))]
        for figure in (_error, _loss, _captured):
            cells += [figure(of, "without"), figure(of, "with_signs")]
        together.append(cells)
    heads = ["begins in week 104", "weeks after", "seeds", "accounts", "true wins", "without", "with early signs"]
    heads += ["of its revenue in the top 5 %: without", "with"]
    both = [f"{what}: {which}" for what in ("error of wins", "log loss", "captured") for which in ("without", "with")]
    return [
        "Wins expected of the new channel, in brackets over the true ones: of all seeds together; of the worst seed.",
        "",
        *document.table(heads, new, ["---", *["---:"] * 8]),
        "",
        "All units, with and without early signs: mean |log(predicted / true)| of wins, log loss against the true",
        "probabilities (on real data, the outcomes), share of the revenue in the top 5 %:",
        "",
        *document.table(["market", "cut-offs", *both], together, ["---", *["---:"] * 7]),
    ]


def _error(found: Sequence[CutOff], which: str) -> str:
    return f"{np.mean([abs(np.log(getattr(one, which).wins / one.true_wins)) for one in found]):.3f}"


def _loss(found: Sequence[CutOff], which: str) -> str:
    return f"{np.mean([getattr(one, which).loss for one in found]):.4f}"


def _captured(found: Sequence[CutOff], which: str) -> str:
    return f"{np.mean([getattr(one, which).captured for one in found]):.1%}"


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    markets = [f"{name}-{seed}" for name, seeds in SEEDS.items() for seed in seeds]
    markets = [*markets, *(REAL if os.environ.get(REAL_DATA) else ())]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.new_levels")
    parser.add_argument("--only", action="append", choices=markets, help="repeatable; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished cut-offs are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    if not os.environ.get(REAL_DATA):
        print(f"{REAL_DATA} is not set: real data is left out")
    found: list[CutOff] = []
    for market in options.only or markets:
        name, _, seed = market.partition("-")
        found += simulated(name, int(seed), options.folder) if seed else real(name, options.folder)
    lines = lines_of(found)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
