"""The baseline forecasts of a cut-off: one of each baseline for the same rows, from what was known on that day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from models.baselines import Estimator, LinearLogistic, NaiveBayes, SourceRate, UnconstrainedTrees
from pipelines.config import Config
from pipelines.training.fitting import FittedScorecard
from scoring.entities import deals, people
from scoring.entity import Entity
from scoring.evidence.baselines import BASELINES, Baseline
from scoring.evidence.mql import mql_facts
from scoring.evidence.touches import touch_days, touch_facts, touch_kinds
from scoring.features.spec import Attribute, Feature, Group, is_category
from scoring.scorecard.parts import Category, Encoding
from scoring.scorecard.scorecard import Scorecard
from scoring.tables import Keep, Tables
from scoring.timeline import Grid, known

#: Rows that the baselines are fitted on: all with a win, and a sample of the others that stands for them.
MOST_ROWS = 40_000
#: The prefix of touch counts: attributes have any name without a blank in it, so no attribute is taken for one.
COUNTED = "counted "
#: Segments are fit features with at most so many levels, and at most so many of them.
MOST_LEVELS, MOST_SEGMENTS = 12, 4
#: Attributes that say where an entity came from, by their names in plain letters.
SOURCE_NAMES = ("source", "leadsource", "originalsource", "accountsource", "channel", "origin")


def forecasts(
    fitted: FittedScorecard, tables: Tables, entity: Entity, as_of: int, config: Config, *, keep: Keep
) -> pd.DataFrame:
    """The forecasts of closedwon and of every baseline for the entities open at `as_of`.

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
        One row for each open entity, sorted by `unit`: `unit`, `as_of`, `account`, `touches`, `has_deal`,
        `segment_<feature>`, closedwon's `fit_score`, `intent_score`, `grade` and `expected_amount`; for closedwon and
        each baseline `value_<name>`, what it ranks by, and `p_<name>`, if it gives a probability.

    Notes
    -----
    The baselines that learn do so from the snapshots whose whole horizon was over at `as_of`: they wait for their
    labels. Where fewer than `training.min_wins` units were won in these snapshots, they learn from all of them, and a
    snapshot counts as won if a win was observed so far; then the probabilities are too low. The simple baselines rank
    as they are used. The probabilities of the others are multiplied by the amount that closedwon expects, so that only
    the probability differs.
    """
    today = fitted.today
    scores = fitted.scorecard.lookup.score(today)
    past = labelled(fitted, as_of, config)
    persons = people(tables)
    persons = None if persons is None else keep(persons)
    facts = touched(tables, persons, entity, [*past.frame["as_of"].unique(), as_of], config, keep)
    now, then = beside(today, facts), beside(past.frame, facts)
    amount = scores["expected_amount"]
    cut_off = CutOffData(fitted, scores, past, then, now, as_of, config.training.seed)
    columns: dict[str, Any] = {
        "unit": today["unit"].astype(str),
        "as_of": np.full(len(today), as_of),
        # Leads of one account win by the same deal: what is resampled is accounts.
        "account": today["account_key"].astype(str),
        "touches": now[f"{COUNTED}touches_90d"],
        "has_deal": today["unit"].isin(_with_deal(tables, persons, entity, as_of)),
        **segment_columns(today, fitted.features, fitted.encodings),
        "fit_score": scores["fit_score"],
        "intent_score": scores["intent_score"],
        "grade": scores["grade"],
        "expected_amount": amount,
        "value_closedwon": scores["expected_revenue"],
        "p_closedwon": scores["win_probability"],
    }
    for baseline in BASELINES:
        columns |= _columns(baseline, cut_off.forecast(baseline.name), amount)
    return pd.DataFrame(columns).sort_values("unit", ignore_index=True)


def _columns(baseline: Baseline, forecast: Any, amount: np.ndarray) -> dict[str, Any]:
    """The columns of one baseline; `amount` is what closedwon expects of a win."""
    if baseline.ranks_by == "value":
        return {f"value_{baseline.name}": forecast}
    value = forecast * amount if baseline.ranks_by == "revenue" else forecast
    return {f"value_{baseline.name}": value, f"p_{baseline.name}": forecast}


@dataclass(frozen=True)
class Labelled:
    """Snapshots to learn from: `won` and `weight`, of shape (n_rows,), beside the rows of `frame`."""

    frame: pd.DataFrame
    won: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class CutOffData:
    """What a baseline may use at a cut-off.

    Attributes
    ----------
    fitted : FittedScorecard
        closedwon, as learned at the cut-off.
    scores : dict of arrays, shape (n,)
        Its scores of the n open entities.
    past : Labelled
        The m snapshots to learn from.
    then, now : DataFrame
        Their rows, and those of the open entities, each with the touch counts and MQL points of its day.
    as_of : int
        Day number of the cut-off.
    seed : int
    """

    fitted: FittedScorecard
    scores: dict[str, np.ndarray]
    past: Labelled
    then: pd.DataFrame
    now: pd.DataFrame
    as_of: int
    seed: int

    def forecast(self, name: str) -> Any:
        """The forecast of a baseline for the n open entities: what it ranks by, or the probability of a win."""
        if name in RULES:
            return RULES[name](self)
        estimator = ESTIMATORS[name](self.fitted.features, touch_columns(self.now), self.seed)
        return estimator.fit(self.then, self.past.won, self.past.weight).probability(self.now)


def labelled(fitted: FittedScorecard, as_of: int, config: Config) -> Labelled:
    """The snapshots whose whole horizon is over: all that were won, and a sample of the others."""
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
    tables: Tables, persons: ibis.Table | None, entity: Entity, days: Sequence[int], config: Config, keep: Keep
) -> pd.DataFrame:
    """Touch counts, with the prefix `COUNTED`, and MQL points by `unit` and `as_of`.

    Parameters
    ----------
    tables : Tables
    persons : Table or None
        The people of `entities.people`.
    entity : {"account", "lead"}
    days : sequence of int
        Day numbers of the snapshots, in any order.
    config : Config
        Has the MQL rule.
    keep : callable
        Materialises a table that is read more than once.
    """
    grid = Grid(tuple(sorted({int(day) for day in days})))
    touches = touch_days(tables, persons, entity)
    touches = None if touches is None else keep(touches)
    points = mql_facts(touches, persons, entity, config.mql, grid)
    counts = None if touches is None else touch_facts(touches, grid, touch_kinds(touches))
    nothing = {"unit": "str", "as_of": "int64", "touches_90d": "float64", "days_since_touch": "float64"}
    facts = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in nothing.items()})
    facts = facts if counts is None else counts.execute()
    facts = facts.rename(columns={name: f"{COUNTED}{name}" for name in facts if name not in ("unit", "as_of")})
    if points is None:
        return facts.assign(mql_points=0.0, mqls=0.0)
    return facts.merge(points.execute(), on=["unit", "as_of"], how="outer")


def beside(frame: pd.DataFrame, facts: pd.DataFrame, key: str = "unit") -> pd.DataFrame:
    """The rows of a frame of snapshots, in their order, with the facts of each: counts are 0 where there is none."""
    found = frame.merge(facts, on=[key, "as_of"], how="left")
    counts = [name for name in map(str, facts) if name.startswith((f"{COUNTED}touches_", "mql"))]
    return found.fillna(dict.fromkeys(counts, 0.0))


def touch_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of touch counts."""
    return [name for name in map(str, frame.columns) if name.startswith(COUNTED)]


