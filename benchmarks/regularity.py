"""Does regularity help? In how many of the last weeks somebody engaged, beside closedwon's own features.

    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.regularity --write docs/evidence.md
    python -m benchmarks.regularity --only usual-7           # a part; finished cut-offs are kept

The markets are those of `benchmarks.calibration`, at cut-offs whose horizons do not overlap. At each cut-off one
training set with all features is made, and a scorecard and a LightGBM without touch counts learn from it without
regularity, with weeks of any engagement, and with weeks of each kind as well. *Captured* is the share of the revenue of
the open accounts, or of those without an open deal, that the best 5 % bring: of the true expectation where it is known
(simulated), else of what came. *Log loss* is in thousandths, the true one where it is known.
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.calibration import REAL, REAL_DATA, SIMULATED, SIZES, VARIANTS, cut_offs_of
from models.baselines import UnconstrainedTrees
from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.config import Features as FeaturesConfig
from pipelines.evaluation.baseline_forecasts import kinds, labelled
from pipelines.evaluation.cutoff import CutOff, upto_day, with_outcomes, write_whole
from pipelines.training.fitting import FittedScorecard, fit
from pipelines.training.training_set import build_training_set
from scoring.engagement import engagement_log
from scoring.features.spec import Feature, Regularity
from scoring.simulator import Market
from scoring.tables import Tables

BEGIN, END = document.marks("regularity")
FOLDER = Path(".bench/regularity")
WEEKS = (4, 8, 13)
#: Share of the open accounts that is worked.
SHARE = 0.05
#: The cut-offs of simulated markets, half a year apart, and of bpi2012, the one real set with activities: those whose
#: horizon ends before the published hold-out begins.
DAYS = {"simulated": SIMULATED[::2], "bpi2012": REAL["bpi2012"][1][:3]}
ARMS = {"plain": "without", "any": "weeks of any engagement", "kinds": "and weeks of each kind"}


@dataclass(frozen=True)
class Measured:
    """One cut-off: by learner and arm, what was captured of all and of those without a deal, and the log losses."""

    market: str
    day: str
    captured: dict[str, float]
    captured_without_deal: dict[str, float]
    loss: dict[str, float]
    loss_without_deal: dict[str, float]


def regularity(tables: Tables) -> tuple[Feature, ...]:
    """Weeks of anybody and of decision makers: of any engagement (4, 8, 13), and of each kind (13)."""
    log = engagement_log(tables)
    assert log is not None
    shown = sorted(log.days.select("kind").distinct().kind.execute())
    found: list[Feature] = []
    for by in ("anyone", "decision_maker"):
        found += [Regularity(name=f"any_weeks_{by}_{weeks}", weeks=weeks, by=by) for weeks in WEEKS]
        found += [
            Regularity(name=f"kind_weeks_{by}_{i}", label=f"weeks of {kind}", weeks=WEEKS[-1], by=by, activity=kind)
            for i, kind in enumerate(shown)
        ]
    return tuple(found)


def in_arm(feature: Feature, arm: str) -> bool:
    """Whether an arm has a feature; `any` has no weeks of single kinds."""
    if not isinstance(feature, Regularity):
        return True
    return arm == "kinds" or (arm == "any" and feature.activity is None)


def measured(cut_off: CutOff, market: str, simulated: Market | None, arms: Sequence[str]) -> Measured | None:
    """Learn at one cut-off with some arms, and compare; None with too few wins to learn from."""
    past = upto_day(cut_off)
    config = replace(
        cut_off.config,
        training=replace(cut_off.config.training, resamples=0),
        features=FeaturesConfig(
            declared=tuple(f for f in regularity(past.tables) if any(in_arm(f, arm) for arm in arms))
        ),
    )
    everything = build_training_set(
        past.tables, cut_off.entity, cut_off.day, config, keep=past.keep, suspected_today=cut_off.later
    )
    values, probabilities = {}, {}
    try:
        for arm in arms:
            fitted = fit(replace(everything, features=[f for f in everything.features if in_arm(f, arm)]), config)
            scores = fitted.scorecard.lookup.score(fitted.today)
            values[f"closedwon {arm}"] = scores["expected_revenue"]
            probabilities[f"closedwon {arm}"] = scores["win_probability"]
            p = lightgbm(fitted, cut_off, config)
            values[f"LightGBM {arm}"], probabilities[f"LightGBM {arm}"] = p * scores["expected_amount"], p
    except TooFewWins as error:
        print(f"{market} {cut_off.date}: {error}")
        return None
    return compared(market, cut_off, fitted, values, probabilities, simulated)


def lightgbm(fitted: FittedScorecard, cut_off: CutOff, config: Config) -> np.ndarray:
    """The probabilities of unconstrained trees on the same features, learned from snapshots whose horizon is over."""
    past = labelled(fitted, cut_off.day, config)
    trees = UnconstrainedTrees(kinds(fitted.features), seed=config.training.seed)
    return trees.fit(past.frame, past.won, past.weight).probability(fitted.today)


def compared(
    market: str,
    cut_off: CutOff,
    fitted: FittedScorecard,
    values: dict[str, np.ndarray],
    probabilities: dict[str, np.ndarray],
    simulated: Market | None,
) -> Measured:
    """What each forecast captured and lost, of all and of those without an open deal."""
    today = fitted.today
    observed = with_outcomes(pd.DataFrame({"unit": today["unit"].astype(str)}), cut_off)
    true, worth = observed["won"].to_numpy(dtype="float64"), observed["amount"].to_numpy()
    if not worth.any():
        worth = true  # wins that are worth nothing, as applications without an amount
    if simulated is not None:
        truth = simulated.truth(cut_off.date, cut_off.config.training.horizon_days).set_index("account_id")
        true, worth = truth[["win_probability", "expected_revenue"]].reindex(observed["unit"]).to_numpy().T
    no_deal = today["open_deal_days"].isna().to_numpy()
    everyone = np.ones(len(today), dtype=bool)
    some = worth[no_deal].any()  # of those without a deal none may be won, as in bpi2012
    return Measured(
        market,
        cut_off.date,
        {name: captured(value, worth, everyone) for name, value in values.items()},
        {name: captured(value, worth, no_deal) for name, value in values.items() if some},
        {name: log_loss(p, true, everyone) for name, p in probabilities.items()},
        {name: log_loss(p, true, no_deal) for name, p in probabilities.items() if some},
    )


def captured(value: np.ndarray, worth: np.ndarray, rows: np.ndarray) -> float:
    """The share of the worth of some rows that their best 5 % by value have."""
    value, worth = value[rows], worth[rows]
    best = np.argsort(-value, kind="stable")[: max(1, round(SHARE * len(value)))]
    return float(worth[best].sum() / worth.sum())


def log_loss(p: np.ndarray, true: np.ndarray, rows: np.ndarray) -> float:
    """The mean log loss of some rows against outcomes or true probabilities."""
    p, true = np.clip(p[rows], 1e-12, 1 - 1e-12), true[rows]
    return float(-(true * np.log(p) + (1 - true) * np.log1p(-p)).mean())


def studied(market: str, kept: Path, arms: Sequence[str] = tuple(ARMS)) -> Iterator[Measured]:
    """The cut-offs of one market, those that are kept already among them."""
    files = {day: kept / f"{market}-{day}.json" for day in DAYS.get(market, DAYS["simulated"])}
    if missing := [day for day, file in files.items() if not file.exists()]:
        with cut_offs_of(market, missing) as (cut_offs, simulated):
            for cut_off in cut_offs:
                if (found := measured(cut_off, market, simulated, arms)) is not None:
                    write_whole(files[cut_off.date], asdict(found))
                    print(f"{market} {cut_off.date}: {found.captured}", flush=True)
    for file in files.values():
        if file.exists():
            yield Measured(**json.loads(file.read_text(encoding="utf-8")))


def lines_of(found: Sequence[Measured]) -> list[str]:
    """The table: each arm less the arm without regularity, with the error of the mean over the cut-offs."""
    rows = []
    for where, some in (
        ("simulated", [one for one in found if one.market not in REAL]),
        ("bpi2012", [one for one in found if one.market in REAL]),
    ):
        for learner in ("closedwon", "LightGBM") if some else ():
            base = [figure(some, learner, what) for what in SHOWN]
            rows.append([f"{where}, {len(some)} cut-offs", learner, ARMS["plain"], *base])
            rows += [
                [where, learner, ARMS[arm], *(difference(some, learner, arm, what) for what in SHOWN)]
                for arm in list(ARMS)[1:]
                if len(values(some, learner, arm, "captured")) > 1
            ]
    head = ["markets", "learner", "regularity", "captured", "without a deal", "log loss", "without a deal"]
    return [
        "The rows *without* give the figures themselves, the others the difference to them: points captured and",
        "thousandths of log loss (below 0 is better), with the standard error of the mean over cut-offs.",
        "",
        *document.table(head, rows, ["---"] * 3 + ["---:"] * 4),
    ]


SHOWN = ("captured", "captured_without_deal", "loss", "loss_without_deal")


def values(found: Sequence[Measured], learner: str, arm: str, what: str) -> np.ndarray:
    """One figure of each cut-off that has it: points captured, or thousandths of log loss."""
    scale = 100 if what.startswith("captured") else 1000
    key = f"{learner} {arm}"
    return scale * np.array([getattr(one, what)[key] for one in found if key in getattr(one, what)])


def figure(found: Sequence[Measured], learner: str, what: str) -> str:
    """The mean of a figure without regularity."""
    mean = values(found, learner, "plain", what)
    return f"{mean.mean():.2f}" if len(mean) else "-"


def difference(found: Sequence[Measured], learner: str, arm: str, what: str) -> str:
    """The mean difference of an arm to the arm without regularity, and its standard error."""
    both = [one for one in found if f"{learner} {arm}" in one.captured]
    by = values(both, learner, arm, what) - values(both, learner, "plain", what)
    return f"{by.mean():+.2f} ± {by.std(ddof=1) / np.sqrt(len(by)):.2f}" if len(by) > 1 else "-"


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    markets = [f"{name}-{seed}" for seed in SIZES for name in VARIANTS]
    markets = [*(["bpi2012"] if os.environ.get(REAL_DATA) else ()), *markets]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regularity")
    parser.add_argument("--only", action="append", choices=markets, help="repeatable; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished cut-offs are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    parser.add_argument("--arm", action="append", choices=ARMS, help="repeatable; default: all")
    options = parser.parse_args(arguments)
    if not os.environ.get(REAL_DATA):
        print(f"{REAL_DATA} is not set: real data is left out")
    arms = options.arm or list(ARMS)
    lines = lines_of([one for market in options.only or markets for one in studied(market, options.folder, arms)])
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
