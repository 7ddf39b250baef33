"""The intake on another engine: the expressions of the contracts validate the rows on that engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import Config
from pipelines.intake.intake import SLACK, Intake, gone_of, intake_of, present_rows
from pipelines.intake.open_amounts import with_open_amounts
from pipelines.intake.required_tables import require_records, require_tables
from pipelines.progress import Say
from pipelines.sources.duckdb import connect, write_deep_queries
from pipelines.sources.engine import Engine, Raw
from pipelines.sources.engine_rows import Part, brought, sampled, share_within, telling_outcomes
from pipelines.sources.source import ROW, Source, source_of
from pipelines.validation.column_names import named_columns
from pipelines.validation.column_types import attributes_by_table
from pipelines.validation.ids.left_out import left_out_ids
from pipelines.validation.rejects import RejectedRows
from pipelines.validation.table_validation import Accepted, Validation
from scoring.contracts.crm import CONTRACTS, with_words

#: The most rejected rows of a table that are fetched to be written. All of them are counted.
MOST_REJECTS = 100_000


@dataclass(frozen=True)
class EngineSource(Source):
    """A CRM table on another engine, where it exists until the connection ends."""

    def forget(self, connection: Any) -> None:
        """Do nothing: the table is gone with the connection."""


def read_tables_on_engine(engine: Engine, data: str, config: Config, *, now: datetime | None = None) -> Intake:
    """Read and validate the CRM tables on an engine, as `intake.read_tables` does; the tables stay there.

    Parameters
    ----------
    engine : Engine
    data : str
        A folder, an address, a schema or a catalog, as the engine's `open` takes it.
    config : Config
    now : datetime, optional
        Nothing can have happened more than a day after it. Default: the present.

    Raises
    ------
    BadInput
        If a table is missing, cannot be read or lacks a required column, or too many rows break a rule.
    UsageError
        If ``data`` does not exist.
    """
    latest = (now or datetime.now(UTC)).replace(tzinfo=None) + SLACK
    write_deep_queries()
    raws = engine.open(data)
    sources: dict[str, Source] = {table: _source(table, raw) for table, raw in raws.items()}
    require_tables(sources, data)
    sources, hints = named_columns(sources, config.input.columns, config.input.words)
    sources = present_rows(engine.connection, sources, config)
    attributes, notes = attributes_by_table(engine.connection, sources, config)
    accepted: dict[str, Accepted] = {}
    left_out: dict[str, Any] = {}
    for contract in CONTRACTS:
        if contract.table in sources:
            tables = {name: done.table for name, done in accepted.items()}
            accepted[contract.table] = Validation(
                engine.connection,
                sources[contract.table],
                with_words(contract, config.input.words),
                attributes.get(contract.table, {}),
                tables,
                config.input,
                latest,
                with_pandera=False,  # other engines have other types of times, and the same rules were applied
                gone=gone_of(sources),
                left_out=dict(left_out),
                matching=config.matching,
            ).run()
            left_out |= left_out_ids(engine.connection, sources[contract.table], accepted[contract.table])
    require_records(accepted)
    local = connect(memory_gb=config.engine.memory_gb)
    capped: list[str] = []
    for name, done in accepted.items():
        rejected_rows, note = _fetched(local, done.rejected_rows)
        accepted[name] = replace(done, rejected_rows=rejected_rows)
        capped += note
    found = intake_of(accepted, local, {table: raw.digest for table, raw in raws.items()}, [*notes, *hints])
    with_amounts, amount_notes = with_open_amounts(found.tables, config.input)
    found = replace(found, tables=with_amounts, notes=(*found.notes, *amount_notes))
    return replace(found, notes=(*found.notes, *capped), read_from={table: (table,) for table in raws})


def brought_here(engine: Engine, intake: Intake, part: Part, config: Config, say: Say) -> Intake:
    """The intake of an engine with its tables in this process, where what follows is as with files.

    Above ``brought_rows`` under ``[engine]``, what is learned from are the rows of a share of the companies. What tells
    outcomes is all brought: few columns, and no activities.

    Parameters
    ----------
    engine : Engine
        It may be closed afterwards.
    intake : Intake
        As `read_tables_on_engine` gives it.
    part : {"to_learn", "outcomes"}
    config : Config
    say : callable
        Takes a message on what is brought.
    """

    def keep(table: ibis.Table) -> ibis.Table:
        kept: ibis.Table = engine.connection.create_table(ibis.util.gen_name("drawn"), table, temp=True)
        return kept

    counts, most = {name: count.accepted for name, count in intake.counts.items()}, config.engine.brought_rows
    share = 1.0 if part == "outcomes" else share_within(most, counts)
    wanted = telling_outcomes(intake.tables) if part == "outcomes" else intake.tables
    tables, rows = brought(
        sampled(wanted, share, config.training.seed, keep),
        {name: round(count * share) for name, count in counts.items()},
        intake.connection,
    )
    whose = (
        ""
        if share >= 1.0
        else (
            f", those of {share:.1%} of the companies, drawn by their ids: all are {sum(counts.values()):,}, and "
            f"brought_rows under [engine] is {most:,}"
        )
    )
    say(f"  {rows:,} rows were brought here from {engine.name}{whose}")
    return replace(intake, tables=tables, share=share)


def _source(table: str, raw: Raw) -> EngineSource:
    found = source_of(
        table, {table: Path(table)}, raw.table, raw.table[ROW], raw.columns, copied=False, typed=True, notes=raw.notes
    )
    return EngineSource(**{name: getattr(found, name) for name in Source.__dataclass_fields__})


def _fetched(local: Any, rejected: RejectedRows) -> tuple[RejectedRows, list[str]]:
    """The rejected rows in the DuckDB of this process, and a note if some were left out."""
    if rejected.rows is None:
        return rejected, []
    count = int(rejected.rows.count().to_pyarrow().as_py())
    ordered = rejected.rows.order_by(
        ["rule", *rejected.rows.columns[:-1]]
    )  # so that the same rows are fetched every time
    rows = (ordered.limit(MOST_REJECTS) if count > MOST_REJECTS else rejected.rows).to_pyarrow()
    note = [f"{rejected.table}: {MOST_REJECTS:,} of {count:,} rejected rows are kept, the first by rule"]
    kept = local.create_table(f"rejects_{rejected.table}", rows)
    return replace(rejected, rows=kept), note if count > MOST_REJECTS else []
