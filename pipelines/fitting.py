"""Learning one scorecard: facts, attributes behind the leak guard, snapshots, hazard, amounts, card."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from models.amount import AmountModel
from models.encoding import learn_encodings, size
from models.hazard import hazard_rows
from models.outcome import AdditiveHazard
from pipelines.card import assembled
from pipelines.config import Config
from pipelines.sources import column_key
from scoring.entities import Entity
from scoring.features.build import build, snapshots
from scoring.features.candidates import (
    Columns,
    columns,
    deals_tell_only_winners,
    market_features,
    without_deals,
)
from scoring.features.facts import Facts, Market, market
from scoring.features.spec import Feature, is_category
from scoring.leaks import Suspicion, informative, suspicions
from scoring.lookup import Lookup, encode
from scoring.outcomes import outcomes
from scoring.tables import Tables
from scoring.timeline import Grid, Horizon

Say = Callable[[str], None]
Keep = Callable[[ibis.Table], ibis.Table]

DEAL_STATE = "open_deal_days"
ACCOUNT_LINK = "account_id"
#: Share of the units with a value that a history must know for the leak guard to stand down.
WHOLE_HISTORY = 0.95


@dataclass(frozen=True)
class Guarded:
    """The attributes of one level after the leak guard: what to use, what is suspected, what was left out and why."""

    kinds: dict[str, str]
    suspected: list[Suspicion]
    left_out: dict[str, str]


@dataclass
class Learned:
    """A scorecard with what a person wants to know of its making."""

    card: dict[str, Any]
    sample: pd.DataFrame = field(repr=False)
    metrics: dict[str, float] = field(default_factory=dict)


def guarded(facts: Facts, as_of: int, config: Config, keep: Keep) -> Guarded:
    """The attributes of one level that may become features.

    Those that `[attributes] trust` names are used whatever the guard says; those whose history is whole need no
    guard.
    """
    if facts.attributes is None:
        return Guarded({}, [], {})
    facts = replace(facts, attributes=keep(facts.attributes))  # they may be thousands, and are read often
    found: Columns = columns(facts, config.attributes.drop)
    if not found.kinds:
        return Guarded({}, [], found.left_out)
    values, is_won, is_lost, days_since_won = _outcomes_of(facts, list(found.kinds), as_of)
    traced, trusted = _traced(facts, list(found.kinds)), {column_key(name) for name in config.attributes.trust}
    untraced = values[[name for name in values.columns if name not in traced]]
    suspected = [s for s in suspicions(untraced, is_won, is_lost, days_since_won) if s.attribute not in trusted]
    held_back = {s.attribute for s in suspected}
    usable = values[[name for name in values.columns if name not in held_back]]
    kept = informative(usable, is_won, config.attributes.max_attributes)
    left_out = found.left_out | {
        name: f"tells less of wins than the {config.attributes.max_attributes} attributes used"
        for name in usable.columns
        if name not in kept
    }
    return Guarded({name: found.kinds[name] for name in kept}, suspected, left_out)


def _traced(facts: Facts, names: list[str]) -> set[str]:
    """The attributes whose history is whole: nearly every unit with a value has it from the history.

    The few without keep their current value for all of the past, so a history of nobody would cure nothing.
    """
    history, table = facts.history, facts.attributes
    if history is None or table is None:
        return set()
    whole = set()
    for name in set(names) & set(history.columns):
        filled = table.filter(table[name].notnull())
        told = filled.semi_join(history.filter(history[name].notnull()), "unit")
        if told.count().execute() >= WHOLE_HISTORY * filled.count().execute():
            whole.add(name)
    return whole


def suspected_link(facts: Facts, as_of: int, config: Config) -> list[Suspicion]:
    """Whether a lead's very link to an account was made by its outcome: then its account tells nothing safely."""
    if ACCOUNT_LINK in config.attributes.trust:
        return []
    linked = facts.units.select(
        "unit", account_id=facts.units.account_id.notnull().ifelse("linked", ibis.null("string"))
    )
    values, is_won, is_lost, days_since_won = _outcomes_of(
        Facts(units=facts.units, deals=facts.deals, attributes=linked), [ACCOUNT_LINK], as_of
    )
    return suspicions(values, is_won, is_lost, days_since_won)


