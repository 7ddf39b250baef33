"""Would the coverage of a buying group make better scores? Markets in which it decides deals, and in which it does not.

    python -m benchmarks.buying_groups --write docs/evidence.md

In half of the accounts of each market the deciders engage while a deal is open, and in the others they are silent until
it is closed. In the one market that decides: a deal is won at odds that are `EFFECT` log-odds higher. In the other it
means nothing. The truth of both is known. An account gets two facts more, as they were known on each day: whether a
decision maker or economic buyer has engaged since its deal was opened, and how many of the five roles have. They are
columns with a history here, so that they can be learned from without being features. Without them the same columns
say only whether a deal is open, so that all else is equal.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import ibis
import numpy as np
import pandas as pd

from benchmarks import document
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.serving.scoring_arrays import score_table
from pipelines.training.fitting import fit_scorecard
from scoring.buying_groups import titles
from scoring.buying_groups.roles import of_positions
from scoring.simulator import Market, simulate
from scoring.simulator.parameters import Parameters

BEGIN, END = document.marks("buying_groups")
EFFECT = 2.5
MARKETS = {"decides": EFFECT, "means nothing": 0.0}
BUYERS = ("economic buyer", "decision maker")
COLUMNS = ("buyer_in_deal", "roles_in_deal")
NO_DEAL = "no deal"
HEAD = (
    "the buyer's part",
    "cuts",
    "captured",
    "with it",
    "difference",
    "top 10 %",
    "log loss",
    "of open deals",
)


@dataclass(frozen=True)
class Result:
    """What came of one market at one cut: captured by the top 5 and 10 %, log loss of all and of open deals."""

    captured: float
    in_tenth: float
    log_loss: float
    of_deals: float


def roles_of(found: pd.Series) -> pd.Series:
    """The role of each title; none where it has no role."""
    written = pd.DataFrame({"title": pd.unique(found.dropna())})
    table = ibis.memtable(written, schema={"title": "string"})
    position = titles.position(titles.seniority(table.title), titles.department(table.title))
    placed = table.mutate(number=position).to_pandas().dropna(subset="number")
    roles = of_positions()
    meaning = {title: roles[int(number)] for title, number in zip(placed["title"], placed["number"], strict=True)}
    return found.map(meaning)


def coverage(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The two facts as they changed: `account_id`, `known_at` and `COLUMNS`, from the creation of each account on."""
    people, touches = tables["leads"], tables["activities"]
    people = people.assign(role=roles_of(people["title"])).dropna(subset=["role", "account_id"])
    ours = touches[touches["direction"].eq("inbound")].merge(people, on="lead_id", suffixes=("", "_of_lead"))
    ours["known_at"] = ours[["known_at", "created_at"]].max(axis=1)
    by_account = dict(list(ours.groupby("account_id_of_lead")[["occurred_at", "known_at", "role"]]))
    rows = [(row.account_id, row.created_at, NO_DEAL, NO_DEAL) for row in tables["accounts"].itertuples()]
    deals = tables["opportunities"]
    for deal in deals[deals["opportunity_type"].eq("new_business")].itertuples():
        opened, closed = max(deal.created_at, deal.known_at), deal.closed_at
        rows.append((deal.account_id, opened, "missing", "0"))
        engaged = by_account.get(deal.account_id)
        if engaged is not None:
            inside = engaged[engaged["occurred_at"].ge(deal.created_at) & engaged["known_at"].ge(opened)]
            inside = inside[inside["known_at"].lt(closed)] if pd.notna(closed) else inside
            firsts = inside.groupby("role")["known_at"].min().sort_values()
            roles: list[str] = []
            for role, when in firsts.items():
                roles.append(str(role))
                buyer = "engaged" if set(roles) & set(BUYERS) else "missing"
                rows.append((deal.account_id, when, buyer, str(len(roles))))
        if pd.notna(closed):
            rows.append((deal.account_id, closed, NO_DEAL, NO_DEAL))
    found = pd.DataFrame(rows, columns=["account_id", "known_at", *COLUMNS])
    return found.sort_values(["account_id", "known_at"], kind="stable", ignore_index=True)


