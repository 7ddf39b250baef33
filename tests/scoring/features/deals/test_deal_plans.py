"""What was planned of open deals, as it was known on 2026-03-01 and the day after, also in a look back."""

from collections.abc import Sequence

import ibis
import pytest

from scoring.features import intent
from scoring.features.facts import MarketFacts, market
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature
from scoring.knowledge import upto
from scoring.timeline import Grid
from tests.scoring.example_market import AS_OF, cells, example, expected, keep


def built(features: Sequence[Feature], seen: MarketFacts, *days: int) -> ibis.Table:
    grid = Grid(days or (AS_OF,))
    return keep(build(features, seen, snapshots(seen.own, grid), grid))


@pytest.fixture(scope="module")
def accounts() -> MarketFacts:
    return market(upto(example(), AS_OF), "account", keep=keep)


@pytest.fixture(scope="module")
def later() -> MarketFacts:
    return market(upto(example(), AS_OF + 10), "account", keep=keep)


def test_what_was_planned_of_a_deal_is_as_it_was_told_then(accounts: MarketFacts, later: MarketFacts) -> None:
    names = [feature.name for feature in intent.DEAL_PLANS]
    table = """
        unit  amount  known  days  moved  probability
        A1    12000   1      -1    0      40
        A2    -       -      -     -      -
        A3    20000   1      -4    0      -
        A6    -       -      -     -      -
    """
    assert cells(built(intent.DEAL_PLANS, accounts), "unit", *names) == expected(table)
    assert cells(built(intent.DEAL_PLANS, later, AS_OF), "unit", *names) == expected(table)
    table = """
        unit  amount  known  days  moved  probability
        A1    12000   1      29    1      60
        A2    4000    1      30    0      -
        A5    -       -      -     -      -
        A6    -       -      -     -      -
    """
    assert cells(built(intent.DEAL_PLANS, later, AS_OF + 1), "unit", *names) == expected(table)


HISTORY = "opportunity_id  changed_at  stage  amount  close_date  probability"
DEALS = "opportunity_id  account_id  lead_id  created_at  closed_at  status  amount  opportunity_type  known_at"
#: rows of one deal's history, and on 2026-03-01 the days to its close and how often that was moved later
MOVES = [
    ("2026-01-10  2026-02-01", (-28, 0)),
    ("2026-01-10  2026-02-01\n2026-01-20  2026-03-11", (10, 1)),
    ("2026-01-20  2026-03-11\n2026-01-10  2026-02-01", (10, 1)),  # in any order
    ("2026-01-10  2026-02-01\n2026-01-20  2026-03-11\n2026-01-20  2026-03-11", (10, 1)),  # told twice
    ("2026-01-10  2026-02-01\n2026-01-15  -\n2026-01-20  2026-02-01", (-28, 0)),  # something else changed
    ("2026-01-10  2026-03-11\n2026-01-20  2026-03-02", (1, 0)),  # earlier
    ("2026-01-10  2026-02-01\n2026-01-20  2026-02-11\n2026-02-02  2026-03-11", (10, 2)),
    ("2026-01-10  2026-02-01\n2026-03-01  2026-03-11", (-28, 0)),  # not known yet
    ("2026-01-10  9999-12-31", (None, None)),
    ("2026-01-10  9999-12-31\n2026-01-20  2026-03-11", (10, 0)),
]


@pytest.fixture(scope="module")
def plans() -> list[tuple[object, ...]]:
    """Of each of these histories, as that of a deal of its own account, what it tells of the deal."""
    of = range(len(MOVES))
    changes = [f"O{i}  {at}  -  -  {close}  -" for i in of for at, close in map(str.split, MOVES[i][0].splitlines())]
    deals = [f"O{i}  A{i}  -  2026-01-02  -  open  -  new_business  -" for i in of]
    accounts = [f"A{i}  -  2025-01-10  Software  -" for i in of]
    tables = example(
        accounts="\n".join(["account_id  domain  created_at  industry  employees", *accounts]),
        leads=None,
        activities=None,
        account_history=None,
        contact_roles=None,
        opportunities="\n".join([DEALS, *deals]),
        opportunity_history="\n".join([HISTORY, *changes]),
    )
    found = built(intent.DEAL_PLANS, market(upto(tables, AS_OF), "account", keep=keep))
    told = {row[0]: row[1:] for row in cells(found, "unit", "days_to_expected_close", "expected_close_moved")}
    return [told[f"A{i}"] for i in of]


@pytest.mark.parametrize("case", range(len(MOVES)), ids=[history for history, _ in MOVES])
def test_an_expected_close_slips(plans: list[tuple[object, ...]], case: int) -> None:
    assert plans[case] == MOVES[case][1]
