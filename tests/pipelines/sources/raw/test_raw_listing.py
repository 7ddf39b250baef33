"""The name of the table that a file of a raw export holds."""

from pathlib import Path

import pytest

from pipelines.errors import BadInput
from pipelines.sources.raw.raw_listing import list_raw, table_name


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


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["contacts-2025-11-01", "contacts-2025-11-01-1"], 2),
        (["contacts-2025-11-01-1", "contacts-2025-11-01-2"], 2),
        (["contacts-2025-11-01", "contacts-2025-11-02"], 0),
        (["contacts-2025-11-01-10", "contacts-2025-11-01-15"], 0),
        (["contacts_20251101T020000Z", "contacts_20251101T030000Z"], 0),
    ],
)
def test_numbers_after_one_date_are_parts_and_other_dates_are_refused(
    names: list[str], parts: int, tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n")
    if not parts:
        with pytest.raises(BadInput, match="there more than once"):
            list_raw(tmp_path)
        return
    assert {name: len(files) for name, files in list_raw(tmp_path)[0].items()} == {"contacts": parts}
