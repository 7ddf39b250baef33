"""The contract of the score tables of accounts, leads and opportunities: their columns and their invariants."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from scoring.entity import BESIDE, ID_COLUMN, OPPORTUNITY
from scoring.scores.changes import TRENDS
from scoring.scores.columns import score_table_columns

#: The largest difference between `log_odds` and the sum of its parts.
EXACT = 1e-6

#: The largest rounding error of a product, relative to it.
ROUNDING = 1e-9


def score_columns(entity: str) -> dict[str, dt.DataType]:
    """The columns of the score table of an entity (`account`, `lead` or `opportunity`) with their types, in order."""
    ids = dict.fromkeys((ID_COLUMN[entity], *BESIDE[entity]), dt.string)
    return ids | {column.name: dt.dtype(column.type) for column in score_table_columns(entity)}


#: What the row one rank above has: `broken_promises` looks for it where a table lacks these columns.
BEFORE, ABOVE = "_before", "_above"


def broken_promises(table: ibis.Table, entity: str, base: float) -> list[str]:
    """The promises of the contract that a score table breaks, in words; none for a sound table.

    Parameters
    ----------
    table : Table
        A score table. Who holds it by rank may give `BEFORE` and `ABOVE` with it, the expected revenue and the rank of
        the row above: to find them takes longer than all else.
    entity : {'account', 'lead'}
    base : float
        The base of the scorecard in log-odds: `log_odds = base + fit_log_odds + intent_log_odds` is checked to 1e-6.

    Notes
    -----
    It scans the table once. Give it a stored table, not the expression that computes the scores.
    """
    own = {name: kind for name, kind in table.schema().items() if name not in (BEFORE, ABOVE)}
    if other := other_columns(own, entity):
        return other
    ranked = table
    if not {BEFORE, ABOVE} <= set(table.columns):
        above = ibis.window(order_by=table["rank"])
        before = {BEFORE: table.expected_revenue, ABOVE: table["rank"]}
        ranked = table.mutate(**{name: column.lag().over(above) for name, column in before.items()})
    kept = _promises(ranked, entity, base)
    numbered = {f"_{i}": holds for i, holds in enumerate(kept.values())}
    [row] = ranked.aggregate(**numbered).to_pyarrow().to_pylist()
    return [_in_words(words) for words, holds in zip(kept, row.values(), strict=True) if holds is False]


def other_columns(found: Mapping[str, dt.DataType], entity: str) -> list[str]:
    """The columns that are not as in the contract, in words.

    Parameters
    ----------
    found : mapping of DataType
        The columns of the table, with their types.
    entity : {'account', 'lead'}
    """
    wanted = score_columns(entity)
    messages = [f"column {name} is missing" for name in sorted(wanted.keys() - found.keys())]
    messages += [f"column {name} is not in the contract" for name in sorted(found.keys() - wanted.keys())]
    return messages or [
        f"column {name} is {found[name]} and not {dtype}"
        for name, dtype in wanted.items()
        if not _is_of(found[name], dtype)
    ]


def _promises(table: ibis.Table, entity: str, base: float) -> dict[str, ir.BooleanScalar]:
    """The promises of a score table in words, each with the expression that tells whether all rows keep it.

    `BEFORE` and `ABOVE` are the expected revenue and the rank of the row one rank above. A null keeps every promise
    except that a column must have a value. NaN is within no bounds.
    """
    key = f"{entity}_id"
    # A row may lack these, and a lead or a deal its account.
    optional = {*(column.name for column in score_table_columns(entity) if column.optional), "account_id"} - {key}
    promises = {
        f"non-nullable column '{name}' contains null values": table[name].notnull()
        for name in score_columns(entity)
        if name not in optional
    }
    promises |= {
        "win_probability is within 0 and 1": table.win_probability.between(0, 1),
        "fit_score is within 0 and 100": table.fit_score.between(0, 100),
        "intent_score is within 0 and 100": table.intent_score.between(0, 100),
        "grade is A, B, C or D": table.grade.isin(["A", "B", "C", "D"]),
        "trend is new, rising, steady or falling": table.trend.isin(list(TRENDS)),
        "score_change is within -1 and 1": table.score_change.between(-1, 1),
        "expected_amount is finite and not negative": table.expected_amount.between(0, 1e15),
        "expected_revenue = win_probability x expected_amount": _is_product(table),
        "log_odds = base + fit + intent": _is_sum(table, base),
        "rank is a permutation of 1 to n": table["rank"] == table[ABOVE].fill_null(0) + 1,
        "rank falls with expected_revenue": table.expected_revenue <= table[BEFORE],
    }
    if entity == OPPORTUNITY:
        promises |= {
            "slip_probability is within 0 and 1": table.slip_probability.between(0, 1),
            "close_early, expected_close and close_late are in order, from as_of on": (
                (table.as_of <= table.close_early)
                & (table.close_early <= table.expected_close)
                & (table.expected_close <= table.close_late)
            ),
        }
    return {words: holds.fill_null(True).all() for words, holds in promises.items()} | {
        f"{key} is unique": table[key].nunique() == table.count(),
        **{
            f"{name} is the same in every row": table[name].min() == table[name].max()
            for name in ("as_of", "scored_at", "model_version")
        },
    }


def _is_of(found: dt.DataType, wanted: dt.DataType) -> bool:
    """Whether a type is the promised one; times may have any precision."""
    return found.copy(nullable=True) == wanted or (found.is_timestamp() and wanted.is_timestamp())


def _in_words(broken: str) -> str:
    return broken if broken.startswith("non-nullable") else f"it does not hold that {broken}"


def _is_product(table: ibis.Table) -> ir.BooleanValue:
    product = table.win_probability * table.expected_amount
    return (table.expected_revenue - product).abs() <= ROUNDING * (1 + product)


def _is_sum(table: ibis.Table, base: float) -> ir.BooleanValue:
    parts = ibis.literal(float(base)) + table.fit_log_odds + table.intent_log_odds
    return (table.log_odds - parts).abs() <= EXACT
