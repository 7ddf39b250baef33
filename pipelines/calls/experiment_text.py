"""What an experiment has shown, in words: "because" is said only where the interval excludes 0."""

from __future__ import annotations

import pandas as pd

from pipelines.calls.experiment_effects import AsAssigned, EffectFound, ExperimentReport
from pipelines.calls.experiments import Experiment, first_day
from scoring.experiments.effects import FEWEST, Effect


def started_lines(experiment: Experiment, who: pd.DataFrame) -> list[str]:
    """Who was drawn for which week, a line each.

    Parameters
    ----------
    experiment : Experiment
    who : DataFrame
        Those of the newest wave.
    """
    counts = first_day(who).dt.date.value_counts().sort_index()
    return [
        f"Experiment {experiment.name}: {len(who):,} drawn, {experiment.drawn:,} in all; probability of each week 0.25",
        *(f"  week from {day}: {number:,}" for day, number in counts.items()),
        "  `closedwon calls` puts each on the list of its week, and on none before it",
    ]


def report_lines(report: ExperimentReport) -> list[str]:
    """What it has shown, a line each.

    Parameters
    ----------
    report : ExperimentReport
    """
    experiment = report.experiment
    gone = experiment.drawn - report.present
    text = [
        f"Experiment {experiment.name}, as of {report.as_of}: {report.present:,} {experiment.entity}s"
        + (f"; {gone:,} start later or were forgotten" if gone else ""),
        "Analysed as assigned; intervals of 95 % that hold at every look, for each line by itself",
        "",
        *(_assigned(one) for one in report.assigned),
        "",
        *(sentence(one) for one in report.effects),
    ]
    for by, groups in report.groups.items():
        if len(groups) > 1:
            text += ["", f"On conversations, by {by} (intervals that hold together):"]
            text += [f"  {name}: {effect_in_points(one)}" for name, one in groups.items()]
    return text


def sentence(found: EffectFound) -> str:
    """One effect in words.

    Parameters
    ----------
    found : EffectFound
    """
    one = found.effect
    if one.estimate is None:
        return f"{found.on}: {one.n:,} known of {FEWEST} that an interval takes at least"
    if found.name == "surrogate_bias":
        verb = "the score cannot stand for wins" if one.is_shown else "no difference is shown"
        return f"{found.on}: {effect_in_points(one)}: {verb}"
    if one.is_shown:
        return f"{found.on}: {effect_in_points(one)}, because {found.of}"
    return f"{found.on}: {effect_in_points(one)}, {found.of}: no effect is shown"


def effect_in_points(one: Effect) -> str:
    """An effect with its interval, in points.

    Parameters
    ----------
    one : Effect
    """
    if one.estimate is None or one.low is None or one.high is None:
        return f"{one.n:,} known, too few"
    low, high = 100 * one.low, 100 * one.high
    return f"{100 * one.estimate:+.1f} points ({low:+.1f} to {high:+.1f}, n = {one.n:,})"


def _assigned(one: AsAssigned) -> str:
    if not one.drawn:
        return f"Week {one.week}: not over"
    days = "" if one.days is None else f"; first touch after {one.days:.1f} days on average"
    return (
        f"Week {one.week}: {one.drawn:,} drawn, {one.in_week:,} called in it, {one.sooner:,} sooner, {one.later:,} "
        f"later, {one.never:,} not yet{days}"
    )
