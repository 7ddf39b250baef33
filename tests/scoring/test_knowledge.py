"""What an export taken on 2026-03-01 would have held of the example."""

from dataclasses import replace

import ibis
import pytest

from scoring.knowledge import LooksAhead, must_end, must_reach, upto
from scoring.tables import Tables
from tests.scoring import example_market as market
from tests.scoring.example_market import AS_OF, cells, example, expected

KNOWN = {
    # Echo is made on 1 March. What Acme's and Delta's histories date to 1 March or later is not there yet.
    "accounts": """
        account_id  industry  employees
        A1          Software  -
        A2          Retail    40
        A3          Software  -
        A4          -         900
        A6          -         60
    """,
    # L7 comes on 1 March; L6 came before its account.
    "leads": """
        lead_id  account_id
        L1       A1
        L2       A1
        L3       A2
        L4       A3
        L5       -
        L6       -
        L8       A6
    """,
    # O3 is won on 1 March and O7 entered on that day, though it was created before.
    "opportunities": """
        opportunity_id  status  amount
        O1              open    -
        O2              lost    5000
        O3              open    -
        O4              won     7000
        O5              open    -
        O6              lost    300
    """,
    "account_history": """
        account_id  industry  employees
        A1          Hardware  80
        A1          -         100
        A1          Software  -
    """,
    "opportunity_history": """
        opportunity_id  stage
        O1              discovery
        O1              proposal
        O1              proposal
        O1              -
        O2              discovery
        O3              proposal
        O7              discovery
    """,  # what is said of O7 reaches nobody, for the deal itself is not known
}

LATER = {
    "accounts": "A7  new.com  2026-03-01  Retail  5",
    "leads": "L9  A1  2026-03-01  CEO  search  -  DE",
    "activities": "L1  -  demo  2026-02-20T08:00  2026-03-01  inbound\nL1  -  demo  2026-03-01  -  inbound",
    "opportunities": "O9  A1  L1  2026-02-20  2026-02-25  won  9  new_business  2026-03-01",
    "account_history": "A1  2026-03-01  Retail  7\nA2  2026-03-02  Farming  8",
    "opportunity_history": "O1  2026-03-01  lost  1  2026-09-09  -",
    "contact_roles": "O1  L9  signs  true",
}


@pytest.fixture(scope="module")
def known() -> Tables:
    return upto(example(), AS_OF)


@pytest.mark.parametrize("table", KNOWN)
def test_only_what_was_known_before_is_there(known: Tables, table: str) -> None:
    wanted = KNOWN[table]
    columns = wanted.split("\n")[1].split()
    assert cells(getattr(known, table), *columns) == expected(wanted)


def test_a_touch_is_there_by_the_day_it_became_known(known: Tables) -> None:
    assert known.activities is not None
    latest = known.activities.agg(at=known.activities.known_at.max().strftime("%Y-%m-%d"))
    assert cells(latest) == [("2026-02-28",)]
    assert known.activities.count().execute() == 15  # all but L2's of 1 March and Foxtrot's entered on it


def test_later_rows_change_nothing(known: Tables) -> None:
    more = {name: market.TEXTS[name] + rows for name, rows in LATER.items()}
    for name, table in upto(example(**more), AS_OF).present():
        assert cells(table) == cells(getattr(known, name)), name


def test_a_day_later_it_is_all_there() -> None:
    later = upto(example(), AS_OF + 1)
    assert later.accounts is not None
    assert later.leads is not None
    assert later.accounts.count().execute() == 6
    assert cells(later.leads.filter(later.leads.lead_id == "L6"), "account_id") == [("A5",)]
    assert cells(later.opportunities.filter(later.opportunities.opportunity_id == "O3"), "status", "amount") == [
        ("won", 20000)
    ]


