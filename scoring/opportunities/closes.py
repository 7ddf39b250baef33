"""When deals closed after each snapshot, won or lost: what a slip is learned from.

One dated example, of a deal that was expected to close on 2026-03-31, looked at on 2026-03-01:

    closed on 2026-03-31, won or lost           in time
    closed on 2026-04-10, or still open then    it slipped
    asked on 2026-03-20, still open             nobody knows yet: the expected day is not over
    asked on 2026-03-20, closed on 2026-03-10   not learned either: of its like, only those that were early are known
"""

import ibis
import numpy as np
import pandas as pd

from scoring.timeline import known

#: The column of a frame of snapshots. No attribute can have this name, for it has a blank in it.
CLOSED = "deal closed"


def with_closes(snapshots: ibis.Table, deals: ibis.Table, today: int) -> ibis.Table:
    """Snapshots of deals with `CLOSED`: the day number on which each closed, null if it is open at `today`.

    Parameters
    ----------
    snapshots : Table
        `unit`, `as_of`, and columns that are kept.
    deals : Table
        As `entities.deals` gives them for deals.
    today : int
        Day number.
    """
    closed = deals.filter(known(deals.closed_day, today)).select("closed_day", its="unit")
    joined = snapshots.left_join(closed, snapshots.unit == closed.its)
    return joined.mutate(joined.closed_day.cast("int64").name(CLOSED)).select(*snapshots.columns, CLOSED)


def slipped(frame: pd.DataFrame, days_to_close: str, today: int) -> np.ndarray:
    """Whether each snapshot's deal closed later than was expected then: 1 or 0, NaN where it is not to be learned.

    Parameters
    ----------
    frame : DataFrame of n rows
        `as_of`, `CLOSED`, and the days to the expected close.
    days_to_close : str
        The column of those days.
    today : int
        Day number.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN without an expected day, where it had passed already, and where it is not over at `today`.
    """
    days = frame[days_to_close].to_numpy(dtype="float64", na_value=np.nan)
    expected = frame["as_of"].to_numpy(dtype="float64") + days
    closed = frame[CLOSED].to_numpy(dtype="float64", na_value=np.nan)
    late = np.where(np.isnan(closed), 1.0, closed > expected)
    return np.where((days >= 0) & (expected < today), late, np.nan)
