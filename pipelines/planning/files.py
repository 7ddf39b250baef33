"""The tables of a plan, as Parquet and CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.planning.sources.files import write_tables as write_frames
from scoring.planning.plan import Plan, split_rows
from scoring.timeline import calendar_date


def write_plan_tables(plan: Plan, folder: Path) -> list[Path]:
    """Write the tables of a plan; gives the files.

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    frames = {f"plan_{name}": pd.DataFrame(rows) for name, rows in plan_tables(plan).items()}
    write_frames(frames, folder)
    return [folder / f"{name}.{ending}" for name in frames for ending in ("parquet", "csv")]


def plan_tables(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """The tables of a plan by name, without empty ones."""
    dates = {"as_of": plan.as_of.isoformat(), "until": plan.until.isoformat()}
    past = [
        {
            "as_of": calendar_date(wins.day).isoformat(),
            "wins_expected": wins.expected,
            "wins_low_80": wins.limits[1][0],
            "wins_high_80": wins.limits[1][1],
            "won": wins.actual,
            "revenue_expected": revenue.expected,
            "revenue_low_80": revenue.limits[1][0],
            "revenue_high_80": revenue.limits[1][1],
            "booked": revenue.actual,
        }
        for wins, revenue in zip(plan.past.wins, plan.past.revenue, strict=True)
    ]
    orders = [] if plan.order is None else plan.order.to_json()["sources"]
    found = {
        "arrivals": [{**dates, **vars(source)} for source in plan.sources],
        "by": [{**dates, **row} for row in split_rows(plan.splits)],
        "order": [{**dates, **row} for row in orders],
        "past": past,
    }
    return {name: rows for name, rows in found.items() if rows}
