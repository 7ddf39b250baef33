"""The small market with typed columns, as in a warehouse, and the differences between the nights of two engines."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.cli import main

#: Types of PostgreSQL for those of DuckDB.
POSTGRES = {
    "VARCHAR": "text",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "BIGINT": "bigint",
    "DATE": "date",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
}
#: A second row of an account and of a deal, an attribute that training leaves out, and one with untidy values.
MORE = {
    "accounts": "SELECT *, CASE WHEN account_id < 'A0000400' THEN 'who@x.example' END AS owner, "
    "CASE WHEN account_id < 'A0000200' THEN ' Gold ' WHEN account_id < 'A0000300' THEN 'n/a' ELSE 'Gold' END AS tier "
    "FROM export UNION ALL "
    "SELECT * REPLACE ('Retail' AS industry), NULL, NULL FROM export WHERE account_id = 'A0000002'",
    "opportunities": "SELECT * FROM export UNION ALL SELECT * FROM export WHERE opportunity_id = 'D00000001'",
}


def typed(crm: Path, folder: Path) -> Path:
    """Write an export as Parquet files with types; a column with a cell of another type stays text."""
    folder.mkdir()
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for file in sorted(crm.iterdir()):
        table = file.name.split(".")[0]
        reader = f"read_csv('{file}', sample_size = -1)" if file.suffix == ".csv" else f"read_parquet('{file}')"
        con.execute(f"CREATE OR REPLACE TEMP TABLE export AS SELECT * FROM {reader}")
        con.execute(f"COPY ({MORE.get(table, 'SELECT * FROM export')}) TO '{folder / table}.parquet'")
    return folder


def load(connection: Any, folder: Path, schema: str) -> None:
    """Copy Parquet files to tables of a new PostgreSQL schema."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    cursor = connection.cursor()
    cursor.execute(f"CREATE SCHEMA {schema}")
    for file in sorted(folder.iterdir()):
        columns = con.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
        typed_columns = ", ".join(f'"{name}" {POSTGRES[kind]}' for name, kind, *_ in columns)
        cursor.execute(f"CREATE TABLE {schema}.{file.stem} ({typed_columns})")
        lines = file.with_suffix(".lines")
        con.execute(f"COPY (SELECT * FROM '{file}') TO '{lines}' (FORMAT csv, HEADER false, NULLSTR '\\N')")
        with cursor.copy(f"COPY {schema}.{file.stem} FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            copy.write(lines.read_bytes())
        lines.unlink()


def scored(words: list[object], store: Path, out: Path, as_of: str) -> Path:
    """Score with a store by the command line."""
    command = ["score", *words, "--as-of", as_of, "--store", store, "--out", out, "--quiet"]
    assert main([str(word) for word in command]) == 0
    return out


def differences(one: Path, other: Path) -> list[str]:
    """The differences between the nights of two engines: numbers by more than 1e-9, and all other cells."""
    problems = []
    for entity in ("account", "lead"):
        a, b = (pd.read_parquet(out / f"{entity}_scores.parquet") for out in (one, other))
        if list(a) != list(b) or len(a) != len(b):
            problems.append(f"{entity}: {len(a)} rows of {list(a)}, {len(b)} of {list(b)}")
            continue
        for column in a.columns.drop("scored_at"):
            number = pd.api.types.is_float_dtype(a[column])
            unequal = (a[column] - b[column]).abs() > 1e-9 if number else a[column] != b[column]
            unequal = (unequal & a[column].notna()) | (a[column].isna() != b[column].isna())
            if unequal.any():
                problems.append(
                    f"{entity}.{column}: {int(unequal.sum())}, {a[column][unequal].iloc[0]!r} != "
                    f"{b[column][unequal].iloc[0]!r}"
                )
    totals, others = (
        json.loads((out / "manifest.json").read_text(encoding="utf-8"))["expected"] for out in (one, other)
    )
    if totals != others or set(totals) != {"account", "lead"}:
        problems.append(f"expected: {totals} != {others}")
    return problems


def rejected(out: Path) -> dict[str, list[tuple[str, str]]]:
    """The id and the rule of each rejected row, by table. Engines write times and numbers differently."""
    files = sorted((out / "rejects").iterdir())
    rows = {path.stem: pd.read_csv(path, dtype=str) for path in files}
    return {name: sorted(zip(table.iloc[:, 0], table["rule"], strict=True)) for name, table in rows.items()}
