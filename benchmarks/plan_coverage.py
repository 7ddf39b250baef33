"""Does the plan of a period hold as often as it says? Histories of simulated markets, each with many futures.

    python -m benchmarks.plan_coverage --write docs/evidence.md
    python -m benchmarks.plan_coverage --histories 2 --accounts 1500     # a part; finished histories are kept

For each history a scorecard is trained on its export, and the next 30, 90 and 180 days are planned. Then 400 futures of
the same history are drawn, and compared with what was planned: how often the intervals hold, and the CRPS beside two
rules that sales teams use. The futures of one history share the error of its scorecard, so that its own coverage can be
far from what is stated; what must hold is the coverage over histories.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.plans.figures import PERCENT, Floats, Forecast, Planned, crps, last_year, stage_weighted
from benchmarks.plans.planned import plans
from pipelines.evaluation.cutoff import write_whole
from scoring.simulator import Market, Parameters, simulate
from scoring.simulator.futures import Future

BEGIN, END = document.marks("plan_coverage")
FOLDER = Path(".bench/plan-coverage")
DAYS = (30, 90, 180)
#: The week of the plan, how many weeks the futures reach, and the length of the market.
WEEK, AHEAD, WEEKS = 156, 26, 208
#: Steps of the level: half a year and two months before the plan, and a month after it, which nobody can know.
VARIANTS = {
    "quiet": Parameters(season=0.0, drift=0.0, flood_share=0.0),
    "usual": Parameters(),
    "season": Parameters(season=0.3, flood_share=0.0),
    "step up": Parameters(step=1.6, step_from=WEEK - 26, flood_share=0.0),
    "step down": Parameters(step=0.6, step_from=WEEK - 26, flood_share=0.0),
    "late step up": Parameters(step=1.6, step_from=WEEK - 8, flood_share=0.0),
    "step after": Parameters(step=0.6, step_from=WEEK + 4, flood_share=0.0),
    "flood": Parameters(flood_share=0.3),
    "capacity": Parameters(deals_at_once=15.0, flood_share=0.0),
    "dropped": Parameters(neglected=("US",), neglected_from=WEEK - 26, flood_share=0.0),
}
WHAT = ("wins", "revenue")


#: Makes the plans of a market: from its export in a folder and its first day, by the days of the period.
Plan = Callable[[Path, pd.Timestamp, Sequence[int]], Mapping[int, Planned]]


@dataclass(frozen=True)
class Measured:
    """One period of one history, by `wins` and `revenue`.

    Attributes
    ----------
    expected, true, deviation, true_deviation
        The plan's mean, that of the futures, and the standard deviations of both.
    held, could_hold
        The share of futures in the plan's interval of 50, 80 and 95 %, and in the one that the futures have themselves.
    score
        CRPS by rule: plan, last year, stages, and the futures' own distribution, which nothing beats.
    known, arriving
        Wins as planned and in the futures' mean, of those known and of those who arrive.
    level
        Standard error of the level, as the plan has it.
    """

    history: str
    days: int
    expected: dict[str, float]
    true: dict[str, float]
    deviation: dict[str, float]
    true_deviation: dict[str, float]
    held: dict[str, list[float]]
    could_hold: dict[str, list[float]]
    score: dict[str, dict[str, float]]
    known: tuple[float, float]
    arriving: tuple[float, float]
    level: float


def realised_totals(futures: Sequence[Future], days: int) -> dict[str, Floats]:
    """The wins and the revenue of the first days of each future, and the wins of those known."""
    soon = [future.until(days) for future in futures]
    return {
        "wins": np.array([len(future.amount) for future in soon], dtype="float64"),
        "revenue": np.array([future.amount.sum() for future in soon]),
        "known": np.array([future.known.sum() for future in soon], dtype="float64"),
    }


def compared(
    history: str, days: int, planned: Planned, total: Mapping[str, Floats], rules: Mapping[str, tuple[float, float]]
) -> Measured:
    """A plan beside what came of its history in many futures, and beside simple rules.

    Parameters
    ----------
    history : str
    days : int
    planned : Planned
    total : mapping of ndarray
        As `realised_totals` returns it.
    rules : mapping of tuple of float
        By rule, the wins and the revenue that it says.
    """
    own = {what: Forecast.of_draws(total[what], whole=what == "wins") for what in WHAT}
    forecast = planned.forecast
    known = float(total["known"].mean())
    return Measured(
        history,
        days,
        expected={what: float(forecast[what].draws.mean()) for what in WHAT},
        true={what: float(total[what].mean()) for what in WHAT},
        deviation={what: float(forecast[what].draws.std()) for what in WHAT},
        true_deviation={what: float(total[what].std()) for what in WHAT},
        held={what: forecast[what].held(total[what]) for what in WHAT},
        could_hold={what: own[what].held(total[what]) for what in WHAT},
        score={
            what: {"plan": forecast[what].crps(total[what])}
            | {rule: crps(np.array([stated[i]]), total[what]) for rule, stated in rules.items()}
            | {"futures": own[what].crps(total[what])}
            for i, what in enumerate(WHAT)
        },
        known=(planned.known, known),
        arriving=(planned.arriving, float(total["wins"].mean()) - known),
        level=planned.level,
    )


def histories(count: int) -> list[tuple[str, int]]:
    """So many histories, as variants in turn with the seeds of their markets."""
    names = list(VARIANTS)
    return [(names[i % len(names)], 101 + i) for i in range(count)]


def measured(market: Market, history: str, plan: Plan, futures: int) -> Iterator[Measured]:
    """The periods of one history."""
    from pipelines.demo import write_crm

    as_of = market.start + pd.Timedelta(weeks=WEEK)
    tables = market.export(as_of)
    with tempfile.TemporaryDirectory(prefix="closedwon-plan-coverage-") as folder:
        write_crm(tables, Path(folder))
        planned = plan(Path(folder), as_of, DAYS)
    drawn = list(market.futures(as_of, AHEAD, range(futures)))
    for days in DAYS:
        rules = {"last year": last_year(tables, as_of, days), "stages": stage_weighted(tables, as_of, days)}
        yield compared(history, days, planned[days], realised_totals(drawn, days), rules)


def studied(variant: str, seed: int, accounts: int, futures: int, plan: Plan, kept: Path) -> list[Measured]:
    """The periods of one history; they are kept, and read where they were kept before."""
    file = kept / f"{variant.replace(' ', '-')}-{seed}-{accounts}-{futures}.json"
    if not file.exists():
        market = simulate(accounts, weeks=WEEKS, seed=seed, parameters=VARIANTS[variant])
        found = [asdict(one) for one in measured(market, f"{variant} {seed}", plan, futures)]
        write_whole(file, {"periods": found})
    rows = [Measured(**one) for one in json.loads(file.read_text(encoding="utf-8"))["periods"]]
    for one in rows:
        stated, true = one.expected["wins"], one.true["wins"]
        print(
            f"{one.history}, {one.days} days: {stated:.1f} wins expected, {true:.1f} in the mean of futures", flush=True
        )
    return rows


def lines_of(found: Sequence[Measured], accounts: int, futures: int) -> list[str]:
    """The tables: coverage by period and by history, CRPS, and what is off."""
    periods = {days: [one for one in found if one.days == days] for days in DAYS}
    n = len({one.history for one in found})
    numbers = ["---", *["---:"] * 6]
    intervals = [f"{what} {percent}" for what in WHAT for percent in PERCENT]
    pooled = []
    for days, rows in periods.items():
        pooled.append([f"{days} days", *(_share(rows, what, i) for what in WHAT for i in range(len(PERCENT)))])
        could = [
            f"{100 * np.mean([one.could_hold[what][i] for one in rows]):.0f}"
            for what in WHAT
            for i in range(len(PERCENT))
        ]
        pooled.append(["(the true distribution's own)", *could])
    by_history = [
        [f"{one.history}, {one.days} days", *(f"{100 * share:.0f}" for what in WHAT for share in one.held[what])]
        for one in found
    ]
    scores = [
        [f"{what}, {days} days", *(f"{_relative(rows, what, rule):.1f}" for rule in rows[0].score[what])]
        for what in WHAT
        for days, rows in periods.items()
    ]
    errors = [
        [
            f"{one.history}, {one.days} days",
            *(f"{a:.1f} / {b:.1f}" for a, b in (one.known, one.arriving)),
            _ratio(one.expected["revenue"] * one.true["wins"], one.expected["wins"] * one.true["revenue"]),
            f"{one.level:.2f}",
            *(_ratio(one.deviation[what], one.true_deviation[what]) for what in WHAT),
        ]
        for one in found
    ]
    binomial = ", ".join(f"{200 * np.sqrt(p * (100 - p) / 1e4 / futures):.1f}" for p in PERCENT)
    return [
        f"{n} histories of {accounts:,} accounts, {futures} futures each. Futures in the stated intervals, in %, with "
        f"two standard errors between histories (two binomial errors of the futures of one history are {binomial}):",
        "",
        *document.table(["period", *intervals], pooled, numbers),
        "",
        "CRPS in % of the outcomes:",
        "",
        *document.table(["period", "plan", "last year's", "stages", "truth itself"], scores, numbers[:5]),
        "",
        "Each history:",
        "",
        *document.table(["history", *intervals], by_history, numbers),
        "",
        "What is off: wins expected / true of those known and of those who arrive, amounts expected over true, the "
        "level's standard error, and the plan's standard deviation over that of the futures:",
        "",
        *document.table(
            ["history", "known", "arriving", "amounts", "level", "spread of wins", "spread of revenue"],
            errors,
            numbers,
        ),
    ]


def _share(rows: Sequence[Measured], what: str, i: int) -> str:
    """The coverage over histories and two of its standard errors, which are those between histories."""
    shares = 100 * np.array([one.held[what][i] for one in rows])
    error = 2 * shares.std(ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.nan
    return f"{shares.mean():.0f} ± {error:.0f}"


def _ratio(over: float, under: float) -> str:
    """One number over another, where there is one."""
    return f"{over / under:.2f}" if under > 0 else "-"


def _relative(rows: Sequence[Measured], what: str, rule: str) -> float:
    """The mean CRPS of a rule, in % of what came."""
    return float(100 * np.mean([one.score[what][rule] / one.true[what] for one in rows]))


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plan_coverage")
    parser.add_argument("--histories", type=int, default=10, help="more than ten: further seeds of the same variants")
    parser.add_argument("--futures", type=int, default=400, help="futures of each history")
    parser.add_argument("--accounts", type=int, default=3_000, help="accounts of each market")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished histories are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    found = [
        one
        for variant, seed in histories(options.histories)
        for one in studied(variant, seed, options.accounts, options.futures, plans, options.folder)
    ]
    lines = lines_of(found, options.accounts, options.futures)
    if os.environ.get("CLOSEDWON_REAL_DATA"):
        from benchmarks.plans import real

        lines += ["", *real.lines_of(real.studied(options.folder))]
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
