"""Calibration of log-odds: an intercept, Platt's slope, or a beta map of the probability of a horizon."""

from collections.abc import Sequence

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow."""
    from scipy.special import expit

    result: np.ndarray = expit(x)
    return result


def log_loss(y: np.ndarray, log_odds: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Mean of log(1 + exp(s)) - y s: the negative log likelihood of a row.

    scikit-learn's `log_loss` takes probabilities, in which small ones have lost digits that their log-odds have.

    Parameters
    ----------
    y : ndarray of shape (n,)
        0 or 1.
    log_odds, weight : ndarray of shape (n,)
    """
    return float(np.average(np.logaddexp(0.0, log_odds) - y * log_odds, weights=weight))


def recalibrate(
    y: np.ndarray, log_odds: np.ndarray, weight: np.ndarray | None = None, *, slope: bool
) -> tuple[float, float]:
    """Intercept a and slope c of `logit p = a + c * log_odds`, by maximum likelihood (Platt 1999).

    Half a win and half a non-win are added, so that the intercept is finite also for a sample without a win. If all
    log-odds are equal (to 1e-6), c stays 1.

    Parameters
    ----------
    y : ndarray of shape (n,)
        0 or 1.
    log_odds, weight : ndarray of shape (n,)
    slope : bool
        Whether to learn c. Otherwise it is 1, and only the mean is corrected.
    """
    w = np.ones(len(y)) if weight is None else weight
    centre = float(np.average(log_odds, weights=w))
    spread = float(np.sqrt(np.average((log_odds - centre) ** 2, weights=w)))
    x = np.column_stack([np.ones(len(y) + 1), np.append(log_odds - centre, 0.0)])
    y, w = np.append(y, 0.5), np.append(w, 1.0)  # half a win and half a non-win, at the centre
    if not slope or spread < 1e-6:
        (a,) = _newton(x[:, :1], y, np.array([centre]), w, offset=x[:, 1], pull=1e-9)
        return float(a - centre), 1.0
    x[:, 1] /= spread  # however alike they are, a step is a step
    a, c = _newton(x, y, np.array([centre, spread]), w, pull=1e-9)
    return float(a - c / spread * centre), float(c / spread)


def horizon_probability(log_odds: np.ndarray, offsets: Sequence[float]) -> np.ndarray:
    """P(win) = 1 - prod(1 - sigmoid(log_odds + offset_k)), of shape (n,).

    `scoring.scorecard.lookup` has the same function: `models` and `scoring` may not import each other, and that file
    travels alone in every logged model. A test compares the two.

    Parameters
    ----------
    log_odds : ndarray of shape (n,)
        Of a win in an average period.
    offsets : sequence of float
        What each period adds to them.
    """
    stays = sum((np.logaddexp(0.0, log_odds + offset) for offset in offsets), np.zeros(len(log_odds)))
    result: np.ndarray = -np.expm1(-stays)
    return result


def beta_map(
    probability: np.ndarray, won: np.ndarray, weight: np.ndarray | None = None, *, most: int
) -> tuple[str, np.ndarray]:
    """The calibration of a whole horizon's probability: `logit p' = a + b log p - c log(1 - p)`.

    A hazard that is averaged over the periods gives too high a probability where it is high at first only: for a deal
    that closes at once or never. Beta calibration (Kull, Silva Filho and Flach 2017) corrects that. With b = c it is
    Platt's.

    Parameters
    ----------
    probability, won : ndarray of shape (n_snapshots,)
        Raw probabilities and outcomes over whole horizons.
    weight : ndarray of shape (n_snapshots,)
        How many snapshots each stands for.
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
        both = np.column_stack([np.ones(len(p)), rise, fall])
        theta = _newton(both, won, np.array([0.0, 1.0, 1.0]), weight, pull=1.0)
        if theta[1] > 0.05 and theta[2] > 0.05:
            return "beta", theta
    a, b = _newton(np.column_stack([np.ones(len(p)), rise + fall]), won, np.array([0.0, 1.0]), weight, pull=1.0)
    return "platt", np.array([a, max(b, 0.05), max(b, 0.05)])


def knots(parameters: np.ndarray) -> tuple[list[float], list[float]]:
    """A beta map as a rising piecewise-linear function of the probability: its knots x and y."""
    a, b, c = parameters
    low = np.geomspace(1e-6, 0.5, 40)
    x = np.concatenate([[0.0], low, 1.0 - low[-2::-3], [1.0]])
    inner = np.clip(x[1:-1], 1e-12, 1 - 1e-12)
    y = np.concatenate([[0.0], sigmoid(a + b * np.log(inner) - c * np.log1p(-inner)), [1.0]])
    return [round(float(v), 10) for v in x], [round(float(v), 10) for v in y]


def _newton(
    x: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    offset: np.ndarray | float = 0.0,
    pull: float,
) -> np.ndarray:
    """Logistic regression by Newton's method, with a normal prior around `start` of the precision `pull`.

    scikit-learn's has neither an offset nor a prior around anything but 0. The likelihood is concave, but whole steps
    from far away can overshoot for ever: a step is halved until it improves the loss.
    """
    w = np.ones(len(y)) if weight is None else weight

    def loss(theta: np.ndarray) -> float:
        eta = offset + x @ theta
        return float(w @ (np.logaddexp(0.0, eta) - y * eta) + 0.5 * pull * ((theta - start) ** 2).sum())

    theta, now = start, loss(start)
    for _ in range(100):
        p = sigmoid(offset + x @ theta)
        gradient = x.T @ (w * (y - p)) - pull * (theta - start)
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + pull * np.eye(len(theta))
        step = np.clip(np.linalg.solve(hessian, gradient), -2.0, 2.0)
        then = loss(theta + step)
        while then > now * (1 + 1e-12) and np.abs(step).max() > 1e-10:
            step = step / 2
            then = loss(theta + step)
        theta, now = theta + step, then
        if np.abs(step).max() < 1e-10:
            break
    return theta
