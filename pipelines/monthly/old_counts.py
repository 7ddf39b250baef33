"""What used to be counted, by month: touches, and people who became marketing-qualified by the rule of points."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import Export
from scoring import entities
from scoring.evidence.mql import mql_facts
from scoring.evidence.touches import touch_days
from scoring.monthly.month import CalendarMonth
from scoring.timeline import Grid


def old_counts(export: Export, config: Config, months: Sequence[CalendarMonth]) -> pd.DataFrame:
    """Touches, and people who became qualified in each month; a row a month.

    Parameters
    ----------
    export : Export
    config : Config
        Has the MQL rule.
    months : sequence of CalendarMonth
        Following one another, all over at the day of the export.

    Returns
    -------
    DataFrame
        `month`, `touches` (of both sides, with every repeat) and `mqls`. Points never fall, so the people who are
        qualified at the end of a month and were not at its beginning became so in it.
    """
    found = pd.DataFrame({"month": [str(month) for month in months], "touches": 0, "mqls": 0})
    people = entities.people(export.tables)
    people = None if people is None else export.keep(people)
    touches = touch_days(export.tables, people, "account")
    touches = None if touches is None else export.keep(touches)
    begins = [month.begin_day for month in months]
    if touches is not None:
        each = touches.filter((touches.day >= begins[0]) & (touches.day < months[-1].end_day))
        by_day = each.group_by("day").agg(touches=each.touches.sum()).to_pandas()
        named = by_day["day"].astype("int64").to_numpy().astype("datetime64[D]").astype("datetime64[M]").astype(str)
        of_month = by_day["touches"].groupby(named).sum()
        found["touches"] = found["month"].map(of_month).fillna(0).astype("int64")
    grid = Grid((*begins, months[-1].end_day))
    facts = mql_facts(touches, people, "account", config.mql, grid)
    if facts is not None:
        sums = facts.group_by("as_of").agg(mqls=facts.mqls.sum()).to_pandas().set_index("as_of")["mqls"]
        so_far = sums.reindex(list(grid.days)).fillna(0).astype("int64").to_numpy()
        found["mqls"] = so_far[1:] - so_far[:-1]
    return found
