"""Columns that are named like addresses or phone numbers: their values tell whether they are."""

import ibis
import pandas as pd
import pytest

from pipelines.validation.column_types import Kind, attributes_of

ROWS = 40


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("email_provider", ["Google", "Microsoft"], Kind.WORD),
        ("hq_phone_prefix", ["+49", "+33"], None),
        ("hasoptedoutofemail", ["True", "False"], Kind.FLAG),
        ("hasoptedoutofemail", [True, False], Kind.FLAG),
        ("emails_opened", ["12", "123456"], Kind.NUMBER),
        ("emails_opened", [12, 123456], Kind.NUMBER),
        ("last_email_at", ["2025-03-01", "2025-04-02"], Kind.DATE),
        ("work_phone", ["+49 30 123456", "(030) 12-34-56"], Kind.PERSONAL),
        ("work_phone", [4930123456, 4930123457], Kind.PERSONAL),
        ("fax", ["n/a", "n/a", "n/a", "030/123456"], Kind.PERSONAL),
        ("email_note", ["asks", "asks", "asks", "ask a@b.com"], Kind.PERSONAL),
    ],
)
def test_the_values_tell_addresses_and_phone_numbers(name: str, cells: list[object], kind: Kind | None) -> None:
    connection = ibis.duckdb.connect()
    raw = connection.create_table("raw", pd.DataFrame({name: (cells * ROWS)[:ROWS]}))
    found = attributes_of(connection, raw, [name])[name].kind
    assert found is kind if kind else found is not Kind.PERSONAL
