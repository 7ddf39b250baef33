"""The name of the table that a file of a raw export holds."""

import zipfile
from pathlib import Path

import pytest

from pipelines.errors import BadInput
from pipelines.sources.raw.raw_listing import list_raw, table_name
from tests.pipelines.sources.formats.workbooks import workbook


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
        ("All Opportunities 11-2-2024 3-45-12 PM", "All Opportunities"),
        ("All Opportunities 11-2-2024 3-45-12 PM (1)", "All Opportunities"),
        ("Aktive Firmen 02.11.2024 15-45-12", "Aktive Firmen"),
        ("Comptes actifs 02-11-2024", "Comptes actifs"),
        ("Aktive Verkaufschancen 2024-11-02", "Aktive Verkaufschancen"),
    ],
)
def test_dates_and_numbers_of_parts_are_no_part_of_a_name(stem: str, name: str) -> None:
    assert table_name(stem) == name


def test_a_hidden_sheet_is_not_read_and_the_other_has_the_name_of_the_file(tmp_path: Path) -> None:
    book = workbook(tmp_path / "both.xlsx", All=[["a"], ["1"]], hiddenSheet=[["x"]])
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(tmp_path / "Open Deals 11-2-2024 3-45-12 PM.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'sheetId="2"', b'sheetId="2" state="veryHidden"'))
    book.unlink()
    tables, notes = list_raw(tmp_path)
    assert [(name, [file.sheet for file in files]) for name, files in tables.items()] == [("Open Deals", ["All"])]
    assert notes == ["Open Deals 11-2-2024 3-45-12 PM.xlsx, sheet hiddenSheet is not read: it is hidden"]


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
