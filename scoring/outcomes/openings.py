"""Whether a deal opened soon after a snapshot: it is seen months before the win that may follow.

One dated example, a snapshot of 2026-03-01 with periods of 30 days, asked on 2026-04-15:

    a deal known since 2026-03-05               it opened: known on 03-31, when the first period was over
    a deal known since 2026-04-02               none opened within the first period
    a deal known since 2026-02-10, still open   nothing can open: it is not asked
    a deal known since 2026-02-10, lost 02-20   none is open, so another could

On 2026-03-30 the first period is not over, and nothing is said of this snapshot.
"""

import ibis

from scoring.timeline import Horizon, known

#: The column of a frame of snapshots. No attribute can have this name, for it has a blank in it.
OPENED = "deal opened"


def with_openings(snapshots: ibis.Table, deals: ibis.Table, horizon: Horizon, today: int) -> ibis.Table:
    """Snapshots with `OPENED`: 1 if a deal opened in their first period, else 0.

    It is null where a deal was open already, and where the first period is not over at `today`. First periods of a grid
    do not overlap, so each opening of a unit counts once. A deal opens when it is known: the day it is dated may be
    before that.

    Parameters
    ----------
    snapshots : Table
        `unit`, `as_of`, and columns that are kept.
    deals : Table
        The new business of each unit as known at `today`: see `entities.deals`.
    horizon : Horizon
        Its first period.
    today : int
        Day number.
    """
    ahead = horizon.bounds[1]
    keys = snapshots.select(whose="unit", at="as_of")
    both = keys.inner_join(deals.select("unit", "known_day", "closed_day"), keys.whose == deals.unit)
    begun = known(both.known_day, both["at"])
    closed = both.closed_day.notnull() & known(both.closed_day, both["at"])
    over = both.closed_day.notnull() & (both.closed_day < both["at"])
    found = both.group_by("whose", "at").agg(
        already=(begun & ~closed).cast("int64").max(),
        # A deal that is entered once it is closed, as in an import of old ones, did not open then.
        soon=(~begun & ~over & known(both.known_day, both["at"] + ahead)).cast("int64").max(),
    )
    joined = snapshots.left_join(found, [snapshots.unit == found.whose, snapshots.as_of == found["at"]])
    asked = (joined.already.fill_null(0) == 0) & (joined.as_of + ahead <= today)
    opened = ibis.ifelse(asked, joined.soon.fill_null(0), ibis.null("int64"))
    return joined.mutate(opened.name(OPENED)).select(*snapshots.columns, OPENED)
