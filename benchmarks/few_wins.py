"""What few wins teach: the model that training chooses, beside the logistic regression that it had before alone.

    python -m benchmarks.few_wins                                     # simulated markets, an hour on a free core
    python -m benchmarks.few_wins --market season --draws 2           # a part
    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.few_wins --write docs/evidence.md

From a market with hundreds of wins some are drawn, with the same share of all others, and everybody who is open at the
end is ranked by expected revenue. Which share of the revenue lies in the top 5 %: of the true expected revenue of a
simulated market, of the revenue that came in a real one. The expected amounts are the scorecard's for all rankings.

What is finished is kept in `--kept` and not done again: the command can be stopped at any time.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.forecasts.protocol import export_at, outcomes
from benchmarks.forecasts.rankings import captured, earlier, five_features
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.training.fitting import fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.simulator import simulate
from scoring.simulator.parameters import Parameters

BEGIN, END = document.marks("few_wins")
REAL_DATA = "CLOSEDWON_REAL_DATA"
#: The simulated markets: a seed and what each is like.
SIMULATED = {
    "quiet": (21, Parameters(flood_share=0.0)),
    "neglect": (22, Parameters(neglected=("DE",))),
    "season": (23, Parameters(season=0.6)),
    "step": (24, Parameters(step=1.6)),
}
#: Real cut-offs whose outcomes end before the hold-out begins.
REAL = {"bpi2012": (pd.Timestamp("2012-01-01"), 30)}
WINS = (35, 60, 120)


@dataclass(frozen=True)
class Studied:
    """A market: what was known, and what each unit that was open then is worth."""

    name: str
    training_set: TrainingSet
    config: Config
    worth: pd.Series

    def drawn(self, wins: int, draw: int) -> TrainingSet:
        """The training set with so many winners, and the same share of all others."""
        frame = self.training_set.frame
        past = frame[frame["as_of"] < self.training_set.as_of]
        winners = np.unique(past.loc[past["won_period"].notna(), "unit"].to_numpy(dtype=str))
        others = np.setdiff1d(past["unit"].to_numpy(dtype=str), winners)
        rng = np.random.default_rng([wins, draw])
        kept = [
            rng.choice(winners, wins, replace=False),
            rng.choice(others, round(wins / len(winners) * len(others)), replace=False),
        ]
        return self.training_set.of_units(np.concatenate(kept))


@dataclass(frozen=True)
class Drawn:
    """One draw: what each ranking captured, which rung was chosen, and held-out skill with ten wins more."""

    market: str
    wins: int
    draw: int
    chosen: float
    earlier: float
    five: float
    rung: str
    skill: float
    next_ten: float
    expected: float
    observed: float


def markets(names: Sequence[str], accounts: int) -> Iterator[Studied]:
    """The markets that were asked for; real ones only where the variable names their folder."""
    root = os.environ.get(REAL_DATA)
    for name in names:
        with tempfile.TemporaryDirectory(prefix="closedwon-few-") as scratch:
            if name in SIMULATED:
                yield _simulated(name, accounts, Path(scratch))
            elif root is None:
                print(f"{REAL_DATA} is not set: {name} is left out")
            else:
                yield _real(name, Path(root), Path(scratch))


def _simulated(name: str, accounts: int, scratch: Path) -> Studied:
    seed, parameters = SIMULATED[name]
    market = simulate(accounts=accounts, seed=seed, parameters=parameters)
    write_crm(market.export(market.as_of), scratch)
    truth = market.truth(market.as_of, HORIZON_DAYS).set_index("account_id")["expected_revenue"]
    return _studied(name, "account", scratch, market.as_of, HORIZON_DAYS, truth)


def _real(name: str, root: Path, scratch: Path) -> Studied:
    as_of, horizon_days = REAL[name]
    export_at(root / name, as_of, scratch)
    observed = outcomes(root / name, as_of, horizon_days).set_index("lead_id")["amount"]
    return _studied(name, "lead", scratch, as_of, horizon_days, observed)


def _studied(name: str, entity: str, folder: Path, as_of: pd.Timestamp, horizon_days: int, worth: pd.Series) -> Studied:
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=horizon_days, resamples=0))
    export = read_export(folder, config, as_of.date(), lambda text: None)
    kind = "lead" if entity == "lead" else "account"
    training_set = build_training_set(export.tables, kind, export.day, config, keep=export.keep)
    return Studied(name, training_set, config, worth)


def measured(market: Studied, wins: int, draw: int) -> Drawn:
    """Learn from one draw, and measure on everybody who is open at the end."""
    part = market.drawn(wins, draw)
    fitted = fit(part, market.config)
    scores = fitted.scorecard.lookup.score(fitted.today)
    worth = market.worth.reindex(fitted.today["unit"]).fillna(0.0).to_numpy()
    amount = scores["expected_amount"]
    held = fitted.scorecard.held_out
    return Drawn(
        market.name,
        wins,
        draw,
        chosen=captured(scores["expected_revenue"], worth),
        earlier=captured(earlier(fitted, market.config) * amount, worth),
        five=captured(five_features(fitted, market.config) * amount, worth),
        rung=fitted.scorecard.rung,
        skill=0.0 if held is None else held.skill,
        next_ten=fitted.metrics.get("held_out_skill_next_ten", 0.0),
        expected=float(scores["expected_revenue"].sum()),
        observed=float(worth.sum()),
    )


def lines_of(found: Sequence[Drawn]) -> list[str]:
    """The table: a row for each market and number of wins, and for all simulated markets together."""
    frame = pd.DataFrame([asdict(one) for one in found])
    frame["kind"] = np.where(frame["market"].isin(list(SIMULATED)), "all simulated", "")
    together = frame[frame["kind"] != ""].assign(market="all simulated")
    rows = []
    for (market, wins), part in pd.concat([frame, together]).groupby(["market", "wins"], sort=False):
        gain = part["chosen"] - part["earlier"]
        spread = f" ± {100 * gain.std(ddof=1) / np.sqrt(len(part)):.1f}" if len(part) > 1 else ""
        rows.append(
            [
                str(market),
                str(wins),
                str(len(part)),
                *(f"{part[name].mean():.1%}" for name in ("chosen", "earlier", "five")),
                f"{100 * gain.mean():+.1f}{spread}",
                f"{(part['rung'] == 'evidence').mean():.0%}",
                f"{part['skill'].mean():.1%}",
                f"{100 * part['next_ten'].mean():+.1f}",
            ]
        )
    head = ["market", "wins", "draws", "chosen", "logistic regression alone", "five features", "gain, points"]
    head += ["weights of evidence chosen", "held-out skill", "ten more wins, points of skill"]
    return document.table(head, rows, ["---", *["---:"] * 9])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.few_wins")
    parser.add_argument("--market", nargs="+", choices=[*SIMULATED, *REAL], default=[*SIMULATED, *REAL])
    parser.add_argument("--wins", type=int, nargs="+", default=list(WINS))
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--kept", type=Path, default=Path(".bench", "few_wins.jsonl"), help="what is finished")
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    options.kept.parent.mkdir(parents=True, exist_ok=True)
    kept = options.kept.read_text(encoding="utf-8").splitlines() if options.kept.exists() else []
    done = {(one.market, one.wins, one.draw): one for one in (Drawn(**json.loads(line)) for line in kept)}
    wanted = [(name, wins, draw) for draw in range(options.draws) for name in options.market for wins in options.wins]
    open_markets = [name for name in options.market if any(key[0] == name and key not in done for key in wanted)]
    for market in markets(open_markets, options.accounts):
        for key in wanted:
            if key[0] != market.name or key in done:
                continue
            done[key] = measured(market, *key[1:])
            with options.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(done[key])) + "\n")
            print(done[key], flush=True)
    order = {name: index for index, name in enumerate([*SIMULATED, *REAL])}
    found = sorted(
        (done[key] for key in wanted if key in done), key=lambda one: (order[one.market], one.wins, one.draw)
    )
    lines = lines_of(found)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
