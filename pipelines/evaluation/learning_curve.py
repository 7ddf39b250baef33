"""The learning curve: what the same recipe would have foretold with fewer wins to learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.outcome import TooFewWins
from pipelines.evaluation.cutoff import CutOff, upto_day, with_outcomes
from pipelines.training.fitting import fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.evidence.ranking import Ranking, auc, revenue_captured

#: Shares of the units that are learned from. Of a small share, several draws: as much work as one of a half.
SHARES = (0.125, 0.25, 0.5, 1.0)


def learning_curve(order: CutOff, shares: Sequence[float] = SHARES) -> list[dict[str, Any]]:
    """Learn at one past day from a part of the units, and judge on all that was open then by what came true.

    Parameters
    ----------
    order : CutOff
    shares : sequence of float
        Above 0 and at most 1.

    Returns
    -------
    list of dict
        For each share with enough wins to learn from: `share`, `wins`, `auc`, `captured` (share of the revenue
        that lies in the top of the ranking at the team's capacity), each the mean over `draws` draws; `rung`, the
        most frequent. A figure is None where nothing came true.
    """
    past = upto_day(order)
    plain = replace(order.config, training=replace(order.config.training, resamples=0))
    training_set = build_training_set(past.tables, order.entity, order.day, plain, keep=past.keep, later=order.later)
    points = []
    for share in shares:
        drawn = []
        for part in _parts(training_set, share, plain.training.seed):
            try:
                drawn.append(_judged(part, order, plain))
            except TooFewWins:
                continue
        if drawn:
            points.append({"share": share, **_mean(drawn), "draws": len(drawn)})
    return points


def _parts(training_set: TrainingSet, share: float, seed: int) -> Iterator[TrainingSet]:
    """The units in a random order, and of it the first, the second, ... part of this size."""
    if share >= 1:
        yield training_set
        return
    units = np.sort(training_set.frame["unit"].unique())
    shuffled = np.random.default_rng(seed).permutation(units)
    size = max(1, round(share * len(units)))
    for draw in range(max(1, round(0.5 / share))):
        yield training_set.among(shuffled[draw * size : (draw + 1) * size])


def _judged(part: TrainingSet, order: CutOff, config: Any) -> dict[str, Any]:
    fitted = fit(part, config)
    today = fitted.today
    came = with_outcomes(today[["unit"]], order)
    revenue = fitted.scorecard.lookup.score(today)["expected_revenue"]
    ranking = Ranking(revenue, came["won"].to_numpy(), np.zeros(len(today), dtype=np.intp))
    standing = ranking.standing(np.ones((len(today), 1)))
    worked = config.capacity.of(order.entity, len(today), config.training.horizon_days) / max(1, len(today))
    captured = revenue_captured(standing, came["amount"].to_numpy(), np.array([worked]))
    return {
        "wins": fitted.scorecard.wins,
        "rung": fitted.scorecard.rung,
        "auc": float(auc(standing)[0]),
        "captured": float(captured[0]),
    }


def _mean(drawn: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rungs = [figures["rung"] for figures in drawn]
    means: dict[str, Any] = {}
    for name in ("wins", "auc", "captured"):
        mean = float(np.mean([figures[name] for figures in drawn]))
        means[name] = mean if np.isfinite(mean) else None
    return means | {"rung": max(sorted(set(rungs)), key=rungs.count)}
