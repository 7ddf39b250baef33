"""The contract of what goes out: the columns and the invariants of `account_scores` and `lead_scores`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from scoring.changes import TRENDS

if TYPE_CHECKING:
    from pandera.errors import SchemaError
    from pandera.ibis import DataFrameSchema

#: How far `log_odds` may be from the sum of its parts.
EXACT = 1e-6

#: What floating point may lose of a product, relative to it.
ROUNDING = 1e-9

SHARED = {
    "as_of": dt.date, "scored_at": dt.Timestamp(scale=6), "model_version": dt.string,
    "win_probability": dt.float64, "expected_amount": dt.float64, "expected_revenue": dt.float64,
    "fit_score": dt.float64, "intent_score": dt.float64, "grade": dt.string, "rank": dt.int64,
    "log_odds": dt.float64, "fit_log_odds": dt.float64, "intent_log_odds": dt.float64,
    "reason_1": dt.string, "reason_2": dt.string, "reason_3": dt.string, "concern_1": dt.string,
    "why_now": dt.string, "score_change": dt.float64, "trend": dt.string,
}  # fmt: skip
"""The columns of both tables after their ids, in order."""

OPTIONAL = ("reason_1", "reason_2", "reason_3", "concern_1", "why_now", "score_change")
"""What a row may lack, as it may a lead's account."""


def score_columns(entity: str) -> dict[str, dt.DataType]:
    """List the columns of the score table of an entity (`account` or `lead`) with their types, in order."""
    ids = {"lead": ("lead_id", "account_id"), "account": ("account_id",)}
    return dict.fromkeys(ids[entity], dt.string) | SHARED


def scores_schema(entity: str, base: float) -> DataFrameSchema:
    """Make the pandera schema of a score table.

    Parameters
    ----------
    entity : {'account', 'lead'}
    base : float
        The scorecard's base: with it, `log_odds = base + fit_log_odds + intent_log_odds` is checked to 1e-6.

    Notes
    -----
    Every check is a query of its own: validate a written table, not the expression that scores. NaN fails,
    being within no bounds. pandera's Ibis backend passes over `Column(unique=True)` without a word, hence the
    rule; and it fails a table without rows, which `broken_promises` knows.
    """
    from pandera.ibis import Check, Column, DataFrameSchema

    def rule(name: str, holds: Callable[[ibis.Table], ir.BooleanValue]) -> Check:
        return Check(lambda data: holds(data.table), name=name, n_failure_cases=3)

    key = f"{entity}_id"
    optional = {*OPTIONAL, "account_id"} - {key}
    columns = {name: Column(dtype, nullable=name in optional) for name, dtype in score_columns(entity).items()}
    checks = [
        rule("win_probability is within 0 and 1", lambda t: t.win_probability.between(0, 1)),
        rule("fit_score is within 0 and 100", lambda t: t.fit_score.between(0, 100)),
        rule("intent_score is within 0 and 100", lambda t: t.intent_score.between(0, 100)),
        rule("grade is A, B, C or D", lambda t: t.grade.isin(["A", "B", "C", "D"])),
        rule("trend is new, rising, steady or falling", lambda t: t.trend.isin(list(TRENDS))),
        rule("score_change is within -1 and 1", lambda t: t.score_change.between(-1, 1).fill_null(True)),
        rule("expected_amount is finite and not negative", lambda t: t.expected_amount.between(0, 1e15)),
        rule("expected_revenue = win_probability x expected_amount", _is_product),
        rule("log_odds = base + fit + intent", lambda t: _is_sum(t, base)),
        rule(f"{key} is unique", lambda t: t[key].nunique() == t.count()),
        rule("rank is a permutation of 1 to n", _is_permutation),
        rule("rank falls with expected_revenue", _is_sorted),
        *(rule(f"{name} is the same in every row", _same(name)) for name in ("as_of", "scored_at", "model_version")),
    ]
    return DataFrameSchema(columns, checks=checks, strict=True, name=f"{entity}_scores")


def broken_promises(table: ibis.Table, entity: str, base: float) -> list[str]:
    """Say what a score table breaks of its contract; nothing for a sound one."""
    wanted, found = score_columns(entity), dict(table.schema().items())
    if wanted.keys() ^ found.keys() or not table.count().execute():
        gone, strange = wanted.keys() - found.keys(), found.keys() - wanted.keys()
        return [f"column {name} is missing" for name in sorted(gone)] + [
            f"column {name} is not in the contract" for name in sorted(strange)
        ]
    from pandera.errors import SchemaErrors

    try:
        scores_schema(entity, base).validate(table, lazy=True)
    except SchemaErrors as broken:
        return [_in_words(error) for error in broken.schema_errors]
    return []


def _in_words(error: SchemaError) -> str:
    name = getattr(error.check, "name", None)
    return f"it does not hold that {name}" if name else str(error).splitlines()[0]


def _is_product(table: ibis.Table) -> ir.BooleanValue:
    product = table.win_probability * table.expected_amount
    return (table.expected_revenue - product).abs() <= ROUNDING * (1 + product)


def _is_sum(table: ibis.Table, base: float) -> ir.BooleanValue:
    parts = ibis.literal(float(base)) + table.fit_log_odds + table.intent_log_odds
    return (table.log_odds - parts).abs() <= EXACT


def _is_permutation(table: ibis.Table) -> ir.BooleanValue:
    count = table.count()
    bounded = (table["rank"].min() == 1) & (table["rank"].max() == count)
    return (count == 0) | (bounded & (table["rank"].nunique() == count))


def _is_sorted(table: ibis.Table) -> ir.BooleanValue:
    pairs = table.mutate(before=table.expected_revenue.lag().over(order_by=table["rank"]))
    return pairs.filter(pairs.expected_revenue > pairs.before).count() == 0


def _same(name: str) -> Callable[[ibis.Table], ir.BooleanValue]:
    return lambda table: table[name].nunique() <= 1
