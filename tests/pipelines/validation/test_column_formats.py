"""How the numbers, dates and money of an export are read. Now is 2026-04-01."""

import datetime

import ibis
import pytest

from pipelines.config import Attributes, Config, Input
from pipelines.errors import BadInput, UsageError
from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.validation.column_formats import column_formats
from scoring.cells.times import is_date_only
from scoring.contracts.crm import OPPORTUNITIES
from tests.pipelines.crm_export import export, read, rejected, rows

NIGHT = Config()
DEALS = "opportunity_id,account_id,created_at,closed_at,status,amount"


def deals(*lines: str, header: str = DEALS) -> str:
    return "\n".join([header, *lines]) + "\n"


def amounts(*written: str) -> str:
    lines = [f"O{i:02d};A1;2026-01-10;2026-02-10;won;{cell}" for i, cell in enumerate(written)]
    return deals(*lines, header=DEALS.replace(",", ";"))


def of(written: list[str], config: Config, folder, **options):
    intake = read(export(folder, opportunities=amounts(*written), **options), config)
    return [amount for _, amount in rows(intake.tables.opportunities, "opportunity_id", "amount")], intake.notes


def test_amounts_in_one_format(tmp_path):
    found, notes = of(["1.234,56", "12.345", "", "-"], NIGHT, tmp_path / "german")
    assert found == [1234.56, 12345.0, None, None]
    assert "opportunities: amount is written like 1.234,56" in notes
    found, notes = of(["12.500", "8749.85"], NIGHT, tmp_path / "plain")
    assert found == [12.5, 8749.85]
    assert not any("amount" in note for note in notes)
    found, notes = of(["$7,450,000.00 ", "$ 12"], NIGHT, tmp_path / "dollars")
    assert found == [7_450_000.0, 12.0]
    assert "opportunities: amount is in $" in notes


def test_amounts_that_can_be_read_in_two_ways_stop_the_run_until_it_is_declared(tmp_path):
    written = ["12.345", "8.749", "950"]
    with pytest.raises(BadInput, match=r"opportunities.amount: 2 numbers such as 12.345 can be 12345 or 12.345"):
        of(written, NIGHT, tmp_path)
    assert of(written, Config(input=Input(decimal="comma")), tmp_path)[0] == [12345.0, 8749.0, 950.0]
    assert of(written, Config(input=Input(decimal="point")), tmp_path)[0] == [12.345, 8.749, 950.0]
    formats = {"Opportunities.Amount": "1.234,56"}
    assert of(written, Config(input=Input(number_formats=formats)), tmp_path)[0] == [12345.0, 8749.0, 950.0]


def test_a_cell_in_another_format_is_no_number(tmp_path):
    written = ["1.234,56"] * 40 + ["12.5"]
    intake = read(export(tmp_path, opportunities=amounts(*written)), NIGHT)
    assert rejected(intake, tmp_path, "opportunities", "opportunity_id") == {"O40": "unparsable_amount"}


ATTRIBUTES = {
    # The cell of 40 rows, the cell of the last row, and how that one is read.
    "size": ("7", "unknown", None),
    "turnover": ("1.234,5", "12.345", 12345.0),
    "margin": ("12,5 %", "7 %", 7.0),
    "member": ("yes", "#REF!", None),
    "zip": ("10115", "01067", "01067"),
}


def test_one_dirty_cell_costs_itself_and_not_the_column(tmp_path):
    lines = [";".join(["account_id", *ATTRIBUTES])]
    lines += [";".join([f"A{i}", *(many for many, _, _ in ATTRIBUTES.values())]) for i in range(40)]
    lines += [";".join(["A99", *(last for _, last, _ in ATTRIBUTES.values())])]
    folder = export(tmp_path, accounts="\n".join(lines) + "\n", leads=None, opportunities=amounts("5"))
    intake = read(folder, NIGHT)
    found = {row[0]: row[1:] for row in rows(intake.tables.accounts, "account_id", *ATTRIBUTES)}
    assert found["A99"] == tuple(value for _, _, value in ATTRIBUTES.values())
    assert found["A1"] == (7.0, 1234.5, 12.5, True, "10115")
    for note in (
        "accounts: size: 1 of 41 cells are no numbers, and are read as empty",
        "accounts: turnover is written like 1.234,56",
        "accounts: margin is written like 1234,56 with %",
        "accounts: member: 1 of 41 cells are neither yes nor no, and are read as empty",
    ):
        assert note in intake.notes


#: The cells of each attribute that is left out.
LEFT_OUT = {
    "worth": ("1.250", "950"),
    "reach": ("1.5k", "2M"),
    "capital": ("$5", "€7"),
    "since": ("2026-01-01", "2026-02-03"),
    "visited": ("3/4/2025 7:00", "5/6/2025 8:30"),
}
WHY = (
    "accounts: ignored worth: 20 numbers such as 12.345 can be 12345 or 12.345, and no cell shows which",
    "accounts: ignored reach: numbers with letters such as k or M, which must be written out",
    "accounts: ignored capital: amounts in $ and EUR; give one currency",
    "accounts: ignored columns with dates, which are no words to learn from (give an age in days instead): "
    "since, visited",
)


