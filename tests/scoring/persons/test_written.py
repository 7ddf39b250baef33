"""Cells of persons and cells that only look like one, as literal tables."""

import re

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.persons.cells import looks_like, perhaps_personal, shown, with_control, without_control
from scoring.persons.check_digits import checked_digits
from scoring.persons.written import ADDRESSES, GLANCE, HIDDEN_ADDRESS, LOOKS, SURE, hidden, look_of
from tests.scoring.persons.example_cells import DOUBTFUL, GUILTY, INNOCENT


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("words", GUILTY)
def test_a_cell_of_a_person_is_known(words: str) -> None:
    found = {cell: look.words if (look := look_of(cell)) else None for cell in lines(GUILTY[words])}
    assert found == dict.fromkeys(lines(GUILTY[words]), words)


@pytest.mark.parametrize("cell", lines(INNOCENT))
def test_a_cell_of_a_company_is_left_alone(cell: str) -> None:
    assert look_of(cell) is None


def test_what_may_be_a_code_too_tells_of_a_column_only() -> None:
    cells = lines(DOUBTFUL)
    assert [cell for cell in cells if look_of(cell) is not None] == []
    assert [cell for cell in cells if look_of(cell, LOOKS) is None] == []


def test_the_expressions_find_what_the_function_finds() -> None:
    cells = [cell for group in GUILTY.values() for cell in lines(group)] + lines(INNOCENT)
    table = ibis.memtable({"cell": cells})
    found = table.select(glance=perhaps_personal(table.cell), looks=looks_like(table.cell)).to_pyarrow().to_pydict()
    assert dict(zip(cells, found["looks"], strict=True)) == {cell: look_of(cell) is not None for cell in cells}
    guilty = [cell for group in GUILTY.values() for cell in lines(group)]
    assert [cell for cell, glance in zip(cells, found["glance"], strict=True) if cell in guilty and not glance] == []


@given(st.one_of(*(st.from_regex(re.compile(look.pattern), fullmatch=True) for look in SURE)))
def test_a_glance_misses_nothing(cell: str) -> None:
    if look_of(cell) is not None:
        assert re.search(GLANCE, cell.strip().lower()), cell


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no answer for ada@x.example, a lead", f"no answer for {HIDDEN_ADDRESS}, a lead"),
        ("ada (at) x (dot) example asked", f"{HIDDEN_ADDRESS} asked"),
        ("`+49 30 1234567` is no date", "`(personal)` is no date"),
        ("ada%40example.org asked", f"{HIDDEN_ADDRESS} asked"),
        ("no file C:/data/crm@2024/accounts.csv", "no file C:/data/crm@2024/accounts.csv"),
        (
            "sc://host:15002 for Spark Connect, or postgresql://user@host/database",
            "sc://host:15002 for Spark Connect, or postgresql://user@host/database",
        ),
        ("no folder /srv/ada@x.de/crm", f"no folder {HIDDEN_ADDRESS}"),
        ("models:/closedwon-account@champion", "models:/closedwon-account@champion"),
        ("1,234 of 22,800,000 rows since 2026-11-30 01:03:33", "1,234 of 22,800,000 rows since 2026-11-30 01:03:33"),
        ("night 2025-12-29_12_5f0c9a1e at 10.0.0.1:5432", "night 2025-12-29_12_5f0c9a1e at 10.0.0.1:5432"),
    ],
)
def test_a_message_holds_nothing_of_a_person(said: str, kept: str) -> None:
    assert hidden(said) == kept


def test_long_texts_take_no_time() -> None:
    assert look_of("a" * 100_000 + " " + "1" * 100_000) is None
    assert hidden("a" * 100_000) == "a" * 100_000


def test_commands_to_a_terminal_are_no_text() -> None:
    cells = ["\x1b[31mred\x1b[0m", "one\ttwo", "right\u202eleft", "plain, Größe"]
    table = ibis.memtable({"cell": cells})
    found = table.select(held=with_control(table.cell), left=without_control(table.cell)).to_pyarrow().to_pydict()
    assert found == {"held": [True, True, True, False], "left": ["red", "one two", "right left", "plain, Größe"]}


def test_a_cell_is_shown_with_a_word_for_what_is_somebodys() -> None:
    cells = ["ask ada@x.de", "+49 30 1234567", "Anna Example", "Example, Anna", "female", "Software", "Annals Ltd"]
    table = ibis.memtable({"cell": cells})
    found = table.select(
        own=shown(table.cell, is_described=True), others=shown(table.cell), ids=shown(table.cell, is_id=True)
    )
    hid = "(personal)"
    assert found.to_pyarrow().to_pydict() == {
        "own": ["ask (e-mail)", hid, hid, hid, hid, "Software", "Annals Ltd"],
        "others": ["ask (e-mail)", hid, *cells[2:]],
        "ids": ["ask (e-mail)", *cells[1:]],
    }


#: Made up; the last digits are right.
CARDS = [f"{4111_1111_1111_0000 + i}" for i in range(300)]


def test_numbers_with_right_check_digits_are_of_persons() -> None:
    from scoring.persons.check_digits import _card

    right = [number for number in CARDS if _card(number)]
    assert (len(right), checked_digits(right)) == (30, "numbers of cards")
    assert checked_digits(CARDS) is None
    assert checked_digits(right[:19]) is None
    assert checked_digits(str(11_000_000_000 + 7 * i) for i in range(100)) is None


def test_addresses_are_no_matter_of_the_case_or_the_width() -> None:
    assert look_of("ADA@EXAMPLE.ORG") is look_of("ada\uff20x.de") is ADDRESSES


@pytest.mark.parametrize(
    "line",
    [
        "source's win rate  0.9 % (0.0 to 2.3)  +51.8 % (+44.5 to +58.0)  0.712   -  1.45",
        "naive Bayes  7.6 % (3.9 to 12.8)  +45.1 % (+36.7 to +52.34)  0.8125  -  1.63",
    ],
)
def test_figures_of_our_own_tables_are_left(line: str) -> None:
    assert hidden(line) == line
