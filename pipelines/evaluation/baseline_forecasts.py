"""What stands beside closedwon at a cut-off: the same rows, told by each baseline with what was known there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from models.baselines import Baseline, LinearLogistic, NaiveBayes, SourceRate, UnconstrainedTrees
from pipelines.config import Config
from pipelines.training.fitting import FittedScorecard
from pipelines.training.training_set import Keep
from scoring.entities import Entity, deals, people
from scoring.evidence.comparison import CLOSEDWON, SIMPLE
from scoring.evidence.mql import mql_facts
from scoring.evidence.touches import touch_days, touch_facts, touch_kinds
from scoring.features.spec import Attribute, Feature, Group, is_category
from scoring.lookup import Lookup
from scoring.tables import Tables
from scoring.timeline import Grid, known

#: All that are judged, in the order of tables and reports; those of `SIMPLE` are in use today.
CONTENDERS = (CLOSEDWON, *SIMPLE, "fit_only", "logistic", "ceiling")
#: Rows that the baselines are fitted on: all with a win, and a sample of the others that stands for them.
MOST_ROWS = 40_000
#: Attributes may be called anything but something with a blank in it: touch counts stand beside them as these.
COUNTED = "counted "
#: Segments are fit features with at most so many levels, and at most so many of them.
MOST_LEVELS, MOST_SEGMENTS = 12, 4
#: Attributes that say where an entity came from, by their names in plain letters.
SOURCE_NAMES = ("source", "leadsource", "originalsource", "accountsource", "channel", "origin")


def forecasts(
    fitted: FittedScorecard, tables: Tables, entity: Entity, as_of: int, config: Config, *, keep: Keep
) -> pd.DataFrame:
    """What every contender says of the entities open at `as_of`.

    Parameters
    ----------
    fitted : FittedScorecard
        closedwon, as learned at `as_of`.
    tables : Tables
        Cut at `as_of` by `knowledge.upto`.
    entity : {"account", "lead"}
    as_of : int
        Day number of the cut-off.
    config : Config
    keep : callable
        Materialises a table that is read more than once.

    Returns
    -------
    DataFrame
        One row an open entity, sorted by `unit`: `unit`, `as_of`, `account`, `touches`, `has_deal`,
        `segment_<feature>`, closedwon's `fit_score`, `intent_score`, `grade` and `expected_amount`, and for each
        contender `value_<name>`, which it ranks by, and `p_<name>`, where it gives a probability.

    Notes
    -----
    What is learned is learned from snapshots whose whole horizon was over at `as_of`, as all do who wait for labels.
    Where fewer than `training.min_wins` units were won in these, it is learned from all snapshots, each with a win
    where one was observed so far; then probabilities come out too low. `mql`, `touches`,
    `recency`, `source_rate` and `naive_bayes` rank as they are used; the others' probabilities are multiplied by the
    amount that closedwon expects, so that they differ in nothing but the probability.
    """
    today = fitted.today
    scores = Lookup(fitted.card).score(today)
    past = labelled(fitted, as_of, config)
    crowd = people(tables)
    crowd = None if crowd is None else keep(crowd)
    facts = touched(tables, crowd, entity, [*past.frame["as_of"].unique(), as_of], config, keep)
    now, then = beside(today, facts), beside(past.frame, facts)
    amount = scores["expected_amount"]
    told: dict[str, Any] = {
        "unit": today["unit"].astype(str),
        "as_of": np.full(len(today), as_of),
        # Leads of one account win by the same deal: what is resampled is accounts.
        "account": today["account_key"].astype(str),
        "touches": now[f"{COUNTED}touches_90d"],
        "has_deal": today["unit"].isin(_with_deal(tables, crowd, entity, as_of)),
        **segments(today, fitted.features, fitted.encodings),
        "fit_score": scores["fit_score"],
        "intent_score": scores["intent_score"],
        "grade": scores["grade"],
        "expected_amount": amount,
        "value_closedwon": scores["expected_revenue"],
        "p_closedwon": scores["win_probability"],
        "value_mql": by_rule(now["mqls"], now["mql_points"]),
        "value_touches": now[f"{COUNTED}touches_90d"],
        # Never touched is as long ago as days are counted.
        "value_recency": -now[f"{COUNTED}days_since_touch"].fillna(as_of),
    }
    probabilities = {"fit_only": fit_alone(fitted.card, scores)}
    for name, baseline in baselines(fitted.features, counted(now), config.training.seed).items():
        probabilities[name] = baseline.fit(then, past.won, past.weight).probability(now)
    for name, p in probabilities.items():
        told |= {f"value_{name}": p if name in SIMPLE else p * amount, f"p_{name}": p}
    return pd.DataFrame(told).sort_values("unit", ignore_index=True)


@dataclass(frozen=True)
class Labelled:
    """Snapshots to learn from: `won` and `weight`, of shape (n_rows,), beside the rows of `frame`."""

    frame: pd.DataFrame
    won: np.ndarray
    weight: np.ndarray


def labelled(fitted: FittedScorecard, as_of: int, config: Config) -> Labelled:
    """The snapshots whose whole horizon is over, thinned: all that were won, and a sample of the others."""
    frame = fitted.frame[fitted.frame["as_of"] < as_of]
    over = frame[frame["observed"] == config.training.periods]
    enough = over.loc[over["won_period"].notna(), "unit"].nunique() >= config.training.min_wins
    frame = over if enough else frame
    won = frame["won_period"].notna().to_numpy()
    most = max(MOST_ROWS - int(won.sum()), MOST_ROWS // 2)
    share = min(1.0, most / max(1, int((~won).sum())))
    kept = won | (np.random.default_rng(config.training.seed).random(len(frame)) < share)
    weight = np.where(won, 1.0, 1.0 / share)[kept]
    return Labelled(frame[kept].reset_index(drop=True), won[kept].astype("float64"), weight)


def touched(
    tables: Tables, crowd: ibis.Table | None, entity: Entity, days: Sequence[int], config: Config, keep: Keep
) -> pd.DataFrame:
    """Touch counts (called `COUNTED` and their name) and MQL points by `unit` and `as_of`, at the days of snapshots."""
    grid = Grid(tuple(sorted({int(day) for day in days})))
    touches = touch_days(tables, crowd, entity)
    touches = None if touches is None else keep(touches)
    points = mql_facts(touches, crowd, entity, config.mql, grid)
    counts = None if touches is None else touch_facts(touches, grid, touch_kinds(touches))
    nothing = {"unit": "str", "as_of": "int64", "touches_90d": "float64", "days_since_touch": "float64"}
    facts = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in nothing.items()})
    facts = facts if counts is None else counts.execute()
    facts = facts.rename(columns={name: f"{COUNTED}{name}" for name in facts if name not in ("unit", "as_of")})
    if points is None:
        return facts.assign(mql_points=0.0, mqls=0.0)
    return facts.merge(points.execute(), on=["unit", "as_of"], how="outer")


def beside(frame: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The rows of a frame of snapshots, in their order, with the facts of each: counts are 0 where there is none."""
    found = frame.merge(facts, on=["unit", "as_of"], how="left")
    counts = [name for name in map(str, facts) if name.startswith((f"{COUNTED}touches_", "mql"))]
    return found.fillna(dict.fromkeys(counts, 0.0))


