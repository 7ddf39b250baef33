"""What must be known before amounts in several currencies are added up."""

import ibis
import pytest

from scoring.cells import currencies
from scoring.cells.currencies import Conversion, code_of, conversion


@pytest.mark.parametrize(
    ("found", "rates", "declared", "expected"),
    [
        ({None: 5}, {}, "", Conversion("")),
        ({"EUR": 5}, {}, "", Conversion("EUR")),
        ({"EUR": 5, None: 3}, {}, "", Conversion("EUR")),
        ({None: 5}, {}, "EUR", Conversion("EUR")),
        ({"EUR": 5, "USD": 1}, {"USD": False}, "EUR", Conversion("EUR", ("USD",))),
        ({"EUR": 5, "USD": 1}, {"USD": False, "EUR": True}, "", Conversion("EUR", ("USD",))),
        ({"USD": 1}, {"USD": False, "EUR": True}, "", Conversion("EUR", ("USD",))),
        ({"USD": 1, "JPY": 2}, {"USD": False, "JPY": False}, "EUR", Conversion("EUR", ("JPY", "USD"))),
        ({"USD": 1, None: 2}, {"USD": False}, "EUR", Conversion("EUR", ("USD",))),
    ],
)
def test_amounts_are_converted_into_the_home_currency(found, rates, declared, expected):
    assert conversion(found, rates, declared) == expected


@pytest.mark.parametrize(
    ("found", "rates", "declared", "words"),
    [
        ({"EUR": 5, "USD": 10}, {}, "", "amounts in more than one currency: USD (10), EUR (5)"),
        ({"EUR": 5, "USD": 10}, {"USD": False}, "", "more than one currency"),
        ({"EUR": 5, "USD": 10}, {}, "EUR", "without a rate to EUR: USD (10)"),
        ({"USD": 10}, {}, "EUR", "without a rate to EUR: USD (10)"),
        ({"EUR": 5, "USD": 1, None: 7}, {"USD": False, "EUR": True}, "", "7 amounts name no currency"),
    ],
)
def test_what_cannot_be_converted_is_said_with_its_counts(found, rates, declared, words):
    refused = conversion(found, rates, declared)
    assert isinstance(refused, str)
    assert words in refused


NAMED = {
    "EUR": ("EUR", "eur", "Eur ", "€", "Euro", "euros", "EURO", "EUR - Euro", "Euro (EUR)", "€ EUR", "\u00a0eur"),
    "USD": ("USD", "US$", "US Dollar", "U.S. Dollar", "US-Dollar", "USD ($)", "United States Dollars", "$ USD"),
    "GBP": ("GBP", "£", "Pound Sterling", "British Pound", "gbp"),
    "CHF": ("CHF ", "Swiss Franc", "Fr.", "SFr.", "Schweizer Franken"),
    "$": ("$", "Dollar", "dollars"),
    "NEW ZEALAND SHELLS": ("New Zealand Shells",),
    "9B1D-EUR": ("9b1d-eur",),
}


def test_the_same_currency_is_one_however_it_is_written() -> None:
    written = [word for words in NAMED.values() for word in words]
    expected = [code for code, words in NAMED.items() for _ in words]
    table = ibis.memtable({"i": range(len(written)), "word": written})
    read = ibis.duckdb.connect().to_pyarrow(table.select("i", code=currencies.read_currency(table.word)).order_by("i"))
    assert dict(zip(written, read["code"].to_pylist(), strict=True)) == dict(zip(written, expected, strict=True))
    assert [code_of(word) for word in written] == expected
