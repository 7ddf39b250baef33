"""A record is taken out of all that is kept: rows, references, texts; and nothing else is touched."""

import csv
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.serving.forgotten_rows import rejected_ids, without_rows
from pipelines.store.upkeep.forgotten_texts import FORGOTTEN, id_pattern, without_words

IDS = {"lead": ["L1", "zcrm_L1"], "account": ["A1"], "opportunity": ["O1"]}


def parquet(file: Path, **columns: list[object]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file


@pytest.mark.parametrize(
    ("name", "columns", "left", "count"),
    [
        (
            "lead_scores.parquet",
            {"lead_id": ["L1", "L2", "L3"], "account_id": ["A1", "A1", None], "rank": [1, 2, 3]},
            {"lead_id": ["L2", "L3"], "account_id": [None, None], "rank": [2, 3]},
            2,
        ),
        ("account_scores.parquet", {"account_id": ["A1", "L1"]}, {"account_id": ["L1"]}, 1),
        ("account_features.parquet", {"unit": ["A1", "A2"], "n": [1.5, 2.5]}, {"unit": ["A2"], "n": [2.5]}, 1),
        ("lead_retired.parquet", {"lead_id": ["zcrm_L1", "L9"]}, {"lead_id": ["L9"]}, 1),
        (
            "imports/salesforce_1.parquet",
            {"unit": ["L1", "L1", "A1"], "entity": ["lead", "account", "account"]},
            {"unit": ["L1"], "entity": ["account"]},
            2,
        ),
        (
            "backtests/lead/797bd047ee0c7c2a/2025-06-30.parquet",
            {"unit": ["L1", "L2"], "account": ["A1", "A2"]},
            {"unit": ["L2"], "account": ["A2"]},
            1,
        ),
        (
            "history/deal_2026-03-01_5f0c9a1e.parquet",
            {"opportunity_id": ["O1", "O2", "O3"], "account_id": ["A1", None, "A2"], "lead_id": [None, "L1", "L2"]},
            {"opportunity_id": ["O3"], "account_id": ["A2"], "lead_id": ["L2"]},
            2,
        ),
        (  # deals of A1: one is known by its id alone
            "opportunity_scores.parquet",
            {"opportunity_id": ["O1", "O2", "O3"], "account_id": [None, "A1", "A2"], "rank": [1, 2, 3]},
            {"opportunity_id": ["O3"], "account_id": ["A2"], "rank": [3]},
            2,
        ),
        ("opportunity_features.parquet", {"unit": ["O1", "O2"]}, {"unit": ["O2"]}, 1),
        ("lead_scores.parquet", {"lead_id": ["L10", "L2"], "account_id": ["A10", None]}, None, 0),
        ("other.parquet", {"x": ["L1"]}, None, 0),
    ],
)
def test_rows_and_references_leave_a_table(
    tmp_path: Path, name: str, columns: dict[str, list[object]], left: dict[str, list[object]] | None, count: int
) -> None:
    file = parquet(tmp_path / name, **columns)
    before = file.read_bytes()
    assert without_rows(file, IDS) == count
    found = pq.read_table(file)
    assert found.to_pydict() == (left or columns)
    assert pq.ParquetFile(file).metadata.row_group(0).column(0).compression == "ZSTD"
    assert (file.read_bytes() == before) == (count == 0)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert without_rows(file, IDS) == 0


CSV = '\ufeffId,Reason\nL2,"a, ""quoted"" one"\nL1,gone\n"L10",stays\nzcrm_L1,gone\n'


def test_lines_leave_a_file_of_a_crm_and_the_others_keep_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "lead_scores.csv").write_bytes(CSV.encode())
    (tmp_path / "account_scores.csv").write_bytes(CSV.encode())
    with zipfile.ZipFile(tmp_path / "lead_scores_part_2.zip", "w") as archive:
        archive.writestr("lead_scores.csv", CSV)
    left = '\ufeffId,Reason\nL2,"a, ""quoted"" one"\n"L10",stays\n'.encode()
    assert [without_rows(tmp_path / name, IDS) for name in ("lead_scores.csv", "account_scores.csv")] == [2, 0]
    assert (tmp_path / "lead_scores.csv").read_bytes() == left
    assert without_rows(tmp_path / "lead_scores_part_2.zip", IDS) == 2
    with zipfile.ZipFile(tmp_path / "lead_scores_part_2.zip") as archive:
        assert archive.read("lead_scores.csv") == left


def test_rejected_rows_leave_wherever_they_name_the_record(tmp_path: Path) -> None:
    file = tmp_path / "rejects" / "opportunities.csv"
    file.parent.mkdir()
    rows = [["opportunity_id", "account_id", "rule"], ["O1", "A1", "x"], ["O2", "A2", "two\nlines"], ["L1", "", "y"]]
    with file.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows(rows)
    assert without_rows(file, IDS) == 2
    with file.open(newline="", encoding="utf-8") as lines:
        assert list(csv.reader(lines)) == [rows[0], rows[2]]


@pytest.mark.parametrize(
    ("ids", "line", "left"),
    [
        (
            ["00Q1"],
            {"message": "lead 00Q1 of 00Q1, not 00Q12, a-00Q1 or 00Q1/x"},
            {"message": f"lead {FORGOTTEN} of {FORGOTTEN}, not 00Q12, a-00Q1 or 00Q1/x"},
        ),
        (
            ["11600"],
            {"message": "lead 11600: 11600 leads, 11600.5, 2.11600", "figures": {"11600": 11600, "rows": "11600"}},
            {
                "message": f"lead {FORGOTTEN}: 11600 leads, 11600.5, 2.11600",
                "figures": {"11600": 11600, "rows": "11600"},
            },
        ),
        (
            ["470000000012345"],
            {"message": "470000000012345", "figures": {"id": "470000000012345", "data": "/crm/470000000012345"}},
            {"message": FORGOTTEN, "figures": {"id": FORGOTTEN, "data": "/crm/470000000012345"}},
        ),
        (["score"], {"command": "score", "message": "score ended"}, {"command": "score", "message": "score ended"}),
        (["A1"], {"message": "account A1"}, {"message": "account A1"}),
    ],
)
def test_words_leave_sentences_only_where_an_id_stands(
    tmp_path: Path, ids: list[str], line: dict[str, object], left: dict[str, object]
) -> None:
    file = tmp_path / "2026-11.jsonl"
    torn = b'{"message": "caf\xe9 of nobody\n'
    file.write_bytes(torn + json.dumps(line).encode() + b"\n")
    before = file.read_bytes()
    assert [without_words(file, id_pattern(ids)) for _ in range(2)] == [left != line, False]
    after = file.read_bytes()
    assert after.startswith(torn)
    assert json.loads(after[len(torn) :]) == left
    assert (after == before) == (left == line)


def test_rejected_rows_of_any_encoding_are_read(tmp_path: Path) -> None:
    file = tmp_path / "rejects" / "errors.csv"
    file.parent.mkdir()
    file.write_bytes("lead_id;x,name,lead_id,amount\nq,Café,L1,L9\nq,Café,L2,7\n".encode("cp1252"))
    assert rejected_ids(file) == {"account": set(), "lead": {"L1", "L2"}}
    assert without_rows(file, {"lead": ["L1", "7"]}) == 1
    assert file.read_bytes() == "lead_id;x,name,lead_id,amount\nq,Café,L2,7\n".encode("cp1252")
