"""Features computed in this process: what the expressions say, on one day and on several."""

from dataclasses import replace

import pytest

from scoring.engagement import engagement_log
from scoring.entity import Entity
from scoring.features import intent
from scoring.features.engagement import arrays
from scoring.features.facts import market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.knowledge import upto
from scoring.timeline import Grid
from tests.scoring.any_market import ONE, SEVERAL, Rows, compiled, markets
from tests.scoring.drawn import drawn
from tests.scoring.example_market import AS_OF, example, keep


@pytest.fixture(scope="module")
def drawn_markets() -> list[Rows]:
    return drawn(markets(), 200)


@pytest.mark.parametrize(("days", "rows"), [(ONE, arrays.ROWS), (SEVERAL, 50)])
@pytest.mark.parametrize("level", ["account", "lead"])
def test_the_values_are_those_of_the_expressions(
    level: Entity, days: tuple[int, ...], rows: int, drawn_markets: list[Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit by bit in 200 markets, with all units in one block and with few units in each of many blocks."""
    monkeypatch.setattr(arrays, "ROWS", rows)
    by_expressions, by_arrays = compiled(level, days).both(drawn_markets)
    assert sum(map(len, by_expressions)) > len(drawn_markets)  # there are snapshots to compare
    for one, expected, found in zip(drawn_markets, by_expressions, by_arrays, strict=True):
        assert found == expected, one


@pytest.mark.parametrize("days", [ONE, SEVERAL])
def test_actors_without_any_engagement_have_none(days: tuple[int, ...]) -> None:
    """A log whose activities are all our own: it has actors, and no days."""
    log = engagement_log(example())
    assert log is not None
    none = replace(log, days=keep(log.days.filter(log.days.day < 0)))
    accounts = market(upto(replace(example(), log=none), AS_OF), "account", keep=keep)
    features, grid = intent.engagement(["demo"], group=True), Grid(days)
    looks = snapshots(accounts.own, grid)
    found = FeatureArrays().assemble(features, accounts, looks, grid)
    assert found.num_rows > 0
    assert found.equals(build(features, accounts, looks, grid).order_by("unit", "as_of").to_pyarrow())
