"""The form of a column of dates, from its cells."""

import ibis
import pytest

from scoring.cells import cells
from scoring.cells.time_forms import EXAMPLES, FORMS, TimeCount, TimeForm
from scoring.cells.times import NoTimes, TwoForms, is_date_only, time_form
from tests.scoring.cells.shapes_of_texts import shapes_of

ZONES = (
    "times with the short name of a zone (EST, CET, IST), which has several meanings: export them with an offset "
    "(+01:00) or in UTC"
)
#: The cells of a column; the form, or what is wrong; the times.
COARSE = (
    "weeks, months, quarters or days of a year (such as 2025-W07, 2025-02, 2025-Q1, 2025-045): export the day, best as "
    "2025-12-31"
)
COLUMNS = [
    ("2026-03-01 14:30:00 +0100 | 2026-3-1 | 2021-01-07 6:49:18", "year-month-day", "2026-03-01 13:30:00"),
    ("2026-03-01T14:30Z | 2026-03-01 14:30:00 UTC", "year-month-day", "2026-03-01 14:30:00"),
    ("2026/03/01 | 2026.03.02", "year-month-day", "2026-03-01"),
    ("20260301 | 20260302", "yearmonthday", "2026-03-01"),
    ("20260301T143000Z", "yearmonthday", "2026-03-01 14:30:00"),
    ("5/20/2024 7:42 | 6/1/2024 0:05", "month/day/year", "2024-05-20 07:42:00"),
    ("20/05/2024 | 01/06/2024", "day/month/year", "2024-05-20"),
    ("31.12.2025 | 01.02.2025", "day/month/year", "2025-12-31"),
    ("03.04.2024", "day/month/year", "2024-04-03"),
    ("02/23/26 08:55 PM | 02/23/26 12:05 AM", "month/day/year", "2026-02-23 20:55:00"),
    ("13-01-99", "day/month/year", "1999-01-13"),
    ("2024-May-20", "year month-name day", "2024-05-20"),
    ("20 May 2024 | 1-Jun-24", "day month-name year", "2024-05-20"),
    ("May 20, 2024 1:00 PM | JUNE 1, 2024", "month-name day year", "2024-05-20 13:00:00"),
    ("Fri Mar 01 2024 14:30:00 GMT+0100", "month-name day year", "2024-03-01 13:30:00"),
    ("20 mai 2024 14:30 | 1er févr. 2024 | 3 août 2024 | 4 DÉC. 2023", "day month-name year", "2024-05-20 14:30:00"),
    ("5 Aoû 2024 | 6 juil. 2024 | 7 juin 2024", "day month-name year", "2024-08-05"),
    ("4 DÉC. 2023", "day month-name year", "2023-12-04"),
    ("20. März 2024 um 14:30 Uhr | Mo., 3. Dezember 2024", "day month-name year", "2024-03-20 14:30:00"),
    ("20 de mayo de 2024 | lunes, 1 de enero de 2024", "day month-name year", "2024-05-20"),
    ("3 ott 2024 | 4 giugno 2024 | 1 gen. 2024 | 9 lug 2024", "day month-name year", "2024-10-03"),
    ("31 de março de 2024 | 2 out. 2024 | 3 set 2024", "day month-name year", "2024-03-31"),
    ("1 mrt. 2024 | 2 mei 2024 | 3 oktober 2024", "day month-name year", "2024-03-01"),
    ("20/05/2024 à 14h30 | 21/05/2024 à 9h05", "day/month/year", "2024-05-20 14:30:00"),
    ("2/23/2026, 8:55\u202fPM | 2/24/2026, 8:55\u202fAM", "month/day/year", "2026-02-23 20:55:00"),
    ("23/02/2026 8:55 p.\u00a0m.", "day/month/year", "2026-02-23 20:55:00"),
    ("2024年5月20日 | 2024年12月1日 14:30", "year-month-day", "2024-05-20"),
    ("2024년 5월 20일", "year-month-day", "2024-05-20"),
    ("2024. 5. 20.", "year-month-day", "2024-05-20"),
    ("/Date(1709303400123)/ | /Date(1709303400123+0100)/", "milliseconds in /Date()/", "2024-03-01 14:30:00"),
    ("20 mapril 2024 | 3 xyz 2024", "", ""),
    ("1709303400 | 1709303401.5", "seconds since 1970", "2024-03-01 14:30:00"),
    ("1709303400123", "milliseconds since 1970", "2024-03-01 14:30:00"),
    ("1709303400123456", "microseconds since 1970", "2024-03-01 14:30:00"),
    ("1709303400123456789", "nanoseconds since 1970", "2024-03-01 14:30:00"),
    ("45432.32 | 45433", "days as in Excel", "2024-05-20 07:40:48"),
    ("45433", "days as in Excel", "2024-05-21"),
    ("03/04/2024 | 04/05/2024", "two forms", ""),
    (
        "2024-05-13 | 05/20/2024 | 05/21/2024",
        "dates in several forms: 2 cells are month/day/year, such as 12/31/2025; 1 cells are year-month-day, such as "
        "2025-12-31. Export them all in one form, best as 2025-12-31",
        "",
    ),
    (
        "12/31/2025 | 31/12/2025 | 30/12/2025",
        "dates in several forms: 2 cells are day/month/year, such as 31/12/2025; 1 cells are month/day/year, such as "
        "12/31/2025. Export them all in one form, best as 2025-12-31",
        "",
    ),
    (
        "1715990400 | 1715990400000 | 1733270400000",
        "dates in several forms: 2 cells are milliseconds since 1970, such as 1767139200000; 1 cells are seconds since "
        "1970, such as 1767139200. Export them all in one form, best as 2025-12-31",
        "",
    ),
    ("2026-03-01 14:30:00 EST", ZONES, ""),
    ("1/3/2026 8:00 (CET)", ZONES, ""),
    ("2024-W05-1", COARSE, ""),
    ("2025-W07 | 2025-W08", COARSE, ""),
    ("KW 7/2025 | KW 12/2025", COARSE, ""),
    ("2025-02 | 2025-03", COARSE, ""),
    ("Q1 2025 | Q4 2025", COARSE, ""),
    ("2025-Q1", COARSE, ""),
    ("March 2025 | May 2025", COARSE, ""),
    ("2025-045 | 2025-301", COARSE, ""),
    (
        "٢٠٢٤-٠٣-٠١ | ۲۰۲۴/۰۳/۰۱",  # noqa: RUF001
        "digits of another script: export dates with the digits 0 to 9, best as 2025-12-31",
        "",
    ),
    ("20454", "", ""),  # days since 1970 would be days of Excel in 1955
    ("soon", "", ""),
]