def by_rule(mqls: pd.Series, points: pd.Series) -> pd.Series:
    """What the MQL rule ranks by: first the number of qualified people, then the points."""
    positive = points.clip(lower=0.0)
    return mqls + positive / (positive + 1_000.0)


def fit_alone(scorecard: Scorecard, scores: dict[str, np.ndarray]) -> np.ndarray:
    """The probability by fit, as if everyone had average intent, scaled to the mean of the whole scorecard's.

    Few show intent, and they are the ones who win: without the scaling the mean is too low, which is no fault of fit.
    """
    p = scorecard.lookup.probability(scorecard.base + scores["fit_log_odds"])
    result: np.ndarray = np.minimum(p * scores["win_probability"].mean() / p.mean(), 1.0)
    return result


#: The forecast functions of the baselines that learn nothing.
RULES: Mapping[str, Callable[[CutOffData], Any]] = {
    "mql": lambda cut_off: by_rule(cut_off.now["mqls"], cut_off.now["mql_points"]),
    "touches": lambda cut_off: cut_off.now[f"{COUNTED}touches_90d"],
    # Never touched is as long ago as days are counted.
    "recency": lambda cut_off: -cut_off.now[f"{COUNTED}days_since_touch"].fillna(cut_off.as_of),
    "fit_only": lambda cut_off: fit_alone(cut_off.fitted.scorecard, cut_off.scores),
}
#: The unfitted estimators of the baselines that learn, made from the features, the columns of touch counts (which the
#: ceiling alone sees) and the seed.
ESTIMATORS: Mapping[str, Callable[[Sequence[Feature], Sequence[str], int], Estimator]] = {
    "source_rate": lambda features, counts, seed: SourceRate(source(features)),
    "naive_bayes": lambda features, counts, seed: NaiveBayes(
        [feature.name for feature in features if is_category(feature) and feature.scope == "own"]
    ),
    "logistic": lambda features, counts, seed: LinearLogistic(kinds(features)),
    "ceiling": lambda features, counts, seed: UnconstrainedTrees(
        {**kinds(features), **dict.fromkeys(counts, "numeric")}, seed=seed
    ),
}


