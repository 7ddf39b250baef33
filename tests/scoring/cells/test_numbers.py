"""The format of a column of numbers, from its cells."""

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.cells import cells
from scoring.cells.number_forms import FORMATS, NumberFormat
from scoring.cells.numbers import NoNumbers, TwoWays, number_format
from scoring.cells.shapes import shapes_in
from tests.scoring.cells.shapes_of_texts import shapes_of

#: The cells of a column; the format, or what is wrong; the numbers.
SEVERAL = "numbers in several formats"
OTHER_DIGITS = "digits of another script; export numbers with the digits 0 to 9, as 1234.56"
IN_JSON = "values in JSON or of a program; export the number alone, and its currency in a column"

COLUMNS = [
    ("1 | 20 | 300", "1234.56", [1, 20, 300]),
    ("0.123 | 17.5 | 1234.5", "1234.56", [0.123, 17.5, 1234.5]),
    ("0.125 | 0.250", "1234.56", [0.125, 0.25]),
    ("12.500 | 8749.85", "1234.56", [12.5, 8749.85]),
    ("12.345 | 8.749", "two ways", None),
    ("950 | 1.250", "two ways", None),
    ("1,234 | 12,345", "two ways", None),
    ("EUR 1.234", "two ways", None),
    (
        "12.345 | 12,345",
        "1 cells have a comma, such as 12,345, and 1 a point, such as 12.345: these are two formats in one column; "
        "export all numbers in one",
        None,
    ),
    ("12.322,- | 7.704,\u2013 | -20,-- | 2.807,- \u20ac | EUR 5,-", "1.234,56", [12322, 7704, -20, 2807, 5]),
    ("1'200.\u2013 | 99.- | 15.50 | 20-", "1'234.56", [1200, 99, 15.5, -20]),
    ("CHF 99.-- | Fr. 5.50 | 7.\u2014", "1234.56", [99, 5.5, 7]),
    ("1 234:- | 5:- | (7:-)", "1 234.56", [1234, 5, -7]),
    ("12322,= | 7,5", "1234,56", [12322, 7.5]),
    ("1,234 | 1,234.5", "1,234.56", [1234, 1234.5]),
    ("1.234,56 | 12 | 12.345", "1.234,56", [1234.56, 12, 12345]),
    ("17,5 | 3", "1234,56", [17.5, 3]),
    ("1.234.567 | 1.000", "1.234,56", [1234567, 1000]),
    ("1 234,56 | 17", "1 234,56", [1234.56, 17]),
    ("1\u00a0234,5 | 2\u202f000 | 3\u2009000", "1 234,56", [1234.5, 2000, 3000]),
    ("1'234.50 | 1\u2019000", "1'234.56", [1234.5, 1000]),
    ("12,34,567.00 | 5", "1,234.56", [1234567, 5]),
    ("(1,234.50) | 20- | -7 | \u22125", "1,234.56", [-1234.5, -20, -7, -5]),
    ("$7,450,000.00 | -$5 | $ 3.5", "1,234.56", [7450000, -5, 3.5]),
    ("EUR 1.234 | 2.000,50 EUR | 7 \u20ac", "1.234,56", [1234, 2000.5, 7]),
    ("Rs. 12,34,567.50 | Rs. 5", "1,234.56", [1234567.5, 5]),
    ("CHF 1'200.50", "1'234.56", [1200.5]),
    ("5 % | 7,5 %", "1234,56", [5, 7.5]),
    ("1.5e3 | 2E+2 | 10", "1234.56", [1500, 200, 10]),
    ("1,5E+03 | 2,5", "1234,56", [1500, 2.5]),
    ("5 % | 7", "numbers with and without a per cent sign", None),
    ("1.5k | 2M | 3", "numbers with letters such as k or M, which must be written out", None),
    ("1,234.5 | 1.234,5", f"{SEVERAL} (1 cells are like 9,999.9, 1 cells are like 9.999,9); export them in one", None),
    ("12.5 | 1.5 | 7,25 | 3", f"{SEVERAL} (2 cells are like 99.9, 1 cells are like 9,99); export them in one", None),
    ("١٢٣٤ | ٠٫٥ | ۱۲۳", OTHER_DIGITS, None),  # noqa: RUF001
    ("１２３４ | ５", OTHER_DIGITS, None),  # noqa: RUF001
    ('{"amount": 12.5, "currency": "EUR"} | {"amount": 7}', IN_JSON, None),
    ("{'value': '12.5'} | [7] | []", IN_JSON, None),
    ("red | 5", "", None),
    ("10-49 | 50-99", "", None),
]


