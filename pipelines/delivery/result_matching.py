"""Which night, and which entity, the rows of a results file are of: the CRM gives back what it was sent, no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.errors import BadInput, UsageError

if TYPE_CHECKING:
    from pipelines.delivery.result_files import Results
    from pipelines.store.ledger import Night

#: What names the night in a row, the surest first, and its type.
STAMPS = (("scored_at", "TIMESTAMP"), ("as_of", "DATE"))


def matched(engine: Any, results: Results, past: Sequence[Night], asked: str | None, name: str) -> str:
    """Find the entity that the rows in `given` are of, and make `told_<entity>`: which night each id was sent in.

    Parameters
    ----------
    engine : DuckDB connection
        With the table `given`.
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
        The one that more of the ids are of.

    Raises
    ------
    BadInput
        If no row is of any night.
    UsageError
        If the file is not of the entity asked for, or as much of one as of the other.
    """
    possible = results.entities()
    candidates = [entity for entity in possible if asked in (None, "both", entity)]
    if not candidates:
        raise UsageError(f"{name} is not of {asked}s: its columns are those of {' or '.join(possible)}s")
    hits = {}
    for entity in candidates:
        _find(engine, results, [night for night in past if night.has(entity)], entity)
        hits[entity] = engine.execute(f"SELECT count(*) FROM told_{entity}").fetchone()[0]
    best = max(hits.values())
    if not best:
        days = f"{past[0].as_of} to {past[-1].as_of}" if past else "none"
        raise BadInput(f"no row of {name} is of a night in the ledger (nights: {days}): is it of another store?")
    found = [entity for entity, count in hits.items() if count == best]
    if len(found) > 1:
        raise UsageError(f"{name} may be of accounts and of leads: say which with --entity")
    return found[0]


def stamp_of(results: Results, entity: str) -> str:
    """The SQL expression of what names a row's night: a time, a day, or nothing."""
    found = _stamp(results, entity)
    return f"try_cast({found[1]} AS {found[2]})" if found else "CAST(NULL AS TIMESTAMP)"


def _stamp(results: Results, entity: str) -> tuple[str, str, str] | None:
    """The column of the score table that names the night, its cell in the results, and its type."""
    for source, kind in STAMPS:
        header = results.profile.header(entity, source)
        cell = results.cell(header) if header else None
        if cell:
            return source, cell, kind
    return None


def _named_by(night: Night, column: str) -> str:
    """What a night has in one of the columns that name it."""
    return night.record.moment if column == "scored_at" else night.as_of.isoformat()


def _find(engine: Any, results: Results, past: Sequence[Night], entity: str) -> None:
    """Make `sent_<entity>`, each id of the file and its stamp, and `told_<entity>`, with the number of its night.

    Zoho gives back the first three columns only. Where no stamp is among them, it is the newest night that the id
    was scored or retired in. Of two nights of one day it is the newer one, too.
    """
    stamp, sent, told = _stamp(results, entity), f"sent_{entity}", f"told_{entity}"
    engine.execute(
        f"CREATE TABLE {sent} AS SELECT DISTINCT {results.key(entity)} AS unit, {stamp_of(results, entity)} AS stamp "
        "FROM given"
    )
    engine.execute(f"CREATE TABLE {told} AS SELECT *, 0::BIGINT AS sequence FROM {sent} LIMIT 0")
    for night in reversed(past):
        files = [str(file) for file in (night.scores(entity), night.retired(entity)) if file.is_file()]
        meant = f"stamp = CAST($stamp AS {stamp[2]})" if stamp else "CAST($stamp AS VARCHAR) IS NULL"
        engine.execute(
            f"""
            INSERT INTO {told} SELECT unit, stamp, {night.sequence} FROM {sent} AS s WHERE {meant}
                AND unit IN (SELECT {entity}_id FROM read_parquet($files, union_by_name = true))
                AND NOT EXISTS (FROM {told} AS t WHERE t.unit = s.unit AND t.stamp IS NOT DISTINCT FROM s.stamp)
            """,
            {"files": files, "stamp": _named_by(night, stamp[0]) if stamp else None},
        )
        if engine.execute(f"SELECT (SELECT count(*) FROM {sent}) = (SELECT count(*) FROM {told})").fetchone()[0]:
            break
