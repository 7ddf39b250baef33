"""The simulated market given as canonical tables and as the raw exports of CRMs, mapped by `closedwon init`.

    python -m benchmarks.raw_layouts --write docs/evidence.md     # seed 7, 6,000 accounts
    python -m benchmarks.raw_layouts --accounts 2000 --layout salesforce

For each layout: the wins that are learned from, the sizes of the tables, and the revenue that the top 5 % capture,
beside those of the canonical tables; a layout that cannot hold all of a market, such as page views, is compared with
canonical tables without the rest. No file is edited between `init` and the training.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import document
from benchmarks.raw_markets.writers import WRITERS
from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.demo import HORIZON_DAYS, compared_with_truth, touches, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.sources.raw.init import init
from pipelines.training.fitting import fit_scorecard
from scoring.simulator import Market, simulate

BEGIN, END = "<!-- made by `python -m benchmarks.raw_layouts` -->", "<!-- to here: raw layouts -->"
#: The tables whose rows are told.
WHOLE, PARTLY = "closedwon's own tables", "the same with what {} can hold"
TOLD = ("accounts", "leads", "opportunities", "opportunity_history", "activities")


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
    scores["account_id"] = "A" + scores["account_id"].str.extract(r"(\d{7})(?:AAA)?$", expand=False)
    truth = market.truth(market.as_of, HORIZON_DAYS)
    figures = compared_with_truth(scores, truth, touches(market.export(market.as_of)))
    rows = {name: count.accepted for name, count in export.intake.counts.items()}
    return Result(int(fitted.scorecard.wins), rows, float(figures["captured"]["closedwon"]))


def layouts(market: Market, wanted: Sequence[str]) -> Iterator[tuple[str, Result]]:
    """What comes of a market as canonical tables, and in each layout; by the words for it."""
    tables, said = market.export(market.as_of), set[str]()
    with tempfile.TemporaryDirectory(prefix="closedwon-raw-") as above:
        folder = Path(above)
        for layout in wanted:
            writer, mapped = WRITERS[layout], folder / f"{layout}_mapped"
            name = WHOLE if writer.kept is None else PARTLY.format(writer.title)
            if name not in said:
                write_crm(dict(tables) if writer.kept is None else writer.kept(tables), folder / f"{layout}_canonical")
                yield name, measured(market, folder / f"{layout}_canonical", Config())
                said.add(name)
            (folder / layout).mkdir()
            writer.write(tables, folder / layout / writer.path)
            init(folder / layout, mapped, say=print)
            yield writer.title, measured(market, mapped / "crm.sql", read_config(mapped / "closedwon.toml"))


def lines(found: Mapping[str, Result]) -> list[str]:
    """The lines of the table."""
    rows = (
        [
            name,
            f"{result.wins:,}",
            f"{result.captured:.3f}",
            *(f"{result.rows.get(table, 0):,}" for table in TOLD),
        ]
        for name, result in found.items()
    )
    head = ("given as", "wins", "captured", *(name.replace("_", " ") for name in TOLD))
    return document.table(head, rows, ["---", *["---:"] * (len(head) - 1)])


def main(arguments: list[str] | None = None) -> None:
    """Print a row a layout."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raw_layouts")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--accounts", type=int, default=6_000)
    parser.add_argument("--layout", action="append", choices=sorted(WRITERS))
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    market = simulate(accounts=options.accounts, seed=options.seed)
    made = lines(dict(layouts(market, options.layout or list(WRITERS))))
    print("\n".join(made))
    if options.write:
        document.update(options.write, BEGIN, END, made)


if __name__ == "__main__":
    main()
