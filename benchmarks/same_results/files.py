"""The files of two runs: which belong together, and how each kind is read before it is compared."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.same_results.compared import (
    DATA,
    EQUAL,
    NUMBERS,
    ONE_SIDE,
    PROSE,
    TEXT,
    Comparison,
    documents,
    leaves,
    pages,
    shown,
    texts,
)
from benchmarks.same_results.normalised import SLACK, normalised
from benchmarks.same_results.renames import renamed
from benchmarks.same_results.run import Run

#: What a user sees of all that a run leaves, below its folder; code, environments and the lock are not compared.
VISIBLE = (
    "answers/*",
    "*.json",
    "*.html",
    "fields/**/*",
    "scores/nights/**/*",
    "store/ledger/**/*",
    "store/backtests/**/*",
    "store/imports/**/*",
    "store/log/*.jsonl",
    "store/*.json",
    "store/*.prom",
    "store/artifacts/**/*.json",
    "store/artifacts/**/*.html",
    "store/mlflow.db",
    "demo/store/mlflow.db",
    "demo/*.html",
    "demo/crm/*",
    "demo/scores/nights/**/*",
    "demo/store/ledger/**/*",
    "demo/store/backtests/**/*",
    "demo/store/artifacts/**/*.json",
)
#: Who ran it, for how long, and digests of all of it: by key, in any JSON document.
RUNNING = {"seconds", "process", "host", "run", "identity"}
#: What the ledger notes of a night: the manifest and more, away from the night's files.
LEDGER_RECORD = "night.json"
#: Tables of MLflow's that its pages show: what stands in a row, and its value.
SHOWN = {
    "param": "SELECT run_uuid, key, value FROM params",
    "metric": "SELECT run_uuid, key, value FROM latest_metrics",
    "tag": "SELECT run_uuid, key, value FROM tags WHERE key NOT LIKE 'mlflow.%'",
    "dataset": "SELECT name, digest, '' FROM datasets",
    "version": "SELECT name || ' ' || version, key, value FROM model_version_tags",
    "alias": "SELECT name, alias, CAST(version AS TEXT) FROM registered_model_aliases",
}


def compared(
    before: Path, one: Run, after: Path, two: Run, patterns: tuple[str, ...] = VISIBLE
) -> Iterator[Comparison]:
    """Compare what a user sees of two runs, file by file.

    Parameters
    ----------
    before, after : Path
        The folders of the results.
    one, two : Run
        Where and when each was made.
    patterns : tuple of str
        Patterns of files below the folders.
    """
    old, new = named(before, one, patterns), named(after, two, patterns)
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            kind = PROSE if name.endswith((".txt", ".html")) else DATA
            yield Comparison(name, kind, ONE_SIDE, ("only after" if name in new else "only before",))
        else:
            yield from pair(name, old[name], one, new[name], two)


def named(folder: Path, run: Run, patterns: tuple[str, ...] = VISIBLE) -> dict[str, Path]:
    """Give the files by what they are called when ids, keys and the like are taken out of their names.

    Raises
    ------
    SystemExit
        If two files then have one name: the rules would hide one of them.
    """
    found: dict[str, Path] = {}
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}):
        name = normalised(str(path.relative_to(folder)), run)
        if name in found:
            raise SystemExit(f"{path} and {found[name]} are both called {name}: mend the rules in normalised.py")
        found[name] = path
    return found


def pair(name: str, before: Path, one: Run, after: Path, two: Run) -> list[Comparison]:
    """Compare two files of one name."""
    suffix = Path(name).suffix
    if suffix == ".parquet":
        return [tables(name, taken_out(pq.read_table(before), one), taken_out(pq.read_table(after), two))]
    if suffix == ".db":
        return [documents(name, registry(before, one), registry(after, two))]
    if suffix == ".zip":
        return [texts(name, unzipped(before, one), unzipped(after, two), DATA)]
    old, new = (normalised(path.read_text(encoding="utf-8"), run) for path, run in ((before, one), (after, two)))
    if suffix == ".json" and old != new:
        return [documents(name, document(old, before), document(new, after))]
    if suffix == ".html":
        return pages(name, old, new)
    prose = suffix in (".txt", ".jsonl", ".prom")
    if suffix == ".jsonl":
        old, new = (log(text) for text in (old, new))
    return [texts(name, old, new, PROSE if prose else DATA)]


def document(text: str, path: Path) -> dict[str, Any]:
    """Give the leaves of a JSON file, without what tells of the running and of other files."""
    found = leaves(json.loads(text))
    kept = {key: value for key, value in found.items() if key.rpartition(".")[2] not in RUNNING}
    if path.parent.name == "imports":
        kept["sha256"] = "of a file with moments in it"
    for key in [key for key in kept if key.startswith("outputs[") and key.endswith(".path")]:
        entry = key.removesuffix("path")
        file = path.parent / kept[key]
        if path.name == LEDGER_RECORD:  # the files lie elsewhere, and their own manifest is looked at
            kept[f"{entry}sha256"] = kept[f"{entry}bytes"] = "as in the manifest"
        elif file.exists() and kept[f"{entry}sha256"] == sha256(file.read_bytes()).hexdigest():
            kept[f"{entry}sha256"] = "as the file's"  # it is compared itself
            if file.suffix in (".parquet", ".zip"):  # a moment more or less compresses otherwise
                kept[f"{entry}bytes"] = "as the file's"
    return kept


def log(text: str) -> str:
    """Give the lines of a log without how long each run took and which process it was."""
    found = []
    for line in text.splitlines():
        entry = json.loads(line)
        figures = {name: value for name, value in entry["figures"].items() if name not in RUNNING}
        found.append(f"{entry['level']} {entry['command']} {entry['event']} {entry['message']} {json.dumps(figures)}")
    return "\n".join(found)


def unzipped(path: Path, run: Run) -> str:
    """Give the texts in a zip file, each below its name."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return "\n".join(
            f"{info.filename} {info.date_time} {info.compress_type}\n"
            + normalised(archive.read(info).decode("utf-8"), run)
            for info in archive.infolist()
        )


