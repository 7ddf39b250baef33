"""Columns under other names: asked for all at once, and mapped by the configuration. Now is 2026-04-01."""

import datetime

import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from tests.pipelines.crm_export import OPPORTUNITIES, export, read, rows

RENAMED = OPPORTUNITIES.replace("closed_at", "Close Date").replace("account_id", "AccountId")


def test_all_that_is_missing_is_asked_for_at_once(tmp_path):
    crm = export(
        tmp_path,
        accounts="Record ID,Website\n1,a.example\n",
        leads="lead_id,AccountId\nL1,1\n",
        opportunities="Id,AccountId,CreatedDate,CloseDate,StageName\n1,1,2026-02-01,2026-03-01,won\n",
        activities="Type,Date\ncall,2026-02-02\n",
    )
    with pytest.raises(BadInput) as refusal:
        read(crm)
    assert str(refusal.value) == (
        "the table accounts (accounts.csv) lacks the column account_id; it has record_id, website "
        "(is account_id its `Record ID`?); "
        "the table opportunities (opportunities.csv) lacks the columns opportunity_id, created_at, status, closed_at, "
        "account_id or lead_id; it has id, accountid, createddate, closedate, stagename "
        "(is opportunity_id its `Id`? is created_at its `CreatedDate`? is status its `StageName`? "
        "is account_id its `AccountId`? is closed_at its `CloseDate`?); "
        "the table activities (activities.csv) lacks the columns activity_type, occurred_at, account_id or lead_id; "
        "it has type, date (is activity_type its `Type`? is occurred_at its `Date`?): "
        "rename the columns in the export, or map them in the configuration, under [input.columns]: "
        '"accounts.Record ID" = "account_id"'
    )


def test_a_column_that_may_be_missing_is_asked_for_in_a_note(tmp_path):
    leads = "lead_id,AccountId,Job Title,Work Email\nL1,A1,CFO,ann@acme.com\n"
    notes = read(export(tmp_path, leads=leads)).notes
    assert [note.partition("?")[0] for note in notes if "there is no" in note] == [
        "leads: there is no account_id; is it `AccountId`",
        "leads: there is no title; is it `Job Title`",
        "leads: there is no email; is it `Work Email`",
    ]


def test_the_configuration_maps_columns(tmp_path):
    columns = {"opportunities.Close Date": "closed_at", "opportunities.AccountId": "account_id", "spend.X": "cost"}
    intake = read(export(tmp_path, opportunities=RENAMED), Config(input=Input(columns=columns)))
    assert [row[:2] for row in rows(intake.tables.opportunities, "opportunity_id", "account_id", "closed_at")] == [
        ("O1", "A1"),
        ("O2", "A2"),
    ]
    won = intake.tables.opportunities.filter(intake.tables.opportunities.status == "won")
    assert rows(won, "closed_at") == [datetime.datetime(2026, 3, 1)]


def test_a_mapped_column_takes_the_place_of_the_one_with_its_name(tmp_path):
    deals = "opportunity_id,account_id,created_at,status,amount,Amount in company currency\nO1,A1,2026-02-01,open,5,7\n"
    columns = {"opportunities.amount in company currency": "amount"}
    intake = read(export(tmp_path, opportunities=deals), Config(input=Input(columns=columns)))
    assert rows(intake.tables.opportunities, "amount") == [7.0]


def test_a_mapped_column_that_the_export_lacks_is_an_error(tmp_path):
    config = Config(input=Input(columns={"opportunities.Closing": "closed_at"}))
    with pytest.raises(BadInput, match="maps the column 'Closing' of opportunities, but"):
        read(export(tmp_path), config)


def test_rates_of_salesforce_count_the_other_way(tmp_path):
    crm = export(tmp_path)
    (crm / "currencies.csv").write_text("IsoCode,ConversionRate\nEUR,1\nUSD,1.087\n")
    with pytest.raises(BadInput, match=r"its `IsoCode`\?\); rate is .* give a column rate = 1 / Conv"):
        read(crm)
