"""Bad input at the command: a night goes on with what is sound, and what cannot be used ends with 3 and one line."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from tests.pipelines.conftest import Run
from tests.pipelines.crm_export import ACCOUNTS, OPPORTUNITIES, export

ACTIVITIES = "activity_id,lead_id,activity_type,occurred_at\nT1,L1,visit,2026-02-02\n"
#: Twenty sound deals, so that one bad row is five in a hundred.
DEALS = OPPORTUNITIES + "".join(f"D{i},A1,,2026-02-01,2026-02-0{1 + i % 9},lost,0\n" for i in range(18))
TOUCHES = ACTIVITIES + "".join(f"T{i},L1,visit,2026-02-0{1 + i % 9}\n" for i in range(2, 21))
#: So many more sound rows that all bad ones together are fewer than five in a hundred.
DEEP = {
    "opportunities": DEALS + "".join(f"E{i},A1,,2026-02-01,2026-02-0{1 + i % 9},lost,0\n" for i in range(130)),
    "activities": TOUCHES + "".join(f"T{i},L1,visit,2026-02-0{1 + i % 9}\n" for i in range(200, 280)),
}


def crm(folder: Path, **tables: str | bytes | None) -> Path:
    """Sound tables but for those given; a list of rows is added to the table's own."""
    return export(folder, **({"opportunities": DEALS, "activities": TOUCHES} | tables))


#: A bad row, the rule that it breaks, and what is told of it.
BAD_ROWS = [
    ("activities", "T97,L9,visit,2026-02-02", "unknown_lead", "lead_id is 'L9'"),
    ("activities", "T99,L1,visit,02/03/2026", "unparsable_occurred_at", "occurred_at is '02/03/2026'"),
    ("activities", "T99,L1,visit", "torn_row", "row 104 of the file: missing columns"),
    ("opportunities", "X1,A1,,2036-02-02,,open,5", "future_created_at", "opportunity_id is 'X1'"),
    ("opportunities", "X2,A1,,2026-02-02,2026-02-03,won,-5", "negative_amount", "amount is '-5'"),
    ("opportunities", "X3,A1,,2026-02-02,2026-02-03,paid,5", "unknown_status", "status is 'paid'"),
    ("opportunities", "X4,A1,,2026-02-02,,won,5", "closed_without_date", "closed_at is empty"),
    ("opportunities", ",A1,,2026-02-02,2026-02-03,won,5", "blank_id", "opportunity_id is empty"),
    ("opportunities", "X5,A9,,2026-02-02,,open,", "unknown_account", "account_id is 'A9'"),
]


def test_each_bad_row_is_set_aside_and_named(closedwon: Run, tmp_path: Path) -> None:
    bad = {table: "".join(f"{row}\n" for of, row, *_ in BAD_ROWS if of == table) for table in DEEP}
    folder = crm(tmp_path / "crm", **{table: sound + bad[table] for table, sound in DEEP.items()})
    ended = closedwon("check", "--data", folder, "--out", tmp_path / "rejects")
    assert (ended.code, ended.err) == (0, "")
    lines = [line for line in ended.out.splitlines() if line.startswith("  set aside: ")]
    assert len(lines) == len(BAD_ROWS)
    for table, _, rule, example in BAD_ROWS:
        (line,) = [line for line in lines if line.startswith(f"  set aside: {table}, {rule} (1), such as ")]
        assert example in line
    # `check` writes them with the rule in the last column, as `score` does with its night.
    for table in DEEP:
        written = (tmp_path / "rejects" / f"{table}.csv").read_text(encoding="utf-8").splitlines()[1:]
        rules = sorted(line.rpartition(",")[2].strip('"').partition(":")[0] for line in written)
        assert rules == sorted(rule for of, _, rule, _ in BAD_ROWS if of == table)


def test_too_many_bad_rows_end_with_3_and_name_table_rule_and_example(closedwon: Run, tmp_path: Path) -> None:
    bad = "T98,L1,visit,soon\nT99,L9,visit,2026-02-02\n"
    folder = crm(tmp_path / "crm", activities=TOUCHES + bad)
    ended = closedwon("check", "--data", folder)
    assert ended.code == 3
    assert ended.err == (
        "closedwon check: 2 of 22 rows of the table activities (9.1%) break a rule, and at most 5.0% may "
        "(max_reject_share in [input]); the most frequent is unknown_lead (1 rows), as in: lead_id is 'L9'\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("opportunities.csv", "opportunity_id,account_id,status\nO1,A1,won\n", "lacks the column created_at; it has"),
        ("opportunities.csv", "", "opportunities.csv is empty: its first line must name the columns"),
        (
            "leads.csv",
            "email,created_at\na@b.example,2026-01-01\n",
            "the table leads (leads.csv) lacks the column lead_id",
        ),
        ("activities.parquet", b"PAR1 and no more", "activities.parquet cannot be read"),
        ("activities.csv.gz", b"not gzip", "activities.csv.gz cannot be read"),
        ("activities.parquet", None, "the table activities is there twice: activities.parquet and activities.csv"),
        ("leads.csv", "lead_id,Lead ID\nL1,L2\n", "leads.csv has the column lead_id twice: which one is meant?"),
    ],
)
def test_a_table_that_cannot_be_used_ends_with_3_and_one_line(
    closedwon: Run, tmp_path: Path, name: str, content: str | bytes | None, message: str
) -> None:
    folder = crm(tmp_path / "crm")
    if content is None:
        pd.read_csv(folder / "activities.csv").to_parquet(folder / name)
    else:
        (folder / "activities.csv").unlink()
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = closedwon("check", "--data", folder)
    assert ended.code == 3, ended
    (line,) = ended.err.splitlines()
    assert line.startswith("closedwon check: ")
    assert message in line


