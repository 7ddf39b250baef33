"""Engagement days: what a buyer did, of one kind, on one UTC day, once, however often it was repeated.

Everything about intent is made from these. Our own outbound touches are dropped here, so none of them can
reach a score, and so is the number of repeats.

An *actor* is who an activity names: a lead, an account, or both together. The log is kept by actor, because who
the lead is, and whose, may be another tomorrow; what it did stays what it was.
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
    """The log of a set of tables: as intake folded it, else made from their activities; None without any."""
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


def who(log: Log, people: ibis.Table | None, level: Literal["account", "lead"]) -> ibis.Table:
    """Whose engagement an actor's is, at a level.

    Columns: `actor`, `unit` (the account's key or the lead's id), `number` (the unit's, from 1), `lead_id` (null where
    the visitor is not known), `person_day` (when the lead was known; 0 if always), `decision_maker`, `department`.
    What a lead that is not known does belongs to nobody. An actor stands there once for each of its lead's rows in
    `people`.
    """
    found = _met(log.actors, people, level)
    units = found.select("unit").distinct()
    numbers = units.select(numbered="unit", number=ibis.row_number().over(order_by="unit") + 1)
    return found.inner_join(numbers, found.unit == numbers.numbered).drop("numbered")


def _met(actors: ibis.Table, people: ibis.Table | None, level: Literal["account", "lead"]) -> ibis.Table:
    if people is None:
        return actors.filter(actors.account_id.notnull()).select(
            "actor",
            "lead_id",
            unit=actors.account_id,
            person_day=ibis.literal(0, type="int64"),
            decision_maker=ibis.literal(False),
            department=ibis.null("string"),
        )
    known = people.select("account_key", "decision_maker", "department", person=people.lead_id, person_day="known_day")
    met = actors.left_join(known, actors.lead_id == known.person)
    met = met.filter(met.lead_id.isnull() | met.person.notnull())
    # A lead's own account, else the one the activity names.
    unit = ibis.coalesce(met.account_key, met.account_id) if level == "account" else met.lead_id
    found = met.select(
        "actor",
        "lead_id",
        "department",
        unit=unit,
        person_day=met.person_day.fill_null(0),
        decision_maker=met.decision_maker.fill_null(False),
    )
    return found.filter(found.unit.notnull())


class Reduced:
    """A log reduced once for all that look back without end, whatever the level.

    Parameters
    ----------
    log : Log
    people : Table, optional
        The people: what a lead did before it was known becomes known with it.
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
        """`actor`, `day`, `known_day`: each day it did anything, once."""
        days = self.log.days
        return self.keep(days.group_by("actor", "day").agg(known_day=days.known_day.min()))

    def among(self, actors: ibis.Table) -> "Reduced":
        """The same of some actors alone (column `actor`)."""
        log = replace(self.log, days=self.keep(self.log.days.semi_join(actors, "actor")))
        return Reduced(log, self.people, self.keep, self.end)


def moment(days: ibis.Table) -> ir.IntegerValue:
    """When a day became known, and among those of one day which it was: a later row takes no mark of an earlier."""
    return days.known_day.cast("int64") * _MOMENT + days.day


@dataclass(frozen=True)
class Engagements:
    """The engagement of one level's units, which go by their number in here: whole numbers are quick to bring together.

    Every table of days has `number`, `lead_id`, `kind`, `day`, `known_day`, `decision_maker` and `department`.

    Attributes
    ----------
    reduced : Reduced
    whose : Table
        What `who` gives for the level.
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
        """Of each person and kind the newest day alone, known when the first was."""
        spans = self._spans
        return spans.mutate(day=spans["last"], known_day=spans["first"] // _MOMENT)

    def latest_by(self, cell: Callable[[ir.IntegerValue], ir.IntegerValue]) -> ibis.Table:
        """Of each person, kind and cell of the day it was known on, the newest day alone."""
        log = self.reduced.log
        days = log.days.mutate(cell=cell(log.days.known_day))
        # The first day known in the cell stands for it: all of a cell are seen from the same cut-off on.
        newest = days.group_by("actor", "kind", "cell").agg(day=days.day.max(), known_day=days.known_day.min())
        return self._of(newest.drop("cell"))

    @property
    def firsts(self) -> ibis.Table:
        """Of each person and kind the day that was known first."""
        spans = self._spans
        return spans.mutate(day=spans["first"] % _MOMENT, known_day=spans["first"] // _MOMENT)

    def event(self, name: Event) -> ibis.Table:
        """The days on which something was new.

        `new_kind` is the unit's first day of that kind, `new_person` that person's first, `returned` one after
        `SILENCE_DAYS` without any. Order is by when things became known, so that a later row never takes the mark
        from an earlier one.
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
        """The kinds of activity and how many units showed each: `kind`, `units`."""
        shown = self._of(self.reduced.log.days.select("actor", "kind").distinct(), "number")
        return shown.group_by("kind").agg(units=shown.number.nunique())

    def named(self, rows: ibis.Table) -> ibis.Table:
        """Rows of numbers as rows of units."""
        return rows.inner_join(self._names, rows.number == self._names.its).drop("number", "its")

    def among(self, units: ibis.Table) -> "Engagements":
        """The same of some units alone (column `unit`)."""
        whose = self.reduced.keep(self.whose.semi_join(units, "unit"))
        return Engagements(self.reduced.among(whose), whose)

    @cached_property
    def _names(self) -> ibis.Table:
        return self.reduced.keep(self.whose.select("unit", its="number").distinct())

    @cached_property
    def _spans(self) -> ibis.Table:
        """Of each person and kind `first` and `last`, as `Reduced.starts` has them."""
        return self.reduced.keep(self._of(self.reduced.starts))

    def _of(self, rows: ibis.Table, *columns: str) -> ibis.Table:
        """Rows of actors as rows of units; what a person did is known once the person is."""
        whose = self.whose.select(
            "actor", "person_day", *(columns or ("number", "lead_id", "decision_maker", "department"))
        )
        met = rows.inner_join(whose, "actor").drop("actor")
        if "known_day" in rows.columns:
            met = met.mutate(known_day=ibis.greatest(met.known_day, met.person_day))
        return met.drop("person_day")
