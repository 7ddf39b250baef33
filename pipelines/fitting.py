"""Learning one scorecard: facts, attributes behind the leak guard, snapshots, hazard, amounts, card."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
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
from pipelines.declarations import offered
from pipelines.guard import ACCOUNT_LINK, DEAL_STATE, Guard, guard
from scoring.entities import Entity
from scoring.features.build import build, snapshots
from scoring.features.candidates import market_features, without_deals
from scoring.features.facts import Market, market
from scoring.features.spec import Feature, is_category
from scoring.knowledge import must_end, must_reach
from scoring.leaks import Suspicion
from scoring.lookup import Lookup, encode
from scoring.outcomes import outcomes
from scoring.tables import Tables
from scoring.timeline import Grid, Horizon, calendar_date, day_number

Say = Callable[[str], None]
Keep = Callable[[ibis.Table], ibis.Table]


@dataclass
class Learned:
    """A scorecard with what a person wants to know of its making.

    Attributes
    ----------
    card : dict
    frame : DataFrame
        The snapshots learned from, and those of `as_of` itself: `unit`, `as_of`, the features, `observed`,
        `won_period`, `amount`.
    features : list of Feature
        All that were offered; `encodings` are those of every one of them.
    metrics : dict
    """

    card: dict[str, Any]
    frame: pd.DataFrame = field(repr=False)
    features: list[Feature] = field(repr=False)
    encodings: dict[str, Any] = field(repr=False)
    metrics: dict[str, float] = field(default_factory=dict)

    @property
    def today(self) -> pd.DataFrame:
        """The snapshots of `as_of`: the open entities that the card's percentiles refer to."""
        last = self.frame["as_of"] == day_number(date.fromisoformat(self.card["as_of"]))
        return self.frame[last].reset_index(drop=True)

    @property
    def sample(self) -> pd.DataFrame:
        """Today's rows with the card's features, as they are scored."""
        return self.today[Lookup(self.card).features]


@dataclass(frozen=True)
class Gathered:
    """What a scorecard is learned from.

    Attributes
    ----------
    frame : DataFrame
        The snapshots with features and outcomes.
    guarded : Guard
        What the leak guard held back.
    closes : dict
        `losses`, how many units lost a deal, and `since`, the ISO date of the first close.
    """

    entity: Entity
    as_of: int
    features: list[Feature]
    frame: pd.DataFrame = field(repr=False)
    guarded: Guard = field(repr=False)
    closes: dict[str, Any] = field(repr=False)

    def among(self, units: Iterable[str]) -> "Gathered":
        """What there would be to learn from, had only these units been there; the snapshots of `as_of` stay whole."""
        kept = self.frame["unit"].isin(list(units)) | (self.frame["as_of"] == self.as_of)
        return replace(self, frame=self.frame[kept].reset_index(drop=True))


def learn(
    tables: Tables,
    entity: Entity,
    as_of: int,
    config: Config,
    *,
    keep: Keep,
    say: Say = lambda text: None,
    later: Sequence[Suspicion] = (),
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
    later : sequence of Suspicion
        What a later look at the same market held back, where a past cut-off is learned from: see `guard`.

    Raises
    ------
    models.outcome.TooFewWins
        If there are fewer wins than the lowest rung of the ladder needs.
    knowledge.LooksAhead
        If the tables hold what was known at `as_of` or later, or end before it.
    """
    return fitted(gather(tables, entity, as_of, config, keep=keep, say=say, later=later), config, say=say)


def gather(
    tables: Tables,
    entity: Entity,
    as_of: int,
    config: Config,
    *,
    keep: Keep,
    say: Say = lambda text: None,
    later: Sequence[Suspicion] = (),
) -> Gathered:
    """The first half of `learn`: all that reads the tables."""
    must_end(tables, as_of)
    must_reach(tables, as_of)
    training = config.training
    horizon = Horizon(training.horizon_days, training.periods)
    facts = market(tables, entity, keep=keep)
    guarded = guard(facts, as_of, config, keep, later)
    facts = replace(facts, account=None) if guarded.held_back(ACCOUNT_LINK) else facts
    features = market_features(facts, entity, guarded.own.kinds, guarded.theirs.kinds)
    features = without_deals(features) if guarded.held_back(DEAL_STATE) else features
    features, guarded = offered(features, facts, entity, as_of, config, guarded, tables, keep=keep, say=say)
    for suspicion in guarded.suspected:
        say(f"quarantined {suspicion.attribute}: {suspicion.reason}")

    closes = _closes(facts)
    grid = training_grid(closes, as_of, horizon, training.max_snapshots)
    frame = _frame(features, facts, grid, horizon, as_of, keep)
    say(f"{len(frame):,} snapshots on {len(grid.days)} days, {len(features)} features")
    return Gathered(entity, as_of, features, frame, guarded, closes)


def fitted(gathered: Gathered, config: Config, *, say: Say = lambda text: None) -> Learned:
    """The second half of `learn`: from the snapshots to the scorecard."""
    training, features, frame = config.training, gathered.features, gathered.frame
    horizon = Horizon(training.horizon_days, training.periods)
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
        learning_rate=training.learning_rate,
        leaves=training.leaves,
        min_leaf=training.min_leaf,
        l2=training.l2,
        pair_budget=training.pair_budget,
        resamples=training.resamples,
        seed=training.seed,
    )
    units = pd.factorize(frame["unit"])[0]
    hazard.fit(codes, rows, frame["observed"].to_numpy() == horizon.periods, len(set(wins)), units)
    say(f"rung: {hazard.rung_}, {len(hazard.pairs_)} pair terms")
    amount = _amounts(features, sizes, unordered, frame, codes, training.seed)
    today = frame["as_of"].to_numpy() == gathered.as_of
    card = assembled(
        entity=gathered.entity,
        as_of=gathered.as_of,
        config=config,
        features=features,
        encodings=encodings,
        hazard=hazard,
        amount=amount,
        reference=codes[today],
        quarantined=gathered.guarded.suspected,
        left_out=gathered.guarded.left_out,
    )
    card |= gathered.closes
    return Learned(card, frame, features, encodings, _metrics(hazard, amount))


def _closes(facts: Market) -> dict[str, Any]:
    deals = facts.own.deals
    said = deals.aggregate(
        losses=deals.unit.nunique(where=deals.status == "lost"), since=deals.closed_day.min()
    ).execute()
    since = said["since"][0]
    return {
        "losses": int(said["losses"][0]),
        "since": None if pd.isna(since) else calendar_date(int(since)).isoformat(),
    }


def training_grid(closes: dict[str, Any], as_of: int, horizon: Horizon, most: int) -> Grid:
    """The snapshot days: none before outcomes were recorded, for there no win does not mean none was won."""
    since = closes["since"]
    return Grid.back_from(as_of, horizon, as_of if since is None else day_number(date.fromisoformat(since)), most)


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
