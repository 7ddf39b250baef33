"""Buying groups: what says a role, which roles are typical of won deals, and what is told of each account."""

from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa
import pytest

from scoring import entities
from scoring.buying_groups.closed_deals import before_deals, closed_deals, engaged_by, moments, named_roles
from scoring.buying_groups.group import (
    NO_DEAL,
    OPENING,
    VERSION,
    BuyingGroup,
    StageGroup,
    TitleRole,
    carried,
    stage_group,
)
from scoring.buying_groups.group_arrays import GroupColumns
from scoring.buying_groups.group_expressions import COLUMNS, group_columns
from scoring.buying_groups.roles import ROLES, Role, is_known, of_position, of_positions, role_of_cell
from scoring.buying_groups.titles import POSITIONS
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_arrays import FeatureArrays
from scoring.knowledge import upto
from scoring.tables import Tables
from tests.scoring.example_market import (
    ACTIVITIES,
    AS_OF,
    CONTACT_ROLES,
    cells,
    day,
    example,
    expected,
    keep,
)

GROUP = BuyingGroup(
    (
        stage_group(NO_DEAL, 100, 400, {"economic buyer": (80, 80), "user": (60, 80)}),
        stage_group(OPENING, 100, 100, {"economic buyer": (80, 80), "user": (60, 60)}),
        # So many that the place of what is told is no small number.
        *(stage_group(f"stage {i}", 100, 100, {}) for i in range(3)),
        stage_group("proposal", 80, 60, {"economic buyer": (70, 50), "technical": (60, 15), "user": (10, 15)}),
    )
)
GROUP = replace(GROUP, stages=carried(GROUP.stages))


@pytest.mark.parametrize(
    ("cell", "role", "known"),
    [
        ("Economic Buyer", "economic buyer", True),  # Salesforce
        ("Economic Decision Maker", "economic buyer", True),
        ("Executive Sponsor", "decision maker", True),
        ("Business User", "user", True),
        ("BUDGET_HOLDER", "economic buyer", True),  # HubSpot
        ("LEGAL_AND_COMPLIANCE", "procurement", True),
        ("BLOCKER;CHAMPION", "user", True),
        ("Developer/Evaluator", "technical", True),  # Zoho
        ("Technical Buyer", "technical", True),  # Dynamics
        ("Influencer", None, True),
        (" ", None, True),
        ("Wizard", None, False),
    ],
)
def test_what_a_contact_role_says(cell: str, role: str | None, known: bool) -> None:
    assert (role_of_cell(cell), is_known(cell)) == (role, known)


@pytest.mark.parametrize(
    ("level", "department", "role"),
    [
        ("c_level", "management", "economic buyer"),
        ("c_level", "finance", "economic buyer"),
        ("director", "finance", "economic buyer"),
        ("director", "management", "decision maker"),
        ("c_level", "it", "decision maker"),
        ("vp", "sales", "decision maker"),
        ("manager", "it", "technical"),
        ("staff", "procurement", "procurement"),
        ("c_level", "legal", "procurement"),
        ("staff", "other", "user"),
        ("student", "finance", None),
        ("assistant", "management", None),
    ],
)
def test_what_a_title_says(level: str, department: str, role: Role | None) -> None:
    assert of_position(level, department) == role
    taught = of_positions({(level, department): "technical"})
    assert taught[POSITIONS.index((level, department))] == "technical"
    assert [a for a, b in zip(taught, of_positions(), strict=True) if a != b] in ([], ["technical"])


@pytest.mark.parametrize(
    ("won", "lost", "engaged", "separates"),
    [
        (100, 200, (70, 60), True),
        (100, 200, (60, 70), True),
        (100, 200, (40, 70), False),  # it may be chance
        (24, 200, (24, 20), False),  # too few wins
        (200, 24, (180, 2), False),  # too few others
        (100, 200, (30, 10), False),  # most won deals do without
        (20_000, 20_000, (19_240, 18_900), False),  # certain, but the odds hardly differ
        (100, 200, (0, 0), False),
    ],
)
def test_a_role_is_typical_if_it_clearly_separates(
    won: int, lost: int, engaged: tuple[int, int], separates: bool
) -> None:
    [share] = [share for share in stage_group("x", won, lost, {"user": engaged}).roles if share.role == "user"]
    assert share.separates == share.typical == separates


def test_shares_are_drawn_together() -> None:
    [share] = [share for share in stage_group("x", 40, 60, {"user": (30, 20)}).roles if share.role == "user"]
    assert (share.won, share.lost) == (0.7, round(25 / 70, 4))  # (30 + 10 x 0.5) / 50, (20 + 10 x 0.5) / 70


