"""Tuning: a bounded search over a few training settings, on days before all those of the backtest and the gate."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.outcome import AdditiveHazard, TooFewWins
from pipelines.config import Config, Training
from pipelines.errors import Refused
from pipelines.evaluation.backtest import cut_off_days
from pipelines.evaluation.cutoff import CutOff, saved, upto_day, with_outcomes
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import Export, PastTables, entities
from pipelines.progress import Say
from pipelines.store.store import Store
from pipelines.store.tracking import tuning_run
from pipelines.store.trial import Trial
from pipelines.training.fitting import fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.entity import Entity
from scoring.evidence.measures.accuracy import at_actual_rates
from scoring.features.facts import market
from scoring.knowledge import upto
from scoring.timeline import calendar_date, dates

#: Trials of a search that was asked for without saying how many.
TRIALS = 20


@dataclass(frozen=True)
class Material:
    """One past day: what there was to learn from, and who then won (`won`, in the order of the open units)."""

    training_set: TrainingSet
    won: np.ndarray


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Attributes
    ----------
    training : Training
        What to train with: the best trial, or what was there before where that is not clearly better.
    best : Trial
    trials : sequence of Trial
        All; `best` has the smallest loss, the first the settings as they were.
    gain, noise : float
        By how much the best trial's loss is smaller, and the standard error of that, both in nats an entity.
    """

    training: Training
    best: Trial
    trials: Sequence[Trial]
    gain: float
    noise: float

    @property
    def better(self) -> bool:
        """Whether the best trial is better by more than one standard error (Breiman et al. 1984)."""
        return self.gain > self.noise

    def lines(self) -> list[str]:
        """The outcome in words, with the settings as TOML to paste."""
        gain = f"{self.gain:.2e} nats an entity, standard error {self.noise:.2e}"
        if self.best.number == 0:
            return [f"none of {len(self.trials)} trials is better than what is set"]
        if not self.better:
            return [f"none of {len(self.trials)} trials is clearly better than what is set (the best by {gain})"]
        settings = (f"{name} = {value}" for name, value in self.best.settings.items())
        return [f"better than what is set by {gain}; for the configuration:", "[training]", *settings]


def tune(export: Export, store: Store, config: Config, *, asked: str | None, say: Say) -> dict[Entity, Tuned]:
    """Search for each entity, log every trial, say what to set, and return the result by entity: the command.

    Parameters
    ----------
    export : Export
    store : Store
    config : Config
    asked : str or None
        "account", "lead" or "both"; None for all that the export has.
    say : callable
        Takes each message.

    Raises
    ------
    Refused
        If every entity has too little history or too few wins to compare settings.
    """
    found: dict[Entity, Tuned] = {}
    refusals = []
    for entity in entities(export.tables, asked):
        try:
            found[entity] = tuned(export, store, entity, config, say=say)
        except Refused as why:
            refusals.append(f"{entity}: {why}")
            say(f"  {refusals[-1]}")
    if not found:
        raise Refused("; ".join(refusals))
    return found


def tuned(export: Export, store: Store, entity: Entity, config: Config, *, say: Say) -> Tuned:
    """Search for one entity, with an MLflow run for the search and one below it for each trial: see `tune`.

    Raises
    ------
    Refused
        If the history is too short or holds too few wins, with what would help.
    """
    trials = config.tuning.trials or TRIALS
    say(f"Tuning the {entity} scorecard: {trials} trials")
    material = materials(export, entity, config, say)
    name = f"tune {entity} {export.as_of}"
    with tuning_run(store, name, {"entity": entity, "as_of": str(export.as_of), "job": "tune"}) as log:
        found = search(material, config, trials, log=log, say=say)
    for line in found.lines():
        say(f"  {line}")
    return found


def before_the_backtest(export: Export, entity: Entity, config: Config) -> PastTables:
    """The tables as known before the first cut-off of the backtest and of the gate: all that tuning may use."""
    most = max(config.backtest.cut_offs, config.gate.cut_offs)
    first = cut_off_days(export, entity, config, most, lambda text: None)[0]
    return PastTables(export.connection, calendar_date(first), upto(export.tables, first))


def materials(export: Export, entity: Entity, config: Config, say: Say) -> list[Material]:
    """The days to tune on, the oldest first: their whole horizons end before the first cut-off of the backtest.

    One dated example: as of 2025-12-29, with 182 days ahead, the backtest has six cut-offs 30 days apart, the first as
    of 2025-01-31. The newest day to tune on is then 2024-08-02.

    Raises
    ------
    Refused
        If the history is too short, or too few were won.
    """
    past = before_the_backtest(export, entity, config)
    try:
        days = cut_off_days(past, entity, config, config.tuning.cut_offs, lambda text: None)
    except Refused as why:
        raise Refused(
            f"tuning may use only what was known before {past.as_of}, the first cut-off of the backtest or the gate, "
            f"and {why}; with fewer cut_offs in [backtest] and [gate] it can use more"
        ) from None
    later = guard_attributes(market(past.tables, entity, keep=past.keep), past.day, config, past.keep).suspected_before
    with tempfile.TemporaryDirectory(prefix="closedwon-tuning-") as scratch:
        tables = saved(past.tables, Path(scratch))
        cut_offs = [CutOff(entity, day, past.day, config, tables, tables, later) for day in days]
        found = [_material(cut_off) for cut_off in cut_offs]
    units = {unit for material in found for unit in _today(material)["unit"][material.won == 1]}
    if len(units) < config.tuning.min_wins:
        raise Refused(
            f"tuning needs {config.tuning.min_wins} wins to compare settings, and in the horizons of "
            f"{' and '.join(dates(days))} {len(units)} were won: differences between settings would be chance"
        )
    say(f"  on {' and '.join(dates(days))}, by {len(units)} wins before {past.as_of}")
    return found


