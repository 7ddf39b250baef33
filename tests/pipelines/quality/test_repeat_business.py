"""When `check` says that an export looks like repeat business, and what to set then."""

from dataclasses import replace

import pytest

from pipelines.config import Config
from pipelines.quality.advice import LACKING, worth_mending
from pipelines.quality.findings import TableFindings
from scoring.knowledge import upto
from scoring.question import Win
from tests.scoring.example_market import AS_OF, example

#: Of the tables that an export may lack, nothing is said.
EVERY_TABLE = {name: TableFindings(1, (), {}, None) for name in LACKING}
HEAD = "opportunity_id  account_id  lead_id  created_at  closed_at  status  amount  opportunity_type  known_at\n"


def deals(customers: int, again: int, kind: str = "new_business", day: str = "2025-06-10") -> str:
    """So many customers, of whom some buy again."""
    first = [f"O{i}  -  L{i}  2025-01-02  2025-01-{1 + i % 28:02}  won  9  new_business  -" for i in range(customers)]
    later = [f"P{i}  -  L{i}  2025-06-02  {day}  won  9  {kind}  -" for i in range(again)]
    return HEAD + "\n".join([*first, *later]) + "\n"


def leads(customers: int) -> str:
    rows = [f"L{i}  A{i}  2024-01-10  -  -  -  DE" for i in range(customers)]
    return "lead_id  account_id  created_at  title  source  campaign  country\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("opportunities", "win", "said"),
    [
        (deals(20, 6), "new_business", "6 of 20 customers bought again, 6 times"),
        (deals(20, 6, "expansion"), "new_business", "6 of 20 customers bought again, 6 times"),
        (deals(20, 6), "any", ""),
        (deals(20, 5), "new_business", ""),
        (deals(9, 9), "new_business", ""),
        (deals(20, 20, "renewal"), "new_business", ""),
        (deals(20, 20, day="2026-03-01"), "new_business", ""),  # not known yet
    ],
)
def test_many_customers_who_bought_again_are_named(opportunities: str, win: Win, said: str) -> None:
    whole = example(opportunities=opportunities, leads=leads(20), accounts=None)
    tables = upto(replace(whole, win=win), AS_OF)
    found = [advice for advice in worth_mending(tables, EVERY_TABLE, {}, Config()) if "bought again" in advice.found]
    assert [advice.found for advice in found] == ([said] if said else [])
    assert all('win = "any"' in advice.mend for advice in found)
