"""Features computed in this process: what the expressions say, on one day and on several."""

import pytest

from scoring.entity import Entity
from scoring.features import engagement_arrays
from tests.scoring.any_market import ONE, SEVERAL, Rows, compiled, markets
from tests.scoring.drawn import drawn


@pytest.fixture(scope="module")
def drawn_markets() -> list[Rows]:
    return drawn(markets(), 200)


@pytest.mark.parametrize(("days", "rows"), [(ONE, engagement_arrays.ROWS), (SEVERAL, 50)])
@pytest.mark.parametrize("level", ["account", "lead"])
def test_the_values_are_those_of_the_expressions(
    level: Entity, days: tuple[int, ...], rows: int, drawn_markets: list[Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit by bit in 200 markets, with all units in one block and with few units in each of many blocks."""
    monkeypatch.setattr(engagement_arrays, "ROWS", rows)
    by_expressions, by_arrays = compiled(level, days).both(drawn_markets)
    assert sum(map(len, by_expressions)) > len(drawn_markets)  # there are snapshots to compare
    for market, expected, found in zip(drawn_markets, by_expressions, by_arrays, strict=True):
        assert found == expected, market
