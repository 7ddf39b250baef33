"""The simulated market given as canonical tables and as the raw exports of CRMs, mapped by `closedwon init`.

    python -m benchmarks.raw_layouts --write docs/evidence.md     # seeds 7, 8 and 9, 2,000 accounts
    python -m benchmarks.raw_layouts --accounts 1000 --seeds 7 --layout salesforce --cells

For each layout: the wins that are learned from and the revenue that the top 5 % capture,
beside those of the canonical tables; a layout that cannot hold all of a market, such as page views, is compared with
canonical tables without the rest. No file is edited between `init` and the training. One market is noise of a few
points, so the difference is the mean over several, with its standard error. `--cells` says which rows and cells differ.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import document
from benchmarks.raw_markets.differences import differences, market_number
from benchmarks.raw_markets.writers import WRITERS
from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.demo import HORIZON_DAYS, compared_with_truth, touches_of_accounts, write_crm
from pipelines.intake.point_in_time import Export, read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.sources.raw.init import init
from pipelines.training.fitting import fit_scorecard
from scoring.simulator import Market, simulate

BEGIN, END = document.marks("raw_layouts")
SEEDS = (7, 8, 9)
HEAD = ("layout", "markets", "wins", "wins, mapped", "captured", "captured, mapped", "difference", "standard error")


@dataclass(frozen=True)
class Result:
    """What came of a market in one layout: wins, and the revenue that the top captures."""

    wins: int
    captured: float


@dataclass(frozen=True)
class Pair:
    """What came of one market as canonical tables with what a layout can hold, and in that layout."""

    layout: str
    seed: int
    own: Result
    came: Result


def read(market: Market, data: Path, config: Config) -> Export:
    """An export as known at the cut of its market."""
    return read_export(data, config, market.as_of.date(), print)


def measured(market: Market, data: Path, config: Config) -> Result:
    """Train on an export and compare its scores with the truth; accounts are found by the number in their id."""
    config = replace(config, training=replace(config.training, horizon_days=HORIZON_DAYS))
    export = read(market, data, config)
    fitted = fit_scorecard(export.tables, "account", export.day, config, keep=export.keep, say=print)
    now = datetime.now(UTC).replace(tzinfo=None)
    scores = score_table(fitted.scorecard, "1", export, since=export.day - 7, scored_at=now, say=print).to_pandas()
    scores["account_id"] = scores["account_id"].map(lambda found: f"A{market_number(found):07d}")
    truth = market.truth(market.as_of, HORIZON_DAYS)
    figures = compared_with_truth(scores, truth, touches_of_accounts(market.export(market.as_of)))
    return Result(int(fitted.scorecard.wins), float(figures["captured"]["closedwon"]))


def pairs(market: Market, seed: int, wanted: Sequence[str], cells: bool) -> Iterator[Pair]:
    """What comes of a market in each layout; with `cells` only what differs is printed."""
    tables = market.export(market.as_of)
    own: dict[Callable[..., object] | None, Result] = {}
    with tempfile.TemporaryDirectory(prefix="closedwon-raw-") as above:
        for layout in wanted:
            writer, folder = WRITERS[layout], Path(above) / layout
            write_crm(dict(tables) if writer.kept is None else writer.kept(tables), folder / "canonical")
            (folder / "raw").mkdir()
            writer.write(tables, folder / "raw" / writer.path)
            init(folder / "raw", folder / "mapped", time_zone=writer.time_zone, say=print)
            mapping, config = folder / "mapped" / "crm.sql", read_config(folder / "mapped" / "closedwon.toml")
            if cells:
                given = read(market, folder / "canonical", Config()).tables
                print("\n".join([layout, *differences(given, read(market, mapping, config).tables)]), flush=True)
                continue
            if writer.kept not in own:
                own[writer.kept] = measured(market, folder / "canonical", Config())
            yield Pair(layout, seed, own[writer.kept], measured(market, mapping, config))


def lines(found: Sequence[Pair]) -> list[str]:
    """The lines of the table."""
    rows = []
    for layout in dict.fromkeys(pair.layout for pair in found):
        own = [pair.own for pair in found if pair.layout == layout]
        came = [pair.came for pair in found if pair.layout == layout]
        apart = np.array([after.captured - before.captured for before, after in zip(own, came, strict=True)])
        error = apart.std(ddof=1) / np.sqrt(len(apart)) if len(apart) > 1 else np.nan
        rows.append(
            [
                WRITERS[layout].title,
                f"{len(apart)}",
                *(", ".join(f"{result.wins:,}" for result in side) for side in (own, came)),
                *(f"{np.mean([result.captured for result in side]):.3f}" for side in (own, came)),
                f"{apart.mean():+.3f}",
                f"{error:.3f}" if len(apart) > 1 else "-",
            ]
        )
    return document.table(HEAD, rows, ["---", *["---:"] * (len(HEAD) - 1)])


def main(arguments: list[str] | None = None) -> None:
    """Print a row a layout."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raw_layouts")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--layout", action="append", choices=sorted(WRITERS))
    parser.add_argument("--cells", action="store_true", help="only say which rows and cells come back differently")
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    found = []
    for seed in options.seeds:
        market = simulate(accounts=options.accounts, seed=seed)
        for pair in pairs(market, seed, options.layout or list(WRITERS), options.cells):
            found.append(pair)
            print(pair, flush=True)
            print("\n".join(lines(found)), flush=True)
    if options.write and found:
        document.update(options.write, BEGIN, END, lines(found))


if __name__ == "__main__":
    main()
