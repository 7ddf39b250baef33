"""`--data crm.sql`: the views of a mapping as tables, and what is said of a mistake in one."""

from pathlib import Path

import pytest

from pipelines.errors import BadInput
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources

DEALS = "Id;Account Id;Stage\nD1;A1;Won\nD2;A2;Lost\n"
VIEW = """-- source: raw
CREATE VIEW names AS SELECT d."Id" AS id FROM raw."Deals" AS d;

-- A comment; with a semicolon.
CREATE VIEW opportunities AS
SELECT
  d."Id" AS opportunity_id,
  d."Account Id" AS account_id,
  lower(d."Stage") AS status
FROM raw."Deals" AS d
WHERE d."Id" IN (SELECT n.id FROM names AS n);
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder with a raw export in `raw` and its mapping."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "Deals_001.csv").write_text(DEALS)
    (tmp_path / "raw" / "Deals_002.csv").write_text("Id;Account Id;Stage\nD3;A1;Open\n")
    (tmp_path / "crm.sql").write_text(VIEW)
    return tmp_path


def test_a_view_is_read_like_a_file_and_names_all_that_it_comes_from(export: Path) -> None:
    found = open_sources(connect(), export / "crm.sql")
    deals = found.tables["opportunities"]
    rows = (
        deals.raw.select("opportunity_id", "account_id", "status").order_by("opportunity_id").to_pyarrow().to_pylist()
    )
    assert [tuple(row.values()) for row in rows] == [("D1", "A1", "won"), ("D2", "A2", "lost"), ("D3", "A1", "open")]
    assert deals.files == ("crm.sql", "Deals_001.csv", "Deals_002.csv")
    assert {path.name for path in found.stamps} == {"crm.sql", "Deals_001.csv", "Deals_002.csv"}


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('lower(d."Stage")', 'lower(d."Phase")', 'crm.sql, line 9: the view opportunities cannot be read: .*"Phase"'),
        (
            'raw."Deals" AS d\nWHERE',
            'raw."Gone" AS d\nWHERE',
            "line 5: the view opportunities reads Gone, which is not in",
        ),
        ("SELECT\n  d", "SELECTT\n  d", "crm.sql, line 6"),
        ("-- source: raw\n", "", "does not say which export it maps"),
        ("-- source: raw", "-- source: other", "which does not exist"),
        ("CREATE VIEW names AS", "CREATE TABLE names AS", "line 2: only CREATE VIEW"),
        (
            'lower(d."Stage")',
            'CAST(d."Stage" AS INT)',
            "line 5: the view opportunities cannot be read: .*'(Won|Lost|Open)'",
        ),
    ],
)
def test_a_mistake_is_named_with_its_view_and_line(export: Path, written: str, instead: str, said: str) -> None:
    assert written in VIEW
    (export / "crm.sql").write_text(VIEW.replace(written, instead))
    with pytest.raises(BadInput, match=said):
        open_sources(connect(), export / "crm.sql")


def test_a_database_is_read_in_place(export: Path) -> None:
    import duckdb

    with duckdb.connect(str(export / "crm.duckdb")) as database:
        database.execute("CREATE SCHEMA sf; CREATE TABLE sf.deals AS SELECT 'D1' AS id, TIMESTAMP '2024-01-01' AS at")
    (export / "crm.sql").write_text(
        "-- source: crm.duckdb\nCREATE VIEW opportunities AS\n"
        "SELECT d.id AS opportunity_id, d.at AS created_at FROM raw.sf.deals AS d;"
    )
    raw = open_sources(connect(), export / "crm.sql").tables["opportunities"].raw
    assert raw.schema()["created_at"].is_timestamp()
    assert raw.count().to_pyarrow().as_py() == 1
