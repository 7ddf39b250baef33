"""What a challenger is judged by: its recipe on past cut-offs beside baselines, its scorecard beside the champion's."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.config import Attributes, Config, Features, Training
from pipelines.errors import UsageError
from pipelines.evaluation.backtest import compared, cut_off_days, judged_of, orders
from pipelines.evaluation.cutoff import CutOff, scores_of, scores_of_each
from pipelines.evaluation.parallel import run_parallel
from pipelines.intake.point_in_time import Export, PastTables
from pipelines.progress import Say
from pipelines.store.registry import CHALLENGER
from scoring.entities import Entity
from scoring.evidence.baselines import COMPARED
from scoring.evidence.inputs import by_kind, flow
from scoring.knowledge import upto
from scoring.scorecard import Scorecard
from scoring.timeline import day_number


def recipe(scorecard: Scorecard, config: Config) -> Config:
    """The configuration with all that the scorecard was trained by: another horizon would be another model.

    Raises
    ------
    UsageError
        If the scorecard does not say it.
    """
    said = scorecard.recipe
    if said is None:
        raise UsageError(
            f"the scorecard of {scorecard.as_of} does not say how it was trained, so that the gate cannot judge it: "
            "run `closedwon train` again"
        )
    return replace(
        config,
        training=Training(**said.training),
        attributes=Attributes(**said.attributes),
        features=Features(declared=said.features),
    )


def judged_by(
    export: Export,
    entity: Entity,
    config: Config,
    folder: Path,
    scorecards: Mapping[str, Scorecard],
    say: Say,
) -> dict[str, Any]:
    """The figures that the gate decides by, on the newest cut-offs.

    As `closedwon`, what is judged is the recipe: refitted at each cut-off, it has seen no outcome that it foretells.
    The scorecards of challenger and champion are judged as they are, beside each other: the same rows, on which both
    may have learned.

    Parameters
    ----------
    export : Export
    config : Config
        The challenger's: see `recipe`.
    scorecards : mapping of Scorecard
        `challenger` and `champion`, or empty where there is no champion to compare with.

    Raises
    ------
    Refused
        If the history is too short for any cut-off.
    """
    days = cut_off_days(export, entity, config, config.gate.cut_offs, say)
    with orders(export, entity, config, folder, days) as ordered:
        say(f"Judging the {entity} challenger on {len(days)} cut-offs")
        judged = judged_of(ordered, config, say)
        frames = {order.day: order.forecast() for order, _ in judged}
        if scorecards:
            open_ = dict(enumerate(order for order, _ in judged))
            for i, told in run_parallel(partial(scores_of_each, scorecards=scorecards), open_, config):
                frames[open_[i].day] = _beside(frames[open_[i].day], told, open_[i])
    frame = pd.concat(frames.values(), ignore_index=True)
    return compared(frame, [*COMPARED, *scorecards], entity, config)


def learned_from(export: Export, scorecards: Mapping[str, Scorecard]) -> dict[str, Any]:
    """What shows whether the scorecards were learned from whole tables: see `scoring.evidence.inputs`.

    Parameters
    ----------
    scorecards : mapping of Scorecard
        `challenger`, and `champion` where there is one. Of one that was trained later than the export reaches,
        nothing is said.
    """
    own_days, counts = {}, None
    for name, scorecard in scorecards.items():
        day = scorecard.as_of
        if day > export.as_of:
            continue
        past = PastTables(export.connection, day, upto(export.tables, day_number(day)))
        scores = scores_of(scorecard, past)
        if len(scores):
            expected = float(scores["win_probability"].mean())
            own_days[name] = {
                "as_of": scorecard.as_of.isoformat(),
                "expected": expected,
                "base_rate": scorecard.base_rate,
            }
        if name == CHALLENGER:
            flowed = flow(past.tables, past.day)
            counts = None if flowed is None else by_kind(flowed.to_pyarrow().to_pylist(), past.day)
    return {"own_days": own_days, "flow": counts}


def _beside(frame: pd.DataFrame, told: pd.DataFrame, order: CutOff) -> pd.DataFrame:
    """The forecast frame with the columns of the scorecards."""
    by_unit = told.set_index("unit").reindex(frame["unit"])
    assert by_unit.notna().all().all(), f"the scorecards score other units than the backtest at {order.date}"
    return frame.assign(**{column: by_unit[column].to_numpy() for column in by_unit.columns})