def kinds(features: Sequence[Feature]) -> dict[str, str]:
    """The kind of each feature, by its name, as `models.encoding` knows them."""
    return {feature.name: "category" if is_category(feature) else feature.kind for feature in features}


def source(features: Sequence[Feature]) -> str | None:
    """The feature that holds the source of an entity: the first source of its people, or else an attribute."""
    own = [feature for feature in features if feature.scope == "own"]
    firsts = [feature.name for feature in own if isinstance(feature, Group) and feature.of == "first_source"]
    named = {
        "".join(filter(str.isalpha, feature.column.lower())): feature.name
        for feature in own
        if isinstance(feature, Attribute) and is_category(feature)
    }
    return next(iter([*firsts, *(named[name] for name in SOURCE_NAMES if name in named)]), None)


def segment_columns(
    today: pd.DataFrame, features: Sequence[Feature], encodings: Mapping[str, Encoding]
) -> dict[str, pd.Series]:
    """The columns `segment_<feature>`: the level of each row in a few features with few levels, in words.

    The source comes first, features of yes and no last.

    Parameters
    ----------
    today : DataFrame of n rows
        The open entities with their features.
    features : sequence of Feature
    encodings : mapping of Encoding
        By feature.

    Returns
    -------
    dict of Series, shape (n,)
        By column.
    """
    levels = {name: found.levels for name, found in encodings.items() if isinstance(found, Category)}
    few = [f.name for f in features if f.side == "fit" and 2 <= len(levels.get(f.name, ())) <= MOST_LEVELS]
    few.sort(key=lambda name: (name != source(features), len(levels[name]) == 2))
    chosen = {}
    for name in few[:MOST_SEGMENTS]:
        value = today[name].astype(object)
        words = value.where(value.isin(levels[name]), "other").where(value.notna(), "not known")
        chosen[f"segment_{name}"] = words.astype(str)
    return chosen


def _with_deal(tables: Tables, persons: ibis.Table | None, entity: Entity, as_of: int) -> pd.Series:
    """The units with a deal that is open at `as_of`."""
    found = deals(tables, persons, entity)
    still = found.closed_day.isnull() | ~known(found.closed_day, as_of)
    units: pd.Series = found.filter(known(found.known_day, as_of) & still).select("unit").distinct().unit.execute()
    return units
