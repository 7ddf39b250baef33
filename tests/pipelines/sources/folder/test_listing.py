"""The files of a folder: each is read or named."""

import gzip
import os
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.config import Config
from pipelines.errors import BadInput
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from tests.pipelines.crm_export import ACCOUNTS, LEADS, OPPORTUNITIES, export, read, rows

VISITS = "account_id,activity_type,occurred_at\nA1,visit,2026-03-01\n"
MORE = "occurred_at,activity_type,account_id,direction\n2026-03-02,reply,A2,inbound\n2026-03-03,call,A2,outbound\n"


def archive(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)


def parquet(path, text):
    header, *lines = [line.split(",") for line in text.split()]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: [line[i] for line in lines] for i, name in enumerate(header)}), path)


def named_parts(folder):
    (folder / "activities.csv").write_text(VISITS)
    (folder / "Activity_2.CSV").write_text(MORE)


def packed_parts(folder):
    (folder / "activities-1.csv.gz").write_bytes(gzip.compress(VISITS.encode()))
    with pa.CompressedOutputStream(str(folder / "activities-2.tsv.zst"), "zstd") as file:
        file.write(MORE.replace(",", "\t").encode())


def folder_of_parts(folder):
    parquet(folder / "activities" / "kind=web" / "part-0.parquet", VISITS)
    parquet(folder / "activities" / "kind=mail" / "part-0.parquet", MORE)
    (folder / "activities" / "_SUCCESS").touch()


def folder_that_spark_writes(folder):
    (folder / "activities.csv").mkdir()
    (folder / "activities.csv" / "part-00000-a.csv").write_text(VISITS)
    (folder / "activities.csv" / "part-00001-a.csv").write_text(MORE)
    (folder / "activities.csv" / "part-00002-a.csv").touch()


def members_of_an_archive(folder):
    archive(folder / "crm.zip", **{"export/Activity.csv": VISITS, "export/activities_1.csv": MORE})


def archives_by_number(folder):
    archive(folder / "export_1.zip", **{"activities.csv": VISITS})
    archive(folder / "export_2.zip", **{"activities.csv": MORE})


def archive_with_the_name(folder):
    archive(folder / "activities.csv.zip", **{"page1.csv": VISITS, "page2.csv": MORE, "__MACOSX/._page1.csv": "x"})


PARTS = [
    named_parts,
    packed_parts,
    folder_of_parts,
    folder_that_spark_writes,
    members_of_an_archive,
    archives_by_number,
    archive_with_the_name,
]


@pytest.mark.parametrize("write", PARTS)
def test_the_parts_of_a_table(tmp_path, write):
    write(export(tmp_path))
    found = open_sources(connect(), tmp_path)
    source, notes = found.tables["activities"], (*found.notes, *found.tables["activities"].notes)
    assert rows(source.raw, "account_id", "activity_type", "direction") == [
        ("A1", "visit", None),
        ("A2", "call", "outbound"),
        ("A2", "reply", "inbound"),
    ]
    assert source.torn == ()
    assert len({*source.files}) == len(source.paths) == 2
    assert any("activities: read from 2 files as the parts of one table" in note for note in notes)
    assert any("lacks columns of the other parts: direction" in note for note in notes)
    kinds = "activities: the names of the folders in activities (kind) are not read as columns"
    assert (kinds in notes) == (write is folder_of_parts)


@pytest.mark.parametrize("write", [folder_of_parts, archive_with_the_name])
def test_the_parts_of_a_table_are_validated_as_one(tmp_path, write):
    write(export(tmp_path))
    intake = read(tmp_path, Config())
    assert rows(intake.tables.activities, "account_id", "activity_type", "direction") == [
        ("A1", "visit", "inbound"),
        ("A2", "call", "outbound"),
        ("A2", "reply", "inbound"),
    ]
    assert not intake.rejects
    assert any("activities: read from 2 files as the parts of one table" in note for note in intake.notes)
    assert len(intake.read_from["activities"]) == 2
    assert {len(intake.digests[name]) for name in intake.read_from["activities"]} == {64}


