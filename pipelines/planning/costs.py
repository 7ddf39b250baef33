"""What one of a source cost: its spend of the last year over those who came in these months."""

from __future__ import annotations

import numpy as np

from pipelines.intake.point_in_time import PastTables
from scoring.planning.life_table import Lives
from scoring.timeline import calendar_date

#: Months of spend that are looked at.
MONTHS = 12


def costs(export: PastTables, lives: Lives) -> dict[str, float]:
    """What one cost, by source, for the sources of which `spend` says it and from which somebody came.

    A month counts if it is over. Spend of a campaign counts for the source that its row names.

    Parameters
    ----------
    export : PastTables
    lives : Lives
    """
    spend = export.tables.spend
    if spend is None:
        return {}
    rows = spend.filter(spend.source.notnull() & (spend.cost > 0)).select("source", "month", "cost").to_pandas()
    months_of_arrival = lives.arrived.astype("datetime64[D]").astype("datetime64[M]")
    now = np.datetime64(calendar_date(export.day), "M")
    month = rows["month"].to_numpy().astype("datetime64[M]")
    recent = (month < now) & (month >= now - MONTHS)
    found = {}
    for code, name in enumerate(lives.sources):
        own = recent & (rows["source"].to_numpy(dtype=object) == name)
        paid = np.unique(month[own])
        number = int(np.isin(months_of_arrival[lives.source == code], paid).sum())
        if own.any() and number:
            found[name] = float(rows["cost"].to_numpy()[own].sum()) / number
    return found
