"""The models for few wins, and the choice between them: by cross-validated log loss, with whole units apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration import log_loss, recalibrate
from models.hazard import HazardRows, thinned
from models.tables.additive import summed_tables
from models.tables.logistic import BinnedLogistic
from models.tables.weights_of_evidence import WeightsOfEvidence, folds_of

#: Parts of the units that the models are compared on, and the rows of all parts.
FOLDS = 5
ROWS = 10_000


@dataclass(frozen=True)
class Candidate:
    """A model for few wins: `logistic` with an inverse penalty, or `evidence` with the pull of its ridge."""

    rung: str
    strength: float

    def fit(
        self,
        codes: np.ndarray,
        rows: HazardRows,
        units: np.ndarray,
        sizes: Sequence[int],
        categorical: Sequence[bool],
        nothing: Sequence[bool] = (),
    ) -> tuple[list[np.ndarray], float]:
        """The tables of all columns with the periods last, and the intercept.

        Parameters
        ----------
        codes : ndarray of int, shape (n_snapshots, n_columns)
        rows : HazardRows
        units : ndarray of int, shape (n_snapshots,)
            The unit of each snapshot, counted from 0.
        sizes, categorical, nothing : sequences
            As for `WeightsOfEvidence`, with the column of the periods last.
        """
        x, won = rows.design(codes)
        if self.rung == "logistic":
            model = BinnedLogistic(sizes, categorical, strength=self.strength).fit(x, won, weight=rows.weight)
            return model.tables_, model.start_
        counted = WeightsOfEvidence(sizes, categorical, nothing, pull=self.strength)
        counted.fit(x, won, units[rows.snapshot], weight=rows.weight)
        return counted.tables_, counted.start_


#: What is tried: three penalties of the logistic regression, and three of the ridge.
CANDIDATES = (
    *(Candidate("logistic", strength) for strength in (0.003, 0.03, 0.3)),
    *(Candidate("evidence", pull) for pull in (1.0, 3.0, 10.0)),
)


@dataclass(frozen=True)
class CrossValidated:
    """What was found on units that had no part in the tables.

    Attributes
    ----------
    best : Candidate
    rows : HazardRows
        The rows that were looked at.
    losses : dict
        The log loss of the best candidate of each rung, after the mean is corrected.
    constant : float
        The log loss of one hazard for all.
    slope : float
        Platt's slope, shrunk towards 1 as if by 50 more wins with that slope.
    next_ten : float
        By how much the loss of `best` would fall with ten more wins to learn from, as a share of `constant`.
    """

    best: Candidate
    rows: HazardRows
    losses: dict[str, float]
    constant: float
    slope: float
    next_ten: float


def cross_validated(
    codes: np.ndarray,
    rows: HazardRows,
    units: np.ndarray,
    sizes: Sequence[int],
    categorical: Sequence[bool],
    seed: int,
    candidates: Sequence[Candidate] = CANDIDATES,
    nothing: Sequence[bool] = (),
) -> CrossValidated | None:
    """Compare candidates on the units that each was not fitted to; None where there is too little to divide.

    Ten more wins: what is learned from few is worse by about c / wins than what could be learned (Amari, Fujita and
    Shinomoto 1992). c follows from the losses after learning from four fifths and from half of the wins.

    Parameters
    ----------
    codes, rows, units, sizes, categorical
        As for `Candidate.fit`.
    seed : int
        Of the parts, and of the sample of rows: a few hundred rows with a win are compared no better by more others.
    candidates : sequence of Candidate
    nothing : sequence of bool
        As for `Candidate.fit`.
    """
    rows = thinned(rows, ROWS, seed)
    unit = units[rows.snapshot]
    wins = len(np.unique(unit[rows.won == 1]))

    def scored(candidate: Candidate, fold: np.ndarray) -> np.ndarray:
        score = np.empty(len(rows))
        for part in range(fold.max() + 1):
            out = fold == part
            tables, start = candidate.fit(codes, rows.where(~out), units, sizes, categorical, nothing)
            score[out] = start + summed_tables(tables, rows.where(out).design(codes)[0])
        return score

    def loss(score: np.ndarray) -> float:
        intercept, _ = recalibrate(rows.won, score, rows.weight, slope=False)
        return log_loss(rows.won, score + intercept, rows.weight)

    fifths, halves = (folds_of(unit, rows.won, parts, seed) for parts in (FOLDS, 2))
    if not all(_teach(rows, fold) for fold in (fifths, halves)):
        return None
    scores = {candidate: scored(candidate, fifths) for candidate in candidates}
    losses = {candidate: loss(score) for candidate, score in scores.items()}
    best = min(losses, key=lambda candidate: losses[candidate])
    constant = loss(np.zeros(len(rows)))
    _, slope = recalibrate(rows.won, scores[best], rows.weight, slope=True)
    falls = (loss(scored(best, halves)) - losses[best]) / (1 / 0.5 - FOLDS / (FOLDS - 1))
    return CrossValidated(
        best=best,
        rows=rows,
        losses={
            rung: min(loss for candidate, loss in losses.items() if candidate.rung == rung)
            for rung in dict.fromkeys(candidate.rung for candidate in candidates)
        },
        constant=constant,
        slope=float(np.clip((wins * slope + 50.0) / (wins + 50.0), 0.2, 1.3)),
        next_ten=max(0.0, falls) * 10 / (wins + 10) / constant,
    )


def _teach(rows: HazardRows, fold: np.ndarray) -> bool:
    """Whether there are rows with and without a win when any part is left out."""
    return len(rows) > 0 and all(
        0 < rows.won[fold != part].sum() < (fold != part).sum() for part in range(fold.max() + 1)
    )
