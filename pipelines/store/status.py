"""`closedwon status`: one line for an alert, and an exit code: 0 all is well, 1 somebody must look."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import ClosedwonError, UsageError
from pipelines.store import last_run
from pipelines.store.last_run import LastRun
from scoring.evidence.night_record import NightRecord

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


class Verdict(NamedTuple):
    """Whether all is well, and the line that says so."""

    well: bool
    line: str


def status(store: Path, max_age_hours: float, *, quiet: bool, say: Callable[[str], None]) -> int:
    """Say how the newest run and the newest night of a store stand; 0 if well, 1 if not.

    Reads two small files and takes no lock. When `quiet`, nothing is said as long as all is well.

    Raises
    ------
    UsageError
        If there is no store, or the age allowed is not above 0.
    """
    from pipelines.store.metrics import newest_night

    if max_age_hours <= 0:
        raise UsageError(f"--max-age-hours {max_age_hours:g}: must be above 0")
    folder = store.expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(f"there is no store at {folder}: run `closedwon train` first, or name another with --store")
    try:
        found = verdict(newest_night(folder), last_run.read(folder), max_age_hours, datetime.now(UTC))
    except (OSError, ValueError, KeyError) as error:
        found = Verdict(False, f"CRITICAL the ledger in {folder} cannot be read ({type(error).__name__})")
    except UsageError:
        raise
    except ClosedwonError as error:
        found = Verdict(False, f"CRITICAL {error}")
    if not (quiet and found.well):
        say(found.line)
    return 0 if found.well else 1


def verdict(night: NightRecord | None, run: LastRun | None, max_age_hours: float, now: datetime) -> Verdict:
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
    """
    good = f"last good night {night.as_of}" if night else "no night was ever published"
    if run and run.exit_code:
        how = f"{ENDED.get(run.exit_code, 'failed')} ({run.exit_code}) {run.ended}"
        why = f": {_cut(run.message)}" if run.message else ""
        return Verdict(False, f"CRITICAL last run {how}{why}; {good}")
    if run and run.exit_code is None and not run.alive:
        return Verdict(False, f"CRITICAL last run broke off, begun {run.begun}: run it again, no repair needed; {good}")
    under_way = f"; a run is under way since {run.begun}" if run and run.exit_code is None else ""
    if not night:
        return Verdict(False, f"CRITICAL {good}{under_way}")
    age = (now - night.scored_at).total_seconds() / 3600
    if age > max_age_hours:
        old = f"was published {age:,.0f} hours ago, {night.moment} (more than {max_age_hours:g})"
        return Verdict(False, f"CRITICAL last night {night.as_of} {old}{under_way}")
    if age < -AHEAD_HOURS:
        ahead = f"was published {night.moment}, which is yet to come: is the clock right?"
        return Verdict(False, f"CRITICAL last night {night.as_of} {ahead}{under_way}")
    return Verdict(True, f"OK last night {_published(night)}{under_way}")


def _published(night: NightRecord) -> str:
    counts = [f"{counts.scored:,} {entity}s" for entity, counts in night.counts.items()]
    models = ", ".join(f"{entity} {version}" for entity, version in night.models.items())
    forced = [f"forced by {night.forced.by}"] if night.forced else []
    return ", ".join([f"{night.as_of} published {night.moment}", *counts, f"models {models}", *forced])


def _cut(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
