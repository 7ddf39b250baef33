"""What is written of sources: tables as Parquet and CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipelines.disk import written_whole
from pipelines.errors import not_written
from scoring.cells.formulas import SIGNS


def safe(table: pd.DataFrame) -> pd.DataFrame:
    """The table with texts that no spreadsheet reads as a formula: an apostrophe goes before those.

    Parameters
    ----------
    table : DataFrame
    """
    found = table.copy()
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            found[name] = [f"'{cell}" if str(cell).startswith(SIGNS) else cell for cell in table[name]]
    return found


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables, each as Parquet and CSV.

    Parameters
    ----------
    tables : mapping of DataFrame
        By the name of the file.
    folder : Path

    Raises
    ------
    UsageError
        If the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            with written_whole(folder / f"{name}.parquet") as temporary:
                table.to_parquet(temporary, index=False)
            with written_whole(folder / f"{name}.csv") as temporary:
                safe(table).to_csv(temporary, index=False)
    except OSError as error:
        message = f"cannot write the tables to {folder}: {error.strerror}; name another folder"
        raise not_written(error, message) from None
