"""The model registry: one registered model for each entity, its versions, and the aliases of two of them.

The `champion` scores. The `challenger` is the version trained last, which waits for the decision of the gate. The tags
of a version hold what was decided on it and the champion before it, so the registry shows what happened and what to
return to.

Every function needs an open store (`Store.open`); those that change something need it open for writing.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import ClosedwonError, Refused, UsageError
from pipelines.store import mlflow_database
from pipelines.store.store import Store
from scoring.entity import ALL
from scoring.evidence.promotion.decision import Decision
from scoring.format import NewerFormat
from scoring.scorecard.scorecard import Scorecard

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous_champion"
#: The scorecard among the files of a version.
SCORECARD = "artifacts/scorecard.json"


def model_name(entity: str) -> str:
    """The name of the registered model of an entity: such as `closedwon-account`."""
    if entity not in ALL:
        raise UsageError(f"an entity is 'account', 'lead' or 'opportunity', asked for {entity!r}")
    return f"closedwon-{entity}"


def champion(store: Store, entity: str) -> int | None:
    """The version that scores, if there is one."""
    return _aliases(store, entity).get(CHAMPION)


def challenger(store: Store, entity: str) -> int | None:
    """The version that waits for the decision of the gate, if there is one."""
    return _aliases(store, entity).get(CHALLENGER)


def load_scorecard(store: Store, entity: str, which: str | int = CHAMPION) -> tuple[Scorecard, int]:
    """Read the scorecard of a version; gives it and the number of the version.

    Parameters
    ----------
    store : Store
    entity : {"account", "lead"}
    which : str or int
        An alias or the number of a version.

    Raises
    ------
    UsageError
        If there is none, or its files are gone. The message says what to run first.
    ClosedwonError
        If a later version of closedwon trained it.
    """
    version = _aliases(store, entity).get(which) if isinstance(which, str) else which
    if version is None:
        steps = "`closedwon train`" if which == CHALLENGER else "`closedwon train` and then `closedwon promote`"
        raise UsageError(f"there is no {which} for the entity {entity} in {store.location}: run {steps}")
    found = mlflow_database.version(store, model_name(entity), version)
    content = None if found is None else mlflow_database.artifact(found, SCORECARD)
    if content is None:
        import mlflow

        uri = f"models:/{model_name(entity)}/{_version(store, entity, version).version}"
        try:
            content = mlflow.artifacts.load_dict(f"{uri}/{SCORECARD}")
        except (mlflow.exceptions.MlflowException, OSError) as error:
            raise UsageError(
                f"the files of {model_name(entity)} version {version} are not in {store.location}, or are torn: bring "
                "them back from the backup, or run `closedwon train` and then `closedwon promote`"
            ) from error
    try:
        return Scorecard.from_json(content), version
    except (NewerFormat, KeyError, ValueError, TypeError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise ClosedwonError(f"the scorecard {model_name(entity)} version {version} cannot be read: {why}") from None


def origin(store: Store, entity: str) -> str:
    """The version of the champion and the run that it came from, which identify it in any registry."""
    version = champion(store, entity) or 0
    found = mlflow_database.version(store, model_name(entity), version) or _version(store, entity, version)
    return f"{version} of run {found.run_id}"


def trained_on(store: Store, entity: str, version: int) -> Path | str:
    """The folder or the address of the export that a version was trained on.

    Raises
    ------
    UsageError
        If it does not exist any more, or was on another machine.
    """
    import mlflow

    run = mlflow.MlflowClient().get_run(str(_version(store, entity, version).run_id))
    folder = run.data.params.get("data")
    if folder is not None and ("://" in folder or folder.startswith("@")):
        return str(folder)
    if folder is None or not Path(folder).exists():
        missing = f"{folder}, on which it was trained, does not exist" if folder else "its run does not name its export"
        raise UsageError(f"the gate needs an export to decide on {entity} version {version}: {missing}; give --data")
    return Path(folder)


def previous(store: Store, entity: str, version: int) -> int | None:
    """The champion that a version replaced, if it did."""
    before = _version(store, entity, version).tags.get(PREVIOUS)
    return None if before is None else int(before)


def decision(store: Store, entity: str, version: int) -> Decision | None:
    """What was decided on a version, if anything was."""
    text = _version(store, entity, version).tags.get("verdict")
    return None if text is None else Decision.from_json(json.loads(text))


def record_decision(store: Store, entity: str, version: int, decision: Decision) -> None:
    """Tag a version with what was decided on it: each plain value under its name, and the whole as JSON.

    Parameters
    ----------
    store : Store
        Open for writing.
    entity : {"account", "lead"}
    version : int
    decision : Decision
    """
    import mlflow

    content = decision.to_json()
    plain = {f"verdict.{key}": str(value) for key, value in content.items() if isinstance(value, str | int | float)}
    for key, value in {**plain, "verdict": json.dumps(content, default=str)}.items():
        mlflow.MlflowClient().set_model_version_tag(model_name(entity), str(version), key, value)


def make_champion(store: Store, entity: str, decision: Decision) -> int:
    """Make the challenger the champion, remember the champion before it, and return its version.

    Each step is one transaction. In this order a run that is killed between two of them leaves exactly one champion,
    and a second call completes the first.

    Parameters
    ----------
    store : Store
        Open for writing.
    entity : {"account", "lead"}
    decision : Decision
        What was decided on the challenger.

    Raises
    ------
    UsageError
        If there is no challenger.
    """
    import mlflow

    client, name = mlflow.MlflowClient(), model_name(entity)
    new, old = challenger(store, entity), champion(store, entity)
    if new is None:
        raise UsageError(f"there is no challenger for the entity {entity} in {store.location}: run `closedwon train`")
    record_decision(store, entity, new, decision)
    if old not in (None, new):
        client.set_model_version_tag(name, str(new), PREVIOUS, str(old))
    client.set_registered_model_alias(name, CHAMPION, str(new))
    client.delete_registered_model_alias(name, CHALLENGER)
    return new


def restore_champion(store: Store, entity: str) -> int:
    """Make the champion before this one the champion again and return its version.

    Raises
    ------
    UsageError
        If there is no champion.
    Refused
        If this champion is the first, or the one before it has been deleted.
    """
    import mlflow

    client, name, now = mlflow.MlflowClient(), model_name(entity), champion(store, entity)
    if now is None:
        raise UsageError(f"there is no champion for the entity {entity} in {store.location}: nothing to return from")
    before = _version(store, entity, now).tags.get(PREVIOUS)
    if before is None:
        raise Refused(f"version {now} is the first champion for the entity {entity}: there is none to return to")
    try:
        _version(store, entity, int(before))
    except UsageError as error:
        raise Refused(f"version {now} stays the champion, the one before it is gone: {error}") from None
    client.set_registered_model_alias(name, CHAMPION, before)
    client.set_model_version_tag(name, str(now), "rolled_back_to", before)
    return int(before)


def _aliases(store: Store, entity: str) -> Mapping[str, int]:
    found = mlflow_database.aliases(store, model_name(entity))
    if found is not None:
        return found
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        named = MlflowClient().get_registered_model(model_name(entity)).aliases
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return {}
    return {alias: int(version) for alias, version in named.items()}


def _version(store: Store, entity: str, version: int) -> "ModelVersion":
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        return MlflowClient().get_model_version(model_name(entity), str(version))
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise UsageError(f"there is no version {version} of {model_name(entity)} in {store.location}") from None
