"""A small period for the tests of draws and orders: two sources, and open accounts as they are given."""

import numpy as np

from scoring.planning.coming import Amounts, Coming
from scoring.planning.draws import Shared, shared_draws
from scoring.planning.pooling import Factors, Floats
from scoring.scorecard.forecast_error import ForecastError

#: Everything is known but chance.
SURE = ForecastError(level=0.0, amount=1.0, mean_amount=0.0, horizons=4.0)
UNSURE = ForecastError(level=0.2, amount=2.0, mean_amount=0.1, horizons=4.0)


def still(
    arrivals: tuple[float, float] = (1000.0, 200.0),
    chance: tuple[float, float] = (0.01, 0.05),
    *,
    capacity: float = float("inf"),
    sure: bool = True,
    amounts: tuple[float, float] = (100.0, 300.0),
) -> Coming:
    """What still comes; without any doubt but chance where it is `sure`."""
    shape = np.array([1e9, 1e9]) if sure else np.array([20.0, 4.0])
    mean = np.array(amounts)
    return Coming(
        ("web", "event"),
        np.array(arrivals),
        np.array(chance),
        np.array(chance),
        Amounts(mean, mean**2 * (1.0 if sure else 2.0)),
        Factors(shape, shape),
        0.0 if sure else 0.1,
        0.0 if sure else 0.05,
        0.0 if sure else 0.02,
        capacity,
    )


def common(coming: Coming, error: ForecastError = SURE, draws: int = 20_000) -> Shared:
    """What is the same for everybody, drawn."""
    return shared_draws(coming, error, np.random.default_rng(1), draws)


def chances(n: int, seed: int = 2) -> tuple[Floats, Floats]:
    """Probabilities and amounts of n open accounts."""
    rng = np.random.default_rng(seed)
    return rng.beta(0.3, 8.0, n), np.exp(rng.normal(9.0, 1.0, n))
