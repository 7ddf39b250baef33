"""Folding: rows of activities to engagement days, in DuckDB, some days of the log at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from pipelines.intake.engagement_cache import LONG_AGO, Stretch, intern
from scoring.contracts import cells
from scoring.contracts.crm import ACTIVITIES
from scoring.timeline import calendar_date

#: Kind and day share an integer in a fold. No row is of a day before 1880.
_DAYS, _MIDDLE = 65_536, 32_768
_EPOCH = "DATE '1970-01-01'"


def sql(table: ibis.Table) -> str:
    """An expression as DuckDB's SQL."""
    return str(ibis.to_sql(table, dialect="duckdb"))


@dataclass(frozen=True)
class Fold:
    """The folding of rows into the days that are attached as `kept`.

    The rows are the view `log_rows`: `lead`, `account`, `type`, `direction`, `occurred`, `known`.

    Attributes
    ----------
    connection : ibis DuckDB backend
    latest : datetime
        No time may be after it.
    """

    connection: Any
    latest: datetime

    @property
    def con(self) -> Any:
        """The plain DuckDB connection."""
        return self.connection.con

    def fold(self, stretch: Stretch) -> None:
        """Fold the rows of some days: to one an actor, kind and day, or of ours one an actor and month."""
        con = self.con
        within = "true"
        if stretch.begin != LONG_AGO:
            within = f"occurred >= '{calendar_date(stretch.begin)}' AND occurred < '{calendar_date(stretch.end)}'"
        within = f"{within} AND {self.sound}"
        self.spoken(within)
        con.execute(
            f"""
            INSERT INTO kept.spellings
            SELECT said.direction, meant, empty, day, touches, last_known
            FROM (
                SELECT coalesce(direction, '') AS direction, (occurred::DATE - {_EPOCH})::INTEGER AS day,
                    count(*) AS touches, max(known) AS last_known
                FROM log_rows JOIN spoken_types USING (type) WHERE {within} GROUP BY ALL
            ) said JOIN spoken_directions USING (direction)
            """
        )
        least, folded = {column: self._newest(column) for column in ("lead", "account")}, self._folded(within, "")
        if folded < self._sound_rows(stretch):
            # Some name a lead or account that no table has: number those too, and fold what they name.
            intern(con, "account_ids", f"SELECT account AS id FROM log_rows WHERE {within}")
            intern(con, "lead_ids", f"SELECT lead AS id, account FROM log_rows WHERE {within}")
            self._folded(within, f"AND (lead_no > {least['lead']} OR a.no > {least['account']})")

    def _newest(self, column: str) -> int:
        return int(self.con.execute(f"SELECT coalesce(max(no), 0) FROM kept.{column}_ids").fetchall()[0][0])

    def _sound_rows(self, stretch: Stretch) -> int:
        rows = "SELECT coalesce(sum(touches), 0) FROM kept.spellings WHERE day >= ? AND day < ?"
        return int(self.con.execute(rows, [stretch.begin, stretch.end]).fetchall()[0][0])

    def _folded(self, within: str, those: str) -> int:
        """Fold the rows whose ids all have numbers, and count them."""
        con = self.con
        heard = con.execute("SELECT direction, inbound FROM spoken_directions ORDER BY ALL").fetchall()
        # Words compared one by one take less than a join, and there are a few at most.
        spellings = " ".join(f"WHEN '{word.replace(chr(39), chr(39) * 2)}' THEN {inbound}" for word, inbound in heard)
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
            ) named JOIN spoken_types USING (type)
                -- Few rows name another account than their lead mostly does: the others need no search.
                LEFT JOIN kept.account_ids a ON CASE WHEN usual IS NULL THEN named.account END = a.id
            WHERE {within} AND (lead IS NULL OR lead_no IS NOT NULL)
                AND (named.account IS NULL OR usual IS NOT NULL OR a.no IS NOT NULL) AND inbound IS NOT NULL {those}
            GROUP BY ALL
            """
        )
        con.execute(
            f"""
            INSERT INTO kept.days
            SELECT actor, kind,
                CASE WHEN what >= 0 THEN what % {_DAYS} - {_MIDDLE}
                     ELSE make_date(-what // 12, -what % 12 + 1, 1) - {_EPOCH} END AS day, known_day, touches
            FROM folded LEFT JOIN (SELECT DISTINCT code, kind FROM spoken_types) ON code = what // {_DAYS}
            """
        )
        return int(con.execute("SELECT coalesce(sum(touches), 0) FROM folded").fetchall()[0][0])

    def spoken(self, within: str) -> None:
        """The spellings that occur, beside what is understood by them: `spoken_types`, `spoken_directions`."""
        con, connection = self.con, self.connection
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE words AS SELECT DISTINCT type, direction FROM log_rows WHERE {within}"
        )
        con.execute("CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT type FROM words")
        types = connection.table("written")
        kinds = types.mutate(kind=cells.text(types.type)).filter(ibis._.kind.notnull())
        con.execute(
            "CREATE OR REPLACE TEMP TABLE spoken_types AS "
            f"SELECT type, kind, (dense_rank() OVER (ORDER BY kind))::INTEGER AS code FROM ({sql(kinds)})"
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT coalesce(direction, '') AS direction FROM words"
        )
        written = connection.table("written")
        field = ACTIVITIES.fields["direction"]
        empty = cells.text(written.direction).isnull()
        meant = ibis.ifelse(empty, ibis.literal(field.default), field.read(written.direction))
        heard = written.select("direction", empty=empty, meant=meant, inbound=meant == "inbound")
        con.execute(f"CREATE OR REPLACE TEMP TABLE spoken_directions AS {sql(heard.filter(heard.meant.notnull()))}")

    @property
    def sound(self) -> str:
        """What a row's own times must keep to be folded."""
        latest = self.latest.isoformat(" ")
        return (
            f"occurred >= TIMESTAMP '1880-01-01' AND occurred <= TIMESTAMP '{latest}' AND known <= TIMESTAMP '{latest}'"
        )
