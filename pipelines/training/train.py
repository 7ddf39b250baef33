"""The training job: an export in, a registered challenger for each entity out."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.errors import Refused
from pipelines.intake.point_in_time import Export, entities
from pipelines.processes import cores, one_process_beside
from pipelines.progress import Say
from pipelines.store.store import Store
from pipelines.store.tracking import Registered, log_training
from pipelines.training.fitting import FittedScorecard, fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.entities import Entity
from scoring.scorecard_parts import Recipe


def train(
    export: Export,
    store: Store,
    config: Config,
    *,
    asked: str | None,
    say: Say,
    tuned: Callable[[Entity], Config] | None = None,
) -> dict[Entity, Registered]:
    """Learn a scorecard for each entity and register it as challenger.

    Parameters
    ----------
    export : Export
        The export, cut at `as_of`.
    store : Store
        Open for writing.
    config : Config
    asked : str or None
        `account`, `lead`, `both`; None for what the tables allow.
    say : callable
        Takes each line of progress.
    tuned : callable, optional
        Gives the configuration with the settings that a search found for an entity.

    Raises
    ------
    Refused
        If no entity has enough wins. An entity that has too few is left out with a word, if another can be trained.
    """
    registered: dict[Entity, Registered] = {}
    refusals: list[str] = []

    def finish(entity: Entity, ours: Config, fitted: Callable[[], FittedScorecard]) -> None:
        try:
            found = fitted()
        except TooFewWins as error:
            refusals.append(f"{entity}: {error}")
            say(f"  refused: {error}")
            return
        registered[entity] = record(found, entity, export, store, ours)
        say("\n".join(f"  {line}" for line in summary(found, registered[entity])))

    def told(text: str) -> None:
        say(f"  {text}")

    there = entities(export.tables, asked)
    with one_process_beside() as beside:
        later: list[tuple[Entity, Config, Callable[[], FittedScorecard]]] = []
        for entity in there:
            say(f"Training the {entity} scorecard on what was known before {export.as_of}")
            ours = config if tuned is None else tuned(entity)
            training_set = build_training_set(
                export.tables, entity, export.day, ours, keep=export.keep, say=told, whole=False
            )
            if training_set.stands_for is not None and entity != there[-1] and cores() > 1:
                told("learned from in a process of its own, while the next is read")
                later.append(
                    (entity, ours, partial(_of_beside, beside.submit(_aside, training_set, ours), training_set, told))
                )
            else:
                finish(entity, ours, partial(fit, training_set, ours, say=told))
        for entity, ours, fitted in later:
            say(f"The {entity} scorecard")
            finish(entity, ours, fitted)
    if not registered:
        raise Refused("; ".join(refusals))
    return {entity: registered[entity] for entity in there if entity in registered}


def _aside(training_set: TrainingSet, config: Config) -> tuple[dict[str, Any], list[str]] | tuple[int, int]:
    """What `fit` adds to what it was given, and what it said; of too few wins, how many, and how many are needed."""
    said: list[str] = []
    try:
        fitted = fit(training_set, config, say=said.append)
    except TooFewWins as error:
        return error.wins, error.least
    return {"scorecard": fitted.scorecard, "encodings": fitted.encodings, "metrics": fitted.metrics}, said


def _of_beside(future: Any, training_set: TrainingSet, say: Say) -> FittedScorecard:
    found, said = future.result()
    if isinstance(found, int):
        raise TooFewWins(found, said)
    for line in said:
        say(line)
    return FittedScorecard(frame=training_set.frame, features=training_set.features, **found)


def record(fitted: FittedScorecard, entity: Entity, export: Export, store: Store, config: Config) -> Registered:
    """Log the training to MLflow and register its scorecard."""
    digests = {name: table.sha256 for name, table in export.inputs.items()}
    recipe = Recipe(asdict(config.training), asdict(config.attributes), tuple(config.features.declared))
    fitted.scorecard = replace(fitted.scorecard, data=digests, recipe=recipe)
    params: dict[str, Any] = {"entity": entity, "as_of": str(export.as_of), **asdict(config.training)}
    params |= {"data": str(export.data.resolve())}
    params |= {f"attributes_{key}": ",".join(map(str, value)) for key, value in _lists(config).items()}
    return log_training(
        store,
        entity,
        fitted.scorecard,
        fitted.sample,
        params=params,
        metrics=fitted.metrics,
        datasets=digests,
        artifacts={},
        tags={"horizon_days": str(config.training.horizon_days), "wins": str(fitted.scorecard.wins)},
    )


def _lists(config: Config) -> dict[str, Sequence[str]]:
    return {"trust": config.attributes.trust, "drop": config.attributes.drop}


def summary(fitted: FittedScorecard, registered: Registered) -> list[str]:
    """What a person wants to see of a training, in a few lines."""
    scorecard, metrics = fitted.scorecard, fitted.metrics
    sides = {side: sum(term.side == side for term in scorecard.terms) for side in ("fit", "intent")}
    calibration = scorecard.calibration.kind
    return [
        f"version {registered.version} registered as challenger",
        f"rung {scorecard.rung}, {scorecard.wins} wins, {sides['fit']} fit and {sides['intent']} intent terms, "
        f"calibration {calibration}, amounts by {scorecard.amount_rung}",
        f"held out: log loss {metrics['held_out_log_loss_constant'] * (1 - metrics['held_out_skill']):.5f} "
        f"against {metrics['held_out_log_loss_constant']:.5f} without a model (skill {metrics['held_out_skill']:.1%})",
        f"base rate {scorecard.base_rate:.2%} in {scorecard.horizon_days} days",
    ]
