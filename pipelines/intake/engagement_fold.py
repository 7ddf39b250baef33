"""The fold from rows of activities to engagement days, in DuckDB, a stretch of days at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from pipelines.intake.engagement_cache import LONG_AGO, RowGroup, Stretch, intern
from scoring.cells import cells
from scoring.contracts.contract import AS_EXPORTED, Contract
from scoring.sql_text import literal
from scoring.timeline import calendar_date

#: Kind and day share an integer while rows are folded. No row is older than 1880.
_DAYS, _MIDDLE = 65_536, 32_768
_EPOCH = "DATE '1970-01-01'"


def sql(table: ibis.Table) -> str:
    """The SQL of an expression, for DuckDB."""
    return str(ibis.to_sql(table, dialect="duckdb"))


@dataclass(frozen=True)
class Fold:
    """The fold of rows into the engagement cache, which is attached as `kept`.

    The rows are those of the view `log_rows`: `lead`, `account`, `type`, `direction`, `occurred`, `known`.

    Attributes
    ----------
    connection : ibis DuckDB backend
    latest : datetime
        No time of a row may be later.
    contract : Contract
        Of the activities, with the user's own words.
    """

    connection: Any
    latest: datetime
    contract: Contract

    @property
    def con(self) -> Any:
        """The plain DuckDB connection."""
        return self.connection.con

    def months(self) -> list[RowGroup]:
        """The rows of each month that can be folded, as parts of the log: what is new in rows that are in no file.

        A month is folded again unless it has as many rows as before, and the sums of two 64-bit hashes of all that the
        fold reads of each row are the same, in whatever order the rows are. A row that is known later counts from then.
        """
        cells = "lead, account, type, direction, occurred, known"
        found = self.con.execute(
            f"""
            SELECT count(*), sum(hash({cells})::HUGEINT), sum(hash({literal("again")}, {cells})::HUGEINT),
                (min(occurred)::DATE - {_EPOCH})::INTEGER, (max(occurred)::DATE - {_EPOCH})::INTEGER
            FROM log_rows WHERE {self.sound} GROUP BY date_trunc('month', occurred) ORDER BY 4
            """
        ).fetchall()
        return [RowGroup(f"{rows} {one} {two}", first, last, rows) for rows, one, two, first, last in found]

    def fold(self, stretch: Stretch) -> None:
        """Fold the rows of some days: to one per actor, kind and day; our own touches to one per actor and month."""
        con = self.con
        within = "true"
        if stretch.begin != LONG_AGO:
            within = f"occurred >= '{calendar_date(stretch.begin)}' AND occurred < '{calendar_date(stretch.end)}'"
        within = f"{within} AND {self.sound}"
        self.list_spellings(within)
        # By type only where that matters: most logs say the direction, and are counted by day alone.
        kind = f"CASE WHEN coalesce(direction, '') IN ({self._by_type()}) THEN kind END" if self._by_type() else "NULL"
        con.execute(
            f"""
            INSERT INTO kept.directions
            SELECT written.direction, meant, empty, written.kind, day, touches, last_known
            FROM (
                SELECT coalesce(direction, '') AS direction, {kind} AS kind,
                    (occurred::DATE - {_EPOCH})::INTEGER AS day, count(*) AS touches, max(known) AS last_known
                FROM log_rows JOIN spelled_types USING (type) WHERE {within} GROUP BY ALL
            ) written JOIN spelled_directions USING (direction)
            """
        )
        newest, folded = {column: self._newest(column) for column in ("lead", "account")}, self._folded(within, "")
        if folded < self._sound_rows(stretch):
            # Some rows name a lead or account that no table has: number these ids too, and fold their rows.
            intern(con, "account_ids", f"SELECT account AS id FROM log_rows WHERE {within}")
            intern(con, "lead_ids", f"SELECT lead AS id, account FROM log_rows WHERE {within}")
            self._folded(within, f"AND (lead_no > {newest['lead']} OR a.no > {newest['account']})")

    def _newest(self, column: str) -> int:
        return int(self.con.execute(f"SELECT coalesce(max(no), 0) FROM kept.{column}_ids").fetchall()[0][0])

    def _sound_rows(self, stretch: Stretch) -> int:
        rows = "SELECT coalesce(sum(touches), 0) FROM kept.directions WHERE day >= ? AND day < ?"
        return int(self.con.execute(rows, [stretch.begin, stretch.end]).fetchall()[0][0])

    def _folded(self, within: str, extra: str) -> int:
        """Fold the rows whose ids all have numbers, and count these rows."""
        con = self.con
        directions = con.execute("SELECT direction, meant, empty FROM spelled_directions ORDER BY ALL").fetchall()
        # There are few spellings: to compare them one by one is faster than a join.
        spellings = " ".join(
            f"WHEN {literal(word)} THEN "
            + (str(meant == "inbound") if meant is not None else "inbound_if_empty" if empty else "inbound_if_unknown")
            for word, meant, empty in directions
        )
        inbound = f"CASE coalesce(direction, '') {spellings} END" if spellings else "NULL"
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE folded AS
            SELECT (coalesce(lead_no, 0)::BIGINT << 32) | coalesce(usual, a.no, 0) AS actor,
                CASE WHEN {inbound} THEN code * {_DAYS} + (occurred::DATE - {_EPOCH})::INTEGER + {_MIDDLE}
                     ELSE -(12 * year(occurred) + month(occurred) - 1)::INTEGER END AS what,
                min((known::DATE - {_EPOCH})::INTEGER) AS known_day, count(*)::INTEGER AS touches
            FROM (
                SELECT log_rows.*, l.no AS lead_no,
                    CASE WHEN log_rows.account = l.account THEN account_no END AS usual
                FROM log_rows LEFT JOIN kept.lead_ids l ON lead = l.id
            ) named JOIN spelled_types USING (type)
                -- Most rows name the account that is usual for their lead: only the others need a look-up.
                LEFT JOIN kept.account_ids a ON CASE WHEN usual IS NULL THEN named.account END = a.id
            WHERE {within} AND (lead IS NULL OR lead_no IS NOT NULL)
                AND (named.account IS NULL OR usual IS NOT NULL OR a.no IS NOT NULL) {extra}
            GROUP BY ALL
            """
        )
        con.execute(
            f"""
            INSERT INTO kept.days
            SELECT actor, kind,
                CASE WHEN what >= 0 THEN what % {_DAYS} - {_MIDDLE}
                     ELSE make_date(-what // 12, -what % 12 + 1, 1) - {_EPOCH} END AS day, known_day, touches
            FROM folded LEFT JOIN (SELECT DISTINCT code, kind FROM spelled_types) ON code = what // {_DAYS}
            """
        )
        return int(con.execute("SELECT coalesce(sum(touches), 0) FROM folded").fetchall()[0][0])

    def count_actors(self, stretches: Sequence[Stretch]) -> None:
        """Bring the sums of `kept.actors` up to date, for the days that were removed and folded again.

        Parameters
        ----------
        stretches : sequence of Stretch
            What `stale` gave, which removed the days in this transaction.
        """
        con = self.con
        within = " OR ".join(f"(day >= {stretch.begin} AND day < {stretch.end})" for stretch in stretches) or "false"
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE counted_actors AS
            SELECT actor, more + coalesce(touches, 0) AS touches FROM (
                SELECT actor, sum(touches)::BIGINT AS more FROM (
                    SELECT actor, touches FROM kept.days WHERE {within}
                    UNION ALL SELECT actor, -touches FROM removed_days
                ) GROUP BY actor HAVING more <> 0
            ) LEFT JOIN kept.actors USING (actor)
            """
        )
        con.execute("DELETE FROM kept.actors WHERE actor IN (SELECT actor FROM counted_actors)")
        con.execute("INSERT INTO kept.actors FROM counted_actors WHERE touches > 0")
        for table in ("removed_days", "counted_actors"):
            con.execute(f"DROP TABLE {table}")

    def list_actors(self, view: str) -> None:
        """List the actors in a temporary view: `actor`, `touches`, and the ids `lead` and `account` as written.

        Parameters
        ----------
        view : str
        """
        self.con.execute(
            f"CREATE OR REPLACE TEMP VIEW {view} AS "
            "SELECT actor, touches, l.id AS lead, a.id AS account FROM kept.actors "
            "LEFT JOIN kept.lead_ids l ON actor >> 32 = l.no LEFT JOIN kept.account_ids a ON actor & 4294967295 = a.no"
        )

    def list_spellings(self, within: str) -> None:
        """List the spellings of types and directions with their meaning: `spelled_types`, `spelled_directions`."""
        con, connection = self.con, self.connection
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE words AS SELECT DISTINCT type, direction FROM log_rows WHERE {within}"
        )
        con.execute("CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT type FROM words")
        types = connection.table("written")
        kinds = types.mutate(kind=cells.text(types.type)).filter(ibis._.kind.notnull())
        for unknown, name in (("", "inbound_if_empty"), ("?", "inbound_if_unknown")):
            written = kinds.mutate(
                activity_type=kinds.kind,
                direction=ibis.null("string"),
                **{"direction" + AS_EXPORTED: ibis.literal(unknown).nullif("")},
            )
            prepared = self.contract.prepare(written, self.latest)
            kinds = prepared.mutate(**{name: prepared.direction == "inbound"}).select(*kinds.columns, name)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE spelled_types AS "
            f"SELECT *, (dense_rank() OVER (ORDER BY kind))::INTEGER AS code FROM ({sql(kinds)})"
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT coalesce(direction, '') AS direction FROM words"
        )
        written = connection.table("written")
        empty = cells.text(written.direction).isnull()
        meant = self.contract.fields["direction"].read(written.direction)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE spelled_directions AS "
            f"{sql(written.select('direction', empty=empty, meant=meant))}"
        )

    def _by_type(self) -> str:
        """The spellings of directions that are empty or unknown, so that the type of activity tells who acts."""
        found = self.con.execute("SELECT direction FROM spelled_directions WHERE meant IS NULL ORDER BY ALL").fetchall()
        return ", ".join(literal(word) for (word,) in found)

    @property
    def sound(self) -> str:
        """The condition on the times of a row under which it can be folded."""
        latest = self.latest.isoformat(" ")
        return (
            f"occurred >= TIMESTAMP '1880-01-01' AND occurred <= TIMESTAMP '{latest}' AND known <= TIMESTAMP '{latest}'"
        )
