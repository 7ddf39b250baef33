"""Whether money adds up, on simulated markets whose truth is known: leads to accounts, and segments to what they bring.

    python -m benchmarks.amounts                                      # seeds 7, 8 and 9, 6,000 accounts
    python -m benchmarks.amounts --write docs/evidence.md

Prints, for each market as it is and with deals that name no lead, the sum of leads' expected revenue over that of their
accounts; and for each segment of accounts its expected revenue over the true one: with closedwon's amounts and the true
probabilities, so that amounts are judged alone, and with closedwon's own probabilities, after their level.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.disk import write_text
from pipelines.intake.point_in_time import Export, read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.training.fitting import fit_scorecard
from scoring.entity import Entity
from scoring.simulator import simulate

BEGIN, END = "<!-- made by `python -m benchmarks.amounts` -->", "<!-- to here: amounts -->"
Frames = dict[str, pd.DataFrame]
#: The bounds of the segments of size, in employees.
SIZES = (0, 20, 60, 250, 2_000)
#: A segment of which less than this share of revenue is expected in truth is too small to be judged.
LEAST_REVENUE = 0.002


@dataclass(frozen=True)
class Sums:
    """The leads of one market and their accounts: both sums of expected revenue, of accounts with a known lead."""

    market: str
    accounts: float
    leads: float


def unnamed(tables: Frames) -> Frames:
    """The same export with deals that name no lead and have no contact roles."""
    plain = {name: table for name, table in tables.items() if name != "contact_roles"}
    return plain | {"opportunities": tables["opportunities"].drop(columns="lead_id")}


#: The markets on which leads are added up.
MARKETS: dict[str, Callable[[Frames], Frames]] = {
    "deals name a lead, or have contact roles": lambda tables: tables,
    "deals name no lead": unnamed,
}


def scored(export: Export, entity: Entity, config: Config) -> pd.DataFrame:
    """The scores of an entity on the day of the export, by a scorecard that was learned from it."""
    scorecard = fit_scorecard(export.tables, entity, export.day, config, keep=export.keep, say=print).scorecard
    now = datetime.now(UTC).replace(tzinfo=None)
    return score_table(scorecard, "1", export, since=export.day - 7, scored_at=now, say=print).to_pandas()


def measured(seed: int, accounts: int) -> tuple[list[Sums], pd.DataFrame]:
    """The sums of both markets of a seed, and its accounts with scores, truth and segments."""
    market = simulate(accounts=accounts, seed=seed)
    tables = market.export(market.as_of)
    config = replace(Config(), training=replace(Config().training, horizon_days=HORIZON_DAYS))
    sums, of_accounts = [], pd.DataFrame()
    for name, changed in MARKETS.items():
        with tempfile.TemporaryDirectory(prefix="closedwon-amounts-") as folder:
            write_crm(changed(tables), Path(folder))
            export = read_export(Path(folder), config, market.as_of.date(), print)
            if of_accounts.empty:  # whom a deal names changes nothing for accounts
                of_accounts = scored(export, "account", config)
            leads = scored(export, "lead", config)
        linked = leads[leads["account_id"].notna()]
        theirs = of_accounts["account_id"].isin(linked["account_id"])
        total = of_accounts.loc[theirs, "expected_revenue"].sum()
        sums.append(Sums(name, float(total), float(linked["expected_revenue"].sum())))
    truth = (
        market.truth(market.as_of, HORIZON_DAYS).add_prefix("true_").rename(columns={"true_account_id": "account_id"})
    )
    both = of_accounts.merge(truth, on="account_id").merge(tables["accounts"], on="account_id")
    return sums, segmented(both)


def segmented(accounts: pd.DataFrame) -> pd.DataFrame:
    """The accounts with a column for each kind of segment, named as in the table."""
    low = [*SIZES, np.inf]
    names = [f"under {SIZES[1]}", *(f"{a:,} to {b:,}" for a, b in pairwise(SIZES[1:]))]
    size = pd.cut(accounts["employees"], low, right=False, labels=[*names, f"from {SIZES[-1]:,}"])
    return accounts.assign(
        all="all",
        employees_of=size.astype(object).where(size.notna(), "not known"),
        industry_of=accounts["industry"].where(accounts["industry"].notna(), "not known"),
        grade_of=accounts["grade"],
        deal_of=np.where(accounts["true_has_open_deal"], "open deal", "no open deal"),
    )


def segments(accounts: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row for each segment: its share of true revenue, and both ratios of expected to true."""
    true = accounts["true_win_probability"] * accounts["true_expected_amount"]
    amount = accounts["true_win_probability"] * accounts["expected_amount"]
    own = accounts["win_probability"] * accounts["expected_amount"]
    level = own.sum() / amount.sum()
    rows = []
    for kind, by in (("", "all"), ("employees", "employees_of"), ("industry", "industry_of"), ("grade", "grade_of"),
                     ("deal", "deal_of")):  # fmt: skip
        sums = pd.DataFrame({"true": true, "amount": amount, "own": own / level}).groupby(accounts[by]).sum()
        kept = sums[sums["true"] >= LEAST_REVENUE * true.sum()]
        rows += [
            (
                kind,
                str(name),
                f"{row.true / true.sum():.1%}",
                f"{row.amount / row.true:.2f}",
                f"{row.own / row.true:.2f}",
            )
            for name, row in kept.iterrows()
        ]
    return rows


def log_error(accounts: pd.DataFrame) -> float:
    """The root mean square error of the logarithm of the expected amount, each account alike."""
    open_ones = accounts[accounts["true_win_probability"] > 0]
    return float(np.sqrt((np.log(open_ones["expected_amount"] / open_ones["true_expected_amount"]) ** 2).mean()))


def lines(seeds: list[int], size: int) -> list[str]:
    """The tables in Markdown."""
    found = [measured(seed, size) for seed in seeds]
    rows = []
    for i, name in enumerate(MARKETS):
        ratios = [sums[i].leads / sums[i].accounts for sums, _ in found]
        pooled = sum(sums[i].leads for sums, _ in found) / sum(sums[i].accounts for sums, _ in found)
        rows.append((name, f"{pooled:.2f}", ", ".join(f"{ratio:.2f}" for ratio in ratios)))
    accounts = pd.concat([one for _, one in found], ignore_index=True)
    errors = ", ".join(f"{log_error(one):.3f}" for _, one in found)
    named = ", ".join(map(str, seeds))
    return [
        f"Simulated markets of {size:,} accounts, seeds {named}. Leads' expected revenue over that of their accounts:",
        "",
        *document.table(("market", "all seeds", "each seed"), rows, ("---", "---:", "---")),
        "",
        "Expected over true revenue of accounts. *Amounts* are judged with the true probabilities, *revenue* with",
        f"closedwon's own at the right level. Segments with less than {LEAST_REVENUE:.1%} of revenue are left out.",
        f"Error of the logarithm of the expected amount: {errors}.",
        "",
        *document.table(
            ("", "segment", "of true revenue", "amounts", "revenue"),
            segments(accounts),
            ("---", "---", "---:", "---:", "---:"),
        ),
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.amounts")
    parser.add_argument("--accounts", type=int, default=6_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    made = lines(options.seeds, options.accounts)
    print("\n".join(made))
    if options.write:
        text = options.write.read_text(encoding="utf-8")
        write_text(options.write, document.replaced(text, BEGIN, END, made))


if __name__ == "__main__":
    main()
