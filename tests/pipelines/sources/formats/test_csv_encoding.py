"""Encodings, found by decoding the whole file, and said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.config import Config
from pipelines.errors import BadInput
from pipelines.sources.formats.csv_encoding import as_utf8
from tests.pipelines.crm_export import export, read, rows

PLAIN = "account_id,Größe\nA1,Café “Łódź”\nA2,\n"
WESTERN = "account_id,Größe\nA1,Café “Nîmes” œuvre 5 €\nA2,\n"
SAID = "accounts.csv is not UTF-8 and is read as"
IN_DOUBT = "; if letters come out wrong, export it as UTF-8"


@pytest.mark.parametrize(
    ("content", "text", "said"),
    [
        (PLAIN.encode("utf-8"), PLAIN, ()),
        (PLAIN.encode("utf-8-sig"), PLAIN, ()),
        (PLAIN.encode("utf-16"), PLAIN, (f"{SAID} UTF-16",)),
        (PLAIN.encode("utf-16-le"), PLAIN, (f"{SAID} UTF-16",)),
        (b"\xfe\xff" + PLAIN.replace("\n", "\r\n").encode("utf-16-be"), PLAIN, (f"{SAID} UTF-16",)),
        (PLAIN.encode("utf-16-be"), PLAIN, (f"{SAID} UTF-16",)),
        (WESTERN.encode("cp1252"), WESTERN, (f"{SAID} Windows-1252{IN_DOUBT}",)),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "utf-16-le", "utf-16-be with a mark", "utf-16-be", "cp1252"],
)
def test_encodings(tmp_path, content, text, said):
    (tmp_path / "accounts.csv").write_bytes(content)
    plain, notes = as_utf8(tmp_path / "accounts.csv", "accounts.csv", tmp_path)
    assert (plain.read_text("utf-8-sig"), notes) == (text, said)


def test_a_file_in_another_encoding_is_read_and_said(tmp_path):
    content = b"\xfe\xff" + PLAIN.replace("\n", "\r\n").encode("utf-16-be")
    intake = read(export(tmp_path, accounts=content, leads="\ufefflead_id\nL1\nL2\n"), Config())
    assert rows(intake.tables.accounts, "account_id", "größe") == [("A1", "Café “Łódź”"), ("A2", None)]
    assert rows(intake.tables.leads, "lead_id") == ["L1", "L2"]
    assert [note for note in intake.notes if "is not UTF-8" in note] == [f"{SAID} UTF-16"]


def test_the_last_byte_of_a_long_file_decides(tmp_path):
    text = "account_id,note\n" + "".join(f"A{i},plain\n" for i in range(200_000)) + "A,Café\n"
    intake = read(export(tmp_path, accounts=text.encode("cp1252")))
    assert rows(intake.tables.accounts.filter(intake.tables.accounts.account_id == "A"), "note") == ["Café"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("account_id,город\nA1,Москва\n".encode("cp1251"), "neither UTF-8 nor UTF-16 nor Windows-1252"),
        ("account_id,名\nA1,東京都\n".encode("shift_jis"), "neither UTF-8 nor UTF-16 nor Windows-1252"),
        ("account_id,note\nA1,Caf\u00e9s\n".encode("mac_roman"), "neither UTF-8 nor UTF-16 nor Windows-1252"),
        (
            "account_id,note\nA1,Café\nA2,é\n".encode() + "A3,éé é\n".encode("cp1252"),
            "rows in UTF-8 and rows in another",
        ),
        ("account_id\nA1\n".encode("utf-16")[:-1], "begins as UTF-16, but the rest is not"),
        ("account_id\nA1\n".encode("utf-32"), "accounts.csv is UTF-32"),
    ],
)
def test_what_is_refused(tmp_path, content, message):
    with pytest.raises(BadInput, match=message):
        read(export(tmp_path, accounts=content))


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_unicode_files_say_is_kept(tmp_path_factory, text, encoding):
    folder = tmp_path_factory.mktemp("text")
    (folder / "accounts.csv").write_bytes(("account_id,note\n" + text).encode(encoding))
    plain, _ = as_utf8(folder / "accounts.csv", "accounts.csv", folder)
    assert plain.read_bytes().decode("utf-8-sig") == "account_id,note\n" + text
