"""The history that grows: each night keeps what has changed, and trainings read it from the day on which it began."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.operations import DatabaseTable

from pipelines.config import Config
from pipelines.disk import sha256_of
from pipelines.history.changes import changes_since, history_rows, make_state, versions
from pipelines.history.columns import Chosen, chosen_columns, possible_columns
from pipelines.history.deal_changes import OF_DEALS, changes_of_deals, with_kept
from pipelines.history.record import KEYS, NAMED, HistoryRecord, KeptColumn, read_record, write_record
from pipelines.history.row_files import fewer_files, whole_files, write_rows
from pipelines.history.tonight import Tonight
from scoring.cells.cells import column_key
from scoring.kept import SINCE
from scoring.persons.cells import without_control
from scoring.sql_text import quoted
from scoring.tables import Tables
from scoring.timeline import day_number

#: The table of the history that the export itself may have, by the table whose changes it has.
OWN = {"accounts": "account_history", "leads": "lead_history", "opportunities": "opportunity_history"}


@dataclass(frozen=True)
class KeptNight:
    """What a night kept: its day, the changed rows by table, what was not kept and why, and if it was the first."""

    day: date
    changed: dict[str, int]
    left_out: dict[str, dict[str, str]]
    first: bool


@dataclass(frozen=True)
class KeptHistory:
    """The history in a folder of the store.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    def record(self) -> HistoryRecord:
        """What it holds; raises `DamagedHistory` or `LaterVersion`."""
        return read_record(self.folder)

    def digest(self) -> str:
        """A digest of all of it; empty where nothing is kept."""
        record = self.record()
        if not record.days:
            return ""
        found = hashlib.sha256(repr(record.to_json()).encode())
        for file in record.files:
            found.update(sha256_of(self.folder / file.name).encode())
        return found.hexdigest()

    def digest_of_deals(self, tonight: Tonight) -> str:
        """A digest of the changes of deals that `added_to` has just read, however their files are cut."""
        rows = tonight.connection.con.execute("SELECT * FROM kept_opportunities ORDER BY ALL").fetchall()
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    def keep(self, tonight: Tonight, config: Config) -> KeptNight | None:
        """Keep what has changed since the night before; None where nothing may be kept of that day.

        A day that was kept already is kept again, as it is now.

        Parameters
        ----------
        tonight : Tonight
        config : Config
            Its sections ``attributes`` and ``history`` are used.
        """
        record = self.record()
        if record.days and record.days[-1] > tonight.day:
            return None
        with whole_files(tonight.connection, self.folder, record):
            return self._keep(record, tonight, config)

    def _keep(self, record: HistoryRecord, tonight: Tonight, config: Config) -> KeptNight:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = fewer_files(tonight, self.folder, record.before(tonight.day), config.history.keep_days)
        columns, files, changed, left_out = [], [], {}, {}
        for table, current in tonight.tables.items():
            view, chosen, found = self._differences(tonight, before, table, current, config)
            columns += found
            left_out[table] = chosen.left_out
            changed[table] = int(tonight.connection.con.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0])
            if changed[table]:
                files.append(write_rows(tonight, self.folder, f"SELECT * FROM {view}", table, tonight.day))
        begun = [column for column in columns if column not in before.columns]
        after = HistoryRecord((*before.days, tonight.day), (*before.columns, *begun), (*before.files, *files))
        write_record(self.folder, after)
        return KeptNight(tonight.day, changed, left_out, first=not before.days)

    def _differences(
        self,
        tonight: Tonight,
        before: HistoryRecord,
        table: str,
        current: ibis.Table,
        config: Config,
        *,
        to_keep: bool = True,
    ) -> tuple[str, Chosen, list[KeptColumn]]:
        """A table of tonight's changes, which columns were chosen, and how they are kept.

        Those that are read and not kept have all columns that were ever kept: what a column is tonight, it was not
        before, also where tonight's is empty or may not be kept.
        """
        connection, kept = tonight.connection, before.of(table)
        trusted, dropped = (
            {column_key(name) for name in names} for names in (config.attributes.trust, config.attributes.drop)
        )
        possible = possible_columns(current, table, trusted=trusted, dropped=dropped)
        now, key = f"kept_now_{table}", KEYS[table]
        read = [] if to_keep else [c for c in kept.values() if c.name not in possible.kinds and _is_there(c, current)]
        rows = current.select(
            *(key, *NAMED.get(table, ()), *possible.kinds, *(column.name for column in read)),
        )
        if table == "opportunities":  # nobody has looked at what deals say yet
            texts = [name for name, kind in possible.kinds.items() if kind == "string"]
            rows = rows.mutate(**{name: without_control(rows[name]) for name in texts})
        here, fetched = current.get_backend() is connection, f"{now}_fetched"
        if not here or not isinstance(current.op(), DatabaseTable):  # of a table a copy would take half of the time
            rows = connection.create_table(fetched, rows if here else rows.to_pyarrow(), temp=True, overwrite=True)
        connection.create_view(now, rows, overwrite=True)
        chosen = chosen_columns(connection, now, table, possible)
        columns = [_column(table, name, kind, tonight.day, kept) for name, kind in sorted(chosen.kinds.items())]
        if not to_keep:
            columns += [c for c in kept.values() if c.name not in chosen.kinds and _is_there(c, current)]
        known = {c.name: c for c in columns if kept.get(c.name) == c}
        state = None
        if before.files_of(table):
            view = history_rows(connection, self.folder, before, table, list(known.values()))
            state = make_state(connection, view, table, list(known.values()))
        view = f"kept_changes_{table}"
        cells = {column.name: chosen.cell(column.name) for column in columns if column.name in chosen.unsaid}
        if cells:
            replaced = ", ".join(f"{cell} AS {quoted(name)}" for name, cell in cells.items())
            connection.con.execute(
                f"CREATE OR REPLACE TEMP VIEW {now}_replaced AS SELECT * REPLACE ({replaced}) FROM {now}"
            )
        query = changes_since(f"{now}_replaced" if cells else now, state, table, columns, known, tonight.day)
        connection.con.execute(f"CREATE OR REPLACE TEMP TABLE {view} AS {query}")
        connection.drop_view(now)
        connection.drop_table(fetched, force=True)
        return view, chosen, columns

    def added_to(self, tables: Tables, tonight: Tonight, config: Config, of: Collection[str] = tuple(OWN)) -> Tables:
        """The tables with what was kept, tonight's changes among it, of all that the export has no history of.

        Parameters
        ----------
        tables : Tables
            As accepted.
        tonight : Tonight
        config : Config
        of : collection of str
            The tables whose history is asked for.

        Raises
        ------
        DamagedHistory
            If it cannot be read.
        """
        record = self.record()
        with whole_files(tonight.connection, self.folder, record):
            return self._added_to(record, tables, tonight, config, of)

    def _added_to(
        self, record: HistoryRecord, tables: Tables, tonight: Tonight, config: Config, of: Collection[str]
    ) -> Tables:
        since = list[dict[str, Any]]()
        for table, current in tonight.tables.items():
            before, extra = record, ""
            if record.days and tonight.day >= record.days[-1]:
                before = record.before(tonight.day)
            if table not in of or not before.files_of(table):
                continue
            if tonight.day >= record.days[-1]:
                extra, _, _ = self._differences(tonight, before, table, current, config, to_keep=False)
            own = _known_to_export(getattr(tables, OWN[table]))
            columns = [c for c in record.of(table).values() if c.name not in own and _is_there(c, current)]
            if table == "opportunities":
                columns = [column for column in columns if column.name in OF_DEALS]
            if not columns:
                continue
            rows = history_rows(tonight.connection, self.folder, before, table, columns, also=extra)
            name = f"kept_{table}"
            if table == "opportunities":
                query = changes_of_deals(rows, columns)
            else:
                query = versions(rows, table, columns, record.days[0])
                since += [{"table": table, "column": c.name, "since": day_number(c.since)} for c in columns]
            tonight.connection.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
            found = tonight.connection.table(name)
            if table == "opportunities":
                tables = replace(
                    tables, opportunity_history=with_kept(tables.opportunity_history, _beside(found, tables))
                )
            else:
                tables = replace(tables, **{name: found})
        if since:
            kept_since = pa.Table.from_pylist(since, schema=ibis.schema(SINCE).to_pyarrow())
            tables = replace(
                tables, kept_since=tonight.connection.create_table("kept_since", kept_since, temp=True, overwrite=True)
            )
        return tables


