"""The training job: it reads an export and registers a challenger for each entity."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from models.outcome import TooFewWins
from pipelines.alignment.agreed import in_force
from pipelines.config import Config
from pipelines.errors import Refused
from pipelines.intake.point_in_time import Export, entities
from pipelines.processes import cores, one_worker_process
from pipelines.progress import Say
from pipelines.store.store import Store
from pipelines.store.tracking import Registered, log_training
from pipelines.training.buying_groups import learn_buying_group, may_learn
from pipelines.training.fitting import FittedScorecard, fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.buying_groups.group import BuyingGroup
from scoring.entity import Entity
from scoring.persons.written import hidden
from scoring.scorecard.parts import Encoding, Recipe
from scoring.scorecard.scorecard import Scorecard


def train(
    export: Export,
    store: Store,
    config: Config,
    *,
    asked: str | None,
    say: Say,
    tuned: Callable[[Entity], Config] | None = None,
    refusals: dict[Entity, str] | None = None,
) -> dict[Entity, Registered]:
    """Fit a scorecard for each entity and register it as challenger.

    Parameters
    ----------
    export : Export
        The export, cut at `as_of`.
    store : Store
        Open for writing.
    config : Config
    asked : str or None
        `account`, `lead` or `both`; None for all that have a table.
    say : callable
        Takes each line of progress.
    tuned : callable, optional
        Takes an entity and gives the configuration with the settings that a search found for it.
    refusals : dict, optional
        Gets the entities that were left out, each with the reason.

    Raises
    ------
    Refused
        If no entity has enough wins. If one has, another with too few is reported and left out.
    """
    registered: dict[Entity, Registered] = {}
    refusals = {} if refusals is None else refusals
    groups: dict[Entity, BuyingGroup | None] = {}
    learned: dict[tuple[object, ...], BuyingGroup | None] = {}

    def register(entity: Entity, settings: Config, fit_result: Callable[[], FittedScorecard]) -> None:
        try:
            fitted = fit_result()
        except TooFewWins as error:
            refusals[entity] = str(error)
            say(f"  refused: {error}")
            return
        fitted.scorecard = replace(fitted.scorecard, buying_group=groups[entity])
        registered[entity] = record(fitted, entity, export, store, settings)
        say("\n".join(f"  {line}" for line in summary(fitted, registered[entity])))

    def say_indented(text: str) -> None:
        say(f"  {text}")

    chosen = entities(export.tables, asked)
    with one_worker_process() as executor:
        pending: list[tuple[Entity, Config, Callable[[], FittedScorecard]]] = []
        for entity in chosen:
            say(f"Training the {entity} scorecard on what was known before {export.as_of}")
            settings = config if tuned is None else tuned(entity)
            training_set = build_training_set(
                export.tables, entity, export.day, settings, keep=export.keep, say=say_indented, all_of_today=False
            )
            groups[entity] = None
            if may_learn(entity, training_set.leak_guard):
                depends_on = (settings.question, settings.training.seed)
                if depends_on not in learned:
                    learned[depends_on] = learn_buying_group(
                        export.tables, settings, keep=export.keep, say=say_indented
                    )
                groups[entity] = learned[depends_on]
            if training_set.sample_weight is not None and entity != chosen[-1] and cores() > 1:
                say_indented("fitted in a process of its own while the next training set is read")
                future = executor.submit(_fit_in_worker, training_set, settings)
                pending.append((entity, settings, partial(_fitted_by_worker, future, training_set, say_indented)))
            else:
                register(entity, settings, partial(fit, training_set, settings, say=say_indented))
        for entity, settings, fit_result in pending:
            say(f"The {entity} scorecard")
            register(entity, settings, fit_result)
    if not registered:
        raise Refused("; ".join(f"{entity}: {why}" for entity, why in refusals.items()))
    return {entity: registered[entity] for entity in chosen if entity in registered}


@dataclass(frozen=True)
class WorkerFit:
    """What `fit` adds to a training set, and its `lines` of progress. The training set is large and not sent back."""

    scorecard: Scorecard
    encodings: dict[str, Encoding]
    metrics: dict[str, float]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class WorkerRefusal:
    """The figures of `TooFewWins`, which itself cannot travel between processes."""

    wins: int
    least: int


def _fit_in_worker(training_set: TrainingSet, config: Config) -> WorkerFit | WorkerRefusal:
    """Fit a training set in a process of its own."""
    lines: list[str] = []
    try:
        fitted = fit(training_set, config, say=lines.append)
    except TooFewWins as error:
        return WorkerRefusal(error.wins, error.least)
    return WorkerFit(fitted.scorecard, fitted.encodings, fitted.metrics, tuple(lines))


def _fitted_by_worker(
    future: Future[WorkerFit | WorkerRefusal], training_set: TrainingSet, say: Say
) -> FittedScorecard:
    """The scorecard that `_fit_in_worker` fitted, once it is done."""
    found = future.result()
    if isinstance(found, WorkerRefusal):
        raise TooFewWins(found.wins, found.least)
    for line in found.lines:
        say(line)
    return FittedScorecard(found.scorecard, training_set.frame, training_set.features, found.encodings, found.metrics)


def record(fitted: FittedScorecard, entity: Entity, export: Export, store: Store, config: Config) -> Registered:
    """Log the training to MLflow and register its scorecard.

    Parameters
    ----------
    fitted : FittedScorecard
        Its scorecard gets the digests of the export and the recipe of the training.
    entity : {"account", "lead"}
    export : Export
    store : Store
        Open for writing.
    config : Config
        The settings of the training.
    """
    digests = {name: file.sha256 for name, file in export.inputs.items()}
    own = tuple(config.features.declared)
    # A column of such a name is left out anyway, so nothing follows from what is hidden of it.
    attributes = {key: _impersonal(value) for key, value in asdict(config.attributes).items()}
    recipe = Recipe(asdict(config.training), attributes, own, asdict(config.question))
    fitted.scorecard = replace(fitted.scorecard, data=digests, recipe=recipe)
    params: dict[str, Any] = {"entity": entity, "as_of": str(export.as_of), **asdict(config.training)}
    params |= {f"question_{key}": value for key, value in asdict(config.question).items()}
    params |= {"data": str(export.data.resolve() if isinstance(export.data, Path) else export.data)}
    params |= {} if export.intake.share >= 1.0 else {"share_of_companies": f"{export.intake.share:.6f}"}
    params |= {f"attributes_{key}": ",".join(_impersonal(value)) for key, value in _lists(config).items()}
    trusted, agreement = fitted.scorecard.trusted, in_force(store.path, export.as_of)
    return log_training(
        store,
        entity,
        fitted.scorecard,
        params=params,
        metrics=fitted.metrics,
        datasets=digests,
        artifacts={},
        tags={"horizon_days": str(config.training.horizon_days), "wins": str(fitted.scorecard.wins)}
        | ({"trusted": "; ".join(f"{s.attribute}: {s.reason}" for s in trusted)} if trusted else {})
        | ({"agreement": f"{agreement.name} {agreement.digest}"} if agreement else {}),
    )


def _impersonal(value: Any) -> Any:
    return tuple(hidden(str(name)) for name in value) if isinstance(value, tuple | list) else value


def _lists(config: Config) -> dict[str, Sequence[str]]:
    return {"trust": config.attributes.trust, "drop": config.attributes.drop}


def summary(fitted: FittedScorecard, registered: Registered) -> list[str]:
    """A training in a few lines for the person who started it.

    Parameters
    ----------
    fitted : FittedScorecard
    registered : Registered
    """
    scorecard, metrics = fitted.scorecard, fitted.metrics
    sides = {side: sum(term.side == side for term in scorecard.terms) for side in ("fit", "intent")}
    calibration = scorecard.calibration.kind
    return [
        f"version {registered.version} registered as challenger",
        f"model: {scorecard.model}, {scorecard.wins} wins, {sides['fit']} fit and {sides['intent']} intent terms, "
        f"calibration {calibration}, amounts by {scorecard.amount_rung}",
        f"held out: log loss {metrics['held_out_log_loss_constant'] * (1 - metrics['held_out_skill']):.5f} "
        f"against {metrics['held_out_log_loss_constant']:.5f} without a model (skill {metrics['held_out_skill']:.1%})",
        f"base rate {scorecard.base_rate:.2%} in {scorecard.horizon_days} days",
    ]
