"""Engagement days: what a buyer did, of one kind, on one UTC day, once, however often it was repeated.

Everything about intent is made from these. Our own outbound touches are dropped here, so none of them can
reach a score, and so is the number of repeats.
"""

import ibis

from scoring.tables import Tables
from scoring.timeline import day_of

#: Days without any engagement after which the next one is a return.
SILENCE_DAYS = 60


def engagement_days(tables: Tables, crowd: ibis.Table | None) -> ibis.Table | None:
    """One row for each (account, lead, kind, day) that a buyer engaged.

    Columns: `account_key`, `lead_id` (null where the visitor is not known), `kind`, `day` (when it happened),
    `known_day` (when it and its person were known, never before `day`), `decision_maker`, `department`.
    None without an activities table.
    """
    activities = tables.activities
    if activities is None:
        return None
    inbound = activities.filter(activities.direction == "inbound")
    touches = inbound.select(
        "lead_id",
        "account_id",
        kind=inbound.activity_type,
        day=day_of(inbound.occurred_at),
        known_day=day_of(inbound.known_at),
    )
    # First to days, then to people: the join meets thousands of repeats as one row.
    days = touches.group_by("account_id", "lead_id", "kind", "day").agg(known_day=touches.known_day.min())
    if crowd is None:
        return days.filter(days.account_id.notnull()).select(
            "lead_id",
            "kind",
            "day",
            "known_day",
            account_key=days.account_id,
            decision_maker=ibis.literal(False),
            department=ibis.null("string"),
        )
    who = crowd.select("account_key", "decision_maker", "department", person=crowd.lead_id, person_day=crowd.known_day)
    met = days.left_join(who, days.lead_id == who.person)
    # What a lead that is not known yet did becomes known with the lead.
    met = met.filter(met.lead_id.isnull() | met.person.notnull())
    return (
        met.mutate(
            # A lead's own account, else the one the activity names.
            account_key=ibis.coalesce(met.account_key, met.account_id),
            known_day=ibis.greatest(met.known_day, met.person_day.fill_null(0)),
            decision_maker=met.decision_maker.fill_null(False),
        )
        .filter(ibis._.account_key.notnull())
        .group_by("account_key", "lead_id", "kind", "day")
        .agg(
            known_day=ibis._.known_day.min(),
            decision_maker=ibis._.decision_maker.any(),
            department=ibis._.department.min(),
        )
    )


def marked(days: ibis.Table, level: str) -> ibis.Table:
    """The engagement days of the units of a level, each marked with what is new in it.

    Adds `unit`, `new_kind` (the unit's first of that kind), `new_person` (that person's first) and `returned`
    (after `SILENCE_DAYS` without any). Order is by when things became known, so a later row never
    takes the mark from an earlier one.
    """
    own = days.mutate(unit=days.account_key if level == "account" else days.lead_id)
    own = own.filter(own.unit.notnull())
    first_of_kind = ibis.window(group_by=["unit", "kind"])
    first_of_person = ibis.window(group_by=["unit", "lead_id"])
    # Days as they became known: a unit's day counts once, when its first touch was known.
    calendar = own.group_by("unit", "day").agg(first_known=own.known_day.min())
    earlier = ibis.window(group_by="unit", order_by=["first_known", "day"], preceding=(None, 1))
    calendar = calendar.mutate(before=calendar.day.max().over(earlier))
    calendar = calendar.mutate(returned=(calendar.day - calendar.before >= SILENCE_DAYS).fill_null(False)).select(
        "unit", "day", "returned"
    )
    own = own.mutate(moment=own.known_day * 100_000 + own.day)
    own = own.mutate(
        new_kind=own.moment == own.moment.min().over(first_of_kind),
        new_person=own.lead_id.notnull() & (own.moment == own.moment.min().over(first_of_person)),
    )
    return own.inner_join(calendar, ["unit", "day"]).drop("moment")
