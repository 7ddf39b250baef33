"""Days that stand for none, and what names no day."""

import datetime

import pytest

from pipelines.config import Config
from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read, rows

HEAD = "opportunity_id,account_id,created_at,closed_at,status,amount,known_at"


@pytest.mark.parametrize(
    ("created", "none", "real"),
    [
        ("2026-01-02 10:00:00", "0000-00-00 00:00:00|0001-01-01 00:00:00|9999-12-31 23:59:59", "2026-02-10 00:00:00"),
        ("02.01.2026", "00.00.0000|00.01.1900|0000-00-00|01.01.1900", "25.02.2026"),
        ("46024", "0|0.0", "46078.5"),
        ("1767348000", "0|0", "1770681600"),
    ],
)
def test_days_that_stand_for_none_are_none_in_every_column_of_dates(tmp_path, created, none, real):
    cells = none.split("|")
    lines = [f"N{i},A1,{created},{cell},open,5,{cell}" for i, cell in enumerate(cells)]
    lines += [f"W{i},A1,{created},{real},won,5,{created}" for i in range(2)]
    intake = read(export(tmp_path, opportunities="\n".join([HEAD, *lines]) + "\n"), Config())
    assert intake.rejects == ()
    found = rows(intake.tables.opportunities, "opportunity_id", "closed_at", "created_at", "known_at")
    assert len(found) == len(cells) + 2
    for name, closed, born, known in found:
        assert (closed is None) == name.startswith("N")
        assert known == born == datetime.datetime(2026, 1, 2, born.hour)
    for column in ("closed_at", "known_at"):
        words = f"rows with a {column} that is a placeholder for no date, such as 1970-01-01; they are read as empty"
        assert f"opportunities: {len(cells)} {words}" in intake.notes


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["2025-W07", "2025-W31"], "weeks, months, quarters or days of a year"),
        (["2025-02", "2025-11"], "weeks, months, quarters or days of a year"),
        (["\u0662\u0660\u0662\u0665-\u0660\u0662-\u0660\u0661"], "digits of another script: export dates with"),
    ],
)
def test_what_names_no_day_stops_the_run_with_its_column(tmp_path, cells, said):
    lines = [f"O{i},A1,2025-01-02,{cell},won,5," for i, cell in enumerate(cells)]
    with pytest.raises(BadInput, match=rf"opportunities\.closed_at \(in opportunities\.csv\): {said}"):
        read(export(tmp_path, opportunities="\n".join([HEAD, *lines]) + "\n"), Config())
