"""Text that was encoded in UTF-8 twice, in a CSV file and elsewhere."""

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.config import Config
from pipelines.validation.twice_encoded import FEW, _beyond_ascii, undone
from tests.pipelines.crm_export import export, read, rows


def twice(text: str) -> str:
    """What a program makes of UTF-8 that it takes for Windows-1252; it keeps the five bytes that this does not have."""
    return "".join(
        bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
        for byte in text.encode()
    )


@given(st.text(min_size=1))
def test_what_was_encoded_twice_is_undone(text: str) -> None:
    assert undone(twice(twice(text))) in (text, undone(text))
    assert undone(twice(text)) in (text, undone(text))


@pytest.mark.parametrize("text", ["München", "Århus", "SÃO PAULO", "5 €", "東京"])
def test_a_right_text_is_no_such_text(text: str) -> None:
    assert undone(text) is None


@pytest.mark.parametrize(
    ("cities", "read_as", "said"),
    [
        (["München", "Málaga", "Bonn"], ["Bonn", "Málaga", "München"], "2 cells of accounts.city"),
        (["Łódź · Süd", "Zürich", "“Wien”"], ["Zürich", "Łódź · Süd", "“Wien”"], "cells of accounts.city"),
    ],
)
def test_a_column_that_was_encoded_twice_is_mended(tmp_path, cities, read_as, said):
    lines = "".join(f"A{i},{twice(city)},Ünlü\n" for i, city in enumerate(cities))
    intake = read(export(tmp_path, accounts=f"account_id,city,name\n{lines}", leads=None))
    assert rows(intake.tables.accounts, "city") == read_as
    assert rows(intake.tables.accounts, "name") == ["Ünlü"] * 3
    notes = [note for note in intake.notes if "twice" in note]
    assert len(notes) == 1
    assert said in notes[0]
    assert "are read as they were before" in notes[0]


def test_a_column_with_right_cells_too_stays_as_it_is_and_is_said(tmp_path):
    text = f"account_id,city\nA1,{twice('München')}\nA2,Köln\n"
    intake = read(export(tmp_path, accounts=text, leads=None))
    assert rows(intake.tables.accounts, "city") == ["Köln", "MÃ¼nchen"]
    assert any("1 cells of accounts.city" in note and "export accounts.csv again" in note for note in intake.notes)


def test_a_right_text_is_never_mended(tmp_path):
    # É and » are the bytes of another letter; no letter of western Europe is among them.
    intake = read(export(tmp_path, accounts="account_id,name\nA1,«CAFÉ»\nA2,Bar\n", leads=None))
    assert rows(intake.tables.accounts, "name") == ["Bar", "«CAFÉ»"]


@pytest.mark.parametrize("many", [3, FEW + 1])
def test_few_columns_and_many_are_looked_at_alike(many: int) -> None:
    connection = ibis.duckdb.connect()
    cells = {f"text {i}": [None, "Köln" if i in (1, many - 1) else "Bonn", ""] for i in range(many)}
    raw = connection.create_table("raw", pa.table(cells))
    assert sorted(_beyond_ascii(connection, raw, list(cells))) == [1, many - 1]


def test_words_of_a_status_are_understood(tmp_path):
    text = f"opportunity_id,account_id,created_at,closed_at,status\nO1,A1,2026-01-01,2026-02-01,{twice('gagné')}\n"
    intake = read(export(tmp_path, opportunities=text, leads=None), Config())
    assert rows(intake.tables.opportunities, "status") == ["won"]
