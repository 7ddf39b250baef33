"""What the additive scorecard costs: stronger or other learners, on the same rows and features as the backtest.

    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.other_learners --write docs/evidence.md
    python -m benchmarks.other_learners --only usual-7           # a part; finished cut-offs are kept

At each cut-off closedwon is trained as in the backtest, and the others learn from the snapshots whose whole horizon
is over, with closedwon's features: a logistic regression, LightGBM without and with touch counts, and an EBM whose bags
hold whole entities (InterpretML, in an environment of its own), with and without pairs. All are ranked by probability
times closedwon's amounts. Simulated markets are compared with the truth, real ones with the outcomes.
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks import document
from benchmarks.calibration import REAL, REAL_DATA, cut_offs_of
from benchmarks.peers.environment import python_of
from benchmarks.regularity import captured, log_loss
from models.baselines import UnconstrainedTrees
from pipelines.config import Config
from pipelines.evaluation.baseline_forecasts import forecasts, kinds, labelled
from pipelines.evaluation.cutoff import CutOff, upto_day, with_outcomes, write_whole
from pipelines.training.fitting import FittedScorecard, fit_scorecard
from scoring.features.spec import is_category
from scoring.simulator import Market

BEGIN, END = document.marks("other_learners")
FOLDER, PEERS = Path(".bench/other_learners"), Path(__file__).parent / "peers"
#: The cut-offs of each market. Those of real data end before the published hold-outs begin.
MARKETS = {
    "usual-7": ("2025-03-31", "2025-09-29"),
    "bpi2012": ("2011-12-19", "2012-01-02"),
    "maven": ("2017-06-01",),
}
LEARNERS = {
    "closedwon": "closedwon",
    "logistic": "logistic regression",
    "ebm_additive": "EBM, additive",
    "ebm_pairs": "EBM with pairs",
    "trees": "LightGBM",
    "ceiling": "LightGBM with touch counts",
}


@dataclass(frozen=True)
class Contest:
    """One cut-off: by learner the share of revenue of the best 5 %, AUC, and log loss after its level is right."""

    market: str
    day: str
    captured: dict[str, float]
    captured_without_deal: dict[str, float]
    auc: dict[str, float]
    loss: dict[str, float]


def contest(cut_off: CutOff, market: str, simulated: Market | None, ebm: str) -> Contest:
    """All learners at one cut-off."""
    past = upto_day(cut_off)
    config = replace(cut_off.config, training=replace(cut_off.config.training, resamples=0))
    fitted = fit_scorecard(
        past.tables, cut_off.entity, cut_off.day, config, keep=past.keep, suspected_today=cut_off.later
    )
    observed = with_outcomes(
        forecasts(fitted, past.tables, cut_off.entity, cut_off.day, config, keep=past.keep), cut_off
    )
    observed = observed.set_index("unit")
    units = fitted.today["unit"].astype(str)
    for name, p in learned(fitted, cut_off, config, ebm).items():
        observed[f"p_{name}"] = pd.Series(p, units).reindex(observed.index)
    true, worth = observed["won"].to_numpy(dtype="float64"), observed["amount"].to_numpy()
    if simulated is not None:
        truth = simulated.truth(cut_off.date, cut_off.config.training.horizon_days).set_index("account_id")
        true, worth = truth[["win_probability", "expected_revenue"]].reindex(observed.index).to_numpy().T
    no_deal = ~observed["has_deal"].to_numpy(dtype=bool)
    everyone = np.ones(len(observed), dtype=bool)
    p = {name: observed[f"p_{name}"].to_numpy() for name in LEARNERS}
    value = {name: p[name] * observed["expected_amount"].to_numpy() for name in LEARNERS}
    some = worth[no_deal].any()
    return Contest(
        market,
        cut_off.date,
        {name: captured(value[name], worth, everyone) for name in LEARNERS},
        {name: captured(value[name], worth, no_deal) for name in LEARNERS if some},
        {name: float(roc_auc_score(observed["won"], p[name])) for name in LEARNERS},
        {name: log_loss(levelled(p[name], true.mean()), true, everyone) for name in LEARNERS},
    )


def learned(fitted: FittedScorecard, cut_off: CutOff, config: Config, ebm: str) -> dict[str, np.ndarray]:
    """The probabilities of LightGBM without touch counts and of both EBMs, of the rows of today."""
    past = labelled(fitted, cut_off.day, config)
    trees = UnconstrainedTrees(kinds(fitted.features), seed=config.training.seed)
    found = {"trees": trees.fit(past.frame, past.won, past.weight).probability(fitted.today)}
    names = [feature.name for feature in fitted.features]
    texts = {feature.name: "string" for feature in fitted.features if is_category(feature)}
    with tempfile.TemporaryDirectory(prefix="closedwon-ebm-") as folder:
        files = [str(Path(folder, f"{name}.parquet")) for name in ("past", "today", "out")]
        rows = past.frame[names].astype(texts)
        rows.assign(won=past.won, weight=past.weight, unit=past.frame["unit"].astype(str)).to_parquet(files[0])
        fitted.today[names].astype(texts).to_parquet(files[1])
        subprocess.run([ebm, str(PEERS / "ebm.py"), *files], check=True)
        out = pd.read_parquet(files[2])
    return found | {f"ebm_{name}": out[name].to_numpy() for name in out}


def levelled(p: np.ndarray, mean: float) -> np.ndarray:
    """The probabilities with their odds multiplied so that their mean is right: what is compared is not the level."""
    p = np.clip(p, 1e-9, 1 - 1e-9)
    low, high = -20.0, 20.0
    odds = np.log(p / (1 - p))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-odds - middle))).mean() < mean else (low, middle)
    return np.asarray(1 / (1 + np.exp(-odds - low)))


def studied(market: str, kept: Path, ebm: str) -> Iterator[Contest]:
    """The cut-offs of one market, those that are kept already among them."""
    files = {day: kept / f"{market}-{day}.json" for day in MARKETS[market]}
    if missing := [day for day, file in files.items() if not file.exists()]:
        with cut_offs_of(market, missing) as (cut_offs, simulated):
            for cut_off in cut_offs:
                found = contest(cut_off, market, simulated, ebm)
                write_whole(files[cut_off.date], asdict(found))
                print(found, flush=True)
    for file in files.values():
        yield Contest(**json.loads(file.read_text(encoding="utf-8")))


def lines_of(found: Sequence[Contest]) -> list[str]:
    """A table for the simulated markets and for each set of real data: the mean of each figure."""
    lines = []
    simulated = [one for one in found if one.market not in REAL]
    tables = {"Simulated, by the truth": simulated} if simulated else {}
    for one in found:
        if one.market in REAL:
            tables.setdefault(f"{one.market}, by the outcomes", []).append(one)
    for title, some in tables.items():
        rows = []
        for name, words in LEARNERS.items():
            without = [one.captured_without_deal[name] for one in some if one.captured_without_deal]
            figures = [np.mean([getattr(one, what)[name] for one in some]) for what in ("captured", "auc", "loss")]
            shown = [f"{figures[0]:.1%}", f"{np.mean(without):.1%}" if without else "-", f"{figures[1]:.3f}"]
            rows.append([words, *shown, f"{1000 * figures[2]:.2f}"])
        head = ["learner", "revenue in the best 5 %", "without an open deal", "AUC", "log loss, thousandths"]
        days = ", ".join(f"{one.market} {one.day}" if one.market not in REAL else one.day for one in some)
        lines += [f"{title} ({days}):", ""]
        lines += [*document.table(head, rows, ["---", *["---:"] * 4]), ""]
    return lines[:-1]


def main(arguments: list[str] | None = None) -> None:
    """Run the contest, or a part of it."""
    markets = [market for market in MARKETS if market not in REAL or os.environ.get(REAL_DATA)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.other_learners")
    parser.add_argument("--only", action="append", choices=markets, help="repeatable; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished cut-offs and the EBM are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    if not os.environ.get(REAL_DATA):
        print(f"{REAL_DATA} is not set: real data is left out")
    ebm = python_of(PEERS / "interpret.txt", options.folder.absolute() / "interpret")
    found = [one for market in options.only or markets for one in studied(market, options.folder, ebm)]
    lines = lines_of(found)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