def decided(written: list[str], **options: object) -> TimeForm | TimeCount | TwoForms | NoTimes:
    shapes = shapes_of(written)
    return time_form(shapes, sum(shape.count for shape in shapes), **options)  # type: ignore[arg-type]


def first(form: TimeForm | TimeCount, written: list[str], zone: str = "") -> str:
    """The first cell as read, as a date where it is one."""
    table = ibis.memtable({"cell": written[:1]})
    canonical = table.select(text=form.canonical(table.cell, zone))
    read = canonical.select(time=cells.time(canonical.text), day=is_date_only(canonical.text))
    connection = ibis.duckdb.connect()
    connection.con.execute("SET TimeZone = 'UTC'")
    row = connection.to_pyarrow(read).to_pylist()[0]
    return str(row["time"].date()) if row["day"] else str(row["time"])[:19]


@pytest.mark.parametrize(("column", "expected", "time"), COLUMNS)
def test_a_column_has_one_form(column: str, expected: str, time: str) -> None:
    written = [cell.strip() for cell in column.split("|")]
    form = decided(written)
    if isinstance(form, TwoForms):
        assert expected == "two forms"
    elif isinstance(form, NoTimes):
        assert form.why == expected
    else:
        assert (form.name, first(form, written)) == (expected, time)


def test_what_was_declared_decides_where_two_forms_fit() -> None:
    written = ["03/04/2024", "04/05/2024"]
    for order, day in (("day/month/year", "2024-04-03"), ("month/day/year", "2024-03-04")):
        form = decided(written, declared=order)
        assert isinstance(form, TimeForm)
        assert first(form, written) == day
    assert decided(["20/05/2024"], declared="month/day/year").name == "day/month/year"  # type: ignore[union-attr]


def test_one_day_above_12_in_fifty_is_no_proof() -> None:
    assert isinstance(decided(["03/04/2024"] * 60 + ["13/04/2024"]), TwoForms)
    assert decided(["03/04/2024"] * 60 + ["13/04/2024"] * 10).name == "day/month/year"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "name", "time"),
    [
        ("03/2026", "month/year", "2026-03-01"),
        ("Mar 2026", "month-name year", "2026-03-01"),
        ("202603", "year-month", "2026-03-01"),
        ("15/03/2026", "day/month/year", "2026-03-15"),
    ],
)
def test_a_column_of_months(written: str, name: str, time: str) -> None:
    form = decided([written], months=True)
    assert isinstance(form, TimeForm)
    assert (form.name, first(form, [written])) == (name, time)


def test_times_without_an_offset_are_of_the_zone_and_dates_stay_dates() -> None:
    for written, time in (
        ("2026-07-01 12:00:00", "2026-07-01 10:00:00"),
        ("2026-07-01 12:00:00Z", "2026-07-01 12:00:00"),
        ("2026-7-1", "2026-07-01"),
    ):
        form = decided([written])
        assert isinstance(form, TimeForm)
        assert first(form, [written], "Europe/Berlin") == time
    days = decided(["45432.5"])
    assert isinstance(days, TimeCount)
    assert first(days, ["45432.5"], "Europe/Berlin") == "2024-05-20 10:00:00"
    seconds = decided(["1709303400"])
    assert isinstance(seconds, TimeCount)
    assert first(seconds, ["1709303400"], "Europe/Berlin") == "2024-03-01 14:30:00"


@pytest.mark.parametrize("form", FORMS)
def test_the_examples_of_forms_are_one_day(form: TimeForm | TimeCount) -> None:
    written = [EXAMPLES[form.name]]
    assert form.fitting(shapes_of(written)[0]) == 1
    assert first(form, written).startswith("2025-12-31")
