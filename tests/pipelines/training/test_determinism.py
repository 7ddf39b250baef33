"""The same facts and seed give the same scorecard, byte for byte, in whatever order and however often they are told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.pipelines.conftest import LESS_QUICK, TrainedStore, market_export
from tests.pipelines.small_crm import people, shuffled
from tests.pipelines.test_promises import outbound, repeated

pytestmark = pytest.mark.slow


def written(scorecard: dict[str, Any]) -> str:
    """The file, but for the digests of what was read: another order of rows is another file."""
    return json.dumps({name: said for name, said in scorecard.items() if name != "data"})


def test_trees_and_pairs_are_learned_alike_from_rows_in_any_order(learned: Callable[..., dict[str, Any]]) -> None:
    market = people(2_000, 500)
    first = learned("first", market)
    assert first["rung"] == "additive"
    assert ["industry", "size"] in [sorted(term["features"]) for term in first["terms"]]
    assert json.dumps(learned("again", market)) == json.dumps(first)
    assert written(learned("other", shuffled(market, 1))) == written(first)
    assert learned("seed", market, "seed = 8\n")["terms"] != first["terms"]


def test_touches_repeated_and_our_own_teach_nothing(
    trained: TrainedStore, learned: Callable[..., dict[str, Any]]
) -> None:
    export = shuffled(outbound(repeated(market_export(), times=5)), 2)
    scorecard = learned("again", export, "", "--entity", "account", start=LESS_QUICK)
    assert written(scorecard) == written(trained.scorecard("account").to_json())