def test_what_an_export_lacks_stays_out() -> None:
    lean = example(accounts=None, activities=None, account_history=None, contact_roles=None)
    assert [name for name, _ in upto(lean, AS_OF).present()] == [
        "opportunities",
        "leads",
        "opportunity_history",
    ]
    assert lean.leads is not None
    linked = upto(lean, AS_OF).leads
    assert linked is not None
    # Without an accounts table nothing says when an account was known.
    assert cells(linked.filter(linked.lead_id == "L6"), "account_id") == [("A5",)]


def test_a_lead_history_is_cut_like_any_other() -> None:
    rows = {"lead_id": ["L1", "L2"], "known_at": ["2026-02-28", "2026-03-01"], "country": ["FR", "DE"]}
    history = ibis.memtable(rows)
    history = market.keep(history.mutate(known_at=history.known_at.cast("timestamp(6)")))
    known = upto(replace(example(), lead_history=history), AS_OF)
    assert known.lead_history is not None
    assert known.leads is not None
    assert cells(known.lead_history, "lead_id", "country") == [("L1", "FR")]
    two = known.leads.filter(known.leads.lead_id.isin(["L1", "L2"]))
    assert cells(two, "lead_id", "country") == [("L1", "DE"), ("L2", None)]  # L2 is in DE since 1 March


@pytest.mark.parametrize(
    ("begins", "country"),
    [
        ("2026-03-01", ["DE", "DE"]),  # it had not begun on 1 March: what each has holds, as without a history
        ("2026-02-28", ["FR", None]),  # it had: L2 is in DE since 1 March, and before that nobody knows
    ],
)
def test_a_history_that_had_not_begun_says_nothing(begins: str, country: list[str | None]) -> None:
    rows = {"lead_id": ["L1", "L2"], "known_at": [begins, "2026-03-01"], "country": [country[0], "DE"]}
    history = ibis.memtable(rows)
    history = market.keep(history.mutate(known_at=history.known_at.cast("timestamp(6)")))
    leads = market.TEXTS["leads"].replace("search   -       DE", f"search   -       {country[0]}", 1)
    known = upto(replace(example(leads=leads), lead_history=history), AS_OF).leads
    assert known is not None
    assert cells(known.filter(known.lead_id.isin(["L1", "L2"])), "lead_id", "country") == [
        ("L1", country[0]),
        ("L2", country[1]),
    ]


def test_tables_that_end_do_not_show_what_came_later(known: Tables) -> None:
    with pytest.raises(LooksAhead) as refusal:
        upto(known, AS_OF + 1)
    assert str(refusal.value) == (
        "Asked for what was known before 2026-03-02, but these tables end before 2026-03-01: "
        "what became known later is not in them."
    )
    assert upto(known, AS_OF).known_before == AS_OF
    assert upto(known, AS_OF - 1).known_before == AS_OF - 1  # looking back is free


@pytest.mark.parametrize(
    ("ends", "as_of", "message"),
    [
        (None, AS_OF, "Learning as of 2026-03-01 needs tables that end there; these have no end. Cut them with"),
        (AS_OF + 1, AS_OF, "needs tables that end there; these end before 2026-03-02. Cut them with `knowledge.upto`"),
        (AS_OF, AS_OF, ""),
        (AS_OF - 1, AS_OF, ""),  # that they reach it is asked by `must_reach`
    ],
)
def test_what_is_learned_from_must_end(ends: int | None, as_of: int, message: str) -> None:
    tables = replace(example(), known_before=ends)
    if not message:
        must_end(tables, as_of)
        return
    with pytest.raises(LooksAhead, match=message):
        must_end(tables, as_of)


@pytest.mark.parametrize(("ends", "looks_ahead"), [(None, False), (AS_OF, False), (AS_OF - 1, True)])
def test_what_is_looked_at_must_reach_the_day(ends: int | None, looks_ahead: bool) -> None:
    tables = replace(example(), known_before=ends)
    if not looks_ahead:
        must_reach(tables, AS_OF)
        return
    with pytest.raises(LooksAhead, match="known before 2026-03-01, but these tables end before 2026-02-28"):
        must_reach(tables, AS_OF)
