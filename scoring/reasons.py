"""Contributions to words: the largest for, the largest against, and what is new since the last scoring."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from scoring.features.spec import Breadth, Deal, Feature, Group, Momentum, Recency, declared
from scoring.scorecard import Card
from scoring.tables import Keep
from scoring.timeline import calendar_date

REASONS = ("reason_1", "reason_2", "reason_3")
#: Contributions below this, in log-odds, change a probability by less than a fortieth of itself: no reason.
LEAST = 0.025
#: An entry of a table is told if at least this share of the resamples would tell it too. Two in three of what
#: features of pure noise say fall below, and one in five of the third reasons (6,000 simulated accounts).
LEAST_STABLE = 0.75

# A contribution, its term and its cell in one integer: the largest of them is one `greatest` on any engine.
_PLACES, _SHIFT = 1_000_000, 1_000_000_000
_TERMS, _CELLS = 1_024, 1_048_576
#: The key of a contribution of nothing: above it speaks for, below it against.
NO_REASON = _SHIFT * _TERMS * _CELLS


def phrase(feature: Feature, encoding: Mapping[str, Any], code: int) -> str:
    """A feature at one of its codes, in words: `Pricing view 8 to 10 days ago`, `Industry: Software`.

    Days and counts are whole, so that their spans name the last one inside; a measured number's span ends
    below its second figure.
    """
    label, days = feature.label, feature.kind == "days"
    event = isinstance(feature, Recency) or (isinstance(feature, Deal) and feature.of == "lost_days")
    if code == 0:
        absent = "never" if event else "none" if isinstance(feature, Deal) else "not known"
        return f"{label.removesuffix(' for')}: {absent}"
    if encoding["kind"] == "category":
        return f"{label}: {'other' if code == 1 else _level(encoding['levels'][code - 2])}"
    low, high = [-math.inf, *encoding["edges"], math.inf][code - 1 : code + 1]
    if (low, high) == (-math.inf, math.inf):
        return f"{label.removesuffix(' for')}: known"
    if days and event and low == -math.inf:
        return f"{label} in the last {'day' if high <= 2 else f'{high - 1:.0f} days'}"
    if days:
        return f"{label} {_whole(low, high)} days{' ago' if event else ''}"
    if isinstance(feature, Momentum):
        return f"{label}: {_against_usual(low, high)}"
    return f"{label}: {_whole(low, high) if isinstance(feature, Group | Breadth) else _measured(low, high)}"


def _level(level: str) -> str:
    return {"true": "yes", "false": "no"}.get(level, level.replace("_", " "))


def _whole(low: float, high: float) -> str:
    if low == -math.inf:
        return "none" if high <= 1 else f"fewer than {high:,.0f}"
    if high == math.inf:
        return f"{low:,.0f} or more"
    return f"{low:,.0f}" if high - low <= 1 else f"{low:,.0f} to {high - 1:,.0f}"


def _measured(low: float, high: float) -> str:
    if low == -math.inf:
        return f"below {_figure(high)}"
    return f"{_figure(low)} or more" if high == math.inf else f"{_figure(low)} to {_figure(high)}"


def _figure(x: float) -> str:
    for size, name in ((1e9, " billion"), (1e6, " million")):
        if abs(x) >= size:
            return f"{x / size:,.6g}{name}"
    return f"{x:,.6g}"


def _against_usual(low: float, high: float) -> str:
    """A span of `Momentum`, of which a quarter is one week of the last four."""
    if low > 0:
        return "many more than usual" if low >= 0.25 else "more than usual"
    if high <= 0:
        return "far fewer than usual" if high <= -0.25 else "fewer than usual"
    return "as usual"


def words(features: Sequence[Feature], encodings: Mapping[str, Any]) -> list[str] | list[list[str]]:
    """The words for every entry of a term's table: a list, or a list of lists for a pair."""
    sizes = [_size(encodings[feature.name]) for feature in features]
    first = [phrase(features[0], encodings[features[0].name], code) for code in range(sizes[0])]
    if len(features) == 1:
        return first
    second = [phrase(features[1], encodings[features[1].name], code) for code in range(sizes[1])]
    return [[f"{a} and {b}" for b in second] for a in first]


def _size(encoding: Mapping[str, Any]) -> int:
    return len(encoding["levels"] if encoding["kind"] == "category" else encoding["edges"]) + 2


def is_stable(term: Mapping[str, Any], *codes: int) -> bool:
    """Whether a term's entry at these codes survives resampling; in a card that does not say, every entry does."""
    if "stable" not in term:
        return True
    share: Any = term["stable"]
    for code in codes:
        share = share[code]
    return bool(share >= LEAST_STABLE)


