"""How the ids that somebody asks to forget are written in what is kept: CRMs write one id in several ways."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.crm.profile import WRAPPINGS

#: By an id as it was asked for, how it is written.
Spellings = Mapping[str, frozenset[str]]


class IdColumn(NamedTuple):
    """Parquet files of a folder with ids in a column, by a pattern; results of imports say whose in `entity`."""

    folder: Path
    pattern: str
    column: str


def spellings(entity: str, identifiers: Sequence[str], columns: Sequence[IdColumn], more: Sequence[str]) -> Spellings:
    """The spellings of the ids that are found somewhere; those that are found nowhere are left out.

    Parameters
    ----------
    entity : {"account", "lead"}
    identifiers : sequence of str
        In any way in which CRMs write them.
    columns : sequence of IdColumn
        A file that is cut off tells nothing.
    more : sequence of str
        Ids that were found elsewhere.
    """
    import duckdb
    import ibis

    from scoring.cells import ids

    connection = ibis.duckdb.connect()
    wanted = ibis.memtable({"asked": list(identifiers)}, schema={"asked": "string"})
    wanted = ids.with_canonical(connection, wanted, canonical="asked")
    found: dict[str, set[str]] = defaultdict(set)

    def look(rows: Any, column: str) -> None:
        if "entity" in rows.columns:
            rows = rows.filter(rows.entity == entity)
        if column not in rows.columns:
            return
        written = rows.select(written=rows[column].cast("string")).distinct()
        written = ids.with_canonical(connection, written, canonical="written")
        same = written.inner_join(wanted, written.canonical == wanted.canonical).select("written", "asked")
        for pair in connection.to_pyarrow(same).to_pylist():
            found[pair["asked"]] |= {pair["asked"], pair["written"]}

    look(ibis.memtable({"written": list(more)}, schema={"written": "string"}), "written")
    for each in columns:
        files = [str(file) for file in sorted(each.folder.glob(each.pattern)) if not fault_of(file)]
        if not files:
            continue
        try:
            look(connection.read_parquet(files, union_by_name=True), each.column)
        except duckdb.Error:  # one is torn in its middle
            for file in files:
                with suppress(duckdb.Error):
                    look(connection.read_parquet(file), each.column)
    # CRMs are sent ids without what their exports write around them.
    bare = {asked: {inner for name in names for inner in _unwrapped(name)} for asked, names in found.items()}
    return {asked: frozenset(names | bare[asked]) for asked, names in found.items()}


def _unwrapped(name: str) -> Iterator[str]:
    for wrapping in WRAPPINGS.values():
        if bare := re.sub(wrapping, "", name):
            yield bare
