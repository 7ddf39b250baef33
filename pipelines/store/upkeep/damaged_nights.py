"""Entries of the ledger that are not whole, and what is still known of them.

The scores of a night are in its Parquet files; `night.json` says what they were made of. If that is torn, empty or
gone, the scores still tell what the CRM was sent, so the next night compares with them and goes on.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scoring.entity import ALL
from scoring.nights.parts import EntityCounts
from scoring.nights.record import NightRecord

#: What every reader of a night's scores needs of them.
NEEDED = ("win_probability", "rank", "scored_at", "model_version")


def fault_of(path: Path, columns: Sequence[str] = ()) -> str:
    """What is wrong with a Parquet file of the ledger; empty if its footer can be read and it has these columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        return "is missing"
    try:
        found = pq.read_schema(path).names
    except (OSError, pa.ArrowException):
        return "is cut off or is not a Parquet file"
    missing = [column for column in columns if column not in found]
    return f"has no column {', '.join(missing)}" if missing else ""


def recovered(folder: Path, name: str) -> NightRecord | None:
    """What the score files of a night tell of it, without its record; None if they tell nothing.

    Parameters
    ----------
    folder : Path
        Its entry in the ledger.
    name : str
        The name of the night, which has `as_of` and the number of the publication.
    """
    import pyarrow.parquet as pq

    files = {entity: folder / f"{entity}_scores.parquet" for entity in ALL}
    whole = {entity: path for entity, path in files.items() if not fault_of(path, NEEDED)}
    models, counts, moments = dict[str, str](), dict[str, EntityCounts](), list[datetime]()
    for entity, path in whole.items():
        rows = pq.read_table(path, columns=["scored_at", "model_version"])
        counts[entity], models[entity] = EntityCounts(rows.num_rows), ""
        if rows.num_rows:
            models[entity] = str(rows.column("model_version")[0].as_py())
            moments.append(rows.column("scored_at")[0].as_py().replace(tzinfo=UTC))
    if not whole:
        return None
    as_of = date.fromisoformat(name.split("_")[0])
    return NightRecord(
        night=name,
        sequence=int(name.split("_")[1]),
        as_of=as_of,
        scored_at=max(moments, default=datetime.fromtimestamp(folder.stat().st_mtime, UTC)),
        since=as_of - timedelta(days=1),
        models=models,
        counts=counts,
        out="",
        identity="",
    )
