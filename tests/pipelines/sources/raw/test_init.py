"""`closedwon init` on real layouts, and what it refuses."""

import os
from pathlib import Path

import pytest

from pipelines.errors import BadInput, UsageError
from pipelines.sources.raw.init import init

RAW = Path(os.environ.get("CLOSEDWON_RAW_EXPORTS", "none"))
needs_raw = pytest.mark.skipif(not RAW.is_dir(), reason="CLOSEDWON_RAW_EXPORTS names no folder with raw exports")


def silent(_: str) -> None:
    """Say nothing."""


@needs_raw
@pytest.mark.parametrize(
    ("folder", "rows"),
    [
        (
            "salesforce_devorg",
            {"first_leads": 5, "accounts": 18, "leads": 42, "opportunities": 36, "opportunity_history": 48},
        ),
        (
            "fivetran_salesforce",
            {
                "first_leads": 1, "converted": 1, "accounts": 7, "leads": 5, "opportunities": 8,
                "opportunity_history": 0, "account_history": 1, "lead_history": 4, "activities": 20,
            },
        ),
        # Its deals have no stage, company or contact: what they were associated with is not in the seeds.
        (
            "fivetran_hubspot",
            {
                "company_names": 24, "stages": 71, "deal_companies": 2, "deal_account": 2, "contact_names": 44,
                "deal_contacts": 11, "deal_person": 11, "merged_contacts": 4, "merged_deals": 6, "accounts": 24,
                "leads": 22, "deal_links": 44, "deal_contact_account": 0, "closed_days": 0, "opportunities": 0,
                "first_days": 0, "known_days": 114,
                "contact_roles": 11, "opportunity_history": 14, "account_history": 100, "lead_history": 100,
                "engagements": 105, "engagement_people": 1, "engagement_companies": 1, "engagement_account": 1,
                "activities": 6,
            },
        ),
    ],
)  # fmt: skip
def test_a_real_export_gives_these_tables(folder: str, rows: dict[str, int], tmp_path: Path) -> None:
    written = init(RAW / folder, tmp_path, say=silent)
    assert written.found.layout.name == ("hubspot" if "hubspot" in folder else "salesforce")
    assert {view.name: view.rows for view in written.draft.views} == rows


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export of Salesforce with a converted lead, a deleted deal and a task of the lead."""
    raw = tmp_path / "raw"
    raw.mkdir()
    files = {
        "Account": "Id,Website,CreatedDate,Industry,Rating\n001A,acme.com,2024-01-01 08:00:00,Steel,Hot\n",
        "Contact": "Id,AccountId,Email,CreatedDate,LeadSource,Title\n003A,001A,a@acme.com,2024-03-01 08:00:00,,CFO\n",
        "Lead": "Id,IsConverted,ConvertedContactId,CreatedDate,LeadSource,Title\n"
        "00QA,1,003A,2024-02-01 08:00:00,Web,CFO\n00QB,0,000000000000000AAA,2024-02-02 08:00:00,Fair,CEO\n",
        "Opportunity": "Id,AccountId,StageName,IsWon,IsClosed,IsDeleted,CloseDate,CreatedDate\n"
        "006A,001A,Gewonnen,1,1,0,2024-05-01,2024-04-01 08:00:00\n006B,001A,Weg,0,1,0,2024-05-01,2024-04-01 08:00:00\n",
        "Task": "Id,WhoId,Type,IsClosed,CreatedDate\n00TA,00QA,Call,1,2024-02-03 08:00:00\n"
        "00TB,00QA,Call,0,2024-02-04 08:00:00\n",
    }
    for name, text in files.items():
        (raw / f"{name}.csv").write_text(text)
    return raw


def test_a_converted_lead_is_the_contact_that_it_became(export: Path, tmp_path: Path) -> None:
    from pipelines.sources.duckdb import connect
    from pipelines.sources.files import open_sources

    init(export, tmp_path / "out", say=silent)
    tables = open_sources(connect(), tmp_path / "out" / "crm.sql").tables

    def rows(table: str, *columns: str) -> list[tuple[str, ...]]:
        found = tables[table].raw.select(*columns).order_by(columns[0]).to_pyarrow().to_pylist()
        return [tuple(str(cell) for cell in row.values()) for row in found]

    assert rows("leads", "lead_id", "account_id", "created_at", "source") == [
        ("003A", "001A", "2024-02-01 08:00:00", "Web"),
        ("00QB", "None", "2024-02-02 08:00:00", "Fair"),
    ]
    assert rows("activities", "activity_id", "lead_id", "activity_type") == [("00TA", "003A", "call task")]
    assert rows("opportunities", "opportunity_id", "status") == [("006A", "won"), ("006B", "lost")]
    assert set(tables["accounts"].columns) == {"account_id", "domain", "created_at", "industry"}
    page = (tmp_path / "out" / "init.md").read_text()
    assert "1 converted leads are the contact that they became" in page
    assert "1 tasks are not done" in page


def test_edited_files_are_not_replaced_without_being_asked(export: Path, tmp_path: Path) -> None:
    (tmp_path / "crm.sql").write_text("-- mine")
    with pytest.raises(UsageError, match="there already"):
        init(export, tmp_path, say=silent)
    init(export, tmp_path, force=True, say=silent)
    assert (tmp_path / "crm.sql").read_text().startswith("-- source: raw\n")


def test_what_is_no_known_layout_is_refused_with_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match=r"no CRM that closedwon knows \(it has things\)"):
        init(tmp_path, tmp_path / "out", say=silent)
    with pytest.raises(UsageError, match="--layout zork is not known"):
        init(tmp_path, tmp_path / "out", layout="zork", say=silent)


def test_nothing_of_a_person_is_in_what_init_writes(export: Path, tmp_path: Path) -> None:
    (export / "Account.csv").write_text(
        "Id,Website,CreatedDate,Industry,Betreuer Anna Markowitz__c,ada@x.example,+49 170 5551234\n"
        "001A,acme.com,2024-01-01 08:00:00,Steel,1,1,1\n"
    )
    deals = (export / "Opportunity.csv").read_text().splitlines()
    types = ["Type", "Deal of Anna Markowitz", "ada@x.example"]
    (export / "Opportunity.csv").write_text("\n".join(f"{a},{b}" for a, b in zip(deals, types, strict=True)) + "\n")
    (export / "Notes of Anna Markowitz.csv").write_text("a,b\n1,2\n")
    written = init(export, tmp_path / "out", say=silent)
    texts = "".join(file.read_text() for file in written.files)
    assert [mark for mark in ("Markowitz", "ada@", "5551234") if mark in texts] == []
    assert "Deal of (name)" in texts
    assert "- Account: names with names of persons in them: column 5." in texts
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"crm.sql", "closedwon.toml", "init.md"}


def test_a_file_that_is_torn_or_no_file_is_named(export: Path, tmp_path: Path) -> None:
    (export / "Product.parquet").write_bytes(bytes(100))
    (export / "Case.csv").mkdir()
    os.mkfifo(export / "Asset.csv")
    page = (tmp_path / "out" / "init.md", init(export, tmp_path / "out", say=silent))[0].read_text()
    assert "Product.parquet is not read: " in page
    assert "Asset.csv is not read: it is a pipe" in page
    (export / "Opportunity.csv").rename(export / "deals.bak")
    (export / "Opportunity.parquet").write_bytes(bytes(100))
    with pytest.raises(BadInput, match=r"Opportunity\.parquet is not read: "):
        init(export, tmp_path / "other", say=silent)


@pytest.mark.parametrize(
    ("there", "said"), [("file", "cannot be a folder for the files"), ("crm.sql", "is a folder, where init writes")]
)
def test_a_place_that_cannot_be_written_is_said_first(there: str, said: str, export: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("") if there == "file" else (out / there).mkdir(parents=True)
    with pytest.raises(UsageError, match=said):
        init(export, out, force=True, say=silent)


LOCAL = {
    "Opportunities.csv": "(Do Not Modify) Opportunity,(Do Not Modify) Modified On,Topic,Potential Customer,Status,"
    "Status Reason,Created On,Actual Close Date\n{d},2023-07-01 09:00,a,Acme,Won,Won,2023-07-01 09:30,2023-07-20\n",
    "audits.csv": "_objectid_value,objecttypecode,createdon,changedata\n{d},opportunity,2023-07-01T07:30:00Z,"
    '"{{""changedAttributes"":[{{""logicalName"":""stepname"",""oldValue"":null,""newValue"":""1""}}]}}"\n',
}
DEAL = "00000004-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("zone", "changed_at", "said"),
    [("", "2023-07-01 07:30:00", 1), ("Europe/Berlin", "2023-07-01 09:30:00", 0), ("UTC", "2023-07-01 07:30:00", 0)],
)
def test_times_of_a_view_are_in_a_zone_that_is_asked_for(zone: str, changed_at: str, said: int, tmp_path: Path) -> None:
    """All timestamps of a mapping are in the zone that was declared, those of the audit too, which are in UTC."""
    from pipelines.config_file import read_config
    from pipelines.sources.duckdb import connect
    from pipelines.sources.files import open_sources

    (tmp_path / "raw").mkdir()
    for name, text in LOCAL.items():
        (tmp_path / "raw" / name).write_text(text.format(d=DEAL))
    lines: list[str] = []
    init(tmp_path / "raw", tmp_path, time_zone=zone, say=lines.append)
    asked = [line for line in lines if line.startswith("times of 1 deals of a view are in the zone of the user")]
    assert (len(asked), read_config(tmp_path / "closedwon.toml").input.time_zone) == (said, zone.replace("UTC", ""))
    assert ("To be told" in (tmp_path / "init.md").read_text()) == bool(said)
    steps = open_sources(connect(), tmp_path / "crm.sql").tables["opportunity_history"].raw
    assert [str(row["changed_at"]) for row in steps.select("changed_at").to_pyarrow().to_pylist()] == [changed_at]


def test_a_zone_that_is_none_is_refused(export: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--time-zone CET is not known: give the full name"):
        init(export, tmp_path, time_zone="CET", say=silent)
