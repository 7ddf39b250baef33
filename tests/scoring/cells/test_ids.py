"""Ids as CRMs and spreadsheets write them: which are the same, which say nothing, which were rounded."""

import string

import ibis
import pytest
from hypothesis import strategies as st

from scoring.cells import ids
from tests.scoring.cells.salesforce_ids import long_form
from tests.scoring.drawn import drawn

#: The engine of all examples: to connect for each would take most of the time.
DUCKDB = ibis.duckdb.connect()


def each(expression, *cells):
    """The value of an expression of ids for each cell."""
    table = ibis.memtable({"i": range(len(cells)), "id": list(cells)}, schema={"i": "int64", "id": "string"})
    rows = DUCKDB.to_pyarrow(table.select("i", value=expression(table.id)).order_by("i"))
    return rows["value"].to_pylist()


SAME = [
    ("0015g00000AbCdE", "0015g00000AbCdEAAV"),  # Salesforce, with its checksum
    ("0015g00000AbCdE", "0015G00000ABCDEAAV"),  # a tool has lost the small letters
    ("003000000000001", "003000000000001AAA"),
    ("1000", "1000.0"),
    ("1000", "1000.00"),
    ("1000", "1000,0"),
    ("1000", "zcrm_1000"),
    ("4876876000000333001", "zcrm_4876876000000333001"),
    ("123456789012345", "zcrm_123456789012345"),
    ("0f8fad5b-d9cb-469f-a165-70867728950e", "{0F8FAD5B-D9CB-469F-A165-70867728950E}"),
    ("0f8fad5b-d9cb-469f-a165-70867728950e", "0F8FAD5BD9CB469FA16570867728950E"),
    ("0f8fad5b-d9cb-469f-a165-70867728950e", "urn:uuid:0F8FAD5B-D9CB-469F-A165-70867728950E"),
    ("{0f8fad5b-d9cb-469f-a165-70867728950e}", "URN:UUID:0f8fad5bd9cb469fa16570867728950e"),
    ("A7", "\u00a0A7 "),
    ("A7", "\ufeffA7"),
    ("007", "'007"),
    ("007", '="007"'),
    ("007", '"007"'),
]


def canonical(pairs):
    """The canonical form of both ids of each pair."""
    cells = [cell for pair in pairs for cell in pair]
    found = dict(zip(cells, each(ids.canonical, *cells), strict=True))
    return {pair: tuple(found[cell] for cell in pair) for pair in pairs}


def test_ids_that_differ_only_in_writing_are_one():
    assert {pair: forms for pair, forms in canonical(SAME).items() if forms[0] != forms[1]} == {}


OTHER = [
    ("0015g00000AbCdE", "0015g00000AbCde"),  # 15 characters: capitals count
    ("0015g00000AbCdE", "0015g00000AbCdEAAA"),  # not its checksum
    ("0015g00000AbCdE", "0015g00000AbCdEAAVX"),
    ("A7", "a7"),
    ("7", "007"),
    ("1000", "10000"),
    ("1000.5", "1000"),
    ("1.0.0", "1.0"),
    ("A1.0", "A1"),
    ("zcrm_A", "A"),
]


def test_other_ids_are_not_one():
    assert {pair: forms for pair, forms in canonical(OTHER).items() if forms[0] == forms[1]} == {}


def test_a_salesforce_id_meets_its_long_form_in_any_capitals():
    some = drawn(st.text(string.ascii_letters + string.digits, min_size=15, max_size=15), 200)
    short = ["ZZZZZZZZZZZZZZZ", "aaaaa00000AAAAA", *some]
    long = {id_: long_form(id_) for id_ in short}
    written = {id_: [id_, long[id_], long[id_].upper(), long[id_].lower()] for id_ in short}
    cells = [cell for ways in written.values() for cell in ways]
    found = dict(zip(cells, each(ids.canonical, *cells), strict=True))
    assert {id_: ways for id_, ways in written.items() if len({found[cell] for cell in ways}) > 1} == {}


def test_a_number_meets_itself_however_it_is_written():
    numbers = drawn(st.integers(0, 10**20), 200)
    forms = ["{}", "{}.0", "{}.00", "'{}", '="{}"', " {}\u00a0", "zcrm_{}"]
    written = {number: [form.format(number) for form in forms] for number in numbers}
    cells = [cell for ways in written.values() for cell in ways]
    found = dict(zip(cells, each(ids.canonical, *cells), strict=True))
    assert {number: ways for number, ways in written.items() if len({found[cell] for cell in ways}) > 1} == {}


def test_what_names_no_record():
    nothing = [
        "000000000000000AAA", "000000000000000", "{00000000-0000-0000-0000-000000000000}",
        "00000000-0000-0000-0000-000000000000", "(No value)", "--None--", "-None-", "False", "[]", "null", "N/A", " ",
        "\u00a0", "0", "0.0",
    ]  # fmt: skip
    named = ["001", "A0", "00000000-0000-0000-0000-000000000001", "Nonesuch", "falsework", "10", "0A"]
    assert each(ids.is_nothing, *nothing) == [True] * len(nothing)
    assert each(ids.is_nothing, *named) == [False] * len(named)


def test_a_record_may_have_the_id_0_but_no_id_of_nothing():
    read = each(ids.read_id, "0", "000000000000000AAA", "(no value)", " A1\u00a0", '="A1"', "none", "1000.0")
    assert read == ["0", None, None, "A1", "A1", None, "1000.0"]


def test_rounded_ids():
    rounded = ["4.5E+17", "1.23457E+15", "1,23457E+15", "5e+17", "4.5E17", "450000000000123008.0", "9007199254740994.0"]
    exact = [
        "12E5",
        "1e10",
        "450000000000123008",
        "450000000000123008.00",
        "9007199254740991.0",
        "1000.0",
        "4.5",
        "E+1",
    ]
    assert each(ids.is_rounded, *rounded) == [True] * len(rounded)
    assert each(ids.is_rounded, *exact) == [False] * len(exact)


@pytest.mark.parametrize(
    ("cell", "first"),
    [
        ("A0;A1", "A0"),
        ("17, 18", "17"),
        ('["A0","A1"]', "A0"),
        ("[1286861]", "1286861"),
        ("[17, 'Acme']", "17"),
        ("123:Acme", "123"),
        ('{"value": 17, "name": "Acme, Inc."}', "17"),
        ('{"name": "Acme, Inc.", "id": "A7"}', "A7"),
        ('[{"id": "A7"}, {"id": "A8"}]', "A7"),
        ("A0", None),
        ("Acme Inc.", None),
    ],
)
def test_the_first_id_of_a_list(cell, first):
    assert each(ids.first_of, cell) == [first]


@pytest.mark.parametrize("dialect", ["postgres", "pyspark", "snowflake", "bigquery"])
def test_the_forms_compile_for_other_engines(dialect):
    table = ibis.table({"id": "string"}, name="t")
    forms = (ids.canonical, ids.read_id, ids.is_nothing, ids.is_rounded, ids.first_of, ids.short_form)
    columns = {form.__name__: form(table.id) for form in forms}
    assert ibis.to_sql(table.select(**columns), dialect=dialect)
