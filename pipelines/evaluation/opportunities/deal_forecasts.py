"""The forecasts of open deals at a cut-off: closedwon's, and those that sales makes today, for the same rows."""

from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.evaluation.baseline_forecasts import (
    COUNTED,
    ESTIMATORS,
    Labelled,
    beside,
    labelled,
    segment_columns,
    touch_columns,
    touched,
)
from pipelines.training.fitting import FittedScorecard
from scoring.entities import people
from scoring.entity import Entity
from scoring.evidence.baselines import CLOSEDWON
from scoring.features.spec import Deal, DealPlan
from scoring.opportunities.closing_columns import closing_columns
from scoring.tables import Keep, Tables

#: The win rate of a stage counts beside so many deals that win as often as all do.
AS_ALL = 10.0


def deal_forecasts(
    fitted: FittedScorecard, tables: Tables, entity: Entity, as_of: int, config: Config, *, keep: Keep
) -> pd.DataFrame:
    """The forecasts of closedwon and of the baselines for the deals open at `as_of`.

    Parameters
    ----------
    fitted : FittedScorecard
        closedwon, as learned at `as_of`.
    tables : Tables
        Cut at `as_of` by `knowledge.upto`.
    entity : {"opportunity"}
    as_of : int
        Day number of the cut-off.
    config : Config
    keep : callable
        Materialises a table that is read more than once.

    Returns
    -------
    DataFrame
        The columns of `baseline_forecasts.forecasts`, with the baselines of deals; and `slip_probability`,
        `close_early`, `expected_close` and `close_late` (day numbers), `entered_close` (day number, NaN for none). A
        baseline that needs what nobody has entered yet is NaN in all rows.
    """
    today = fitted.today
    scores = fitted.scorecard.lookup.score(today)
    past = labelled(fitted, as_of, config)
    persons = people(tables)
    persons = None if persons is None else keep(persons)
    facts = touched(tables, persons, "account", [*past.frame["as_of"].unique(), as_of], config, keep)
    facts = facts.rename(columns={"unit": "account_key"})
    now, then = (_with_touches(frame, facts) for frame in (today, past.frame))
    amount = scores["expected_amount"]
    entered = _plans(fitted, today)
    known = entered["amount"]
    worth = np.where(np.isnan(known), amount, known)
    stage, entered_probability = _stage_rates(fitted, past, today), entered["probability"]
    top = 100.0 if np.nanmax(entered_probability, initial=0.0) > 1.0 else 1.0
    mean = np.nanmean(entered_probability) if (~np.isnan(entered_probability)).any() else np.nan
    crm = np.clip(np.where(np.isnan(entered_probability), mean, entered_probability) / top, 0.0, 1.0)
    columns: dict[str, Any] = {
        "unit": today["unit"].astype(str),
        "as_of": np.full(len(today), as_of),
        "account": today["account_key"].astype(str),
        "touches": now[f"{COUNTED}touches_90d"],
        "has_deal": np.full(len(today), True),
        **segment_columns(today, fitted.features, fitted.encodings),
        "fit_score": scores["fit_score"],
        "intent_score": scores["intent_score"],
        "grade": scores["grade"],
        "expected_amount": amount,
        f"value_{CLOSEDWON}": scores["expected_revenue"],
        f"p_{CLOSEDWON}": scores["win_probability"],
        "value_stage_weighted": stage * worth,
        "p_stage_weighted": stage,
        "value_crm_probability": crm * worth,
        "p_crm_probability": crm,
        "value_largest": known if np.isnan(known).all() else worth,
        "value_touches": now[f"{COUNTED}touches_90d"],
    }
    for name in ("logistic", "ceiling"):
        estimator = ESTIMATORS[name](fitted.features, touch_columns(now), config.training.seed)
        p = estimator.fit(then, past.won, past.weight).probability(now)
        columns |= {f"value_{name}": p * amount, f"p_{name}": p}
    closes = closing_columns(fitted.scorecard, today, len(today), as_of)
    columns |= closes | {"entered_close": as_of + entered["days_to_close"]}
    return pd.DataFrame(columns).sort_values("unit", ignore_index=True)


def _with_touches(frame: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The rows of a frame of deals with the touches of the account of each."""
    return beside(frame, facts, "account_key")


def _plans(fitted: FittedScorecard, today: pd.DataFrame) -> dict[str, np.ndarray]:
    """What was entered of each open deal: `amount`, `probability` and `days_to_close`, NaN where nothing was."""
    found = {of: np.full(len(today), np.nan) for of in ("amount", "probability", "days_to_close")}
    for feature in fitted.features:
        if isinstance(feature, DealPlan) and feature.of in found and feature.scope == "own":
            found[feature.of] = today[feature.name].to_numpy(dtype="float64", na_value=np.nan)
    return found


def _stage_rates(fitted: FittedScorecard, past: Labelled, today: pd.DataFrame) -> np.ndarray:
    """How often deals were won that had been in the stage of each: of snapshots whose horizon was over."""
    named = [f.name for f in fitted.features if isinstance(f, Deal) and f.of == "stage" and f.scope == "own"]
    rate = float(np.average(past.won, weights=past.weight)) if len(past.won) else 0.0
    if not named:
        return np.full(len(today), rate)
    stages = pd.DataFrame({"stage": past.frame[named[0]].astype(object), "won": past.won})
    counts = stages.groupby("stage")["won"].agg(["sum", "size"])
    rates = (counts["sum"] + AS_ALL * rate) / (counts["size"] + AS_ALL)
    return np.asarray(today[named[0]].astype(object).map(rates).fillna(rate).to_numpy(dtype="float64"))