def _beside(kept: ibis.Table, tables: Tables) -> ibis.Table:
    """What was kept where the tables are: in this DuckDB or, as a table of this process, on another engine."""
    here = kept.get_backend() is tables.opportunities.get_backend()
    return kept if here else ibis.memtable(kept.to_pyarrow())


def _column(table: str, name: str, kind: str, day: date, kept: dict[str, KeptColumn]) -> KeptColumn:
    """A column as it was kept before, or as it begins today."""
    before = kept.get(name)
    if before is not None and before.kind == kind:
        return before
    return KeptColumn(table, name, kind, day, f"{name} since {day.isoformat()}")


def _known_to_export(history: ibis.Table | None) -> set[str]:
    """The columns of which the history of the export itself has any value."""
    if history is None:
        return set()
    row = history.aggregate(**{f"n_{i}": history[name].count() for i, name in enumerate(history.columns)})
    counts = row.to_pyarrow().to_pylist()[0]
    return {name for i, name in enumerate(history.columns) if counts[f"n_{i}"]}


def _is_there(column: KeptColumn, current: ibis.Table) -> bool:
    """Whether tonight's table has the column, of the kind that was kept."""
    if column.name not in current.columns:
        return False
    kind = current[column.name].type()
    of_kind = {"float64": kind.is_numeric, "boolean": kind.is_boolean, "timestamp": kind.is_timestamp}
    return of_kind.get(column.kind, kind.is_string)()
