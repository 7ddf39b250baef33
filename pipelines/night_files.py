"""What one entity's night consists of: the score table, the CRMs' files, and the entry in the ledger."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.failures import Refused

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from scoring.changes import Thresholds
    from scoring.crm.profile import Profile


@dataclass(frozen=True)
class Scores:
    """The scores of one entity, and what they were made from.

    Attributes
    ----------
    table : ibis.Table, pyarrow.Table or Path
        What `scoring.priority.prioritised` gives; a path names a parquet file. An expression runs once.
    base : float
        The base of the scorecard that made them.
    model_version : str
        The registered version of the model that made them.
    features : ibis.Table, optional
        `unit` and a column a feature: what the scorecard was given.
    state : callable, optional
        Says of ids that are scored no more why: won, gone or other.
    """

    table: ibis.Table | pa.Table | Path
    base: float
    model_version: str
    features: ibis.Table | None = None
    state: Callable[[Sequence[str]], Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Earlier:
    """What was served before, as Parquet files; None for what there is not.

    Attributes
    ----------
    last, then : Path
        Scores of the last night of earlier facts, and of the one that a trend is measured from.
    served, retired : Path
        Scores of the night that was published last, and who had left by it.
    refused : mapping of sets
        By CRM, the ids whose last row it did not take.
    """

    last: Path | None = None
    then: Path | None = None
    served: Path | None = None
    retired: Path | None = None
    refused: Mapping[str, frozenset[str]] | None = None


def entity_files(
    night: Path,
    entry: Path,
    entity: str,
    scored: Scores,
    earlier: Earlier,
    *,
    as_of: int,
    profiles: Sequence[Profile],
    limits: Thresholds,
    retire_days: int,
) -> dict[str, int]:
    """Write one entity's files to a night's folder and its ledger entry, and count the rows of each.

    Raises
    ------
    Refused
        If the scores break their contract.
    """
    import ibis

    from scoring.changes import changed, retired
    from scoring.contracts.scores import broken_promises

    key, name = f"{entity}_id", f"{entity}_scores"
    path = night / f"{name}.parquet"
    _write_parquet(_moved(scored.table, key, earlier, limits), path)
    engine = ibis.duckdb.connect()
    table = engine.read_parquet(path)  # by rank, and DuckDB keeps the order of a file
    if broken := broken_promises(table, entity, scored.base):
        raise Refused(f"{name} break their contract, nothing was published: {'; '.join(broken)}")
    served, before = (None if file is None else engine.read_parquet(file) for file in (earlier.served, earlier.retired))
    told = changed(table, key, served, limits)
    told = _with_digest(engine, told, key, scored.features, entry / f"{entity}_features.parquet")
    told.order_by("rank").to_parquet(entry / f"{name}.parquet")
    told = engine.read_parquet(entry / f"{name}.parquet")
    _write_retired(
        retired(table, key, served, before, as_of=as_of, keep_days=retire_days),
        key,
        scored,
        entry / f"{entity}_retired.parquet",
    )
    left = engine.read_parquet(entry / f"{entity}_retired.parquet")
    counts = {
        "scored": int(table.count().execute()),
        "changed": int(told.filter(told.changed != "").count().execute()),
        "retired": int(left.count().execute()),
    }
    stamped = left.cross_join(table.select("as_of", "scored_at").limit(1))
    for profile in profiles:
        if entity in profile.columns:
            refused = (earlier.refused or {}).get(profile.name, frozenset())
            for_it = told.filter((told.changed != "") | told[key].isin(sorted(refused)))
            clear = stamped.filter(stamped.why != "gone") if profile.whole else stamped
            counts[profile.name] = _crm_files(night, profile, entity, table, for_it.select(table.columns), clear)
    return counts


def _moved(table: ibis.Table | pa.Table | Path, key: str, earlier: Earlier, limits: Thresholds) -> ibis.Table:
    import ibis

    from scoring.changes import moved

    if isinstance(table, Path):
        table = ibis.duckdb.connect().read_parquet(table)
    elif not isinstance(table, ibis.Table):
        table = ibis.memtable(table)
    engine = table.get_backend()
    last, then = (None if path is None else engine.read_parquet(path) for path in (earlier.last, earlier.then))
    return moved(table, key, last, then, limits)


def _write_parquet(table: ibis.Table, path: Path) -> None:
    """Write a table by rank, as one file whatever the engine."""
    ordered = table.order_by("rank")
    if ordered.get_backend().name == "duckdb":
        ordered.to_parquet(path)
        return
    import pyarrow.parquet as pq

    batches = ordered.to_pyarrow_batches()  # Spark's own writer makes a folder of files
    with pq.ParquetWriter(path, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _with_digest(engine: Any, told: ibis.Table, key: str, features: ibis.Table | None, path: Path) -> ibis.Table:
    """Write what the scorecard was given, and add to each row a digest of it."""
    import ibis

    if features is None:
        return told.mutate(features_digest=ibis.null("string"))
    features.order_by("unit").to_parquet(path, compression="zstd")
    given = engine.read_parquet(path)
    # A null is told from an empty text by what no text has.
    texts = [given[name].cast("string").fill_null("\x00") for name in given.columns]
    digests = given.select("unit", features_digest=ibis.literal("\x1f").join(texts).hexdigest("md5"))
    return told.left_join(digests, told[key] == digests.unit).drop("unit")


def _write_retired(gone: ibis.Table, key: str, scored: Scores, path: Path) -> None:
    """Write who left, since when, and why."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = gone.order_by(key).to_pyarrow()
    ids = rows[key].to_pylist()
    states = scored.state(ids) if scored.state and ids else {}
    why = pa.array([states.get(unit, "other") for unit in ids], pa.string())
    pq.write_table(rows.append_column("why", why), path)


def _crm_files(
    night: Path, profile: Profile, entity: str, full: ibis.Table, changes: ibis.Table, gone: ibis.Table
) -> int:
    """Write one CRM's files, and what it cannot take to the rejects; count the rows that it gets in full."""
    from pipelines.crm_files import write
    from scoring.crm.profile import accepted, rejected, retired

    folder = night / profile.name
    written = write(profile, entity, "scores", accepted(profile, entity, full), folder)
    write(profile, entity, "changes", accepted(profile, entity, changes), folder)
    write(profile, entity, "retire", retired(profile, entity, gone), folder)
    for part in profile.beside:
        write(part, entity, "scores", accepted(part, entity, full), folder)
        write(part, entity, "changes", accepted(part, entity, changes), folder)
        write(part, entity, "retire", retired(part, entity, gone), folder)
    reject(night, f"{profile.name}_{entity}_scores", rejected(profile, entity, full))
    return written.rows


def reject(night: Path, name: str, rows: ibis.Table) -> int:
    """Write rows that were set aside to rejects/<name>.csv, if any, as text that is safe in a spreadsheet."""
    import ibis

    from scoring.crm.profile import guarded

    # An e-mail address goes to no output whatever.
    cells = {column: guarded(rows[column].cast("string")) for column in rows.columns if column != "email"}
    rows = rows.select(**cells)
    if rows.get_backend().name != "duckdb":
        rows = ibis.memtable(rows.to_pyarrow())
    file = night / "rejects" / f"{name}.csv"
    file.parent.mkdir(exist_ok=True)
    rows.to_csv(file)
    with file.open("rb") as lines:
        count = sum(1 for _ in lines) - 1
    if not count:
        file.unlink()
        with contextlib.suppress(OSError):  # others may have rejects
            file.parent.rmdir()
    return count
