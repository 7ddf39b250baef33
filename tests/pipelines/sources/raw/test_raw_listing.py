"""The name of the table that a file of a raw export holds."""

import pytest

from pipelines.sources.raw.raw_listing import table_name


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Opportunity", "Opportunity"),
        ("Deals_001", "Deals"),
        ("hubspot-crm-exports-all-deals-2025-11-01", "hubspot-crm-exports-all-deals"),
        ("hubspot-crm-exports-all-deals-2025-11-01-1", "hubspot-crm-exports-all-deals"),
        ("account_20251101T020000Z", "account"),
        ("sf_opportunity_data", "sf_opportunity_data"),
        ("contacts (1)", "contacts"),
        ("2025-11-01", "2025-11-01"),
    ],
)
def test_dates_and_numbers_of_parts_are_no_part_of_a_name(stem: str, name: str) -> None:
    assert table_name(stem) == name