def test_what_is_typical_before_a_deal_stays_so_while_won_deals_have_it() -> None:
    assert [stage.typical for stage in GROUP.stages] == [
        ("economic buyer", "user"),
        ("economic buyer", "user"),
        (),
        (),
        (),
        ("economic buyer", "technical"),  # hardly any user
    ]


@pytest.mark.parametrize(
    ("stage", "engaged", "told"),
    [
        (0, [], ("0 of 2", "economic buyer")),
        (0, ["user", "procurement"], ("1 of 2: user", "economic buyer")),
        (-1, ["economic buyer"], ("1 of 2: economic buyer", "technical")),
        (-1, ["technical", "economic buyer"], ("2 of 2: economic buyer, technical", "")),
    ],
)
def test_what_is_told(stage: int, engaged: list[Role], told: tuple[str, str]) -> None:
    assert GROUP.stages[stage].columns(engaged) == told
    bits = sum(1 << ROLES.index(role) for role in engaged)
    assert GROUP.texts()[stage][bits] == told


def test_nothing_is_told_where_nothing_is_typical() -> None:
    assert StageGroup("x", 0, 0, ()).columns(["user"]) == ("", "")


def test_it_is_kept_as_json_and_a_later_version_is_left_out() -> None:
    group = replace(GROUP, titles=(TitleRole("staff", "it", "economic buyer", 12),))
    assert BuyingGroup.from_json(group.to_json()) == group
    assert BuyingGroup.from_json(group.to_json() | {"version": VERSION + 1, "stages": "other"}) is None


def facts(as_of: int = AS_OF, **texts: str | None) -> MarketFacts:
    return market(upto(example(**texts), as_of), "account", keep=keep)


def told(found: MarketFacts, as_of: int = AS_OF, group: BuyingGroup | None = GROUP) -> dict[Any, tuple[str, str]]:
    """What both ways tell of the accounts and of a lead without one."""
    accounts = pa.chunked_array([pa.array(["A1", "A2", "A3", "A6", None])])
    rows = ibis.memtable(pa.table({"account_id": accounts, "row": range(5)}))
    said = keep(group_columns(group, rows, found.own, as_of)).order_by("row").to_pyarrow().to_pylist()
    arrays = GroupColumns.of(group, found.own, as_of, FeatureArrays()).columns(accounts)
    columns = [arrays[name].to_pylist() for name in COLUMNS]
    by_expressions = {row["account_id"]: tuple(row[name] for name in COLUMNS) for row in said}
    assert dict(zip(accounts.to_pylist(), zip(*columns, strict=True), strict=True)) == by_expressions
    return by_expressions


def test_each_account_is_told_who_engaged_and_who_is_missing() -> None:
    assert told(facts()) == {
        "A1": ("2 of 2: economic buyer, technical", ""),  # at the proposal, the CFO and an engineer
        "A2": ("0 of 2", "economic buyer"),  # no open deal that is known; a VP of sales is a decision maker
        "A3": ("0 of 2", "technical"),  # at the proposal, a student
        "A6": ("0 of 2", "economic buyer"),  # somebody without a title
        None: ("", ""),
    }
    early = day("2026-02-25")  # the CFO was there last in November
    assert told(facts(early), early)["A1"] == ("2 of 2: economic buyer, technical", "")
    before = day("2026-02-10")  # no deal yet, and the engineer came on that day
    assert told(facts(before), before)["A1"] == ("1 of 2: economic buyer", "user")
    shorter = replace(GROUP, days=30)
    assert told(facts(early), early, shorter)["A1"] == ("1 of 2: technical", "economic buyer")


def test_nothing_is_told_where_nothing_was_learned_or_nobody_is_known() -> None:
    nothing = dict.fromkeys(["A1", "A2", "A3", "A6", None], ("", ""))
    assert told(facts(), group=None) == nothing
    assert told(facts(activities=None)) == nothing
    assert told(facts(), group=BuyingGroup((stage_group(NO_DEAL, 0, 0, {}), stage_group(OPENING, 0, 0, {})))) == nothing
    assert told(facts(opportunity_history=None))["A1"] == ("1 of 2: economic buyer", "user")


def test_touches_that_are_repeated_or_our_own_tell_nothing() -> None:
    more = ACTIVITIES + "L2  -  demo  2026-02-10T13:00  -  inbound\nL4  A3  email  2026-02-20  -  outbound\n"
    more += "L3  -  call  2026-02-20  -  outbound\n"
    assert told(facts(activities=more)) == told(facts())


