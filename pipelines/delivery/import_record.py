"""What is recorded of an import: the outcome of each id in its night, and counts that add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipelines.delivery.result_matching import files_of, nights_of
from scoring.crm.known import CONNECTORS

if TYPE_CHECKING:
    from pipelines.delivery.result_files import Results
    from pipelines.delivery.sent_file import SentFile
    from pipelines.store.ledger import Night

#: Record ids in an error. They are removed, because with them one error would look like many.
RECORD = rf"\b(?:{'|'.join(crm.record_id for crm in CONNECTORS.values() if crm.record_id)})\b"
#: The most reasons of refusals that are shown and kept.
SHOWN = 5
#: What is recorded of a row whose result is not known: it counts as refused, so that it is sent again.
NOT_KNOWN = "the result is not known"


@dataclass(frozen=True)
class Import:
    """The record of one results file.

    Attributes
    ----------
    crm, entity : str
    nights : tuple of str
        The nights whose scores were imported.
    taken, failed, unknown : int
        Numbers of rows, which add up to all rows of the results, or of the file that was sent if it was given.
    errors : tuple of (str, int)
        The most frequent reasons of refusals, with the number of rows of each.
    blank : int
        Rows of the results without an id.
    strange : int
        Rows that are of no night in the ledger. They are not recorded.
    apart : int
        Rows of the results that are not in the file that was sent. They are not recorded.
    again : int
        Ids whose result is not known, and which are sent again.
    settled : int
        Ids whose result is not known here, but from an earlier result of their night, which stays.
    warnings : tuple of (str, int)
        The most frequent reasons why a part of a row was not taken, with the number of rows of each.
    """

    crm: str
    entity: str
    nights: tuple[str, ...]
    taken: int
    failed: int
    unknown: int
    errors: tuple[tuple[str, int], ...]
    blank: int = 0
    strange: int = 0
    apart: int = 0
    again: int = 0
    settled: int = 0
    warnings: tuple[tuple[str, int], ...] = ()


def make_outcomes(
    connection: Any,
    results: Results,
    past: Sequence[Night],
    entity: str,
    now: datetime,
    order: int,
    earlier: Sequence[str],
    sent: SentFile | None,
) -> Import:
    """Make the table `outcomes` with a row for each id and night, and count it.

    An id is refused in a night if any row of it was refused. If the results have refused rows without an id, everybody
    of their nights whose result is not known counts as not taken: one of them was refused.

    Parameters
    ----------
    connection : DuckDB connection
        With the tables that `matched_results` made.
    results : Results
    past : sequence of Night
        Those in the ledger, oldest first.
    entity : {'account', 'lead'}
    now : datetime
    order : int
        The number of this import.
    earlier : sequence of str
        The Parquet files of earlier imports.
    sent : SentFile, optional
        The file that was sent, if it was given.
    """
    connection.execute("CREATE TABLE night_names (sequence BIGINT, night VARCHAR)")
    connection.executemany("INSERT INTO night_names VALUES (?, ?)", [(night.sequence, night.name) for night in past])
    connection.execute(
        f"""
        CREATE TABLE named AS SELECT unit, sequence,
            CASE WHEN bool_or(NOT took) THEN FALSE WHEN count(took) < count(*) THEN NULL ELSE TRUE END AS took,
            min(error) FILTER (took IS NOT TRUE) AS error, min(error) FILTER (took) AS warning, count(*) AS times
        FROM rows_{entity} AS answers JOIN matched_{entity} AS matches USING (unit)
        WHERE answers.stamp IS NOT DISTINCT FROM matches.stamp GROUP BY unit, sequence
        """
    )
    crm = results.profile.name
    settled = _add_untold(connection, results, past, entity, earlier, sent)
    connection.execute(
        f"""
        CREATE TABLE outcomes AS SELECT '{crm}' AS crm, '{entity}' AS entity, unit, night, sequence,
            coalesce(took, FALSE) AS took,
            CASE WHEN took IS NULL THEN '{NOT_KNOWN}' WHEN NOT took THEN coalesce(error, 'no reason given')
            END AS error,
            TIMESTAMP '{now:%Y-%m-%d %H:%M:%S}' AS imported_at, CAST({order} AS BIGINT) AS "order"
        FROM named JOIN night_names USING (sequence) ORDER BY unit, sequence
        """
    )
    return replace(_counted(connection, crm, entity), settled=settled)


def _add_untold(
    connection: Any,
    results: Results,
    past: Sequence[Night],
    entity: str,
    earlier: Sequence[str],
    sent: SentFile | None,
) -> int:
    """Add those who may be the refused rows without an id; take back and count what earlier results know better."""
    connection.execute("CREATE TABLE known_before (unit VARCHAR, sequence BIGINT)")
    if earlier:
        connection.execute(
            f"INSERT INTO known_before SELECT DISTINCT unit, sequence FROM read_parquet($files) "
            f"WHERE crm = '{results.profile.name}' AND entity = '{entity}' AND error IS DISTINCT FROM '{NOT_KNOWN}'",
            {"files": list(earlier)},
        )
    query = f"SELECT count(*) FROM rows_{entity} WHERE unit IS NULL AND took IS NOT TRUE"
    if sent is None and connection.execute(query).fetchone()[0]:
        column, wrapping = f"{entity}_id", results.profile.columns[entity][0].wrapping
        unit = f"regexp_replace({column}, '{wrapping}', '', 'g')" if wrapping else column
        for night in nights_of(connection, results, past, entity):
            if not (files := files_of(night, entity)):
                continue
            connection.execute(
                f"""
                INSERT INTO named SELECT DISTINCT {unit} AS unit, {night.sequence}, NULL, NULL, NULL, 0
                FROM read_parquet($files, union_by_name = true) WHERE {unit} NOT IN
                    (SELECT unit FROM named WHERE sequence = {night.sequence})
                """,
                {"files": files},
            )
    query = "DELETE FROM named WHERE took IS NULL AND (unit, sequence) IN (FROM known_before)"
    return int(connection.execute(query).fetchone()[0])


def _counted(connection: Any, crm: str, entity: str) -> Import:
    taken, failed, again = connection.execute(
        "SELECT coalesce(sum(times) FILTER (took), 0), coalesce(sum(times) FILTER (NOT took), 0), "
        "count(*) FILTER (took IS NULL) FROM named",
    ).fetchone()
    (rows,) = connection.execute(f"SELECT count(*) FROM rows_{entity}").fetchone()
    (blank,) = connection.execute(f"SELECT count(*) FROM named_{entity} WHERE unit IS NULL").fetchone()
    (strange,) = connection.execute(
        f"SELECT count(*) FROM rows_{entity} WHERE unit IS NOT NULL AND (unit, coalesce(CAST(stamp AS VARCHAR), '')) "
        f"NOT IN (SELECT (unit, coalesce(CAST(stamp AS VARCHAR), '')) FROM matched_{entity})"
    ).fetchone()
    (apart,) = connection.execute(
        f"SELECT count(*) FROM named_{entity} WHERE unit NOT IN (SELECT unit FROM rows_{entity} WHERE unit IS NOT NULL)"
    ).fetchone()
    names = connection.execute(
        "SELECT night FROM named JOIN night_names USING (sequence) GROUP BY night ORDER BY any_value(sequence)"
    ).fetchall()
    return Import(
        crm=crm,
        entity=entity,
        nights=tuple(name for (name,) in names),
        taken=int(taken),
        failed=int(failed),
        unknown=rows - int(taken) - int(failed),
        errors=_reasons(connection, "coalesce(error, 'no reason given')", "NOT took"),
        blank=blank,
        strange=strange,
        apart=apart,
        again=again,
        warnings=_reasons(connection, "warning", "took AND warning IS NOT NULL"),
    )


def _reasons(connection: Any, text: str, which: str) -> tuple[tuple[str, int], ...]:
    query = f"""
        SELECT regexp_replace({text}, '{RECORD}', '(id)', 'g') AS reason, sum(times)::BIGINT AS times FROM named
        WHERE {which} GROUP BY reason ORDER BY times DESC, reason LIMIT {SHOWN}
    """
    return tuple(connection.execute(query).fetchall())


def say_recorded(result: Import, name: str, say: Callable[[str], None]) -> None:
    """Say what was recorded.

    Parameters
    ----------
    result : Import
    name : str
        The file's name.
    say : callable
        Takes each line.
    """
    nights, entities = ", ".join(result.nights) or "no night", f"{result.entity}s"
    rows = result.taken + result.failed + result.unknown
    say(f"{name}: of {nights}, {result.crm} took {result.taken:,} {entities} and refused {result.failed:,}")
    say(f"  {rows:,} rows = {result.taken:,} taken + {result.failed:,} refused + {result.unknown:,} unknown")
    for reason, count in result.errors:
        say(f"  {count:>7,}  {reason}")
    for reason, count in result.warnings:
        say(f"  {count:>7,}  taken with a warning: {reason}")
    if result.blank:
        say(f"  {result.blank:,} rows have no id: the results do not say whose they are")
    if result.strange:
        say(f"  {result.strange:,} rows are of no night in the ledger and were left out")
    if result.apart:
        say(f"  {result.apart:,} rows of the results are not in the file that was sent and were left out")
    if result.failed:
        say("  the refused ones go into the changes of the next night")
    if result.settled:
        say(f"  for {result.settled:,} {entities} an earlier result of this night is more precise and is kept")
    if result.again:
        say(
            f"  of {result.again:,} {entities} the result is not known: they count as not taken and go into the "
            "changes of the next night, until a result names them"
        )
