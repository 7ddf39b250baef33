"""The tables of an export, read and validated, as they were known before `as_of`: the input of every job."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.history.kept_history import OWN, KeptHistory
from pipelines.history.record import DamagedHistory
from pipelines.history.tonight import Tonight
from pipelines.intake.engagement_cache import EngagementCache
from pipelines.intake.intake import Intake, latest_day, read_tables
from pipelines.progress import Say
from pipelines.redaction import Message, indented, nameless, without_secrets
from pipelines.sources.remote.address import Address, source_at
from pipelines.validation.rejected_customers import count_customers
from scoring.entity import ALL, ENTITIES, Entity, asked_entities, plural
from scoring.features.facts import MarketFacts, Markets
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.spec import Feature
from scoring.knowledge import upto
from scoring.nights.parts import TableInput
from scoring.question import Win
from scoring.scorecard.scorecard import Scorecard
from scoring.tables import Tables
from scoring.timeline import day_number

if TYPE_CHECKING:
    from pipelines.sources.engine import Engine
    from pipelines.sources.engine_rows import Part


@dataclass(frozen=True)
class PastTables:
    """The tables as known before a day, and the connection on which they are read.

    Attributes
    ----------
    connection : ibis backend
        Of DuckDB or of another engine.
    as_of : date
    tables : Tables
        They hold nothing that became known at or after `as_of`.
    """

    connection: Any
    as_of: date
    tables: Tables

    @property
    def day(self) -> int:
        """`as_of` as a day number."""
        return day_number(self.as_of)

    def markets(self, win: Win) -> Markets:
        """The facts of the day `as_of` itself, for both entities.

        Parameters
        ----------
        win : {"new_business", "any"}
            The question of the scorecard that reads them.
        """
        if win not in self._markets:
            self._markets[win] = Markets(replace(self.tables, win=win), self.keep, lone=False)
        return self._markets[win]

    @cached_property
    def _markets(self) -> dict[Win, Markets]:
        return {}

    @cached_property
    def feature_arrays(self) -> FeatureArrays:
        """The assembler of features as arrays, for both entities."""
        return FeatureArrays()

    def keep(self, table: ibis.Table) -> ibis.Table:
        """Compute a table once and keep it, where several expressions read it."""
        kept: ibis.Table = self.connection.create_table(ibis.util.gen_name("kept"), table, temp=True)
        return kept


@dataclass(frozen=True)
class Export(PastTables):
    """An export as known before `as_of`: the day asked for, or the day after the last news in the export.

    Attributes
    ----------
    intake : Intake
    data : Path or Address
        The folder or database of the export.
    as_of_asked : bool
        Whether this `as_of` was asked for.
    kept : str
        A digest of the history that was added; empty for none.
    """

    intake: Intake
    data: Path | Address
    as_of_asked: bool = True
    kept: str = ""

    def tonight(self) -> Tonight | None:
        """What may be kept of it, as it was exported; None where it holds news of `as_of` or later that was asked for.

        Then its values are of a later day than it is read for, and which day nobody knows.
        """
        tonight = _tonight(self.intake, self.as_of)
        return None if self.as_of_asked and tonight.day >= self.as_of else tonight

    def scaled(self, config: Config) -> Config:
        """The configuration with the team's capacity for the companies that were brought here from an engine."""
        share, whole = self.intake.share, config.capacity
        weekly = {"accounts_per_week": share * whole.accounts_per_week, "leads_per_week": share * whole.leads_per_week}
        return replace(config, capacity=replace(whole, **weekly))

    @property
    def inputs(self) -> dict[str, TableInput]:
        """What was read, by table; `last_known` is at most `as_of`. It is kept, so no name of a file names a person."""
        digests, known = self.intake.digests, self.intake.last_known
        files = {
            table: {nameless(name): digests[name] for name in names if name in digests}
            for table, names in self.intake.read_from.items()
        }
        return {
            table: TableInput.of_files(
                files.get(table, {}),
                rows=count.read,
                rejected=count.rejected,
                last_known=min(last.date(), self.as_of) if (last := known.get(table)) else None,
            )
            for table, count in self.intake.counts.items()
        }