DEALS = """
opportunity_id  account_id  lead_id  created_at  closed_at  status  amount  opportunity_type  known_at
W1  A1  -   2026-01-10  2026-03-01  won   20000  new_business  -
W2  A1  -   2026-03-02  2026-03-05  won   20000  new_business  -
W3  A2  -   2026-03-01  2026-03-01  won   20000  new_business  -
F1  A2  -   2026-02-01  2026-02-20  lost  5000   new_business  -
N1  A3  -   2026-02-01  -           open  -      new_business  -
"""
STEPS = """
opportunity_id  changed_at  stage  amount  close_date  probability
W1  2026-01-10T09:00  Discovery   -  -  -
W1  2026-02-03T09:00  Proposal    -  -  -
W1  2026-02-20T09:00  Discovery   -  -  -
W1  2026-03-01T09:00  Closed Won  -  -  -
"""
PEOPLE = """
lead_id  account_id  created_at  title  source  campaign  country
L1  A1  2025-06-01  CFO                search  -  DE
L2  A1  2025-06-01  Software Engineer  search  -  DE
L3  A1  2025-06-01  VP Sales           search  -  DE
L4  A1  2026-02-20  Buyer              search  -  DE
L5  A2  2025-06-01  Analyst            search  -  DE
"""
SEEN = """
lead_id  account_id  activity_type  occurred_at  known_at  direction
L1  -  demo   2026-01-10T10:00  -           inbound
L1  -  demo   2026-01-10T11:00  -           inbound
L2  -  visit  2026-02-03T10:00  -           inbound
L3  -  visit  2026-03-01T10:00  -           inbound
L3  -  visit  2024-12-01T10:00  -           inbound
L4  -  visit  2026-01-05T10:00  2026-02-20  inbound
L5  -  visit  2026-02-01T10:00  2026-02-02  inbound
"""
LATER = day("2026-04-01")


def closed(as_of: int = LATER, **texts: str | None) -> Tables:
    given = {"opportunities": DEALS, "opportunity_history": STEPS, "leads": PEOPLE, "activities": SEEN} | texts
    return upto(example(**given), as_of)


def test_who_had_engaged_by_each_stage_is_counted_by_account_as_it_was_known() -> None:
    tables = closed()
    people = entities.people(tables)
    assert people is not None
    deals = keep(closed_deals(tables, people))
    assert cells(deals, "unit", "opportunity_id", "status") == [
        ("A1", "W1", "won"),
        ("A2", "F1", "lost"),
        ("A2", "W3", "won"),
    ]
    at = keep(moments(tables, deals))
    assert cells(at, "unit", "status", "stage", "day", "after") == expected("""
        unit  status  stage      day         after
        A1    won     -          2026-01-11  0
        A1    won     Discovery  2026-01-11  0
        A1    won     Proposal   2026-02-04  24
        A2    lost    -          2026-02-02  0
    """)
    numbers = {"of_position": range(len(POSITIONS)), "role": of_positions()}
    role_of = keep(
        ibis.memtable(numbers, schema={"of_position": "int16", "role": "string"}).filter(ibis._.role.notnull())
    )
    assert cells(engaged_by(tables, people, at, role_of, keep), "status", "stage", "role", "accounts") == expected("""
        status  stage      role            accounts
        won     -          economic buyer  1
        won     Discovery  economic buyer  1
        won     Proposal   economic buyer  1
        won     Proposal   technical       1
    """)
    won, without = before_deals(tables, people, deals)
    assert cells(won, "unit", "day") == expected("unit  day\nA1  2026-01-10\nA2  2026-03-01")
    assert [unit for unit, _ in cells(without, "unit", "created_day")] == ["A4", "A5", "A6"]


def test_a_contact_role_that_is_entered_after_the_win_changes_nothing_before() -> None:
    late = CONTACT_ROLES + "W1  L3  economic buyer  true\n"
    meaning = ibis.memtable({"cell": ["economic buyer"], "meaning": ["economic buyer"]})

    def all_that_is_made(as_of: int, roles: str) -> tuple[Any, ...]:
        tables = closed(as_of, contact_roles=roles)
        people = entities.people(tables)
        assert people is not None
        return cells(named_roles(tables, people, meaning), "position", "role", "accounts"), tables

    before = day("2026-03-01")
    (taught, late_tables), (plain, _) = all_that_is_made(before, late), all_that_is_made(before, CONTACT_ROLES)
    assert taught == plain == []
    with_it = told(market(late_tables, "account", keep=keep), before)
    assert with_it == told(market(replace(late_tables, contact_roles=None), "account", keep=keep), before)
    # Once it is known that the deal was won, it teaches what the title means.
    place = POSITIONS.index(("vp", "sales"))
    assert all_that_is_made(LATER, late)[0] == [(place, "economic buyer", 1)]
