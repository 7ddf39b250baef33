"""Contributions to words: the largest for, the largest against, and what is new since the last scoring."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.features.spec import Feature, Recency, declared
from scoring.scorecard import Card
from scoring.timeline import calendar_date

REASONS = ("reason_1", "reason_2", "reason_3")
#: Contributions below this, in log-odds, change a probability by less than a fortieth of itself: no reason at all.
LEAST = 0.025

# A contribution, its term and its cell in one integer, so that the largest of them is one `greatest` on any engine.
_PLACES, _SHIFT = 1_000_000, 1_000_000_000
_TERMS, _CELLS = 1_024, 65_536


def phrase(feature: Feature, encoding: Mapping[str, Any], code: int) -> str:
    """A feature at one of its codes, in words, such as `Pricing view 8 to 14 days ago` or `Industry: Software`."""
    if code == 0:
        absent = "never" if isinstance(feature, Recency) else "not known"
        absent = "none" if feature.name.endswith(("open_deal_days", "lost_deal_days")) else absent
        return f"{feature.label}: {absent}"
    if encoding["kind"] == "category":
        return f"{feature.label}: {'other' if code == 1 else encoding['levels'][code - 2]}"
    edges = encoding["edges"]
    low = edges[code - 2] if code >= 2 else None
    high = edges[code - 1] if code - 1 < len(edges) else None
    if feature.kind == "days":
        return f"{feature.label}{_days(low, high, 'ago' if _is_event(feature) else '')}"
    return f"{feature.label}: {_span(low, high)}"


def _is_event(feature: Feature) -> bool:
    return isinstance(feature, Recency) or feature.name.endswith("lost_deal_days")


def _days(low: float | None, high: float | None, ago: str) -> str:
    if high is None:
        text = "" if low is None else f" {low:.0f} days or more"
    elif low is None:
        return f" in the last {high - 1:.0f} days" if ago else f" less than {high:.0f} days"
    else:
        text = f" {low:.0f} days" if high - low == 1 else f" {low:.0f} to {high - 1:.0f} days"
    return f"{text} {ago}".rstrip()


def _span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "known"
    if low is None:
        return f"below {high:,.6g}"
    return f"{low:,.6g} or more" if high is None else f"{low:,.6g} to below {high:,.6g}"


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


def explained(card: Card, scores: ibis.Table, *, as_of: int, since: int) -> ibis.Table:
    """Adds `reason_1` to `reason_3`, `concern_1` and `why_now` to scored rows.

    Parameters
    ----------
    card : mapping
    scores : Table
        What `scorecard.scored` returns, features included.
    as_of, since : int
        Day of this scoring and of the one before it.

    Notes
    -----
    `why_now` is the strongest buying signal (a recency that adds to the log-odds) of a day in `[since, as_of)`. What
    does not exist is the empty string, never null.
    """
    keys = [_key(scores, i) for i in range(len(card["terms"]))]
    ranked = scores.mutate(_key_1=_largest(keys), _worst=_smallest(keys))
    ranked = ranked.mutate(_key_2=_largest([_below(key, ranked["_key_1"]) for key in keys]))
    ranked = ranked.mutate(_key_3=_largest([_below(key, ranked["_key_2"]) for key in keys]))
    ranked = ranked.mutate(_new=_largest([_news(card, scores, i, as_of - since) for i in range(len(keys))]))
    named = ranked
    texts = _texts(card)
    for name, key in zip((*REASONS, "concern_1"), ("_key_1", "_key_2", "_key_3", "_worst"), strict=True):
        against = name == "concern_1"
        worth = (_contribution(named[key]) <= -LEAST) if against else (_contribution(named[key]) >= LEAST)
        named = named.left_join(texts, named[key] % (_TERMS * _CELLS) == texts.place)
        named = named.mutate(**{name: ibis.ifelse(worth, named.text, "").fill_null("")}).drop("place", "text")
    return _why_now(card, named, as_of, since)


def _key(scores: ibis.Table, i: int) -> ir.IntegerValue:
    ranked = (scores[f"term_{i}"] * _PLACES).round().cast("int64") + _SHIFT
    return (ranked * _TERMS + i) * _CELLS + scores[f"cell_{i}"]


def _contribution(key: ir.IntegerValue) -> ir.FloatingValue:
    return ((key // (_TERMS * _CELLS)) - _SHIFT) / _PLACES


def _below(key: ir.IntegerValue, bound: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(key < bound, key, 0)


def _largest(keys: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return ibis.greatest(*keys) if len(keys) > 1 else (keys[0] if keys else ibis.literal(0, type="int64"))


def _smallest(keys: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return ibis.least(*keys) if len(keys) > 1 else (keys[0] if keys else ibis.literal(0, type="int64"))


def _texts(card: Card) -> ibis.Table:
    """Every entry of every term's table in words: `place` (term and cell in one integer), `text`."""
    place, text = [], []
    for i, term in enumerate(card["terms"]):
        flat = term["words"]
        if len(term["features"]) == 2:
            flat = [word for row in flat for word in row]
        place += [i * _CELLS + cell for cell in range(len(flat))]
        text += flat
    return ibis.memtable({"place": place, "text": text}, schema={"place": "int64", "text": "string"})


def _signals(card: Card) -> list[tuple[int, Recency]]:
    """The terms that tell of a buying signal and its day."""
    features = {item["name"]: declared(item) for item in card["features"]}
    named = [
        (i, features[term["features"][0]])
        for i, term in enumerate(card["terms"])
        if len(term["features"]) == 1
    ]
    return [(i, feature) for i, feature in named if isinstance(feature, Recency)]


def _news(card: Card, scores: ibis.Table, i: int, days: int) -> ir.IntegerValue:
    """The key of a term if it is a signal of the last `days` that counts for the entity, else 0."""
    feature = dict(_signals(card)).get(i)
    if feature is None:
        return ibis.literal(0, type="int64")
    fresh = (scores[feature.name] <= days) & (scores[f"term_{i}"] >= LEAST)
    return ibis.ifelse(fresh.fill_null(False), _key(scores, i), 0)


def _why_now(card: Card, named: ibis.Table, as_of: int, since: int) -> ibis.Table:
    signals = _signals(card)
    if not signals:
        return named.mutate(why_now=ibis.literal(""))
    term = (named["_new"] // _CELLS) % _TERMS
    label = ibis.cases(*[(term == i, feature.label) for i, feature in signals])
    ago = ibis.cases(*[(term == i, named[feature.name].cast("int64")) for i, feature in signals])
    day = (ibis.literal(calendar_date(as_of)) - ago.as_interval("D")).cast("date").strftime("%Y-%m-%d")
    return named.mutate(why_now=ibis.ifelse(named["_new"] > 0, label + " on " + day, "").fill_null(""))
