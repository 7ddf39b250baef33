"""`closedwon status`: one line for an alert, and an exit code: 0 all is well, 1 somebody must look."""

import math
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import ClosedwonError, UsageError
from pipelines.history.record import DamagedHistory, read_record, size_of
from pipelines.redaction import redacted
from pipelines.store import last_run
from pipelines.store.last_run import LastRun
from pipelines.store.lock import Holder, holder
from pipelines.store.upkeep.disk_space import disk_space, in_bytes
from pipelines.store.upkeep.open_forgetting import open_forgetting
from scoring.entity import plural
from scoring.nights.parts import EntityCounts
from scoring.nights.record import NightRecord

#: How a run that did not do its job ended, by exit code.
ENDED = {
    1: "failed",
    2: "was called wrongly",
    3: "found bad input",
    4: "was refused",
    5: "found the store in use",
}
#: So much of a message is told: an alert is one line.
LONGEST = 300
#: Clocks of two machines may differ by less.
AHEAD_HOURS = 1.0
#: Seconds that a run may need, once it has given the store back, to say how it ended.
ENDING = 2.0


class Health(NamedTuple):
    """Whether all is well, and the line that says so."""

    well: bool
    line: str


def status(store: Path, max_age_hours: float) -> Health:
    """How the newest run and the newest night of a store stand.

    Reads the records of the newest runs and of the newest night, asks who holds the store, and writes nothing.

    Parameters
    ----------
    store : Path
    max_age_hours : float
        A newest night that is older is not well.

    Raises
    ------
    UsageError
        If there is no store, or the age allowed is no number above 0.
    """
    from pipelines.store.metrics import newest_night

    if not (math.isfinite(max_age_hours) and max_age_hours > 0):
        raise UsageError(f"--max-age-hours {max_age_hours:g}: must be a number above 0")
    folder = store.expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(f"there is no store at {folder}: run `closedwon train` first, or name another with --store")
    try:
        newest = newest_night(folder)
        night = newest.record if newest else None
        run, holding = _newest_run(folder)
        training = last_run.read_last_run(folder, "train")
        found = health(
            night, run, max_age_hours, datetime.now(UTC), holding, training=training, closed=_closed(folder, night)
        )
        if found.well and newest and newest.damage:
            found = Health(False, f"WARNING {newest.damage}; {found.line}")
        if found.well and not holding and (unfinished := open_forgetting(folder)):
            found = Health(False, f"WARNING {unfinished}; {found.line}")
        if found.well:
            found = _with_history(found, folder / "history")
    except (OSError, ValueError, KeyError) as error:
        found = Health(False, f"CRITICAL the ledger in {folder} cannot be read ({type(error).__name__})")
    except UsageError:
        raise
    except ClosedwonError as error:
        found = Health(False, f"CRITICAL {error}")
    space = disk_space(folder)
    if space is not None and (space.few or found.well):
        low = "WARNING soon no disk; " if found.well and space.few else ""
        found = Health(found.well and not space.few, f"{low}{found.line}; {space}")
    return found


def _with_history(found: Health, folder: Path) -> Health:
    """The health with since when nights keep a history, and how large it is; where it is damaged, nothing is kept."""
    try:
        record = read_record(folder)
    except DamagedHistory as error:
        return Health(False, f"WARNING {error}; {found.line}")
    if not record.days:
        return found
    return Health(True, f"{found.line}; history since {record.days[0]}, {in_bytes(size_of(folder))}")


def _newest_run(store: Path) -> tuple[LastRun | None, Holder | None]:
    """The newest `score` and who holds the store, after a moment for a run that is about to say how it ended."""
    deadline = time.monotonic() + ENDING
    while True:
        run, holding = last_run.read_last_run(store), holder(store)
        broke_off = run is not None and run.exit_code is None and not run.under_way(holding)
        if not broke_off or time.monotonic() > deadline:
            return run, holding
        time.sleep(0.05)


def _closed(store: Path, night: NightRecord | None) -> str:
    """The first place that a night writes to and that cannot be written to, whoever asks; empty if there is none."""
    paths = [store, store / "lock", store / "mlflow.db", store / "ledger", store / "log"]
    paths += [Path(night.out), Path(night.out) / "nights"] if night else []
    for path in paths:
        if not path.exists():
            continue
        state = path.stat()
        # Of somebody else's folder only its owner's rights say whether the night can write to it.
        mine = state.st_uid == os.geteuid()
        if (
            os.statvfs(path).f_flag & os.ST_RDONLY
            or not state.st_mode & 0o200
            or (mine and not os.access(path, os.W_OK))
        ):
            return str(path)
    return ""


