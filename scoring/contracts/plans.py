"""Plans: rows and dates that lie in the future. They are not broken; they are not known yet."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from scoring.cells import cells

#: The rule of a row that is a plan. Such a row is no rejected row.
PLANNED = "planned"
#: The column of a read table that says whether the close date of a closed deal lies in the future.
PLANNED_CLOSE = "__planned_close"


def is_planned(rows: ibis.Table, column: str, latest: datetime) -> ir.BooleanValue:
    """Whether a row's event lies in the future.

    Parameters
    ----------
    rows : ibis.Table
        As read.
    column : str
        The time of the event.
    latest : datetime
        What is later lies in the future.
    """
    return (rows[column] > ibis.literal(latest, type=cells.TIME)).fill_null(False)


def closed_when_known(deals: ibis.Table, latest: datetime) -> ibis.Table:
    """Let a won or lost deal whose close date lies in the future close when it became known.

    CRMs keep the expected date of a deal that was closed early. That it is closed was known by then, so the date on
    which the row became known is the latest that is certain: its ``known_at``, else its ``created_at``.

    Parameters
    ----------
    deals : ibis.Table
        The opportunities as read, where open deals have no close date any more.
    latest : datetime
        What is later lies in the future.
    """
    planned = is_planned(deals, "closed_at", latest) & (deals.status != "open").fill_null(False)
    known = ibis.greatest(deals.created_at, ibis.coalesce(deals.known_at, deals.created_at))
    planned = planned & known.notnull()
    return deals.mutate(closed_at=ibis.ifelse(planned, known, deals.closed_at), **{PLANNED_CLOSE: planned})
