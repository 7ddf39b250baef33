"""A scorecard in NumPy arrays: look every feature up in its table, add the values in the order of the terms.

This is the only place where a scorecard is computed with arrays. `scorecard_arrays` adds reasons to it, and
`scorecard_expressions` states the same scorecard for any engine.

This file is copied into every logged model and must run where nothing else of closedwon is installed: it
imports numpy and the standard library only, and asks a pandas frame for no more than ``frame[name]`` and its shape.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMAT = "closedwon-scorecard/1"
#: The format of a scorecard that is read by versions alone that know its question: customers are in its ranking.
FORMAT_OF_ANY = "closedwon-scorecard/2"
MISSING, UNSEEN = 0, 1
"""The codes of a missing value and of a level unseen in training. (A number's code 1 is its first bin.)"""

GRADES = ("A", "B", "C", "D")
"""The grades, best first: what `Lookup.grade_codes` counts."""

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Table(NamedTuple):
    """One table of the sum: a feature, or a pair of them, and a value for every code, or pair of codes."""

    features: tuple[str, ...]
    side: str
    values: Floats

    def cells(self, codes: dict[str, Codes]) -> Codes:
        """Where each row's codes stand in the flattened table: an index of ``values.ravel()``, shape (n,)."""
        cells = codes[self.features[0]]
        for name, size in zip(self.features[1:], self.values.shape[1:], strict=True):
            cells = cells * size + codes[name]
        return cells


class Lookup:
    """A scorecard that is ready to be applied.

    Parameters
    ----------
    content : dict
        What `scorecard.json` holds, in the format ``closedwon-scorecard/1``.

    Raises
    ------
    ValueError
        If it is of another format, or a table does not have one value for every code of its feature.

    Notes
    -----
    All is float64 and added up in the order of the terms: a scorecard and a row give the same bits anywhere. The
    hazard of period k is ``sigmoid(log_odds + offset_k)``, the probability of a win within the horizon
    ``1 - prod(1 - hazard_k)`` (landmark discrete-time hazard), mapped through the knots of the calibration.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        if content.get("format") not in (FORMAT, FORMAT_OF_ANY):
            raise ValueError(f"this scorecard has the format {content.get('format')!r}, asked for {FORMAT!r}")
        self.content = content
        self.encodings = {name: _encoding(name, entry) for name, entry in content["encodings"].items()}
        self.terms = [self._term(entry) for entry in content["terms"]]
        self.amount_terms = [self._term({**entry, "side": "amount"}) for entry in content["amount"]["terms"]]
        if strange := {term.side for term in self.terms} - {"fit", "intent"}:
            raise ValueError(f"the side of a term is 'fit' or 'intent', this scorecard has {sorted(strange)}")
        #: The columns that a frame must have, in the order of the terms.
        self.features = list(dict.fromkeys(f for term in self.terms + self.amount_terms for f in term.features))

    def codes(self, frame: Any) -> dict[str, Codes]:
        """Put every value into the bin or level in which its tables are looked up.

        Parameters
        ----------
        frame : mapping of name to array, or pandas DataFrame
            One array of n values for each of `features`; other columns are ignored. Numbers, or for
            categories strings and booleans (True is the level "true"). None, NaN, NaT and NA are missing.

        Returns
        -------
        dict of arrays, shape (n,)
            Numbers: 0 if missing, else 1 + the number of edges <= x. Categories: 0 if missing, 1 if unseen,
            else 2 + the index of the level.
        """
        if absent := [name for name in self.features if name not in frame]:
            raise ValueError(f"the scorecard asks for the columns {absent}, found only {[*map(str, frame)]}")
        return {name: self.encodings[name].codes(frame[name]) for name in self.features}

    def contributions(self, frame: Any) -> Floats:
        """Return what each term adds to the log-odds, on top of `base`: shape (n, number of terms)."""
        codes = self.codes(frame)
        table = np.empty((_rows(frame), len(self.terms)), order="F")
        for column, term in enumerate(self.terms):
            table[:, column] = term.values.take(term.cells(codes))
        return table

    def score(self, frame: Any) -> dict[str, NDArray[Any]]:
        """Score every row.

        Returns
        -------
        dict of arrays, shape (n,)
            `log_odds` (of a win in an average period), `fit_log_odds` and `intent_log_odds`, with
            ``log_odds = base + fit + intent``; `win_probability` within the horizon; `expected_amount` given
            a win and `expected_revenue`, their product; `fit_score` and `intent_score`, 0 to 100 (see
            `percentiles`); `grade`, A to D by `win_probability` as a multiple of the base rate.
        """
        return self.score_codes(self.codes(frame), _rows(frame))

    def score_codes(self, codes: dict[str, Codes], rows: int) -> dict[str, NDArray[Any]]:
        """Score `rows` rows by the codes of their features, as `codes` gives them; else like `score`."""
        scores = self.numbers(codes, rows)
        return {**scores, "grade": np.array(GRADES).take(self.grade_codes(scores["win_probability"]))}

    def numbers(self, codes: dict[str, Codes], rows: int) -> dict[str, Floats]:
        """Compute all that is a number in a score: what `score_codes` gives, but for `grade`."""
        content = self.content
        sums = {side: np.zeros(rows) for side in ("fit", "intent", "amount")}
        for term in self.terms + self.amount_terms:
            sums[term.side] += term.values.take(term.cells(codes))
        log_odds = content["base"] + sums["fit"] + sums["intent"]
        probability = self.probability(log_odds)
        amount = np.exp(content["amount"]["base"] + sums["amount"])
        return {
            "log_odds": log_odds,
            "fit_log_odds": sums["fit"],
            "intent_log_odds": sums["intent"],
            "win_probability": probability,
            "expected_amount": amount,
            "expected_revenue": probability * amount,
            "fit_score": percentiles(sums["fit"], content["reference"]["fit"]),
            "intent_score": percentiles(sums["intent"], content["reference"]["intent"]),
        }

    def probability(self, log_odds: Floats) -> Floats:
        """Calibrated P(win within the horizon) of the log-odds of an average period."""
        raw = horizon_probability(log_odds, self.content["period_offsets"])
        knots = self.content["calibration"]
        return np.interp(raw, knots["x"], knots["y"]) if knots["x"] else raw

    def grade_codes(self, probability: Floats) -> Codes:
        """Index among `GRADES` by P(win within the horizon) as a multiple of the base rate: shape (n,)."""
        codes = np.full(len(probability), len(GRADES) - 1)
        for grade in GRADES[:-1]:
            codes -= probability >= self.content["grades"][grade] * self.content["base_rate"]
        return codes

    def _term(self, entry: dict[str, Any]) -> Table:
        term = Table(tuple(entry["features"]), entry["side"], np.array(entry["values"], dtype=np.float64))
        if unknown := [name for name in term.features if name not in self.encodings]:
            raise ValueError(f"the scorecard has a term for {unknown} without an encoding")
        if term.values.shape != (shape := tuple(self.encodings[name].size for name in term.features)):
            raise ValueError(f"the table of {term.features} has shape {term.values.shape}, its codes {shape}")
        return term


class _Numeric:
    def __init__(self, name: str, edges: list[float]) -> None:
        self.name, self.edges, self.size = name, np.array(edges, dtype=np.float64), len(edges) + 2
        if not (np.diff(self.edges) > 0).all():
            raise ValueError(f"the edges of {name!r} do not ascend: {edges}")

    def codes(self, column: Any) -> Codes:
        try:
            if hasattr(column, "to_numpy"):  # a pandas Series: only it can tell what its missing values are
                x = column.to_numpy(dtype=np.float64, na_value=np.nan)
            else:
                x = np.asarray(column, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"the scorecard reads {self.name!r} as a number: {error}") from None
        codes: Codes = 1 + np.searchsorted(self.edges, x, side="right")
        codes[np.isnan(x)] = MISSING
        return codes


class _Category(dict[Any, int]):
    def __init__(self, levels: list[str]) -> None:
        super().__init__({level: code for code, level in enumerate(levels, start=2)})
        self.size = len(levels) + 2
        self[None] = MISSING
        self[True], self[False] = self.get("true", UNSEEN), self.get("false", UNSEEN)

    def __missing__(self, value: Any) -> int:
        try:
            return UNSEEN if value == value else MISSING  # NaN and NaT differ from themselves
        except TypeError:  # pandas' NA refuses to be true or false
            return MISSING

    def codes(self, column: Any) -> Codes:
        values = np.asarray(column, dtype=object).tolist()
        return np.fromiter(map(self.__getitem__, values), dtype=np.intp, count=len(values))


def encode(encodings: dict[str, Any], frame: Any) -> dict[str, Codes]:
    """Return the codes of every encoded column, as `Lookup.codes` does, for encodings without a scorecard yet."""
    return {name: _encoding(name, entry).codes(frame[name]) for name, entry in encodings.items()}


def horizon_probability(log_odds: Floats, offsets: Sequence[float], passed: Sequence[float] | None = None) -> Floats:
    """P(win within the periods), not calibrated: ``1 - prod((1 - hazard_k) ** passed_k)``.

    Parameters
    ----------
    log_odds : ndarray of shape (n,)
        Of a win in an average period.
    offsets : sequence of float
        What each period adds to them: the hazard of period k is ``sigmoid(log_odds + offset_k)``.
    passed : sequence of float, optional
        The part of each period that has passed, 0 to 1. All of each one without it.

    Returns
    -------
    ndarray of shape (n,)
    """
    stays = np.zeros_like(log_odds)  # -log of the probability that there is no win
    for period, offset in enumerate(offsets):
        stay = np.logaddexp(0.0, log_odds + offset)  # -log(1 - hazard)
        stays += stay if passed is None else passed[period] * stay
    probability: Floats = -np.expm1(-stays)  # not 1 - exp: the rarest win keeps all its digits
    return probability


def percentiles(log_odds: Floats, reference: list[float]) -> Floats:
    """Place values, from 0 to 100, among the ascending percentiles 0..100 of a reference population.

    The score is the share of the reference strictly below, so many with one value in common (all who show no
    intent) stand at the lower end of their share. It is linear between two values, beyond the ends 0 or 100.
    """
    knots, first = np.unique(reference, return_index=True)
    # Just above the top is 100: a steep line, not a jump, so that no engine's rounding error moves a score.
    scores: Floats = np.interp(log_odds, np.append(knots, knots[-1] + 1e-9), np.append(first, 100.0))
    return scores


def _encoding(name: str, entry: dict[str, Any]) -> _Numeric | _Category:
    kind = entry["kind"]
    if kind not in ("numeric", "category"):
        raise ValueError(f"the encoding of {name!r} is {kind!r}, known are 'numeric' and 'category'")
    return _Numeric(name, entry["edges"]) if kind == "numeric" else _Category(entry["levels"])


def _rows(frame: Any) -> int:
    return int(frame.shape[0]) if hasattr(frame, "shape") else len(next(iter(frame.values()), ()))
