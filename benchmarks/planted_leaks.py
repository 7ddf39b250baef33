"""Leaks planted beside innocent attributes in the simulated market: how many the guard finds, and its false alarms.

    python -m benchmarks.planted_leaks                              # ten seeds, a few minutes
    python -m benchmarks.planted_leaks --write docs/evidence.md

The names of the columns say nothing. Prints, for each kind of leak, how many were held back on how many seeds, and for
the innocent attributes how many were; `--write` puts the table between its marks in that file. With `--blanked`, a
scorecard is trained after the campaign of the leads of all winners was emptied, as some CRMs do when they convert a
lead, and the share of the oracle's revenue that its top 5 % capture is added: six minutes more.
"""

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.forecasts.planted_columns import FILLED, INNOCENT, LATE, LEADS, STAGE, WITH_HISTORY, ZERO, Make, Past
from benchmarks.market import trial
from pipelines.config import Config
from pipelines.demo import compared_with_truth, write_crm
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import read_export
from scoring.features.candidates import market_features
from scoring.features.facts import market
from scoring.features.spec import SourceColumn
from scoring.simulator import simulate

BEGIN, END = document.marks("planted_leaks")
Frames = dict[str, pd.DataFrame]
#: The kinds of leak that are columns of accounts, in words.
KINDS: dict[str, dict[str, Make]] = {
    "filled after the win": FILLED,
    "a word for nothing instead of empty": ZERO,
    "with a history that starts late": LATE,
    "copied from the stage": STAGE,
}
DERIVED = "derived through leads"
#: What accounts are told by their leads, all of it innocent where no column of leads is emptied.
FROM_LEADS = tuple(SourceColumn("leads", name) for name in ("source", "campaign", "seniority", "department"))


@dataclass(frozen=True)
class Found:
    """What the guard held back on one seed: by kind of leak and column, and the innocent attributes."""

    leaks: dict[str, dict[str, bool]]
    alarms: dict[str, bool]


def studied(seed: int, accounts: int) -> Found:
    """Plant all columns in one market, and see which the guard holds back."""
    simulated = simulate(accounts=accounts, seed=seed)
    tables = simulated.export(simulated.as_of)
    past = past_of(tables, simulated.hidden, seed)
    makes = {
        (kind, words): make for kind, of_kind in {**KINDS, "": INNOCENT}.items() for words, make in of_kind.items()
    }
    names = {key: f"column_{index:03}" for key, index in zip(makes, past.rng.permutation(len(makes)), strict=True)}
    columns = pd.DataFrame({names[key]: make(past) for key, make in makes.items()})
    planted = tables["accounts"].reset_index(drop=True).join(columns[sorted(columns.columns)])
    traced = [names[key] for key in makes if WITH_HISTORY in key[1]]
    began = simulated.as_of - pd.Timedelta(days=1)
    began = pd.Timestamp(began).tz_localize(None)
    history = planted[["account_id", *traced]].assign(known_at=began)
    held = held_back(tables | {"accounts": planted, "account_history": history}, simulated.as_of.date())
    leaks: dict[str, dict[str, bool]] = {kind: {} for kind in KINDS}
    alarms = {}
    for (kind, words), name in names.items():
        if kind:
            leaks[kind][words] = SourceColumn("accounts", name) in held
        else:
            alarms[words] = SourceColumn("accounts", name) in held
    alarms |= {f"{column.name} of leads": column in held for column in FROM_LEADS}
    leaks[DERIVED] = {}
    for column in LEADS:
        leads = emptied(tables, column)
        left = held_back(tables | {"leads": leads}, simulated.as_of.date())
        of = {"title": "seniority"}.get(column, column)
        leaks[DERIVED][column] = SourceColumn("leads", of) in left
    return Found(leaks, alarms)


