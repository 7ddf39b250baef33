"""A CRM export of a few rows, and how the tests of the intake read it. Now is 2026-04-01."""

import csv
import datetime

from pipelines.config import Config, Input
from pipelines.intake.intake import read_tables
from pipelines.validation.rejects import write_all_rejects

NOW = datetime.datetime(2026, 4, 1)
LENIENT = Config(input=Input(max_reject_share=1.0))

ACCOUNTS = """account_id,domain,created_at,industry
A1,acme.com,2026-01-05,Software
A2,https://www.Beta.io/home,2026-01-06T10:00:00+02:00,Retail
"""
LEADS = """lead_id,account_id,email,created_at,title
L1,A1,ann@acme.com,2026-01-07,CFO
L2,,bob@beta.io,2026-01-08,
"""
OPPORTUNITIES = """opportunity_id,account_id,lead_id,created_at,closed_at,status,amount
O1,A1,,2026-02-01,2026-03-01,won,1000
O2,A2,L2,2026-02-02,,open,
"""


def export(folder, **tables):
    """Write each table as CSV. A text replaces the table, None leaves it out."""
    texts = {"accounts": ACCOUNTS, "leads": LEADS, "opportunities": OPPORTUNITIES} | tables
    folder.mkdir(exist_ok=True)
    for table, text in texts.items():
        if text is not None:
            (folder / f"{table}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder, config=LENIENT, *, with_pandera=False, **options):
    return read_tables(folder, config, now=NOW, with_pandera=with_pandera, **options)


def rows(table, *columns):
    cells = table.select(*columns).to_pyarrow().to_pylist()
    return sorted(tuple(row.values()) if len(columns) > 1 else row[columns[0]] for row in cells)


def rejected(intake, folder, table, key):
    """The rule that each rejected row broke, read from the file of rejects."""
    files = {
        name: folder / "rejects" / f"{name}.csv" for name in write_all_rejects(folder / "rejects", intake.rejected_rows)
    }
    if table not in files:
        return {}
    with files[table].open() as file:
        return {row[key]: row["rule"] for row in csv.DictReader(file)}
