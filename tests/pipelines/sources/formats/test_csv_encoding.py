"""Encodings, found by decoding the whole file, and said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.config import Config
from pipelines.errors import BadInput
from pipelines.sources.formats.csv_encoding import as_utf8
from tests.pipelines.crm_export import export, read, rows

PLAIN = "account_id,Größe\nA1,Café “Łódź”\nA2,\n"
WESTERN = "account_id,Größe\nA1,Café “Nîmes” œuvre 5 €\nA2,\n"
SAID = "accounts.csv is not UTF-8 and is read as"


@pytest.mark.parametrize(
    ("content", "cell", "said"),
    [
        (PLAIN.encode("utf-8"), "Café “Łódź”", None),
        (PLAIN.encode("utf-8-sig"), "Café “Łódź”", None),
        (PLAIN.encode("utf-16"), "Café “Łódź”", f"{SAID} UTF-16"),
        (PLAIN.encode("utf-16-le"), "Café “Łódź”", f"{SAID} UTF-16"),
        (b"\xfe\xff" + PLAIN.replace("\n", "\r\n").encode("utf-16-be"), "Café “Łódź”", f"{SAID} UTF-16"),
        (PLAIN.encode("utf-16-be"), "Café “Łódź”", f"{SAID} UTF-16"),
        (WESTERN.encode("cp1252"), "Café “Nîmes” œuvre 5 €", f"{SAID} Windows-1252; if letters come out wrong"),
    ],
)
def test_encodings(tmp_path, content, cell, said):
    intake = read(export(tmp_path, accounts=content), Config())
    assert rows(intake.tables.accounts, "account_id", "größe") == [("A1", cell), ("A2", None)]
    assert [note for note in intake.notes if SAID in note][:1] == [
        note for note in intake.notes if said and said in note
    ]


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
        ("account_id\nA1\n".encode("utf-16")[:-1], "begins as UTF-16 and does not go on so"),
        ("account_id\nA1\n".encode("utf-32"), "accounts.csv is UTF-32"),
    ],
)
def test_what_is_refused(tmp_path, content, message):
    with pytest.raises(BadInput, match=message):
        read(export(tmp_path, accounts=content))


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_unicode_files_say_is_kept(tmp_path_factory, text, encoding):
    folder = tmp_path_factory.mktemp("text")
    (folder / "accounts.csv").write_bytes(("account_id,note\n" + text).encode(encoding))
    plain, _ = as_utf8(folder / "accounts.csv", "accounts.csv", folder)
    assert plain.read_bytes().decode("utf-8-sig") == "account_id,note\n" + text
