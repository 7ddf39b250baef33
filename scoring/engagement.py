"""Engagement days: one activity type of one buyer on one UTC day, counted once however often it was repeated.

All features of intent are made from these. Our own outbound touches are dropped here, and so is the number of repeats:
neither can reach a score.

An *actor* is what an activity names: a lead, an account, or both together. The log is kept by actor, because the
account of a lead may be another tomorrow, but its past activities do not change.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import ibis
import ibis.expr.types as ir

from scoring.tables import Keep, Log, Tables
from scoring.timeline import day_of

#: Days without any engagement after which the next one is a return.
SILENCE_DAYS = 60

Event = Literal["any", "new_kind", "new_person", "returned"]

# When something became known and the day it happened on, in one integer that sorts by the first.
_MOMENT = 100_000


def engagement_log(tables: Tables) -> Log | None:
    """The engagement log of the tables: the one that intake made, else made from their activities; None without any."""
    if tables.log is not None or tables.activities is None:
        return tables.log
    activities = tables.activities
    inbound = activities.filter(activities.direction == "inbound")
    touches = inbound.select(
        "lead_id",
        "account_id",
        actor=inbound.lead_id.fill_null("") + "\x1f" + inbound.account_id.fill_null(""),
        kind=inbound.activity_type,
        day=day_of(inbound.occurred_at),
        known_day=day_of(inbound.known_at),
    )
    return Log(
        days=touches.group_by("actor", "kind", "day").agg(known_day=touches.known_day.min()),
        actors=touches.select("actor", "lead_id", "account_id").distinct(),
    )


def actor_units(log: Log, people: ibis.Table | None, level: Literal["account", "lead"]) -> ibis.Table:
    """The units that the engagement of each actor belongs to, at a level.

    Columns: `actor`, `unit` (the account's key or the lead's id), `number` (the unit's, from 1), `lead_id` (null where
    the visitor is not known), `person_day` (when the lead was known; 0 if always), `decision_maker`, `department`,
    `position` (see `titles.position`).
    Engagement of a lead that is not known belongs to no unit. An actor has one row for each of its lead's rows in
    `people`.
    """
    rows = _met(log.actors, people, level)
    units = rows.select("unit").distinct()
    numbers = units.select(numbered="unit", number=ibis.row_number().over(order_by="unit") + 1)
    return rows.inner_join(numbers, rows.unit == numbers.numbered).drop("numbered")


def _met(actors: ibis.Table, people: ibis.Table | None, level: Literal["account", "lead"]) -> ibis.Table:
    if people is None:
        return actors.filter(actors.account_id.notnull()).select(
            "actor",
            "lead_id",
            unit=actors.account_id,
            person_day=ibis.literal(0, type="int64"),
            decision_maker=ibis.literal(False),
            department=ibis.null("string"),
            position=ibis.null("int16"),
        )
    known = people.select(
        "account_key", "decision_maker", "department", "position", person=people.lead_id, person_day="known_day"
    )
    met = actors.left_join(known, actors.lead_id == known.person)
    met = met.filter(met.lead_id.isnull() | met.person.notnull())
    # A lead's own account, else the one the activity names.
    unit = ibis.coalesce(met.account_key, met.account_id) if level == "account" else met.lead_id
    rows = met.select(
        "actor",
        "lead_id",
        "department",
        "position",
        unit=unit,
        person_day=met.person_day.fill_null(0),
        decision_maker=met.decision_maker.fill_null(False),
    )
    return rows.filter(rows.unit.notnull())


class Reduced:
    """A log reduced once, for all features without a window and all levels.

    Parameters
    ----------
    log : Log
    people : Table, optional
        The people: the engagement of a lead is not known before the lead.
    keep : callable
        Materialises a table that several expressions read.
    end : int, optional
        The day before which everything in the log was known.
    """

    def __init__(self, log: Log, people: ibis.Table | None, keep: Keep, end: int | None = None) -> None:
        self.log, self.people, self.keep, self.end = log, people, keep, end

    @cached_property
    def starts(self) -> ibis.Table:
        """`actor`, `kind`, `first` (the moment it was first known, see `moment`), `last` (the newest day)."""
        days = self.log.days
        if self.people is not None:
            leads = self.people.group_by(person="lead_id").agg(person_day=ibis._.known_day.min())
            actors = self.log.actors.inner_join(leads, self.log.actors.lead_id == leads.person)
            since = actors.select("person_day", its="actor")
            days = days.left_join(since, days.actor == since.its)
            days = days.mutate(known_day=ibis.greatest(days.known_day, days.person_day.fill_null(0)))
        return self.keep(days.group_by("actor", "kind").agg(first=moment(days).min(), last=days.day.max()))

    @cached_property
    def calendar(self) -> ibis.Table:
        """`actor`, `day`, `known_day`: each day with any engagement, once."""
        days = self.log.days
        return self.keep(days.group_by("actor", "day").agg(known_day=days.known_day.min()))

    def among(self, actors: ibis.Table) -> "Reduced":
        """The same for some actors only (column `actor`)."""
        log = replace(self.log, days=self.keep(self.log.days.semi_join(actors, "actor")))
        return Reduced(log, self.people, self.keep, self.end)


def moment(days: ibis.Table) -> ir.IntegerValue:
    """One number that sorts engagement days by the day they became known, then by the day itself."""
    return days.known_day.cast("int64") * _MOMENT + days.day


@dataclass(frozen=True)
class Engagements:
    """The engagement of the units of one level. Units have numbers here, because numbers are quick to join.

    Every table of days has `number`, `lead_id`, `kind`, `day`, `known_day`, `decision_maker` and `department`.

    Attributes
    ----------
    reduced : Reduced
    whose : Table
        The units of each actor at this level, as `actor_units` gives them.
    """

    reduced: Reduced
    whose: ibis.Table

    @property
    def days(self) -> ibis.Table:
        """Every engagement day."""
        return self._of(self.reduced.log.days)

    def since(self, day: int) -> ibis.Table:
        """Every engagement day from a day on."""
        if day not in self._recent:
            days = self.reduced.log.days
            self._recent[day] = self.reduced.keep(self._of(days.filter(days.day >= day)))
        return self._recent[day]

    @cached_property
    def _recent(self) -> dict[int, ibis.Table]:
        return {}

    @property
    def latest(self) -> ibis.Table:
        """The newest day of each person and kind, known when the first one was."""
        spans = self._spans
        return spans.mutate(day=spans["last"], known_day=spans["first"] // _MOMENT)

    def latest_by(self, cell: Callable[[ir.IntegerValue], ir.IntegerValue]) -> ibis.Table:
        """The newest day of each person, kind and cell, where `cell` gives the cell of the day it became known."""
        log = self.reduced.log
        days = log.days.mutate(cell=cell(log.days.known_day))
        # The first day known in the cell represents it: all days of a cell count from the same cut-off on.
        newest = days.group_by("actor", "kind", "cell").agg(day=days.day.max(), known_day=days.known_day.min())
        return self._of(newest.drop("cell"))

    @property
    def firsts(self) -> ibis.Table:
        """The day of each person and kind that was known first."""
        spans = self._spans
        return spans.mutate(day=spans["first"] % _MOMENT, known_day=spans["first"] // _MOMENT)

    def event(self, name: Event) -> ibis.Table:
        """The days on which something was new.

        `new_kind` is the unit's first day of that kind, `new_person` that person's first, `returned` one after
        `SILENCE_DAYS` without any. Days are in the order in which they became known, so a later row never changes
        which of the earlier ones is new.
        """
        if name == "any":
            return self.days
        if name == "returned":
            return self.days.semi_join(self.returns, ["number", "day"])
        return self._new_kinds if name == "new_kind" else self._new_people

    @cached_property
    def _new_kinds(self) -> ibis.Table:
        return self.reduced.keep(self._new("new_kind"))

    @cached_property
    def _new_people(self) -> ibis.Table:
        return self.reduced.keep(self._new("new_person"))

    def _new(self, name: Event) -> ibis.Table:
        firsts = self.firsts
        by = ["number", "kind" if name == "new_kind" else "lead_id"]
        if name == "new_person":
            firsts = firsts.filter(firsts.lead_id.notnull())
        return firsts.semi_join(firsts.group_by(by).agg(first=firsts["first"].min()), [*by, "first"])

    @cached_property
    def returns(self) -> ibis.Table:
        """The days of a unit after a silence: `number`, `day`, `known_day` (when its first touch was known)."""
        calendar = self._of(self.reduced.calendar, "number")
        days = calendar.group_by("number", "day").agg(known_day=calendar.known_day.min())
        earlier = ibis.window(group_by="number", order_by=["known_day", "day"], preceding=(None, 1))
        days = days.mutate(before=days.day.max().over(earlier))
        return self.reduced.keep(days.filter(days.day - days.before >= SILENCE_DAYS).drop("before"))

    def kinds(self) -> ibis.Table:
        """The kinds of activity and the number of units with each: `kind`, `units`."""
        shown = self._of(self.reduced.log.days.select("actor", "kind").distinct(), "number")
        return shown.group_by("kind").agg(units=shown.number.nunique())

    def named(self, rows: ibis.Table) -> ibis.Table:
        """The rows with `unit` instead of `number`."""
        return rows.inner_join(self._names, rows.number == self._names.its).drop("number", "its")

    def among(self, units: ibis.Table) -> "Engagements":
        """The same for some units only (column `unit`)."""
        whose = self.reduced.keep(self.whose.semi_join(units, "unit"))
        return Engagements(self.reduced.among(whose), whose)

    @cached_property
    def _names(self) -> ibis.Table:
        return self.reduced.keep(self.whose.select("unit", its="number").distinct())

    @cached_property
    def _spans(self) -> ibis.Table:
        """`first` and `last` of each person and kind, as in `Reduced.starts`."""
        return self.reduced.keep(self._of(self.reduced.starts))

    def _of(self, rows: ibis.Table, *columns: str) -> ibis.Table:
        """Rows of actors as rows of units; engagement of a person is not known before the person."""
        whose = self.whose.select(
            "actor", "person_day", *(columns or ("number", "lead_id", "decision_maker", "department"))
        )
        met = rows.inner_join(whose, "actor").drop("actor")
        if "known_day" in rows.columns:
            met = met.mutate(known_day=ibis.greatest(met.known_day, met.person_day))
        return met.drop("person_day")
