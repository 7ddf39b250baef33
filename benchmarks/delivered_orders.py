"""Whether the target of a plan is reached as often as it says once its order is delivered.

    python -m benchmarks.delivered_orders                             # half an hour
    python -m benchmarks.delivered_orders --write docs/evidence.md

For each history a scorecard is trained on its export, and the next half-year is planned with a target that the plan
reaches with 50 %. Its order says how many more of which source make that 80 %. Then futures of the history are drawn,
and to each the order of one source is added: so many more accounts of that channel, which arrive evenly over the period
and live as all do who arrive by it in the simulator. What counts is the share of futures that reach the target.

The futures of one history share the error of its scorecard: what must hold is the share over histories. In markets in
which newcomers take years to buy nothing can be ordered, so here all is five times as fast.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.plans.figures import Floats
from benchmarks.plans.planned import Made, made
from pipelines.planning.known_lives import NOT_KNOWN, OTHERS
from scoring.planning.adaptive import corrected
from scoring.planning.order import WANTED, Ordering
from scoring.simulator import Market, Parameters, simulate
from scoring.simulator.accounts import CHANNELS
from scoring.simulator.futures import Future

BEGIN, END = document.marks("delivered_orders")
WEEK, AHEAD, WEEKS = 156, 26, 208
DAYS = 180
#: How likely the target is without an order.
WITHOUT = 0.5
#: What is drawn of each history: futures, and how often each is given an order.
FUTURES = 300
#: Wakes up five times as often as usual; nobody floods it, and all levels stay as they are.
FAST = Parameters(research=0.09, season=0.0, drift=0.0, flood_share=0.0)
VARIANTS = {
    "quiet": FAST,
    "season": replace(FAST, season=0.3),
    "drift": replace(FAST, drift=-0.1),
    "step up": replace(FAST, step=1.3, step_from=WEEK - 52),
    "better fit": replace(FAST, hidden_fit=0.6),
}


@dataclass(frozen=True)
class Delivered:
    """An order of one source and what came of it.

    Attributes
    ----------
    history, source : str
    more : int
        How many are ordered.
    expected, realised : float
        The revenue of the plan, and of the futures in the mean, without the order.
    worth, brought : float
        What one that is ordered brings within the period, by the plan and in the futures.
    without, with_order : float
        The shares of the futures that reach the target.
    """

    history: str
    source: str
    more: int
    expected: float
    realised: float
    worth: float
    brought: float
    without: float
    with_order: float


@dataclass(frozen=True)
class Pool:
    """Those who arrive by a channel within the period, in all futures: what each brings by its end, mostly nothing."""

    brings: Floats

    def totals(self, more: int, futures: int, rng: np.random.Generator) -> Floats:
        """What so many more bring in each future, shape (futures,): wins of a binomial number, each as one of them."""
        won = self.brings[self.brings > 0]
        wins = rng.binomial(more, len(won) / len(self.brings), futures)
        drawn = rng.choice(won, int(wins.sum())) if len(won) else np.zeros(0)
        return np.bincount(np.repeat(np.arange(futures), wins), drawn, futures).astype(np.float64)


def pools(futures: Sequence[Future]) -> dict[str, Pool]:
    """Those who arrive in the period, by channel."""
    names, brings = list(CHANNELS), dict[str, list[Floats]]()
    for future in (one.until(DAYS) for one in futures):
        new = ~future.known
        revenue = pd.Series(future.amount[new]).groupby(future.account[new]).sum()
        each = revenue.reindex(future.arrived).fillna(0.0).to_numpy()
        for code in np.unique(future.channel):
            brings.setdefault(names[code], []).append(each[future.channel == code])
    return {name: Pool(np.concatenate(parts)) for name, parts in brings.items()}


def delivered(market: Market, history: str, seed: int) -> list[Delivered]:
    """The orders of one history, each delivered."""
    from pipelines.demo import write_crm

    as_of = market.start + pd.Timedelta(weeks=WEEK)
    with tempfile.TemporaryDirectory(prefix="closedwon-delivered-") as folder:
        write_crm(market.export(as_of), Path(folder))
        (plan,) = made(Path(folder), as_of, [DAYS])
        target = float(np.quantile(plan.now.total.revenue, 1.0 - WITHOUT))
        orders = orders_of(plan, target)
    futures = list(market.futures(as_of, AHEAD, range(FUTURES)))
    revenue = np.array([one.until(DAYS).amount.sum() for one in futures])
    found, by_channel = [], pools(futures)
    for i, (source, more) in enumerate(orders.items()):
        if source not in by_channel or not (by_channel[source].brings > 0).any():
            continue
        added = by_channel[source].totals(more, FUTURES, np.random.default_rng([seed, i]))
        expected = float(plan.now.total.revenue.mean())
        shares = float((revenue >= target).mean()), float((revenue + added >= target).mean())
        at = plan.now.coming.sources.index(source)
        worth = float(plan.now.coming.evenly[at] * plan.now.coming.amounts.mean[at])
        brought = float(by_channel[source].brings.mean())
        found.append(Delivered(history, source, more, expected, float(revenue.mean()), worth, brought, *shares))
    return found


def orders_of(plan: Made, target: float) -> dict[str, int]:
    """How many more of each source the plan orders."""
    now, found = plan.now, {}
    ordering = Ordering(now.coming, now.common, now.total.revenue, target, corrected([], DAYS))
    for i, name in enumerate(now.coming.sources):
        more = ordering.needed(i, float(now.coming.evenly[i])) if name not in (NOT_KNOWN, OTHERS) else None
        if more is not None:
            found[name] = more
    return found


def lines(found: Sequence[Delivered], accounts: int) -> list[str]:
    """The table of histories, and the share over all."""
    frame = pd.DataFrame([vars(one) for one in found])
    rows = []
    for history, of in frame.groupby("history", sort=False):
        rows.append(
            [
                str(history),
                f"{of['more'].min():,} to {of['more'].max():,}",
                f"{of['expected'].iloc[0] / of['realised'].iloc[0]:.2f}",
                f"{(of['worth'] / of['brought']).mean():.2f}",
                f"{of['without'].iloc[0]:.0%}",
                f"{of['with_order'].mean():.0%}",
            ]
        )
    by_history = frame.groupby("history")["with_order"].mean()
    error = 2 * by_history.std(ddof=1) / np.sqrt(len(by_history)) if len(by_history) > 1 else float("nan")
    without = frame.groupby("history")["without"].first().mean()
    head = [
        "history",
        "ordered, by source",
        "revenue expected / realised",
        "the same of one ordered",
        "without it",
        "with it",
    ]
    return [
        f"{len(by_history)} histories of {accounts:,} accounts, {FUTURES} futures each; {len(frame)} orders. The "
        f"target is reached in {by_history.mean():.0%} ± {error:.0%} of the futures with an order, where {WANTED:.0%} "
        f"was wanted, and in {without:.0%} without, where {WITHOUT:.0%} was expected.",
        "",
        *document.table(head, rows, ["---", *["---:"] * 5]),
    ]


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--histories", type=int, default=10)
    parser.add_argument("--accounts", type=int, default=2_000)
    asked = parser.parse_args()
    found: list[Delivered] = []
    names = list(VARIANTS)
    for i in range(asked.histories):
        variant, seed = names[i % len(names)], 201 + i
        market = simulate(asked.accounts, weeks=WEEKS, seed=seed, parameters=VARIANTS[variant])
        some = delivered(market, f"{variant} {seed}", seed)
        found += some
        if some:
            print(pd.DataFrame([vars(one) for one in some]).round(2).to_string(), flush=True)
    written = lines(found, asked.accounts)
    print("\n".join(written))
    if asked.write is not None:
        document.update(asked.write, BEGIN, END, written)


if __name__ == "__main__":
    main()
