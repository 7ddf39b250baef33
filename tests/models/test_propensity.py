"""Weights by the chance of a treatment: those whom nobody treats count for nothing, and the usual ones in full."""

import numpy as np
import pytest

from models.propensity import Chances, chances

#: Own and usual chance, whether it was treated, and the weight.
WEIGHTS = [
    (0.5, 0.5, False, 1.0),
    (0.9, 0.5, False, 1.0),  # at most in full
    (0.2, 0.5, False, 0.25),  # odds of 1 to 4 instead of 1 to 1
    (0.05, 0.5, False, 0.0),  # too few treated stand for such
    (0.0, 0.5, False, 0.0),
    (0.05, 0.5, True, 1.0),
    (1.0, 1.0, False, 0.0),
    (1.0, 1.0, True, 1.0),
    (0.0, 0.0, False, 0.0),
]
REGIONS, INTENTS = 4, 3


@pytest.mark.parametrize(("own", "usual", "treated", "expected"), WEIGHTS)
def test_a_weight_is_the_odds_over_the_usual_odds(own: float, usual: float, treated: bool, expected: float) -> None:
    found = Chances(np.array([own]), np.array([usual])).weights(np.array([treated]))
    assert found == pytest.approx([expected])


def drawn(rows: int = 20_000, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Codes of a region and of intent: intent is treated more, region 1 never, region 2 a fifth as often."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, REGIONS, rows), rng.integers(0, INTENTS, rows)]).astype("int32")
    chance = np.array([0.1, 0.2, 0.4])[codes[:, 1]] * np.array([1.0, 0.0, 0.2, 1.0])[codes[:, 0]]
    return codes, rng.random(rows) < chance


def found_in(codes: np.ndarray, treated: np.ndarray, weight: np.ndarray | None = None) -> Chances:
    everyone = np.ones(len(codes), dtype=bool)
    return chances(codes, treated, everyone, [REGIONS, INTENTS], [True, True], [1], weight=weight, seed=7)


def test_an_untreated_region_counts_for_nothing_and_intent_alone_for_no_neglect() -> None:
    codes, treated = drawn()
    weight = found_in(codes, treated).weights(treated)
    assert (weight[treated] == 1.0).all()
    idle = ~treated
    assert weight[(codes[:, 0] == 1) & idle].max() == 0.0
    assert 0.1 < weight[(codes[:, 0] == 2) & idle].mean() < 0.5
    for intent in range(INTENTS):
        assert weight[(codes[:, 0] == 3) & (codes[:, 1] == intent) & idle].mean() > 0.95


def test_the_chances_are_those_that_were_drawn() -> None:
    codes, treated = drawn()
    found = found_in(codes, treated)
    for intent, expected in enumerate((0.1, 0.2, 0.4)):
        at = (codes[:, 0] == 0) & (codes[:, 1] == intent)
        assert found.own[at].mean() == pytest.approx(expected, abs=0.04)
        assert found.usual[codes[:, 1] == intent].mean() == pytest.approx(0.55 * expected, abs=0.02)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_all_are_alike_there_is_no_model(share: float) -> None:
    codes, _ = drawn(100)
    treated = np.full(100, share == 1.0)
    found = found_in(codes, treated)
    assert (found.own == share).all()
    assert (found.weights(treated) == share).all()


def test_rows_that_stand_for_others_count_for_as_many() -> None:
    codes, treated = drawn(5_000)
    rare = np.where(treated, 1.0, 3.0)
    assert found_in(codes, treated, rare).own.mean() < 0.6 * found_in(codes, treated).own.mean()
