"""E[amount | win]: means match, zeros are real, few wins are shrunk, and what hardly ever wins follows the others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_tweedie_deviance

from models.amounts.amount import AmountModel, deviance
from models.amounts.log_amount import normal_scores
from models.tables.additive import summed_tables


def expected(model: AmountModel, codes: np.ndarray) -> np.ndarray:
    return np.exp(model.base_ + summed_tables(model.tables_, codes))


def drawn(wins: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Wins whose amounts rise from 1,000 to 16,000 over five sizes, half more in one of three industries."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(1, 6, wins), rng.integers(1, 4, wins)])
    mean = 1000.0 * 2.0 ** (codes[:, 0] - 1) * np.where(codes[:, 1] == 2, 1.5, 1.0)
    return codes, mean * rng.gamma(4.0, 0.25, wins)


def fitted(codes: np.ndarray, amount: np.ndarray) -> AmountModel:
    return AmountModel([6, 4], [False, True]).fit(codes, amount)


@pytest.mark.parametrize("wins", [20, 60, 600])
def test_means_match(wins: int) -> None:
    codes, amount = drawn(wins)
    model = fitted(codes, amount)
    assert model.rung_ == "log_linear"
    assert expected(model, codes).sum() == pytest.approx(amount.sum())
    assert model.report_["wins_with_amount"] == wins


def test_known_amounts_are_recovered() -> None:
    model = fitted(*drawn(1500))
    for size in range(1, 6):
        for industry, more in ((1, 1.0), (2, 1.5)):
            truth = 1000.0 * 2.0 ** (size - 1) * more
            assert expected(model, np.array([[size, industry]]))[0] == pytest.approx(truth, rel=0.15)


def test_what_tells_amounts_nothing_moves_them_little() -> None:
    codes, _ = drawn(200)
    found = expected(fitted(codes, np.random.default_rng(3).gamma(2.0, 500.0, 200)), codes)
    assert found.mean() == pytest.approx(1000, rel=0.1)
    assert np.ptp(found) < 250


def test_who_hardly_ever_wins_is_expected_to_bring_what_the_line_says() -> None:
    """Amounts double from code to code; of 200 wins none has the three smallest and two largest codes."""
    rng = np.random.default_rng(5)
    codes = rng.integers(4, 11, 200)[:, None]
    amount = 1000.0 * 2.0 ** codes[:, 0] * rng.lognormal(0.0, 0.3, 200)
    population = np.repeat(np.arange(13), [0, *[100] * 12])[:, None]
    found = expected(AmountModel([13], [False]).fit(codes, amount, population), np.arange(13)[:, None])
    assert np.all(np.diff(found[1:]) > 0)
    assert found[1] < 0.5 * found[4]
    assert found[12] > 1.5 * found[10]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("unordered", [True, False])
def test_a_column_may_have_any_number_of_codes(size: int, unordered: bool) -> None:
    rng = np.random.default_rng(5)
    codes = np.column_stack([rng.integers(0, size, 80), rng.integers(0, 5, 80)])
    amount = 1000.0 * 3.0 ** codes[:, 1]
    model = AmountModel([size, 5], [unordered, False]).fit(codes, amount)
    assert expected(model, codes) == pytest.approx(amount, rel=0.2)


def test_normal_scores_lie_further_out_where_codes_are_rarer() -> None:
    assert normal_scores(np.array([99, 99])) == pytest.approx([-0.79788, 0.79788], abs=1e-5)
    assert normal_scores(np.array([9, 79, 9])) == pytest.approx([-1.75498, 0.0, 1.75498], abs=1e-5)
    assert normal_scores(np.zeros(3)) == pytest.approx([-1.09080, 0.0, 1.09080], abs=1e-4)


def test_zero_amounts_are_real() -> None:
    """A quarter of the deals of segment 2 are free: its mean holds them, and none is left out."""
    codes = np.repeat([1, 2], [40, 40])[:, None]
    amount = np.where(np.arange(80) < 40, 900.0, np.where(np.arange(80) % 4 == 0, 0.0, 400.0))
    model = AmountModel([3], [True]).fit(codes, amount)
    assert expected(model, np.array([[1], [2]])) == pytest.approx([900.0, 300.0], rel=0.1)
    assert model.report_["wins_with_amount"] == 80


@pytest.mark.parametrize("amount", [[], [0.0, 0.0, 0.0]])
def test_without_amounts_a_win_counts_one(amount: list[float]) -> None:
    codes = np.ones((len(amount), 1), dtype=int)
    model = AmountModel([3], [True]).fit(codes, np.array(amount))
    assert (model.rung_, model.base_) == ("none", 0.0)
    assert expected(model, np.array([[0], [2]])).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("wins", [1, 2, 4])
def test_a_handful_of_wins_has_a_mean(wins: int) -> None:
    codes, amount = drawn(wins)
    assert expected(fitted(codes, amount), codes).sum() == pytest.approx(amount.sum())


@pytest.mark.parametrize("currency", [0.001, 1.0, 1e6])
def test_the_currency_changes_nothing(currency: float) -> None:
    codes, amount = drawn(300)
    model, other = fitted(codes, amount), fitted(codes, amount * currency)
    assert other.rung_ == model.rung_
    np.testing.assert_allclose(expected(other, codes), expected(model, codes) * currency, rtol=1e-5)


def test_the_deviance_by_hand() -> None:
    """4 (sqrt 4 - sqrt 1)^2 / sqrt 1 = 4 and 4 (0 - sqrt 9)^2 / sqrt 9 = 12."""
    assert deviance(np.array([4.0, 0.0]), np.array([1.0, 9.0])) == pytest.approx(8.0)


def test_the_same_seed_gives_the_same_tables() -> None:
    once, again = fitted(*drawn(300)), fitted(*drawn(300))
    assert once.base_ == again.base_
    assert [t.tolist() for t in once.tables_] == [t.tolist() for t in again.tables_]


@given(st.integers(0, 10_000))
def test_the_deviance_is_that_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, mu = rng.lognormal(9.0, 1.0, 50), rng.lognormal(9.0, 0.5, 50)
    assert deviance(y, mu) == pytest.approx(mean_tweedie_deviance(y, mu, power=1.5), rel=1e-12)
    assert deviance(np.append(y, 0.0), np.append(mu, 4.0)) > 0  # a win of nothing
    assert deviance(y, y) == 0.0  # where scikit-learn's is a rounding error, which may be below 0
