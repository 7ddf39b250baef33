"""Whether an export ends long before the day it is read for: the days between look as if nothing happened in them."""

from __future__ import annotations

from pipelines.intake.point_in_time import Export

#: Days without any news of a CRM that are usual: a week in which nobody works.
USUAL_DAYS = 7
#: The tables that have news on a working day.
BUSY = ("accounts", "leads", "opportunities", "activities", "opportunity_history")


def stale_notes(export: Export) -> list[str]:
    """What to say of the days before `as_of` of which an export knows nothing; empty where there are few.

    Parameters
    ----------
    export : Export
    """
    known = [day.date() for name, day in export.intake.last_known.items() if name in BUSY]
    silent = (export.as_of - max(known)).days - 1 if known else 0
    if silent <= USUAL_DAYS:
        return []
    return [
        f"the newest row of the export is of {max(known)}: of the {silent} days from then to {export.as_of} nothing is "
        "known, and they count as days on which nothing happened; export again, or give an earlier --as-of"
    ]
