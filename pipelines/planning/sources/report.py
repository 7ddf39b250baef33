"""What `closedwon sources` says, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipelines.planning.sources.cohorts import SourceReport
from scoring.timeline import calendar_date

#: The steps in the printed table, with their headings, and the least width of names.
SHOWN = {"reached": "reached", "engaged": "engaged", "conversation": "talked", "in_deal": "in deal"}
WIDTH = 22


def lines(found: SourceReport) -> Iterator[str]:
    """The report in lines for a person.

    Parameters
    ----------
    found : SourceReport
    """
    yield f"\nWhat each {found.by} brought from {found.since} to {found.as_of}, known by {found.named_by}"
    heads = ["arrived", "targets", *SHOWN.values(), "won, completed", "revenue", "cost", "a win", "paid back"]
    width = max([WIDTH, *(len(str(name)) for name in found.sources["source"])])
    yield _line(found.by, heads, width)
    for row in found.sources.to_dict("records"):
        steps = [f"{row[name]:,.0f}" for name in SHOWN]
        won = f"{row['won']:,.0f}, {row['won_completed']:,.1f} ({row['won_low']:,.0f}-{row['won_high']:,.0f})"
        days = row["payback_days"]
        paid = "" if pd.isna(row["cost"]) else "not yet" if pd.isna(days) else f"{days:,.0f} days"
        money = [_number(row[name]) for name in ("revenue_completed", "cost", "cost_per_win")]
        yield _line(
            str(row["source"]), [f"{row['arrived']:,}", f"{row['targets']:,}", *steps, won, *money, paid], width
        )
    yield from _staying(found, width)
    expected, booked = (found.sources[name].sum() for name in ("expected_so_far", "booked_so_far"))
    if expected > 0:
        yield (
            f"\nBy the scorecard of {found.since}, soon after they came, these were expected to have brought "
            f"{expected:,.0f} by now; booked are {booked:,.0f}"
        )
    yield from _alarm(found)
    yield "\nWhat is counted"
    yield from (f"  {name:<16} {words}" for name, words in found.definitions.items())
    for note in found.notes:
        yield f"Note: {note}"


def _staying(found: SourceReport, width: int) -> Iterator[str]:
    """What a win is worth while it stays, and how much of its cost, where the export says who stays."""
    if "lifetime_value" not in found.sources:
        return
    yield "\nWhile customers stay"
    for row in found.sources.to_dict("records"):
        line = f"  {row['source']!s:<{width}} a win is worth {row['lifetime_value']:,.0f}"
        if not pd.isna(row["value_to_cost"]):
            days = row["payback_days_staying"]
            paid = "not paid back in these days" if pd.isna(days) else f"paid back in {days:,.0f} days"
            line += f", {row['value_to_cost']:,.1f} times what it cost, {paid}"
        yield line


def _alarm(found: SourceReport) -> Iterator[str]:
    watch = found.watch
    if not watch.sources:
        return
    if watch.named:
        yield "\nSources that bring more of whom less is expected"
        yield from (f"  {one.sentence()}" for one in watch.named)
    if watch.falling:
        yield "\nSources of whose arrivals less is expected"
        yield from (f"  {one.sentence()}" for one in watch.falling)
    if not watch.named and not watch.falling:
        yield f"\nNo source brings arrivals of whom less is expected than before ({watch.sources} watched)"
    yield (
        f"  Watched since {calendar_date(watch.begin)}. If nothing changes, a source is named in at most "
        f"{min(watch.chance * watch.sources, 1.0):.0%} of such watches of {watch.weeks} weeks, however often one looks."
    )


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.0f}"


def _line(name: str, cells: list[str], width: int) -> str:
    widths = (8, 9, 9, 9, 8, 9, 24, 13, 12, 11, 11)
    return f"  {name:<{width}}" + "".join(f" {cell:>{wide - 1}}" for cell, wide in zip(cells, widths, strict=True))
