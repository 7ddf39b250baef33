"""The door of the activities: rows are judged and folded to engagement days in one pass, however many there are."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import ibis

from pipelines.intake import engagement_cache
from pipelines.intake.engagement_cache import EngagementCache, Part, intern
from pipelines.intake.engagement_fold import Fold, sql
from pipelines.intake.validation import REFERRED, Accepted, Validation
from pipelines.progress import Say
from pipelines.sources.files import ROW
from scoring.contracts import cells
from scoring.contracts.crm import ACTIVITIES
from scoring.tables import Log
from scoring.timeline import day_number

#: Seconds that are not worth a word of progress.
SOON = 2


def fold(validation: Validation, kept: EngagementCache | None, say: Say) -> tuple[Accepted, Log | None]:
    """Judge the activities and fold them; no log where their rows must be read one by one, as those of a CSV file.

    The kept days save time and are nothing to lose: where they cannot be read or written, all is read instead.
    """
    source = validation.source
    validation.require_columns()
    if not (source.typed and folds(source.raw)):
        return validation.run(), None
    in_place = not source.copied
    parts = engagement_cache.parts_of(source.path, "occurred_at", hashed=kept is not None) if in_place else None
    log = ActivityLog(validation, parts, say)
    if kept is not None and in_place:
        try:
            engagement_cache.attach(validation.connection, kept)
            return log.run()
        except (duckdb.Error, OSError) as error:
            say(f"  the engagement days in {kept.file.name} are of no use tonight: {str(error).splitlines()[0]}")
            engagement_cache.detach(validation.connection)
    engagement_cache.attach(validation.connection, None)
    return log.run()


def folds(raw: ibis.Table) -> bool:
    """Whether the rows can be folded as they lie: their times are times, and their words are words."""
    times = [raw[c].type() for c in ("occurred_at", "known_at") if c in raw.columns]
    words = [raw[c].type() for c in ("lead_id", "account_id", "activity_type", "direction") if c in raw.columns]
    return all(kind.is_timestamp() or kind.is_date() for kind in times) and all(kind.is_string() for kind in words)


@dataclass(frozen=True)
class ActivityLog:
    """The activities of an export, to be folded.

    Attributes
    ----------
    inspection : Validation
        What its rows are judged by, one by one, where that is needed.
    parts : list of Part, optional
        What the file consists of; None where that cannot be told.
    say : callable
        Told how far it is, when it takes long.
    """

    validation: Validation
    parts: list[Part] | None
    say: Say

    @property
    def con(self) -> Any:
        """The plain DuckDB connection."""
        return self.validation.connection.con

    @property
    def fold(self) -> Fold:
        """What folds them."""
        return Fold(self.validation.connection, self.validation.latest)

    def run(self) -> tuple[Accepted, Log | None]:
        """Judge every row, bring the kept days up to date, and hand both on.

        Raises
        ------
        BadInput
            As `Validation.run`.
        """
        con, validation = self.con, self.validation
        con.execute(f"CREATE OR REPLACE TEMP VIEW log_rows AS {sql(self._rows())}")
        con.execute("BEGIN")
        stretches = engagement_cache.stale(con, " ".join(sorted(validation.source.columns)), self.parts)
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
        # What lies in the future tonight is none soon.
        con.execute("DELETE FROM kept.parts WHERE last_day >= ?", [day_number(validation.latest.date())])
        con.execute("COMMIT")
        return self._judged()

    def _rows(self) -> ibis.Table:
        raw = self.validation.source.raw

        def there(name: str) -> Any:
            return raw[name] if name in raw.columns else ibis.null("string")

        occurred = cells.time(raw.occurred_at)
        known = cells.time(raw.known_at) if "known_at" in raw.columns else occurred
        return raw.select(
            ROW,
            lead=there("lead_id"),
            account=there("account_id"),
            type=raw.activity_type,
            direction=there("direction"),
            occurred=occurred,
            known=ibis.greatest(occurred, ibis.coalesce(known, occurred)),
        )

    def _judged(self) -> tuple[Accepted, Log | None]:
        """The verdict on the whole log: what it names is looked up once an actor, and rows only where one is wrong."""
        validation, connection = self.validation, self.validation.connection
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE actors_written AS SELECT actor, touches, l.id AS lead, a.id AS account FROM "
            "(SELECT actor, sum(touches)::BIGINT AS touches FROM kept.days GROUP BY actor) "
            "LEFT JOIN kept.lead_ids l ON actor >> 32 = l.no LEFT JOIN kept.account_ids a ON actor & 4294967295 = a.no"
        )
        written = connection.table("actors_written")
        actors = written.mutate(lead_id=cells.text(written.lead), account_id=cells.text(written.account))
        actors = actors.mutate(named_lead=actors.lead_id.notnull(), named_account=actors.account_id.notnull())
        for column, table in REFERRED.items():
            if table in validation.accepted:
                there = validation.accepted[table].select(there=column)
                actors = actors.left_join(there, actors[column] == there.there)
                actors = actors.mutate(**{column: actors.there}).drop("there")
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE log_actors AS {sql(actors)}")
        actors = connection.table("log_actors")
        read, folded, nobody, lost, left_out = self.con.execute(
            "SELECT (SELECT count(*) FROM log_rows), coalesce(sum(touches), 0), "
            "coalesce(sum(touches) FILTER (lead_id IS NULL AND account_id IS NULL), 0), "
            "coalesce(sum(touches) FILTER (lead_id IS NULL AND account_id IS NOT NULL AND named_lead), 0), "
            "coalesce(sum(touches) FILTER (lead_id IS NOT NULL AND account_id IS NULL AND named_account), 0) "
            "FROM log_actors"
        ).fetchall()[0]
        tally = [self._remarked({"rule": None, "rows": read, "unknown lead_id": lost, "unknown account_id": left_out})]
        if read == folded and not nobody:
            return self._known(validation.accept(validation.validate(), tally, None)), self._log(actors)
        suspects = self._suspects()
        rows = suspects.validate()
        found = suspects.tally(rows)
        tally[0]["rows"] -= sum(row["rows"] for row in found)
        accepted = validation.accept(validation.validate(), [*tally, *found], suspects.rejected(rows, True))
        # Who is accepted without having been folded is of a time before computers: then rows speak for themselves.
        odd = sum(row["rows"] for row in found if row["rule"] is None)
        return self._known(accepted), None if odd else self._log(actors)

    def _suspects(self) -> Validation:
        """The inspection of those rows alone that were not folded, or name nobody who is there."""
        validation = self.validation
        self.fold.spoken("true")
        self.con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE suspects AS SELECT r.{ROW}
            FROM log_rows r LEFT JOIN spoken_types t USING (type)
                LEFT JOIN spoken_directions d ON d.direction = coalesce(r.direction, '')
                LEFT JOIN log_actors nobody ON r.lead IS NOT DISTINCT FROM nobody.lead AND lead_id IS NULL
                    AND r.account IS NOT DISTINCT FROM nobody.account AND account_id IS NULL
            WHERE coalesce(NOT ({self.fold.sound}), true) OR code IS NULL OR inbound IS NULL OR actor IS NOT NULL
            """
        )
        suspects = validation.source.raw.semi_join(validation.connection.table("suspects"), ROW)
        raw = validation.connection.create_table("suspect_rows", suspects, temp=True)
        return replace(validation, source=replace(validation.source, raw=raw))

    def _remarked(self, tally: dict[str, Any]) -> dict[str, Any]:
        """The tally with what there is to say about how directions are written."""
        respelled, empty = self.con.execute(
            "SELECT coalesce(sum(touches) FILTER (NOT empty AND meant <> direction), 0), "
            "coalesce(sum(touches) FILTER (empty), 0) FROM kept.spellings"
        ).fetchall()[0]
        return {
            **tally,
            "another spelling of direction": respelled,
            f"no direction, read as {ACTIVITIES.fields['direction'].default}": empty,
        }

    def _known(self, accepted: Accepted) -> Accepted:
        last = self.con.execute("SELECT max(last_known) FROM kept.spellings").fetchall()[0][0]
        return replace(accepted, last_known=last)

    def _log(self, actors: ibis.Table) -> Log:
        days = self.validation.connection.table("days", database=(engagement_cache.NAME, "main"))
        folded = days.filter(days.kind.notnull()).select("actor", "kind", "day", "known_day")
        return Log(folded, actors.select("actor", "lead_id", "account_id"))
