"""The intake of the activities: one pass validates the rows and folds them to engagement days."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import ibis

from pipelines.intake import engagement_cache
from pipelines.intake.engagement_cache import EngagementCache, RowGroup, intern
from pipelines.intake.engagement_fold import Fold, sql
from pipelines.progress import Say
from pipelines.sources.source import ROW, Source
from pipelines.validation.ids.known_ids import known_ids
from pipelines.validation.ids.reference import ReferenceColumn
from pipelines.validation.ids.references import ReferenceLookup
from pipelines.validation.rejected_customers import named_gone, of_masters
from pipelines.validation.table_validation import Accepted, Validation
from pipelines.validation.unknown_words import FLAGS, direction_note, direction_words_note, flag_notes
from scoring.cells import cells
from scoring.cells.flag_columns import words_of
from scoring.cells.ids import NAMED_TABLE
from scoring.contracts.contract import as_exported
from scoring.contracts.crm import ACTIVITIES
from scoring.contracts.plans import PLANNED
from scoring.contracts.tally import RuleCount, Tally
from scoring.tables import Log
from scoring.timeline import day_number

#: Below this many seconds left, no progress is reported.
SOON = 2
#: The columns that say whether an actor names a lead, and an account, known or not.
NAMED = {"lead_id": "named_lead", "account_id": "named_account"}


def fold_activities(validation: Validation, cache: EngagementCache | None, say: Say) -> tuple[Accepted, Log | None]:
    """Validate the activities and fold them to a log of engagement days.

    Parameters
    ----------
    validation : Validation
        Of the table of activities.
    cache : EngagementCache, optional
        It only saves time: where it cannot be read or written, all activities are read.
    say : callable
        Takes each line of progress.

    Returns
    -------
    tuple of (Accepted, Log or None)
        There is no log where each row must be read by itself, as in a CSV file.

    Raises
    ------
    BadInput
        As `Validation.run`.
    """
    source = validation.source
    if not (source.typed and can_be_folded(source.raw)):
        return validation.run(), None
    validation = validation.with_formats()
    zoned = bool(validation.settings.time_zone)  # then the statistics of the file are of other days
    in_place = not source.copied and not zoned
    parts = _parts(source, hashed=cache is not None) if in_place else None
    log = ActivityLog(validation, parts, say)
    if cache is not None:
        try:
            engagement_cache.attach(validation.connection, cache)
            return (log if in_place else replace(log, by_month=True)).run()
        except (duckdb.Error, OSError) as error:
            say(f"  the engagement days in {cache.file.name} cannot be used tonight: {str(error).splitlines()[0]}")
            engagement_cache.detach(validation.connection)
    engagement_cache.attach(validation.connection, None)
    return log.run()


def _parts(source: Source, *, hashed: bool) -> list[RowGroup]:
    written = source.names.get("occurred_at", "occurred_at")
    return [part for path in source.paths for part in engagement_cache.parts_of(path, written, hashed=hashed)]


def can_be_folded(raw: ibis.Table) -> bool:
    """Whether the rows can be folded as they are: the columns of times hold times, the others text."""
    times = [raw[c].type() for c in ("occurred_at", "known_at") if c in raw.columns]
    words = [raw[c].type() for c in ("lead_id", "account_id", "activity_type", "direction") if c in raw.columns]
    return all(kind.is_timestamp() or kind.is_date() for kind in times) and all(kind.is_string() for kind in words)


@dataclass(frozen=True)
class ActivityLog:
    """The activities of an export, and how they are folded.

    Attributes
    ----------
    validation : Validation
        Validates single rows, where that is needed.
    parts : list of RowGroup, optional
        The row groups of the files; None where they are not known.
    say : callable
        Takes a line of progress now and then, when it takes long.
    by_month : bool
        Whether months of rows are the parts, as of a database.
    """

    validation: Validation
    parts: list[RowGroup] | None
    say: Say
    by_month: bool = False

    @property
    def con(self) -> Any:
        """The plain DuckDB connection."""
        return self.validation.connection.con

    @property
    def fold(self) -> Fold:
        """The fold of the rows."""
        return Fold(self.validation.connection, self.validation.latest, self.validation.contract)

    def run(self) -> tuple[Accepted, Log | None]:
        """Validate every row, update the cache, and return the accepted rows and the log.

        Raises
        ------
        BadInput
            As `Validation.run`.
        """
        con, validation = self.con, self.validation
        con.execute(f"CREATE OR REPLACE TEMP VIEW log_rows AS {sql(self._rows())}")
        con.execute("BEGIN")
        stretches = engagement_cache.stale(con, self._rules(), self.fold.months() if self.by_month else self.parts)
        if stretches:
            accepted = validation.accepted
            if "accounts" in accepted:
                intern(con, "account_ids", f"SELECT account_id AS id FROM {accepted['accounts'].get_name()}")
            if "leads" in accepted:
                named = f"SELECT lead_id AS id, account_id AS account FROM {accepted['leads'].get_name()}"
                intern(con, "lead_ids", named)
        begun, done, rows = time.monotonic(), 0, sum(stretch.rows for stretch in stretches)
        for stretch in stretches:
            self.fold.fold(stretch)
            done += stretch.rows
            left = (time.monotonic() - begun) * (rows - done) / max(done, 1)
            if left > SOON:
                self.say(f"  {done:,} of {rows:,} activities read, about {left:.0f} s left")
        self.fold.count_actors(stretches)
        # Rows with a date in the future become valid on that day: their row groups are read again until then.
        con.execute("DELETE FROM kept.parts WHERE last_day >= ?", [day_number(validation.latest.date())])
        con.execute("COMMIT")
        return self._validated()

    def _rules(self) -> str:
        """What the fold depends on apart from the rows."""
        own = sorted(self.validation.settings.direction_words.items())
        bots_rule = "" if (bots := self.validation.settings.bots) == "marked" else f" {bots}"
        name = self.validation.source.names.get("direction", "")  # from which yes and no have their meaning
        flag = f" {name}" if words_of("direction", name) is not None else ""
        return " ".join(sorted(self.validation.source.columns)) + (f" {own}" if own else "") + flag + bots_rule

    def _rows(self) -> ibis.Table:
        raw = self.validation.formats.applied(self.validation.source.raw)

        def column_or_null(name: str) -> Any:
            return raw[name] if name in raw.columns else ibis.null("string")

        occurred = cells.time(raw.occurred_at)
        known = cells.time(raw.known_at) if "known_at" in raw.columns else occurred
        return raw.select(
            ROW,
            lead=column_or_null("lead_id"),
            account=column_or_null("account_id"),
            type=raw.activity_type,
            direction=column_or_null("direction"),
            occurred=occurred,
            known=ibis.greatest(occurred, ibis.coalesce(known, occurred)),
        )

    def _validated(self) -> tuple[Accepted, Log | None]:
        """Validate the whole log: ids are looked up once per actor, and single rows only where one breaks a rule."""
        validation, connection = self.validation, self.validation.connection
        self.fold.list_actors("actors_written")
        written = connection.table("actors_written")
        actors = written.mutate(lead_id=cells.text(written.lead), account_id=cells.text(written.account))
        actors = connection.create_table(ibis.util.gen_name("actors_read"), actors, temp=True)
        validation = replace(validation, references=self._references(actors))
        actors = of_masters(actors, named_gone(connection, validation.references, validation.gone))
        meanings = {reference.column: reference for reference in validation.references}
        for column in ACTIVITIES.references:
            named = actors[column].notnull()
            if column in meanings:
                actors = meanings[column].resolved(actors)
                named = as_exported(actors, column).notnull()
            actors = actors.mutate(**{NAMED[column]: named})
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE log_actors AS {sql(actors)}")
        actors = connection.table("log_actors")
        read, folded, unnamed, unknown_lead, unknown_account = self.con.execute(
            "SELECT (SELECT count(*) FROM log_rows), coalesce(sum(touches), 0), "
            "coalesce(sum(touches) FILTER (lead_id IS NULL AND account_id IS NULL), 0), "
            "coalesce(sum(touches) FILTER (lead_id IS NULL AND account_id IS NOT NULL AND named_lead), 0), "
            "coalesce(sum(touches) FILTER (lead_id IS NOT NULL AND account_id IS NULL AND named_account), 0) "
            "FROM log_actors"
        ).fetchall()[0]
        planned = self._planned() if read != folded else 0
        read -= planned
        unknown = {"lead_id": unknown_lead, "account_id": unknown_account}
        good = RuleCount(None, read, self._respelled(), unknown)
        later = Tally((RuleCount(PLANNED, planned),) if planned else ())
        if read == folded and not unnamed:
            accepted = validation.accept(validation.validate(), Tally((good,)) + later, None)
            return self._with_notes(accepted), self._log(actors)
        doubtful = self._doubtful_rows(validation)
        rows = doubtful.validate()
        found = doubtful.tally(rows)
        every = Tally((replace(good, rows=read - found.rows),)) + later + found
        accepted = validation.accept(validation.validate(), every, doubtful.rejected(rows, True))
        # An accepted row that was not folded is older than 1880. Then there is no log, and rows are read one by one.
        return self._with_notes(accepted), None if found.rows_of(None) else self._log(actors)

    def _planned(self) -> int:
        """The number of rows in the future. They are no doubtful rows: there may be many."""
        return int(self.con.execute(f"SELECT count(*) FROM log_rows WHERE {self._later}").fetchall()[0][0])

    @property
    def _later(self) -> str:
        return f"occurred > TIMESTAMP '{self.validation.latest.isoformat(' ')}'"

    def _references(self, actors: ibis.Table) -> tuple[ReferenceColumn, ...]:
        """The columns in which some ids are not written as in their table, with the meanings of these ids."""
        validation, con, found = self.validation, self.validation.connection, []
        for column in ACTIVITIES.references:
            known = known_ids(column, ACTIVITIES, validation.accepted)
            named = actors.filter(actors[column].notnull())
            # Nearly all are written as the id that they name, and need not be counted one by one.
            others = named if known is None else named.anti_join(known.table, named[column] == known.table.id)
            unmatched = others.group_by(written=column).agg(rows=others.touches.sum())
            unmatched = con.create_table(ibis.util.gen_name("unmatched_actors"), unmatched, temp=True)
            if unmatched.count().execute():
                total = int(named.touches.sum().execute())
                aside = validation.left_out.get(NAMED_TABLE[column])
                written = ReferenceLookup(con, validation.source, column, known, unmatched, total, aside)
                reference = written.reference(validation.accepted, validation.settings.min_matched_share)
                found += [] if reference is None else [reference]
        return tuple(found)

    def _doubtful_rows(self, validation: Validation) -> Validation:
        """The validation of the rows that were not folded, or that name no known lead or account."""
        self.fold.list_spellings("true")
        self.con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE doubtful AS SELECT r.{ROW}
            FROM log_rows r LEFT JOIN spelled_types t USING (type)
                LEFT JOIN log_actors unknown ON r.lead IS NOT DISTINCT FROM unknown.lead AND lead_id IS NULL
                    AND r.account IS NOT DISTINCT FROM unknown.account AND account_id IS NULL
            WHERE (coalesce(NOT ({self.fold.sound}), true) OR code IS NULL OR actor IS NOT NULL)
                AND coalesce(NOT {self._later}, true)
            """
        )
        doubtful = validation.source.raw.semi_join(validation.connection.table("doubtful"), ROW)
        raw = validation.connection.create_table("doubtful_rows", doubtful, temp=True)
        return replace(validation, source=replace(validation.source, raw=raw))

    def _respelled(self) -> dict[str, int]:
        """How many directions are spelled in another way."""
        (respelled,) = self.con.execute(
            "SELECT coalesce(sum(touches) FILTER (meant <> direction), 0) FROM kept.directions"
        ).fetchall()[0]
        return {"another spelling of direction": respelled}

    def _with_notes(self, accepted: Accepted) -> Accepted:
        """The accepted rows, with the time of the newest and notes on the directions that nobody wrote or knows."""
        last = self.con.execute("SELECT max(last_known) FROM kept.directions").fetchall()[0][0]
        counted = self.con.execute(
            "SELECT empty, direction, kind, sum(touches)::BIGINT FROM kept.directions "
            "WHERE kind IS NOT NULL GROUP BY ALL"
        ).fetchall()
        notes = list(accepted.notes)
        if unknown := [(word, kind, rows) for empty, word, kind, rows in counted if not empty]:
            notes.append(direction_words_note(unknown))
        flags = self.con.execute(
            "SELECT lower(direction), meant, sum(touches)::BIGINT FROM kept.directions "
            f"WHERE meant IS NOT NULL AND lower(direction) IN {FLAGS} GROUP BY ALL"
        ).fetchall()
        flag_rows = [{"word": word, "means": meant, "rows": rows} for word, meant, rows in flags]
        notes += flag_notes(flag_rows, self.validation.settings)
        unsaid: Counter[str] = Counter()
        for empty, _, kind, rows in counted:
            if empty:
                unsaid[kind] += rows
        if unsaid:
            notes.append(direction_note(list(unsaid.items())))
        return replace(accepted, last_known=last, notes=tuple(notes))

    def _log(self, actors: ibis.Table) -> Log:
        days = self.validation.connection.table("days", database=(engagement_cache.NAME, "main"))
        folded = days.filter(days.kind.notnull()).select("actor", "kind", "day", "known_day")
        return Log(folded, actors.select("actor", "lead_id", "account_id"))
