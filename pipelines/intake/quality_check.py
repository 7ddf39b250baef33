"""`closedwon check`: what an export holds, what it lacks, and which attributes look like leaks."""

from pathlib import Path

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import Export, entities
from pipelines.progress import Say
from pipelines.validation.rejects import write_all_rejects
from scoring.features.facts import market
from scoring.leaks import Suspicion

#: Tables that an export may lack, and what closedwon cannot do without each.
WITHOUT = {
    "accounts": "accounts are not scored; leads that share an account_id share an account",
    "leads": "leads are not scored, and who engaged is not known",
    "activities": "there is no intent beyond dates and the state of deals",
    "account_history": "attributes of accounts are taken at their current value; the leak guard looks for leaks",
    "opportunity_history": "the stage of an open deal is not known",
    "contact_roles": "a deal that names no lead counts for every lead of its account",
}


def check(export: Export, config: Config, out: Path | None, *, say: Say) -> list[Suspicion]:
    """Report on an export that was read.

    Parameters
    ----------
    export : Export
    config : Config
    out : Path, optional
        The folder for the rejected rows: a file for each table that has any. Default: ``rejects``.
    say : callable
        Takes each line.

    Returns
    -------
    list of Suspicion
        The attributes that a training would quarantine.

    Raises
    ------
    UsageError
        If the rejected rows cannot be written to `out`; all else has been said by then.
    """
    intake = export.intake
    say(f"\nTables, as known before {export.as_of}")
    present = dict(export.tables.present())
    for name, count in intake.counts.items():
        rejected = f", {count.rejected:,} rejected" if count.rejected else ""
        say(f"  {name:<20} {count.read:>12,} rows{rejected}")
    missing = [name for name in WITHOUT if name not in present]
    if missing:
        say("\nMissing tables")
        for name in missing:
            say(f"  {name:<20} {WITHOUT[name]}")
    if intake.notes:
        say("\nRead differently from how it was written")
        for note in intake.notes:
            say(f"  {note}")
    suspected = [s for entity in entities(export.tables, None) for s in _suspected(export, entity, config, say)]
    if suspected:
        say(
            '\nTo use one of them anyway, name it in the configuration, [attributes] trust = ["name"]; to leave one\n'
            'out, drop = ["name"]. An account_history with the values and when they were known makes it safe.'
        )
    _write_rejects(export, out, say)
    return suspected


def _write_rejects(export: Export, out: Path | None, say: Say) -> None:
    """Write the rejected rows. A folder that nobody asked for is no reason to fail."""
    folder = out or Path("rejects")
    try:
        counts = write_all_rejects(folder, export.intake.rejected_rows)
    except (OSError, UsageError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"the rejected rows are not written to {folder}: {reason}"
        if out is not None:
            raise UsageError(f"{message}; name another folder with --out") from None
        say(f"\n{message}")
        return
    if counts:
        say("\nRejected rows, each with the rule that it breaks")
        for table, count in counts.items():
            say(f"  {folder / f'{table}.csv'}  {count:,} rows")


def _suspected(export: Export, entity: str, config: Config, say: Say) -> list[Suspicion]:
    facts = market(export.tables, "account" if entity == "account" else "lead", keep=export.keep)
    deals = facts.own.deals.group_by("status").agg(units=facts.own.deals.unit.nunique()).execute()
    counts = dict(zip(deals["status"], deals["units"], strict=True))
    won = int(counts.get("won", 0))
    say(f"\n{entity.capitalize()}s")
    say(f"  with new business won {won:,}, lost {int(counts.get('lost', 0)):,}, open {int(counts.get('open', 0)):,}")
    if won < config.training.min_wins:
        say(f"  too few wins to train: {config.training.min_wins - won} more are needed")
    guard = guard_attributes(facts, export.day, config, export.keep)
    say(f"  attributes to learn from: {', '.join(sorted(guard.own.kinds)) or 'none'}")
    for name, why in sorted(guard.own.left_out.items()):
        say(f"  left out {name}: {why}")
    for suspicion in guard.suspected:
        say(f"  looks like a leak, quarantined: {suspicion.attribute}, {suspicion.why}")
    for note in guard.notes:
        say(f"  {note}")
    return list(guard.suspected)
