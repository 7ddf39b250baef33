"""Early signs: what the deals that opened say of levels that have hardly had time to win.

The first wins of a new channel come months after it began. Whether deals open with those it brings is seen within
weeks, and a win needs an opened deal: where half as many open as usual with such people, half as many wins are to be
expected.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration import recalibrate, sigmoid
from models.drift import HALF_LIFE, level
from models.hazard import HazardRows
from models.outcome import AdditiveHazard
from models.tables.additive import DECIMALS, summed_tables
from models.tables.logistic import BinnedLogistic
from models.tables.pairs import total

#: For so many openings, that were as expected, every level counts as ordinary.
PRIOR = 0.25
#: And for so many more with each opening that was to be expected of it more than a horizon ago: since then it had time
#: to win, and its own table has learned of that.
PER_OLD = 1.0
#: Fewer openings say nothing.
LEAST = 30
#: Rows without an opening that the expectation is learned from, the bins of the score in it, and its inverse penalty.
ROWS, BINS, STRENGTH = 40_000, 20, 0.03


@dataclass(frozen=True)
class Level:
    """What was seen of one code of one column: deals that opened, those expected, and what it adds to the log-odds."""

    column: int
    code: int
    opened: float
    expected: float
    effect: float


@dataclass(frozen=True)
class OpeningSnapshots:
    """The snapshots at which a deal could open in the next period; every array has shape (n_snapshots,).

    Attributes
    ----------
    codes : shape (n_snapshots, n_columns).
    score : the raw score of a win.
    opened : 1 if a deal opened in the next period, else 0.
    day : day number of the snapshot.
    weight : how many it stands for.
    """

    codes: np.ndarray
    score: np.ndarray
    opened: np.ndarray
    day: np.ndarray
    weight: np.ndarray


def early_signs(
    snapshots: OpeningSnapshots,
    sizes: Sequence[int],
    categorical: Sequence[bool],
    horizon: int,
    seed: int,
) -> list[Level]:
    """The effects of all levels together, which make the openings most likely.

    Of a level alone it is `log((opened + k) / (expected + k))`, with k pseudo-openings: the mode of a Poisson rate's
    factor with a Gamma prior. Levels that come together (a channel and its campaign) share what is seen.

    Parameters
    ----------
    snapshots : OpeningSnapshots
    sizes, categorical : sequences
        Number of codes, and whether unordered, of each column. The unordered ones have levels.
    horizon : int
        Days. A snapshot one `HALF_LIFE` of horizons ago counts for half.
    seed : int
        Of the sample of rows.

    Returns
    -------
    list of Level
        Those of levels that a snapshot has; none where fewer than `LEAST` deals opened.
    """
    levels = [j for j, unordered in enumerate(categorical) if unordered]
    if min(snapshots.opened.sum(), (1.0 - snapshots.opened).sum()) < LEAST or not levels:
        return []
    start = np.cumsum([0, *(sizes[j] for j in levels)])
    position = snapshots.codes[:, levels] + start[:-1]

    def by_level(of: np.ndarray) -> np.ndarray:
        return np.bincount(position.ravel(), np.repeat(of, len(levels)), start[-1])

    of_opened = snapshots.weight[snapshots.opened == 1]
    # In a sample a snapshot may stand for dozens, and is no more evidence than one (Kish's effective sample size).
    weight = snapshots.weight * of_opened.sum() / (of_opened**2).sum()
    recency = weight * 0.5 ** ((snapshots.day.max() - snapshots.day) / (HALF_LIFE * horizon))
    usual = _expected(snapshots, sizes, categorical, seed)
    usual = usual + recalibrate(snapshots.opened, usual, recency, slope=False)[0]
    long_ago = snapshots.day <= snapshots.day.max() - horizon
    prior = PRIOR + PER_OLD * by_level(weight * sigmoid(usual) * long_ago)
    effect = _most_likely(position, usual, snapshots.opened, recency, prior)
    opened, expected = by_level(recency * snapshots.opened), by_level(recency * sigmoid(usual))
    column = np.repeat(levels, [sizes[j] for j in levels])
    code = np.arange(start[-1]) - np.repeat(start[:-1], np.diff(start))
    return [
        Level(int(column[i]), int(code[i]), float(opened[i]), float(expected[i]), float(effect[i]))
        for i in np.flatnonzero(expected > 0)
    ]


def _expected(snapshots: OpeningSnapshots, sizes: Sequence[int], categorical: Sequence[bool], seed: int) -> np.ndarray:
    """The log-odds that a deal opens, whatever the levels: by the score and by what is ordered, such as engagement."""
    ordered = [j for j, unordered in enumerate(categorical) if not unordered]
    edges = np.unique(np.quantile(snapshots.score, np.linspace(0, 1, BINS + 1)[1:-1]))
    x = np.column_stack([snapshots.codes[:, ordered], 1 + np.searchsorted(edges, snapshots.score, side="right")])
    idle = snapshots.opened == 0
    share = min(1.0, ROWS / idle.sum())
    kept = ~idle | (np.random.default_rng(seed).random(len(idle)) < share)
    weight = np.where(idle, snapshots.weight / share, snapshots.weight)
    model = BinnedLogistic(
        [*(sizes[j] for j in ordered), len(edges) + 2], [False] * (len(ordered) + 1), strength=STRENGTH
    )
    model.fit(x[kept], snapshots.opened[kept], weight=weight[kept])
    return model.start_ + summed_tables(model.tables_, x)


def _most_likely(
    position: np.ndarray, usual: np.ndarray, opened: np.ndarray, weight: np.ndarray, prior: np.ndarray
) -> np.ndarray:
    """The effects of all levels, shape (n_levels,), at `position` (n_snapshots, n_columns): convex, so from 0."""
    from scipy.optimize import minimize

    columns = position.shape[1]

    def by_level(of: np.ndarray) -> np.ndarray:
        return np.bincount(position.ravel(), np.repeat(weight * of, columns), len(prior))

    # Old levels are known a thousand times better than new ones: in units of their errors all are alike.
    unit = 1.0 / np.sqrt(prior + by_level(sigmoid(usual)))

    def loss(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        effect = unit * scaled
        eta = usual + effect[position].sum(axis=1)
        rise = np.expm1(effect)
        value = weight @ (np.logaddexp(0.0, eta) - opened * eta) + prior @ (rise - effect)
        return float(value), unit * (by_level(sigmoid(eta) - opened) + prior * rise)

    options = {"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7}
    found: np.ndarray = minimize(loss, np.zeros(len(prior)), jac=True, method="L-BFGS-B", options=options).x
    return unit * found


def inform(
    hazard: AdditiveHazard,
    codes: np.ndarray,
    rows: HazardRows,
    as_of: np.ndarray,
    opened: np.ndarray,
    weight: np.ndarray | None = None,
) -> list[Level]:
    """Add early signs to the tables of a fitted hazard, and set its level again.

    Parameters
    ----------
    hazard : AdditiveHazard
        Its tables, those of its resamples and its base are changed.
    codes : ndarray of int, shape (n_snapshots, n_columns)
    rows : HazardRows
        Those it was fitted to.
    as_of : ndarray of int, shape (n_snapshots,)
        Day number.
    opened : ndarray of float, shape (n_snapshots,)
        Whether a deal opened in the first period; NaN where that is not known or none could.
    weight : ndarray of float, shape (n_snapshots,), optional
        How many snapshots each stands for, if they are a sample.

    Returns
    -------
    list of Level
        See `early_signs`.
    """
    raw = total(hazard.tables_, hazard.pairs_, codes)
    horizon = hazard.periods * int(np.median(rows.end - rows.start))
    stands_for = np.ones(len(codes)) if weight is None else weight
    asked = np.isfinite(opened) & (stands_for > 0)
    snapshots = OpeningSnapshots(codes[asked], raw[asked], opened[asked], as_of[asked], stands_for[asked])
    # A level that says who they are may be new. What they do and how far a deal has come is no level of that kind.
    levels = [unordered and side == "fit" for unordered, side in zip(hazard.categorical, hazard.sides, strict=True)]
    found = early_signs(snapshots, hazard.sizes, levels, horizon, hazard.seed)
    for tables in (hazard.tables_, *(again.tables for again in hazard.resampled_)):
        for one in found:
            tables[one.column][one.code] += round(one.effect, DECIMALS)
    if found:
        raw = total(hazard.tables_, hazard.pairs_, codes)
        score = raw[rows.snapshot] + np.asarray(hazard.period_offsets_)[rows.period]
        hazard.base_ = level(rows, score, hazard.periods, int(hazard.report_["wins"]))
    return found
