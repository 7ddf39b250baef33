"""Features put together in this process: what the expressions say, of every market, on one day or on many."""

from functools import cache

import pytest
from hypothesis import given, settings

from scoring.entity import Entity
from scoring.features import diary
from tests.scoring.any_market import Looks, Rows, markets
from tests.scoring.example_market import AS_OF

EXAMPLES = settings(deadline=None, max_examples=5)

looks = cache(Looks)


@pytest.mark.parametrize(("days", "rows"), [((AS_OF,), diary.ROWS), ((AS_OF - 70, AS_OF - 40, AS_OF), 3)])
@pytest.mark.parametrize("level", ["account", "lead"])
def test_the_values_are_those_of_the_expressions(
    level: Entity, days: tuple[int, ...], rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diary, "ROWS", rows)
    seen = looks(level, days)

    @EXAMPLES
    @given(markets())
    def holds(market: Rows) -> None:
        assert seen.assembled(market) == seen(market)

    holds()
