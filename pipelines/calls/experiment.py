"""`closedwon experiment --start`: draw in which of the next four weeks each account of a grade is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.calls import experiments
from pipelines.calls.experiments import Experiment
from pipelines.calls.rated import RatedWeek, rated
from pipelines.config import Config
from pipelines.errors import Refused, UsageError
from pipelines.intake.point_in_time import Export
from pipelines.progress import Say
from pipelines.store.store import Store
from scoring.experiments.assignment import WEEKS, most_in_a_week, week_of
from scoring.experiments.intervals import Detectable, detectable, needed
from scoring.planning.sources.conversations import conversations


@dataclass(frozen=True)
class ExperimentTerms:
    """What is asked of a new experiment.

    Attributes
    ----------
    grades : tuple of str
    line : int
        How many around the capacity line take part as well, of whatever grade.
    smallest : float
        The effect that it must be able to find, as a difference of shares.
    units : int or None
        How many are to take part in all, with later starts; None: those of this one.
    """

    grades: tuple[str, ...]
    line: int
    smallest: float
    units: int | None


def start(
    export: Export, store: Store, config: Config, name: str, terms: ExperimentTerms, *, asked: str | None, say: Say
) -> tuple[Experiment, pd.DataFrame]:
    """Start an experiment, or another wave of one: it calls those who may be called now and are in none.

    Parameters
    ----------
    export : Export
        As known before the first day.
    store : Store
        Open for writing.
    config : Config
    name : str
    terms : ExperimentTerms
        Of a new experiment: another wave keeps those of the first.
    asked : {"account", "lead"}, optional
    say : callable

    Raises
    ------
    Refused
        If it could not find the effect asked for, or the capacity cannot call all in their week.
    UsageError
        If nobody may be drawn, the export has no activities, or a later wave asks for something else.
    """
    before = experiments.named(store.experiments, name)
    if before is not None:
        if export.as_of <= before.waves[-1]:
            raise UsageError(f"{name} has a wave from {before.waves[-1]} on: another one starts later")
        terms, asked = ExperimentTerms(before.grades, before.line, before.smallest, before.best_at), before.entity
    week = rated(export, store, config, asked=asked, learn=False, say=say)
    if week.touches.rows is None:
        raise UsageError("the export has no activities, so no conversation is known: an experiment has no outcome")
    others = members_of_all(store, week, export) if before is None else experiments.members(store.experiments, before)
    who = _chosen(week, terms, set(others["unit"]))
    if who.empty:
        raise UsageError(f"nobody of grade {', '.join(terms.grades)} may be called and is in no experiment yet")
    earlier = 0 if before is None else before.drawn
    base = _base_rate(week, export, config, terms) if before is None else before.base_rate
    in_all = max(terms.units or 0, earlier + len(who))
    found = detectable(in_all, base)
    for line in power_lines(found, terms.smallest):
        say(line)
    if before is None and found.effect > terms.smallest:
        raise Refused(
            f"{in_all:,} could show an effect of {found.effect:.3f} or more, and --smallest asks for "
            f"{terms.smallest:g}: that takes {needed(terms.smallest, base):,}. Add grades, name with --units how many "
            "take part in all with later starts, or ask for a larger effect"
        )
    _require_capacity(who, week, store, export)
    who = who.assign(
        wave=str(export.as_of),
        week=[week_of(name, unit) for unit in who["unit"]],
        score_after=np.nan,
    )
    if before is None:
        kept = Experiment(
            *(name, week.entity, terms.grades, terms.line, terms.smallest, in_all, base, (export.as_of,), len(who))
        )
        every = who
    else:
        kept = replace(before, waves=(*before.waves, export.as_of), drawn=before.drawn + len(who))
        every = pd.concat([experiments.members(store.experiments, before), who], ignore_index=True)
    experiments.keep(store.experiments, kept, every)
    return kept, who


def power_lines(found: Detectable, smallest: float) -> Sequence[str]:
    """What an experiment could find, in words.

    Parameters
    ----------
    found : Detectable
    smallest : float
    """
    return (
        f"{found.n:,} take part, a quarter in each week; {found.base_rate:.1%} of the grade had a conversation in the "
        "days before",
        f"The smallest effect it could find: {100 * found.effect:.1f} points between the first week and the fourth "
        f"(power 80 %, an interval valid at every look); asked for: {100 * smallest:.1f}",
    )


def members_of_all(store: Store, week: RatedWeek, export: Export) -> pd.DataFrame:
    """Those of running experiments."""
    every = experiments.running(store.experiments, week.entity, export.as_of)
    found = [experiments.members(store.experiments, one) for one in every]
    return pd.concat(found) if found else pd.DataFrame(columns=list(experiments.COLUMNS))


def _chosen(week: RatedWeek, terms: ExperimentTerms, taken: set[str]) -> pd.DataFrame:
    """Who may be called now and is of the grades or around the capacity line."""
    units = week.found.units
    units = units[(units["value"] > 0) & ~units["unit"].isin(taken)].sort_values(
        ["value", "unit"], ascending=[False, True]
    )
    capacity, rank = sum(week.found.slots.values()), np.arange(len(units))
    near = (rank >= capacity - terms.line / 2) & (rank < capacity + terms.line / 2)
    graded = units["grade"].isin(terms.grades).to_numpy()
    units = units.assign(chosen_by=np.where(graded, "grade", "capacity line"))[graded | near]
    return units[["unit", "owner", "team", "grade", "trigger", "log_odds", "chosen_by"]]


def _base_rate(week: RatedWeek, export: Export, config: Config, terms: ExperimentTerms) -> float:
    """The share of the grades with a conversation in the days before; never 0."""
    units = week.found.units
    asked = units["unit"][units["grade"].isin(terms.grades)]
    talk = talk_days(week, config)
    recent = talk[(talk["day"] >= export.day - config.sources.conversation_days) & (talk["day"] < export.day)]
    return float((asked.isin(recent["unit"]).sum() + 1) / (len(asked) + 2))


def talk_days(week: RatedWeek, config: Config) -> pd.DataFrame:
    """The days of conversations: `unit`, `day`."""
    rows = week.touches.rows
    if rows is None:
        return pd.DataFrame({"unit": pd.Series(dtype=str), "day": pd.Series(dtype="int64")})
    kinds = rows.select("kind", "direction").distinct().to_pandas()
    pairs = list(zip(kinds["kind"], kinds["direction"], strict=True))
    talks = [f"{kind}\x1f{way}" for kind, way in conversations(pairs, config.sources.conversation_types)]
    word = rows.kind + "\x1f" + rows.direction
    return rows.filter(word.isin(talks)).select("unit", "day").distinct().to_pandas()


def _require_capacity(who: pd.DataFrame, week: RatedWeek, store: Store, export: Export) -> None:
    """Refuse where the four weeks have no room for all, beside those who were drawn before."""
    slots, teams = week.found.slots, week.found.teams
    held = members_of_all(store, week, export)
    ahead = (experiments.first_day(held) - pd.Timestamp(export.as_of)).dt.days if len(held) else pd.Series(dtype=int)
    busy = {int(k): int((ahead // 7 == k).sum()) for k in range(WEEKS)}
    of_team: Mapping[str, int] = {"all": sum(slots.values()), **teams}
    for team, room in of_team.items():
        n = len(who) if team == "all" else int((who["team"] == team).sum())
        most = most_in_a_week(n) + (max(busy.values()) if team == "all" else 0)
        if most > room:
            whose = "all owners" if team == "all" else team
            raise Refused(
                f"up to {most:,} calls would fall into one week, and {whose} can make {room:,} (from "
                f"{week.found.origin}): take fewer grades, or raise the capacity"
            )
    for owner, n in who["owner"].value_counts().items():
        if n / WEEKS > slots.get(str(owner), 0):
            raise Refused(
                f"owner {owner} has {n:,} of them, {n / WEEKS:.1f} a week, and {slots.get(str(owner), 0):,} places a "
                "week: raise [calls.owners], or share them out"
            )
