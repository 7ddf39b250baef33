"""A scorecard as Ibis expressions, for any engine: features in; codes, contributions, log-odds and probability out.

`lookup` and `arrays` compute the same scorecard in this process; the two agree to 1e-9.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from scoring.scorecard.parts import Amount, Category, Encoding, Term
from scoring.scorecard.scorecard import Scorecard
from scoring.tables import Keep

#: How far above its top the reference population ends: a steep line and not a jump, as in `lookup`.
TOP = 1e-9


def _as_it_is(table: ibis.Table) -> ibis.Table:
    return table


def scored(scorecard: Scorecard, features: ibis.Table, keep: Keep = _as_it_is) -> ibis.Table:
    """Add the scores of each row, and what they are made of, to a table of features.

    Parameters
    ----------
    scorecard : Scorecard
    features : Table
        A column for each encoded feature, and any others.
    keep : callable
        Computes a table once. DuckDB does so by itself; other engines put one step's expressions into the next one's,
        for as often as they are read there, until they do not fit into memory.

    Returns
    -------
    Table
        The columns of `features` that are not encoded; for the i-th encoding `value_<i>` and `code_<i>`; for
        the i-th term `cell_<i>` (where its table was looked up) and `term_<i>` (its contribution);
        `fit_log_odds`, `intent_log_odds`, `log_odds`, `win_probability`, `expected_amount`,
        `expected_revenue`, `fit_score`, `intent_score` and `grade`.

    Notes
    -----
    `log_odds = base + fit_log_odds + intent_log_odds`, each side the sum of its terms in order;
    `win_probability` is a function of `log_odds` alone, and rises with it.
    """
    names = list(scorecard.encodings)
    # An attribute may be called Grade or Log_Odds: from here on a feature goes by its number.
    numbered = features.select(
        *[column for column in features.columns if column not in scorecard.encodings],
        **{f"value_{i}": features[name] for i, name in enumerate(names)},
    )
    coded = keep(
        numbered.mutate(
            **{f"code_{i}": code(numbered[f"value_{i}"], scorecard.encodings[name]) for i, name in enumerate(names)}
        )
    )
    codes = {name: coded[f"code_{i}"] for i, name in enumerate(names)}
    located = keep(coded.mutate(**{f"cell_{i}": _cell(term, codes) for i, term in enumerate(scorecard.terms)}))
    codes = {name: located[f"code_{i}"] for i, name in enumerate(names)}
    looked = keep(
        located.mutate(
            **{f"term_{i}": _looked_up(term, located[f"cell_{i}"]) for i, term in enumerate(scorecard.terms)},
            expected_amount=_amount(scorecard.amount, codes),
        )
    )
    sides = {
        f"{side}_log_odds": _sum(looked[f"term_{i}"] for i, term in enumerate(scorecard.terms) if term.side == side)
        for side in ("fit", "intent")
    }
    summed = looked.mutate(**sides)
    summed = keep(
        summed.mutate(log_odds=ibis.literal(float(scorecard.base)) + summed.fit_log_odds + summed.intent_log_odds)
    )
    raw = keep(summed.mutate(win_probability=_uncalibrated(scorecard, summed.log_odds)))
    likely = keep(raw.mutate(win_probability=_calibrated(scorecard, raw.win_probability)))
    return likely.mutate(
        expected_revenue=likely.win_probability * likely.expected_amount,
        fit_score=_percentile(likely.fit_log_odds, scorecard.reference.fit),
        intent_score=_percentile(likely.intent_log_odds, scorecard.reference.intent),
        grade=_grade(scorecard, likely.win_probability),
    )


def code(column: ir.Value, encoding: Encoding) -> ir.IntegerValue:
    """The code of a value: 0 where it is missing, else 1 + its bin, or 2 + its level (1: any other)."""
    if isinstance(encoding, Category):
        levels = [(ibis.literal(level), 2 + i) for i, level in enumerate(encoding.levels)]
        text = column.cast("string")
        found = text.cases(*levels, else_=1) if levels else ibis.literal(1)
        return ibis.ifelse(text.isnull(), 0, found)
    number = column.cast("float64")
    return ibis.ifelse(number.isnull() | number.isnan(), 0, _bin(number, encoding.edges, 0, len(encoding.edges)))


def _bin(number: ir.FloatingValue, edges: Sequence[float], low: int, high: int) -> ir.IntegerValue:
    """1 + how many edges are at or below the number, by halving: five comparisons find one of 32 bins."""
    if low == high:
        return ibis.literal(1 + low, type="int64")
    middle = (low + high) // 2
    return ibis.ifelse(
        number >= float(edges[middle]),
        _bin(number, edges, middle + 1, high),
        _bin(number, edges, low, middle),
    )


def _cell(term: Term, codes: Mapping[str, ir.IntegerValue]) -> ir.IntegerValue:
    """Position in a term's table: the code or, in a pair's table read row by row, both codes together."""
    first, *second = (codes[name] for name in term.features)
    return first * len(term.values[0]) + second[0] if second else first


def _looked_up(term: Term, cell: ir.IntegerValue) -> ir.FloatingValue:
    values = term.flat(term.values)
    return _entry(values, cell, 0, len(values))


def _entry(values: Sequence[float], index: ir.IntegerValue, low: int, high: int) -> ir.FloatingValue:
    """`values[index]`, by halving: a constant for each half that does not vary."""
    if len(set(values[low:high])) == 1:
        return ibis.literal(float(values[low]))
    middle = (low + high) // 2
    return ibis.ifelse(index >= middle, _entry(values, index, middle, high), _entry(values, index, low, middle))


def _sum(terms: Any) -> ir.FloatingValue:
    # A double, by a cast: DuckDB reads 0.0 as a decimal, and where no term varies a percentile's slope overflows it.
    zero: ir.FloatingValue = ops.Cast(ibis.literal(0.0), "float64").to_expr()
    return reduce(add, terms, zero)


def _amount(amount: Amount, codes: Mapping[str, ir.IntegerValue]) -> ir.FloatingValue:
    terms = (_looked_up(term, _cell(term, codes)) for term in amount.terms)
    return (ibis.literal(float(amount.base)) + _sum(terms)).exp()


def _uncalibrated(scorecard: Scorecard, log_odds: ir.FloatingValue) -> ir.FloatingValue:
    """1 - product of (1 - hazard_k)."""
    offsets = scorecard.period_offsets
    stays = reduce(lambda product, offset: product * (1.0 / (1.0 + (log_odds + float(offset)).exp())), offsets, 1.0)
    return 1.0 - stays


def _calibrated(scorecard: Scorecard, raw: ir.FloatingValue) -> ir.FloatingValue:
    """The probability through the calibration's knots, where it has any."""
    knots = scorecard.calibration
    return _interpolated(raw, knots.x, knots.y) if knots.x else raw


