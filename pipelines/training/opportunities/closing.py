"""What a scorecard of opportunities says of when deals close, learned from the same snapshots as the wins."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from models.hazard import HazardRows, hazard_rows_of
from models.outcome import AdditiveHazard
from pipelines.config import Config
from pipelines.progress import Say
from pipelines.training.amounts import of_amount
from pipelines.training.scorecard import DECIMALS, calibration_of, terms_of
from scoring.features.spec import DealPlan, Feature
from scoring.opportunities.closes import slipped
from scoring.opportunities.closing import Closing, Slip, Timing, groups
from scoring.scorecard.arrays import codes_of
from scoring.scorecard.parts import Category, Encoding
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Horizon, day_number

#: Deals that slipped, and deals that did not, from which a slip is learned.
LEAST_DEALS = 25


def with_closing(
    scorecard: Scorecard,
    frame: pd.DataFrame,
    features: Sequence[Feature],
    encodings: Mapping[str, Encoding],
    config: Config,
    say: Say,
) -> Scorecard:
    """The scorecard of opportunities with what it says of when deals close.

    Parameters
    ----------
    scorecard : Scorecard
    frame : DataFrame
        The snapshots that it learned from, and when each deal closed.
    features : sequence of Feature
        All that were offered.
    encodings : mapping of Encoding
        By feature.
    config : Config
        Its section ``training`` is used.
    say : callable
        Takes each line of progress.
    """
    training, today = config.training, day_number(scorecard.as_of)
    horizon = Horizon(training.horizon_days, training.periods)
    dated = [f for f in features if isinstance(f, DealPlan) and f.of == "days_to_close" and f.scope == "own"]
    name = dated[0].name if dated else None
    days = np.full(len(frame), np.nan) if name is None else frame[name].to_numpy(dtype="float64", na_value=np.nan)
    rows = hazard_rows_of(frame, horizon.bounds, max_rows=training.max_rows, seed=training.seed)
    timing = Timing.learned(horizon.bounds, groups(days)[rows.snapshot], rows.period, rows.won, rows.weight)
    slip = None if name is None else _slip(frame, name, today, features, encodings, config)
    closing = Closing(timing, name, slip)
    if slip is not None:
        say(f"slip: {slip.rate:.0%} of the close dates entered were missed, learned from {slip.deals:,} deals")
    return _reading(replace(scorecard, closing=closing), features, encodings)


def _reading(scorecard: Scorecard, features: Sequence[Feature], encodings: Mapping[str, Encoding]) -> Scorecard:
    """The scorecard with the features and encodings that its closing reads beside its terms."""
    closing = scorecard.closing
    assert closing is not None
    terms = () if closing.slip is None else closing.slip.terms
    used = {f.name for f in scorecard.features} | {name for term in terms for name in term.features}
    used |= {closing.days_to_close} if closing.days_to_close else set()
    return replace(
        scorecard,
        features=tuple(feature for feature in features if feature.name in used),
        encodings={name: found for name, found in encodings.items() if name in used},
    )


def _slip(
    frame: pd.DataFrame,
    name: str,
    today: int,
    features: Sequence[Feature],
    encodings: Mapping[str, Encoding],
    config: Config,
) -> Slip | None:
    """How sure it is that the close date entered is missed; None where too few deals show it."""
    training, late = config.training, slipped(frame, name, today)
    learned = np.flatnonzero(~np.isnan(late))
    units = frame["unit"].to_numpy()[learned]
    kept_and_missed = [len(set(units[late[learned] == one])) for one in (0.0, 1.0)]
    if min(kept_and_missed) < LEAST_DEALS:
        return None
    codes = codes_of(encodings, frame)
    whether = np.where([of_amount(feature) for feature in features], 0, codes).astype(codes.dtype)
    start = frame["as_of"].to_numpy()[learned]
    end = start + frame[name].to_numpy(dtype="float64")[learned].astype("int64") + 1
    rows = HazardRows(learned, np.zeros(len(learned), dtype="int64"), late[learned], start, end, np.ones(len(learned)))
    hazard = AdditiveHazard(
        [encodings[feature.name].size for feature in features],
        [isinstance(encodings[feature.name], Category) for feature in features],
        [feature.side for feature in features],
        periods=1,
        min_wins=LEAST_DEALS,
        learning_rate=training.learning_rate,
        leaves=training.leaves,
        min_leaf=training.min_leaf,
        l2=training.l2,
        pair_budget=0,
        resamples=0,
        seed=training.seed,
    )
    matured = ~np.isnan(late)
    hazard.fit(whether, rows, matured, kept_and_missed[1], pd.factorize(frame["unit"])[0])
    terms, base = terms_of(features, encodings, hazard, codes[frame["as_of"].to_numpy() == today])
    rate = float(late[learned].mean())
    return Slip(round(base, DECIMALS), calibration_of(hazard), terms, round(rate, DECIMALS), len(set(units)))
