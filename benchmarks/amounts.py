"""Whether money adds up, on simulated markets whose truth is known: leads to accounts, and segments to what they bring.

    python -m benchmarks.amounts                                      # seeds 7 to 10, 4,000 accounts
    python -m benchmarks.amounts --write docs/evidence.md

Prints, for each market as it is and with deals that name no lead, the sum of leads' expected revenue over that of their
accounts, of all and by how many leads of an account are known; and for each segment of accounts its expected revenue
over the true one: with closedwon's amounts and the true probabilities, so that amounts are measured alone, and with
closedwon's own probabilities, after their level. Then what the amounts in the history of open deals are good for: the
same with a history that holds stages alone.
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
from pipelines.demo import CAPACITY, HORIZON_DAYS, write_crm
from pipelines.intake.point_in_time import Export, read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.training.fitting import fit_scorecard
from scoring.entity import Entity
from scoring.simulator import Market, simulate

BEGIN, END = document.marks("amounts")
Frames = dict[str, pd.DataFrame]
#: The bounds of the segments of size, in employees.
SIZES = (0, 20, 60, 250, 2_000)
#: The groups of accounts by how many of their leads are known.
KNOWN = (1, 2, 3, 4, 6)
#: A segment of which less than this share of revenue is expected in truth is too small to be measured.
LEAST_REVENUE = 0.002


@dataclass(frozen=True)
class Sums:
    """The leads of one market and their accounts: both sums of expected revenue, of accounts with a known lead."""

    market: str
    accounts: float
    leads: float
    by_leads: pd.DataFrame

    @classmethod
    def of(cls, market: str, accounts: pd.DataFrame, leads: pd.DataFrame) -> "Sums":
        """From the scores of accounts and of leads that have an account."""
        of_leads = leads.groupby("account_id").agg(leads=("expected_revenue", "sum"), known=("lead_id", "size"))
        both = accounts.set_index("account_id")[["expected_revenue"]].join(of_leads, how="inner")
        low = [*KNOWN, np.inf]
        names = [str(a) if b - a == 1 else f"{a} to {b - 1}" for a, b in pairwise(KNOWN)]
        group = pd.cut(both["known"], low, right=False, labels=[*names, f"from {KNOWN[-1]}"])
        sums = both.groupby(group, observed=False)[["expected_revenue", "leads"]].sum()
        total = float(both["expected_revenue"].sum())
        return cls(market, total, float(leads["expected_revenue"].sum()), sums)


def unnamed(tables: Frames) -> Frames:
    """The same export with deals that name no lead and have no contact roles."""
    plain = {name: table for name, table in tables.items() if name != "contact_roles"}
    return plain | {"opportunities": tables["opportunities"].drop(columns="lead_id")}


def without_plans(tables: Frames) -> Frames:
    """The same export with an opportunity history that holds nothing but stages."""
    history = tables["opportunity_history"]
    return tables | {"opportunity_history": history[["opportunity_id", "changed_at", "stage"]]}


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


@dataclass(frozen=True)
class Measured:
    """One market: sums of leads, accounts with scores, truth and segments, and accounts scored without plans."""

    sums: list[Sums]
    accounts: pd.DataFrame
    without_plans: pd.DataFrame


def measured(seed: int, accounts: int) -> Measured:
    """Score a market in all its forms."""
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
        sums.append(Sums.of(name, of_accounts, linked))
    with tempfile.TemporaryDirectory(prefix="closedwon-amounts-") as folder:
        write_crm(without_plans(tables), Path(folder))
        plain = scored(read_export(Path(folder), config, market.as_of.date(), print), "account", config)
    truth = market.truth(market.as_of, HORIZON_DAYS).add_prefix("true_")
    truth = truth.rename(columns={"true_account_id": "account_id"})
    truth["paid"] = truth["account_id"].map(paid(market))
    known = truth.merge(tables["accounts"], on="account_id")
    both = [segmented(scores.merge(known, on="account_id")) for scores in (of_accounts, plain)]
    return Measured(sums, *both)


def paid(market: Market) -> pd.Series:
    """What the new business won within the horizon brought, by account; without what was for nothing."""
    deals, end = market.tables["opportunities"], market.as_of + pd.Timedelta(days=HORIZON_DAYS)
    won = deals[deals["status"].eq("won") & deals["opportunity_type"].eq("new_business") & deals["amount"].gt(0)]
    return won[won["closed_at"].ge(market.as_of) & won["closed_at"].lt(end)].set_index("account_id")["amount"]


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


def captured(accounts: pd.DataFrame) -> float:
    """Of the true revenue of the best 5 % by truth, what the best 5 % by rank bring."""
    true = accounts["true_win_probability"] * accounts["true_expected_amount"]
    top = round(CAPACITY * len(accounts))
    return float(true[accounts["rank"].nsmallest(top).index].sum() / true.nlargest(top).sum())


def error_of_deals(markets: list[pd.DataFrame]) -> float:
    """The root mean square error of the logarithm of what was paid, of those won who had an open deal."""
    accounts = pd.concat(markets, ignore_index=True)
    won = accounts[accounts["true_has_open_deal"] & accounts["paid"].notna()]
    return float(np.sqrt((np.log(won["expected_amount"] / won["paid"]) ** 2).mean()))


def lines(seeds: list[int], size: int) -> list[str]:
    """The tables in Markdown."""
    found = [measured(seed, size) for seed in seeds]
    rows = []
    for i, name in enumerate(MARKETS):
        ratios = [one.sums[i].leads / one.sums[i].accounts for one in found]
        pooled = sum(one.sums[i].leads for one in found) / sum(one.sums[i].accounts for one in found)
        rows.append((name, f"{pooled:.2f}", ", ".join(f"{ratio:.2f}" for ratio in ratios)))
    groups = [str(name) for name in found[0].sums[0].by_leads.index]
    by_leads = [
        (name, *(f"{row['leads'] / row['expected_revenue']:.2f}" for _, row in together.iterrows()))
        for i, name in enumerate(MARKETS)
        for together in [sum((one.sums[i].by_leads for one in found[1:]), found[0].sums[i].by_leads)]
    ]
    accounts = pd.concat([one.accounts for one in found], ignore_index=True)
    errors = ", ".join(f"{log_error(one.accounts):.3f}" for one in found)
    histories = {
        "stages": [one.without_plans for one in found],
        "stages, amounts and expected closes": [one.accounts for one in found],
    }
    shares = {name: [captured(one) for one in markets] for name, markets in histories.items()}
    named = ", ".join(map(str, seeds))
    return [
        f"Simulated markets of {size:,} accounts, seeds {named}. Leads' expected revenue over that of their accounts:",
        "",
        *document.table(("market", "all seeds", "each seed"), rows, ("---", "---:", "---")),
        "",
        "The same by how many leads of an account are known, all seeds together:",
        "",
        *document.table(("market", *groups), by_leads, ("---", *["---:"] * len(groups))),
        "",
        "Expected over true revenue of accounts. *Amounts* are measured with the true probabilities, *revenue* with",
        f"closedwon's own at the right level. Segments with less than {LEAST_REVENUE:.1%} of revenue are left out.",
        f"Error of the logarithm of the expected amount: {errors}.",
        "",
        *document.table(
            ("", "segment", "of true revenue", "amounts", "revenue"),
            segments(accounts),
            ("---", "---", "---:", "---:", "---:"),
        ),
        "",
        "What the history of open deals is good for. *Captured* is of the true revenue of an oracle's top 5 %, which",
        "knows the planned amounts; *error* is that of the logarithm of what was paid, of those won within the horizon",
        "who had an open deal.",
        "",
        *document.table(
            ("`opportunity_history` holds", "captured", "each seed", "error"),
            [
                (
                    name,
                    f"{np.mean(shares[name]):.3f}",
                    ", ".join(f"{x:.3f}" for x in shares[name]),
                    f"{error_of_deals(markets):.2f}",
                )
                for name, markets in histories.items()
            ],
            ("---", "---:", "---", "---:"),
        ),
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.amounts")
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9, 10])
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    made = lines(options.seeds, options.accounts)
    print("\n".join(made))
    if options.write:
        document.update(options.write, BEGIN, END, made)


if __name__ == "__main__":
    main()