def test_an_attribute_is_left_out_with_the_true_reason(tmp_path):
    lines = [";".join(["account_id", *LEFT_OUT])]
    lines += [";".join([f"A{i}", *(cells[i % 2] for cells in LEFT_OUT.values())]) for i in range(40)]
    intake = read(export(tmp_path, accounts="\n".join(lines) + "\n", leads=None), NIGHT)
    assert not {*LEFT_OUT} & {*intake.tables.accounts.columns}
    assert [why for why in WHY if not any(why in note for note in intake.notes)] == [], intake.notes


def closed(written: list[str], folder, config: Config = NIGHT, created: str = "2025-12-01"):
    lines = [f"O{i},A1,{created},{cell},won,5" for i, cell in enumerate(written)]
    intake = read(export(folder, opportunities=deals(*lines)), config)
    return [str(when)[:16] for _, when in rows(intake.tables.opportunities, "opportunity_id", "closed_at")], intake


#: A column of dates, its cells, how they are read, and what is said of it.
FORMS = {
    ("accounts", "created_at"): (
        ["2/13/2026 7:42", "3/1/2026 0:05"],
        ["2026-02-13 07:42", "2026-03-01 00:05"],
        "month/day/year",
    ),
    ("leads", "created_at"): (
        ["31.12.2025", "01.02.2026"],
        ["2025-12-31 00:00", "2026-02-01 00:00"],
        "day/month/year",
    ),
    ("opportunities", "created_at"): (["1772375400000"] * 2, ["2026-03-01 14:30"] * 2, "milliseconds since 1970"),
    ("opportunities", "closed_at"): (["46083.5"] * 2, ["2026-03-02 12:00"] * 2, "days as in Excel"),
}


def test_dates_in_one_form(tmp_path):
    cells = {column: written for column, (written, _, _) in FORMS.items()}
    tables = {
        "accounts": [f"A{i},{cells['accounts', 'created_at'][i]}" for i in range(2)],
        "leads": [f"L{i},{cells['leads', 'created_at'][i]}" for i in range(2)],
        "opportunities": [
            f"O{i},A{i},{cells['opportunities', 'created_at'][i]},{cells['opportunities', 'closed_at'][i]},won,5"
            for i in range(2)
        ],
    }
    heads = {"accounts": "account_id,created_at", "leads": "lead_id,created_at", "opportunities": DEALS}
    texts = {table: deals(*lines, header=heads[table]) for table, lines in tables.items()}
    intake = read(export(tmp_path, **texts), NIGHT)
    keys = {"accounts": "account_id", "leads": "lead_id", "opportunities": "opportunity_id"}
    for (table, column), (_, expected, form) in FORMS.items():
        found = rows(getattr(intake.tables, table), keys[table], column)
        assert [str(when)[:16] for _, when in found] == expected, (table, column)
        assert f"{table}: {column} is written as {form}" in intake.notes


def test_dates_that_fit_two_forms_stop_the_run_until_it_is_declared_or_another_column_shows_it(tmp_path):
    written = ["02/03/2026", "01/02/2026"]
    with pytest.raises(BadInput, match='2 dates such as 03/04/2026 can be "day/month/year" or "month/day/year"'):
        closed(written, tmp_path)
    day_first = ["2026-03-02 00:00", "2026-02-01 00:00"]
    assert closed(written, tmp_path, Config(input=Input(dates="day/month/year")))[0] == day_first
    formats = {"opportunities.closed_at": "day/month/year"}
    assert closed(written, tmp_path, Config(input=Input(date_formats=formats)))[0] == day_first
    found, intake = closed(written, tmp_path, created="24/12/2025")
    assert found == day_first
    assert (
        "opportunities: closed_at can be read in two ways, and is read as day/month/year, because created_at is"
        in intake.notes
    )


def test_zones(tmp_path):
    with pytest.raises(BadInput, match=r"closed_at \(in opportunities.csv\): times with the short name of a zone"):
        closed(["2026-03-01 14:30:00 EST"], tmp_path)
    berlin = Config(input=Input(time_zone="Europe/Berlin"))
    found, intake = closed(["2026-03-01 14:30:00", "2026-03-01T14:30:00Z", "2026-03-01"], tmp_path, berlin)
    assert found == ["2026-03-01 13:30", "2026-03-01 14:30", "2026-03-01 00:00"]
    assert "opportunities: times without an offset are read in Europe/Berlin" in intake.notes
    for wrong in ("CET", "Berlin", "Europe/Bonn"):
        with pytest.raises(UsageError, match="the full name of a time zone"):
            Input(time_zone=wrong)


def parquet(folder, **tables):
    export(folder, opportunities=None, accounts=None, leads=None)
    for table, columns in tables.items():
        ibis.memtable(columns).to_parquet(folder / f"{table}.parquet")
    return folder


