"""What one of a source cost: its spend of the last year over those who came in these months."""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.intake.point_in_time import PastTables
from pipelines.planning.sources.spending import month_number, spending
from scoring.planning.life_table import Lives
from scoring.timeline import calendar_date, day_number

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
    now = month_number(calendar_date(export.day))
    begin = day_number(date((now - MONTHS) // 12, (now - MONTHS) % 12 + 1, 1))
    spent = spending(export, "source", {name: code for code, name in enumerate(lives.sources)}, begin).costs
    arrived = lives.arrived.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    found = {}
    for code, name in enumerate(lives.sources):
        paid = {
            month: cost for (source, month), cost in spent.items() if source == code and 0 <= month < now and cost > 0
        }
        number = int(np.isin(arrived[lives.source == code], list(paid)).sum())
        if paid and number:
            found[name] = sum(paid.values()) / number
    return found