def held_back(tables: Frames, day: date) -> set[SourceColumn]:
    """The columns that no feature of accounts is made from, after the guard has seen an export."""
    config = replace(Config(), attributes=replace(Config().attributes, max_attributes=1000))
    with tempfile.TemporaryDirectory(prefix="closedwon-planted-") as folder:
        write_crm(tables, Path(folder))
        export = read_export(Path(folder), config, day, lambda text: None)
        facts = market(export.tables, "account", keep=export.keep)
        guard = guard_attributes(facts, export.day, config, export.keep)
        features = market_features(facts, "account", guard.own.kinds, {})
        used = {column for f in guard.admitted(features, "account") for column in f.made_from("account")}
    offered = {SourceColumn("accounts", name) for name in tables["accounts"].columns}
    return (offered | set(FROM_LEADS)) - used


def past_of(tables: Frames, hidden: pd.DataFrame, seed: int) -> Past:
    """What became of the accounts of an export, in the order of its accounts."""
    ids, deals = tables["accounts"]["account_id"], tables["opportunities"]
    deals = deals[deals["opportunity_type"] == "new_business"] if "opportunity_type" in deals else deals
    won = deals[deals["status"] == "won"].groupby("account_id")["closed_at"].min()
    end = max(deals["closed_at"].max(), won.max())
    fit = ids.map(hidden.set_index("account_id")["fit"]).to_numpy()
    is_won = ids.isin(won.index).to_numpy()
    return Past(
        fit=(fit - fit.mean()) / fit.std(),
        won=is_won,
        lost=ids.isin(deals.loc[deals["status"] == "lost", "account_id"]).to_numpy() & ~is_won,
        opened=ids.isin(deals["account_id"]).to_numpy(),
        won_days=((end - ids.map(won)) / pd.Timedelta(days=1)).to_numpy(dtype="float64"),
        rng=np.random.default_rng([seed, 13]),
    )


def emptied(tables: Frames, column: str) -> pd.DataFrame:
    """The leads without a value in this column where their account has won, as a conversion may leave them."""
    leads, deals = tables["leads"].copy(), tables["opportunities"]
    won = deals.loc[deals["status"] == "won", "account_id"]
    leads.loc[leads["account_id"].isin(won), column] = None
    return leads


def blanked(seed: int, accounts: int) -> float:
    """Share of the oracle's revenue in the top 5 %, after a training on leads whose campaign the win emptied."""
    done = trial(seed, accounts, lambda tables: tables | {"leads": emptied(tables, "campaign")})
    return float(compared_with_truth(done.scores, done.truth, done.counts)["captured"]["closedwon"])


def lines_of(found: list[Found], accounts: int) -> list[str]:
    """The table, and which innocent attributes were held back."""
    seeds = len(found)
    rows = []
    for kind in (*list(KINDS)[:2], DERIVED, *list(KINDS)[2:]):
        hits = Counter(words for one in found for words, hit in one.leaks[kind].items() if hit)
        planted = len(found[0].leaks[kind])
        missed = ", ".join(f"{words} ({seeds - hits[words]})" for words in found[0].leaks[kind] if hits[words] < seeds)
        rows.append([kind, str(planted), f"{hits.total() / (planted * seeds):.1%}", missed or "-"])
    alarms = Counter(words for one in found for words, hit in one.alarms.items() if hit)
    innocent = len(found[0].alarms)
    wrongly = ", ".join(f"{words} ({count})" for words, count in alarms.most_common())
    rows.append(["innocent", str(innocent), f"{alarms.total() / (innocent * seeds):.1%}", wrongly or "-"])
    head = ["columns", "planted", "held back", "missed, or held back though innocent (seeds)"]
    return [
        f"{seeds} simulated markets of {accounts:,} accounts each:",
        "",
        *document.table(head, rows, ["---", "---:", "---:", "---"]),
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted_leaks")
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument(
        "--blanked", type=int, nargs="*", default=[], help="seeds of markets of 6,000 accounts to train on"
    )
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    found = []
    for seed in range(1, options.seeds + 1):
        found.append(studied(seed, options.accounts))
        print(f"seed {seed}", flush=True)
    lines = lines_of(found, options.accounts)
    if options.blanked:
        shares = ", ".join(f"{blanked(seed, 6_000):.3f} (seed {seed})" for seed in options.blanked)
        lines += [
            "",
            f"Campaign of winners' leads emptied, 6,000 accounts: captured of the oracle's top 5 %: {shares}.",
        ]
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