def counted(frame: pd.DataFrame) -> list[str]:
    """The columns of touch counts."""
    return [name for name in map(str, frame.columns) if name.startswith(COUNTED)]


def by_rule(mqls: pd.Series, points: pd.Series) -> pd.Series:
    """What the MQL rule ranks by: first who has more qualified people, then who has more points."""
    positive = points.clip(lower=0.0)
    return mqls + positive / (positive + 1_000.0)


def fit_alone(card: dict[str, Any], scores: dict[str, np.ndarray]) -> np.ndarray:
    """The probability by fit, as if intent were everyone's average, brought to the mean of the whole card's.

    Few show intent, and it is they who win: without it the mean is too low, for no fault of fit.
    """
    p = Lookup(card).probability(card["base"] + scores["fit_log_odds"])
    result: np.ndarray = np.minimum(p * scores["win_probability"].mean() / p.mean(), 1.0)
    return result


def baselines(features: Sequence[Feature], counted: Sequence[str], seed: int) -> dict[str, Baseline]:
    """The contenders that learn, unfitted; `counted` are the columns of touch counts, which the ceiling alone sees."""
    kinds = {f.name: "category" if is_category(f) else f.kind for f in features}
    fields = [f.name for f in features if is_category(f) and f.scope == "own"]
    return {
        "source_rate": SourceRate(source(features)),
        "naive_bayes": NaiveBayes(fields),
        "logistic": LinearLogistic(kinds),
        "ceiling": UnconstrainedTrees({**kinds, **dict.fromkeys(counted, "numeric")}, seed=seed),
    }


def source(features: Sequence[Feature]) -> str | None:
    """The feature that says through what an entity came: the first source of its people, else an attribute."""
    own = [feature for feature in features if feature.scope == "own"]
    firsts = [feature.name for feature in own if isinstance(feature, Group) and feature.of == "first_source"]
    named = {
        "".join(filter(str.isalpha, feature.column.lower())): feature.name
        for feature in own
        if isinstance(feature, Attribute) and is_category(feature)
    }
    return next(iter([*firsts, *(named[name] for name in SOURCE_NAMES if name in named)]), None)


def segments(today: pd.DataFrame, features: Sequence[Feature], encodings: dict[str, Any]) -> dict[str, pd.Series]:
    """The columns `segment_<feature>`: what a few features with few levels say of each row, in words.

    The source comes first, yes and no last.
    """
    levels = {f.name: encodings[f.name]["levels"] for f in features if f.side == "fit" and is_category(f)}
    few = [name for name, known_ones in levels.items() if 2 <= len(known_ones) <= MOST_LEVELS]
    few.sort(key=lambda name: (name != source(features), len(levels[name]) == 2))
    chosen = {}
    for name in few[:MOST_SEGMENTS]:
        value = today[name].astype(object)
        said = value.where(value.isin(levels[name]), "other").where(value.notna(), "not known")
        chosen[f"segment_{name}"] = said.astype(str)
    return chosen


def _with_deal(tables: Tables, crowd: ibis.Table | None, entity: Entity, as_of: int) -> pd.Series:
    """The units with a deal that is open at `as_of`."""
    found = deals(tables, crowd, entity)
    still = found.closed_day.isnull() | ~known(found.closed_day, as_of)
    units: pd.Series = found.filter(known(found.known_day, as_of) & still).select("unit").distinct().unit.execute()
    return units