def _percentile(log_odds: ir.FloatingValue, reference: Sequence[float]) -> ir.FloatingValue:
    """Share of the reference population below, 0 to 100, linear between percentiles (see `lookup`)."""
    knots = sorted(set(reference))
    shares = [float(reference.index(knot)) for knot in knots]
    return _interpolated(log_odds, [*knots, knots[-1] + TOP], [*shares, 100.0])


def _interpolated(x: ir.FloatingValue, xs: Sequence[float], ys: Sequence[float]) -> ir.FloatingValue:
    """Piecewise linear through the knots (`xs` ascending), constant beyond the first and the last."""

    def between(low: int, high: int) -> ir.FloatingValue:
        if low == high:
            if low == 0 or low == len(xs):
                return ibis.literal(float(ys[max(low - 1, 0)]))
            slope = (ys[low] - ys[low - 1]) / (xs[low] - xs[low - 1])
            return slope * (x - float(xs[low - 1])) + float(ys[low - 1])
        middle = (low + high) // 2
        return ibis.ifelse(x >= float(xs[middle]), between(middle + 1, high), between(low, middle))

    return between(0, len(xs))


def _grade(scorecard: Scorecard, probability: ir.FloatingValue) -> ir.StringValue:
    lifts, rate = scorecard.grades, scorecard.base_rate
    return ibis.cases(*[(probability >= lift * rate, grade) for grade, lift in lifts.items()], else_="D")
