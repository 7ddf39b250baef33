"""The evidence for a promotion: the challenger beside the baselines at past cut-offs, and beside the champion."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from pipelines.config import Attributes, Config, Features, Question, Training
from pipelines.errors import UsageError
from pipelines.evaluation.backtest import compare_forecasts, cut_off_days, prepared_cut_offs, stated_totals
from pipelines.evaluation.cutoff import CutOff, scores_of, scores_of_each
from pipelines.evaluation.parallel import backtest_all, run_parallel
from pipelines.intake.point_in_time import Export, PastTables
from pipelines.progress import Say
from pipelines.store.registry import CHALLENGER
from scoring.entity import Entity
from scoring.evidence.baselines import CLOSEDWON, compared_names
from scoring.evidence.comparison_result import Comparison
from scoring.evidence.promotion.inputs import OwnDay, TrainingInputs, by_kind, flow
from scoring.evidence.promotion.without_value import WithoutValue, summed
from scoring.knowledge import upto
from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import day_number


def recipe(scorecard: Scorecard, config: Config) -> Config:
    """The configuration with all settings that a scorecard was trained with: another horizon is another model.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    config : Config
        Gives the settings that have nothing to do with training.

    Raises
    ------
    UsageError
        If the scorecard does not hold its settings.
    """
    settings = scorecard.recipe
    if settings is None:
        raise UsageError(
            f"the scorecard of {scorecard.as_of} does not say how it was trained, so the gate cannot decide on it: "
            "run `closedwon train` again"
        )
    return replace(
        config,
        training=Training(**settings.training),
        attributes=Attributes(**settings.attributes),
        features=Features(declared=settings.features),
        question=Question(**settings.question),
    )


@dataclass(frozen=True)
class ChallengerEvidence:
    """What the gate decides by.

    Attributes
    ----------
    comparison : Comparison
    without : list of WithoutValue
        Who had no value of an attribute.
    stated : dict of str to Interval
        By ranking, the wins that it predicted over all cut-offs, with the interval that its scorecards state.
    """

    comparison: Comparison
    without: list[WithoutValue]
    stated: dict[str, Interval]


def compare_challenger(
    export: Export,
    entity: Entity,
    config: Config,
    folder: Path,
    scorecards: Mapping[str, Scorecard],
    say: Say,
) -> ChallengerEvidence:
    """What the gate decides by, on the newest cut-offs.

    `closedwon` is the recipe: refitted at each cut-off, it has seen no outcome that it forecasts. The scorecards of
    challenger and champion are compared as they are, on the same rows, from which both may have learned.

    Parameters
    ----------
    export : Export
    entity : {"account", "lead"}
    config : Config
        The challenger's: see `recipe`.
    folder : Path
        Where finished cut-offs are kept.
    scorecards : dict
        The scorecards by name, `challenger` and `champion`; empty where there is no champion to compare with.
    say : callable
        Takes each message.

    Raises
    ------
    Refused
        If the history is too short for any cut-off.
    """
    days = cut_off_days(export, entity, config, config.gate.cut_offs, say)
    with prepared_cut_offs(export, entity, config, folder, days) as cut_offs:
        say(f"Backtest of the {entity} challenger on {len(days)} cut-offs")
        refitted = backtest_all(cut_offs, config, say)
        finished = [cut_off for cut_off, _ in refitted]
        frames = {cut_off.day: cut_off.forecast() for cut_off in finished}
        if scorecards:
            open_ = dict(enumerate(finished))
            for i, forecasts in run_parallel(partial(scores_of_each, scorecards=scorecards), open_, config):
                frames[open_[i].day] = _beside(frames[open_[i].day], forecasts, open_[i])
        frame = pd.concat(frames.values(), ignore_index=True)
        without = summed(cut_off.without_value for cut_off in finished)
    recipes = {cut_off.day: scorecard for cut_off, scorecard in refitted}
    # A scorecard of an earlier release does not say how far it may be off: then its recipe, refitted, does.
    as_it_is = {CHALLENGER: scorecards[CHALLENGER]} if CHALLENGER in scorecards else {}
    stated = {CLOSEDWON: stated_totals(frame, recipes).together.wins}
    for name, scorecard in as_it_is.items():
        own = recipes if scorecard.forecast_error is None else dict.fromkeys(recipes, scorecard)
        stated[name] = stated_totals(frame, own, name).together.wins
    return ChallengerEvidence(
        compare_forecasts(frame, [*compared_names(entity), *scorecards], entity, config), without, stated
    )


def training_inputs(export: Export, scorecards: Mapping[str, Scorecard]) -> TrainingInputs:
    """What shows whether the scorecards were trained on complete tables: see `scoring.evidence.promotion.inputs`.

    Parameters
    ----------
    export : Export
    scorecards : dict
        The scorecards by name, `challenger`, and `champion` where there is one. One that was trained later than the
        export reaches is left out.
    """
    own_days, counts = dict[str, OwnDay](), None
    for name, scorecard in scorecards.items():
        day = scorecard.as_of
        if day > export.as_of:
            continue
        past = PastTables(export.connection, day, upto(export.tables, day_number(day)))
        scores = scores_of(scorecard, past)
        if len(scores):
            expected = float(scores["win_probability"].mean())
            own_days[name] = OwnDay(scorecard.as_of.isoformat(), expected, scorecard.base_rate)
        if name == CHALLENGER:
            flowed = flow(past.tables, past.day)
            counts = None if flowed is None else by_kind(flowed.to_pyarrow().to_pylist(), past.day)
    return TrainingInputs(own_days, counts)


def _beside(frame: pd.DataFrame, forecasts: pd.DataFrame, cut_off: CutOff) -> pd.DataFrame:
    """The forecast frame with the forecasts of the scorecards as they are."""
    by_unit = forecasts.set_index("unit").reindex(frame["unit"])
    assert by_unit.notna().all().all(), f"the scorecards score other units than the backtest at {cut_off.date}"
    return frame.assign(**{column: by_unit[column].to_numpy() for column in by_unit.columns})
