"""The training job: an export in, a registered challenger for each entity out."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.errors import Refused
from pipelines.intake.point_in_time import View, entities
from pipelines.processes import cores, one_process_beside
from pipelines.progress import Say
from pipelines.store.store import Store
from pipelines.store.tracking import Registered, log_training
from pipelines.training.fitting import Learned, fitted
from pipelines.training.training_set import Gathered, gather
from scoring.entities import Entity


def train(
    seen: View,
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
    seen : View
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

    def finish(entity: Entity, ours: Config, learned: Callable[[], Learned]) -> None:
        try:
            found = learned()
        except TooFewWins as error:
            refusals.append(f"{entity}: {error}")
            say(f"  refused: {error}")
            return
        registered[entity] = record(found, entity, seen, store, ours)
        say("\n".join(f"  {line}" for line in summary(found, registered[entity])))

    def told(text: str) -> None:
        say(f"  {text}")

    there = entities(seen.tables, asked)
    with one_process_beside() as beside:
        later: list[tuple[Entity, Config, Callable[[], Learned]]] = []
        for entity in there:
            say(f"Training the {entity} scorecard on what was known before {seen.as_of}")
            ours = config if tuned is None else tuned(entity)
            gathered = gather(seen.tables, entity, seen.day, ours, keep=seen.keep, say=told, whole=False)
            if gathered.stands_for is not None and entity != there[-1] and cores() > 1:
                told("learned from in a process of its own, while the next is read")
                later.append((entity, ours, partial(_of_beside, beside.submit(_aside, gathered, ours), gathered, told)))
            else:
                finish(entity, ours, partial(fitted, gathered, ours, say=told))
        for entity, ours, learned in later:
            say(f"The {entity} scorecard")
            finish(entity, ours, learned)
    if not registered:
        raise Refused("; ".join(refusals))
    return {entity: registered[entity] for entity in there if entity in registered}


def _aside(gathered: Gathered, config: Config) -> tuple[dict[str, Any], list[str]] | tuple[int, int]:
    """What `fitted` adds to what it was given, and what it said; of too few wins, how many, and how many are needed."""
    said: list[str] = []
    try:
        learned = fitted(gathered, config, say=said.append)
    except TooFewWins as error:
        return error.wins, error.least
    return {"card": learned.card, "encodings": learned.encodings, "metrics": learned.metrics}, said


def _of_beside(future: Any, gathered: Gathered, say: Say) -> Learned:
    found, said = future.result()
    if isinstance(found, int):
        raise TooFewWins(found, said)
    for line in said:
        say(line)
    return Learned(frame=gathered.frame, features=gathered.features, **found)


def record(learned: Learned, entity: Entity, seen: View, store: Store, config: Config) -> Registered:
    """Log the training to MLflow and register its scorecard."""
    digests = {name: said["sha256"] for name, said in seen.inputs.items()}
    learned.card["data"] = digests
    learned.card["recipe"] = {
        "training": asdict(config.training),
        "attributes": asdict(config.attributes),
        "features": [feature.declaration() for feature in config.features.declared],
    }
    params: dict[str, Any] = {"entity": entity, "as_of": str(seen.as_of), **asdict(config.training)}
    params |= {"data": str(seen.data.resolve())}
    params |= {f"attributes_{key}": ",".join(map(str, value)) for key, value in _lists(config).items()}
    return log_training(
        store,
        entity,
        learned.card,
        learned.sample,
        params=params,
        metrics=learned.metrics,
        datasets=digests,
        artifacts={},
        tags={"horizon_days": str(config.training.horizon_days), "wins": str(learned.card["wins"])},
    )


def _lists(config: Config) -> dict[str, Sequence[str]]:
    return {"trust": config.attributes.trust, "drop": config.attributes.drop}


def summary(learned: Learned, registered: Registered) -> list[str]:
    """What a person wants to see of a training, in a few lines."""
    card, metrics = learned.card, learned.metrics
    sides = {side: sum(term["side"] == side for term in card["terms"]) for side in ("fit", "intent")}
    calibration = card["calibration"]["kind"]
    return [
        f"version {registered.version} registered as challenger",
        f"rung {card['rung']}, {card['wins']} wins, {sides['fit']} fit and {sides['intent']} intent terms, "
        f"calibration {calibration}, amounts by {card['amount_rung']}",
        f"held out: log loss {metrics['held_out_log_loss_constant'] * (1 - metrics['held_out_skill']):.5f} "
        f"against {metrics['held_out_log_loss_constant']:.5f} without a model (skill {metrics['held_out_skill']:.1%})",
        f"base rate {card['base_rate']:.2%} in {card['horizon_days']} days",
    ]
