"""The match of results to nights, by ids and stamps: the CRM gives back only columns that it was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.delivery.result_files import TABLE
from pipelines.delivery.sent_file import SENT
from pipelines.errors import BadInput, UsageError
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.entity import asked_entities

if TYPE_CHECKING:
    from pipelines.delivery.result_files import Results
    from pipelines.delivery.sent_file import SentFile
    from pipelines.store.ledger import Night
    from scoring.crm.profile import Profile

#: The columns that name the night of a row, the most exact first, and their types.
STAMPS = (("scored_at", "TIMESTAMP"), ("as_of", "DATE"))


def matched_results(
    connection: Any, results: Results, past: Sequence[Night], asked: str | None, name: str, sent: SentFile | None = None
) -> str:
    """Find the entity of the results, and the night in which each of their rows was sent.

    The rows are in the table `rows_<entity>`, which is created here: `unit` (the id; null for none), `stamp`, `took`
    (null where it is not known) and `error`. With the file that was sent they are its rows, and those that the results
    do not name have the result of the rest. The nights are in `matched_<entity>`: `unit`, `stamp`, and `sequence`, the
    number of the night.

    Parameters
    ----------
    connection : DuckDB connection
        With the table `result_rows`, and `sent_rows` if there is a file that was sent.
    results : Results
    past : sequence of Night
        Those in the ledger, oldest first.
    asked : str, optional
        The entity that it must be.
    name : str
        The file's name, for errors.
    sent : SentFile, optional

    Returns
    -------
    str
        The entity that has more of the ids.

    Raises
    ------
    BadInput
        If no row is of any night.
    UsageError
        If the file is not of the entity asked for, or if both entities have as many of the ids.
    """
    possible = results.entities()
    if sent is not None:
        possible = [entity for entity in possible if entity in sent.entities(results.profile)]
    if results.entity:
        possible = [entity for entity in possible if entity == results.entity]
    candidates = [entity for entity in possible if entity in asked_entities(asked)]
    if not candidates:
        raise UsageError(f"{name} is not of {asked or 'account'}s: it is of {' or '.join(possible) or 'no entitie'}s")
    hits = {}
    for entity in candidates:
        _read_rows(connection, results, entity, sent)
        _match(connection, results, [night for night in past if night.has(entity)], entity)
        hits[entity] = connection.execute(f"SELECT count(*) FROM matched_{entity}").fetchone()[0]
    best = max(hits.values())
    if not best and not (len(candidates) == 1 and _stamped(connection, results, past, candidates[0])):
        days = f"{past[0].as_of} to {past[-1].as_of}" if past else "none"
        raise BadInput(f"no row of {name} is of a night in the ledger (nights: {days}); is it of another store?")
    most_hits = [entity for entity, count in hits.items() if count == best]
    if len(most_hits) > 1:
        raise UsageError(f"{name} may be of accounts or of leads; say which with --entity")
    return most_hits[0]


def nights_of(connection: Any, results: Results, past: Sequence[Night], entity: str) -> list[Night]:
    """List the nights that the rows are of, whether their ids are known or blank.

    Parameters
    ----------
    connection : DuckDB connection
        With the tables that `matched_results` made.
    results : Results
    past : sequence of Night
    entity : {'account', 'lead'}
    """
    found = {number for (number,) in connection.execute(f"SELECT DISTINCT sequence FROM matched_{entity}").fetchall()}
    stamped = {night.sequence for night in _stamped(connection, results, past, entity)}
    return [night for night in past if night.sequence in found | stamped]


def _stamped(connection: Any, results: Results, past: Sequence[Night], entity: str) -> list[Night]:
    """The nights of the rows without an id, by their stamps."""
    stamp = _stamp(results.profile, results.cell, entity)
    query = f"SELECT DISTINCT CAST(stamp AS VARCHAR) FROM rows_{entity} WHERE unit IS NULL AND stamp IS NOT NULL"
    stamps = {text for (text,) in connection.execute(query).fetchall()}
    if stamp is None or not stamps:
        return []
    cast = f"SELECT CAST(CAST($stamp AS {stamp[2]}) AS VARCHAR)"
    return [
        night
        for night in past
        if night.has(entity) and connection.execute(cast, {"stamp": _named_by(night, stamp[0])}).fetchone()[0] in stamps
    ]


def _stamp(profile: Profile, cell: Callable[[str], str | None], entity: str) -> tuple[str, str, str] | None:
    """The column of the score table that names the night, its cell in a table, and its type."""
    for source, kind in STAMPS:
        header = profile.header(entity, source)
        found = cell(header) if header else None
        if found:
            return source, found, kind
    return None


def _cast(stamp: tuple[str, str, str] | None) -> str:
    return f"try_cast({stamp[1]} AS {stamp[2]})" if stamp else "CAST(NULL AS TIMESTAMP)"


def _named_by(night: Night, column: str) -> str:
    """The stamp of a night in one of the columns."""
    return night.record.moment if column == "scored_at" else night.as_of.isoformat()


def _read_rows(connection: Any, results: Results, entity: str, sent: SentFile | None) -> None:
    """Make `rows_<entity>`. If a refused row cannot be told, nothing is known of those that are not named either."""
    stamp = _cast(_stamp(results.profile, results.cell, entity))
    named = f"named_{entity}"
    connection.execute(
        f"CREATE TABLE {named} AS SELECT {results.key(entity)} AS unit, {stamp} AS stamp, {results.took} AS took, "
        f"{results.error} AS error FROM {TABLE}"
    )
    if sent is None:
        connection.execute(f"CREATE TABLE rows_{entity} AS FROM {named}")
        return
    query = f"SELECT count(*) FROM {named} WHERE unit IS NULL AND took IS NOT TRUE"
    untold = connection.execute(query).fetchone()[0]  # one of the rows that are not named was refused
    rest = "NULL" if results.kind.rest is None or (results.kind.rest and untold) else str(results.kind.rest).upper()
    key = sent.cell(results.profile.columns[entity][0].header)
    stamp = _cast(_stamp(results.profile, sent.cell, entity))
    connection.execute(
        f"""
        CREATE TABLE rows_{entity} AS
        WITH known AS (
            SELECT unit, min(error) AS error,
                CASE WHEN bool_or(NOT took) THEN FALSE WHEN count(took) < count(*) THEN NULL ELSE TRUE END AS took
            FROM {named} WHERE unit IS NOT NULL GROUP BY unit
        )
        SELECT nullif(trim(s.{key}), '') AS unit, {stamp} AS stamp,
            CASE WHEN known.unit IS NULL THEN {rest} ELSE known.took END AS took,
            CASE WHEN known.unit IS NOT NULL THEN known.error WHEN {rest} IS FALSE THEN {results.rest_error}
            END AS error
        FROM {SENT} AS s LEFT JOIN known ON known.unit = nullif(trim(s.{key}), '')
        """
    )


def _match(connection: Any, results: Results, past: Sequence[Night], entity: str) -> None:
    """Make `asked_<entity>`, each id of the results with its stamp, and `matched_<entity>`, those of a known night.

    Zoho gives back only the first three columns. If they hold no stamp, the night is the newest in which the id was
    scored or retired. Of two nights of one day it is the newer one, too.
    """
    stamp, asked, matches = _stamp(results.profile, results.cell, entity), f"asked_{entity}", f"matched_{entity}"
    connection.execute(f"CREATE TABLE {asked} AS SELECT DISTINCT unit, stamp FROM rows_{entity} WHERE unit IS NOT NULL")
    connection.execute(f"CREATE TABLE {matches} AS SELECT *, 0::BIGINT AS sequence FROM {asked} LIMIT 0")
    # The CRM gives ids back as it was sent them.
    column, wrapping = f"{entity}_id", results.profile.columns[entity][0].wrapping
    sent = f"regexp_replace({column}, '{wrapping}', '', 'g')" if wrapping else column
    for night in reversed(past):
        if not (files := files_of(night, entity)):
            continue
        same = f"(stamp IS NULL OR stamp = CAST($stamp AS {stamp[2]}))" if stamp else "CAST($stamp AS VARCHAR) IS NULL"
        connection.execute(
            f"""
            INSERT INTO {matches} SELECT unit, stamp, {night.sequence} FROM {asked} AS a WHERE {same}
                AND unit IN (SELECT {sent} FROM read_parquet($files, union_by_name = true))
                AND NOT EXISTS (FROM {matches} AS m WHERE m.unit = a.unit AND m.stamp IS NOT DISTINCT FROM a.stamp)
            """,
            {"files": files, "stamp": _named_by(night, stamp[0]) if stamp else None},
        )
        counts = f"SELECT (SELECT count(*) FROM {asked}) = (SELECT count(*) FROM {matches})"
        if connection.execute(counts).fetchone()[0]:
            break


def files_of(night: Night, entity: str) -> list[str]:
    """The files of the ledger with the ids that a night scored, and with those that it cleared."""
    files = (night.scores(entity), night.retired(entity))
    return [str(file) for file in files if not fault_of(file, (f"{entity}_id",))]