def read_export(
    data: Path | Address | str,
    config: Config,
    as_of: date | None,
    say: Say,
    *,
    cache: EngagementCache | None = None,
    with_pandera: bool = True,
    engine: Engine | None = None,
    brought: Part | None = None,
    with_notes: bool = True,
    with_identities: bool = False,
    history: KeptHistory | None = None,
    history_of: Collection[str] = tuple(OWN),
) -> Export:
    """Read the export at `data` and cut it at `as_of`.

    Parameters
    ----------
    data : Path, Address or str
        A folder, a database or the address of one; with an `engine` also a schema.
    config : Config
    as_of : date, optional
        Default: the day after the last news in the export, but no later than today.
    say : callable
        Takes each line of progress.
    cache : EngagementCache, optional
        The engagement days of the nights before.
    with_pandera : bool
        Whether pandera validates the accepted tables a second time.
    engine : Engine, optional
        The engine that holds the tables. Default: DuckDB reads files.
    brought : {"to_learn", "outcomes"}, optional
        What of an engine's tables is brought here, so that all else is as with files. Default: they stay there.
    with_notes : bool
        Whether to say what was read differently from how it was written, or not read; `check` says it by itself.
    with_identities : bool
        Whether to keep what tells accounts and leads apart; not with an `engine`.
    history : KeptHistory, optional
        What nights kept, for who learns from the past.
    history_of : collection of str
        The tables of which it is read. Of tables that stay on another engine, only that of deals is.

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
    if engine is None and isinstance(data, str):
        data = source_at(data)
    say(f"Reading {without_secrets(str(data))}")
    if engine is None:
        assert not isinstance(data, str)
        intake = read_tables(
            data, config, cache=cache, with_pandera=with_pandera, with_identities=with_identities, say=say
        )
    else:
        from pipelines.intake.engine_intake import brought_here, read_tables_on_engine

        intake = read_tables_on_engine(engine, str(data), config)
        if brought is not None:
            intake, engine = brought_here(engine, intake, brought, config, say), None
    for note in intake.notes if with_notes else ():
        say(indented(note))
    for reject in intake.rejects:
        counted = f"  set aside: {reject.table}, {reject.rule} ({reject.count:,}), such as"
        say(Message.with_example(counted, reject.example))
    day = as_of or min(latest_day(intake) + timedelta(days=1), today)
    connection = intake.connection if engine is None else engine.connection
    tables, kept = intake.tables, ""
    if history is not None and config.history.keep:
        of = [table for table in history_of if engine is None or table == "opportunities"]
        tables, kept = _with_history(intake, history, day, config, say, of=of)
    known = upto(replace(tables, win=config.question.win), day_number(day))
    customers = None if config.question.win == "any" else known.won_aside  # they are ranked then, sure or not
    if customers is not None and (perhaps := count_customers(customers.filter(customers.unclear))):
        say(
            f"  not ranked: {perhaps:,} accounts that may be customers, by a deal whose status is not known; "
            "`closedwon check` names the words to map under [input]"
        )
    return Export(connection, day, known, intake, _where(data), as_of is not None, kept)


def _where(data: Path | Address | str) -> Path | Address:
    """Where the tables are; the name of a schema on an engine is no path."""
    if isinstance(data, Address) or Path(data).exists():
        return data if isinstance(data, Address) else Path(data)
    return Address(str(data), without_secrets(str(data)))


def _tonight(intake: Intake, as_of: date) -> Tonight:
    """What an export says, on the day before `as_of` or that of its own newest row."""
    newest = max(intake.last_known.values()).date() if intake.last_known else as_of - timedelta(days=1)
    tables = {name: table for name, table in intake.tables.present() if name in ("accounts", "leads")}
    if intake.tables.open_deals is not None:
        tables["opportunities"] = intake.tables.open_deals
    return Tonight(intake.connection, tables, max(newest, as_of - timedelta(days=1)))


def _with_history(
    intake: Intake, history: KeptHistory, day: date, config: Config, say: Say, *, of: Collection[str]
) -> tuple[Tables, str]:
    """The tables with what nights kept, and a digest of that."""
    # Read for a past day, an export still says what its values are on its own newest day.
    tonight = _tonight(intake, day)
    try:
        tables = history.added_to(intake.tables, tonight, config, of)
        if tables.kept_since is None and tables.opportunity_history is intake.tables.opportunity_history:
            return tables, ""
        if "accounts" not in of:  # a night, which learns nothing
            return tables, history.digest_of_deals(tonight)
        for line in history.record().lines():
            say(f"  {line}")
        return tables, history.digest()
    except DamagedHistory as error:
        say(f"  the kept history is not used: {error}")
        return intake.tables, ""


def entities(tables: Tables, asked: str | None) -> list[Entity]:
    """The entities to work on: those asked for, or accounts and leads where they have a table.

    Parameters
    ----------
    tables : Tables
    asked : str, optional
        `account`, `lead`, `opportunity` or `both`; None means accounts and leads, as far as they have a table.

    Raises
    ------
    UsageError
        If an entity without a table was asked for.
    """
    present = dict(tables.present())
    wanted = ENTITIES if asked is None else asked_entities(asked)
    possible = [entity for entity in wanted if plural(entity) in present]
    if asked in ALL and not possible:
        raise UsageError(f"--entity {asked} needs the table {plural(asked)}; the export has {', '.join(present)}")
    return possible


def scorecard_features(scorecard: Scorecard, export: PastTables) -> tuple[list[Feature], MarketFacts, list[str]]:
    """The features that a scorecard reads, the facts they are made from, and the columns that the export lacks.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    export : PastTables
    """
    features = list(scorecard.features)
    conformed, absent = export.markets(scorecard.win).of(scorecard.entity).conformed(features, scorecard.encodings)
    return features, conformed, absent
