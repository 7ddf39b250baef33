"""Small raw exports, and the tables that `closedwon init` makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.raw.init import init


@dataclass(frozen=True)
class Made:
    """What `init` made of an export: the rows of each table in their order, its page, and what it said."""

    tables: Mapping[str, list[dict[str, str]]]
    page: str
    said: tuple[str, ...]

    def rows(self, table: str, *columns: str) -> list[tuple[str, ...]]:
        """These columns of a table, sorted; a missing cell is empty."""
        return sorted(tuple(row[column] for column in columns) for row in self.tables[table])


def made(folder: Path, files: Mapping[str, str]) -> Made:
    """Write an export, run `init` on it and read what comes out.

    Parameters
    ----------
    folder : Path
        An empty one.
    files : mapping of str
        The text of each file by its name.
    """
    for name, text in files.items():
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    said: list[str] = []
    init(folder / "raw", folder / "out", say=said.append)
    sources = open_sources(connect(), folder / "out" / "crm.sql").tables
    tables = {
        name: [
            {column: "" if cell is None else str(cell) for column, cell in row.items()}
            for row in source.raw.drop("__row").to_pyarrow().to_pylist()
        ]
        for name, source in sources.items()
    }
    return Made(tables, (folder / "out" / "init.md").read_text(), tuple(said))
