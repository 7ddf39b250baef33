"""Amounts in one currency: by the rate of the day of closing, and planned ones by that on which they were planned."""

import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from scoring.cells.cells import column_key
from scoring.cells.currencies import row_currency
from tests.pipelines.crm_export import export, read, rows
from tests.pipelines.validation.test_column_formats import DEALS as COLUMNS
from tests.pipelines.validation.test_column_formats import NIGHT, deals, of

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


def money(folder, config: Config = NIGHT, rates: str | None = RATES, named: str = "CurrencyIsoCode"):
    lines = ["O1;A1;2025-12-01;2026-01-31;won;100;USD", "O2;A1;2025-12-01;2026-02-01;won;100;usd"]
    lines += ["O3;A1;2025-12-01;2026-02-01;won;100;EUR", "O4;A1;2024-01-01;2024-02-01;won;100;USD"]
    tables = {"opportunities": deals(*lines, header=COLUMNS.replace(",", ";") + f";{named}")}
    intake = read(export(folder, currencies=rates, **tables), config)
    return [amount for _, amount in rows(intake.tables.opportunities, "opportunity_id", "amount")], intake.notes


def test_amounts_are_converted_by_the_rate_of_the_day_of_closing(tmp_path):
    found, notes = money(tmp_path / "dated")
    assert found == [50.0, 80.0, 100.0, 50.0]
    assert "opportunities: amount is in EUR; 3 amounts in USD were converted" in notes
    declared = Config(input=Input(currency="eur"))
    assert money(tmp_path / "declared", declared, "currency,rate\nUSD,2\n")[0] == [200.0, 200.0, 100.0, 200.0]


def test_amounts_in_several_currencies_without_rates_stop_the_run(tmp_path):
    with pytest.raises(BadInput, match=r"amounts in more than one currency: USD \(3\), EUR \(1\)"):
        money(tmp_path, rates=None)
    with pytest.raises(BadInput, match="two rates of USD from 2025-01-01"):
        money(tmp_path, rates="currency,rate,from\nUSD,2,2025-01-01\nUSD,3,2025-01-01\nEUR,1,\n")
    with pytest.raises(BadInput, match=r"amounts in more than one currency: EUR \(1\), JPY \(1\)"):
        of(["€ 5", "7 JPY"], NIGHT, tmp_path / "signs")


@pytest.mark.parametrize(
    "named",
    [
        *("Währung", "ccy", "Deal Currency", "currency_name", "Devise", "通貨"),
        *(
            "billing_currency",
            "Invoice Currency Code",
            "ISO Currency",
            "currency_symbol",
            "amount_ccy",
            "Auftragswährung",
        ),
    ],
)
def test_a_currency_may_have_other_names(named):
    assert row_currency(["amount", column_key(named), "industry"]) == [column_key(named)]


@pytest.mark.parametrize("named", ["home_currency", "Amount (converted) Currency", "currency_rate", "multi_currency"])
def test_not_every_currency_is_that_of_the_amount(named):
    assert row_currency(["amount", column_key(named), "industry"]) == []


def test_a_telling_name_goes_before_others():
    assert row_currency(["billing_currency", "CurrencyIsoCode"]) == ["CurrencyIsoCode"]
    assert row_currency(["invoice_currency", "billing_currency"]) == ["billing_currency"]


def test_a_currency_under_another_name_counts(tmp_path):
    with pytest.raises(BadInput, match=r"amounts in more than one currency: USD \(3\), EUR \(1\)"):
        money(tmp_path / "known", rates=None, named="Währung")
    with pytest.raises(BadInput, match=r"amounts in more than one currency: USD \(3\), EUR \(1\)"):
        money(tmp_path / "other", rates=None, named="billing_currency")


def test_costs_are_converted_too(tmp_path):
    spend = "source;month;cost;currency\nads;03/2026;1.000,50;USD\nads;02/2026;10;EUR\n"
    intake = read(export(tmp_path, spend=spend, currencies=RATES), NIGHT)
    assert rows(intake.tables.spend, "cost") == pytest.approx([10.0, 800.4])
