"""A market in a PostgreSQL of its own, read by a user who may only read: seconds and memory of each command.

    python -m benchmarks.postgresql --activities 5000000 --write docs/engines.md

The market is in two schemas: `crm` has closedwon's own tables, with types, and `salesforce` Salesforce's, all text, as
tools that copy a CRM leave them. Each command is a process of its own; the memory is its own and that of its children.
The scorecards that were learned from `crm` are compared with those learned from the same rows as Parquet files.
"""

import argparse
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from benchmarks import document
from benchmarks.raw_markets.writers import WRITERS
from benchmarks.speed.child import Run, run
from benchmarks.speed.data import AS_OF, CACHE, Data, cut, make_market
from tests.crm import postgres

BEGIN, END = document.marks("postgresql")
#: Activities of an account by `AS_OF`, in a market of `benchmarks.speed`.
OF_AN_ACCOUNT = 113
READER = "reader"
TYPES = {
    "VARCHAR": "text",
    "TIMESTAMP": "timestamp",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "DATE": "date",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
}
#: So many bytes of a file are sent at once.
BLOCK = 1 << 20


def made(accounts: int, cache: Path) -> Path:
    """The folder of an export of `AS_OF` as Parquet files; what is there is used again."""
    data = Data(accounts, cache)
    if not data.market.exists():
        make_market(accounts, data.market)
    if not data.export(AS_OF).exists():
        cut(data.market, AS_OF, data.export(AS_OF))
    return data.export(AS_OF)


def written(export: Path, layout: str) -> Path:
    """The same export in the layout of a CRM."""
    folder = export.with_name(f"{export.name}-{layout}")
    if not folder.exists():
        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        tables = {file.stem: pd.read_parquet(file) for file in sorted(export.glob("*.parquet"))}
        WRITERS[layout].write(tables, new / WRITERS[layout].path)
        new.rename(folder)
    return folder


def load_typed(connection: Any, export: Path, schema: str) -> None:
    """Copy Parquet files to tables of a new schema, with their types."""
    import duckdb

    con = duckdb.connect()
    connection.execute(f"CREATE SCHEMA {schema}")
    for file in sorted(export.glob("*.parquet")):
        columns = con.execute(f"DESCRIBE FROM '{file}'").fetchall()
        described = ", ".join(f'"{name}" {TYPES[kind.split("(")[0]]}' for name, kind, *_ in columns)
        connection.execute(f"CREATE TABLE {schema}.{file.stem} ({described})")
        with tempfile.TemporaryDirectory() as scratch:
            lines = Path(scratch) / "lines"
            con.execute(f"COPY (FROM '{file}') TO '{lines}' (FORMAT csv, HEADER false, NULLSTR '\\N')")
            with lines.open("rb") as source:
                copied(connection, f"COPY {schema}.{file.stem} FROM STDIN (FORMAT csv, NULL '\\N')", source)


def load_raw(connection: Any, folder: Path, schema: str, encoding: str) -> None:
    """Copy the CSV files of a raw export to tables of a new schema, all columns text."""
    connection.execute(f"CREATE SCHEMA {schema}")
    for name, opened in files(folder):
        with opened as source:
            header = source.readline().decode("ascii").strip().replace('"', "").split(",")
            listed = ", ".join(f'"{column}"' for column in header)
            connection.execute(f'CREATE TABLE {schema}."{name}" ({listed.replace(",", " text,")} text)')
            form = f"FORMAT csv, FORCE_NULL ({listed}), ENCODING '{encoding}'"
            copied(connection, f'COPY {schema}."{name}" FROM STDIN ({form})', source)


