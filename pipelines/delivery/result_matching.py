"""The match of results to nights, by ids and stamps: the CRM gives back only columns that it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.delivery.result_files import TABLE
from pipelines.errors import BadInput, UsageError
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.entity import asked_entities

if TYPE_CHECKING:
    from pipelines.delivery.result_files import Results
    from pipelines.store.ledger import Night

#: The columns that name the night of a row, the most exact first, and their types.
STAMPS = (("scored_at", "TIMESTAMP"), ("as_of", "DATE"))


def matched(connection: Any, results: Results, past: Sequence[Night], asked: str | None, name: str) -> str:
    """Find the entity of the results, and the night in which each of their ids was sent.

    The nights are in the table `matched_<entity>`, which is created here: `unit` (the id), `stamp`, and `sequence`, the
    number of the night.

    Parameters
    ----------
    connection : DuckDB connection
        With the table `result_rows`.
    results : Results
    past : sequence of Night
        Those in the ledger, oldest first.
    asked : str, optional
        The entity that it must be.
    name : str
        The file's name, for errors.

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
    candidates = [entity for entity in possible if entity in asked_entities(asked)]
    if not candidates:
        raise UsageError(f"{name} is not of {asked}s: its columns are those of {' or '.join(possible)}s")
    hits = {}
    for entity in candidates:
        _match(connection, results, [night for night in past if night.has(entity)], entity)
        hits[entity] = connection.execute(f"SELECT count(*) FROM matched_{entity}").fetchone()[0]
    best = max(hits.values())
    if not best:
        days = f"{past[0].as_of} to {past[-1].as_of}" if past else "none"
        raise BadInput(f"no row of {name} is of a night in the ledger (nights: {days}); is it of another store?")
    most_hits = [entity for entity, count in hits.items() if count == best]
    if len(most_hits) > 1:
        raise UsageError(f"{name} may be of accounts or of leads; say which with --entity")
    return most_hits[0]


def stamp_of(results: Results, entity: str) -> str:
    """The SQL expression of the stamp of a row, which names its night: a time, a day, or null.

    Parameters
    ----------
    results : Results
    entity : {'account', 'lead'}
    """
    stamp = _stamp(results, entity)
    return f"try_cast({stamp[1]} AS {stamp[2]})" if stamp else "CAST(NULL AS TIMESTAMP)"


def _stamp(results: Results, entity: str) -> tuple[str, str, str] | None:
    """The column of the score table that names the night, its cell in the results, and its type."""
    for source, kind in STAMPS:
        header = results.profile.header(entity, source)
        cell = results.cell(header) if header else None
        if cell:
            return source, cell, kind
    return None


def _named_by(night: Night, column: str) -> str:
    """The stamp of a night in one of the columns."""
    return night.record.moment if column == "scored_at" else night.as_of.isoformat()


def _match(connection: Any, results: Results, past: Sequence[Night], entity: str) -> None:
    """Make `asked_<entity>`, each id of the results with its stamp, and `matched_<entity>`, those of a known night.

    Zoho gives back only the first three columns. If they hold no stamp, the night is the newest in which the id was
    scored or retired. Of two nights of one day it is the newer one, too.
    """
    stamp, asked, matches = _stamp(results, entity), f"asked_{entity}", f"matched_{entity}"
    connection.execute(
        f"CREATE TABLE {asked} AS SELECT DISTINCT {results.key(entity)} AS unit, {stamp_of(results, entity)} AS stamp "
        f"FROM {TABLE}"
    )
    connection.execute(f"CREATE TABLE {matches} AS SELECT *, 0::BIGINT AS sequence FROM {asked} LIMIT 0")
    # The CRM gives ids back as it was sent them.
    column, wrapping = f"{entity}_id", results.profile.columns[entity][0].wrapping
    sent = f"regexp_replace({column}, '{wrapping}', '', 'g')" if wrapping else column
    for night in reversed(past):
        files = [str(file) for file in (night.scores(entity), night.retired(entity)) if not fault_of(file, (column,))]
        if not files:
            continue
        same = f"stamp = CAST($stamp AS {stamp[2]})" if stamp else "CAST($stamp AS VARCHAR) IS NULL"
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
