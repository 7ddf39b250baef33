"""The files of one entity's night: the score table, the CRMs' files, and the entry in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import Refused
from pipelines.validation.rejects import write_rejects
from scoring.nights.parts import CrmCounts, EntityCounts

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from scoring.crm.profile import Profile
    from scoring.scores.changes import Thresholds


@dataclass(frozen=True)
class ScoreTable:
    """The scores of one entity, and their sources.

    Attributes
    ----------
    table : ibis.Table, pyarrow.Table or Path
        What `scoring.scores.priority_expressions.prioritised` gives; a path names a parquet file. An expression
        runs once.
    base : float
        The base of the scorecard that made them.
    model_version : str
        The registered version of the model that made them.
    features : ibis.Table or pyarrow.Table, optional
        `unit` and a column for each feature: the input of the scorecard.
    state : callable, optional
        Says why ids are not scored any more: won, gone or other.
    """

    table: ibis.Table | pa.Table | Path
    base: float
    model_version: str
    features: ibis.Table | pa.Table | None = None
    state: Callable[[Sequence[str]], Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Earlier:
    """The Parquet files of what was served before; None if there is no such file.

    Attributes
    ----------
    last, then : Path
        Scores of the last night of earlier facts, and of the one that a trend is measured from.
    served, retired : Path
        Scores of the night that was published last, and who had left by it.
    has_sent : bool
        Whether `served` also tells what the CRM was told. If not, all are sent again.
    refused : mapping of sets
        By CRM, the ids that it refused the last time.
    """

    last: Path | None = None
    then: Path | None = None
    served: Path | None = None
    retired: Path | None = None
    has_sent: bool = True
    refused: Mapping[str, frozenset[str]] | None = None


def entity_files(
    night: Path,
    entry: Path,
    entity: str,
    scored: ScoreTable,
    earlier: Earlier,
    *,
    as_of: int,
    profiles: Sequence[Profile],
    limits: Thresholds,
    retire_days: int,
    asking: AbstractContextManager[Any],
) -> EntityCounts:
    """Write one entity's files to a night's folder and its ledger entry, and count the rows of each.

    Parameters
    ----------
    night : Path
        The folder of the night's files.
    entry : Path
        The folder of its ledger entry.
    entity : {"account", "lead"}
    scored : ScoreTable
    earlier : Earlier
    as_of : int
        Day number of the facts.
    profiles : sequence of Profile
        The CRMs to write files for.
    limits : Thresholds
        From where on a score counts as changed.
    retire_days : int
        Days for which an id stays in the retirements after it left.
    asking : context manager
        Held by the one thread that uses Ibis. Files are written at the same time.

    Raises
    ------
    Refused
        If the scores break their contract.
    """
    import pyarrow as pa

    from pipelines.serving.arrow_tables import collected, write_parquet
    from pipelines.sources.duckdb import connect_beside

    key, name = f"{entity}_id", f"{entity}_scores"
    with ThreadPoolExecutor(1) as pool:
        with asking:
            rows = collected(scored.table, (key, "account_id"), "rank")
            features = None if scored.features is None else collected(scored.features, ("unit",), "unit")
        digests = pool.submit(_write_features, features, rows.column(key), entry / f"{entity}_features.parquet")
        with asking:
            connection = connect_beside(memory_gb=1)  # what is compared is in memory already
            rows, news = _compared(connection, rows, entity, earlier, limits)
            _require_kept(connection, rows, entity, scored.base)
            left = _left(connection, key, earlier, as_of=as_of, keep_days=retire_days)
            left = _with_why(left, key, scored)

        def write_entry() -> None:
            columns = [*rows.columns, *news.columns, digests.result()]
            entry_rows = pa.table(columns, names=[*rows.column_names, *news.column_names, "features_digest"])
            write_parquet(entry_rows, entry / f"{name}.parquet")

        written = pool.submit(write_entry)
        write_parquet(rows, night / f"{name}.parquet")
        write_parquet(left, entry / f"{entity}_retired.parquet")
        counts = _crm_files(night, connection, entity, rows, news.column("changed"), left, earlier, profiles, asking)
        written.result()
    return counts


def _write_features(features: pa.Table | None, units: pa.ChunkedArray, path: Path) -> pa.ChunkedArray:
    """Write the features, and give their digest for each of some units."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from pipelines.serving.arrow_tables import write_parquet
    from scoring.scores.digest import digests, hexadecimal

    if features is None:
        return pa.chunked_array([pa.nulls(len(units), pa.string())])
    indices = pc.index_in(units, value_set=features.column("unit"))
    feature_digests = hexadecimal(digests(features.drop_columns("unit"))).take(indices)
    write_parquet(features, path, compression="zstd", keys=["unit"])
    return feature_digests


def _compared(
    connection: Any, rows: pa.Table, entity: str, earlier: Earlier, limits: Thresholds
) -> tuple[pa.Table, pa.Table]:
    """The rows with the columns that compare with earlier nights; and why each row changed, and what was sent last.

    Raises
    ------
    Refused
        If columns are not those of the contract.
    """
    import ibis.expr.datatypes as dt
    import pyarrow as pa

    from pipelines.serving.arrow_tables import collected
    from scoring.contracts.scores import other_columns, score_columns
    from scoring.scores.changes import SENT, EarlierScores, changed, moved, sent_in

    connection.con.register("scored", rows)
    table, key = connection.table("scored"), f"{entity}_id"
    types = dict(table.schema().items()) | {"score_change": dt.float64, "trend": dt.string}
    if other := other_columns(types, entity):
        raise Refused(f"{entity}_scores break their contract, nothing was published: {'; '.join(other)}")
    # In a new ledger they are the same file, which is then read once.
    past = {path: _read(connection, path) for path in {earlier.last, earlier.then, earlier.served}}
    last, then, served = past[earlier.last], past[earlier.then], past[earlier.served]
    sent = sent_in(served) if served is not None and earlier.has_sent else None
    compared = changed(moved(EarlierScores(last, then, sent).beside(table, key), limits), limits)
    comparison = collected(compared.select("rank", "score_change", "trend", *SENT, "changed"), (), "rank").drop_columns(
        "rank"
    )
    moves = {name: comparison.column(name) for name in ("score_change", "trend")}
    columns = {name: moves[name] if name in moves else rows.column(name) for name in score_columns(entity)}
    return pa.table(columns), comparison.select([*SENT, "changed"])


