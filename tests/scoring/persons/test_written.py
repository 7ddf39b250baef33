"""Cells of persons and cells that only look like one, as literal tables."""

import re

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.persons.cells import looks_like, perhaps_personal, shown, with_control, without_control
from scoring.persons.check_digits import checked_digits
from scoring.persons.written import ADDRESSES, GLANCE, HIDDEN_ADDRESS, LOOKS, SURE, hidden, look_of

GUILTY = {
    "e-mail addresses": """
        ada@example.org
        Referred by: ada@x.example
        Ada Lovelace <ada@x.de>
        ada%40x.de
        ada&#64;x.de
        ada (at) example.org
        ada(at)example(dot)org
        ada[at]example[dot]org
        ada [at] example [dot] org
        ada {at} example.org
        ada at example dot org
        ada_at_example_dot_org
        ada AT example DOT org
        ada.lovelace at example.org
        ada @ example.org
        ada(ät)firma.de
        mailto:ada@x.de
    """,
    "phone numbers": """
        +49 30 1234567
        +4915112345678
        +1 (555) 123-4567
        (555) 123-4567
        555-123-4567
        1-800-555-0187
        212.555.0187
        0049 30 1234567
        030/1234567
        0151 23456789
        01 23 45 67 89
        020 7946 0958
        03-1234-5678
        090-1234-5678
        Tel.: 123 4567
        call Ada, +44 20 7946 0958
    """,
    "numbers of bank accounts or cards": """
        DE89 3704 0044 0532 0130 00
        DE89370400440532013000
        GB29NWBK60161331926819
        NL91 ABNA 0417 1643 00
        NO9386011117947
        FR1420041010050500013M02606
        4111 1111 1111 1111
        4111-1111-1111-1111
        3782 822463 10005
    """,
    "national ids": """
        123-45-6789
        SSN 123-45-6789
        AB123456C
        QQ 12 34 56 C
        RSSMRA85T10A562S
        123.456.789-09
        756.1234.5678.97
        2 85 05 78 006 084 36
        85.07.30-033.28
        GODE561231HDFRRN09
        112-233-445 95
        900101-1234567
        A123456(7)
    """,
    "addresses of computers": """
        192.168.0.1
        10.0.0.17:8080
        2001:0db8:85a3:0000:0000:8a2e:0370:7334
        fe80::1ff:fe23:4567:890a
        00:1A:2B:3C:4D:5E
    """,
    "profiles of persons": """
        https://www.linkedin.com/in/ada-lovelace
        linkedin.com/in/ada
        https://www.xing.com/profile/Ada_Lovelace
        https://wa.me/4915112345678
    """,
    "user names": """
        @ada_l
        ada#1234
    """,
}
#: One cell alone leaves a doubt; a column of them does not.
DOUBTFUL = """
    19850703-1234
    131052-308T
    850730/1234
    2345 6789 0123
    ABCPE1234F
    12345678Z
    X-1234567-L
    https://twitter.com/ada
    facebook.com/ada.lovelace
    015123456789
"""
INNOCENT = """
    Webinar
    Trade show @ Berlin
    Booth at Dreamforce
    Webinar at acme.com
    https://www.linkedin.com/company/acme
    www.acme.com
    12345-6789
    12345
    D-80331
    SW1A 1AA
    SE10 9NF
    1-10
    11-50
    51-200
    1,001-5,000
    10,000+
    1000-5000
    $10M-$50M
    10.000.000
    1.234.567,89
    1 234 567
    50 000 000
    2026-03-01
    01.02.2026
    01.02.2026 10:00
    2026-03-01 14:30:00
    2026-03-01T14:30:00+01:00
    20240115-0001
    Q3 2026
    FY2024/25
    NAICS 541511
    SIC 7372
    12-345-6789
    12-3456789
    DE123456789
    HRB 123456
    732 829 320
    732 829 320 00074
    EMEA-2024-001
    Campaign 2026-03 (Berlin)
    (2024) relaunch
    10:30
    1.2.3
    v10.2.3
    v10.2.3.4
    Windows 10.0.19041.1
    24/7
    100%
    +12.5%
    +49
    +50 %
    UTC+01:00
    ISO 27001
    ISO 9001:2015
    3-5 years
    Software & Services
    State-of-the-art
    At risk
    Meeting (at) HQ
    look at me
    A/B
    C++
    C#
    AB-1234567-X
    550e8400-e29b-41d4-a716-446655440000
    a4123b56-4123-4456-4789-0123456789ab
    001Dn00000AbCdEIAX
    zcrm_4876876000000333
    4876876000000333
    0012345678
    SKU 100-200-3000
    10x20x30
    48.8566, 2.3522
    1,000,000 - 5,000,000
    Team Blue
    AWS us-east-1
    0800
    00:15:30
    2:1
    12:30:45
    std::map
    Google Ads / Search
    Fair: Hannover Messe 2025
    (not set)
    google / cpc
    utm_source=linkedin
    Tier 1
    Level 3
    Series B
    100-249 employees
    CAC 40
    7-Eleven
    3M
    H&M
    S.p.A.
"""


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
