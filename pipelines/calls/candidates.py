"""Who may be called in a week, what each is ranked by, and who has a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from pipelines.calls.call_lists import KeptList
from pipelines.calls.open_units import agreement_of, capacity, outside_market
from pipelines.calls.touches import PastTouches, rejections
from pipelines.config import Config
from pipelines.intake.point_in_time import Export
from pipelines.store.store import Store
from scoring.calls.lists import Candidates, capacity_of_owners, chosen_to_call
from scoring.calls.policy import CallPolicy
from scoring.calls.suppression import Past, Rests, suppressed
from scoring.calls.trigger_events import standing_events
from scoring.calls.triggers import BY_NAME, LOST, TRIGGERS
from scoring.entity import Entity
from scoring.timeline import Grid, day_number

#: How much whoever an experiment calls now counts at least: nobody without a value is on a list.
_LEAST = 0.01


@dataclass(frozen=True)
class RatedUnits:
    """What of the week is known of those who are open: `units` has a row for each."""

    units: pd.DataFrame
    slots: dict[str, int]
    teams: dict[str, int]
    origin: str


def last_week(past: Sequence[KeptList], export: Export) -> pd.DataFrame | None:
    """The list that this one follows: the newest, if it is not older than four weeks."""
    newest = past[-1] if past else None
    return None if newest is None or (export.as_of - newest.week).days > 28 else newest.names


def with_triggers(units: pd.DataFrame, happened: ibis.Table, export: Export) -> pd.DataFrame:
    """The units with the trigger of which most is left; of equals the first of `TRIGGERS`."""
    fresh = standing_events(happened, Grid((export.day,))).to_pandas()
    # A deal that is open again is not due for another look.
    reopened = fresh["unit"].isin(units.loc[units["in_deal"], "unit"]) & (fresh["trigger"] == LOST)
    fresh = fresh[~reopened]
    order = {trigger.name: i for i, trigger in enumerate(TRIGGERS)}
    left = [BY_NAME[name].left(day, export.day) for name, day in zip(fresh["trigger"], fresh["day"], strict=True)]
    fresh = fresh.assign(left=left, order=fresh["trigger"].map(order))
    fresh = fresh.sort_values(["left", "order"], ascending=[False, True]).drop_duplicates("unit")
    found = units.merge(fresh[["unit", "trigger", "day", "detail", "left"]], on="unit", how="left")
    return found.fillna({"trigger": "", "detail": "", "left": 0.0, "day": -1})


def with_policy(
    units: pd.DataFrame,
    export: Export,
    store: Store,
    config: Config,
    touches: PastTouches,
    past: Sequence[KeptList],
    drawn: Mapping[str, bool],
) -> pd.DataFrame:
    """The units with `why_not`, empty for whoever may be called, `value`, and `drawn`: an experiment calls it now.

    `drawn` has those of a running experiment, and whether their week is this one.
    """
    policy = config.calls
    rests = Rests(policy.worked_days, policy.rest_days, policy.rejected_days, policy.most_weeks)
    touched = touches.touched()
    rejected = rejections(export, "account" if "account_id" not in units else "lead")
    lists: dict[str, list[int]] = {}
    for one in past:
        for unit in one.names.index:
            lists.setdefault(unit, []).append(day_number(one.week))
    why = np.full(len(units), "", dtype=object)
    looked_at = set(touched.index[touched >= export.day - max(rests.worked, rests.rest, rests.remembered) - 1])
    looked_at |= set(rejected.index) | set(lists)
    for i in np.flatnonzero(units["unit"].isin(looked_at)):
        unit = units["unit"].iloc[i]
        its = Past(_day(touched, unit), _day(rejected, unit), lists.get(unit, ()))
        why[i] = suppressed(its, export.day, rests)
    if not policy.without_trigger:
        why = np.where((why == "") & (units["left"] <= 0), "no trigger", why)
    if not policy.open_deals:
        why = np.where(units["in_deal"], "open deal", why)
    if policy.grades:
        why = np.where(~units["grade"].isin(policy.grades), "grade", why)
    its_week = units["unit"].map(drawn)
    now, later = (its_week == True).to_numpy(), (its_week == False).to_numpy()  # noqa: E712 - null is neither
    # What changes in the weeks before its own must not decide whether it is called: else the weeks are not alike.
    why = np.where(now & np.isin(why.astype(str), ["no trigger", "grade"]), "", why)
    why = np.where(later & (why == ""), "experiment", why)
    entity: Entity = "lead" if "account_id" in units else "account"
    why = np.where(outside_market(agreement_of(store, export), export, entity, units["unit"]), "market", why)
    without = np.where(now, max(policy.without_trigger, _LEAST), policy.without_trigger)
    value = units["expected_revenue"] * np.maximum(units["left"], without)
    return units.assign(why_not=why, drawn=now, value=np.where(why == "", value, 0.0))


def _day(days: pd.Series, unit: str) -> int | None:
    return int(days[unit]) if unit in days.index else None


def within_capacity(
    units: pd.DataFrame, export: Export, store: Store, config: Config, entity: Entity, horizon_days: int
) -> RatedUnits:
    """The units with the places of each owner and team."""
    agreed = agreement_of(store, export)
    total, teams, origin = capacity(agreed, config, entity, len(units), horizon_days)
    worth = units.groupby("owner")["value"].sum()
    slots = capacity_of_owners(total, {str(owner): float(value) for owner, value in worth.items()}, config.calls.owners)
    return RatedUnits(units, slots, teams, origin)


def listed(found: RatedUnits, past: Sequence[KeptList], policy: CallPolicy, export: Export) -> pd.DataFrame:
    """Those who are called, the best of each owner first."""
    units = found.units[found.units["value"] > 0].reset_index(drop=True)
    last = last_week(past, export)
    before = units["unit"].map(last["trigger"] if last is not None else {})
    owner = units["unit"].map(last["owner"] if last is not None else {})
    # A name that has lost its trigger, or whose owner changed, has no claim to its place.
    stays = before.notna() & (owner == units["owner"]) & ((before == "") | (units["trigger"] != ""))
    unit, own, team = (units[name].to_numpy(dtype=object) for name in ("unit", "owner", "team"))
    value = units["value"].to_numpy(dtype=np.float64)
    newest = day_number(past[-1].week) if past else export.day
    is_news = (units["day"] >= newest).to_numpy(dtype=bool)
    stay, now = stays.to_numpy(dtype=bool), units["drawn"].to_numpy(dtype=bool)
    slots, teams = dict(found.slots), dict(found.teams)
    kept: list[int] = []
    for part in (np.flatnonzero(now), np.flatnonzero(~now)):  # whom an experiment calls now comes first
        candidates = Candidates(unit[part], own[part], team[part], value[part], stay[part], is_news[part])
        taken = part[chosen_to_call(candidates, slots, teams, better=policy.better)]
        for i in taken:
            slots[own[i]] -= 1
            if team[i] in teams:
                teams[team[i]] -= 1
        kept += taken.tolist()
    return units.iloc[kept].reset_index(drop=True)
