"""closedwon on the simulated market, whose truth is known.

    python -m benchmarks.market                                   # seed 7, 6,000 accounts
    python -m benchmarks.market --seed 8 --picture docs/captured.svg

Prints the revenue truly captured by the top 5 % of the ranking beside an oracle's (it knows the hidden state) and
a touch count's, the same among accounts without an open deal, how well probabilities match the
true ones, what was quarantined, and how many accounts of the flooded channel are in the top 5 %.
"""

import argparse
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.demo import CAPACITY, HORIZON_DAYS, judged, touches, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.serving.scoring_run import score_table
from pipelines.training.fitting import fit_scorecard
from scoring.simulator import simulate

INK = {"oracle": "#9aa5b1", "closedwon": "#0b6e4f", "touch count": "#c0392b"}


@dataclass(frozen=True)
class Trial:
    """One market scored: the account scores, the truth, touches by account, the card, which accounts are flooded."""

    scores: pd.DataFrame
    truth: pd.DataFrame
    counts: pd.Series
    card: dict[str, Any]
    flooded: pd.Series

    @property
    def top(self) -> pd.Series:
        """The accounts that the team can work."""
        return self.scores.nsmallest(round(CAPACITY * len(self.scores)), "rank")["account_id"]


def trial(seed: int, accounts: int) -> Trial:
    """Simulate a market, train on what was known, score it."""
    market = simulate(accounts=accounts, seed=seed)
    tables = market.export(market.as_of)
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=HORIZON_DAYS))
    with tempfile.TemporaryDirectory(prefix="closedwon-market-") as folder:
        write_crm(tables, Path(folder))
        export = read_export(Path(folder), config, market.as_of.date(), print)
        card = fit_scorecard(export.tables, "account", export.day, config, keep=export.keep, say=print).card
        now = datetime.now(UTC).replace(tzinfo=None)
        scores = score_table(card, "1", export, since=export.day - 7, scored_at=now, say=print).to_pandas()
    truth = market.truth(market.as_of, HORIZON_DAYS)
    flooded = market.hidden.set_index("account_id")["flooded"]
    return Trial(scores, truth, touches(tables), card, flooded)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.market")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--accounts", type=int, default=6_000)
    parser.add_argument("--picture", type=Path, help="write the curve of captured revenue to this SVG file")
    options = parser.parse_args(arguments)
    done = trial(options.seed, options.accounts)
    figures = judged(done.scores, done.truth, done.counts)
    for name in ("captured", "captured_without_deal"):
        print(f"{name:<24}", "  ".join(f"{ranking} {share:.3f}" for ranking, share in figures[name].items()))
    print(f"{'mean predicted / true':<24} {figures['mean_ratio']:.3f}")
    print(f"{'calibration error':<24} {figures['calibration_error']:.4f}")
    print(f"{'quarantined':<24} {', '.join(item['attribute'] for item in done.card['quarantined'])}")
    among = f"{int(done.flooded.loc[done.top].sum())} of {len(done.top)}"
    print(f"{'flooded in the top 5 %':<24} {among} ({int(done.flooded.sum())} are flooded)")
    if options.picture:
        options.picture.write_text(picture(curves(done.scores, done.truth, done.counts)), encoding="utf-8")


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


def picture(lines: dict[str, np.ndarray]) -> str:
    """The curves as an SVG: share of accounts worked (to 30 %) against share of revenue captured."""
    width, height, left, top, reach = 720, 400, 60, 56, 0.30

    def x(share: float) -> float:
        return left + share / reach * (width - left - 110)

    def y(share: float) -> float:
        return height - 48 - share * (height - 48 - top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{left}" y="26" font-size="16" fill="#222">Revenue captured by working the top of the list</text>',
        f'<text x="{left}" y="44" fill="#667">'
        "simulated market with known truth, half a year ahead, open accounts</text>",
    ]
    for step in range(0, 101, 25):
        parts.append(f'<line x1="{left}" x2="{x(reach)}" y1="{y(step / 100)}" y2="{y(step / 100)}" stroke="#e3e7eb"/>')
        parts.append(f'<text x="{left - 8}" y="{y(step / 100) + 4}" text-anchor="end" fill="#667">{step} %</text>')
    parts += [
        f'<text x="{x(step / 100)}" y="{height - 28}" text-anchor="middle" fill="#667">{step} %</text>'
        for step in range(0, 31, 5)
    ]
    middle = f'<text x="{x(reach / 2)}" y="{height - 8}" text-anchor="middle" fill="#667">'
    parts.append(f"{middle}of accounts worked</text>")
    for name, line in lines.items():
        last = round(reach * (len(line) - 1))
        shown = range(0, last + 1, max(1, last // 150))
        points = " ".join(f"{x(i / (len(line) - 1)):.1f},{y(line[i]):.1f}" for i in shown)
        dash = ' stroke-dasharray="5 4"' if name == "oracle" else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{INK[name]}" stroke-width="2.5"{dash}/>')
        lift = -10 if name == "oracle" else 8
        parts.append(f'<text x="{x(reach) + 8}" y="{y(line[last]) + lift}" fill="{INK[name]}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
