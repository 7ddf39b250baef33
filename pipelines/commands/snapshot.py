"""What a night keeps of attributes: see `pipelines.history`."""

from __future__ import annotations

from pipelines.config import Config
from pipelines.errors import BadInput, UsageError, is_out_of_space
from pipelines.history.kept_history import KeptHistory, KeptNight
from pipelines.history.record import DamagedHistory
from pipelines.intake.point_in_time import Export
from pipelines.progress import Say


def keep_history(export: Export, history: KeptHistory, config: Config, say: Say) -> KeptNight:
    """Keep what an export says, because somebody asked for it.

    Parameters
    ----------
    export : Export
    history : KeptHistory
    config : Config
        Its sections ``history`` and ``attributes`` are used.
    say : callable

    Raises
    ------
    UsageError
        If the configuration keeps no history.
    BadInput
        If the export is older than what is kept already, or has news of the day that was asked for or later.
    DamagedHistory
        If the history cannot be read.
    """
    if not config.history.keep:
        raise UsageError("[history] keep = false in the configuration: nothing is kept")
    kept = _kept(export, history, config, say)
    if isinstance(kept, str):
        raise BadInput(f"nothing was kept: {kept}")
    return kept


def kept_tonight(export: Export, history: KeptHistory, config: Config, say: Say) -> None:
    """Keep what the export of a published night says; what stands in the way is said, and ends no night.

    Parameters
    ----------
    export : Export
    history : KeptHistory
    config : Config
    say : callable
    """
    if not config.history.keep:
        return
    try:
        kept = _kept(export, history, config, say)
        why = kept if isinstance(kept, str) else ""
    except Exception as error:  # the night is published, and must not end for it
        if is_out_of_space(error):
            raise
        why = str(error) if isinstance(error, DamagedHistory | OSError) else type(error).__name__
    if why:
        say(f"  nothing was kept as history: {why}")


def _kept(export: Export, history: KeptHistory, config: Config, say: Say) -> KeptNight | str:
    """Keep it and say what; gives why nothing was kept, where nothing may be."""
    tonight = export.tonight()
    if tonight is None:
        return f"{export.data} contains changes dated {export.as_of} or later, so the day of its values is unknown"
    kept = history.keep(tonight, config)
    if kept is None:
        newest = history.record().days[-1]
        return f"the history has {newest} already, and {export.data} is of {tonight.day}: keep the oldest export first"
    counts = " and ".join(f"{count:,} {table}" for table, count in kept.changed.items())
    what = "a first look at" if kept.first else "changes of"
    say(f"  kept as history of {kept.day}: {what} {counts}, in {history.folder}")
    return kept