def with_columns(tables: Mapping[str, pd.DataFrame], changes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables with the two facts as attributes that have a history."""
    newest = changes.drop_duplicates("account_id", keep="last").set_index("account_id")
    known = tables["accounts"]["account_id"]
    accounts = tables["accounts"].assign(**{name: known.map(newest[name]) for name in COLUMNS})
    history = pd.concat([tables["account_history"], changes], ignore_index=True)
    return {**tables, "accounts": accounts, "account_history": history}


def measured(market: Market, tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp) -> Result:
    """Train on the tables and compare the scores with the truth."""
    config = replace(Config(), training=replace(Config().training, horizon_days=HORIZON_DAYS))
    with tempfile.TemporaryDirectory(prefix="closedwon-groups-") as folder:
        write_crm(dict(tables), Path(folder) / "crm")
        export = read_export(Path(folder) / "crm", config, as_of.date(), lambda _: None)
        fitted = fit_scorecard(export.tables, "account", export.day, config, keep=export.keep, say=print)
        now = datetime.now(UTC).replace(tzinfo=None)
        table = score_table(fitted.scorecard, "1", export, since=export.day - 7, scored_at=now, say=print)
    truth = market.truth(as_of, HORIZON_DAYS)
    frame = table.to_pandas().merge(truth, on="account_id", suffixes=("", "_true"))
    predicted, true = frame["win_probability"].clip(1e-9, 1 - 1e-9), frame["win_probability_true"]
    loss = -(true * np.log(predicted) + (1 - true) * np.log1p(-predicted))

    def captured(share: float) -> float:
        best = max(1, round(share * len(frame)))
        ours = frame["expected_revenue"].nlargest(best).index
        revenue = frame["expected_revenue_true"]
        return float(revenue[ours].sum() / revenue.nlargest(best).sum())

    return Result(captured(0.05), captured(0.10), float(loss.mean()), float(loss[frame["has_open_deal"]].mean()))


def lines(found: Mapping[str, Sequence[tuple[Result, Result]]]) -> list[str]:
    """The lines of the table."""
    rows = []
    for name, pairs in found.items():
        apart = {
            field: np.array([getattr(after, field) - getattr(before, field) for before, after in pairs])
            for field in ("captured", "in_tenth", "log_loss", "of_deals")
        }
        error = {field: each.std(ddof=1) / np.sqrt(len(each)) for field, each in apart.items() if len(each) > 1}
        cells = {field: f"{apart[field].mean():+.4f} ± {error.get(field, np.nan):.4f}" for field in apart}
        means = [f"{np.mean([pair[i].captured for pair in pairs]):.3f}" for i in (0, 1)]
        rows.append([name, f"{len(pairs)}", *means, *cells.values()])
    return document.table(HEAD, rows, ["---", *["---:"] * (len(HEAD) - 1)])


def main(arguments: list[str] | None = None) -> None:
    """Print a row a kind of market."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.buying_groups")
    parser.add_argument("--accounts", type=int, default=1_500)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--weeks-before", type=int, nargs="+", default=[0, 26], help="cuts before the end")
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    found: dict[str, list[tuple[Result, Result]]] = {}
    for seed in options.seeds:
        for name, effect in MARKETS.items():
            parameters = Parameters(buyers_in_deals=0.5, buyer_effect=effect)
            market = simulate(accounts=options.accounts, seed=seed, parameters=parameters)
            for weeks in options.weeks_before:
                as_of = market.as_of - pd.Timedelta(weeks=weeks)
                tables = market.export(as_of)
                changes = coverage(tables)
                only_deals = changes.assign(**{c: changes[c].where(changes[c].eq(NO_DEAL), "deal") for c in COLUMNS})
                before, after = (measured(market, with_columns(tables, each), as_of) for each in (only_deals, changes))
                pair = before, after
                found.setdefault(name, []).append(pair)
                print(seed, name, as_of.date(), *pair, flush=True)
        print("\n".join(lines(found)), flush=True)
    if options.write:
        document.update(options.write, BEGIN, END, lines(found))


if __name__ == "__main__":
    main()
