"""What a job sees: the tables of an export, read and validated, as they were known before `as_of`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.engagement_cache import EngagementCache
from pipelines.intake.intake import Intake, latest_day, read_tables
from pipelines.progress import Say
from pipelines.redaction import Message
from scoring.entities import Entity
from scoring.evidence.night_parts import TableInput
from scoring.features.facts import Market, Markets
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.spec import Feature
from scoring.knowledge import upto
from scoring.scorecard import Scorecard
from scoring.tables import Tables
from scoring.timeline import day_number

if TYPE_CHECKING:
    from pipelines.sources.engine import Engine


@dataclass(frozen=True)
class PastTables:
    """What was known before a day, and the connection that it is read by.

    Attributes
    ----------
    connection : ibis backend
        DuckDB's, or that of another engine.
    as_of : date
    tables : Tables
        Nothing known at or after `as_of` is in them.
    """

    connection: Any
    as_of: date
    tables: Tables

    @property
    def day(self) -> int:
        """`as_of` as a day number."""
        return day_number(self.as_of)

    @cached_property
    def markets(self) -> Markets:
        """The facts of the day `as_of` itself, for both entities."""
        return Markets(self.tables, self.keep, lone=False)

    @cached_property
    def feature_arrays(self) -> FeatureArrays:
        """What puts features together, for both entities."""
        return FeatureArrays()

    def keep(self, table: ibis.Table) -> ibis.Table:
        """Materialise a table that several expressions read."""
        kept: ibis.Table = self.connection.create_table(ibis.util.gen_name("kept"), table, temp=True)
        return kept


@dataclass(frozen=True)
class Export(PastTables):
    """An export as known before `as_of`: asked for, or the day after the last one on which anything became known.

    Attributes
    ----------
    intake : Intake
    data : Path
        Where the export was read.
    given : bool
        Whether somebody asked for this `as_of`.
    """

    intake: Intake
    data: Path
    given: bool = True

    @property
    def inputs(self) -> dict[str, TableInput]:
        """What was read, by table; `last_known` is at most `as_of`."""
        files, known = self.intake.digests, self.intake.last_known
        by_table = {name.split(".")[0]: name for name in files}
        database = next(iter(files), "")
        return {
            table: TableInput(
                file=(file := by_table.get(table, database)),
                sha256=files.get(file, ""),
                rows=count.read,
                rejected=count.rejected,
                last_known=min(last.date(), self.as_of) if (last := known.get(table)) else None,
            )
            for table, count in self.intake.counts.items()
        }


def read_export(
    data: Path | str,
    config: Config,
    as_of: date | None,
    say: Say,
    *,
    kept: EngagementCache | None = None,
    assured: bool = True,
    engine: Engine | None = None,
) -> Export:
    """Read the export at `data` and cut it at `as_of`.

    `kept` are the engagement days of the nights before; `assured` has pandera judge the accepted tables once more.
    With an `engine` the tables are there, and stay; without one they are files, and DuckDB reads them.

    Raises
    ------
    BadInput
        If the tables cannot be used.
    UsageError
        If `as_of` lies in the future: what will be known then is not known.
    """
    today = datetime.now(UTC).date()
    if as_of is not None and as_of > today + timedelta(days=1):
        raise UsageError(f"--as-of {as_of} lies in the future (today is {today}); give a day up to tomorrow")
    say(f"Reading {data}")
    if engine is None:
        if not isinstance(data, Path):
            raise UsageError(f"--data {data} is an address, which DuckDB is not given: name an engine with --engine")
        intake = read_tables(data, config, kept=kept, assured=assured, say=say)
    else:
        from pipelines.intake.engine_intake import read_there

        intake = read_there(engine, str(data), config)
    for reject in intake.rejects:
        counted = f"  set aside: {reject.table}, {reject.rule} ({reject.count:,}), such as"
        say(Message.with_example(counted, reject.example))
    day = as_of or min(latest_day(intake) + timedelta(days=1), today)
    connection = intake.connection if engine is None else engine.connection
    return Export(connection, day, upto(intake.tables, day_number(day)), intake, Path(data), as_of is not None)


def entities(tables: Tables, asked: str | None) -> list[Entity]:
    """The entities to work on: those asked for, or all that the tables allow.

    Raises
    ------
    UsageError
        If an entity without a table was asked for.
    """
    there: dict[str, object] = {"account": tables.accounts, "lead": tables.leads}
    possible: list[Entity] = [entity for entity in ("account", "lead") if there[entity] is not None]
    if asked in (None, "both"):
        return possible
    if there[asked] is None:
        raise UsageError(f"--entity {asked} needs the table {asked}s; the export has {_names(tables)}")
    return [entity for entity in possible if entity == asked]


def _names(tables: Tables) -> str:
    names: Iterable[str] = (name for name, _ in tables.present())
    return ", ".join(names)


def scorecard_features(scorecard: Scorecard, export: PastTables) -> tuple[list[Feature], Market, list[str]]:
    """The features a scorecard reads, the facts they are made from, and the columns this export lacks."""
    features = list(scorecard.features)
    conformed, absent = export.markets.of(scorecard.entity).conformed(features, scorecard.encodings)
    return features, conformed, absent