def test_a_truncated_parquet_file_says_so(closedwon: Run, tmp_path: Path) -> None:
    folder = crm(tmp_path / "crm", activities=None)
    file = folder / "activities.parquet"
    pd.DataFrame(
        {"lead_id": ["L1"] * 9_000, "activity_type": "visit", "occurred_at": pd.Timestamp("2026-02-02")}
    ).to_parquet(file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    ended = closedwon("check", "--data", folder)
    assert ended.code == 3
    assert "activities.parquet cannot be read" in ended.err


def test_no_table_of_deals_and_nobody_to_score(closedwon: Run, tmp_path: Path) -> None:
    ended = closedwon("check", "--data", crm(tmp_path / "no-deals", opportunities=None))
    assert (ended.code, "the table opportunities is missing" in ended.err) == (3, True)
    ended = closedwon("check", "--data", crm(tmp_path / "nobody", accounts=None, leads=None))
    assert (ended.code, "neither the table accounts nor the table leads is there" in ended.err) == (3, True)


def test_csv_as_crms_write_it_is_read_as_meant(closedwon: Run, tmp_path: Path) -> None:
    folder = crm(
        tmp_path / "crm",
        # Excel's mark and semicolons, a quoted line break, cells for nothing, dates with and without a zone.
        accounts=b"\xef\xbb\xbf" + ACCOUNTS.replace(",", ";").replace("Retail", '"Retail;\nand more"').encode(),
        leads="Lead ID, Account ID ,EMAIL,Created At,Title\r\n"
        "L1,A1,NULL,2026-01-07,N/A\r\n0002,A1,-,2026-01-08T23:00:00-05:00,CFO\r\n",
        opportunities=DEALS.replace(",won,", ", Closed Won ,").replace(",L2,", ",0002,").replace(",lost,", ",LOST,"),
    )
    ended = closedwon("check", "--data", folder)
    assert (ended.code, ended.err) == (0, "")
    lines = [line.strip() for line in ended.out.splitlines()]
    assert "leads                           2 rows from leads.csv" in lines
    assert "opportunities: 19 rows with another spelling of status" in lines
    assert "customers 1, open 1: only open accounts are scored" in lines
    assert not any("set aside" in line for line in lines)


@pytest.mark.slow
def test_more_than_a_thousand_unknown_columns_are_only_wide(closedwon: Run, tmp_path: Path) -> None:
    names = [f"custom_{i}__c" for i in range(1_100)]
    rows = [[f"A{i}", *(str(i * j % 7) for j in range(1_100))] for i in range(1, 31)]
    with (tmp_path / "accounts.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["account_id", *names], *rows])
    deals = DEALS.replace(",L2,", ",,")
    folder = crm(
        tmp_path, accounts=(tmp_path / "accounts.csv").read_text(), opportunities=deals, leads=None, activities=None
    )
    ended = closedwon("check", "--data", folder, "--quiet")
    assert (ended.code, ended.err) == (0, "")


def test_check_never_overwrites_a_table_and_leaves_no_rejects_of_an_earlier_export(
    closedwon: Run, tmp_path: Path
) -> None:
    folder = crm(tmp_path / "crm", opportunities=f"{DEALS}X,A9,,2026-02-02,,open,\n")
    before = (folder / "opportunities.csv").read_text()
    ended = closedwon("check", "--data", folder, "--out", folder)
    assert (ended.code, "holds no rejected rows, and is not overwritten" in ended.err) == (2, True)
    assert (folder / "opportunities.csv").read_text() == before
    assert closedwon("check", "--data", folder, "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "opportunities.csv").is_file()
    (folder / "opportunities.csv").write_text(DEALS)
    assert closedwon("check", "--data", folder, "--out", tmp_path / "out").code == 0
    assert not (tmp_path / "out" / "opportunities.csv").exists()


def test_where_rejects_cannot_be_written_check_says_all_else(closedwon: Run, tmp_path: Path) -> None:
    folder, taken = crm(tmp_path / "crm", opportunities=f"{DEALS}X,A9,,2026-02-02,,open,\n"), tmp_path / "taken"
    taken.write_text("a file is no folder")
    ended = closedwon("check", "--data", folder, "--out", taken)
    assert ended.code == 2
    assert ended.err.startswith(f"closedwon check: the rejected rows are not written to {taken}: ")
    assert "attributes to learn from" in ended.out
