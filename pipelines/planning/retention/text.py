"""What `closedwon retention` says, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.planning.retention.report import RetentionReport
from scoring.planning.retention.ahead import ExpectedStay, RetentionTotal
from scoring.timeline import calendar_date

#: The customers that are named, who is likeliest to leave first.
NAMED = 10
WIDTH = 22


def lines(found: RetentionReport) -> Iterator[str]:
    """The report in lines for a person.

    Parameters
    ----------
    found : RetentionReport
    """
    table = found.table
    yield f"\nCustomers as of {found.as_of}, by {found.customers.words}"
    yield (
        f"  {found.all.customers:,} are customers; of {table.customers:,} who were at risk since "
        f"{calendar_date(table.since)}, {table.left:,} left"
    )
    if found.learned.fitted is not None:
        yield f"  by a scorecard that learned from {found.learned.fitted.scorecard.wins:,} customers that left"
    heads = [
        "customers",
        "leave in a year",
        f"stay, of {found.years:g} years",
        "pay a year",
        "in the next year",
        "in all",
    ]
    yield "\n" + _line(found.by or "", heads)
    yield _line("all", _cells(found.all))
    yield from (_line(name, _cells(total)) for name, total in found.groups.items())
    yield f"\n  In brackets: 80 of 100 cases. Revenue is what customers pay while they stay, of {found.years:g} years."
    shown = found.rows.head(NAMED).to_dict("records")
    yield f"\nLikeliest to leave within a year ({len(shown)} of {len(found.rows):,})"
    for row in shown:
        why = "; ".join(row[name] for name in ("reason_1", "reason_2") if row.get(name))
        yield f"  {row['account_id']:<20} {row['leave_probability']:>5.0%}  {why}".rstrip()
    for note in found.notes:
        yield f"Note: {note}"


def _cells(total: RetentionTotal) -> list[str]:
    money = [""] * 3
    if not np.isnan(total.recurring):
        money = [f"{total.recurring:,.0f}", _short(total.retained), _short(total.lifetime)]
    years = total.years
    return [
        f"{total.customers:,}",
        f"{total.leaving.value:,.1f} ({total.leaving.low:,.0f}-{total.leaving.high:,.0f})",
        f"{years.value:.1f} ({years.low:.1f}-{years.high:.1f})",
        *money,
    ]


def _short(one: ExpectedStay) -> str:
    return f"{one.value:,.0f} ({one.low:,.0f}-{one.high:,.0f})"


def _line(name: str, cells: list[str]) -> str:
    widths = (10, 18, 19, 13, 36, 36)
    return f"  {name[:WIDTH]:<{WIDTH}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
