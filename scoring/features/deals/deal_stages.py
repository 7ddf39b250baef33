"""The changes of deals, by unit: their stage, and what was planned of them."""

import ibis

from scoring.cells.null_dates import NO_DATE_FROM, NO_DATE_UNTIL
from scoring.tables import Tables
from scoring.timeline import Grid, day_of, known

#: Of what nights kept: whether a row is the first look at a deal. It says what its stage is, and not since when.
FIRST_LOOK = "first_look"
#: The columns of these changes.
STAGES = {
    "unit": "string",
    "opportunity_id": "string",
    "closed_day": "int64",
    "stage": "string",
    "amount": "float64",
    "close_date": "int64",
    "probability": "float64",
    "changed_at": "timestamp",
    "changed_day": "int64",
    "known_day": "int64",
}


def deal_stages(tables: Tables, deals: ibis.Table) -> ibis.Table | None:
    """The changes of the deals of each unit; None where the export has no history of deals.

    Parameters
    ----------
    tables : Tables
    deals : Table
        As `entities.deals_of_units` gives them.
    """
    changes = tables.opportunity_history
    if changes is None:
        return None
    deal_units = deals.select("unit", "opportunity_id", "closed_day", deal_day="known_day")
    both = deal_units.inner_join(changes, "opportunity_id")
    since = day_of(both.changed_at)
    if FIRST_LOOK in both.columns:
        since = ibis.ifelse(both[FIRST_LOOK], ibis.null("int64"), since)
    planned, year = both.close_date, both.close_date.year()
    planned = ibis.ifelse((year > NO_DATE_UNTIL) & (year < NO_DATE_FROM), planned, ibis.null(planned.type()))
    return both.select(
        "unit",
        "opportunity_id",
        "closed_day",
        "stage",
        "probability",
        "changed_at",
        amount=ibis.ifelse(both.amount >= 0, both.amount, ibis.null("float64")),
        close_date=day_of(planned).cast("int64"),
        changed_day=since.cast("int64"),
        # A stage is not known before its deal is.
        known_day=ibis.greatest(day_of(both.changed_at), both.deal_day),
    )


def of_open_deals(stages: ibis.Table, grid: Grid) -> ibis.Table:
    """The changes of the deals that were open on any day of the grid: the others say nothing there, and are most.

    Whoever looks for the change before each one has to sort only these.

    Parameters
    ----------
    stages : Table
        As `deal_stages` gives them: all changes of a deal have its `closed_day`.
    grid : Grid
    """
    return stages.filter(stages.closed_day.isnull() | ~known(stages.closed_day, grid.days[0]))
