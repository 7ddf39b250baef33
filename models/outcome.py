"""The additive landmark hazard: which rung the wins allow, what it learned, how it is calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.additive import AdditiveTrees, summed
from models.calibration import beta_map, horizon_probability, log_loss, recalibrate, sigmoid
from models.drift import best_span
from models.hazard import HazardRows, split_day, thinned
from models.logistic import BinnedLogistic
from models.pairs import Pair, admit, grow, total

#: Rows that the logistic regressions are compared on: a hundred coefficients need no more.
YARDSTICK_ROWS = 20_000
#: Inverse penalties of the logistic regression that are tried.
STRENGTHS = (0.003, 0.03, 0.3)


class TooFewWins(ValueError):
    """Fewer wins than the lowest rung needs; `missing` says how many."""

    def __init__(self, wins: int, least: int) -> None:
        self.wins, self.least, self.missing = wins, least, least - wins
        super().__init__(
            f"Training needs at least {least} won new-business deals with an outcome to learn from; "
            f"{wins} {'was' if wins == 1 else 'were'} found, {self.missing} are missing."
        )


@dataclass
class AdditiveHazard:
    """`logit hazard_k = base_k + sum of one table for each feature`, and a few pair tables.

    A ladder: below `min_wins` it refuses; below `trees_from` it is penalised logistic regression on coarse bins; from
    there it is additive boosted trees if they beat it on the newest periods, which neither was fitted on.

    Parameters
    ----------
    sizes, categorical, sides : sequences
        Number of codes, whether unordered, and `fit` or `intent`, of each column.
    periods : int
    min_wins, trees_from : int
        Wins (units, not rows) from which the rungs are taken.
    held_share : float
        Share of the wins in the newest periods that rungs, trees, pairs and slope are judged on.
    pair_budget : int
    shape_wins : int
        Wins over whole horizons from which the probability is bent (four times as many: by one parameter more).
    seed : int

    Attributes
    ----------
    rung_ : {"logistic", "additive"}
    base_ : float
        Log-odds in an average period where every table is 0; `period_offsets_` is what each period adds.
    tables_ : list of ndarray; pairs_ : list of Pair
    calibration_ : {"intercept", "platt", "beta"}
        How the probability of a whole horizon is calibrated; `bend_` are the parameters of `calibration.beta_map`.
    span_ : int
        Of how many newest periods the base rate is.
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
    pair_budget: int = 3
    shape_wins: int = 50
    seed: int = 7
    rung_: str = field(default="", init=False)
    base_: float = field(default=0.0, init=False)
    period_offsets_: list[float] = field(default_factory=list, init=False)
    tables_: list[np.ndarray] = field(default_factory=list, init=False)
    pairs_: list[Pair] = field(default_factory=list, init=False)
    span_: int = field(default=0, init=False)
    calibration_: str = field(default="intercept", init=False)
    bend_: np.ndarray | None = field(default=None, init=False)
    report_: dict[str, Any] = field(default_factory=dict, init=False)

    def fit(self, codes: np.ndarray, rows: HazardRows, matured: np.ndarray, wins: int) -> "AdditiveHazard":
        """Fit to the snapshots' `codes` of shape (n_snapshots, n_columns) and their hazard rows.

        `matured`, of shape (n_snapshots,), says whose whole horizon is over.

        Raises
        ------
        TooFewWins
            If `wins`, the number of units that were won, is below `min_wins`.
        """
        if wins < self.min_wins:
            raise TooFewWins(wins, self.min_wins)
        day = split_day(rows, self.held_share)
        train, held = rows.where(rows.end <= day), rows.where(rows.start >= day)
        alone = train.won.sum() < self.min_wins / 2 or not held.won.sum()
        if alone:
            train = held = rows  # too short a history to hold any of it out: nothing can be chosen
        strength, plain = self._best_logistic(codes, train, held, STRENGTHS[1:2] if alone else STRENGTHS)
        tables, self.rung_ = plain, "logistic"
        losses = {"logistic": self._loss(plain, codes, held)}
        chosen: list[tuple[tuple[int, int], int]] = []
        trees = 0
        if wins >= self.trees_from and not alone:
            model = self._trees(600).fit(*self._xy(codes, train), weight=train.weight, valid=self._valid(codes, held))
            pairs = self._admitted(model.tables_, codes, train, held)
            losses["additive"] = self._loss(model.tables_, codes, held)
            if pairs:
                losses["with_pairs"] = self._loss_with(model.tables_, pairs, codes, train, held)
            if min(losses, key=lambda rung: losses[rung]) != "logistic":
                tables, trees, chosen, self.rung_ = model.tables_, model.trees_, pairs, "additive"
        slope = 1.0 if alone else self._slope(tables, codes, held)
        self._refit(codes, rows, matured, strength, trees, chosen, slope)
        self.report_ = {
            "wins": wins,
            "rows": len(rows),
            "split_day": day,
            "held_out_rows": 0 if alone else len(held),
            "held_out_winning_rows": 0 if alone else int(held.won.sum()),
            "held_out_log_loss": losses,
            "held_out_log_loss_constant": self._constant_loss(held),
            "trees": trees,
            "logistic_strength": strength,
            "slope": slope,
            "span": self.span_,
        }
        return self

    # What is tried

    def _trees(self, most: int, together: tuple[int, int] | None = None) -> AdditiveTrees:
        sizes, unordered = [*self.sizes, self.periods], [*self.categorical, True]
        if together is not None:
            sizes, unordered = [sizes[j] for j in together], [unordered[j] for j in together]
        return AdditiveTrees(sizes, unordered, trees=most, seed=self.seed, together=together is not None)

    def _best_logistic(
        self, codes: np.ndarray, train: HazardRows, held: HazardRows, strengths: Sequence[float]
    ) -> tuple[float, list[np.ndarray]]:
        train = thinned(train, YARDSTICK_ROWS, self.seed)
        best: tuple[float, float, list[np.ndarray]] | None = None
        for strength in strengths:
            tables = self._logistic(codes, train, strength)
            loss = self._loss(tables, codes, held)
            if best is None or loss < best[0]:
                best = (loss, strength, tables)
        assert best is not None
        return best[1], best[2]

    def _logistic(self, codes: np.ndarray, rows: HazardRows, strength: float) -> list[np.ndarray]:
        model = BinnedLogistic([*self.sizes, self.periods], [*self.categorical, True], strength=strength)
        return model.fit(*self._xy(codes, rows), weight=rows.weight).tables_

    def _admitted(
        self, tables: list[np.ndarray], codes: np.ndarray, train: HazardRows, held: HazardRows
    ) -> list[tuple[tuple[int, int], int]]:
        if not self.pair_budget:
            return []
        return admit(
            tables[:-1],
            self.sides,
            lambda pair: self._trees(100, pair),
            self._pair_rows(tables, codes, train),
            self._pair_rows(tables, codes, held),
            budget=self.pair_budget,
        )

    def _pair_rows(self, tables: list[np.ndarray], codes: np.ndarray, rows: HazardRows) -> Any:
        x, won = self._xy(codes, rows)
        score = summed(tables, x)
        intercept, _ = recalibrate(won, score, rows.weight, slope=False)
        return x, won, rows.weight, score + intercept

    def _grown(
        self,
        tables: list[np.ndarray],
        chosen: list[tuple[tuple[int, int], int]],
        codes: np.ndarray,
        rows: HazardRows,
    ) -> list[Pair]:
        x, won, weight, score = self._pair_rows(tables, codes, rows)
        pairs: list[Pair] = []
        for columns, count in chosen:
            pair, _ = grow(columns, self._trees(count, columns), (x, won, weight, score))
            pairs.append(pair)
            score = score + pair.at(x)
        return pairs

    # How it is judged and calibrated

    def _xy(self, codes: np.ndarray, rows: HazardRows) -> tuple[np.ndarray, np.ndarray]:
        return np.column_stack([codes[rows.snapshot], rows.period]), rows.won

    def _valid(self, codes: np.ndarray, held: HazardRows) -> Any:
        return (*self._xy(codes, held), held.weight, None)

    def _loss(self, tables: list[np.ndarray], codes: np.ndarray, held: HazardRows, extra: Any = 0.0) -> float:
        """Log loss on held-out rows after their mean is corrected: what is judged is the shape, not the drift."""
        x, won = self._xy(codes, held)
        score = summed(tables, x) + extra
        intercept, _ = recalibrate(won, score, held.weight, slope=False)
        return log_loss(won, score + intercept, held.weight)

    def _loss_with(self, tables: Any, chosen: Any, codes: np.ndarray, train: HazardRows, held: HazardRows) -> float:
        pairs = self._grown(tables, chosen, codes, train)
        x, _ = self._xy(codes, held)
        return self._loss(tables, codes, held, sum(pair.at(x) for pair in pairs))

    def _constant_loss(self, held: HazardRows) -> float:
        intercept, _ = recalibrate(held.won, np.zeros(len(held)), held.weight, slope=False)
        return log_loss(held.won, np.full(len(held), intercept), held.weight)

    def _slope(self, tables: list[np.ndarray], codes: np.ndarray, held: HazardRows) -> float:
        """Platt's slope on the held-out rows, shrunk towards 1 as if by 50 more wins that confirm it."""
        x, won = self._xy(codes, held)
        _, slope = recalibrate(won, summed(tables, x), held.weight, slope=True)
        wins = float(won.sum())
        return float(np.clip((wins * slope + 50.0) / (wins + 50.0), 0.2, 1.3))

    def _refit(
        self,
        codes: np.ndarray,
        rows: HazardRows,
        matured: np.ndarray,
        strength: float,
        trees: int,
        chosen: list[tuple[tuple[int, int], int]],
        slope: float,
    ) -> None:
        if self.rung_ == "additive":
            tables = self._trees(max(trees, 1)).fit(*self._xy(codes, rows), weight=rows.weight).tables_
        else:
            tables = self._logistic(codes, rows, strength)
        pairs = self._grown(tables, chosen, codes, rows)
        self.tables_ = [slope * table for table in tables[:-1]]
        self.pairs_ = [Pair(pair.a, pair.b, slope * pair.table) for pair in pairs]
        by_period = slope * tables[-1]
        self.period_offsets_ = [float(x) for x in by_period - by_period.mean()]
        score = total(self.tables_, self.pairs_, codes)[rows.snapshot]
        score = score + np.asarray(self.period_offsets_)[rows.period]
        self._shape(codes, rows, score, matured)
        newest = self._newest(rows, score)
        self.base_, _ = recalibrate(rows.won[newest], score[newest], rows.weight[newest], slope=False)

    def _shape(self, codes: np.ndarray, rows: HazardRows, score: np.ndarray, matured: np.ndarray) -> None:
        """How a whole horizon's probability must be bent, from the snapshots whose horizon is over.

        The level is first set on those very snapshots, so that only the shape is learned here: the level of today is
        the newest periods' to tell.
        """
        inside = matured[rows.snapshot]
        won = np.zeros(len(codes))
        won[rows.snapshot[rows.won == 1]] = 1.0
        wins = won[matured].sum() / self.periods  # neighbouring snapshots look ahead to the same win
        if wins < self.shape_wins:
            return
        level, _ = recalibrate(rows.won[inside], score[inside], rows.weight[inside], slope=False)
        raw = horizon_probability(total(self.tables_, self.pairs_, codes)[matured] + level, self.period_offsets_)
        self.calibration_, self.bend_ = beta_map(raw, won[matured], most=3 if wins >= 4 * self.shape_wins else 2)

    def _newest(self, rows: HazardRows, score: np.ndarray) -> np.ndarray:
        """Mask of the rows that the intercept is set on: the base rate of today, not of years ago."""
        overall, _ = recalibrate(rows.won, score, rows.weight, slope=False)
        length = int(np.median(rows.end - rows.start))
        back = (rows.end.max() - rows.end) // length
        age = back.max() - back
        won = np.bincount(age, weights=rows.won * rows.weight)
        expected = np.bincount(age, weights=sigmoid(score + overall) * rows.weight)
        # A win is a row of every snapshot that looked ahead to it: about half as many as there are periods.
        share = 2.0 / (self.periods + 1)
        self.span_ = best_span(won * share, expected * share, self.periods)
        return back < self.span_