def explained(
    card: Card, scores: ibis.Table, *, as_of: int, since: int, keep: Keep = lambda table: table
) -> ibis.Table:
    """Adds `reason_1` to `reason_3`, `concern_1` and `why_now` to scored rows.

    Parameters
    ----------
    card : mapping
    scores : Table
        What `scorecard.scored` returns, features included.
    as_of, since : int
        Day of this scoring and of the one before it.
    keep : callable
        Computes a table once, where the engine does not do so by itself (see `scorecard.scored`).

    Notes
    -----
    `why_now` is the strongest buying signal (a recency that adds to the log-odds) of a day in
    `[since, as_of)`. What does not exist is the empty string, never null. An entry that is not stable counts in
    the score and is told nowhere.
    """
    terms = range(len(card["terms"]))
    keyed = keep(scores.mutate(**{f"_of_{i}": _key(card, scores, i) for i in terms}))

    def ranked_on(table: ibis.Table, **columns: Callable[[ibis.Table, list[ir.IntegerValue]], ir.IntegerValue]) -> Any:
        keys = [table[f"_of_{i}"] for i in terms]
        return keep(table.mutate(**{name: made(table, keys) for name, made in columns.items()}))

    ranked = ranked_on(keyed, _key_1=lambda _, keys: _largest(keys), _worst=lambda _, keys: _smallest(keys))
    ranked = ranked_on(ranked, _key_2=lambda t, keys: _largest([_below(key, t["_key_1"]) for key in keys]))
    ranked = ranked_on(ranked, _key_3=lambda t, keys: _largest([_below(key, t["_key_2"]) for key in keys]))
    ranked = keep(ranked.mutate(_new=_largest([_news(card, ranked, i, as_of - since) for i in terms])))
    named = ranked.drop(*[f"_of_{i}" for i in terms])
    texts = _texts(card)
    for name, key in zip((*REASONS, "concern_1"), ("_key_1", "_key_2", "_key_3", "_worst"), strict=True):
        against = name == "concern_1"
        worth = (contribution(named[key]) <= -LEAST) if against else (contribution(named[key]) >= LEAST)
        named = named.left_join(texts, named[key] % (_TERMS * _CELLS) == texts["_place"])
        named = named.mutate(**{name: ibis.ifelse(worth, named["_text"], "").fill_null("")})
        named = named.drop("_place", "_text")
    return _why_now(card, named, as_of)


def _key(card: Card, scores: ibis.Table, i: int) -> ir.IntegerValue:
    told, unstable = scores[f"term_{i}"], _unstable(card["terms"][i])
    if unstable:
        told = ibis.ifelse(scores[f"cell_{i}"].isin(unstable), 0.0, told)
    ranked = (told * _PLACES).round().cast("int64") + _SHIFT
    return (ranked * _TERMS + i) * _CELLS + scores[f"cell_{i}"]


def _unstable(term: Mapping[str, Any]) -> list[int]:
    """The cells that would be worth telling, but are not stable."""
    values, shares = term["values"], term.get("stable", [])
    if len(term["features"]) == 2:
        values, shares = ([entry for row in table for entry in row] for table in (values, shares))
    told = zip(values, shares, strict=False)
    return [cell for cell, (value, share) in enumerate(told) if abs(value) >= LEAST and share < LEAST_STABLE]


def contribution(key: Any) -> Any:
    """The contribution in a key, in log-odds: of an expression or an array."""
    return ((key // (_TERMS * _CELLS)) - _SHIFT) / _PLACES


def ranking_keys(term: Mapping[str, Any], i: int) -> np.ndarray:
    """The keys of the i-th term's entries, int64, in the order of its cells: what `_key` makes row by row."""
    told = np.array(term["values"], dtype=np.float64).ravel()
    told[_unstable(term)] = 0.0
    millionths = np.copysign(np.floor(np.abs(told) * _PLACES + 0.5), told).astype(np.int64)
    return ((millionths + _SHIFT) * _TERMS + i) * _CELLS + np.arange(told.size)


def place_of(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The term and the cell in each key."""
    return keys // _CELLS % _TERMS, keys % _CELLS


def _below(key: ir.IntegerValue, bound: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(key < bound, key, 0)


def _largest(keys: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return ibis.greatest(*keys) if len(keys) > 1 else (keys[0] if keys else ibis.literal(0, type="int64"))


def _smallest(keys: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return ibis.least(*keys) if len(keys) > 1 else (keys[0] if keys else ibis.literal(0, type="int64"))


def _texts(card: Card) -> ibis.Table:
    """Every entry of every term's table in words: `_place` (term and cell in one integer), `_text`."""
    place, text = [], []
    for i, term in enumerate(card["terms"]):
        flat = term["words"]
        if len(term["features"]) == 2:
            flat = [word for row in flat for word in row]
        place += [i * _CELLS + cell for cell in range(len(flat))]
        text += flat
    return ibis.memtable({"_place": place, "_text": text}, schema={"_place": "int64", "_text": "string"})


def _signals(card: Card) -> dict[int, tuple[str, str]]:
    """The label of each term that tells of a buying signal, and the column of the days since."""
    features = {item["name"]: declared(item) for item in card["features"]}
    days = {name: f"value_{i}" for i, name in enumerate(card["encodings"])}
    alone = [(i, term["features"][0]) for i, term in enumerate(card["terms"]) if len(term["features"]) == 1]
    return {i: (features[name].label, days[name]) for i, name in alone if isinstance(features[name], Recency)}


def _news(card: Card, scores: ibis.Table, i: int, days: int) -> ir.IntegerValue:
    """The key of a term if it is a signal of the last `days` that counts for the entity, else 0."""
    signals = _signals(card)
    if i not in signals:
        return ibis.literal(0, type="int64")
    _, since = signals[i]
    key = scores[f"_of_{i}"]
    fresh = (scores[since] <= days) & (contribution(key) >= LEAST)
    return ibis.ifelse(fresh.fill_null(False), key, 0)


def _why_now(card: Card, named: ibis.Table, as_of: int) -> ibis.Table:
    signals = _signals(card)
    if not signals:
        return named.mutate(why_now=ibis.literal(""))
    term = (named["_new"] // _CELLS) % _TERMS
    label = ibis.cases(*[(term == i, label) for i, (label, _) in signals.items()])
    ago = ibis.cases(*[(term == i, named[days].cast("int64")) for i, (_, days) in signals.items()])
    day = (ibis.literal(calendar_date(as_of)) - ago.as_interval("D")).cast("date").strftime("%Y-%m-%d")
    return named.mutate(why_now=ibis.ifelse(named["_new"] > 0, label + " on " + day, "").fill_null(""))
