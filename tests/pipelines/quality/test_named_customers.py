"""Accounts that a column of the CRM calls customers, and that have not won a deal."""

from __future__ import annotations

import ibis
import pytest

from pipelines.quality.named_customers import named_customers
from scoring.features.facts import Facts


def facts(column: str, cells: str) -> Facts:
    """A1 has won; the others have not."""
    units = [f"A{i}" for i in range(1, 1 + len(cells.split("|")))]
    schema = {"unit": "string", column: "string"}
    values = [{"unit": unit, column: cell or None} for unit, cell in zip(units, cells.split("|"), strict=True)]
    known = ibis.memtable([{"unit": unit} for unit in units], schema={"unit": "string"})
    won = ibis.memtable([{"unit": "A1"}], schema={"unit": "string"})
    return Facts(known, known, won, attributes=ibis.memtable(values, schema=schema))


@pytest.mark.parametrize(
    ("column", "cells", "named"),
    [
        ("type", "Customer - Direct|Customer - Channel|Prospect|customer|", 2),
        ("lifecyclestage", "customer|customer|lead|opportunity", 1),
        ("customer_status__c", "Active customer|Existing Customer|Former customer|No customer|Lost customer", 1),
        ("kundenstatus", "Kunde|Bestandskunde|Interessent", 1),
        ("is_customer", "true|Yes|false|0|", 1),
        ("iscustomer", "1|1|1|0", 2),
        ("type", "Customer - Direct|Prospect|Partner", 0),
        # A column for something else may have such words.
        ("industry", "Customer|Customer|Client", 0),
        ("customer_segment", "customer|customer", 0),
        ("type", "Customer|Customer prospect|Potential customer|Customer lost", 0),
    ],
)
def test_customers_by_a_column(column: str, cells: str, named: int) -> None:
    told = named_customers(facts(column, cells), "account", "2026-06-01")
    if not named:
        assert told == []
    else:
        assert told == [
            f"{named} open accounts are customers by {column}, but no deal of theirs is won before 2026-06-01: they "
            "are ranked; export their won deals, the old ones too, or leave these rows out"
        ]
