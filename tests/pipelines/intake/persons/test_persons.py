"""What is of persons: columns that are left out, cells that are read as empty, and all that stays."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest

from pipelines.intake.persons import named
from pipelines.intake.persons.removal import without_persons
from pipelines.sources.source import ROW, Source
from scoring.cells.words import direction_of
from scoring.persons.written import HIDDEN, HIDDEN_ADDRESS

ROWS = 40
WEB, ADA = "Web", "Referred by: ada@lovelace.example"


def source(table: str, columns: Mapping[str, Sequence[Any]]) -> tuple[Any, Source]:
    connection = ibis.duckdb.connect()
    cells = {name: (list(given) * ROWS)[:ROWS] for name, given in columns.items()}
    raw = connection.create_table(f"raw_{table}", pd.DataFrame({**cells, ROW: range(ROWS)}))
    return connection, Source(table, (f"{table}.csv",), (Path(f"{table}.csv"),), raw, True, False)


def cleaned(
    table: str, trusted: tuple[str, ...] = (), **columns: Sequence[Any]
) -> tuple[dict[str, list[Any]], list[str]]:
    """The different cells of each column that is left, and the notes."""
    connection, found = source(table, columns)
    left = without_persons(connection, {table: found}, trusted)[table]
    rows = left.raw.order_by(ROW).drop(ROW).to_pyarrow().to_pydict()
    return {name: list(dict.fromkeys(cells)) for name, cells in rows.items()}, list(left.notes)


@pytest.mark.parametrize(
    ("cells", "kept", "note"),
    [
        ([WEB, ADA], [WEB, None], "20 cells of source hold e-mail addresses, and are read as empty"),
        ([WEB] * 39 + [ADA], [WEB, None], "1 cells of source hold e-mail addresses, and are read as empty"),
        ([ADA], [None], "40 cells of source hold e-mail addresses, and are read as empty"),
        ([WEB, "ada (at) x (dot) de"], [WEB, None], "20 cells of source hold e-mail addresses, and are read as empty"),
        ([WEB, "call +49 30 1234567"], [WEB, None], "20 cells of source hold phone numbers, and are read as empty"),
        ([WEB, "123-45-6789"], [WEB, None], "20 cells of source hold national ids, and are read as empty"),
        ([WEB, "10.1.2.3"], [WEB, None], "20 cells of source hold addresses of computers, and are read as empty"),
        ([WEB, "\x1b[31mFair\x1b[0m"], [WEB, "Fair"], "20 cells of source hold control characters, which are left out"),
        ([WEB, "Trade show @ Berlin", "12345-6789"], [WEB, "Trade show @ Berlin", "12345-6789"], None),
        ([WEB, None, ""], [WEB, None, ""], None),
    ],
)
def test_a_cell_of_a_person_is_read_as_empty_whatever_its_share(
    cells: list[Any], kept: list[Any], note: str | None
) -> None:
    found, notes = cleaned("leads", source=cells)
    assert (found, notes) == ({"source": kept}, [f"leads: {note}"] if note else [])


@pytest.mark.parametrize(
    ("name", "cells", "what"),
    [
        ("second_address", ["a@x.de", "b@y.example", WEB], "e-mail addresses"),
        ("email_note", [WEB] * 39 + ["ask a@b.com"], "e-mail addresses"),
        ("rufnummer", [None, None, None, "030/1234567"], "phone numbers"),
        ("reach_me", ["+49 30 1234567", "0151 23456789"], "phone numbers"),
        ("x1", ["123-45-6789", "987-65-4320", "078-05-1120"], "national ids"),
        ("x2", ["19850703-1234", "19900101-4321"], "national ids"),
        ("x3", ["https://www.linkedin.com/in/ada", "linkedin.com/in/bob"], "profiles of persons"),
        ("x4", ["@ada", "@bob", "@eve"], "user names"),
        ("x5", ["DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19"], "numbers of bank accounts or cards"),
        ("x6", ["10.0.0.1", "192.168.1.7"], "addresses of computers"),
    ],
)
def test_a_column_of_persons_is_left_out(name: str, cells: list[Any], what: str) -> None:
    found, notes = cleaned("accounts", **{name: cells, "industry": ["Software"]})
    assert found == {"industry": ["Software"]}
    assert notes == [
        f"accounts: left out {name}: it holds {what}; nothing of a person is learned or kept "
        f'([attributes] trust = ["{name}"] keeps it, but no e-mail address)'
    ]


def test_what_is_trusted_stays_but_for_addresses() -> None:
    found, notes = cleaned("accounts", ("code", "other"), code=["555-123-4567", "a@x.de"], other=["10.0.0.1"])
    assert found == {"code": ["555-123-4567", None], "other": ["10.0.0.1"]}
    assert notes == ["accounts: 20 cells of code hold e-mail addresses, and are read as empty"]


def test_numbers_of_cards_are_left_out_by_their_check_digits() -> None:
    from scoring.persons.check_digits import checked_digits
    from tests.scoring.persons.test_written import CARDS

    right = [number for number in CARDS if checked_digits([number] * 20)]
    found, notes = cleaned(
        "accounts", n=[int(number) for number in right], revenue=[10_000_000 + 7919 * i for i in range(40)]
    )
    assert list(found) == ["revenue"]
    assert notes[0].startswith("accounts: left out n: it holds numbers of cards")


def test_a_table_and_its_history_leave_out_the_same() -> None:
    connection, accounts = source("accounts", {"account_id": ["A"], "line": ["+49 30 1234567"]})
    history = connection.create_table(
        "raw_account_history", pd.DataFrame({"account_id": ["A"], "line": ["none"], ROW: [0]})
    )
    past = Source("account_history", ("h.csv",), (Path("h.csv"),), history, True, False)
    left = without_persons(connection, {"accounts": accounts, "account_history": past})
    assert {name: found.columns for name, found in left.items()} == {
        "accounts": ["account_id"],
        "account_history": ["account_id"],
    }


@pytest.mark.parametrize("address", ["ada@x.de", "Ada%40x.de", "ada\uff20x.de"])
def test_an_id_that_is_an_address_is_hidden(address: str) -> None:
    found, _ = cleaned("leads", lead_id=["L1", address], account_id=["A1", None])
    assert found == {"lead_id": ["L1", HIDDEN_ADDRESS], "account_id": ["A1", None]}


def test_a_touch_counts_whatever_is_written_of_it() -> None:
    kinds = ["Call", "Mail to ada@x.de", "\x1b[1mfair"]
    found, _ = cleaned("activities", lead_id=["L1", "ada@x.de"], activity_type=kinds)
    assert found == {"lead_id": ["L1", HIDDEN_ADDRESS], "activity_type": ["Call", f"Mail to {HIDDEN_ADDRESS}", "fair"]}


def test_types_of_activity_that_differ_only_in_the_person_are_one_type() -> None:
    kinds = [
        *("Call with Anna Markowitz", "call_with_tom_jones", "Call with Julia Weber", "\x1b[1mCall with Thomas Weber"),
        *("Called +49 30 1234567", "Mail to ada@x.de", "Demo", "Trade show Berlin"),
    ]
    found, notes = cleaned("activities", lead_id=["L1"], activity_type=kinds)
    assert found["activity_type"] == [
        *("Call with (name)", "call_with_(name)", "Called (personal)", "Mail to (e-mail)", "Demo", "Trade show Berlin")
    ]
    assert notes == ["activities: 25 cells of activity_type name persons, whose names and numbers are left out"]


def test_of_many_types_with_persons_the_rest_is_one_type() -> None:
    kinds = [f"{chr(97 + i)} call with Anna Markowitz" for i in range(20)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named, "MOST_TYPES", 2)
        found, _ = cleaned("activities", lead_id=["L1"], activity_type=[*kinds, "Demo"])
    # Nothing is told of the rest but that the calls were ours: read as inbound, they would change scores.
    assert found["activity_type"] == ["a call with (name)", "b call with (name)", f"{HIDDEN} task", "Demo"]
    assert direction_of(ibis.literal(f"{HIDDEN} task")).execute() == "outbound"


def test_of_so_many_types_that_they_are_subjects_the_rarer_ones_tell_only_who_acted() -> None:
    kinds = ["Demo", "Demo", "mail to anna of acme", "Page of Tom"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named, "MOST_TEXTS", 1)
        found, notes = cleaned("activities", lead_id=["L1"], activity_type=kinds)
    assert found["activity_type"] == ["Demo", f"{HIDDEN} task", HIDDEN]
    assert notes[-1].startswith("activities: more than 1 different texts of activity_type, as subjects have")


def test_an_ordinary_table_is_not_touched() -> None:
    connection, found = source("leads", {"lead_id": ["L1"], "email": ["a@x.de"], "source": [WEB], "n": [3.5]})
    assert without_persons(connection, {"leads": found})["leads"] is found


def test_what_is_left_of_a_stage_or_a_role_without_the_person() -> None:
    stages = ["Proposal", "Waiting for Anna Markowitz"]
    found, notes = cleaned("opportunity_history", opportunity_id=["O1"], stage=stages)
    assert found["stage"] == ["Proposal", "Waiting for (name)"]
    assert notes == ["opportunity_history: 20 cells of stage name persons, whose names are left out"]
    found, _ = cleaned("contact_roles", opportunity_id=["O1"], role=["Decision Maker", "Anna Markowitz (CFO)"])
    assert found["role"] == ["Decision Maker", "(name) (CFO)"]


def test_a_single_level_of_an_attribute_that_is_a_person_is_read_as_empty() -> None:
    regions = ["Prio 1", "APAC", "Anna Markowitz", "Team Nord"]
    found, notes = cleaned(
        "accounts", region=regions, auditor=["Arthur Andersen", "none"], competitor=["Peter Hahn", "x"]
    )
    assert found["region"] == ["Prio 1", "APAC", None, "Team Nord"]
    assert found["competitor"] == ["Peter Hahn", "x"]  # of accounts, whose column says that it holds companies
    assert "accounts: 10 cells of region hold names of persons, and are read as empty" in notes
    everybody, _ = cleaned("accounts", who=["Anna Markowitz", "Tom Jones", "Julia Weber"])
    assert everybody["who"] == ["Anna Markowitz", "Tom Jones", "Julia Weber"]  # the leak guard holds it back
    trusted, _ = cleaned("accounts", ("region",), region=regions)
    assert trusted["region"] == regions


def test_a_level_that_names_a_person_is_read_as_empty() -> None:
    found, notes = cleaned("leads", source=[WEB, "Referral Anna Markowitz"], campaign=["Anna Schmidt", "Spring"])
    assert found == {"source": [WEB, None], "campaign": [None, "Spring"]}
    assert notes == [
        f"leads: 20 cells of {name} hold names of persons, and are read as empty" for name in ("campaign", "source")
    ]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("timeframe", ["01/2024-06/2024", "07/2024-12/2024"]),
        ("quote_no_band", ["250-499-1000", "500-999-2000"]),
        ("revenue_band", ["+10000000", "020/2024567", "(1000) 5000-9999"]),
        ("software_version", ["10.0.1.2", "10.0.1.3"]),
        ("booth", ["Hall#1234", "Hall#2345"]),
        ("cooking_twitter", ["twitter.com/acme", "twitter.com/foo"]),
    ],
)
def test_what_is_of_an_account_stays(name: str, cells: list[str]) -> None:
    assert cleaned("accounts", **{name: cells}) == ({name: cells}, [])
