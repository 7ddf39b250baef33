"""What was done last with each account or lead, and with whom to talk: types of activity, days and ids of leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import ibis
import pandas as pd

from pipelines.intake.point_in_time import Export
from scoring import entities
from scoring.calls.call_list import Touch
from scoring.entity import Entity
from scoring.features.facts import Facts
from scoring.outcomes.worked import kinds_of_work
from scoring.question import Win
from scoring.timeline import calendar_date, day_of


@dataclass(frozen=True)
class PastTouches:
    """All touches as known at the day of an export: `unit`, `kind`, `direction`, `day`; None without activities.

    Attributes
    ----------
    rows : Table or None
    personal : tuple of str
        Our types in which a person talks to a person.
    """

    rows: ibis.Table | None
    personal: tuple[str, ...] = ()

    @classmethod
    def of(cls, export: Export, entity: Entity, worked_by: Sequence[str], win: Win) -> PastTouches:
        """Read them.

        Parameters
        ----------
        export : Export
        entity : {"account", "lead"}
            A touch of an account is one of all its leads: whoever works one of them works the account.
        worked_by : sequence of str
            Types of our touches that are work; none: those that say it by their names.
        win : {"new_business", "any"}
            The question of the scorecard: its facts are made once.
        """
        activities, people = export.tables.activities, export.markets(win).people
        if activities is None:
            return cls(None)
        rows = activities.select(
            "lead_id",
            "account_id",
            kind=activities.activity_type,
            direction=activities.direction,
            day=day_of(activities.occurred_at),
        ).distinct()
        rows = entities.with_company(rows, people).rename(unit="company")
        rows = rows.filter(rows.unit.notnull()).select("unit", "kind", "direction", "day").distinct()
        if entity == "lead" and people is not None:
            leads = people.select("lead_id", "account_key")
            rows = rows.inner_join(leads, rows.unit == leads.account_key).drop("unit", "account_key")
            rows = rows.rename(unit="lead_id")
        rows = export.keep(rows)
        ours = rows.filter(rows.direction == "outbound").select("kind").distinct().kind.to_pyarrow().to_pylist()
        return cls(rows, kinds_of_work(ours, worked_by))

    def touched(self) -> pd.Series:
        """By unit, the day number of our newest touch in which a person talks to a person."""
        ours = self._ours()
        if ours is None:
            return pd.Series(dtype="int64")
        return ours.group_by("unit").agg(day=ours.day.max()).to_pandas().set_index("unit")["day"]

    def touched_days(self) -> pd.DataFrame:
        """The days of our touches in which a person talks to a person: `unit`, `day`."""
        ours = self._ours()
        if ours is None:
            return pd.DataFrame({"unit": pd.Series(dtype=str), "day": pd.Series(dtype="int64")})
        return ours.select("unit", "day").distinct().to_pandas()

    def _ours(self) -> ibis.Table | None:
        """Our touches in which a person talks to a person; None where there are none to be known."""
        if self.rows is None or not self.personal:
            return None
        return self.rows.filter((self.rows.direction == "outbound") & self.rows.kind.isin(self.personal))

    def newest(self, direction: str, units: Collection[str]) -> Mapping[str, Touch]:
        """The newest touch of each unit; of several kinds on one day the first by name."""
        if self.rows is None or not units:
            return {}
        rows = self.rows.filter(self.rows.direction == direction)
        rows = rows.semi_join(ibis.memtable({"unit": sorted(units)}), "unit")
        newest = rows.filter(rows.day == rows.day.max().over(ibis.window(group_by="unit")))
        found = newest.group_by("unit").agg(day=newest.day.max(), kind=newest.kind.min()).to_pandas()
        return {row.unit: Touch(row.kind, calendar_date(row.day)) for row in found.itertuples()}


def contacts(export: Export, facts: Facts, units: Collection[str], most: int) -> Mapping[str, tuple[str, ...]]:
    """With whom to talk: ids of the leads of accounts that engaged, decision makers first, then who engaged last.

    Parameters
    ----------
    export : Export
    facts : Facts
        Of accounts.
    units : collection of str
        Accounts.
    most : int
        So many for each at most.
    """
    if facts.engagements is None or not units:
        return {}
    latest = facts.engagements.latest
    latest = latest.filter(latest.lead_id.notnull() & (latest.known_day < export.day) & (latest.day < export.day))
    people = latest.group_by("number", "lead_id").agg(day=latest.day.max(), decides=latest.decision_maker.any())
    named = facts.engagements.named(export.keep(people))
    named = named.semi_join(ibis.memtable({"unit": sorted(units)}), "unit")
    rows = named.to_pandas().sort_values(["decides", "day", "lead_id"], ascending=[False, False, True])
    return {str(unit): tuple(ids.head(most)) for unit, ids in rows.groupby("unit", sort=False)["lead_id"]}


def rejections(export: Export, entity: Entity) -> pd.Series:
    """By unit, the day number of its newest rejection, where the export has the table `handoffs`.

    Parameters
    ----------
    export : Export
    entity : {"account", "lead"}
        A rejection of a lead is one of its account where accounts are called, and only then.
    """
    handoffs, key = export.tables.handoffs, f"{entity}_id"
    if handoffs is None:
        return pd.Series(dtype="int64")
    rows = handoffs.filter(handoffs.rejected_at.notnull())
    rows = rows.select("lead_id", "account_id", day=day_of(rows.rejected_at))
    people = entities.people(export.tables)
    if entity == "account" and people is not None:
        named = people.select(person="lead_id", its="account_id")
        rows = rows.left_join(named, rows.lead_id == named.person)
        rows = rows.mutate(account_id=ibis.coalesce(rows.account_id, rows.its))
    rows = rows.filter(rows[key].notnull() & (rows.day < export.day))
    return rows.group_by(unit=rows[key]).agg(day=rows.day.max()).to_pandas().set_index("unit")["day"]
