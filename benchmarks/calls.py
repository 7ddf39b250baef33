"""Do call lists keep what they promise, and bring more than calling by grade? Thirty weeks of simulated markets.

    python -m benchmarks.calls --write docs/calls.md
    python -m benchmarks.calls --markets 1 --accounts 1500     # a part; finished markets are kept

Of each week: is the capacity of every owner and team kept, is anybody called whom the policy lets rest, how many names
change and how many of them without news. And what calls add to expected revenue, by the market's own truth, beside
calling by grade, by expected revenue, and by the true gain, which nobody knows: all with the same places and rest.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import document
from benchmarks.call_weeks import EFFECTS, ORDERS, WEEKS, now, weeks
from pipelines.evaluation.cutoff import write_whole

BEGIN, END = "<!-- made by `python -m benchmarks.calls` -->", "<!-- to here: calls -->"
FOLDER = Path(".bench/calls")


def studied(seed: int, accounts: int, count: int, kept: Path) -> dict[str, Any]:
    """One market; it is kept, and read where it was kept before."""
    file = kept / f"{seed}-{accounts}-{count}.json"
    if not file.exists():
        content: dict[str, Any] = {}
        for checked, arms in weeks(seed, accounts, count):
            print(f"{now()} market {seed}, week {checked.weeks}", flush=True)
            each = {name: {"calls": arm.calls, "gains": arm.gains} for name, arm in arms.items()}
            content = {"checked": asdict(checked), "arms": each}
        write_whole(file, content)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def difference(markets: Sequence[dict[str, Any]], effect: str, order: str, other: str) -> tuple[float, float]:
    """How much more one order brings than another over all markets, and the standard error between accounts."""
    each = []
    for market in markets:
        own, its = (market["arms"][name]["gains"][effect] for name in (order, other))
        each += [own.get(name, 0.0) - its.get(name, 0.0) for name in sorted({*own, *its})]
    values = np.array(each)
    return float(values.sum()), float(np.sqrt(len(values)) * values.std(ddof=1))


def lines_of(markets: Sequence[dict[str, Any]], accounts: int, count: int) -> list[str]:
    """The tables."""
    totals = {name: sum(one["checked"][name] for one in markets) for name in markets[0]["checked"] if name != "left"}
    left: dict[str, int] = {}
    for one in markets:
        for reason, number in one["checked"]["left"].items():
            left[reason] = left.get(reason, 0) + number
    text = [
        f"{len(markets)} {'market' if len(markets) == 1 else 'markets'} of {accounts:,} accounts, {count} weeks each, "
        "30 places a week for five owners. Of the names on the lists 70 % are called in their week.",
        "",
        f"- Lists of an owner longer than its places: {totals['over_owner']} of {totals['owners']:,}. Weeks in which a "
        f"team called more than it can: {totals['over_team']} of {2 * totals['weeks']:,}.",
        "- Names that the rules let rest, or that are on a list twice: "
        f"{totals['against_policy']} of {totals['names']:,}.",
        f"- Names that left the list of the week before: {sum(left.values()):,}; {totals['stayed']:,} stayed. Left "
        f"without news: {totals['without_news']}.",
        "",
        *document.table(
            ["why a name left", "names"], [[why, f"{n:,}"] for why, n in sorted(left.items())], ["---", "---:"]
        ),
        "",
        "What calls add to expected revenue within 182 days, by the truth of the market, each call counted by itself:",
        "",
    ]
    rows = []
    for effect in EFFECTS:
        for order in ORDERS:
            gain = sum(sum(one["arms"][order]["gains"][effect].values()) for one in markets)
            made = sum(one["arms"][order]["calls"] for one in markets)
            more, error = difference(markets, effect, order, "by grade")
            base = sum(sum(one["arms"]["by grade"]["gains"][effect].values()) for one in markets)
            beside = "" if order == "by grade" else f"{100 * more / base:+.0f} % ({_interval(more, error, base)})"
            rows.append([effect, order, f"{made:,}", f"{gain / made:,.0f}", beside])
    head = ["what a call does", "called", "calls", "added by a call", "beside calling by grade (95 % interval)"]
    return [*text, *document.table(head, rows, ["---", "---", "---:", "---:", "---:"])]


def _interval(more: float, error: float, base: float) -> str:
    low, high = (100 * (more + side * 1.96 * error) / base for side in (-1, 1))
    return f"{low:+.0f} to {high:+.0f}"


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls")
    parser.add_argument("--markets", type=int, default=4)
    parser.add_argument("--accounts", type=int, default=2_500)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished markets are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    seeds = range(301, 301 + options.markets)
    markets = [studied(seed, options.accounts, options.weeks, options.folder) for seed in seeds]
    lines = lines_of(markets, options.accounts, options.weeks)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