def files(folder: Path) -> Iterator[tuple[str, Any]]:
    """The CSV files of a folder, and of the archives in it, each with its name."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() == ".csv":
            yield path.stem, path.open("rb")
        elif path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield Path(member).stem, archive.open(member)


def copied(connection: Any, statement: str, source: BinaryIO) -> None:
    """Send a file to the server."""
    with connection.cursor().copy(statement) as copy:
        while block := source.read(BLOCK):
            copy.write(block)


def grant(connection: Any, schemas: Sequence[str]) -> None:
    """Make the user who may only read."""
    connection.execute(f"CREATE ROLE {READER} LOGIN")
    connection.execute(f"ALTER ROLE {READER} SET default_transaction_read_only = on")
    for schema in schemas:
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {READER}")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {READER}")
        connection.execute("REVOKE TEMPORARY ON DATABASE postgres FROM public")
    connection.execute("ANALYZE")


def scorecards(store: Path) -> dict[str, Any]:
    """The scorecards of a store by entity, without what tells when and from which files they were learned."""
    found = {}
    for file in sorted(store.rglob("models/*/artifacts/artifacts/scorecard.json")):
        card = json.loads(file.read_text(encoding="utf-8"))
        found[card["entity"]] = {name: part for name, part in card.items() if name not in ("data", "trained_at")}
    return found


def commands(address: str, export: Path, folder: Path, entity: str, cut_offs: int) -> Iterator[tuple[str, str, Run]]:
    """Run the commands, and give the schema, the name and the run of each."""
    day = ("--as-of", str(AS_OF), "--entity", entity)

    def closedwon(*words: object) -> Run:
        print("closedwon", *words, flush=True)
        return run(
            [sys.executable, "-m", "pipelines", *map(str, words)], {"PYTHONPATH": str(Path(__file__).parents[1])}
        )

    raw, mapped = f"{address}&schema=salesforce", folder / "mapped"
    yield "salesforce", "init", closedwon("init", raw, "--out", mapped)
    settings = ("--config", mapped / "closedwon.toml")
    crm = f"{address}&schema=crm"
    for schema, data, more in (("crm", crm, ()), ("salesforce", mapped / "crm.sql", settings)):
        store = ("--store", folder / schema)
        shared = ("--data", data, *day, *store, *more)
        yield schema, "train", closedwon("train", *shared)
        yield schema, "backtest", closedwon("backtest", *shared, "--cut-offs", cut_offs)
        closedwon("promote", *store, "--force")
        yield schema, "score", closedwon("score", *shared, "--out", folder / f"{schema}-scores")
    yield "Parquet files", "train", closedwon("train", "--data", export, *day, "--store", folder / "files")


def main(arguments: list[str] | None = None) -> None:
    """Print a row a command."""
    import psycopg

    parser = argparse.ArgumentParser(prog="python -m benchmarks.postgresql")
    parser.add_argument("--activities", type=int, default=5_000_000)
    parser.add_argument("--entity", default="both", choices=("account", "lead", "both"))
    parser.add_argument("--cut-offs", type=int, default=6)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    export = made(-(-options.activities // OF_AN_ACCOUNT), options.cache)
    raw = written(export, "salesforce")
    programs = postgres.installed()
    assert programs is not None, "no PostgreSQL here: apt-get install postgresql"
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="closedwon-pg-", dir=options.cache) as above:
        folder = Path(above)
        folder.chmod(0o755)
        with postgres.running(programs, folder / "server") as socket:
            owner = f"postgresql:///postgres?host={socket}&user={postgres.OWNER}"
            with psycopg.connect(owner, autocommit=True) as connection:
                load_typed(connection, export, "crm")
                load_raw(connection, raw, "salesforce", "WIN1252")
                grant(connection, ("crm", "salesforce"))
            address = f"postgresql:///postgres?host={socket}&user={READER}"
            for schema, name, done in commands(address, export, folder, options.entity, options.cut_offs):
                cells = [f"{done.seconds:.0f}", f"{done.cpu_seconds:.0f}", f"{done.peak_bytes / 1e9:.1f} GB"]
                rows.append([schema, f"`{name}`", *cells])
                print("|", " | ".join(rows[-1]), flush=True)
        same = scorecards(folder / "crm") == scorecards(folder / "files")
        print("scorecards as from files" if same else "OTHER scorecards than from files")
    lines = document.table(
        ("from", "command", "seconds", "CPU seconds", "peak memory"), rows, ["---", "---", "---:", "---:", "---:"]
    )
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
