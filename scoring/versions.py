"""The versions of records of which the export has several rows: which of them was the newest at a day.

One dated example, a deal with three rows:

    known 2026-01-10  open            at as_of 2026-02-01 it is open, known since 10 January
    known 2026-02-20  won, 02-19      at as_of 2026-03-01 it is won
    known 2026-03-05  won, amount 9   at as_of 2026-04-01 its amount is 9
"""

import ibis

from scoring.cells.cells import TIME
from scoring.timeline import day_of, known

#: When a version was written; null for a row that was there from the beginning.
VERSION_AT = "version_at"
#: How many days after its close a deal may be seen as closed, and still count as known since its first version: an
#: export of the next night shows it one day later.
NEXT_NIGHT = 1


def newest_versions(versions: ibis.Table, as_of: int | None = None) -> ibis.Table:
    """The newest version of each deal that was known before `as_of`, in the columns of `opportunities`.

    The deal is known since its first version. Where it was closed long before a version said so, it is known since
    that version: before, nobody knew.

    Parameters
    ----------
    versions : Table
        The columns of `opportunities` and `VERSION_AT`, one row a version.
    as_of : int, optional
        Day number; None for the newest of all.
    """
    columns = [column for column in versions.columns if column != VERSION_AT]
    # The first version was known when the deal was, whenever it was last touched.
    began = ibis.window(group_by="opportunity_id", order_by=[ibis.asc(VERSION_AT, nulls_first=True)])
    dated = versions.mutate(number=ibis.row_number().over(began))
    first = dated.number == 0
    since = ibis.ifelse(
        first, dated.known_at, ibis.greatest(dated.known_at, ibis.coalesce(dated[VERSION_AT], dated.known_at))
    )
    dated = dated.mutate(since=since.cast(TIME))
    if as_of is not None:
        dated = dated.filter(known(day_of(dated.since), as_of))
    per_deal = ibis.window(group_by="opportunity_id")
    last = ibis.window(group_by="opportunity_id", order_by=[ibis.desc("number")])
    dated = dated.mutate(from_last=ibis.row_number().over(last), begun=dated.since.min().over(per_deal))
    top = dated.filter(dated.from_last == 0)
    states = top.select(its="opportunity_id", final="status")
    same = dated.inner_join(states, [dated.opportunity_id == states.its, dated.status == states.final])
    first_known = same.group_by(of_deal="opportunity_id").agg(ended_at=same.since.min())
    both = top.left_join(first_known, top.opportunity_id == first_known.of_deal)
    late = (both.status != "open") & (day_of(both.ended_at) > day_of(both.closed_at) + NEXT_NIGHT)
    return both.mutate(known_at=ibis.ifelse(late.fill_null(False), both.ended_at, both.begun)).select(*columns)


def with_newest(opportunities: ibis.Table, versions: ibis.Table, as_of: int | None = None) -> ibis.Table:
    """The deals, with the newest version known before `as_of` of those that have several.

    Parameters
    ----------
    opportunities : Table
    versions : Table
        As in `newest_versions`.
    as_of : int, optional
        Day number; None for the newest of all.
    """
    others = opportunities.anti_join(versions, "opportunity_id")
    newer = newest_versions(versions, as_of)
    # A table that was cut before has times of another precision.
    types = opportunities.schema()
    return others.union(newer.select(**{column: newer[column].cast(types[column]) for column in opportunities.columns}))


def as_history(versions: ibis.Table, key: str, traced: list[str]) -> ibis.Table:
    """The versions of accounts or leads as rows of their history: `key`, `known_at` and the traced columns.

    Parameters
    ----------
    versions : Table
        As accepted, with `VERSION_AT`; those without a time are left out.
    key : str
    traced : list of str
    """
    dated = versions.filter(versions[VERSION_AT].notnull())
    return dated.select(key, *traced, known_at=dated[VERSION_AT].cast(TIME))