def decided(written: list[str], **options: object) -> NumberFormat | TwoWays | NoNumbers:
    shapes = shapes_of(written)
    return number_format(shapes, sum(shape.count for shape in shapes), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("column", "expected", "values"), COLUMNS)
def test_a_column_has_one_format(column: str, expected: str, values: list[float] | None) -> None:
    written = [cell.strip(" ") for cell in column.split("|")]
    form = decided(written)
    if isinstance(form, TwoWays):
        assert expected == "two ways"
    elif isinstance(form, NoNumbers):
        assert form.why == expected
    else:
        assert form.example == expected
        table = ibis.memtable({"i": range(len(written)), "cell": written})
        canonical = table.select("i", text=form.canonical(table.cell))
        read = canonical.select("i", number=cells.number(canonical.text)).order_by("i")
        assert ibis.duckdb.connect().execute(read)["number"].tolist() == values


def test_what_was_declared_decides_where_two_formats_fit() -> None:
    assert decided(["12.345", "8.749"], decimal=",").example == "1.234,56"  # type: ignore[union-attr]
    assert decided(["12.345", "8.749"], decimal=".").example == "1234.56"  # type: ignore[union-attr]
    # A column that shows its format keeps it.
    assert decided(["12.5", "8749.85"], decimal=",").example == "1234.56"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("many", "few", "expected"),
    [
        ("17", "unknown", "1234.56"),
        ("1.234,5", "#REF!", "1.234,56"),
        ("950", "1.250", "1234"),  # one cell that can be read in two ways is not read, and stops nothing
        ("12.345", "17.5", "two ways"),  # one cell in fifty is no proof
        ("1,234", "1,234.5", "1,234.56"),  # but a cell with both marks is
    ],
)
def test_a_few_other_cells_do_not_decide(many: str, few: str, expected: str) -> None:
    form = decided([many] * 60 + [few])
    assert ("two ways" if isinstance(form, TwoWays) else form.example) == expected  # type: ignore[union-attr]


def test_the_currencies_of_signs() -> None:
    form = decided(["\u20ac 5", "12 JPY", "R$ 3", "7"])
    assert isinstance(form, NumberFormat)
    table = ibis.memtable({"cell": ["\u20ac 5", "12 JPY", "R$ 3", "7"]})
    named = form.currency(table.cell)
    assert named is not None
    found = ibis.duckdb.connect().execute(table.select(named=named))["named"]
    assert [None if name != name else name for name in found] == ["EUR", "JPY", "BRL", None]
    assert form.currencies == ("BRL", "EUR", "JPY")


@settings(max_examples=60)
@given(
    st.sampled_from([form for form in FORMATS.values() if form.grouping]),
    st.lists(st.integers(1_000, 10**9), min_size=3, max_size=8),
)
def test_what_is_written_in_a_format_is_read_in_it_or_refused(form: NumberFormat, hundredths: list[int]) -> None:
    written = []
    for value in hundredths:
        whole = f"{value // 100:,}".replace(",", form.grouping)
        written.append(f"{whole}{form.decimal}{value % 100:02d}")
    found = decided(written)
    assert isinstance(found, NumberFormat)
    table = ibis.memtable({"i": range(len(written)), "cell": written})
    canonical = table.select("i", text=found.canonical(table.cell))
    read = ibis.duckdb.connect().execute(canonical.order_by("i"))["text"]
    assert [round(float(text) * 100) for text in read] == hundredths


def test_shapes_are_the_same_in_the_engine() -> None:
    written = ["12.345", "0.5", "03/04/2024", " 1 234,5 ", "n/a", "", "x" * 60, "1709303400123", "20 May 2024"]
    connection = ibis.duckdb.connect()
    table = connection.create_table("written", ibis.memtable({"cell": written}).to_pyarrow())
    assert sorted(shapes_in(table.cell), key=repr) == sorted(shapes_of(written), key=repr)
