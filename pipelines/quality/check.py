"""`closedwon check`: what an export holds, what it lacks, what a training would learn from, and what to mend first."""

from pathlib import Path

from pipelines.config import Config
from pipelines.disk import write_figures
from pipelines.errors import UsageError, not_written
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import Export, entities
from pipelines.matching.findings import matched
from pipelines.progress import Say
from pipelines.quality.advice import worth_mending
from pipelines.quality.attribute_drift import attribute_fills
from pipelines.quality.coverage import coverage
from pipelines.quality.findings import EntityFindings, ExportFindings, TableFindings
from pipelines.quality.histories import histories
from pipelines.quality.joins import joins
from pipelines.quality.named_customers import named_customers
from pipelines.quality.rungs import Rung
from pipelines.quality.sudden_changes import sudden_changes
from pipelines.quality.text import lines
from pipelines.validation.rejects import write_all_rejects
from scoring.entity import Entity
from scoring.features.facts import market
from scoring.features.snapshots import snapshots
from scoring.outcomes.customers import surely_won
from scoring.outcomes.wins import count_wins
from scoring.tables import row_count
from scoring.timeline import Grid, Horizon

#: Tables that an export may lack, and what closedwon cannot do without each.
WITHOUT = {
    "accounts": "accounts are not scored; leads that share an account_id share an account",
    "leads": "leads are not scored, and who engaged is not known",
    "activities": "there is no intent beyond dates and the state of deals",
    "account_history": "attributes of accounts are taken at their current value, or as nights kept them",
    "opportunity_history": "the stage of an open deal is not known",
    "contact_roles": "a deal that names no lead counts for every lead of its account",
}


def check(export: Export, config: Config, out: Path | None, file: Path | None = None, *, say: Say) -> ExportFindings:
    """Report on an export that was read.

    Parameters
    ----------
    export : Export
    config : Config
    out : Path, optional
        The folder for the rejected rows: a file for each table that has any. Default: ``rejects``.
    file : Path, optional
        A file that the findings are written to as JSON as well.
    say : callable
        Takes each line.

    Returns
    -------
    ExportFindings

    Raises
    ------
    UsageError
        If the rejected rows cannot be written to `out`, or the findings to `file`; all else has been said by then.
    """
    found = examined(export, config)
    for line in lines(found):
        say(line)
    _write_rejects(export, out, say)
    if file is not None:
        write_figures(file, found.to_json())
    return found


def examined(export: Export, config: Config) -> ExportFindings:
    """The findings on an export.

    Parameters
    ----------
    export : Export
    config : Config
    """
    intake, inputs = export.intake, export.inputs
    tables = {}
    for name, count in intake.counts.items():
        rules = {reject.rule: reject.count for reject in intake.rejects if reject.table == name}
        files = tuple(intake.read_from.get(name, ()))
        tables[name] = TableFindings(count.read, files, rules, inputs[name].last_known, count.lines, count.left_out)
    by_entity = {entity: _of_entity(export, entity, config) for entity in entities(export.tables, None)}
    covered = coverage(export.tables)
    changes, references = sudden_changes(covered, export.as_of), joins(intake)
    return ExportFindings(
        as_of=export.as_of,
        tables=tables,
        missing={name: without for name, without in WITHOUT.items() if name not in tables},
        notes=intake.notes,
        entities=by_entity,
        advice=worth_mending(
            export.tables, tables, by_entity, config, export.keep, changes=changes, references=references
        ),
        coverage=covered,
        changes=changes,
        joins=references,
        fills=attribute_fills(export.tables, export.as_of),
        matching=matched(intake, config).findings if intake.identities else None,
        histories=histories(export.tables),
    )


def _of_entity(export: Export, entity: Entity, config: Config) -> EntityFindings:
    facts = market(export.tables, entity, keep=export.keep)
    guard = guard_attributes(facts, export.day, config, export.keep)
    training = config.training
    horizon = Horizon(training.horizon_days, training.periods)
    wins = count_wins(facts.own, export.day, horizon, training.max_snapshots)
    return EntityFindings(
        wins=wins,
        customers=row_count(
            surely_won(facts.own.won_deals).semi_join(facts.own.units, "unit").select("unit").distinct()
        ),
        open=row_count(snapshots(facts.own, Grid((export.day,)))),
        attributes=tuple(sorted(guard.own.kinds)),
        left_out=dict(sorted(guard.own.left_out.items())),
        quarantined=guard.suspected,
        notes=(*guard.notes, *named_customers(facts.own, entity, f"{export.as_of}")),
        rung=Rung(wins.to_learn, training.min_wins),
    )


def _write_rejects(export: Export, out: Path | None, say: Say) -> None:
    """Write the rejected rows. A folder that nobody asked for is no reason to fail."""
    folder = out or Path("rejects")
    try:
        counts = write_all_rejects(folder, export.intake.rejected_rows)
    except (OSError, UsageError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"the rejected rows are not written to {folder}: {reason}"
        if out is not None and isinstance(error, OSError):
            raise not_written(error, f"{message}; name another folder with --out") from None
        if out is not None:
            raise UsageError(f"{message}; name another folder with --out") from None
        say(f"\n{message}")
        return
    if counts:
        say("\nRejected rows, each with the rule that it breaks")
        for table, count in counts.items():
            say(f"  {folder / f'{table}.csv'}  {count:,} rows")
