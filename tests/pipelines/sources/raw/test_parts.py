"""Exports of one table under several names, and files that were joined with their headers."""

from pathlib import Path

import pytest

from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from tests.pipelines.sources.raw.exports import made

HEAD = "Record ID,Deal Name,Deal Stage,Pipeline,Create Date,Close Date,Is Closed Won,Is Deal Closed?,Associated Company"
ONE = "1,A,Signed,Sales,2024-04-01 09:00,2024-05-01 10:11,true,true,ACME"
TWO = "2,B,Gone,Sales,2024-04-01 09:00,2024-05-01 10:11,false,true,Beta"
THREE = "3,C,Talking,Sales,2024-04-01 09:00,2030-05-01 10:11,false,false,ACME"
OTHER = ["Record ID,Deal Name,Deal Stage,Pipeline,Create Date,Associated Company IDs", "9,Z,Talk,Sales,2025-01-01,7"]


def _files(**texts: list[str]) -> dict[str, str]:
    return {f"hubspot-crm-exports-{name}-2025-01-01.csv": "\n".join(lines) + "\n" for name, lines in texts.items()}


@pytest.mark.parametrize(
    ("files", "deals", "said"),
    [
        (_files(all_deals=[HEAD, ONE, TWO], my_deals=[HEAD, TWO, THREE]), ["1", "2", "3"], 0),
        (_files(all_deals=[HEAD, ONE, TWO], my_deals=OTHER), ["1", "2"], 1),
        (_files(all_deals=[HEAD, ONE, HEAD, TWO]), ["1", "2"], 0),
    ],
    ids=["alike", "with other columns", "joined with its header"],
)
def test_what_is_one_table_is_read_as_one(files: dict[str, str], deals: list[str], said: int, tmp_path: Path) -> None:
    out = made(tmp_path, files)
    assert [row[0] for row in out.rows("opportunities", "opportunity_id")] == deals
    assert len([line for line in out.said if "could be deal too, and is not read" in line]) == said


def test_rows_that_repeat_the_header_are_counted(tmp_path: Path) -> None:
    made(tmp_path, _files(all_deals=[HEAD, ONE, HEAD, TWO, HEAD]))
    notes = open_sources(connect(), tmp_path / "out" / "crm.sql").notes
    assert any("2 rows repeat the header, and are left out" in note for note in notes)
