"""What holds for the features of every market: time is one, touches are no count, rows have no order."""

from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.entity import Entity
from scoring.timeline import calendar_date
from tests.scoring.any_market import ACCOUNTS, DAYS, DEALS, LEADS, Looks, Rows, markets, perhaps, rows, when
from tests.scoring.example_market import AS_OF, Row

BEFORE = AS_OF - 40
ON_OR_AFTER = when(0, 3)
EXAMPLES = settings(deadline=None, max_examples=5)

looks = cache(Looks)


@pytest.mark.parametrize("level", ["account", "lead"])
def test_many_days_at_once_are_the_same_as_one_at_a_time(level: Entity) -> None:
    together = looks(level, (BEFORE, AS_OF))
    alone = looks(level, (BEFORE,)), looks(level, (AS_OF,))

    @EXAMPLES
    @given(markets())
    def holds(market: Rows) -> None:
        assert together(market) == {key: row for look in alone for key, row in look(market).items()}

    holds()


def touches(direction: str) -> st.SearchStrategy[list[Row]]:
    touch = rows(
        lead_id=st.sampled_from(LEADS),
        account_id=perhaps(st.sampled_from(ACCOUNTS)),
        activity_type=st.sampled_from(("demo", "visit", "call")),
        occurred_at=DAYS,
        known_at=perhaps(DAYS),
        direction=st.just(direction),
    )
    return st.lists(touch, min_size=1, max_size=10)


@st.composite
def with_later_rows(draw: st.DrawFn, market: Rows) -> Rows:
    """The market with rows in every table that became known on 2026-03-01 or later, about whom there is."""
    last = calendar_date(AS_OF).isoformat()
    dated = {row["account_id"] for row in market["account_history"] if row["known_at"] >= last}
    new = {
        "accounts": {"account_id": "A9", "created_at": draw(ON_OR_AFTER)},
        "leads": {
            "lead_id": "L9",
            "account_id": draw(st.sampled_from(ACCOUNTS)),
            "created_at": draw(ON_OR_AFTER),
        },
        "activities": draw(touches("inbound"))[0] | {"known_at": draw(ON_OR_AFTER)},
        "opportunities": {
            "opportunity_id": "O9",
            "account_id": draw(st.sampled_from(ACCOUNTS)),
            "lead_id": draw(perhaps(st.sampled_from(LEADS))),
            "created_at": draw(DAYS),
            "closed_at": draw(ON_OR_AFTER),
            "status": "won",
            "opportunity_type": "new_business",
            "known_at": draw(ON_OR_AFTER),
        },
        # Not a value that an account has today, nor after one: that would date it, and say that it was not there.
        "account_history": {
            "account_id": draw(st.sampled_from([*sorted({*ACCOUNTS} - dated), "A9"])),
            "known_at": draw(ON_OR_AFTER),
            "industry": "Farming",
        },
        "opportunity_history": {
            "opportunity_id": draw(st.sampled_from(DEALS)),
            "changed_at": draw(ON_OR_AFTER),
            "stage": "third",
        },
        "contact_roles": {"opportunity_id": draw(st.sampled_from(DEALS)), "lead_id": "L9"},
    }
    columns = {name: table[0] if table else {} for name, table in market.items()}
    return {
        name: [*table, dict.fromkeys(columns[name], "-") | new[name]] if table else table
        for name, table in market.items()
    }


@st.composite
def with_repeats(draw: st.DrawFn, market: Rows) -> Rows:
    """The market with its inbound touches again, each some times on its day, known when it was or later."""
    inbound = [row for row in market["activities"] if row["direction"] == "inbound"]
    again = draw(st.lists(st.tuples(st.sampled_from(inbound), st.integers(0, 1439)), max_size=30)) if inbound else []
    repeats = [
        row | {"occurred_at": f"{row['occurred_at']}T{minute // 60:02}:{minute % 60:02}"} for row, minute in again
    ]
    return market | {"activities": [*market["activities"], *repeats]}


@st.composite
def with_outbound(draw: st.DrawFn, market: Rows) -> Rows:
    """The market with touches of our own."""
    return market | {"activities": [*market["activities"], *draw(touches("outbound"))]}


@st.composite
def in_another_order(draw: st.DrawFn, market: Rows) -> Rows:
    """The market with the rows of every table shuffled."""
    random = Random(draw(st.integers(0, 99)))
    return {name: random.sample(table, len(table)) for name, table in market.items()}


CHANGES = (with_later_rows, with_repeats, with_outbound, in_another_order)


def test_what_must_not_matter_changes_no_feature() -> None:
    look = looks("lead", (AS_OF,))  # which see their accounts as well

    @EXAMPLES
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        market = data.draw(markets())
        seen = look(market)
        for changed in CHANGES:
            assert look(data.draw(changed(market))) == seen, changed.__name__

    holds()
