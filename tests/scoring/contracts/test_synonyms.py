"""The columns that are probably meant."""

import pytest

from scoring.contracts.synonyms import likely


@pytest.mark.parametrize(
    ("column", "names", "own", "found"),
    [
        ("closed_at", ["Id", "Name", "Close Date"], False, "Close Date"),
        ("closed_at", ["CloseDate"], False, "CloseDate"),
        ("account_id", ["AccountId"], False, "AccountId"),
        ("account_id", ["Account_ID__c"], False, "Account_ID__c"),
        ("account_id", ["Record ID", "Associated Company IDs"], False, "Associated Company IDs"),
        ("account_id", ["Record ID", "Company name"], True, "Record ID"),
        ("account_id", ["Id", "Name"], False, None),
        ("domain", ["Company Domain Name", "Website"], False, "Company Domain Name"),
        ("created_at", ["create_date"], False, "create_date"),
        ("opportunity_id", ["(Do Not Modify) Opportunity"], True, "(Do Not Modify) Opportunity"),
        ("status", ["Deal Stage", "Amount"], False, "Deal Stage"),
        ("activity_type", ["Activity-Typ"], False, "Activity-Typ"),
        ("amount", ["Industry", "Employees"], False, None),
        ("opportunity_id", ["Vorgangsnr.", "Phase"], True, "Vorgangsnr."),
        ("created_at", ["Eröffnet am", "Phase"], False, "Eröffnet am"),
        ("closed_at", ["Datum des Abschlusses"], False, "Datum des Abschlusses"),
        ("closed_at", ["Date de clôture"], False, "Date de clôture"),
        ("status", ["Étape", "Montant"], False, "Étape"),
        ("amount", ["Importe", "Estado"], False, "Importe"),
        ("currency", ["IsoCode", "ConversionRate"], False, "IsoCode"),
    ],
)
def test_the_likely_column(column, names, own, found):
    assert likely(column, names, own=own) == found
