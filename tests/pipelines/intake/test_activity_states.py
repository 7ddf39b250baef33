"""Activities that were only planned: they are no touches, also when their day is over."""

import ibis
import pandas as pd
import pytest

from pipelines.intake.deleted_rows import without_deleted
from pipelines.sources.files import ROW, Source
from scoring.cells.cells import column_key
from tests.pipelines.crm_export import rows


@pytest.mark.parametrize(
    ("column", "cells", "kept", "said"),
    [
        ("Status", "Completed|Not Started|In Progress|Completed|Deferred|Completed", [0, 3, 5], "3 rows are left out"),
        ("hs_task_status", "COMPLETED|NOT_STARTED|COMPLETED", [0, 2], "not done"),
        ("Aufgabenstatus", "Erledigt|Nicht begonnen|Zurückgestellt|Erledigt", [0, 3], "not done"),
        ("statut", "Terminée|Non commencée", [0], "not done"),
        ("statecode", "1|0|2|3|1", [0, 4], "canceled"),
        ("Status Reason", "Received|Completed|Open|No Show|Sent", [0, 1, 4], "not done"),
        ("activity_status", "Not Started|Not Started|Completed", [0, 1, 2], "2 of 3 cells of activity_status say"),
        # What became of a mail is no state, nor is a state of a country.
        ("status", "sent|open|click|open|bounced", [0, 1, 2, 3, 4], "0 that one is done: the column is not kept"),
        ("state", "CA|OR|open", [0, 1, 2], "0 that one is done"),
    ],
)
def test_what_was_only_planned_did_not_take_place(column, cells, kept, said):
    key, written = column_key(column), cells.split("|")
    frame = pd.DataFrame({"activity_type": [f"{i}" for i in range(len(written))], key: written})
    raw = ibis.duckdb.connect().create_table("raw", frame.assign(**{ROW: range(len(frame))}))
    source = Source("activities", ("activities.csv",), (), raw, True, False, (), names={key: column})
    left = without_deleted(raw.get_backend(), source)
    assert rows(left.raw, "activity_type") == [f"{i}" for i in kept]
    assert any(said in note for note in left.notes)