def test_all_of_an_export_in_one_archive(tmp_path):
    tables = {"Accounts.csv": ACCOUNTS, "Lead.csv": LEADS, "Opportunity.csv": OPPORTUNITIES, "Note.csv": "Id\n1\n"}
    archive(tmp_path / "WE_00D1.ZIP", **tables)
    for data in (tmp_path, tmp_path / "WE_00D1.ZIP"):
        intake = read(data)
        assert rows(intake.tables.accounts, "account_id") == ["A1", "A2"]
        assert rows(intake.tables.leads, "lead_id") == ["L1", "L2"]
        assert "not read, since no table has such a name: WE_00D1.ZIP/Note.csv" in intake.notes


NOT_READ = {
    "activities_old.csv": "no table has this name; if it is the table activities or a part of it, rename it to "
    "activities.csv or activities_2.csv",
    "Deals.csv": "no table has this name; if it is the table opportunities or a part of it, rename it to "
    "opportunities.csv or opportunities_2.csv",
    "accounts (1).csv": "its name is that of a second download; remove it, or rename it to accounts.csv if it is the "
    "table, or to accounts_2.csv if it is a second part",
    "accounts_2026-01-31.csv": "it seems to be the table accounts of another date; if it is a part, rename it to "
    "accounts_2",
    "leads.json": "CSV, Parquet and Excel files are read; export the table leads as one of them",
}


def test_what_is_not_read_is_named_once(tmp_path):
    export(tmp_path)
    for name in NOT_READ:
        (tmp_path / name).write_text("x\n1\n")
    notes = read(tmp_path).notes
    said = {name: [note for note in notes if note.startswith(name) or f" {name}" in note] for name in NOT_READ}
    assert said == {name: [f"{name} is not read: {reason}"] for name, reason in NOT_READ.items()}


def test_what_is_no_table_is_named_in_one_note(tmp_path):
    export(tmp_path)
    for name in ("README.md", "budget.xls.txt", "of Anna Markowitz", ".hidden", "Thumbs.db", "~$accounts.xlsx"):
        (tmp_path / name).touch()
    (tmp_path / "archive" / "more").mkdir(parents=True)
    found = "not read, since no table has such a name: README.md, archive/, budget.xls.txt, of (name)"
    assert [note for note in read(tmp_path).notes if "README" in note or "Thumbs" in note] == [found]


def test_a_table_that_is_missing_may_have_another_name(tmp_path):
    export(tmp_path, opportunities=None)
    (tmp_path / "Deals.csv").write_text(OPPORTUNITIES)
    with pytest.raises(
        BadInput, match=r"opportunities is missing: .*; Deals\.csv may be the table opportunities: if so"
    ):
        read(tmp_path)


def test_a_folder_with_the_tables_is_named(tmp_path):
    export(tmp_path / "2026-03")
    with pytest.raises(BadInput, match=r"its folder 2026-03 has accounts, leads, opportunities: use --data .*2026-03"):
        read(tmp_path)
    (tmp_path / "2026-03" / "accounts.csv").rename(tmp_path / "accounts.csv")
    with pytest.raises(BadInput, match=r"2026-03 has leads, opportunities, which is not read: put all files into"):
        read(tmp_path)


def twice(folder):
    (folder / "accounts_2.csv").write_text(ACCOUNTS)


def two_spellings(folder):
    (folder / "Account.csv").write_text(ACCOUNTS + "A3,,,\n")


def two_formats(folder):
    parquet(folder / "accounts_2.parquet", "account_id\nA3")


def file_and_folder(folder):
    parquet(folder / "accounts" / "part-0.parquet", "account_id\nA3")


def file_and_archive(folder):
    archive(folder / "accounts.csv.zip", **{"accounts.csv": ACCOUNTS + "A3,,,\n"})


def two_dates(folder):
    for day in ("2026-01-31", "2026-02-28"):
        (folder / f"activities_{day}.csv").write_text(VISITS)


def pipe(folder):
    os.mkfifo(folder / "activities.csv")


def link_to_nothing(folder):
    (folder / "activities.csv").symlink_to(folder / "gone.csv")


def empty_folder(folder):
    (folder / "activities.csv").mkdir()


