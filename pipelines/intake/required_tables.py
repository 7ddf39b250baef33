"""What an export must have: deals, and somebody who could win one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.errors import BadInput
from pipelines.sources.files import Address, Source
from pipelines.sources.folder.items import format_of
from pipelines.sources.folder.listing import UNFINISHED
from pipelines.sources.folder.table_names import table_meaning
from pipelines.validation.table_validation import Accepted


def require_tables(
    sources: Mapping[str, Source], data: Path | Address | str, perhaps: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Raise `BadInput` without deals, or without anybody who could win one.

    Parameters
    ----------
    sources : mapping of Source
        By table.
    data : Path, Address or str
    perhaps : mapping of sequence of str, optional
        What is not read and may be a table, by that table.
    """
    found = f"{data} has {', '.join(sources) or 'none of the tables'}"
    for table, names in (perhaps or {}).items():
        other = [name for name in names if name.lower().endswith(UNFINISHED) or format_of(name)[1] == "other"]
        if table not in sources and other:
            found += f"; {', '.join(other)} may be the table {table}, but is no whole CSV, Parquet or Excel file"
        elif table not in sources:
            found += f"; {', '.join(names)} may be the table {table}: if so, rename it to {table}"
    if lying := _in_folders(data, sources):
        found += f"; {lying}"
    if "opportunities" not in sources:
        raise BadInput(f"the table opportunities is missing: {found}; export the deals, open and closed")
    if "accounts" not in sources and "leads" not in sources:
        raise BadInput(f"neither the table accounts nor the table leads is there: {found}; export one of them, or both")


def _in_folders(data: Path | Address | str, sources: Mapping[str, Source]) -> str:
    """Where the tables are that are not read, because they lie in a folder of the export; empty if none does."""
    if not isinstance(data, Path) or not data.is_dir():
        return ""
    found = []
    for folder in sorted(path for path in data.iterdir() if path.is_dir() and not path.name.startswith(".")):
        files = sorted(path.name for path in folder.iterdir() if format_of(path.name)[1] != "other")
        tables = dict.fromkeys(table for name in files if (table := table_meaning(format_of(name)[0]).table))
        missing = [table for table in tables if table not in sources]
        if missing:
            other = f": use --data {folder}" if not sources else f", which is not read: put all files into {data}"
            found.append(f"its folder {folder.name} has {', '.join(missing)}{other}")
    return "; ".join(found)


def require_records(accepted: Mapping[str, Accepted]) -> None:
    """Raise `BadInput` if no account and no lead was read."""
    records = [accepted[name] for name in ("accounts", "leads") if name in accepted]
    if not any(done.read for done in records):
        names = " and ".join(done.rejected_rows.table for done in records)
        raise BadInput(f"the table {names} has no rows: there is nothing to score")
