"""The plans of a market as `closedwon plan` makes them, with the totals that it draws."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from benchmarks.plans.figures import Forecast, Planned
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS
from pipelines.intake.point_in_time import read_export
from pipelines.planning.known_lives import KnownLives, known_lives
from pipelines.planning.open_scores import open_scores
from pipelines.planning.period import Period, period
from pipelines.training.fitting import fit_scorecard
from scoring.entity import Entity
from scoring.scorecard.forecast_error import ForecastError


@dataclass(frozen=True)
class Made:
    """What a plan is made of.

    Attributes
    ----------
    known : KnownLives
    now : Period
    error : ForecastError
    days : int
        Of the period.
    """

    known: KnownLives
    now: Period
    error: ForecastError
    days: int


def made(
    crm: Path, as_of: pd.Timestamp, days: Sequence[int], *, entity: Entity = "account", horizon: int = HORIZON_DAYS
) -> Iterator[Made]:
    """What the plans of some periods that begin at `as_of` are made of: see `plans`."""
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=horizon, resamples=0))
    export = read_export(crm, config, as_of.date(), lambda text: None)
    card = fit_scorecard(export.tables, entity, export.day, config, keep=export.keep).scorecard
    error = card.forecast_error
    assert error is not None, "a scorecard that was just trained says how far it may be off"
    held_back = [found.attribute for found in card.quarantined]
    known = known_lives(export, entity, card.win, config, held_back=held_back)
    for length in days:
        end = export.day + length
        scores = open_scores(export, card, end)
        now = period(
            known,
            scores.probability,
            scores.amount,
            error,
            export.day,
            end,
            half_life=float(card.horizon_days),
            capacity=float("inf"),
            with_amounts=card.amount_rung != "none",
        )
        yield Made(known, now, error, length)


def plans(
    crm: Path, as_of: pd.Timestamp, days: Sequence[int], *, entity: Entity = "account", horizon: int = HORIZON_DAYS
) -> Mapping[int, Planned]:
    """The plans of some periods that begin at `as_of`, from a scorecard that is trained for them.

    Parameters
    ----------
    crm : Path
        The folder of an export.
    as_of : Timestamp
    days : sequence of int
        The lengths of the periods.
    entity : {"account", "lead"}
    horizon : int
        Days that the scorecard looks ahead, no fewer than the longest period.
    """
    found = {}
    for one in made(crm, as_of, days, entity=entity, horizon=horizon):
        now = one.now
        forecast = {
            "wins": Forecast.of_draws(now.total.wins, whole=True),
            "revenue": Forecast.of_draws(now.total.revenue),
        }
        found[one.days] = Planned(forecast, now.groups.wins, float(now.wins.sum()), one.error.level)
    return found
