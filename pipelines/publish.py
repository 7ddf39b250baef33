"""Publishing: the score tables, the files for the CRM, the rejects and the manifest, all or nothing.

scores/
    account_scores.parquet   lead_scores.parquet
    salesforce/account_scores.csv   salesforce/lead_scores.csv    (..._part_2.csv: more than one import takes)
    rejects/leads.csv   rejects/salesforce_lead_scores.csv        (where rows were set aside)
    manifest.json
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.failures import Refused
from pipelines.staging import FORMAT, MANIFEST, replaced

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from scoring.crm.profile import Profile


@dataclass(frozen=True)
class Scores:
    """The scores of one entity.

    Attributes
    ----------
    table : ibis.Table, pyarrow.Table or Path
        With the columns of `scoring.contracts.scores`; a path names a parquet file. An expression runs once.
    base : float
        The base of the scorecard that made them.
    model_version : str
        The registered version of the model that made them.
    """

    table: "ibis.Table | pa.Table | Path"
    base: float
    model_version: str


def publish(
    scores: Mapping[str, Scores],
    out: str | Path,
    *,
    as_of: date,
    scored_at: datetime,
    profiles: Sequence["Profile"],
    inputs: Mapping[str, Mapping[str, Any]],
    rejects: Mapping[str, "ibis.Table | None"] | None = None,
    since: date | None = None,
) -> dict[str, Any]:
    """Write a night's files and put them in the place of the last night's, in one step.

    Parameters
    ----------
    scores : mapping
        By entity, `account` or `lead`; at least one.
    out : path
        The folder. Files in it that closedwon did not write are kept.
    as_of, scored_at : date, datetime
        When the facts were cut, and when they were scored (UTC).
    profiles : sequence of Profile
        The CRMs to write files for.
    inputs : mapping
        What was read, by table, such as ``{"leads": {"rows": 8000, "sha256": "..."}}``.
    since : date, optional
        The scoring before this one: from when on a buying signal was new.
    rejects : mapping of tables, optional
        The input rows that were set aside, by table, with the rule each broke; None for none.

    Returns
    -------
    dict
        The manifest, as written. The same scores and times give the same files.

    Raises
    ------
    Refused
        If a score table breaks its contract. As with any other error, `out` is what it was.
    UsageError
        If `out` cannot be replaced.
    """
    with replaced(out) as night:
        counts = {}
        for entity, scored in scores.items():
            counts[entity] = _publish_entity(night, entity, scored, profiles)
        tables = {name: table for name, table in (rejects or {}).items() if table is not None}
        set_aside = {name: _reject(night, name, table) for name, table in tables.items()}
        manifest = {
            "format": FORMAT,
            "as_of": f"{as_of:%Y-%m-%d}",
            "scored_at": f"{scored_at:%Y-%m-%dT%H:%M:%SZ}",
            **({"since": f"{since:%Y-%m-%d}"} if since else {}),
            "models": {entity: {"version": scored.model_version} for entity, scored in scores.items()},
            "inputs": {name: dict(inputs[name]) for name in sorted(inputs)},
            "rejected": set_aside,
            "counts": counts,
            "outputs": [_entry(night, path) for path in sorted(night.rglob("*")) if path.is_file()],
        }
        (night / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def _publish_entity(night: Path, entity: str, scored: Scores, profiles: Sequence["Profile"]) -> dict[str, int]:
    """Write one entity's table and its file for each CRM, and count the rows of each."""
    import ibis

    from scoring.contracts.scores import broken_promises
    from scoring.crm.profile import accepted, rejected

    name = f"{entity}_scores"
    path = night / f"{name}.parquet"
    _write_parquet(scored.table, path)
    engine = ibis.duckdb.connect()
    table = engine.read_parquet(path)  # by rank, and DuckDB keeps the order of a file
    if broken := broken_promises(table, entity, scored.base):
        raise Refused(f"{name} break their contract, nothing was published: {'; '.join(broken)}")
    counts = {"scored": int(table.count().execute())}
    for profile in profiles:
        file = night / profile.name / f"{name}.csv"
        file.parent.mkdir(exist_ok=True)
        engine.to_csv(accepted(profile, entity, table), file)
        _split(file, profile.max_bytes)
        left_out = _reject(night, f"{profile.name}_{name}", rejected(profile, entity, table))
        counts[profile.name] = counts["scored"] - left_out
    return counts


def _write_parquet(table: "ibis.Table | pa.Table | Path", path: Path) -> None:
    """Write a table by rank, as one file whatever the engine."""
    ordered = _as_ibis(table).order_by("rank")
    if ordered.get_backend().name == "duckdb":
        ordered.to_parquet(path)
        return
    import pyarrow.parquet as pq

    batches = ordered.to_pyarrow_batches()  # Spark's own writer makes a folder of files
    with pq.ParquetWriter(path, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _as_ibis(table: "ibis.Table | pa.Table | Path") -> "ibis.Table":
    import ibis

    if isinstance(table, Path):
        return ibis.duckdb.connect().read_parquet(table)
    return table if isinstance(table, ibis.Table) else ibis.memtable(table)


def _split(file: Path, most: int) -> None:
    """Cut a file that is larger than `most` bytes into parts, each with the header. A record is one line."""
    if file.stat().st_size <= most:
        return
    whole = file.rename(file.with_suffix(".whole"))
    with whole.open("rb") as lines:
        header = next(lines)
        part, size, target = 1, len(header), file.open("wb")
        target.write(header)
        for line in lines:
            if size + len(line) > most:
                target.close()
                part, size = part + 1, len(header)
                target = file.with_name(f"{file.stem}_part_{part}.csv").open("wb")
                target.write(header)
            size += target.write(line)
        target.close()
    whole.unlink()


def _reject(night: Path, name: str, rows: "ibis.Table") -> int:
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


def _entry(night: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": path.relative_to(night).as_posix(), "bytes": path.stat().st_size, "sha256": digest}
