"""Which files of earlier nights tonight is compared with, also where some of them are damaged or lost."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from pipelines.serving.score_files import Earlier
from pipelines.store import ledger, publication
from pipelines.store.ledger import Night
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.entity import plural


def earlier_files(past: Sequence[Night], out: Path | None, entity: str, as_of: date, trend_days: int) -> Earlier:
    """What an entity's scores are compared with.

    A trend is measured from the newest night that is `trend_days` old, or else from the oldest there is. What the CRM
    was told last is known from the last night alone: if its file is lost, all are sent again.

    Parameters
    ----------
    past : sequence of Night
        Oldest first.
    out : Path, optional
        The folder of published nights.
    entity : str
    as_of : date
        Of tonight.
    trend_days : int
    """
    key = f"{entity}_id"

    def whole(find: Callable[[Sequence[Night]], Night | None]) -> Path | None:
        left = list(past)
        while (night := find(left)) is not None:
            if not fault_of(night.scores(entity), (key, "win_probability")):
                return night.scores(entity)
            left.remove(night)
        return None

    def oldest(of: Sequence[Night]) -> Night | None:
        fit = [night for night in of if night.has(entity) and night.as_of < as_of]
        return min(fit, key=lambda night: (night.as_of, night.sequence), default=None)

    served, lost = ledger.last(past, entity), _lost(past, out)
    has_sent = served is not None and lost is None and not fault_of(served.scores(entity), (key,))
    published = None if out is None else out / publication.LATEST / f"{entity}_scores.parquet"
    fallback = published if not has_sent and published is not None and not fault_of(published, (key,)) else None
    retired = None if served is None else served.retired(entity)
    return Earlier(
        last=whole(lambda of: ledger.night_before(of, entity, as_of)),
        then=whole(lambda of: ledger.at(of, entity, as_of - timedelta(days=trend_days))) or whole(oldest),
        served=fallback or whole(lambda of: ledger.last(of, entity)),
        has_sent=has_sent,
        retired=None if retired is None or fault_of(retired, (key, "since")) else retired,
    )


def losses(past: Sequence[Night], out: Path, entities: Sequence[str]) -> list[str]:
    """What of the last nights is lost, a line each, with what follows from it and what to do."""
    found = []
    if lost := _lost(past, out):
        found.append(
            f"{out / publication.LATEST} is the night {lost}, which is not in the ledger: was the store restored from "
            "an older backup? All scores are sent to the CRM again"
        )
    for entity in entities:
        night = ledger.last(past, entity)
        for path, then in () if night is None else _files(night, entity):
            if fault := fault_of(path, (f"{entity}_id",)):
                found.append(f"{path} {fault}: restore it from a backup; {then}")
    return found


def _files(night: Night, entity: str) -> list[tuple[Path, str]]:
    return [
        (night.scores(entity), f"all {plural(entity)} are sent to the CRM again"),
        (night.retired(entity), f"{plural(entity)} that left before are not in the retire files any more"),
    ]


def _lost(past: Sequence[Night], out: Path | None) -> str | None:
    """The published night that the ledger does not have."""
    latest = None if out is None else publication.latest_night(out)
    return latest if latest is not None and latest not in {night.name for night in past} else None
