"""`closedwon calls`: this week's list of each owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from pipelines.calls import call_lists
from pipelines.calls.call_lists import KeptList
from pipelines.calls.candidates import RatedUnits, last_week, listed
from pipelines.calls.open_units import NO_OWNER
from pipelines.calls.past_days import learned
from pipelines.calls.rated import rated
from pipelines.calls.touches import PastTouches, contacts
from pipelines.config import Config
from pipelines.intake.point_in_time import Export
from pipelines.progress import Say
from pipelines.store.store import Store
from scoring.calls.call_list import Call, CallLists, Learned, Left
from scoring.calls.policy import CallPolicy
from scoring.calls.suppression import WORDS
from scoring.calls.triggers import BY_NAME
from scoring.entity import Entity
from scoring.features.facts import Facts
from scoring.timeline import Grid, calendar_date

#: Lists older than so many days are not kept.
KEEP_DAYS = 400


def calls(
    export: Export, store: Store, config: Config, *, asked: str | None, learn: bool = True, say: Say
) -> CallLists:
    """The lists of the week that begins on the day of the export.

    Parameters
    ----------
    export : Export
        As known before the Monday.
    store : Store
        Its champion scores; the lists of the weeks before are looked at. `kept` keeps the new ones.
    config : Config
    asked : {"account", "lead"}, optional
        Who is called; default: accounts, or leads where they have no champion.
    learn : bool
        Whether to look at what came after triggers on past days.
    say : callable
        Takes each line of progress.

    Raises
    ------
    UsageError
        If there is no champion, or it was trained after the Monday.
    """
    week = rated(export, store, config, asked=asked, learn=learn, say=say)
    entity, facts, found, past, grid = week.entity, week.facts, week.found, week.past, week.grid
    names_listed = listed(found, past, config.calls, export)
    lists: list[Learned] = []
    if grid is not None:
        say(f"Looking at what came after triggers on {len(grid.days)} past days")
        lists = learned(
            *(export, facts, week.happened, week.touches, grid, config, week.scorecard.horizon_days, week.triggers)
        )
    made = _calls(names_listed, found, export, facts, entity, week.touches, past, config.calls)
    return CallLists(
        week=export.as_of,
        entity=entity,
        model_version=week.version,
        calls=made,
        slots=found.slots,
        teams=found.teams,
        capacity=found.origin,
        open=len(found.units),
        not_called={
            words: n for reason, words in WORDS.items() if (n := int((found.units["why_not"] == reason).sum()))
        },
        left=_left(made, found.units, past),
        learned=tuple(lists),
        past_days=0 if grid is None else len(grid.days),
        notes=tuple(_notes(found, export, week.touches, grid, made)),
    )


def keep(store: Store, lists: CallLists) -> None:
    """Keep the lists in the store: next week's know them.

    Parameters
    ----------
    store : Store
        Open for writing.
    lists : CallLists
    """
    rows = [(call.unit, call.owner, call.trigger, call.happened, call.since) for call in lists.calls]
    frame = pd.DataFrame(rows, columns=list(call_lists.COLUMNS)).set_index("unit")
    call_lists.keep(store.calls, lists.entity, KeptList(lists.week, frame))
    call_lists.remove_old_lists(store.calls, lists.entity, lists.week - timedelta(days=KEEP_DAYS))


def _calls(
    chosen: pd.DataFrame,
    found: RatedUnits,
    export: Export,
    facts: Facts,
    entity: Entity,
    touches: PastTouches,
    past: Sequence[KeptList],
    policy: CallPolicy,
) -> tuple[Call, ...]:
    units = set(chosen["unit"])
    people: Mapping[str, tuple[str, ...]] = (
        contacts(export, facts, units, policy.people) if entity == "account" else {unit: (unit,) for unit in units}
    )
    ours, of_buyer = (touches.newest(way, units) for way in ("outbound", "inbound"))
    last = last_week(past, export)
    order: dict[str, int] = {}
    made = []
    rows: list[dict[str, Any]] = chosen.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        trigger = BY_NAME.get(row["trigger"])
        happened = None if trigger is None else calendar_date(row["day"])
        order[row["owner"]] = order.get(row["owner"], 0) + 1
        since = export.as_of if last is None or row["unit"] not in last.index else last["since"][row["unit"]]
        made.append(
            Call(
                unit=row["unit"],
                account=row["account"],
                owner=row["owner"],
                team=row["team"],
                order=order[row["owner"]],
                grade=row["grade"],
                win_probability=float(row["win_probability"]),
                expected_revenue=float(row["expected_revenue"]),
                trigger=row["trigger"],
                why_now="" if trigger is None else trigger.sentence(int(row["day"]), row["detail"]),
                happened=happened,
                expires=None if trigger is None else calendar_date(int(row["day"]) + trigger.lasts),
                left=float(row["left"]),
                value=float(row["value"]),
                people=people.get(row["unit"], ()),
                missing_role=row["missing_role"] or "",
                ours=ours.get(row["unit"]),
                of_buyer=of_buyer.get(row["unit"]),
                since=since,
            )
        )
    return tuple(sorted(made, key=lambda call: (call.owner, call.order)))


def _left(made: Sequence[Call], units: pd.DataFrame, past: Sequence[KeptList]) -> tuple[Left, ...]:
    """Who was on the list before and is not any more, and why."""
    if not past:
        return ()
    now = {call.unit for call in made}
    by_unit: dict[str, dict[str, Any]] = units.set_index("unit")[["why_not", "trigger", "owner"]].to_dict("index")  # type: ignore[assignment]
    found = []
    for unit, before in past[-1].names.to_dict("index").items():
        its = by_unit.get(str(unit))
        if unit in now:
            continue
        if its is None:
            reason = "not open any more: a customer, or gone from the export"
        elif why := its["why_not"]:
            reason = WORDS[why]
        elif before["trigger"] and not its["trigger"]:
            reason = "its trigger has expired"
        elif its["owner"] != before["owner"]:
            reason = "it has another owner"
        else:
            reason = "another of whom something is new is clearly better, or there are fewer places"
        found.append(Left(str(unit), str(before["owner"]), reason))
    return tuple(sorted(found, key=lambda one: (one.owner, one.unit)))


def _notes(
    found: RatedUnits, export: Export, touches: PastTouches, grid: Grid | None, made: Sequence[Call]
) -> list[str]:
    """What a reader must know."""
    notes = []
    if export.as_of.weekday():
        notes.append(f"{export.as_of} is no Monday: the list is for the seven days from then")
    if touches.rows is None:
        notes.append(
            "the export has no activities: nobody is known to be worked, and only deals and attributes say what is new"
        )
    elif not touches.personal:
        notes.append(
            "no type of outbound activity is a call, meeting or visit by its name, so nobody is known to be worked: "
            "name your types in [training] worked_by"
        )
    if export.tables.handoffs is None:
        notes.append("the export has no table `handoffs`: no rejection by sales is known")
    if grid is None:
        notes.append("the history is too short to say what came after triggers")
    if set(found.slots) == {NO_OWNER}:
        notes.append("the export names no owners: all are on one list")
    slots = sum(found.slots.values())
    if len(made) < slots:
        notes.append(f"{slots - len(made):,} of {slots:,} places are empty: nobody else may be called")
    return notes
