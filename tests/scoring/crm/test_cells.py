import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.crm.cells import spreadsheet_safe
from scoring.crm.known import PROFILES
from tests.scoring.crm.example_scores import leads
from tests.scoring.crm.expected_cells import accepted, rejected

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def safe(texts: list[str], length: int) -> list[str]:
    table = ibis.memtable({"text": texts}, schema={"text": "string"})
    lines: list[str] = table.select(line=spreadsheet_safe(table.text, length)).line.to_pyarrow().to_pylist()
    return lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\U0001f600" * 8, "\U0001f600" * 4),  # two units of UTF-16 each: Dataverse and Salesforce count these
        ("\U0001f600" * 3, "\U0001f600" * 3),
        ("x" * 8, "x" * 8),
        ("x" * 9, "x" * 8),
    ],
)
def test_a_text_fits_whatever_the_crm_counts(text: str, line: str) -> None:
    assert safe([text], 8) == [line]


@settings(max_examples=25)
@given(st.lists(ANY_TEXT, min_size=1))
def test_no_text_becomes_a_formula_or_a_second_line(texts: list[str]) -> None:
    for line in safe(texts, 8):
        assert len(line) <= 8
        assert not line.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
        assert len(line.splitlines()) <= 1


@settings(max_examples=3)
@given(st.lists(ANY_TEXT, min_size=20))
def test_no_cell_is_empty_breaks_a_line_or_reads_as_a_formula(texts: list[str]) -> None:
    rows = leads(*({"lead_id": text, "reason_1": text, "why_now": text} for text in texts))
    for profile in PROFILES.values():
        for part in (profile, *profile.beside):
            found = accepted(part, "lead", rows).to_pyarrow().to_pylist()
            assert len(found) + rejected(part, "lead", rows).count().execute() == len(texts)
            for cell in (cell for row in found for cell in row.values()):
                assert cell
                assert len(cell.splitlines()) == 1
                assert not cell.startswith(tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"))