ACCOUNTS = {"account_id": ["A1", "A2"], "founded": [datetime.date(2001, 2, 3), datetime.date(2002, 3, 4)]}


def test_typed_times_and_amounts(tmp_path):
    folder = parquet(
        tmp_path,
        accounts=ACCOUNTS,
        opportunities={
            "opportunity_id": ["O1", "O2"],
            "account_id": ["A1", "A2"],
            "created_at": [1_767_225_600, 1_767_312_000],
            "closed_at": [46_082.5, 46_083.0],
            "status": ["won", "won"],
            "amount": ["1.234,56", "7"],
        },
    )
    intake = read(folder, NIGHT)
    found = rows(intake.tables.opportunities, "created_at", "closed_at", "amount")
    assert found == [
        (datetime.datetime(2026, 1, 1), datetime.datetime(2026, 3, 1, 12), 1234.56),
        (datetime.datetime(2026, 1, 2), datetime.datetime(2026, 3, 2), 7.0),
    ]
    assert "founded" not in intake.tables.accounts.columns
    assert any("ignored columns with dates" in note for note in intake.notes)


def test_typed_activities_without_an_offset_are_of_the_zone(tmp_path):
    moments = [datetime.datetime(2026, 3, 1, 0, 30), datetime.datetime(2026, 3, 2, 12)]
    folder = parquet(
        tmp_path,
        accounts=ACCOUNTS,
        opportunities={"opportunity_id": ["O1"], "account_id": ["A1"], "created_at": [moments[0]], "status": ["open"]},
        activities={"account_id": ["A1", "A1"], "activity_type": ["visit", "visit"], "occurred_at": moments},
    )
    log = read(folder, Config(input=Input(time_zone="Europe/Berlin"))).tables.log
    assert log is not None
    day = (datetime.date(2026, 2, 28) - datetime.date(1970, 1, 1)).days
    assert rows(log.days, "day") == [day, day + 2]
    plain = read(folder, NIGHT).tables.log
    assert plain is not None
    assert rows(plain.days, "day") == [day + 1, day + 2]


def test_planned_activities_wait_at_any_share_in_any_file(tmp_path):
    times = ["2026-03-01 09:00", *["2026-05-01 09:00"] * 9]
    activities = "account_id,activity_type,occurred_at\n" + "".join(f"A1,meeting,{time}\n" for time in times)
    text = read(export(tmp_path / "csv", activities=activities), NIGHT)
    moments = [datetime.datetime.fromisoformat(time) for time in times]
    typed = read(
        parquet(
            tmp_path / "parquet",
            accounts=ACCOUNTS,
            opportunities={
                "opportunity_id": ["O1"],
                "account_id": ["A1"],
                "created_at": [moments[0]],
                "status": ["open"],
            },
            activities={"account_id": ["A1"] * 10, "activity_type": ["meeting"] * 10, "occurred_at": moments},
        ),
        NIGHT,
    )
    for intake in (text, typed):
        assert "activities: 9 rows planned for the future, left out until then" in intake.notes
        assert (intake.counts["activities"].read, intake.counts["activities"].rejected) == (1, 0)
        assert rows(intake.tables.activities, "occurred_at") == [moments[0]]


def test_an_amount_far_from_all_others_is_named(tmp_path):
    written = [str(1_000 + 50 * i) for i in range(30)]
    assert not any("far" in note for note in of(written, NIGHT, tmp_path / "usual")[1])
    _, notes = of([*written, "1000000000000", "0.01"], NIGHT, tmp_path / "strange")
    [above] = [note for note in notes if "1 amounts of won deals are far above all others" in note]
    assert "count them as 2,450" in above
    assert above.endswith("such as opportunity_id 'O30'")
    assert any("1 amounts of won deals are far below all others" in note for note in notes)


def test_times_that_are_all_midnight_are_dates(tmp_path):
    lines = ["O1,A1,2026-01-01 10:00:00,2026-02-01T00:00:00Z,won,5", "O2,A1,2026-01-01,2026-02-03 00:00:00,won,5"]
    connection = connect()
    source = open_sources(connection, export(tmp_path, opportunities=deals(*lines))).tables["opportunities"]
    formats = column_formats(source, OPPORTUNITIES, Input())
    assert formats.days == {"closed_at"}
    raw = formats.applied(source.raw)
    found = raw.select("opportunity_id", created=is_date_only(raw.created_at), closed=is_date_only(raw.closed_at))
    assert rows(found, "opportunity_id", "created", "closed") == [("O1", False, True), ("O2", True, True)]


def test_dropped_columns_are_not_looked_at(tmp_path):
    accounts = "account_id,worth\n" + "".join(f"A{i},1.250\n" for i in range(30))
    folder = export(tmp_path, accounts=accounts, leads=None)
    assert not any("worth" in note for note in read(folder, Config(attributes=Attributes(drop=("worth",)))).notes)
