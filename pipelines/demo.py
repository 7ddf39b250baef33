"""`closedwon demo`: a simulated market, and all commands on it as a user would run them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.config import Config
from pipelines.evaluation.backtest import backtests
from pipelines.evaluation.promotion import promote
from pipelines.evaluation.tuning import tuned_config
from pipelines.intake.point_in_time import read_export
from pipelines.progress import Say
from pipelines.reports.scorecard_report import report
from pipelines.serving.score import score
from pipelines.store.store import Store
from pipelines.training.train import train
from scoring.nights.record import NightRecord

HORIZON_DAYS = 182
#: Past days of the backtest: fewer than the default, so that the demo does not take long.
CUT_OFFS = 2
#: The share of accounts that the team can work.
CAPACITY = 0.05
#: Tables written as Parquet, the usual form for millions of rows; the others are CSV, as a CRM exports them.
PARQUET = ("activities",)


def demo(folder: Path, store_path: Path, out: Path, config: Config, *, accounts: int, say: Say) -> dict[str, Any]:
    """Simulate a CRM, train, backtest, promote, score, report, and compare the scores with the market's hidden truth.

    Parameters
    ----------
    folder : Path
        Where the simulated export is written.
    store_path : Path
    out : Path
        The folder of the score files; the report is written next to it.
    config : Config
    accounts : int
        The number of accounts of the market.
    say : callable
        Takes each line of progress.

    Returns
    -------
    dict
        As `compared_with_truth`.
    """
    import pandas as pd

    from scoring.simulator import simulate

    say(f"Simulating a market of {accounts:,} accounts over three years and the half year after")
    market = simulate(accounts=accounts, seed=config.training.seed)
    tables = market.export(market.as_of)
    write_crm(tables, folder)
    config = replace(
        config,
        training=replace(config.training, horizon_days=HORIZON_DAYS),
        backtest=replace(config.backtest, cut_offs=CUT_OFFS),
        gate=replace(config.gate, cut_offs=CUT_OFFS),
    )
    export = read_export(folder, config, market.as_of.date(), say)
    with Store.open(store_path) as store:
        tuned = partial(tuned_config, export, store, config, say)
        train(export, store, config, asked=None, say=say, tuned=tuned)
        backtests(export, store, config, asked=None, say=say)
        promote(store, config, data=folder, as_of=export.as_of, asked=None, force=False, say=say)
        night = score(export, store, config, out, crms=[], asked=None, say=say)
        page = report(store, out.with_name("report.html"), asked=None, say=say)
    truth = market.truth(market.as_of, HORIZON_DAYS)
    scores = pd.read_parquet(out / "account_scores.parquet")
    figures = compared_with_truth(scores, truth, touches_of_accounts(tables))
    say(_summary(figures, scores, folder, store_path, out, night, page))
    return figures


def write_crm(tables: dict[str, Any], folder: Path) -> None:
    """Write tables as a CRM export: CSV, and Parquet for the activities.

    Parameters
    ----------
    tables : dict of DataFrame
        By table.
    folder : Path
        It is created where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if name in PARQUET:
            table.to_parquet(folder / f"{name}.parquet", index=False)
        else:
            table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")


def touches_of_accounts(tables: dict[str, Any]) -> Any:
    """The number of touches of each account over all time, which a marketing-qualified-lead rule counts."""
    links = tables["leads"].set_index("lead_id")["account_id"]
    activities = tables["activities"]
    account = activities["account_id"].fillna(activities["lead_id"].map(links))
    return account.value_counts()


def compared_with_truth(scores: Any, truth: Any, touches: Any) -> dict[str, Any]:
    """Compare account scores with the truth of a simulated market.

    Parameters
    ----------
    scores : DataFrame
        The score table of accounts.
    truth : DataFrame
        As `simulator.Market.truth` gives it.
    touches : Series of int
        The number of touches of each account.

    Returns
    -------
    dict
        `captured` and `captured_without_deal` by ranking (true expected revenue in the top `CAPACITY`, as a share of
        what an oracle captures), `mean_ratio` (mean probability over the true one) and `calibration_error` (expected
        calibration error against the true probability, in twenty bins of equal size).
    """
    frame = scores.merge(truth, on="account_id", suffixes=("", "_true"))
    frame["touches"] = frame["account_id"].map(touches).fillna(0)
    rankings: dict[str, Callable[[Any], Any]] = {
        "closedwon": lambda f: f["expected_revenue"],
        "touch count": lambda f: f["touches"],
    }

    def captured(rows: Any) -> dict[str, float]:
        best = max(1, round(CAPACITY * len(rows)))
        oracle = rows["expected_revenue_true"].nlargest(best).sum()
        return {
            name: float(rows.loc[value(rows).nlargest(best).index, "expected_revenue_true"].sum() / oracle)
            for name, value in rankings.items()
        }

    order = np.argsort(frame["win_probability"].to_numpy(), kind="stable")
    gap = (frame["win_probability"] - frame["win_probability_true"]).to_numpy()[order]
    bins = np.array_split(gap, 20)
    return {
        "captured": captured(frame),
        "captured_without_deal": captured(frame[~frame["has_open_deal"]]),
        "mean_ratio": float(frame["win_probability"].mean() / frame["win_probability_true"].mean()),
        "calibration_error": float(sum(len(part) * abs(part.mean()) for part in bins) / len(gap)),
    }


def _summary(
    figures: dict[str, Any], scores: Any, folder: Path, store: Path, out: Path, night: NightRecord, page: Path
) -> str:
    first = scores.iloc[0]
    lines = [
        "",
        f"Of the revenue that an oracle's best {CAPACITY:.0%} of accounts bring (it knows the market's hidden truth):",
        f"  ranked by closedwon      {figures['captured']['closedwon']:>6.0%}",
        f"  ranked by touch count    {figures['captured']['touch count']:>6.0%}",
        f"Mean probability is {figures['mean_ratio']:.2f} of the true one; "
        f"calibration error {figures['calibration_error']:.4f}.",
        "",
        f"Rank 1: {first['account_id']}, grade {first['grade']}, {first['win_probability']:.0%} likely, "
        f"expected revenue {first['expected_revenue']:,.0f}",
        *(f"  + {first[name]}" for name in ("reason_1", "reason_2", "reason_3") if first[name]),
        *([f"  - {first['concern_1']}"] if first["concern_1"] else []),
        *([f"  now: {first['why_now']}"] if first["why_now"] else []),
        "",
        "Files",
        *(f"  {out / output.path}" for output in night.outputs),
        "",
        "Where to look next",
        f"  {page}: open it in a browser",
        f"  closedwon explain {first['account_id']} --data {folder} --as-of {night.as_of} --store {store}",
        f"  closedwon check --data {folder} --as-of {night.as_of}",
        f"  mlflow ui --backend-store-uri sqlite:///{store / 'mlflow.db'}",
        "  closedwon train --data <your CRM export>",
    ]
    return "\n".join(lines)
