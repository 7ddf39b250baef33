"""The hazard's ladder: refuse, logistic or evidence, additive; its figures are those of a market with known odds."""

from typing import Any

import numpy as np
import pytest

from models.calibration import horizon_probability, sigmoid
from models.hazard import HazardRows, hazard_rows
from models.outcome import AdditiveHazard, TooFewWins
from models.tables.additive import summed_tables
from models.tables.pairs import total
from models.tables.resampling import survival

TODAY, BOUNDS = 240, (0, 30, 60, 90)
SIZES, UNORDERED, SIDES = [8, 25, 3], [False, True, True], ["intent", "fit", "fit"]
#: Days since a demo (code 0: never), small industries of which each fifth buys, and a column of noise.
TRUTH = [
    np.array([-1.0, 1.6, 0.9, 0.4, 0.0, -0.4, -0.7, -1.0]),
    np.where(np.arange(25) % 5 == 0, 1.8, -0.5),
    np.zeros(3),
]
#: What each period adds: most wins come soon.
OFFSETS = np.array([0.4, 0.0, -0.4])


class Market:
    """Snapshots on eight days, 30 apart, with hazards of known odds.

    These rise by `growth` a period up to today, and by `together` where the last two columns agree to it.
    """

    def __init__(
        self, snapshots: int, base: float, *, seed: int = 7, growth: float = 0.0, together: float = 0.0
    ) -> None:
        rng = np.random.default_rng(seed)
        self.codes = np.column_stack([rng.integers(0, size, snapshots) for size in SIZES])
        self.as_of = rng.integers(0, 8, snapshots) * 30
        agreed = (self.codes[:, 1] < 12) ^ (self.codes[:, 2] == 2)
        self.log_odds = base + summed_tables(TRUTH, self.codes) + np.where(agreed, together, -together)
        self.observed = np.minimum(3, (TODAY - self.as_of) // 30)
        start = self.as_of[:, None] + np.array(BOUNDS[:-1])
        hazard = sigmoid(self.log_odds[:, None] + OFFSETS + growth * (start - TODAY) / 30)
        event = rng.random((snapshots, 3)) < hazard
        self.first = np.where(event.any(axis=1), event.argmax(axis=1).astype("float64"), np.nan)

    @property
    def rows(self) -> HazardRows:
        seen = np.where(self.first < self.observed, self.first, np.nan)
        return hazard_rows(self.as_of, self.observed, seen, BOUNDS, max_rows=10**6, seed=7)

    @property
    def wins(self) -> int:
        return int((self.first < self.observed).sum())

    def fitted(self, units: np.ndarray | None = None, **settings: Any) -> AdditiveHazard:
        model = AdditiveHazard(SIZES, UNORDERED, SIDES, periods=3, **settings)
        return model.fit(self.codes, self.rows, self.observed == 3, self.wins, units)


def log_odds(model: AdditiveHazard, codes: np.ndarray) -> np.ndarray:
    return model.base_ + total(model.tables_, model.pairs_, codes)


@pytest.fixture(scope="module")
def many() -> Market:
    return Market(8000, -3.0)


@pytest.fixture(scope="module")
def learned(many: Market) -> AdditiveHazard:
    return many.fitted()


@pytest.fixture(scope="module")
def together() -> Market:
    return Market(8000, -3.0, together=0.8)


@pytest.fixture(scope="module")
def paired(together: Market) -> AdditiveHazard:
    return together.fitted(units=np.arange(8000), resamples=2)


@pytest.mark.parametrize(
    ("wins", "missing", "says"),
    [
        (5, 20, "at least 25 won deals .* 5 were found, 20 are missing"),
        (1, 24, "1 was found"),
    ],
)
def test_too_few_wins_are_refused_and_the_missing_are_counted(wins: int, missing: int, says: str) -> None:
    market = Market(400, -3.0)
    model = AdditiveHazard(SIZES, UNORDERED, SIDES, periods=3)
    with pytest.raises(TooFewWins, match=says) as refused:
        model.fit(market.codes, market.rows, market.observed == 3, wins)
    assert (refused.value.wins, refused.value.least, refused.value.missing) == (wins, 25, missing)


def test_a_few_dozen_wins_are_for_the_plain_models() -> None:
    market = Market(1000, -5.0, seed=2)
    assert 35 <= market.wins <= 55
    model = market.fitted()
    losses = model.report_["held_out_log_loss"]
    assert (model.rung_, model.calibration_, model.pairs_) == ("evidence", "intercept", [])
    assert losses["evidence"] < losses["logistic"] < model.report_["held_out_log_loss_constant"]
    assert 0.0 < model.report_["held_out_skill_next_ten"] < 0.05
    assert np.corrcoef(log_odds(model, market.codes), market.log_odds)[0, 1] > 0.5


def test_one_win_is_too_little_to_divide() -> None:
    market = Market(400, -3.0)
    market.first[np.flatnonzero(market.first < market.observed)[1:]] = np.nan
    model = market.fitted(min_wins=1)
    assert (market.wins, model.rung_, model.report_["held_out_rows"]) == (1, "logistic", 0)
    assert np.isfinite(model.base_)


def test_27_wins_among_5000_are_learned_from_and_the_total_is_right() -> None:
    """On a market that was not learned from: in all, and in the half that is better and the half that is worse."""
    market, fresh = Market(5000, -7.2, seed=16), Market(20_000, -7.2, seed=11)
    model = market.fitted(units=np.arange(5000), resamples=0)
    assert (market.wins, model.report_["wins"]) == (27, 27)
    probability = horizon_probability(log_odds(model, fresh.codes), model.period_offsets_)
    true = horizon_probability(fresh.log_odds, OFFSETS.tolist())
    order = np.argsort(probability)
    for part in (order, order[:10_000], order[10_000:]):
        assert probability[part].mean() == pytest.approx(true[part].mean(), rel=0.25)
    assert true[order[10_000:]].mean() > 5 * true[order[:10_000]].mean()


def test_many_wins_are_for_the_additive_model_where_it_is_better(learned: AdditiveHazard) -> None:
    losses = learned.report_["held_out_log_loss"]
    assert learned.rung_ == "additive"
    assert losses["additive"] < losses["logistic"] < learned.report_["held_out_log_loss_constant"]


def test_the_simpler_rung_stays_where_the_trees_are_no_better() -> None:
    """A hundred wins of 150 snapshots, and the industry was never recorded: too little for trees."""
    market = Market(150, -0.5, seed=3)
    market.codes[:, 1] = 0
    model = market.fitted(trees_from=30)
    losses = model.report_["held_out_log_loss"]
    assert losses["logistic"] < losses["additive"]
    assert (model.rung_, model.pairs_) == ("logistic", [])


def test_a_history_too_short_to_hold_any_out_claims_no_skill() -> None:
    """All snapshots are of one day and one period: what is held out would be what is learned from."""
    market = Market(3000, -3.0)
    market.as_of[:], market.observed[:] = TODAY - 30, 1
    model = market.fitted()
    assert (model.rung_, model.report_["held_out_rows"]) == ("logistic", 0)
    assert np.corrcoef(log_odds(model, market.codes), market.log_odds)[0, 1] > 0.5


def test_where_nothing_tells_them_apart_all_are_much_alike() -> None:
    market = Market(4000, -2.5)
    market.codes = np.random.default_rng(1).permutation(market.codes)
    assert np.std(log_odds(market.fitted(), market.codes)) < 0.2


@pytest.mark.parametrize("column", [0, 1])
def test_the_known_odds_are_recovered(learned: AdditiveHazard, column: int) -> None:
    assert np.corrcoef(learned.tables_[column], TRUTH[column])[0, 1] > 0.95


def test_the_periods_are_told_apart(learned: AdditiveHazard) -> None:
    np.testing.assert_allclose(learned.period_offsets_, OFFSETS, atol=0.2)
    assert sum(learned.period_offsets_) == pytest.approx(0.0, abs=1e-9)


def test_a_probability_is_a_probability(learned: AdditiveHazard) -> None:
    """On a market that was not learned from: in all, and among the best and the worst quarter."""
    fresh = Market(20_000, -3.0, seed=11)
    probability = horizon_probability(log_odds(learned, fresh.codes), learned.period_offsets_)
    true = horizon_probability(fresh.log_odds, OFFSETS.tolist())
    order = np.argsort(probability)
    for part in (order, order[:5000], order[-5000:]):
        assert probability[part].mean() == pytest.approx(true[part].mean(), rel=0.15)


def test_the_level_follows_the_newest_periods() -> None:
    """The odds rise by a fifth each month: more is expected than came in all, less than came lately."""
    market = Market(16_000, -3.0, growth=0.2)
    model = market.fitted()
    rows, today = market.rows, log_odds(model, market.codes)
    expected = sigmoid(today[rows.snapshot] + np.array(model.period_offsets_)[rows.period])
    newest = rows.end > TODAY - 30
    assert expected.sum() > 1.1 * rows.won.sum()
    assert 0.7 * rows.won[newest].sum() < expected[newest].sum() < rows.won[newest].sum()


def test_a_pair_is_admitted_only_where_there_is_one(
    learned: AdditiveHazard, paired: AdditiveHazard, together: Market
) -> None:
    assert learned.pairs_ == []
    assert [(pair.a, pair.b) for pair in paired.pairs_] == [(1, 2)]
    losses = paired.report_["held_out_log_loss"]
    assert losses["with_pairs"] < losses["additive"] - 0.005
    assert np.corrcoef(log_odds(paired, together.codes), together.log_odds)[0, 1] > 0.9


@pytest.mark.parametrize(("trees_from", "rung"), [(150, "additive"), (10**6, "evidence")])
def test_what_is_true_survives_resampling_and_noise_does_not(trees_from: int, rung: str) -> None:
    """The newer the demo, the better; every fifth industry buys; the codes of the third column say nothing."""
    market = Market(4000, -3.0)
    model = market.fitted(trees_from=trees_from, units=np.arange(4000))
    assert (model.rung_, len(model.resampled_)) == (rung, 8)
    centred = [
        [tables[j] - tables[j].mean() for tables in (model.tables_, *(again.tables for again in model.resampled_))]
        for j in range(3)
    ]
    shares = [survival(table, again, 0.025) for table, *again in centred]
    assert (shares[0][1:3].tolist(), shares[0][7]) == ([1.0, 1.0], 1.0)
    assert all(shares[1][code] >= 0.75 for code in (0, 5, 10, 15, 20))
    assert shares[2].max() < 1.0
    assert not np.array_equal(centred[0][1], centred[0][2])


def test_resampling_changes_nothing_else() -> None:
    market = Market(2500, -3.0)
    model, plain = market.fitted(units=np.arange(2500), resamples=2), market.fitted()
    assert (len(model.resampled_), plain.resampled_) == (2, [])
    assert (model.base_, model.report_) == (plain.base_, plain.report_)
    assert [t.tolist() for t in model.tables_] == [t.tolist() for t in plain.tables_]


def test_pairs_are_resampled_with_the_rest(paired: AdditiveHazard) -> None:
    assert [[(pair.a, pair.b) for pair in again.pairs] for again in paired.resampled_] == [[(1, 2)]] * 2
    for again in paired.resampled_:
        assert np.corrcoef(again.pairs[0].table.ravel(), paired.pairs_[0].table.ravel())[0, 1] > 0.7


@pytest.mark.parametrize("settings", [{"learning_rate": 0.3}, {"leaves": 2}, {"min_leaf": 400}, {"l2": 50.0}])
def test_the_trees_are_grown_as_they_are_told(settings: dict[str, Any]) -> None:
    told = {"learning_rate": 0.1, "leaves": 4, "min_leaf": 50, "l2": 1.0} | settings
    model = AdditiveHazard(SIZES, UNORDERED, SIDES, periods=3, **settings)
    trees = model._trees(90)
    assert {name: getattr(trees, name) for name in told} == told
    assert model._trees(90, share=0.1).min_leaf == told["min_leaf"] // 10


def test_the_same_seed_gives_the_same_tables_in_any_order_once_sorted() -> None:
    market = Market(2500, -3.0)
    key = np.random.default_rng(3).permutation(2500)
    again = Market(2500, -3.0)
    for name in ("codes", "as_of", "observed", "first"):
        shuffled = getattr(market, name)[key]
        setattr(again, name, shuffled[np.argsort(key)])
    once, twice = market.fitted(), again.fitted()
    assert (once.base_, once.period_offsets_, once.rung_) == (twice.base_, twice.period_offsets_, twice.rung_)
    assert [t.tolist() for t in once.tables_] == [t.tolist() for t in twice.tables_]
    assert once.report_ == twice.report_


def test_rows_that_stand_for_others_leave_the_level_alone() -> None:
    market = Market(6000, -3.0)
    every, codes = market.rows, market.codes
    seen = np.where(market.first < market.observed, market.first, np.nan)
    some = hazard_rows(market.as_of, market.observed, seen, BOUNDS, max_rows=4000, seed=7)
    assert len(some) < 0.5 * len(every)
    model = AdditiveHazard(SIZES, UNORDERED, SIDES, periods=3)
    model.fit(codes, some, market.observed == 3, market.wins)
    hazard = sigmoid(log_odds(model, codes)[every.snapshot] + np.array(model.period_offsets_)[every.period])
    assert hazard.mean() == pytest.approx(every.won.mean(), rel=0.1)