def _outcomes_of(facts: Facts, names: list[str], as_of: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Current attributes of each unit; whether it won; whether it lost and did not win; days since its first win."""
    assert facts.attributes is not None
    won = facts.deals.filter(facts.deals.status == "won").group_by("unit").agg(day=ibis._.closed_day.min()).execute()
    lost = facts.deals.filter(facts.deals.status == "lost").select("unit").distinct().execute()
    frame = facts.attributes.select("unit", *names).execute().sort_values("unit", ignore_index=True)
    # Not as a join: attributes may be thousands, and called anything.
    won_day = frame["unit"].map(won.set_index("unit")["day"]).to_numpy(dtype="float64", na_value=np.nan)
    is_won = np.isfinite(won_day)
    return frame[names], is_won, frame["unit"].isin(lost["unit"]).to_numpy() & ~is_won, as_of - won_day


def learn(
    tables: Tables, entity: Entity, as_of: int, config: Config, *, keep: Keep, say: Say = lambda text: None
) -> Learned:
    """Learn a scorecard for `entity` from what was known before `as_of`.

    Parameters
    ----------
    tables : Tables
        Already cut at `as_of` by `knowledge.upto`.
    entity : {"account", "lead"}
    as_of : int
        Day number of the training.
    config : Config
    keep : callable
        Materialises a table that is read more than once.
    say : callable
        Told of each step.

    Raises
    ------
    models.outcome.TooFewWins
        If there are fewer wins than the lowest rung of the ladder needs.
    """
    training = config.training
    horizon = Horizon(training.horizon_days, training.periods)
    facts = market(tables, entity, keep=keep)
    own = guarded(facts.own, as_of, config, keep)
    link = suspected_link(facts.own, as_of, config) if facts.account else []
    facts = replace(facts, account=None) if link else facts
    theirs = guarded(facts.account, as_of, config, keep) if facts.account else Guarded({}, [], {})
    features = market_features(facts, entity, own.kinds, theirs.kinds)
    suspected = own.suspected + link + theirs.suspected
    survivors = deals_tell_only_winners(facts.own.deals)
    if survivors and DEAL_STATE not in config.attributes.trust:
        suspected = [*suspected, Suspicion(DEAL_STATE, "only_winners_have_deals", survivors, {})]
        features = without_deals(features)
    for suspicion in suspected:
        say(f"quarantined {suspicion.attribute}: {suspicion.reason}")

    grid = training_grid(facts, as_of, horizon, training.max_snapshots)
    frame = _frame(features, facts, grid, horizon, as_of, keep)
    say(f"{len(frame):,} snapshots on {len(grid.days)} days, {len(features)} features")
    kinds = {feature.name: "category" if is_category(feature) else feature.kind for feature in features}
    encodings = learn_encodings(frame, kinds, max_levels=config.attributes.max_levels)
    codes = _codes(encodings, frame)
    rows = hazard_rows(
        frame["as_of"].to_numpy(),
        frame["observed"].to_numpy(),
        frame["won_period"].to_numpy(dtype="float64", na_value=np.nan),
        horizon.bounds,
        max_rows=training.max_rows,
        seed=training.seed,
    )
    sizes = [size(encodings[feature.name]) for feature in features]
    unordered = [encodings[feature.name]["kind"] == "category" for feature in features]
    wins = frame["unit"].to_numpy()[rows.snapshot[rows.won == 1]]
    say(f"{len(rows):,} hazard rows, {len(set(wins))} wins")
    hazard = AdditiveHazard(
        sizes,
        unordered,
        [feature.side for feature in features],
        periods=horizon.periods,
        min_wins=training.min_wins,
        seed=training.seed,
    ).fit(codes, rows, frame["observed"].to_numpy() == horizon.periods, len(set(wins)))
    say(f"rung: {hazard.rung_}, {len(hazard.pairs_)} pair terms")
    amount = _amounts(features, sizes, unordered, frame, codes, training.seed)
    today = frame["as_of"].to_numpy() == as_of
    card = assembled(
        entity=entity,
        as_of=as_of,
        config=config,
        features=features,
        encodings=encodings,
        hazard=hazard,
        amount=amount,
        reference=codes[today],
        quarantined=suspected,
        left_out=own.left_out | {f"account_{name}": why for name, why in theirs.left_out.items()},
    )
    sample = frame.loc[today, Lookup(card).features].reset_index(drop=True)
    return Learned(card, sample, _metrics(hazard, amount))


def training_grid(facts: Market, as_of: int, horizon: Horizon, most: int) -> Grid:
    """The snapshot days: none before outcomes were recorded, for there no win does not mean none was won."""
    closed = facts.own.deals.closed_day.min().execute()
    earliest = as_of if closed is None or pd.isna(closed) else int(closed)
    return Grid.back_from(as_of, horizon, earliest, most)


def _frame(
    features: list[Feature], facts: Market, grid: Grid, horizon: Horizon, as_of: int, keep: Keep
) -> pd.DataFrame:
    """Snapshots with features and outcomes, and those of `as_of` itself, which have none yet: the reference."""
    with_today = Grid((*grid.days, as_of))
    looks = keep(snapshots(facts.own, with_today))
    table = outcomes(build(features, facts, looks, with_today), facts.own.deals, horizon, as_of)
    frame: pd.DataFrame = table.execute()
    # Engines return rows in any order; what is learned must not depend on it.
    return frame.sort_values(["unit", "as_of"], ignore_index=True)


def _codes(encodings: dict[str, Any], frame: pd.DataFrame) -> np.ndarray:
    by_name = encode(encodings, frame)
    return np.column_stack([by_name[name] for name in encodings]).astype("int64")


def _amounts(
    features: list[Feature],
    sizes: list[int],
    unordered: list[bool],
    frame: pd.DataFrame,
    codes: np.ndarray,
    seed: int,
) -> tuple[AmountModel, list[Feature]]:
    """The amount model, from the last snapshot before each win, on what says who they are."""
    chosen = [j for j, feature in enumerate(features) if feature.side == "fit"]
    won = frame["won_period"].notna() & frame["amount"].notna()
    last = frame[won].drop_duplicates("unit", keep="last").index.to_numpy()
    model = AmountModel([sizes[j] for j in chosen], [unordered[j] for j in chosen], seed=seed)
    model.fit(codes[last][:, chosen], frame["amount"].to_numpy(dtype="float64")[last])
    return model, [features[j] for j in chosen]


def _metrics(hazard: AdditiveHazard, amount: tuple[AmountModel, list[Feature]]) -> dict[str, float]:
    report = hazard.report_
    figures = {f"held_out_log_loss_{name}": loss for name, loss in report["held_out_log_loss"].items()}
    plain = ("wins", "rows", "held_out_winning_rows", "held_out_log_loss_constant", "slope", "span", "trees")
    figures |= {name: float(report[name]) for name in plain}
    best = min(report["held_out_log_loss"].values())
    figures["held_out_skill"] = 1.0 - best / report["held_out_log_loss_constant"]
    figures["wins_with_amount"] = float(amount[0].report_["wins_with_amount"])
    return figures
