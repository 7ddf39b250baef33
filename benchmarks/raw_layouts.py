"""The simulated market given as canonical tables and as the raw exports of CRMs, mapped by `closedwon init`.

    python -m benchmarks.raw_layouts --write docs/evidence.md     # seeds 7, 8 and 9, 2,000 accounts
    python -m benchmarks.raw_layouts --accounts 1000 --seeds 7 --layout salesforce --cells

For each layout: the wins that are learned from and the revenue that the top 5 % capture,
beside those of the canonical tables; a layout that cannot hold all of a market, such as page views, is compared with
canonical tables without the rest. No file is edited between `init` and the training. One market is noise of a few
points, so the difference is the mean over several, with its standard error. `--cells` says which rows and cells differ.

Of 1,000 accounts the top 5 % are forty: one that takes the place of another is two points. So the table has what all
accounts say too: what the top 10 % and 20 % capture, the log loss against the true probability of each, how alike both
rankings are (Spearman), and how many of the top 5 % are in one of them only.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.raw_markets.differences import differences, market_number
from benchmarks.raw_markets.writers import WRITERS
from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.intake.point_in_time import Export, read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.sources.raw.init import init
from pipelines.training.fitting import fit_scorecard
from scoring.simulator import Market, simulate

BEGIN, END = document.marks("raw_layouts")
SEEDS = (7, 8, 9)
HEAD = ("layout", "markets", "wins", "wins, mapped", "captured", "captured, mapped", "difference", "standard error")
#: What is said of all accounts, and of larger tops.
HEAD_ALL = ("top 10 %", "top 20 %", "log loss", "rankings alike", "in one top only")
TOPS = (0.05, 0.10, 0.20)


@dataclass(frozen=True)
class Result:
    """What came of a market in one layout.

    Attributes
    ----------
    wins : int
    captured : tuple of float
        The revenue that each of `TOPS` captures, as a share of what an oracle captures.
    log_loss : float
        The mean over all accounts, against the true probability of each.
    revenue : Series
        The expected revenue by account.
    """

    wins: int
    captured: tuple[float, ...]
    log_loss: float
    revenue: pd.Series = field(repr=False)

    @classmethod
    def of(cls, wins: int, scores: pd.DataFrame, truth: pd.DataFrame) -> Self:
        """Compare the scores of accounts with the truth."""
        frame = scores.merge(truth, on="account_id", suffixes=("", "_true")).set_index("account_id")
        predicted, true = frame["win_probability"].clip(1e-9, 1 - 1e-9), frame["win_probability_true"]
        revenue = frame["expected_revenue_true"]

        def captured(share: float) -> float:
            best = max(1, round(share * len(frame)))
            ours = frame["expected_revenue"].nlargest(best).index
            return float(revenue[ours].sum() / revenue.nlargest(best).sum())

        loss = float(-(true * np.log(predicted) + (1 - true) * np.log1p(-predicted)).mean())
        return cls(wins, tuple(captured(share) for share in TOPS), loss, frame["expected_revenue"])


@dataclass(frozen=True)
class Pair:
    """What came of one market as canonical tables with what a layout can hold, and in that layout."""

    layout: str
    seed: int
    own: Result
    mapped: Result

    @property
    def alike(self) -> float:
        """How alike the two rankings of accounts are: 1 where they are the same."""
        return float(self.own.revenue.corr(self.mapped.revenue, method="spearman"))

    @property
    def in_one_top(self) -> int:
        """How many accounts of the first of `TOPS` are not in that of the other."""
        best = max(1, round(TOPS[0] * len(self.own.revenue)))
        return len(set(self.own.revenue.nlargest(best).index) - set(self.mapped.revenue.nlargest(best).index))


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
    return Result.of(int(fitted.scorecard.wins), scores, truth)


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
                canonical = read(market, folder / "canonical", Config()).tables
                print("\n".join([layout, *differences(canonical, read(market, mapping, config).tables)]), flush=True)
                continue
            if writer.kept not in own:
                own[writer.kept] = measured(market, folder / "canonical", Config())
            yield Pair(layout, seed, own[writer.kept], measured(market, mapping, config))


def lines(found: Sequence[Pair]) -> list[str]:
    """The lines of the table, and of that on all accounts."""
    rows, more = [], []
    for layout in dict.fromkeys(pair.layout for pair in found):
        pairs = [pair for pair in found if pair.layout == layout]
        own, mapped = [pair.own for pair in pairs], [pair.mapped for pair in pairs]
        apart = np.array([np.subtract(pair.mapped.captured, pair.own.captured) for pair in pairs])
        loss = np.array([pair.mapped.log_loss - pair.own.log_loss for pair in pairs])
        rows.append(
            [
                WRITERS[layout].title,
                f"{len(pairs)}",
                *(", ".join(f"{result.wins:,}" for result in side) for side in (own, mapped)),
                *(f"{np.mean([result.captured[0] for result in side]):.3f}" for side in (own, mapped)),
                *_with_error(apart[:, 0], ".3f"),
            ]
        )
        more.append(
            [
                WRITERS[layout].title,
                *(" ± ".join(_with_error(apart[:, i], ".3f")) for i in (1, 2)),
                " ± ".join(_with_error(loss, ".4f")),
                f"{np.mean([pair.alike for pair in pairs]):.4f}",
                ", ".join(f"{pair.in_one_top}" for pair in pairs),
            ]
        )
    return [
        *document.table(HEAD, rows, ["---", *["---:"] * (len(HEAD) - 1)]),
        "",
        *document.table(("layout", *HEAD_ALL), more, ["---", *["---:"] * len(HEAD_ALL)]),
    ]


def _with_error(apart: np.ndarray, form: str) -> tuple[str, str]:
    """The mean of differences and its standard error."""
    error = f"{apart.std(ddof=1) / np.sqrt(len(apart)):{form}}" if len(apart) > 1 else "-"
    return f"{apart.mean():+{form}}", error


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
