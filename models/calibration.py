"""Calibration of log-odds: the ladder from an intercept over Platt's slope to an isotonic map."""

from collections.abc import Sequence

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    result: np.ndarray = 0.5 * (1.0 + np.tanh(0.5 * x))
    return result


def log_loss(y: np.ndarray, log_odds: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Mean of log(1 + exp(s)) - y s: the negative log likelihood of a row."""
    return float(np.average(np.logaddexp(0.0, log_odds) - y * log_odds, weights=weight))


def recalibrate(
    y: np.ndarray, log_odds: np.ndarray, weight: np.ndarray | None = None, *, slope: bool
) -> tuple[float, float]:
    """Intercept a and slope c of `logit p = a + c * log_odds`, by maximum likelihood (Platt 1999).

    With `slope=False`, c is 1 and only the mean is corrected. The likelihood is concave: Newton's method, with half
    a win and half a non-win added so that no sample without a win runs to infinity.
    """
    w = np.ones(len(y)) if weight is None else weight
    centre = float(np.average(log_odds, weights=w))
    x = np.column_stack([np.ones(len(y)), log_odds - centre])
    theta = np.array([centre, 1.0])
    free = [0, 1] if slope else [0]
    for _ in range(50):
        eta = x @ theta
        p = sigmoid(eta)
        prior = 0.5 - sigmoid(np.array([theta[0]]))[0]
        gradient = x.T @ (w * (y - p))
        gradient[0] += prior
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x
        hessian[0, 0] += 0.25
        step = np.zeros(2)
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        theta = theta + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-10:
            break
    return float(theta[0] - theta[1] * centre), float(theta[1])


def horizon_probability(log_odds: np.ndarray, offsets: Sequence[float]) -> np.ndarray:
    """P(win) = 1 - prod(1 - sigmoid(log_odds + offset_k))."""
    stays = sum((np.logaddexp(0.0, log_odds + offset) for offset in offsets), np.zeros(len(log_odds)))
    result: np.ndarray = -np.expm1(-stays)
    return result


def beta_map(probability: np.ndarray, won: np.ndarray, *, most: int) -> tuple[str, np.ndarray]:
    """The calibration of a whole horizon's probability: `logit p' = a + b log p - c log(1 - p)`.

    A hazard averaged over the periods promises too much where it is high and soon spent: a deal that closes at once or
    never. Beta calibration (Kull, Silva Filho and Flach 2017) bends that; with `b = c` it is Platt's.

    Parameters
    ----------
    probability, won : ndarray of shape (n_snapshots,)
        Raw probabilities and outcomes over whole horizons.
    most : int
        Most parameters: 3 for beta, 2 for Platt.

    Returns
    -------
    kind : {"beta", "platt"}
    parameters : ndarray of (a, b, c)
        b and c are positive: the map rises.
    """
    p = np.clip(probability, 1e-9, 1 - 1e-9)
    rise, fall = np.log(p), -np.log1p(-p)
    if most >= 3:
        theta = _newton(np.column_stack([np.ones(len(p)), rise, fall]), won, np.array([0.0, 1.0, 1.0]))
        if theta[1] > 0.05 and theta[2] > 0.05:
            return "beta", theta
    a, b = _newton(np.column_stack([np.ones(len(p)), rise + fall]), won, np.array([0.0, 1.0]))
    return "platt", np.array([a, max(b, 0.05), max(b, 0.05)])


def knots(parameters: np.ndarray) -> tuple[list[float], list[float]]:
    """A beta map as a rising piecewise-linear function of the probability: its knots x and y."""
    a, b, c = parameters
    low = np.geomspace(1e-6, 0.5, 40)
    x = np.concatenate([[0.0], low, 1.0 - low[-2::-3], [1.0]])
    inner = np.clip(x[1:-1], 1e-12, 1 - 1e-12)
    y = np.concatenate([[0.0], sigmoid(a + b * np.log(inner) - c * np.log1p(-inner)), [1.0]])
    return [round(float(v), 10) for v in x], [round(float(v), 10) for v in y]


def _newton(x: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, with a weak pull towards where it starts."""
    start = theta.copy()
    for _ in range(50):
        p = sigmoid(x @ theta)
        gradient = x.T @ (y - p) - (theta - start)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.eye(len(theta))
        step = np.linalg.solve(hessian, gradient)
        theta = theta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    return theta
