"""The outcomes of snapshots: the period of the horizon in which the win came that is asked for, if it is observed."""

import ibis

from scoring.outcomes.customers import first_wins, next_wins
from scoring.outcomes.deal_shares import Sharing, left_amounts, shared_amounts, snapshots_of_accounts
from scoring.question import Win
from scoring.timeline import Horizon, known


def outcomes(
    snapshots: ibis.Table,
    won_deals: ibis.Table,
    horizon: Horizon,
    today: int,
    sharing: Sharing | None = None,
    win: Win = "new_business",
) -> ibis.Table:
    """The outcome of each snapshot as known at `today`.

    Parameters
    ----------
    snapshots : Table
        `unit`, `as_of`. They hold no known customers, unless `win` is `any`.
    won_deals : Table
        The won deals of any type as known at `today`: see `customers.won_deals`.
    horizon : Horizon
        Its periods.
    today : int
        Day number; a deal that closes on this day or later is still open.
    sharing : Sharing, optional
        Of leads: whom each won deal is shared among. Without it, a unit gets the whole amount of its deals.
    win : {"new_business", "any"}
        The question: see `scoring.question`.

    Returns
    -------
    Table
        The columns of `snapshots` and
        `observed` (the number of periods that are over at `today`; an outcome in a later period does not count),
        `won_period` (0 to periods - 1; null without a win in an observed period),
        `won_day` (of that win; null likewise) and
        `amount` (of that win, or the lead's share of it; null likewise, but for a lead whose account won by somebody
        who was not known at `as_of`: its part of that).

    Notes
    -----
    The win is the first of the unit, or with `any` the first that closes on `as_of` or later. Where it is none to learn
    from, of another type than is asked for or by a row that was set aside, the unit is observed for the periods that
    were over by that day. A unit with a lost deal can still win. The amounts of several wins on a day are added up.

    Where deals are scored, a lost deal has no snapshots any more, but it stays in the risk set of those at which it was
    open, as not won in any later period. So `1 - prod(1 - hazard)` is the probability that it is won, with losing as a
    competing end (the subdistribution hazard of Fine and Gray 1999, where nothing censors but the end of the data). Out
    of the risk set, lost deals would count as if they could still be won as often as those that are open.
    """
    closed = won_deals.filter(known(won_deals.closed_day, today))
    keys = snapshots.select("unit", "as_of")
    first = next_wins(closed, keys) if win == "any" else first_wins(closed)
    joined = snapshots.left_join(first, ["unit", "as_of"] if win == "any" else "unit")
    joined = joined.drop(*(column for column in joined.columns if column in ("unit_right", "as_of_right")))
    if sharing is not None:
        parts = shared_amounts(_wins(first, keys, win), closed, sharing.shares)
        parts = parts.select("amount", its="unit", at="as_of")
        joined = joined.drop("amount").left_join(parts, [joined.unit == parts.its, joined.as_of == parts["at"]])
        joined = joined.drop("its", "at")
    joined = joined.mutate(
        over=horizon.observed(joined.as_of, today),
        period=horizon.period_of(joined.won_day, joined.as_of),
        # A win before `as_of` that was entered later is the first win, but not one of this horizon.
        ahead=joined.won_day.notnull() & ~known(joined.won_day, joined.as_of),
    )
    counts = joined.ahead & joined.asked & (joined.period < joined.over)
    ended = joined.ahead & ~joined.asked & (joined.period < joined.over)
    found = joined.mutate(
        observed=ibis.ifelse(ended, joined.period, joined.over),
        won_period=ibis.ifelse(counts, joined.period, ibis.null("int64")),
        won_day=ibis.ifelse(counts, joined.won_day, ibis.null(joined.won_day.type())),
        amount=ibis.ifelse(counts, joined.amount, ibis.null("float64")),
    ).drop("period", "over", "ahead", "asked")
    return found if sharing is None else _with_left(found, keys, sharing, horizon, today, win)


def _wins(first: ibis.Table, snapshots: ibis.Table, win: Win) -> ibis.Table:
    """Of `first_wins` or `next_wins` those to learn from, at each snapshot: `unit`, `as_of`, `won_day`."""
    wins = first.filter(first.asked)
    if win == "new_business":
        wins = wins.select("won_day", winner="unit")
        wins = snapshots.inner_join(wins, snapshots.unit == wins.winner)
    return wins.select("unit", "as_of", "won_day")


def _with_left(
    found: ibis.Table, snapshots: ibis.Table, sharing: Sharing, horizon: Horizon, today: int, win: Win
) -> ibis.Table:
    """The outcomes of leads with what the wins of their accounts bring that none of the known leads brought."""
    of_accounts = sharing.of_accounts.filter(known(sharing.of_accounts.closed_day, today))
    accounts = snapshots_of_accounts(snapshots, sharing.people)
    first = next_wins(of_accounts, accounts) if win == "any" else first_wins(of_accounts)
    wins = _wins(first, accounts, win)
    over, period = horizon.observed(wins.as_of, today), horizon.period_of(wins.won_day, wins.as_of)
    wins = wins.filter(~known(wins.won_day, wins.as_of) & (period < over))
    left = left_amounts(snapshots, wins, sharing).select(its="unit", at="as_of", left="amount")
    joined = found.left_join(left, [found.unit == left.its, found.as_of == left["at"]])
    both = ibis.ifelse(joined.left.notnull(), joined.amount.fill_null(0.0) + joined.left, joined.amount)
    return joined.mutate(amount=both).drop("its", "at", "left")