def _material(cut_off: CutOff) -> Material:
    past = upto_day(cut_off)
    training_set = build_training_set(
        past.tables, cut_off.entity, cut_off.day, cut_off.config, keep=past.keep, suspected_today=cut_off.later
    )
    units = training_set.frame.loc[training_set.frame["as_of"] == cut_off.day, ["unit"]]
    return Material(training_set, with_outcomes(units, cut_off)["won"].to_numpy(dtype="float64"))


def _today(material: Material) -> pd.DataFrame:
    frame = material.training_set.frame
    return frame[frame["as_of"] == material.training_set.as_of]


def search(
    material: Sequence[Material],
    config: Config,
    trials: int,
    *,
    log: Callable[[Trial], None] = lambda trial: None,
    say: Say = lambda text: None,
) -> Tuned:
    """Try the settings as they are, then others that a tree-structured Parzen estimator proposes (Akiba et al. 2019).

    The loss of a trial is the log loss of the win probability of those who were open, after its mean was set to the
    actual rate: what is tuned is who is likelier to win, and not the level, which drifts.

    Parameters
    ----------
    material : sequence of Material
        The days to tune on.
    config : Config
    trials : int
        How many, the first included.
    log : callable
        Takes each trial when it is done.
    say : callable
        Takes each message.

    Raises
    ------
    Refused
        If there are too few wins for boosted trees: then there is nothing to tune.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    done: list[Trial] = []
    losses: list[np.ndarray] = []

    def measure(settings: dict[str, Any]) -> float:
        parts, wins = _losses(material, replace(config, training=replace(config.training, **settings)))
        loss = float(np.mean([part.mean() for part in parts]))
        done.append(Trial(len(done), settings, loss, wins))
        losses.append(np.concatenate(parts))
        log(done[-1])
        say(f"  trial {len(done)} of {trials}: log loss {loss:.6f}")
        return loss

    measure({name: getattr(config.training, name) for name in SEARCHED})
    sampler = optuna.samplers.TPESampler(seed=config.training.seed, n_startup_trials=max(2, min(10, trials // 2)))
    optuna.create_study(sampler=sampler).optimize(lambda trial: measure(proposed(trial)), n_trials=trials - 1)
    best = min(range(len(done)), key=lambda i: done[i].log_loss)
    # An entity's losses at neighbouring days are nearly one: they count together.
    units = pd.factorize(np.concatenate([_today(part)["unit"].to_numpy() for part in material]))[0]
    gains = np.bincount(units, weights=losses[0] - losses[best])
    noise = float(np.sqrt(len(gains)) * gains.std() / len(units))
    outcome = Tuned(config.training, done[best], done, float(gains.sum() / len(units)), noise)
    chosen: dict[str, Any] = dict(done[best].settings)
    return replace(outcome, training=replace(config.training, **chosen)) if outcome.better else outcome


#: The settings that are searched, and between which bounds.
SEARCHED: Mapping[str, tuple[float, float]] = {
    "learning_rate": (0.03, 0.3),
    "leaves": (2, 8),
    "min_leaf": (20, 200),
    "l2": (0.1, 30.0),
    "pair_budget": (0, 5),
}


def proposed(trial: Any) -> dict[str, float]:
    """The settings of an Optuna trial: rates, weights and sizes on a logarithmic scale, small counts on a plain one.

    They are tried as they will be printed, with three digits.
    """
    return {
        "learning_rate": _neat(trial.suggest_float("learning_rate", *SEARCHED["learning_rate"], log=True)),
        "leaves": trial.suggest_int("leaves", *SEARCHED["leaves"]),
        "min_leaf": trial.suggest_int("min_leaf", *SEARCHED["min_leaf"], log=True),
        "l2": _neat(trial.suggest_float("l2", *SEARCHED["l2"], log=True)),
        "pair_budget": trial.suggest_int("pair_budget", *SEARCHED["pair_budget"]),
    }


def _neat(x: float) -> float:
    return float(f"{x:.3g}")


def _losses(material: Sequence[Material], config: Config) -> tuple[list[np.ndarray], int]:
    """The loss of each open unit at each day, and the wins that the last day's scorecard was learned from."""
    plain = replace(config, training=replace(config.training, resamples=0))
    found = []
    for part in material:
        try:
            fitted = fit(part.training_set, plain)
        except TooFewWins as error:
            raise Refused(f"tuning as of {calendar_date(part.training_set.as_of)}: {error}") from None
        probability = fitted.scorecard.lookup.score(fitted.today)["win_probability"]
        level = at_actual_rates(part.won, probability, np.zeros(len(part.won), dtype=np.intp))
        found.append(-np.log(np.where(part.won == 1, level, 1.0 - level)))
    wins = fitted.scorecard.wins or 0
    if wins < AdditiveHazard.trees_from:
        raise Refused(
            f"tuning needs {AdditiveHazard.trees_from} wins to learn from as of its newest day, {wins} were found: "
            "with fewer there are no trees, and every training chooses the model and its penalty by itself"
        )
    return found, wins


def tuned_config(export: Export, store: Store, config: Config, say: Say, entity: Entity) -> Config:
    """The configuration with the settings that a search found, or as it is if there was none."""
    if not config.tuning.trials:
        return config
    try:
        return replace(config, training=tuned(export, store, entity, config, say=say).training)
    except Refused as why:
        say(f"  not tuned: {why}")
        return config