def registry(database: Path, run: Run) -> dict[str, Any]:
    """Give what MLflow's pages show of runs and of registered models, as leaves."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        rows = [(kind, *row) for kind, query in SHOWN.items() for row in opened.execute(f"{query} ORDER BY 1, 2")]
    found: dict[str, Any] = {}
    for kind, of, key, value in rows:
        plain = normalised(value, run) if isinstance(value, str) else value
        found |= leaves(plain, normalised(f"{kind}/{of}/{key}", run))
    return found


def taken_out(table: pa.Table, run: Run) -> pa.Table:
    """Give a table without the moments of the run, where columns hold nulls, and without identities of nights."""
    begin, end = run.begin - SLACK, run.end + SLACK
    for i, column in enumerate(table.schema):
        if column.name == "night":
            nights = [None if night is None else normalised(night, run) for night in table.column(i).to_pylist()]
            table = table.set_column(i, column, pa.array(nights, column.type))
        if not pa.types.is_timestamp(column.type) or not len(table):
            continue
        least, most = (value.as_py() for value in pc.min_max(table.column(i)).values())
        if least is not None and begin <= _utc(least, begin) and _utc(most, begin) <= end:
            table = table.set_column(i, column, pa.nulls(len(table), column.type))
    return table


def _utc(moment: Any, like: Any) -> Any:
    return moment.replace(tzinfo=like.tzinfo) if moment.tzinfo is None else moment


def tables(name: str, before: pa.Table, after: pa.Table) -> Comparison:
    """Compare two tables: columns, their types and order, rows and their order, and every value."""
    names = renamed(before.column_names, after.column_names)
    before = before.rename_columns([names.get(column, column) for column in before.column_names])
    if before.schema.equals(after.schema) and before.equals(after):
        return Comparison(name, DATA, EQUAL)
    lines = [f"column {column}: only before" for column in _missing(before, after)]
    lines += [f"column {column}: only after" for column in _missing(after, before)]
    if not lines and before.column_names != after.column_names:
        lines.append(f"order of columns: {before.column_names} -> {after.column_names}")
    if len(before) != len(after):
        return Comparison(name, DATA, NUMBERS, shown([*lines, f"rows: {len(before):,} -> {len(after):,}"]))
    differences = {
        column: _differs(before.column(column), after.column(column))
        for column in before.column_names
        if column in after.column_names
    }
    values = {column: difference for column, difference in differences.items() if difference}
    if not lines and not values:  # NaN is not equal to itself, and here it is
        return Comparison(name, DATA, EQUAL)
    words = not lines and all(_is_text(before, column) for column in values)
    lines += [f"{column}: {difference}" for column, difference in values.items()]
    return Comparison(name, DATA, TEXT if words else NUMBERS, shown(lines))


def _missing(table: pa.Table, other: pa.Table) -> list[str]:
    others = {(column.name, str(column.type)) for column in other.schema}
    return [f"{column.name} {column.type}" for column in table.schema if (column.name, str(column.type)) not in others]


def _is_text(table: pa.Table, column: str) -> bool:
    kind = table.schema.field(column).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _differs(before: pa.ChunkedArray, after: pa.ChunkedArray) -> str:
    """Say in how many rows two columns differ, by how much at most, and show the first; "" if they do not."""
    one, two = before.to_pylist(), after.to_pylist()
    rows = [i for i, (old, new) in enumerate(zip(one, two, strict=True)) if old != new and (old == old or new == new)]
    if not rows:
        return ""
    first = f"first in row {rows[0]}: {one[rows[0]]!r} -> {two[rows[0]]!r}"
    pairs = [(one[i], two[i]) for i in rows]
    floats = [(old, new) for old, new in pairs if isinstance(old, float) and isinstance(new, float)]
    apart = max((abs(old - new) / max(abs(old), abs(new)) for old, new in floats), default=None)
    return f"{len(rows):,} rows, {first}" + ("" if apart is None else f", at most {apart:.1e} apart")
