"""The outcomes of snapshots: the period of the horizon in which the first new business was won, if it is observed."""

import ibis

from scoring.timeline import Horizon, known


def outcomes(snapshots: ibis.Table, deals: ibis.Table, horizon: Horizon, today: int) -> ibis.Table:
    """The outcome of each snapshot as known at `today`.

    Parameters
    ----------
    snapshots : Table
        `unit`, `as_of`. They hold no known customers.
    deals : Table
        New-business deals as known at `today`.
    horizon : Horizon
        Its periods.
    today : int
        Day number; a deal that closes on this day or later is still open.

    Returns
    -------
    Table
        The columns of `snapshots` and
        `observed` (the number of periods that are over at `today`; an outcome in a later period does not count),
        `won_period` (0 to periods - 1; null without a win in an observed period) and
        `amount` (of the first win; null likewise).

    Notes
    -----
    A unit with a lost deal can still win. The amounts of several wins on the first day are added up.
    """
    won = deals.filter((deals.status == "won") & known(deals.closed_day, today))
    first = won.group_by("unit").agg(won_day=won.closed_day.min())
    first = won.inner_join(first, ["unit", won.closed_day == first.won_day])
    first = first.group_by("unit").agg(won_day=first.won_day.min(), amount=first.amount.sum())
    joined = snapshots.left_join(first, "unit").drop("unit_right")
    joined = joined.mutate(
        observed=horizon.observed(joined.as_of, today),
        period=horizon.period_of(joined.won_day, joined.as_of),
    )
    # A win before `as_of` that was entered later is the first win, but not one of this horizon.
    counts = ~known(joined.won_day, joined.as_of) & (joined.period < joined.observed)
    return joined.mutate(
        won_period=ibis.ifelse(counts, joined.period, ibis.null("int64")),
        amount=ibis.ifelse(counts, joined.amount, ibis.null("float64")),
    ).drop("won_day", "period")
