"""The simulated market given as canonical tables and as the raw exports of CRMs, mapped by `closedwon init`.

    python -m benchmarks.raw_layouts                        # seed 7, 6,000 accounts
    python -m benchmarks.raw_layouts --accounts 2000 --layout salesforce

For each layout: the wins that are learned from, the sizes of the tables, and the revenue that the top 5 % capture,
beside those of the canonical tables. No file is edited between `init` and the training.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from benchmarks.raw_markets import salesforce
from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.demo import HORIZON_DAYS, compared_with_truth, touches, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.sources.raw.init import init
from pipelines.training.fitting import fit_scorecard
from scoring.simulator import Market, simulate

#: How each layout writes a market, by the name of the layout.
WRITERS: Mapping[str, tuple[str, Callable[[Mapping[str, pd.DataFrame], Path], None]]] = {
    "salesforce": ("WE_00D000000000001_1.ZIP", salesforce.write),
}


@dataclass(frozen=True)
class Result:
    """What came of a market in one layout: wins, rows by table, the revenue that the top captures."""

    wins: int
    rows: Mapping[str, int]
    captured: float


def measured(market: Market, data: Path, config: Config) -> Result:
    """Train on an export and compare its scores with the truth; accounts are found by the number in their id."""
    config = replace(config, training=replace(config.training, horizon_days=HORIZON_DAYS))
    export = read_export(data, config, market.as_of.date(), print)
    fitted = fit_scorecard(export.tables, "account", export.day, config, keep=export.keep, say=print)
    now = datetime.now(UTC).replace(tzinfo=None)
    scores = score_table(fitted.scorecard, "1", export, since=export.day - 7, scored_at=now, say=print).to_pandas()
    number = scores["account_id"].str.removesuffix("AAA").str.extract(r"(\d{7})$", expand=False)
    scores["account_id"] = "A" + number
    truth = market.truth(market.as_of, HORIZON_DAYS)
    figures = compared_with_truth(scores, truth, touches(market.export(market.as_of)))
    rows = {name: count.accepted for name, count in export.intake.counts.items()}
    return Result(int(fitted.scorecard.wins), rows, float(figures["captured"]["closedwon"]))


def main(arguments: list[str] | None = None) -> None:
    """Print a line a layout."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raw_layouts")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--accounts", type=int, default=6_000)
    parser.add_argument("--layout", action="append", choices=sorted(WRITERS))
    options = parser.parse_args(arguments)
    market = simulate(accounts=options.accounts, seed=options.seed)
    found = {}
    with tempfile.TemporaryDirectory(prefix="closedwon-raw-") as above:
        folder = Path(above)
        write_crm(market.export(market.as_of), folder / "canonical")
        found["canonical"] = measured(market, folder / "canonical", Config())
        for layout in options.layout or WRITERS:
            name, write = WRITERS[layout]
            (folder / layout).mkdir()
            write(market.export(market.as_of), folder / layout / name)
            init(folder / layout, folder / f"{layout}_mapped", say=print)
            mapped = folder / f"{layout}_mapped"
            found[layout] = measured(market, mapped / "crm.sql", read_config(mapped / "closedwon.toml"))
    for layout, result in found.items():
        print(f"{layout:<20} {result.wins:,} wins  captured {result.captured:.3f}")
        print(f"{'':<20} {', '.join(f'{table} {rows:,}' for table, rows in result.rows.items())}")


if __name__ == "__main__":
    main()
