"""Files that are of another kind than their names say."""

import duckdb
import pytest

from pipelines.errors import BadInput
from pipelines.sources.formats.content import require_kind
from pipelines.sources.formats.csv_dialect import sniff
from pipelines.sources.formats.csv_file import load_csv
from tests.pipelines.crm_export import LENIENT, export, read

TEXT = b"account_id,name\nA1,Acme\n"


@pytest.mark.parametrize(
    ("kind", "head", "said"),
    [
        ("Excel", b"<html><meta charset=utf-8><table><tr><td>Id", "but a web page or XML: open it in a spreadsheet"),
        ("CSV", b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "but a web page or XML: "),
        ("CSV", b"PAR1\x15\x04", "but a Parquet file: rename it so that its name ends in .parquet"),
        ("Parquet", TEXT, "it looks like text; rename it so that its name ends in .csv"),
        ("Excel", TEXT, "it looks like text; rename it so that its name ends in .csv"),
        ("CSV", b"PK\x03\x04\x14\x00", "but a workbook or a zip archive"),
        ("CSV", b"\xd0\xcf\x11\xe0\xa1", "but an old workbook"),
        ("CSV", b"SQLite format 3\x00", "but a database: give it to --data itself"),
        ("Parquet", b"\x00\x01", "it does not begin as one; export the table again"),
    ],
)
def test_a_file_of_another_kind_is_told(tmp_path, kind, head, said):
    path = tmp_path / "file"
    path.write_bytes(head)
    with pytest.raises(BadInput) as refusal:
        require_kind(path, "deals.x", kind)
    assert str(refusal.value).startswith(f"deals.x is no {kind} file")
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("CSV", TEXT),
        ("CSV", b""),
        ("CSV", b"ORCHARD,par1\n1,2\n"),
        ("CSV", b"\x1f\x8b\x08\x00"),
        ("CSV", "id,größe\n".encode("utf-16")),
        ("Parquet", b"PAR1\x15"),
        ("Excel", b"PK\x03\x04\x14\x00"),
        ("Excel", b"\xd0\xcf\x11\xe0\x00"),
    ],
)
def test_other_files_are_read(tmp_path, kind, head):
    path = tmp_path / "file"
    path.write_bytes(head)
    require_kind(path, "deals.x", kind)


@pytest.mark.parametrize(("end", "cut"), [("A2,y", 0), ("A2", 1), ("A2\n", 0), ("A2\nA3,x,2\n", 0), ("Bünde", 1)])
def test_a_file_that_ends_within_a_row_was_cut_off(tmp_path, end, cut):
    path = tmp_path / "accounts.csv"
    path.write_text(f"account_id,name\nA1,x\n{end}", encoding="utf-8")
    torn = load_csv(duckdb.connect(), path, ["account_id", "name"], sniff(path), "found")
    said = "the file ends within this row: it was cut off, and rows after it are missing; export it again"
    assert [row.problem for row in torn if "cut off" in row.problem] == [said] * cut


def test_a_row_that_was_cut_off_is_said(tmp_path):
    (reject,) = read(export(tmp_path, accounts="account_id,name\nA1,x\nA2"), LENIENT).rejects
    assert "it was cut off, and rows after it are missing" in reject.example
