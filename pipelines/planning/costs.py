"""What one of a source cost: its spend of the last year over those who came in these months."""

from __future__ import annotations

import numpy as np

from pipelines.intake.point_in_time import PastTables
from pipelines.planning.sources.spending import month_number, spending
from scoring.planning.life_table import Lives
from scoring.timeline import calendar_date

#: Months of spend that are looked at.
MONTHS = 12


def costs(export: PastTables, lives: Lives) -> dict[str, float]:
    """What one cost, by source, for the sources of which `spend` says it and from which somebody came.

    A month counts if it is over, and from the first on in which the source cost something: what is paid once a year is
    paid for all who come in it. Spend of a campaign counts for the source that its row names.

    Parameters
    ----------
    export : PastTables
    lives : Lives
    """
    now = month_number(calendar_date(export.day))
    spent = spending(export, "source", {name: code for code, name in enumerate(lives.sources)}, 0).costs
    arrived = lives.arrived.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    found = {}
    for code, name in enumerate(lives.sources):
        paid = {month: cost for (source, month), cost in spent.items() if source == code and month >= 0 and cost > 0}
        begin = max(min(paid, default=now), now - MONTHS)
        cost = sum(one for month, one in paid.items() if begin <= month < now)
        number = int(((arrived >= begin) & (arrived < now) & (lives.source == code)).sum())
        if cost > 0 and number:
            found[name] = cost / number
    return found