def delta_lake(folder):
    parquet(folder / "activities" / "part-0.parquet", VISITS)
    (folder / "activities" / "_delta_log").mkdir()


def part_without_a_header(folder):
    (folder / "activities_1.csv").write_text(VISITS)
    (folder / "activities_2.csv").write_text("A2,visit,2026-03-02\nA2,visit,2026-03-03\n")


def member_twice(folder):
    with zipfile.ZipFile(folder / "crm.zip", "w") as file:
        file.writestr("activities.csv", VISITS)
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("activities.csv", MORE)


def no_archive(folder):
    (folder / "crm.zip").write_text("hello")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (twice, r"the table accounts is there twice: accounts\.csv and accounts_2\.csv; keep one"),
        (two_spellings, r"the table accounts is there twice: Account\.csv and accounts\.csv"),
        (two_formats, r"the table accounts is there twice: accounts_2\.parquet and accounts\.csv"),
        (file_and_folder, r"the table accounts is there twice: accounts and accounts\.csv"),
        (file_and_archive, r"the table accounts is there twice: accounts\.csv and accounts\.csv\.zip/accounts\.csv"),
        (two_dates, "activities is there on several dates: activities_2026-01-31.csv, activities_2026-02-28.csv; keep"),
        (pipe, "activities.csv is a pipe, so the table activities cannot be read"),
        (link_to_nothing, "activities.csv is a link to nothing"),
        (empty_folder, "activities.csv is a folder without part files"),
        (delta_lake, "activities is a table of Delta Lake, whose folder also holds rows that were deleted"),
        (part_without_a_header, "activities_2.csv lacks the column account|activities_2.csv lacks the column activity"),
        (member_twice, "crm.zip has activities.csv twice"),
        (no_archive, "crm.zip cannot be read"),
    ],
)
def test_what_stops_the_run(tmp_path, write, message):
    write(export(tmp_path))
    with pytest.raises(BadInput, match=message):
        read(tmp_path)


def test_the_name_of_a_folder_is_no_pattern(tmp_path):
    for name, account in (("crm*", "A1"), ("crm of others", "A9"), ("[crm]", "A1"), ("c", "A9")):
        folder = export(tmp_path / name, accounts=None)
        parquet(folder / "accounts.parquet", f"account_id\n{account}")
        (folder / "activities.csv").write_text(VISITS.replace("A1", account))
    for name in ("crm*", "[crm]"):
        intake = read(tmp_path / name)
        assert rows(intake.tables.accounts, "account_id") == ["A1"]
        assert intake.counts["activities"].read == 1


def test_a_folder_that_links_to_itself(tmp_path):
    folder_of_parts(export(tmp_path))
    (tmp_path / "activities" / "again").symlink_to(tmp_path / "activities")
    assert read(tmp_path).counts["activities"].read == 3


def test_a_part_that_is_missing_is_noticed(tmp_path):
    export(tmp_path, accounts=None)
    for number, account in ((1, "A1"), (2, "A2"), (4, "A4")):
        (tmp_path / f"accounts_{number}.csv").write_text(f"account_id\n{account}\n")
    intake = read(tmp_path)
    assert rows(intake.tables.accounts, "account_id") == ["A1", "A2", "A4"]
    assert "accounts: there is no part 3; is a file missing?" in intake.notes


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path, monkeypatch):
    export(tmp_path)

    def late(path):
        with (tmp_path / "leads.csv").open("a") as file:
            file.write("L3,,,,\n")
        return "0" * 64

    monkeypatch.setattr("pipelines.intake.intake.sha256_of", late)
    with pytest.raises(BadInput, match=r"leads\.csv was changed while it was read"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["opportunities.jsonl", "opportunities.csv.crdownload", "Deals.csv.part"])
def test_what_is_no_whole_file_of_a_known_kind_need_not_be_renamed(tmp_path, name):
    crm = export(tmp_path, opportunities=None)
    (crm / name).write_text("{}")
    with pytest.raises(BadInput, match=rf"{name} may be the table opportunities, but is no whole CSV"):
        read(crm, Config())
