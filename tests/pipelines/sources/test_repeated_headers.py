"""Header lines in the middle of a table."""

import pytest

from pipelines.config import Config
from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read, rows

HEADER = "opportunity_id,account_id,created_at,Closed At,status,amount"
FIRST, SECOND = "O1,A1,2026-01-02,2026-02-02,won,5", "O2,A2,2026-01-03,,open,"
MOVED = "opportunity_id,account_id,Closed At,created_at,status,amount"


@pytest.mark.parametrize(
    "again", [HEADER, HEADER.replace("Closed At", "closed_at"), HEADER.replace("amount", " amount")]
)
def test_a_header_within_a_table_is_no_row(tmp_path, again):
    text = "\n".join([HEADER, FIRST, again, SECOND, again]) + "\n"
    intake = read(export(tmp_path, opportunities=text), Config())
    assert rows(intake.tables.opportunities, "opportunity_id") == ["O1", "O2"]
    assert "opportunities: 2 lines that repeat the header are left out" in intake.notes
    assert (intake.rejects, intake.tables.won_aside) == ((), None)
    assert intake.counts["opportunities"].left_out == 2


def test_a_header_in_another_order_stops_the_run(tmp_path):
    text = "\n".join([HEADER, FIRST, MOVED, "O2,A2,,2026-01-03,open,"]) + "\n"
    with pytest.raises(BadInput, match=r"opportunities\.csv: 1 lines within it name the columns in another order"):
        read(export(tmp_path, opportunities=text), Config())
