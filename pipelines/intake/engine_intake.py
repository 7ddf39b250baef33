"""The door on another engine: the contracts' own expressions judge the rows where they lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis

from pipelines.config import Config
from pipelines.intake.column_types import attributes_by_table
from pipelines.intake.intake import SLACK, Intake, handed_on, require_somebody, require_tables
from pipelines.intake.rejects import Aside
from pipelines.intake.validation import Accepted, Validation
from pipelines.sources.duckdb import connect
from pipelines.sources.engine import Engine, Raw
from pipelines.sources.files import ROW, Source, source_of
from scoring.contracts.crm import CONTRACTS

#: So many of a table's rejected rows are brought here to be written; all of them are counted.
MOST_REJECTS = 100_000


@dataclass(frozen=True)
class EngineSource(Source):
    """A CRM table on another engine, which forgets it by itself."""

    def forget(self, connection: Any) -> None:
        """Leave it: it is gone with the connection."""


def read_there(engine: Engine, data: str, config: Config, *, now: datetime | None = None) -> Intake:
    """Read and validate the CRM tables on an engine; as `intake.read_tables`, with the tables left there.

    Raises
    ------
    BadInput
        If a table is missing, cannot be read or lacks a required column, or too many rows break a rule.
    UsageError
        If ``data`` does not exist.
    """
    latest = (now or datetime.now(UTC)).replace(tzinfo=None) + SLACK
    ibis.options.sql.fuse_selects = False
    raws = engine.open(data)
    sources = {table: _source(table, raw) for table, raw in raws.items()}
    require_tables(sources, data)
    attributes, notes = attributes_by_table(engine.connection, sources, config)
    accepted: dict[str, Accepted] = {}
    for contract in CONTRACTS:
        if contract.table in sources:
            tables = {name: done.table for name, done in accepted.items()}
            accepted[contract.table] = Validation(
                engine.connection,
                sources[contract.table],
                contract,
                attributes.get(contract.table, {}),
                tables,
                config.input,
                latest,
                assured=False,  # other engines have times of other names; the rows were judged by the same rules
            ).run()
    require_somebody(accepted)
    here = connect()
    capped: list[str] = []
    for name, done in accepted.items():
        aside, note = _fetched(here, done.aside)
        accepted[name] = replace(done, aside=aside)
        capped += note
    found = handed_on(accepted, here, {table: raw.digest for table, raw in raws.items()}, notes)
    return replace(found, notes=(*found.notes, *capped))


def _source(table: str, raw: Raw) -> EngineSource:
    found = source_of(table, Path(table), raw.table, raw.table[ROW], raw.columns, copied=False, typed=True)
    return EngineSource(**{name: getattr(found, name) for name in Source.__dataclass_fields__})


def _fetched(here: Any, aside: Aside) -> tuple[Aside, list[str]]:
    """The rejected rows in this process's DuckDB, and a word if they are not all."""
    if aside.rows is None:
        return aside, []
    count = int(aside.rows.count().to_pyarrow().as_py())
    ordered = aside.rows.order_by(["rule", *aside.rows.columns[:-1]])  # so that it is the same rows every time
    rows = (ordered.limit(MOST_REJECTS) if count > MOST_REJECTS else aside.rows).to_pyarrow()
    note = [f"{aside.table}: {MOST_REJECTS:,} of {count:,} rejected rows are kept, the first by rule"]
    kept = here.create_table(f"aside_{aside.table}", rows)
    return replace(aside, rows=kept), note if count > MOST_REJECTS else []
