"""The additive landmark hazard: the choice of a rung by the number of wins, its fit, and its calibration."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from models.calibration import recalibrate
from models.drift import level
from models.hazard import HazardRows, newest_apart, spared, thinned
from models.shape import shape
from models.tables.additive import AdditiveTrees, summed_tables
from models.tables.few_wins import Candidate, cross_validated
from models.tables.held_out import Choice, constant_loss, figures, loss, shrunken_slope
from models.tables.pairs import Pair, admit, grow, total
from models.tables.resampling import Resample, resamples

#: Rows on which the logistic regressions are compared: a hundred coefficients need no more.
YARDSTICK_ROWS = 20_000
#: The inverse penalties of the logistic regression that are tried.
STRENGTHS = (0.003, 0.03, 0.3)
#: Wins from which the penalty is not searched: the trees are better than with any of them.
PLENTY = 5_000


class TooFewWins(ValueError):
    """Fewer wins than the lowest rung needs; `missing` says how many."""

    def __init__(self, wins: int, least: int) -> None:
        self.wins, self.least, self.missing = wins, least, least - wins
        super().__init__(
            f"Training needs at least {least} won deals with an outcome to learn from; "
            f"{wins} {'was' if wins == 1 else 'were'} found, {self.missing} are missing."
        )


#: What was chosen, and the held-out figures.
Chosen = tuple[Choice, dict[str, Any]]


@dataclass
class AdditiveHazard:
    """`logit hazard_k = base_k + sum of one table for each feature`, and a few pair tables.

    Its rungs: below `min_wins` it refuses; below `trees_from` it is a penalised logistic regression on coarse bins or
    weights of evidence, whichever is better on units that it was not fitted to; from there on it is additive boosted
    trees, if they are better than the regression on the newest periods, which neither was fitted to.

    Parameters
    ----------
    sizes, categorical, sides : sequences
        Number of codes, whether unordered, and `fit` or `intent`, of each column.
    periods : int
    min_wins, trees_from : int
        Wins (units, not rows) from which the rungs are taken.
    held_share : float
        Share of the wins that lie in the held-out newest periods, on which trees, pairs and slope are chosen.
    learning_rate, leaves, min_leaf, l2, most_step
        Of the trees of single features: see `AdditiveTrees`.
    pair_budget : int
        Most pair terms.
    shape_wins : int
        Wins over whole horizons from which the probability is calibrated (with one parameter more from four times as
        many).
    resamples : int
        How often everything is fitted again on a resample of the units, to see which entries are chance.
    seed : int
    nothing : sequence of bool
        Whether code 1 of a column says that there is nothing: see `WeightsOfEvidence`.

    Attributes
    ----------
    rung_ : {"logistic", "evidence", "additive"}
    base_ : float
        Log-odds in an average period where every table is 0; `period_offsets_` is what each period adds.
    tables_ : list of ndarray; pairs_ : list of Pair
    calibration_ : {"intercept", "platt", "beta"}
        How the probability of a whole horizon is calibrated; `bend_` are the parameters of `calibration.beta_map`.
    resampled_ : list of Resample
        The `tables_` and `pairs_` of each resample.
    report_ : dict
        Held-out figures of what was tried.
    """

    sizes: Sequence[int]
    categorical: Sequence[bool]
    sides: Sequence[str]
    periods: int
    min_wins: int = 25
    trees_from: int = 150
    held_share: float = 0.3
    learning_rate: float = 0.1
    leaves: int = 4
    min_leaf: int = 50
    l2: float = 1.0
    most_step: float = 0.0
    pair_budget: int = 3
    shape_wins: int = 50
    resamples: int = 8
    seed: int = 7
    nothing: Sequence[bool] = ()
    rung_: str = field(default="", init=False)
    base_: float = field(default=0.0, init=False)
    period_offsets_: list[float] = field(default_factory=list, init=False)
    tables_: list[np.ndarray] = field(default_factory=list, init=False)
    pairs_: list[Pair] = field(default_factory=list, init=False)
    calibration_: str = field(default="intercept", init=False)
    bend_: np.ndarray | None = field(default=None, init=False)
    resampled_: list[Resample] = field(default_factory=list, init=False)
    report_: dict[str, Any] = field(default_factory=dict, init=False)

    def fit(
        self,
        codes: np.ndarray,
        rows: HazardRows,
        matured: np.ndarray,
        wins: int,
        units: np.ndarray | None = None,
        stands_for: np.ndarray | None = None,
    ) -> "AdditiveHazard":
        """Fit to the codes of the snapshots and their hazard rows.

        Parameters
        ----------
        codes : ndarray of int, shape (n_snapshots, n_columns)
        rows : HazardRows
        matured : ndarray of bool, shape (n_snapshots,)
            Whether the whole horizon of a snapshot is over.
        wins : int
            How many units were won.
        units : ndarray of int, shape (n_snapshots,), optional
            The unit of each snapshot, counted from 0; without it nothing is resampled.
        stands_for : ndarray of float, shape (n_snapshots,), optional
            How many snapshots each stands for, if they are a sample.

        Raises
        ------
        TooFewWins
            If `wins` is below `min_wins`.
        """
        if wins < self.min_wins:
            raise TooFewWins(wins, self.min_wins)
        unit = np.arange(len(codes)) if units is None else units
        found = self._few(codes, rows, wins, unit) if wins < self.trees_from else None
        choice, held_out = found or self._many(codes, rows, wins, unit)
        self._refit(codes, rows, unit, matured, wins, choice, stands_for)
        again = () if units is None else resamples(rows, units, self.resamples, self.seed)
        self.resampled_ = [Resample(*self._fitted(codes, drawn, unit, choice, len(rows))[:2]) for drawn in again]
        self.report_ = {"wins": wins, "rows": len(rows), "trees": choice.trees, "slope": choice.slope, **held_out}
        return self

    # The choice of a rung

    def _few(self, codes: np.ndarray, rows: HazardRows, wins: int, units: np.ndarray) -> Chosen | None:
        """The better of the models for few wins, with whole units apart; None where there is too little to divide."""
        found = cross_validated(codes, rows, units, *self._with_periods, self.seed, nothing=self.nothing)
        if found is None:
            return None
        self.rung_ = found.best.rung
        # Other units do not show what holds later: without newest periods nothing is claimed.
        alone = newest_apart(rows, self.held_share, self.min_wins / 2) is None
        held_out = figures(None if alone else found.rows, found.losses, found.constant)
        next_ten = {} if alone else {"held_out_skill_next_ten": found.next_ten}
        return Choice(found.best.strength, slope=found.slope), held_out | next_ten

    def _many(self, codes: np.ndarray, rows: HazardRows, wins: int, units: np.ndarray) -> Chosen:
        """The better of trees and logistic regression on the newest periods."""
        split = newest_apart(rows, self.held_share, self.min_wins / 2)
        alone = split is None
        train, held = (rows, rows) if split is None else split  # too short a history: nothing can be chosen
        one = alone or wins >= PLENTY  # nothing to choose on, or nothing to choose: one penalty is enough
        strength, plain = self._best_logistic(codes, train, held, units, STRENGTHS[1:2] if one else STRENGTHS)
        tables, self.rung_, choice = plain, "logistic", Choice(strength)
        losses = {"logistic": loss(plain, codes, held)}
        if wins >= self.trees_from and not alone:
            valid = (*held.design(codes), held.weight, None)
            model = self._trees(600).fit(*train.design(codes), weight=train.weight, valid=valid)
            pairs = self._admitted(model.tables_, codes, train, held)
            losses["additive"] = loss(model.tables_, codes, held)
            if pairs:
                losses["with_pairs"] = self._loss_with(model.tables_, pairs, codes, train, held)
            if min(losses, key=lambda rung: losses[rung]) != "logistic":
                tables, self.rung_ = model.tables_, "additive"
                choice = Choice(strength, max(model.trees_, 1), tuple(pairs))
        choice = choice if alone else replace(choice, slope=shrunken_slope(tables, codes, held))
        return choice, figures(None if alone else held, losses, constant_loss(held))

    # What is tried

    def _trees(self, most: int, share: float = 1.0) -> AdditiveTrees:
        """Trees of single features; on a `share` of the rows, a leaf may hold that share of `min_leaf`."""
        return AdditiveTrees(
            *self._with_periods,
            trees=most,
            learning_rate=self.learning_rate,
            leaves=self.leaves,
            min_leaf=max(1, round(share * self.min_leaf)),
            l2=self.l2,
            most_step=self.most_step,
            seed=self.seed,
        )

    def _pair_trees(self, most: int, pair: tuple[int, int]) -> AdditiveTrees:
        sizes, unordered = [self.sizes[j] for j in pair], [self.categorical[j] for j in pair]
        return AdditiveTrees(sizes, unordered, trees=most, seed=self.seed, together=True)

    @property
    def _with_periods(self) -> tuple[list[int], list[bool]]:
        """Sizes and kinds of the columns of `HazardRows.design`."""
        return [*self.sizes, self.periods], [*self.categorical, True]

    def _plain(
        self, rung: str, strength: float, codes: np.ndarray, rows: HazardRows, units: np.ndarray
    ) -> list[np.ndarray]:
        return Candidate(rung, strength).fit(codes, rows, units, *self._with_periods, self.nothing)[0]

    def _best_logistic(
        self, codes: np.ndarray, train: HazardRows, held: HazardRows, units: np.ndarray, strengths: Sequence[float]
    ) -> tuple[float, list[np.ndarray]]:
        train = thinned(spared(train, YARDSTICK_ROWS // 2, self.seed), YARDSTICK_ROWS, self.seed)
        tried = {strength: self._plain("logistic", strength, codes, train, units) for strength in strengths}
        best = min(tried, key=lambda strength: loss(tried[strength], codes, held))
        return best, tried[best]

    def _admitted(
        self, tables: list[np.ndarray], codes: np.ndarray, train: HazardRows, held: HazardRows
    ) -> list[tuple[tuple[int, int], int]]:
        if not self.pair_budget:
            return []
        return admit(
            tables[:-1],
            self.sides,
            lambda pair: self._pair_trees(100, pair),
            self._pair_rows(tables, codes, train),
            self._pair_rows(tables, codes, held),
            budget=self.pair_budget,
        )

    def _pair_rows(self, tables: list[np.ndarray], codes: np.ndarray, rows: HazardRows) -> Any:
        x, won = rows.design(codes)
        score = summed_tables(tables, x)
        intercept, _ = recalibrate(won, score, rows.weight, slope=False)
        return x, won, rows.weight, score + intercept

    def _grown(
        self,
        tables: list[np.ndarray],
        chosen: Sequence[tuple[tuple[int, int], int]],
        codes: np.ndarray,
        rows: HazardRows,
    ) -> list[Pair]:
        if not chosen:
            return []
        x, won, weight, score = self._pair_rows(tables, codes, rows)
        pairs: list[Pair] = []
        for columns, count in chosen:
            pair, _ = grow(columns, self._pair_trees(count, columns), (x, won, weight, score))
            pairs.append(pair)
            score = score + pair.at(x)
        return pairs

    # How it is compared and calibrated

    def _loss_with(self, tables: Any, chosen: Any, codes: np.ndarray, train: HazardRows, held: HazardRows) -> float:
        pairs = self._grown(tables, chosen, codes, train)
        x, _ = held.design(codes)
        return loss(tables, codes, held, sum(pair.at(x) for pair in pairs))

    def _fitted(
        self, codes: np.ndarray, rows: HazardRows, units: np.ndarray, choice: Choice, of: int
    ) -> tuple[list[np.ndarray], list[Pair], np.ndarray]:
        """The chosen rung fitted to these rows, a sample of `of`: its tables, pairs, and what the periods add."""
        if self.rung_ == "additive":
            trees = self._trees(choice.trees, min(1.0, len(rows) / of))
            tables = trees.fit(*rows.design(codes), weight=rows.weight).tables_
        else:
            tables = self._plain(self.rung_, choice.strength, codes, rows, units)
        pairs = [
            replace(pair, table=choice.slope * pair.table) for pair in self._grown(tables, choice.pairs, codes, rows)
        ]
        return [choice.slope * table for table in tables[:-1]], pairs, choice.slope * tables[-1]

    def _refit(
        self,
        codes: np.ndarray,
        rows: HazardRows,
        units: np.ndarray,
        matured: np.ndarray,
        wins: int,
        choice: Choice,
        stands_for: np.ndarray | None,
    ) -> None:
        self.tables_, self.pairs_, by_period = self._fitted(codes, rows, units, choice, len(rows))
        self.period_offsets_ = [float(x) for x in by_period - by_period.mean()]
        raw = total(self.tables_, self.pairs_, codes)
        score = raw[rows.snapshot] + np.asarray(self.period_offsets_)[rows.period]
        found = shape(raw, rows, score, self.period_offsets_, matured, stands_for, least=self.shape_wins)
        self.calibration_, self.bend_ = found or ("intercept", None)
        self.base_ = level(rows, score, self.periods, wins)
