"""What the names of files mean."""

import pytest

from pipelines.sources.folder.table_names import Meaning, table_meaning

NAMES = [
    ("accounts", Meaning("accounts")),
    ("ACCOUNTS", Meaning("accounts")),
    ("Opportunity", Meaning("opportunities")),
    ("contact role", Meaning("contact_roles")),
    ("Account-History_2", Meaning("account_history", (2,))),
    ("Lead_1", Meaning("leads", (1,))),
    ("activities-part-0001", Meaning("activities", (1,))),
    ("activities_00003-of-00012", Meaning("activities", (3,))),
    ("activities_0_2_0", Meaning("activities", (0, 2, 0))),
    ("activities_2024", Meaning("activities", (2024,))),  # one for each year
    ("accounts_2024-05-31", Meaning("accounts", date="2024_05_31")),
    ("accounts_20240531T0600", Meaning("accounts", date="20240531t0600")),
    ("accounts (1)", Meaning("accounts", copy=True)),
    ("accounts - Copy", Meaning("accounts", copy=True)),
    ("activities_old", Meaning(probably="activities")),
    ("Deals_001", Meaning(probably="opportunities")),
    ("contacts", Meaning(probably="leads")),
    ("OpportunityHistory", Meaning(probably="opportunity_history")),
    ("hubspot-crm-exports-all-companies-2024-05-31", Meaning(probably="accounts")),
    ("leadership", Meaning()),
    ("budget", Meaning()),
]


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[name for name, _ in NAMES])
def test_what_a_name_means(name, expected):
    assert table_meaning(name) == expected
