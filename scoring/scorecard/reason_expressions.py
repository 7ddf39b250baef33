"""Reasons as Ibis expressions, for any engine: the largest for, the largest against, and what is new.

`reason_arrays` chooses the same reasons in this process.
"""

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.features.spec import Recency
from scoring.scorecard.reasons import CELLS, LEAST, MILLIONTHS, REASONS, SHIFT, TERMS, contribution, unstable_cells
from scoring.scorecard.scorecard import Scorecard
from scoring.tables import Keep
from scoring.timeline import calendar_date


def explained(
    scorecard: Scorecard, scores: ibis.Table, *, as_of: int, since: int, keep: Keep = lambda table: table
) -> ibis.Table:
    """Add `reason_1` to `reason_3`, `concern_1` and `why_now` to scored rows.

    Parameters
    ----------
    scorecard : Scorecard
        With `words` for each term.
    scores : Table
        What `scorecard_expressions.scored` returns, features included.
    as_of, since : int
        Day of this scoring and of the one before it.
    keep : callable
        Computes a table once, where the engine does not do so by itself (see `scorecard_expressions.scored`).

    Notes
    -----
    `why_now` is the strongest buying signal (a recency that adds to the log-odds) of a day in
    `[since, as_of)`. What does not exist is the empty string, never null. An entry that is not stable counts
    in the score and is no reason.
    """
    terms = range(len(scorecard.terms))
    keyed = keep(scores.mutate(**{f"_of_{i}": _key(scorecard, scores, i) for i in terms}))

    def ranked_on(table: ibis.Table, **columns: Callable[[ibis.Table, list[ir.IntegerValue]], ir.IntegerValue]) -> Any:
        keys = [table[f"_of_{i}"] for i in terms]
        return keep(table.mutate(**{name: made(table, keys) for name, made in columns.items()}))

    ranked = ranked_on(keyed, _key_1=lambda _, keys: _largest(keys), _worst=lambda _, keys: _smallest(keys))
    ranked = ranked_on(ranked, _key_2=lambda t, keys: _largest([_below(key, t["_key_1"]) for key in keys]))
    ranked = ranked_on(ranked, _key_3=lambda t, keys: _largest([_below(key, t["_key_2"]) for key in keys]))
    ranked = keep(ranked.mutate(_new=_largest([_news(scorecard, ranked, i, as_of - since) for i in terms])))
    named = ranked.drop(*[f"_of_{i}" for i in terms])
    texts = _texts(scorecard)
    for name, key in zip((*REASONS, "concern_1"), ("_key_1", "_key_2", "_key_3", "_worst"), strict=True):
        against = name == "concern_1"
        worth = (contribution(named[key]) <= -LEAST) if against else (contribution(named[key]) >= LEAST)
        named = named.left_join(texts, named[key] % (TERMS * CELLS) == texts["_entry"])
        named = named.mutate(**{name: ibis.ifelse(worth, named["_text"], "").fill_null("")})
        named = named.drop("_entry", "_text")
    return _why_now(scorecard, named, as_of)


def _key(scorecard: Scorecard, scores: ibis.Table, i: int) -> ir.IntegerValue:
    adds, unstable = scores[f"term_{i}"], unstable_cells(scorecard.terms[i])
    if unstable:
        adds = ibis.ifelse(scores[f"cell_{i}"].isin(unstable), 0.0, adds)
    ranked = (adds * MILLIONTHS).round().cast("int64") + SHIFT
    return (ranked * TERMS + i) * CELLS + scores[f"cell_{i}"]


def _below(key: ir.IntegerValue, bound: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(key < bound, key, 0)


def _largest(keys: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return ibis.greatest(*keys) if len(keys) > 1 else (keys[0] if keys else ibis.literal(0, type="int64"))


def _smallest(keys: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return ibis.least(*keys) if len(keys) > 1 else (keys[0] if keys else ibis.literal(0, type="int64"))


def _texts(scorecard: Scorecard) -> ibis.Table:
    """Every entry of every term's table in words: `_entry` (term and cell in one integer), `_text`."""
    index, text = [], []
    for i, term in enumerate(scorecard.terms):
        flat = term.flat(term.words or ())
        index += [i * CELLS + cell for cell in range(len(flat))]
        text += flat
    return ibis.memtable({"_entry": index, "_text": text}, schema={"_entry": "int64", "_text": "string"})


def _signals(scorecard: Scorecard) -> dict[int, tuple[str, str]]:
    """For each term of a single recency, by its index: its label, and the column of the days since."""
    features = scorecard.by_name
    days = {name: f"value_{i}" for i, name in enumerate(scorecard.encodings)}
    alone = [(i, term.features[0]) for i, term in enumerate(scorecard.terms) if not term.is_pair]
    return {i: (features[name].label, days[name]) for i, name in alone if isinstance(features[name], Recency)}


def _news(scorecard: Scorecard, scores: ibis.Table, i: int, days: int) -> ir.IntegerValue:
    """The key of a term if it is a signal of the last `days` that counts for the entity, else 0."""
    signals = _signals(scorecard)
    if i not in signals:
        return ibis.literal(0, type="int64")
    _, since = signals[i]
    key = scores[f"_of_{i}"]
    fresh = (scores[since] <= days) & (contribution(key) >= LEAST)
    return ibis.ifelse(fresh.fill_null(False), key, 0)


def _why_now(scorecard: Scorecard, named: ibis.Table, as_of: int) -> ibis.Table:
    signals = _signals(scorecard)
    if not signals:
        return named.mutate(why_now=ibis.literal(""))
    term = (named["_new"] // CELLS) % TERMS
    label = ibis.cases(*[(term == i, label) for i, (label, _) in signals.items()])
    ago = ibis.cases(*[(term == i, named[days].cast("int64")) for i, (_, days) in signals.items()])
    day = (ibis.literal(calendar_date(as_of)) - ago.as_interval("D")).cast("date").strftime("%Y-%m-%d")
    return named.mutate(why_now=ibis.ifelse(named["_new"] > 0, label + " on " + day, "").fill_null(""))
