"""The learning curve: what the same configuration would have captured with fewer wins to learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.evaluation.cutoff import CutOff, upto_day, with_outcomes
from pipelines.training.fitting import fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.evidence.backtest_evidence import LearningPoint
from scoring.evidence.measures.ranking import Ranking, auc, revenue_captured

#: Shares of the units that are learned from. Of a small share, several draws: as much work as one of a half.
SHARES = (0.125, 0.25, 0.5, 1.0)


def learning_curve(cut_off: CutOff, shares: Sequence[float] = SHARES) -> tuple[LearningPoint, ...]:
    """Learn at one past day from a part of the units, and measure on all that were open then.

    Parameters
    ----------
    cut_off : CutOff
    shares : sequence of float
        Above 0 and at most 1.

    Returns
    -------
    tuple of LearningPoint
        One for each share with enough wins to learn from. Captured is the share of the revenue that lies in the top
        of the ranking at the team's capacity; the rung is the most frequent one.
    """
    past = upto_day(cut_off)
    config = replace(cut_off.config, training=replace(cut_off.config.training, resamples=0))
    training_set = build_training_set(
        past.tables, cut_off.entity, cut_off.day, config, keep=past.keep, suspected_today=cut_off.later
    )
    points = []
    for share in shares:
        drawn = []
        for part in _parts(training_set, share, config.training.seed):
            try:
                drawn.append(_measured(part, cut_off, config))
            except TooFewWins:
                continue
        if drawn:
            points.append(_point(share, drawn))
    return tuple(points)


def _parts(training_set: TrainingSet, share: float, seed: int) -> Iterator[TrainingSet]:
    """The parts of this size, one after the other, of the units in a random order."""
    if share >= 1:
        yield training_set
        return
    units = np.sort(training_set.frame["unit"].unique())
    shuffled = np.random.default_rng(seed).permutation(units)
    size = max(1, round(share * len(units)))
    for draw in range(max(1, round(0.5 / share))):
        yield training_set.of_units(shuffled[draw * size : (draw + 1) * size])


@dataclass(frozen=True)
class _Draw:
    """What one draw of the units taught."""

    wins: int
    rung: str
    auc: float
    captured: float


def _measured(part: TrainingSet, cut_off: CutOff, config: Config) -> _Draw:
    fitted = fit(part, config)
    today = fitted.today
    won, amount = (with_outcomes(today[["unit"]], cut_off)[name].to_numpy() for name in ("won", "amount"))
    revenue = fitted.scorecard.lookup.score(today)["expected_revenue"]
    ranking = Ranking(revenue, won, np.zeros(len(today), dtype=np.intp))
    standing = ranking.standing(np.ones((len(today), 1)))
    worked = config.capacity.of(cut_off.entity, len(today), config.training.horizon_days) / max(1, len(today))
    captured = revenue_captured(standing, amount, np.array([worked]))
    scorecard = fitted.scorecard
    return _Draw(scorecard.wins or 0, scorecard.rung, float(auc(standing)[0]), float(captured[0]))


def _point(share: float, drawn: Sequence[_Draw]) -> LearningPoint:
    rungs = [draw.rung for draw in drawn]
    return LearningPoint(
        share,
        wins=_mean([draw.wins for draw in drawn]),
        auc=_mean([draw.auc for draw in drawn]),
        captured=_mean([draw.captured for draw in drawn]),
        rung=max(sorted(set(rungs)), key=rungs.count),
        draws=len(drawn),
    )


def _mean(figures: Sequence[float]) -> float | None:
    mean = float(np.mean(figures))
    return mean if np.isfinite(mean) else None
