import csv
import io
import zipfile
from dataclasses import replace

import pyarrow as pa
import pytest

from pipelines.delivery.files import write_cells
from scoring.crm.known import PROFILES
from scoring.crm.profile import Column, Profile

SMALL = Profile(
    name="small",
    columns={"lead": (Column("lead_id", "id", "id", length=9), Column("grade", "g", "text", length=9))},
    objects={"lead": "Lead"},
    empty="none",
    max_bytes=1_000,
    max_rows=100,
)


def cells(rows, name="x"):
    return pa.table({"id": [f"{n}" for n in rows], "g": [name for _ in rows]})


def content(file):
    if file.suffix == ".csv":
        return file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        [inside] = archive.namelist()
        assert inside == file.with_suffix(".csv").name
        assert archive.getinfo(inside).date_time == (1980, 1, 1, 0, 0, 0)  # whatever the clock says
        return archive.read(inside)


@pytest.mark.parametrize(
    ("form", "name", "rows", "parts"),
    [
        ({}, "x", 0, [b"id,g\n"]),
        ({}, "x", 2, [b"id,g\n0,x\n1,x\n"]),
        ({}, 'a, "b"', 1, [b'id,g\n0,"a, ""b"""\n']),
        ({"bom": True}, "ü", 1, [b"\xef\xbb\xbfid,g\n0,\xc3\xbc\n"]),
        ({"zipped": True}, "x", 1, [b"id,g\n0,x\n"]),
        ({"max_rows": 2}, "x", 2, [b"id,g\n0,x\n1,x\n"]),
        ({"max_rows": 2}, "x", 3, [b"id,g\n0,x\n1,x\n", b"id,g\n2,x\n"]),
        ({"max_bytes": 13}, "x", 2, [b"id,g\n0,x\n1,x\n"]),
        ({"max_bytes": 13}, "x", 3, [b"id,g\n0,x\n1,x\n", b"id,g\n2,x\n"]),
        ({"max_bytes": 12}, "x", 3, [b"id,g\n0,x\n", b"id,g\n1,x\n", b"id,g\n2,x\n"]),
        ({"max_bytes": 13, "bom": True}, "x", 2, [b"\xef\xbb\xbfid,g\n0,x\n", b"\xef\xbb\xbfid,g\n1,x\n"]),
        ({"max_rows": 2, "zipped": True}, "x", 3, [b"id,g\n0,x\n1,x\n", b"id,g\n2,x\n"]),
    ],
)
def test_a_file_and_its_parts(tmp_path, form, name, rows, parts):
    written = write_cells(replace(SMALL, **form), "lead", "changes", cells(range(rows), name), tmp_path / "small")
    assert written.rows == rows
    assert [content(file) for file in written.files] == parts
    assert sorted((tmp_path / "small").iterdir()) == sorted(written.files)  # nothing else is left behind
    ending = "zip" if form.get("zipped") else "csv"
    names = [f"lead_changes.{ending}", f"lead_changes_part_2.{ending}", f"lead_changes_part_3.{ending}"]
    assert [file.name for file in written.files] == names[: len(parts)]


def test_a_further_table_has_files_of_its_own(tmp_path):
    written = write_cells(replace(SMALL, prefix="predictive_"), "lead", "scores", cells([1]), tmp_path)
    assert [file.name for file in written.files] == ["lead_predictive_scores.csv"]


@pytest.mark.parametrize("form", [{}, {"zipped": True, "max_rows": 3, "bom": True}])
def test_the_same_cells_give_the_same_bytes(tmp_path, form):
    first, second = (
        write_cells(replace(SMALL, **form), "lead", "scores", cells(range(7)), tmp_path / folder) for folder in "ab"
    )
    assert [file.read_bytes() for file in first.files] == [file.read_bytes() for file in second.files]


def test_a_line_end_in_a_cell_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a cell of lead_scores\.csv for small holds a line end"):
        write_cells(SMALL, "lead", "scores", cells([1], "first\nsecond"), tmp_path)


@pytest.mark.parametrize("crm", PROFILES)
def test_no_part_of_any_crm_passes_its_limits_and_no_row_is_lost(tmp_path, crm):
    rows = 60_000
    profile = replace(PROFILES[crm], max_bytes=min(PROFILES[crm].max_bytes, 800_000))
    written = write_cells(profile, "lead", "scores", cells(range(rows), 'x, "y"'), tmp_path)
    found = []
    for file in written.files:
        data = content(file)
        assert len(data) <= profile.max_bytes
        lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig" if profile.bom else "utf-8"))))
        assert 0 < len(lines) <= profile.max_rows
        found += [line["id"] for line in lines]
    assert len(written.files) > 1
    assert found == [str(number) for number in range(rows)]
