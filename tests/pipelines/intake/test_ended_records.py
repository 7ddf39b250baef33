"""Records of which no version is current: they are deleted, whatever tool keeps the versions."""

import ibis
import pandas as pd
import pytest

from pipelines.intake.ended_records import without_ended
from pipelines.sources.files import ROW, Source
from tests.pipelines.crm_export import rows

#: Three records: one with an older version and a current one, one that has ended, one that is there.
NAMES = ["R1", "R1", "R2", "R3"]


def left(table, key, names=NAMES, **columns):
    connection = ibis.duckdb.connect()
    frame = pd.DataFrame({key: names, **columns})
    raw = connection.create_table("raw", frame.assign(**{ROW: range(len(frame))}))
    found = without_ended(connection, Source(table, ("f.csv",), (), raw, True, False, ()))
    gone = [] if found.gone is None else rows(found.gone, "gone")
    return (
        sorted(rows(found.raw, key)),
        gone,
        found.left_out,
        found.notes,
        sorted(set(columns) & set(found.raw.columns)),
    )


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("opportunities", {"_fivetran_active": ["false", "true", "false", "true"]}),
        ("accounts", {"_fivetran_end": ["2026-01-05", "9999-12-31 23:59:59", "2026-02-01", "9999-12-31 23:59:59"]}),
        ("leads", {"dbt_valid_to": ["2026-01-05", "", "2026-02-01", ""]}),
        ("accounts", {"is_current": ["0", "1", "0", "1"]}),  # one id has an ended row and a current one
        ("accounts", {"valid_to": ["05.01.2026", "31.12.9999", "01.02.2026", "31.12.9999"]}),
        ("leads", {"_end_at": [pd.Timestamp("2026-01-05"), pd.NaT, pd.Timestamp("2026-02-01"), pd.NaT]}),
        ("opportunities", {"row_current_flag": ["N", "Y", "N", "Y"], "row_end_date": ["", "", "", ""]}),
        ("opportunities", {"gueltigbis": ["2026-01-05", None, "2026-02-01", None]}),
    ],
)
def test_a_record_without_a_current_version_is_left_out(table, columns):
    key = {"accounts": "account_id", "leads": "lead_id", "opportunities": "opportunity_id"}[table]
    kept, gone, count, notes, stay = left(table, key, **columns)
    assert (kept, gone, count, stay) == (["R1", "R1", "R3"], ["R2"], 1, [])
    assert notes[0].startswith(f"{table}: 1 rows are left out: of records of which no version is current")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"_fivetran_active": ["true", "true", "true"]}, 0),
        ({"_fivetran_active": ["false", "false", "false"]}, 1),  # nothing would be left
        ({"valid_to": ["2026-01-05", "", ""]}, 1),  # perhaps a contract
        ({"is_current": ["no", "yes", "yes"]}, 1),  # perhaps a customer
        ({"current": ["former", "yes", "yes"]}, 0),
        ({"valid_to__c": ["2026-01-05", "", ""]}, 0),
        ({"end_date": ["2026-01-05", "", ""]}, 0),
    ],
)
def test_what_may_mean_something_else_leaves_no_record_out(columns, said):
    kept, gone, count, notes, stay = left("accounts", "account_id", names=["R1", "R2", "R3"], **columns)
    assert (kept, gone, count, len(notes), stay) == (["R1", "R2", "R3"], [], 0, said, sorted(columns))


def test_a_flag_beside_a_time_needs_no_older_versions():
    columns = {"is_current": ["false", "true"], "valid_to": ["2026-01-05", ""]}
    assert left("accounts", "account_id", names=["R1", "R2"], **columns)[:3] == (["R2"], ["R1"], 1)


def test_of_a_log_only_current_versions_are_touches():
    kept, gone, count, *_ = left("activities", "activity_id", _fivetran_active=["false", "true", "false", "true"])
    assert (kept, gone, count) == (["R1", "R3"], [], 2)
    assert left("account_history", "account_id", _fivetran_active=["false", "true", "false", "true"])[2] == 0
