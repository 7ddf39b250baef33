"""`closedwon experiment`: what an experiment has shown so far, analysed as assigned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.calls import experiments
from pipelines.calls.experiment import talk_days
from pipelines.calls.experiments import Experiment
from pipelines.calls.rated import RatedWeek, rated
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from pipelines.planning.sources.companies import account_segments, accounts_of_leads
from pipelines.progress import Say
from pipelines.store.store import Store
from scoring import entities
from scoring.experiments.assignment import WEEKS, folds
from scoring.experiments.effects import A_WEEK_SOONER, FIRST_AGAINST_LAST, FOLDS, Effect, by_group, effect, values
from scoring.persons.written import hidden
from scoring.planning.largest_parts import largest_parts
from scoring.timeline import day_number, known

#: Segments for which an effect is stated: with more, each interval would be wider.
MOST_SEGMENTS, OTHERS = 8, "others"
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class AsAssigned:
    """What became of those drawn for a week, once it is over.

    Attributes
    ----------
    week : int
        1 for the first.
    drawn, in_week, sooner, later, never : int
        Whose first touch by a person since the start was in their week, before, after it, or did not come yet.
    days : float or None
        Mean days from the start to that touch, of those with one.
    """

    week: int
    drawn: int
    in_week: int
    sooner: int
    later: int
    never: int
    days: float | None


@dataclass(frozen=True)
class EffectFound:
    """One effect, with what it is the effect of and on, in words."""

    name: str
    of: str
    on: str
    effect: Effect


@dataclass(frozen=True)
class ExperimentReport:
    """What an experiment has shown.

    Attributes
    ----------
    experiment : Experiment
    as_of : date
    present : int
        Those who were not forgotten.
    assigned : tuple of AsAssigned
    effects : tuple of EffectFound
    groups : mapping of mapping of Effect
        On conversations, by trigger, team, grade and segment; the intervals of one mapping hold together.
    """

    experiment: Experiment
    as_of: date
    present: int
    assigned: tuple[AsAssigned, ...]
    effects: tuple[EffectFound, ...]
    groups: Mapping[str, Mapping[str, Effect]]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "experiment": self.experiment.to_json(),
            "as_of": self.as_of,
            "present": self.present,
            "as_assigned": [asdict(one) for one in self.assigned],
            "effects": [asdict(one) | {"is_shown": one.effect.is_shown} for one in self.effects],
            "groups": {by: {name: asdict(one) for name, one in found.items()} for by, found in self.groups.items()},
        }


def read_effects(export: Export, store: Store, config: Config, name: str, say: Say) -> ExperimentReport:
    """Say what an experiment has shown; the score of whoever is 30 days after its start is kept at the first reading.

    Parameters
    ----------
    export : Export
    store : Store
        Open for writing.
    config : Config
    name : str
    say : callable

    Raises
    ------
    UsageError
        If there is no experiment of this name, or it starts later.
    """
    kept = experiments.named(store.experiments, name)
    if kept is None:
        raise UsageError(f"there is no experiment {name!r} in {store.experiments}: begin one with --start")
    who = experiments.members(store.experiments, kept)
    who = who[pd.to_datetime(who["wave"]) < pd.Timestamp(export.as_of)].reset_index(drop=True)
    if who.empty:
        raise UsageError(f"{name} starts on {kept.waves[0]}, and the export is of what was known before {export.as_of}")
    week = rated(export, store, config, asked=kept.entity, learn=False, say=say)
    who = who.assign(begin=[day_number(date.fromisoformat(wave)) for wave in who["wave"]])
    who["age"], after = export.day - who["begin"], config.sources.conversation_days
    who["talked"] = _first(talk_days(week, config), who)
    who["won"] = _first(_wins(week, export), who)
    who["touched"] = _first(week.touches.touched_days(), who)
    who["segment"] = _segments(who, kept, export, config)
    today = week.found.units.set_index("unit")["win_probability"]
    score = np.where(who["won"].notna(), 1.0, who["unit"].map(today).astype(float).fillna(0.0))
    fresh = who["score_after"].isna() & (who["age"] >= after)
    if fresh.any():
        who.loc[fresh, "score_after"] = score[fresh]
        every = experiments.members(store.experiments, kept).set_index(["unit", "wave"])
        every.update(who.set_index(["unit", "wave"])[["score_after"]])
        experiments.keep(store.experiments, replace(kept), every.reset_index())
    return ExperimentReport(
        *(kept, export.as_of, len(who), _as_assigned(who)),
        effects=_effects(who, kept, after, week.scorecard.horizon_days),
        groups={by: _of_groups(who, kept, after, by) for by in ("trigger", "team", "grade", "segment")},
    )


def _segments(who: pd.DataFrame, kept: Experiment, export: Export, config: Config) -> pd.Series:
    """The segment of each, as `[sources] segment` names it; empty where the export has none.

    It is the one of today: what was drawn was drawn without it.
    """
    try:
        found, _ = account_segments(export, config)
    except UsageError:
        return pd.Series("", index=who.index)
    account = who["unit"]
    if kept.entity == "lead" and (people := entities.people(export.tables)) is not None:
        account = account.map(accounts_of_leads(people))
    named = account.map(found).fillna("").astype(str)
    largest = largest_parts(named, MOST_SEGMENTS, OTHERS)
    return largest.map({word: hidden(word) for word in largest.unique()})


def _first(days: pd.DataFrame, who: pd.DataFrame) -> pd.Series:
    """Days from the start of each to the first of its days since then; NaN for none."""
    rows = who[["unit", "begin"]].merge(days, on="unit")
    rows = rows[rows["day"] >= rows["begin"]]
    return who["unit"].map((rows["day"] - rows["begin"]).groupby(rows["unit"]).min()).astype("float64")


def _wins(week: RatedWeek, export: Export) -> pd.DataFrame:
    deals = week.facts.deals
    won = deals.filter((deals.status == "won") & known(deals.known_day, export.day) & (deals.closed_day < export.day))
    return won.select("unit", day=won.closed_day).to_pandas()


def _as_assigned(who: pd.DataFrame) -> tuple[AsAssigned, ...]:
    found = []
    for week in range(WEEKS):
        rows = who[(who["week"] == week) & (who["age"] >= 7 * (week + 1))]
        touched, begin = rows["touched"], 7 * week
        counts = (
            int(((touched >= begin) & (touched < begin + 7)).sum()),
            int((touched < begin).sum()),
            int((touched >= begin + 7).sum()),
            int(touched.isna().sum()),
        )
        days = float(touched.mean()) if touched.notna().any() else None
        found.append(AsAssigned(week + 1, len(rows), *counts, days))
    return tuple(found)


def _values(who: pd.DataFrame, kept: Experiment, outcome: Floats, mature: Bools, contrast: Floats) -> Floats:
    rows = who[mature]
    columns = np.column_stack([rows["log_odds"], rows["trigger"] != "", rows["chosen_by"] == "grade"])
    fold = folds(kept.name, list(rows["unit"]), FOLDS)
    return values(outcome[mature], rows["week"].to_numpy(dtype=np.int64), columns.astype(np.float64), fold, contrast)


def _effects(who: pd.DataFrame, kept: Experiment, after: int, horizon: int) -> tuple[EffectFound, ...]:
    first, week = "called in the first week and not in the fourth", "each week called sooner"
    before = 7 * (WEEKS - 1)
    talked, age = who["talked"].to_numpy(), who["age"].to_numpy()
    soon, early = ((talked < days).astype(np.float64) for days in (after, before))
    later = who["score_after"].to_numpy(dtype=np.float64)
    won = (who["won"].to_numpy() < horizon).astype(np.float64)
    scored, over = ~np.isnan(later), (age >= horizon) & ~np.isnan(later)
    talk = f"a conversation within {after} days of the start"
    until = f"a conversation in the {before} days before the fourth week"
    scored_then = f"win probability as scored {after} days after the start or later"
    gap = "win probability less wins, of the same: 0 if the score can stand for wins"
    asked = (
        ("conversation", first, talk, soon, age >= after),
        ("conversation_before", first, until, early, age >= before),
        ("speed", week, talk, soon, age >= after),
        ("win_probability", first, scored_then, later, scored),
        ("win", first, f"a win within {horizon} days of the start", won, over),
        ("surrogate_bias", first, gap, later - won, over),
    )
    found = []
    for name, of, on, outcome, mature in asked:
        contrast = A_WEEK_SOONER if name == "speed" else FIRST_AGAINST_LAST
        of_each = _values(who, kept, outcome, mature, contrast) if mature.any() else np.zeros(0)
        found.append(EffectFound(name, of, on, effect(of_each, kept.best_at)))
    return tuple(found)


def _of_groups(who: pd.DataFrame, kept: Experiment, after: int, by: str) -> Mapping[str, Effect]:
    mature = (who["age"] >= after).to_numpy()
    if not mature.any():
        return {}
    soon = (who["talked"].to_numpy() < after).astype(np.float64)
    of_each = _values(who, kept, soon, mature, FIRST_AGAINST_LAST)
    return by_group(of_each, who[by][mature].replace("", "none").to_numpy(dtype=object), kept.best_at)
