"""closedwon on the simulated market, whose truth is known.

    python -m benchmarks.market                                   # seed 7, 6,000 accounts
    python -m benchmarks.market --seed 8 --picture docs/captured.svg

Prints which share of the true revenue the top 5 % of the ranking capture, beside the top 5 % of an oracle (it knows the
hidden state) and of a touch count; the same for accounts without an open deal; how close the probabilities are to the
true ones; which attributes are held back; and how many accounts of the flooded channel are in the top 5 %.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.demo import CAPACITY, HORIZON_DAYS, compared_with_truth, touches_of_accounts, write_crm
from pipelines.disk import write_text
from pipelines.intake.point_in_time import read_export
from pipelines.reports.drawing.numbers import tick
from pipelines.reports.drawing.svg import Axis, Line, named_lines, words_at
from pipelines.reports.notebook.picture import LEFT, RIGHT, TOP, WIDE, framed, placed
from pipelines.serving.scoring_arrays import score_table
from pipelines.training.fitting import fit_scorecard
from scoring.scorecard.scorecard import Scorecard
from scoring.simulator import simulate

Frames = dict[str, pd.DataFrame]
#: The class of each curve in the style sheet, and the colours that differ from the report's.
CLASSES = {"oracle": "oracle", "closedwon": "closedwon", "touch count": "touches"}
INK = """
.line.closedwon{stroke:#0b6e4f;stroke-width:2.5} .name.closedwon{fill:#0b6e4f}
.line.oracle{stroke:#9aa5b1;stroke-width:2.5;stroke-dasharray:5 4} .name.oracle{fill:#9aa5b1}
.line.touches{stroke:#c0392b;stroke-width:2.5;stroke-dasharray:none} .name.touches{fill:#c0392b}
"""
#: The largest share of accounts in the picture; its axes, as (top, step, number of ticks); sizes in pixels.
REACH = 0.30
AXES = ((REACH, 0.05, 7), (1.0, 0.25, 5))
HEIGHT, NAMES = 296.0, 80.0


@dataclass(frozen=True)
class Trial:
    """One market scored: its scores, the truth, touches by account, the scorecard, which accounts are flooded."""

    scores: pd.DataFrame
    truth: pd.DataFrame
    counts: pd.Series
    scorecard: Scorecard
    flooded: pd.Series

    @property
    def top(self) -> pd.Series:
        """The best accounts, as many as the team can work."""
        return self.scores.nsmallest(round(CAPACITY * len(self.scores)), "rank")["account_id"]


def trial(seed: int, accounts: int, changed: Callable[[Frames], Frames] = lambda tables: tables) -> Trial:
    """Simulate a market, train on its export, as `changed` leaves it, and score it."""
    market = simulate(accounts=accounts, seed=seed)
    tables = changed(market.export(market.as_of))
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=HORIZON_DAYS))
    with tempfile.TemporaryDirectory(prefix="closedwon-market-") as folder:
        write_crm(tables, Path(folder))
        export = read_export(Path(folder), config, market.as_of.date(), print)
        scorecard = fit_scorecard(export.tables, "account", export.day, config, keep=export.keep, say=print).scorecard
        now = datetime.now(UTC).replace(tzinfo=None)
        scores = score_table(scorecard, "1", export, since=export.day - 7, scored_at=now, say=print).to_pandas()
    truth = market.truth(market.as_of, HORIZON_DAYS)
    flooded = market.hidden.set_index("account_id")["flooded"]
    return Trial(scores, truth, touches_of_accounts(tables), scorecard, flooded)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.market")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--accounts", type=int, default=6_000)
    parser.add_argument("--picture", type=Path, help="write the curve of captured revenue to this SVG file")
    options = parser.parse_args(arguments)
    done = trial(options.seed, options.accounts)
    figures = compared_with_truth(done.scores, done.truth, done.counts)
    for name in ("captured", "captured_without_deal"):
        print(f"{name:<24}", "  ".join(f"{ranking} {share:.3f}" for ranking, share in figures[name].items()))
    print(f"{'mean predicted / true':<24} {figures['mean_ratio']:.3f}")
    print(f"{'calibration error':<24} {figures['calibration_error']:.4f}")
    print(f"{'held back':<24} {', '.join(item.attribute for item in done.scorecard.quarantined)}")
    among = f"{int(done.flooded.loc[done.top].sum())} of {len(done.top)}"
    print(f"{'flooded in the top 5 %':<24} {among} ({int(done.flooded.sum())} are flooded)")
    if options.picture:
        write_text(options.picture, picture(curves(done.scores, done.truth, done.counts)))


def curves(scores: pd.DataFrame, truth: pd.DataFrame, counts: pd.Series) -> dict[str, np.ndarray]:
    """Share of all true expected revenue captured by working the first n accounts of each ranking, n = 0 to all."""
    frame = scores.merge(truth, on="account_id", suffixes=("", "_true"))
    frame["touches"] = frame["account_id"].map(counts).fillna(0)
    true = frame["expected_revenue_true"]
    orders: dict[str, Any] = {
        "oracle": true,
        "closedwon": frame["expected_revenue"],
        "touch count": frame["touches"],
    }
    return {
        name: np.concatenate([[0.0], true.loc[by.sort_values(ascending=False).index].cumsum() / true.sum()])
        for name, by in orders.items()
    }


def picture(curves: dict[str, np.ndarray]) -> str:
    """The curves as an SVG: share of accounts worked (to 30 %) against share of revenue captured."""
    drawn = [Line(name, CLASSES[name], _points(curve)) for name, curve in curves.items()]
    x, y = (Axis(0.0, top, [(i * step, tick(i * step)) for i in range(ticks)]) for top, step, ticks in AXES)
    title = "Revenue captured by working the top of the list"
    parts = [
        words_at("simulated market with known truth, half a year ahead, open accounts", 0, 40),
        placed(named_lines(drawn, x, y, HEIGHT, title, None), LEFT, TOP + 14, RIGHT + NAMES),
        words_at("of accounts worked", LEFT + (WIDE - LEFT - RIGHT - NAMES) / 2, TOP + HEIGHT + 52, class_="middle"),
    ]
    return framed(parts, TOP + HEIGHT + 60, title, title, INK).svg + "\n"


def _points(curve: np.ndarray) -> list[tuple[float, float]]:
    """About 150 points of a curve at most, up to the largest share in the picture."""
    accounts = len(curve) - 1
    last = round(REACH * accounts)
    return [(i / accounts, float(curve[i])) for i in range(0, last + 1, max(1, last // 150))]


if __name__ == "__main__":
    main()
