"""What the pages of a site are made from: each is computed once, when the first page asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from pipelines.alignment.standing import AgreementStanding, holding, standing
from pipelines.calls.calls import calls
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.handoffs.followed import FollowedHandoffs, followed_handoffs
from pipelines.handoffs.report import HandoffReport, handoff_report
from pipelines.intake.point_in_time import Export, entities
from pipelines.monthly.report import MonthReport, month_report
from pipelines.planning.plan import plan, planned_entity
from pipelines.planning.sources.cohorts import SourceReport, first_shown, followed
from pipelines.planning.sources.companies import BY, By, Companies, companies, renamed
from pipelines.planning.sources.values import source_values
from pipelines.progress import Say
from pipelines.store import ledger, registry
from pipelines.store.store import Store
from scoring.calls.call_list import CallLists
from scoring.entity import Entity
from scoring.monthly.month import CalendarMonth
from scoring.planning.plan import Plan
from scoring.timeline import day_number

#: The days that are planned where neither an option nor an agreement says.
PLANNED_DAYS = 90
#: Days of hand-offs before the first that the sources are shown for: the watch on follow-up looks back so far.
BEFORE_DAYS = 28


@dataclass(frozen=True)
class Goal:
    """What the plan of the site is for.

    Attributes
    ----------
    until : date
    target : float or None
        The revenue that is asked for from today on; None where nobody asks, or where it is booked already.
    agreed : str
        The agreement whose target it is; empty if another was asked for.
    whole, booked : float
        The target of the agreement, and what was booked since its first day.
    since : date or None
        That day.
    notes : tuple of str
    """

    until: date
    target: float | None
    agreed: str = ""
    whole: float = 0.0
    booked: float = 0.0
    since: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; None where it does not say."""

    until: date | None = None
    target: float | None = None
    month: CalendarMonth | None = None
    entity: Entity | None = None


@dataclass(frozen=True)
class SiteInputs:
    """One reading of an export, and all that is computed from it.

    Attributes
    ----------
    export : Export
    store : Store
    config : Config
    asked : Asked
    say : callable
        Takes each line of progress.
    """

    export: Export
    store: Store
    config: Config
    asked: Asked
    say: Say

    @cached_property
    def goal(self) -> Goal:
        """The period and the target of the plan."""
        entity = planned_entity(self.export, self.store, self.asked.entity)
        scorecard, _ = registry.load_scorecard(self.store, entity)
        last = self.export.as_of + timedelta(days=scorecard.horizon_days)
        usual = min(self.export.as_of + timedelta(days=PLANNED_DAYS), last)
        agreed = holding(self.store.path, self.export.as_of)
        if self.asked.until is not None or self.asked.target is not None or agreed is None:
            return Goal(self.asked.until or usual, self.asked.target)
        end = agreed.last_day + timedelta(days=1)
        whole = float(agreed.content.get("agreement", {}).get("revenue_target", 0.0))
        booked, since = self.booked_since(agreed.first_day), agreed.first_day
        if not self.export.as_of < end <= last:
            why = f"agreement {agreed.name} ends on {agreed.last_day}, beyond what the champion knows ({last})"
            return Goal(usual, None, "", whole, booked, since, (why,))
        notes: tuple[str, ...] = ()
        if whole and booked >= whole:
            notes = (f"the target of agreement {agreed.name} is booked already",)
        target = whole - booked if whole > booked else None
        return Goal(end, target, agreed.name, whole, booked, since, notes)

    def booked_since(self, day: date) -> float:
        """The revenue of the first wins from a day on."""
        frame = self.companies["source"].frame
        won = frame["won"].to_numpy()
        return float(frame["revenue"].to_numpy()[(won >= day_number(day)) & (won < self.export.day)].sum())

    @cached_property
    def plan(self) -> Plan:
        """The plan of the period."""
        return plan(
            self.export,
            self.store,
            self.config,
            self.goal.until,
            target=self.goal.target,
            by=("source", "segment"),
            entity=self.asked.entity,
            say=self.say,
        )

    @cached_property
    def companies(self) -> dict[By, Companies]:
        """Those who came, by source, and by campaign and segment where the export says them."""
        entity = entities(self.export.tables, None)[0]
        own = companies(self.export, entity, "source", self.config)
        found: dict[By, Companies] = {"source": own}
        for by in BY[1:]:
            try:
                named = renamed(own, self.export, by, self.config)
            except UsageError as error:
                self.say(f"  not by {by}: {error}")
                continue
            if named.frame["name"].nunique() > 1:
                found[by] = named
        return found

    @cached_property
    def sources(self) -> dict[By, SourceReport]:
        """The sources, campaigns and segments, followed and watched."""
        first, entity = first_shown(self.export, None), entities(self.export.tables, None)[0]
        day = self.companies["source"].frame["day"]
        values = source_values(self.export, entity, day, day_number(first), self.config, self.say)
        return {
            by: followed(self.export, found, values, by, first, self.config) for by, found in self.companies.items()
        }

    @cached_property
    def standing(self) -> AgreementStanding:
        """What was agreed."""
        return standing(self.store.path, self.export.as_of, self.export, ledger.nights(self.store))

    @cached_property
    def handoffs(self) -> FollowedHandoffs:
        """The hand-offs since the sources are shown, and of the weeks before in which those of the first day began."""
        first = first_shown(self.export, None) - timedelta(days=BEFORE_DAYS)
        return followed_handoffs(self.export, self.store, first, self.config)

    @cached_property
    def handoff_report(self) -> HandoffReport:
        """What became of hand-offs in the last year, as the command `handoffs` says it."""
        return handoff_report(self.export, self.store, None, self.config)

    @cached_property
    def calls(self) -> CallLists:
        """The lists of the week from the day of the export on. They are looked at, and not kept."""
        return calls(self.export, self.store, self.config, asked=self.asked.entity, say=self.say)

    @cached_property
    def month(self) -> MonthReport:
        """The month that is looked back at: the one asked for, or the last that is over."""
        return month_report(
            self.export,
            self.store,
            self.asked.entity or entities(self.export.tables, None)[0],
            self.asked.month or CalendarMonth.whole_before(self.export.as_of),
            self.sources["source"],
            self.sources.get("segment"),
            self.companies,
            self.handoffs,
            self.config,
        )
