"""What holds for the features of every market: time is one, touches are no count, rows have no order."""

from random import Random

import pytest
from hypothesis import strategies as st

from scoring.entity import Entity
from scoring.timeline import calendar_date
from tests.scoring.any_market import (
    ACCOUNTS,
    DAYS,
    DEALS,
    LEADS,
    ONE,
    SEVERAL,
    Features,
    Rows,
    compiled,
    later,
    markets,
    perhaps,
    rows,
    when,
)
from tests.scoring.drawn import drawn
from tests.scoring.example_market import AS_OF, Row

ON_OR_AFTER = when(0, 3)


@pytest.mark.parametrize("level", ["account", "lead"])
def test_many_days_at_once_are_the_same_as_one_at_a_time(level: Entity) -> None:
    """Of 100 markets: a day's features are those of the last day, had everything happened as many days later."""
    some = drawn(markets(), 100)
    together = compiled(level, SEVERAL).expressions(some)
    ahead = [(market, day) for market in some for day in SEVERAL]
    alone = compiled(level, ONE).expressions([later(market, AS_OF - day) for market, day in ahead])
    one_by_one: list[Features] = [{} for _ in some]
    for i, ((_, day), features) in enumerate(zip(ahead, alone, strict=True)):
        for (unit, _), row in features.items():
            created = row["created_day"]
            created = created - (AS_OF - day) if isinstance(created, int) else created
            one_by_one[i // len(SEVERAL)][unit, day] = row | {"as_of": day, "created_day": created}
    for market, expected, found in zip(some, one_by_one, together, strict=True):
        assert found == expected, market


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


@st.composite
def changed_markets(draw: st.DrawFn) -> list[Rows]:
    """A market, and the same after each of the changes."""
    market = draw(markets())
    return [market, *(draw(change(market)) for change in CHANGES)]


def test_what_must_not_matter_changes_no_feature() -> None:
    """Of 200 markets, those of the leads, who see their accounts as well."""
    some = drawn(changed_markets(), 200)
    features = iter(compiled("lead", ONE).expressions([market for versions in some for market in versions]))
    for versions in some:
        expected = next(features)
        for change, market in zip(CHANGES, versions[1:], strict=True):
            assert next(features) == expected, (change.__name__, versions[0], market)
