"""The command `plan`: what a period will bring, how sure that is, and what a target would take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from pipelines.config import Config
from pipelines.errors import UsageError, require_amount
from pipelines.intake.point_in_time import Export
from pipelines.planning.agreed_target import AgreedTarget
from pipelines.planning.costs import costs
from pipelines.planning.known_lives import NOT_KNOWN, OTHERS, KnownLives, known_lives
from pipelines.planning.open_scores import open_scores, require_within
from pipelines.planning.past_plans import past_days
from pipelines.planning.period import Period, aged, period
from pipelines.planning.retention.value import renewals_in
from pipelines.planning.splits import By, splits
from pipelines.planning.stale_export import stale_notes
from pipelines.progress import Say
from pipelines.serving.score import with_champion
from pipelines.store import registry
from pipelines.store.store import Store
from scoring.entity import Entity
from scoring.planning.adaptive import FEWEST
from scoring.planning.order import Order, Ordering, ordered
from scoring.planning.outlook import Outlook, reached
from scoring.planning.past_level import with_past
from scoring.planning.plan import PastDays, Plan, PlannedSource
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import day_number

#: Half-lives of what was learned lately, for those who say what new ones are like.
RECENT_DAYS = 180


def plan(
    export: Export,
    store: Store,
    config: Config,
    until: date,
    *,
    target: float | None = None,
    agreed: AgreedTarget | None = None,
    by: Sequence[By] = (),
    entity: Entity | None = None,
    say: Say,
) -> Plan:
    """Plan the days from the export's `as_of` to `until`.

    Parameters
    ----------
    export : Export
    store : Store
    config : Config
        Its sections ``plan`` and ``capacity`` are used.
    until : date
        The day after the last of the period.
    target : float, optional
        Revenue that is asked for.
    agreed : AgreedTarget, optional
        What was agreed, which is asked for where there is no `target`.
    by : sequence of {"source", "segment", "owner"}
        What to split it by, each by itself.
    entity : {"account", "lead"}, optional
        Whose champion scores; without it accounts, or leads where these have none.
    say : callable
        Takes each line of progress.

    Raises
    ------
    UsageError
        If there is no champion, the period is none or too long, or a part was asked for that the export lacks.
    BadInput
        If the export lacks the table of the champion.
    """
    if until <= export.as_of:
        raise UsageError(
            f"--until {until} is not after {export.as_of}, the day of the plan: give a later day, or an earlier --as-of"
        )
    require_amount("--target", target)
    chosen = planned_entity(export, store, entity)
    scorecard, version = registry.load_scorecard(store, chosen)
    end = day_number(until)
    require_within(scorecard, export.day, end)
    error = aged(scorecard, export.day)
    assert error is not None, "checked above"
    say(f"Planning {export.as_of} to {until} with version {version} of the {chosen} champion")
    held_back = [found.attribute for found in scorecard.quarantined]
    known = known_lives(export, chosen, scorecard.win, config, held_back=held_back)
    scores = open_scores(export, scorecard, end)
    capacity = _capacity(config, chosen, end - export.day)
    past = past_days(export, store, scorecard, known, end, capacity=capacity)
    now = period(
        known,
        scores.probability,
        scores.amount,
        with_past(error, past.totals, end - export.day),
        export.day,
        end,
        half_life=float(scorecard.horizon_days),
        capacity=capacity,
        with_amounts=scorecard.amount_rung != "none",
    )
    say(f"  {len(scores.unit):,} are open; {len(past.wins)} past days with as long a period are looked at")
    corrections = past.of_wins, past.of_revenue
    total = now.total
    wins, revenue = float(now.wins.sum()), float(now.revenue.sum())
    asked: dict[str, float | str | Order] = {}
    origin = ""
    if target is None and agreed is not None:
        target, origin = agreed.left(known, export.as_of, until)
    if target is not None:
        asked = {
            "target": target,
            "target_from": origin,
            "probability": reached(total.revenue, target, past.of_revenue),
            "order": _order(export, known, now, past, target, end - export.day, config),
        }
    recent, held = export.day - RECENT_DAYS, {"of_wins": past.of_wins, "of_revenue": past.of_revenue}
    parts = [split for one in by for split in splits(one, export, scores, known, now, recent=recent, **held)]
    return Plan(
        entity=chosen,
        as_of=export.as_of,
        until=until,
        model_version=version,
        total=Outlook.of_totals(now.groups.wins + wins, now.groups.revenue + revenue, total, *corrections),
        open=Outlook.of_totals(now.groups.wins, now.groups.revenue, now.open, *corrections),
        coming=Outlook.of_totals(wins, revenue, now.later, *corrections),
        n_open=len(scores.unit),
        sources=_sources(now),
        past=past,
        capacity=capacity if np.isfinite(capacity) else None,
        is_full=now.coming.is_full,
        splits=tuple(parts),
        notes=(
            *stale_notes(export),
            *([origin] if origin and target is None else []),
            *_notes(known, now, past, scorecard),
            *_renewals(export, scorecard, end - export.day),
        ),
        **asked,  # type: ignore[arg-type]
    )


def planned_entity(export: Export, store: Store, asked: Entity | None) -> Entity:
    """Whose champion scores: that asked for, or accounts, or else leads.

    Parameters
    ----------
    export : Export
    store : Store
    asked : {"account", "lead"}, optional

    Raises
    ------
    UsageError
        If there is no champion.
    """
    if asked is not None:
        return with_champion(export, store, asked)[0]
    known = [entity for entity in ("account", "lead") if registry.champion(store, entity) is not None]
    return with_champion(export, store, known[0] if known else None)[0]


def _capacity(config: Config, entity: Entity, days: int) -> float:
    """How many can be worked in so many days; infinite where the configuration gives no number."""
    weekly = config.capacity.accounts_per_week if entity == "account" else config.capacity.leads_per_week
    return weekly * days / 7.0 if weekly else float("inf")


def _sources(now: Period) -> tuple[PlannedSource, ...]:
    found = []
    for i, name in enumerate(now.coming.sources):
        median = now.table.median_days(i)
        found.append(
            PlannedSource(
                name,
                float(now.coming.arrivals[i]),
                float(now.wins[i]),
                float(now.revenue[i]),
                float(now.coming.evenly[i]),
                None if np.isnan(median) else median,
            )
        )
    return tuple(found)


def _order(
    export: Export, known: KnownLives, now: Period, past: PastDays, target: float, days: int, config: Config
) -> Order:
    ordering = Ordering(now.coming, now.common, now.total.revenue, target, past.of_revenue)
    return ordered(
        ordering,
        now.table,
        days,
        now.redrawn,
        known=len(known.by_unit),
        market=config.plan.market_size or None,
        costs=costs(export, known.lives),
        nameless=(NOT_KNOWN, OTHERS),
    )


def _renewals(export: Export, scorecard: Scorecard, days: int) -> list[str]:
    """What customers pay again, where the question is not about them."""
    note = renewals_in(export, days) if scorecard.win == "new_business" else ""
    return [note] if note else []


def _notes(known: KnownLives, now: Period, past: PastDays, scorecard: Scorecard) -> list[str]:
    """What a reader must know."""
    found = [f"sources are named by {known.column}"]
    if scorecard.neglect is not None:
        found.append("the champion says what wins if it is worked as is usual: what sales leaves alone wins less")
    if scorecard.amount_rung == "none":
        found.append("no win that the champion learned from has an amount: each counts 1, so revenue is wins")
    if now.imported:
        found.append(f"{now.imported:,} records came on days of an import: these count as usual days")
    if now.coming.sources and not now.table.wins:
        found.append(
            "nobody whose day of arrival is known has won yet: those who still come are expected to win nothing"
        )
    days = len(past.wins)
    if not past.of_wins.is_made:
        found.append(
            f"the intervals are not corrected by past ones: {days} past days have scores that did not know what came, "
            f"and {FEWEST} are the fewest; `closedwon backtest --cut-offs 12` makes more"
        )
    return found
