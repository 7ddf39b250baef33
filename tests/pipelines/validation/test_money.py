"""Planned amounts are in the currency of their deal, at the rate of the day on which they were planned."""

import pytest

from pipelines.config import Config, Input
from tests.pipelines.crm_export import export, read, rows

DEALS = """opportunity_id,account_id,created_at,closed_at,status,amount,currency
O1,A1,2026-01-05,2026-03-01,won,100,USD
O2,A2,2026-01-05,,open,70,EUR
"""
HISTORY = """opportunity_id,changed_at,stage,amount
O1,2026-01-20,Discovery,90
O1,2026-02-20,Proposal,90
O2,2026-02-20,Proposal,90
O2,2026-02-21,Proposal,
"""
RATES = "currency,rate,from\nUSD,0.5,2025-01-01\nUSD,0.8,2026-02-01\nEUR,1,\n"


def planned(folder, **tables):
    intake = read(export(folder, **tables), Config(input=Input(max_reject_share=1.0)))
    found = rows(intake.tables.opportunity_history, "opportunity_id", "changed_at", "amount")
    return [(deal, amount) for deal, _, amount in sorted(found, key=lambda row: row[:2])], intake.notes


def test_planned_amounts_are_converted_by_the_currency_of_their_deal(tmp_path):
    found, notes = planned(tmp_path, opportunities=DEALS, opportunity_history=HISTORY, currencies=RATES)
    assert found == [("O1", pytest.approx(45.0)), ("O1", pytest.approx(72.0)), ("O2", 90.0), ("O2", None)]
    assert "opportunity_history: amount is in EUR; 2 amounts in USD were converted" in notes


def test_planned_amounts_of_one_currency_stay_as_they_are(tmp_path):
    one = DEALS.replace("USD", "EUR")
    found, _ = planned(tmp_path / "named", opportunities=one, opportunity_history=HISTORY)
    assert [amount for _, amount in found] == [90.0, 90.0, 90.0, None]
    plain = "\n".join(line.rsplit(",", 1)[0] for line in DEALS.splitlines()) + "\n"
    found, notes = planned(tmp_path / "unnamed", opportunities=plain, opportunity_history=HISTORY)
    assert [amount for _, amount in found] == [90.0, 90.0, 90.0, None]
    assert not any("opportunity_history: amount" in note for note in notes)


def test_a_history_without_amounts_says_nothing_of_money(tmp_path):
    without = "\n".join(line.rsplit(",", 1)[0] for line in HISTORY.splitlines()) + "\n"
    found, notes = planned(tmp_path, opportunities=DEALS, opportunity_history=without, currencies=RATES)
    assert [amount for _, amount in found] == [None] * 4
    assert not any(note.startswith("opportunity_history: amount") for note in notes)
