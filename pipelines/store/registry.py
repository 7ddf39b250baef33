"""The registered models: one for each entity, its versions, and the two of them that have a name.

The `champion` scores; the `challenger` is the version trained last, and waits to be judged. A version carries
its verdict, and the champion before it, as tags: the registry tells what happened and what to return to.

Every function wants the store open (`Store.open`), those that change something open for writing.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import ClosedwonError, Refused, UsageError
from pipelines.store import mlflow_database
from pipelines.store.store import Store
from scoring.format import NewerFormat
from scoring.scorecard import Scorecard

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous_champion"
#: The scorecard among the files of a version.
SCORECARD = "artifacts/scorecard.json"


def model_name(entity: str) -> str:
    """Name the registered model of an entity: `closedwon-account` or `closedwon-lead`."""
    if entity not in ("account", "lead"):
        raise UsageError(f"an entity is 'account' or 'lead', asked for {entity!r}")
    return f"closedwon-{entity}"


def champion(store: Store, entity: str) -> int | None:
    """Return the version that scores, if there is one."""
    return _aliases(store, entity).get(CHAMPION)


def challenger(store: Store, entity: str) -> int | None:
    """Return the version that waits to be judged, if there is one."""
    return _aliases(store, entity).get(CHALLENGER)


def load_scorecard(store: Store, entity: str, which: str | int = CHAMPION) -> tuple[Scorecard, int]:
    """Read the scorecard of a version, asked for by number or alias, and say which version it is.

    Raises
    ------
    UsageError
        If there is none; says what to run first.
    ClosedwonError
        If a later version of closedwon trained it.
    """
    version = _aliases(store, entity).get(which) if isinstance(which, str) else which
    if version is None:
        steps = "`closedwon train`" if which == CHALLENGER else "`closedwon train` and then `closedwon promote`"
        raise UsageError(f"there is no {which} for the entity {entity} in {store.place}: run {steps}")
    found = mlflow_database.version(store, model_name(entity), version)
    read = None if found is None else mlflow_database.artifact(found, SCORECARD)
    if read is None:
        import mlflow

        uri = f"models:/{model_name(entity)}/{_version(store, entity, version).version}"
        read = mlflow.artifacts.load_dict(f"{uri}/{SCORECARD}")
    try:
        return Scorecard.from_json(read), version
    except NewerFormat as error:
        raise ClosedwonError(f"the scorecard {model_name(entity)} version {version} cannot be read: {error}") from None


def origin(store: Store, entity: str) -> str:
    """What the champion is, wherever it is registered: its version and the run that it came from."""
    version = champion(store, entity) or 0
    found = mlflow_database.version(store, model_name(entity), version) or _version(store, entity, version)
    return f"{version} of run {found.run_id}"


def trained_on(store: Store, entity: str, version: int) -> Path:
    """The folder of the export that a version was trained on.

    Raises
    ------
    UsageError
        If it is not there any more, or was another machine's.
    """
    import mlflow

    run = mlflow.MlflowClient().get_run(str(_version(store, entity, version).run_id))
    said = run.data.params.get("data")
    if said is None or not Path(said).exists():
        found = f"{said}, is not there" if said else "its run does not say which"
        raise UsageError(
            f"the gate judges {entity} version {version} on an export; the one it was trained on, {found}: give --data"
        )
    return Path(said)


def previous(store: Store, entity: str, version: int) -> int | None:
    """The champion that a version took over from, if it did."""
    before = _version(store, entity, version).tags.get(PREVIOUS)
    return None if before is None else int(before)


def verdict(store: Store, entity: str, version: int) -> dict[str, Any] | None:
    """What the gate said of a version, if it was asked."""
    said = _version(store, entity, version).tags.get("verdict")
    found: dict[str, Any] | None = None if said is None else json.loads(said)
    return found


def record_verdict(store: Store, entity: str, version: int, verdict: Mapping[str, Any]) -> None:
    """Tag a version with what the gate said of it: each plain fact by its name, and the whole as JSON."""
    import mlflow

    plain = {f"verdict.{key}": str(said) for key, said in verdict.items() if isinstance(said, str | int | float)}
    for key, said in {**plain, "verdict": json.dumps(verdict, default=str)}.items():
        mlflow.MlflowClient().set_model_version_tag(model_name(entity), str(version), key, said)


def promote(store: Store, entity: str, verdict: Mapping[str, Any]) -> int:
    """Make the challenger the champion, remember the champion before it, and return its version.

    Each step is one transaction, in an order in which a run that is killed between two of them leaves exactly
    one champion, and in which a second call ends what the first began.

    Raises
    ------
    UsageError
        If there is no challenger.
    """
    import mlflow

    client, name = mlflow.MlflowClient(), model_name(entity)
    new, old = challenger(store, entity), champion(store, entity)
    if new is None:
        raise UsageError(f"there is no challenger for the entity {entity} in {store.place}: run `closedwon train`")
    record_verdict(store, entity, new, verdict)
    if old not in (None, new):
        client.set_model_version_tag(name, str(new), PREVIOUS, str(old))
    client.set_registered_model_alias(name, CHAMPION, str(new))
    client.delete_registered_model_alias(name, CHALLENGER)
    return new


def rollback(store: Store, entity: str) -> int:
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
        raise UsageError(f"there is no champion for the entity {entity} in {store.place}: nothing to return from")
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
        raise UsageError(f"there is no version {version} of {model_name(entity)} in {store.place}") from None
