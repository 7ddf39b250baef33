"""The fold from rows of activities to engagement days, in DuckDB, a stretch of days at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from pipelines.intake.engagement_cache import LONG_AGO, Stretch, intern
from scoring.contracts import cells
from scoring.contracts.crm import ACTIVITIES
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
    """

    connection: Any
    latest: datetime

    @property
    def con(self) -> Any:
        """The plain DuckDB connection."""
        return self.connection.con

    def fold(self, stretch: Stretch) -> None:
        """Fold the rows of some days: to one per actor, kind and day; our own touches to one per actor and month."""
        con = self.con
        within = "true"
        if stretch.begin != LONG_AGO:
            within = f"occurred >= '{calendar_date(stretch.begin)}' AND occurred < '{calendar_date(stretch.end)}'"
        within = f"{within} AND {self.sound}"
        self.list_spellings(within)
        con.execute(
            f"""
            INSERT INTO kept.spellings
            SELECT written.direction, meant, empty, day, touches, last_known
            FROM (
                SELECT coalesce(direction, '') AS direction, (occurred::DATE - {_EPOCH})::INTEGER AS day,
                    count(*) AS touches, max(known) AS last_known
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
        rows = "SELECT coalesce(sum(touches), 0) FROM kept.spellings WHERE day >= ? AND day < ?"
        return int(self.con.execute(rows, [stretch.begin, stretch.end]).fetchall()[0][0])

    def _folded(self, within: str, extra: str) -> int:
        """Fold the rows whose ids all have numbers, and count these rows."""
        con = self.con
        directions = con.execute("SELECT direction, inbound FROM spelled_directions ORDER BY ALL").fetchall()
        # There are few spellings: to compare them one by one is faster than a join.
        spellings = " ".join(
            f"WHEN '{word.replace(chr(39), chr(39) * 2)}' THEN {inbound}" for word, inbound in directions
        )
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE folded AS
            SELECT (coalesce(lead_no, 0)::BIGINT << 32) | coalesce(usual, a.no, 0) AS actor,
                CASE WHEN inbound THEN code * {_DAYS} + (occurred::DATE - {_EPOCH})::INTEGER + {_MIDDLE}
                     ELSE -(12 * year(occurred) + month(occurred) - 1)::INTEGER END AS what,
                min((known::DATE - {_EPOCH})::INTEGER) AS known_day, count(*)::INTEGER AS touches
            FROM (
                SELECT log_rows.*, l.no AS lead_no, CASE coalesce(direction, '') {spellings} END AS inbound,
                    CASE WHEN log_rows.account = l.account THEN account_no END AS usual
                FROM log_rows LEFT JOIN kept.lead_ids l ON lead = l.id
            ) named JOIN spelled_types USING (type)
                -- Most rows name the account that is usual for their lead: only the others need a look-up.
                LEFT JOIN kept.account_ids a ON CASE WHEN usual IS NULL THEN named.account END = a.id
            WHERE {within} AND (lead IS NULL OR lead_no IS NOT NULL)
                AND (named.account IS NULL OR usual IS NOT NULL OR a.no IS NOT NULL) AND inbound IS NOT NULL {extra}
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

    def list_spellings(self, within: str) -> None:
        """List the spellings of types and directions with their meaning: `spelled_types`, `spelled_directions`."""
        con, connection = self.con, self.connection
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE words AS SELECT DISTINCT type, direction FROM log_rows WHERE {within}"
        )
        con.execute("CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT type FROM words")
        types = connection.table("written")
        kinds = types.mutate(kind=cells.text(types.type)).filter(ibis._.kind.notnull())
        con.execute(
            "CREATE OR REPLACE TEMP TABLE spelled_types AS "
            f"SELECT type, kind, (dense_rank() OVER (ORDER BY kind))::INTEGER AS code FROM ({sql(kinds)})"
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT coalesce(direction, '') AS direction FROM words"
        )
        written = connection.table("written")
        field = ACTIVITIES.fields["direction"]
        empty = cells.text(written.direction).isnull()
        meant = ibis.ifelse(empty, ibis.literal(field.default), field.read(written.direction))
        directions = written.select("direction", empty=empty, meant=meant, inbound=meant == "inbound")
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE spelled_directions AS {sql(directions.filter(directions.meant.notnull()))}"
        )

    @property
    def sound(self) -> str:
        """The condition on the times of a row under which it can be folded."""
        latest = self.latest.isoformat(" ")
        return (
            f"occurred >= TIMESTAMP '1880-01-01' AND occurred <= TIMESTAMP '{latest}' AND known <= TIMESTAMP '{latest}'"
        )