def health(
    night: NightRecord | None,
    run: LastRun | None,
    max_age_hours: float,
    now: datetime,
    holding: Holder | None = None,
    *,
    training: LastRun | None = None,
    closed: str = "",
) -> Health:
    """Tell whether all is well with a store.

    A run that failed is critical at once; a run that never began, or hangs, is critical when the newest night is older
    than `max_age_hours`.

    Parameters
    ----------
    night : NightRecord, optional
        The newest published night.
    run : LastRun, optional
        The newest run.
    max_age_hours : float
    now : datetime
        In UTC.
    holding : Holder, optional
        Who holds the store.
    training : LastRun, optional
        The newest `train`.
    closed : str
        A place of the night that cannot be written to; empty if there is none.
    """
    found = _of_nights(night, run, max_age_hours, now, holding)
    if closed and found.well:
        found = Health(False, f"CRITICAL {closed} is read-only: the next night cannot be kept; {found.line[3:]}")
    return Health(found.well, found.line + _of_training(training, holding))


def _of_training(run: LastRun | None, holding: Holder | None) -> str:
    """What is to be said of the newest training, if anything."""
    if run is None:
        return ""
    if run.exit_code is None:
        how = "is under way" if run.under_way(holding) else "broke off"
        return f"; a training {how}, begun {run.begun}"
    if run.exit_code:
        why = f": {_cut(run.message)}" if run.message else ""
        return f"; last training {ENDED.get(run.exit_code, 'failed')} ({run.exit_code}) {run.ended}{why}"
    return f"; last training {run.ended}: {_cut(run.message)}" if run.message else ""


def _of_nights(
    night: NightRecord | None, run: LastRun | None, max_age_hours: float, now: datetime, holding: Holder | None
) -> Health:
    good = f"last good night {night.as_of}" if night else "no night was ever published"
    if run and run.exit_code:
        how = f"{ENDED.get(run.exit_code, 'failed')} ({run.exit_code}) {run.ended}"
        why = f": {_cut(run.message)}" if run.message else ""
        return Health(False, f"CRITICAL last run {how}{why}; {good}")
    under_way = run is not None and run.under_way(holding)
    if run and run.exit_code is None and not under_way:
        return Health(False, f"CRITICAL last run broke off, begun {run.begun}: run it again, no repair needed; {good}")
    now_running = f"; a run is under way since {run.begun}" if run and under_way else ""
    if holding and not under_way:
        who = f"`{redacted(holding.command)}` since {holding.started}" if holding.command else "another program"
        now_running = f"; the store is held by {who}"
    if not night:
        return Health(False, f"CRITICAL {good}{now_running}")
    age = (now - night.scored_at).total_seconds() / 3600
    if age > max_age_hours:
        old = f"was published {age:,.0f} hours ago, {night.moment} (more than {max_age_hours:g})"
        return Health(False, f"CRITICAL last night {night.as_of} {old}{now_running}")
    if age < -AHEAD_HOURS:
        ahead = f"was published {night.moment}, which is yet to come: is the clock right?"
        return Health(False, f"CRITICAL last night {night.as_of} {ahead}{now_running}")
    return Health(True, f"OK last night {_published(night)}{now_running}")


def _published(night: NightRecord) -> str:
    counts = [f"{counts.scored:,} {plural(entity)}" for entity, counts in night.counts.items()]
    models = ", ".join(f"{entity} {version}" for entity, version in night.models.items())
    forced = [f"forced by {night.forced.by}"] if night.forced else []
    line = ", ".join([f"{night.as_of} published {night.moment}", *counts, f"models {models}", *forced])
    return "; ".join([line, *_delivered(night)])


def _delivered(night: NightRecord) -> list[str]:
    """What each CRM's files hold, in a few words."""
    crms = dict.fromkeys(crm for counts in night.counts.values() for crm in counts.delivered)
    return [
        f"{crm} "
        + ", ".join(_of_crm(entity, counts, crm) for entity, counts in night.counts.items() if crm in counts.delivered)
        for crm in crms
    ]


def _of_crm(entity: str, counts: EntityCounts, crm: str) -> str:
    sent = counts.delivered[crm]
    parts = {"left out": sent.left_out, "changed": sent.changed, "to clear": sent.retired}
    words_of_counts = ", ".join(f"{count:,} {words}" for words, count in parts.items() if count or words == "changed")
    return f"{sent.rows:,} {plural(entity)} ({words_of_counts})"


def _cut(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