def _read(connection: Any, path: Path | None) -> ibis.Table | None:
    return None if path is None else connection.read_parquet(path)


def _require_kept(connection: Any, rows: pa.Table, entity: str, base: float) -> None:
    from pipelines.serving.arrow_tables import beside_row_above
    from scoring.contracts.scores import ABOVE, BEFORE, broken_promises

    above = beside_row_above(rows, {BEFORE: "expected_revenue", ABOVE: "rank"})
    connection.con.register("to_publish", above)
    if broken := broken_promises(connection.table("to_publish"), entity, base):
        raise Refused(f"{entity}_scores break their contract, nothing was published: {'; '.join(broken)}")


def _left(connection: Any, key: str, earlier: Earlier, *, as_of: int, keep_days: int) -> pa.Table:
    """The ids that left, and since which day."""
    import pyarrow as pa

    from scoring.scores.changes import retired

    served, before = _read(connection, earlier.served), _read(connection, earlier.retired)
    if served is None and before is None:
        return pa.table({key: pa.array([], pa.string()), "since": pa.array([], pa.int64())})
    return retired(connection.table("scored"), key, served, before, as_of=as_of, keep_days=keep_days).to_pyarrow()


def _with_why(left: pa.Table, key: str, scored: ScoreTable) -> pa.Table:
    import pyarrow as pa

    ids = left.column(key).to_pylist()
    states = scored.state(ids) if scored.state and ids else {}
    return left.append_column("why", pa.array([states.get(unit, "other") for unit in ids], pa.string()))


def _crm_files(
    night: Path,
    connection: Any,
    entity: str,
    rows: pa.Table,
    changed: pa.ChunkedArray,
    left: pa.Table,
    earlier: Earlier,
    profiles: Sequence[Profile],
    asking: AbstractContextManager[Any],
) -> EntityCounts:
    """Write the CRMs' files, the rows that they cannot take to the rejects, and count the rows of each full file."""
    import ibis
    import pyarrow as pa
    import pyarrow.compute as pc

    from pipelines.delivery.cells import ScoreRows, selected
    from pipelines.delivery.files import link_files, write_cells
    from pipelines.delivery.requests import write_requests
    from scoring.crm.profile import STAMPS

    key, news = f"{entity}_id", pc.not_equal(changed, "")
    retired, delivered = len(left), dict[str, CrmCounts]()
    with asking:
        score_rows = ScoreRows(connection, entity, rows)
    stamps = {name: pa.repeat(rows.column(name)[0], len(left)) for name in STAMPS} if len(rows) else {}
    left = pa.table({name: left.column(name) for name in (key, "why")} | stamps) if stamps else left.slice(0, 0)
    for profile in (profile for profile in profiles if entity in profile.columns):
        refused = pa.array(sorted((earlier.refused or {}).get(profile.name, ())), pa.string())
        to_clear = left.filter(pc.not_equal(left.column("why"), "gone")) if profile.whole else left
        for part in (profile, *profile.beside):
            with asking:
                cells, broken = score_rows.cells(part)
                cleared = _cleared(connection, part, entity, to_clear)
            if part is profile:
                sent = cells.column(profile.columns[entity][0].header)
                to_send = pc.or_(news, pc.is_in(sent, value_set=refused)) if len(refused) else news
            kept = pc.is_null(broken)
            full = write_cells(part, entity, "scores", selected(cells, kept), night / profile.name)
            changes = pc.and_(kept, to_send)
            if changes.equals(kept) and not part.zipped:
                link_files(part, entity, "changes", full)
            else:
                write_cells(part, entity, "changes", selected(cells, changes), night / profile.name)
            gone = write_cells(part, entity, "retire", cleared, night / profile.name)
            if part is profile and full.rows < len(rows):
                refused_rows = pa.table({key: rows.column(key), "rule": broken}).filter(pc.is_valid(broken))
                with asking:
                    write_rejects(night / "rejects", f"{profile.name}_{entity}_scores", ibis.memtable(refused_rows))
            if part is profile:
                write_requests(part, entity, night / profile.name)
                changes_sent = int(pc.sum(changes).as_py() or 0)
                delivered[profile.name] = CrmCounts(full.rows, len(rows) - full.rows, changes_sent, gone.rows)
    full_rows = {crm: counts.rows for crm, counts in delivered.items()}
    return EntityCounts(len(rows), int(pc.sum(news).as_py() or 0), retired, full_rows, delivered)


def _cleared(connection: Any, profile: Profile, entity: str, to_clear: pa.Table) -> pa.Table:
    """The cells that clear the fields of the ids that left."""
    import pyarrow as pa

    from scoring.crm.cells import cleared_rows

    if not len(to_clear):
        return pa.table({column.header: pa.array([], pa.string()) for column in profile.columns[entity]})
    connection.con.register("gone", to_clear)
    return cleared_rows(profile, entity, connection.table("gone")).to_pyarrow()
