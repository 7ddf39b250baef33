"""The baselines on tables small enough to work out by hand, and on data that only some of them can tell apart."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.baselines import Estimator, LinearLogistic, NaiveBayes, SourceRate, UnconstrainedTrees

#: 10 rows: of 5 through search 3 won, of 4 through events 1, and 1 of unknown source did not.
SOURCES = ["search"] * 5 + ["event"] * 4 + [None]
WON = np.array([1, 1, 1, 0, 0, 1, 0, 0, 0, 0], dtype="float64")
TWO_KINDS = {"days": "days", "size": "numeric", "industry": "category"}


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


@pytest.mark.parametrize(
    ("strength", "search", "event", "other"),
    [(0.0, 0.6, 0.25, 0.4), (5.0, (3 + 2) / 10, (1 + 2) / 9, 0.4), (1e9, 0.4, 0.4, 0.4)],
)
def test_a_source_has_its_rate_shrunk_to_the_mean(strength: float, search: float, event: float, other: float) -> None:
    model = SourceRate("source", strength=strength).fit(frame(source=SOURCES), WON, np.ones(10))
    found = model.probability(frame(source=["search", "event", None, "never seen"]))
    assert found == pytest.approx([search, event, other, other])


def test_without_a_source_all_are_alike() -> None:
    model = SourceRate(None).fit(frame(source=SOURCES), WON, np.ones(10))
    assert model.probability(frame(source=["search", "event"])) == pytest.approx([0.4, 0.4])


def test_weights_stand_for_rows() -> None:
    weight = np.where(WON == 1, 1.0, 2.0)
    twice = np.r_[np.arange(10), np.flatnonzero(WON == 0)]
    now = frame(source=["search", "event", None])
    for model in (SourceRate("source"), NaiveBayes(["source"])):
        weighted = model.fit(frame(source=SOURCES), WON, weight).probability(now)
        repeated = model.fit(frame(source=SOURCES).iloc[twice], WON[twice], np.ones(len(twice))).probability(now)
        assert weighted == pytest.approx(repeated)


def test_naive_bayes_multiplies_frequencies() -> None:
    country = ["DE", "FR", "DE", "DE", "FR", "DE", "FR", "FR", None, "FR"]
    model = NaiveBayes(["source", "country"], start=0.1)
    model.fit(frame(source=SOURCES, country=country), WON, np.ones(10))
    # 4 won, 6 not. Of the won 3 of 4 came through search and 3 of 4 are in Germany; of the others whose source is
    # known 2 of 5 and whose country is known 1 of 5. Every count starts at 0.1.
    prior = 4.1 / 6.1
    search = (3.1 / 4.2) / (2.1 / 5.2)
    germany = (3.1 / 4.2) / (1.1 / 5.2)
    odds = [prior * search * germany, prior * search, prior]
    found = model.probability(frame(source=["search", "search", "fair"], country=["DE", None, "XX"]))
    assert found == pytest.approx([x / (1 + x) for x in odds])


def market(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Rows of 4 a unit, won by a product of days and industry that no sum of the two says well."""
    rng = np.random.default_rng(seed)
    industry = rng.choice(["Retail", "Health"], rows, p=[0.7, 0.3])
    days, size = rng.exponential(60, rows), rng.lognormal(4, 1, rows)
    x = frame(
        unit=[f"A{i // 4}" for i in range(rows)],
        days=np.where(rng.random(rows) < 0.2, np.nan, days),
        size=size,
        industry=np.where(rng.random(rows) < 0.1, None, industry),
    )
    recent = np.where(x["days"].fillna(999) < 30, 1.0, -1.0)
    sign = np.where(x["industry"] == "Retail", 1.0, np.where(x["industry"] == "Health", -1.0, 0.0))
    chance = 1 / (1 + np.exp(-(-1.5 + 0.6 * recent + 2.0 * recent * sign)))
    return x, (rng.random(rows) < chance).astype("float64"), chance


def loss(chance: np.ndarray, p: np.ndarray) -> float:
    return float(-np.mean(chance * np.log(p) + (1 - chance) * np.log1p(-p)))


def test_the_ceiling_sees_what_a_sum_cannot_say() -> None:
    x, won, _ = market(6_000, seed=1)
    new, _, chance = market(3_000, seed=2)
    weight = np.ones(len(won))
    linear = LinearLogistic(TWO_KINDS).fit(x, won, weight).probability(new)
    trees = UnconstrainedTrees(TWO_KINDS).fit(x, won, weight).probability(new)
    constant = np.full(len(new), won.mean())
    best = loss(chance, chance)
    assert best < loss(chance, trees) < best + 0.02
    assert loss(chance, trees) + 0.1 < loss(chance, linear) < loss(chance, constant) - 0.01


def test_logistic_finds_the_slope_of_a_logarithm() -> None:
    rng = np.random.default_rng(3)
    size = rng.lognormal(4, 1, 20_000)
    won = (rng.random(20_000) < 1 / (1 + (1 + size) ** 0.8 / 60)).astype("float64")  # odds 60 (1 + size)^-0.8
    model = LinearLogistic({"size": "numeric"}, strength=10.0).fit(frame(size=size), won, np.ones(20_000))
    p = model.probability(frame(size=[9.0, 99.0, np.nan]))
    odds = p / (1 - p)
    assert np.log10(odds[0] / odds[1]) == pytest.approx(0.8, abs=0.05)
    assert 0.3 < p[2] < 0.9  # one that is missing is as the average, where none was missing in training


ALL: list[Estimator] = [
    SourceRate("industry"),
    NaiveBayes(["industry"]),
    LinearLogistic(TWO_KINDS),
    UnconstrainedTrees(TWO_KINDS),
]


@pytest.mark.parametrize("model", ALL, ids=lambda model: type(model).__name__)
def test_all_learn_from_the_rows_of_fit_alone_and_take_what_they_never_saw(model: Estimator) -> None:
    x, won, _ = market(400, seed=4)
    x["nothing"], x["industry"] = np.nan, x["industry"].astype(object)
    model.fit(x, won, np.ones(400))
    some = x.head(20).copy()
    strange = frame(unit=["B"], days=[1e9], size=[-5.0], industry=["Space"], nothing=[1.0])
    alone, beside = model.probability(some), model.probability(pd.concat([some, strange], ignore_index=True))
    assert beside[:20] == pytest.approx(alone, abs=1e-12)
    assert ((beside > 0) & (beside < 1)).all()
    again = model.fit(x, won, np.ones(400)).probability(some)
    assert (again == alone).all()


@pytest.mark.parametrize("model", [LinearLogistic, UnconstrainedTrees])
def test_columns_that_hold_nothing_say_nothing(model: Any) -> None:
    x, won, _ = market(400, seed=5)
    x["empty"], x["blank"] = np.nan, None
    fitted = model(TWO_KINDS | {"empty": "numeric", "blank": "category"}).fit(x, won, np.ones(400))
    assert np.isfinite(fitted.probability(x)).all()


def test_units_are_held_out_whole() -> None:
    x, _, _ = market(400, seed=6)
    held = UnconstrainedTrees(TWO_KINDS)._held_out(x)
    assert 0.1 < held.mean() < 0.3
    assert pd.Series(held).groupby(x["unit"]).nunique().max() == 1
