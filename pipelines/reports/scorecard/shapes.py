"""What a scorecard learned, feature by feature, in the form in which a page or a notebook draws it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import Any

from pipelines.reports.drawing.numbers import short
from pipelines.reports.drawing.shape import CategoryShape, Extreme, LevelOdds, NumberShape, PairShape
from scoring.features.spec import Feature
from scoring.scorecard.parts import Category, Encoding, Entries, Numeric, Term
from scoring.scorecard.reasons import is_stable, phrase
from scoring.scorecard.scorecard import Scorecard

#: Levels of a category that are shown; the page says how many are not.
MOST_LEVELS = 10
#: Words below an axis of bins.
MOST_TICKS = 4


def shapes(scorecard: Scorecard) -> list[NumberShape | CategoryShape]:
    """Every term of a scorecard, the most important first.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.

    Returns
    -------
    list of NumberShape, CategoryShape or PairShape
    """
    features = scorecard.by_name
    found: list[NumberShape | CategoryShape] = [
        _pair(term, scorecard, features) if term.is_pair else _alone(term, scorecard, features)
        for term in scorecard.terms
    ]
    return sorted(found, key=lambda shape: (-shape.importance, shape.name))


def _alone(term: Term, scorecard: Scorecard, features: Mapping[str, Feature]) -> NumberShape | CategoryShape:
    name = term.features[0]
    encoding, counts, values = scorecard.encodings[name], term.counts, term.values
    feature = features.get(name)
    words = [_bare(feature, encoding, code, name) for code in range(len(values))]
    label, importance = feature.label if feature else name, _importance(values, counts)
    known = None if not counts or not sum(counts) else 1.0 - counts[0] / sum(counts)
    if isinstance(encoding, Category):
        levels = _levels(words, term)
        return CategoryShape(
            name=name,
            label=label,
            side=term.side,
            importance=importance,
            known=known,
            levels=levels[:MOST_LEVELS],
            more=max(len(levels) - MOST_LEVELS, 0),
        )
    return NumberShape(
        name=name,
        label=label,
        side=term.side,
        importance=importance,
        known=known,
        values=list(values),
        counts=list(counts) if counts else counts,
        steady=[is_stable(term, code) for code in range(len(values))],
        missing=words[0],
        ticks=_ticks(encoding.edges, "days" if feature is not None and feature.kind == "days" else ""),
        peak=_extreme(words, values, counts, max),
        pit=_extreme(words, values, counts, min),
    )


def _importance(values: Sequence[float], counts: Sequence[int] | None) -> float:
    weights = counts if counts and sum(counts) else [1] * len(values)
    return sum(w * abs(x) for w, x in zip(weights, values, strict=True)) / sum(weights)


def _levels(words: list[str], term: Term) -> list[LevelOdds]:
    """The levels that anybody has: the most common ones, as many as are shown, by their odds; then the rest."""
    counts = term.counts
    total = sum(counts) if counts else 0
    levels = [
        _level(words[code], value, counts[code] if counts else None, total, is_stable(term, code))
        for code, value in enumerate(term.values)
        if (counts[code] if counts else code >= 2)
    ]
    if total:
        levels.sort(key=lambda level: -(level.count or 0))
    kept, rest = levels[:MOST_LEVELS], levels[MOST_LEVELS:]
    return sorted(kept, key=lambda level: -level.value) + rest


def _level(words: str, value: float, count: int | None, total: int, steady: bool) -> LevelOdds:
    share = count / total if total and count is not None else None
    return LevelOdds(words, value, exp(value), count, share, steady)


def _extreme(words: list[str], values: Sequence[float], counts: Sequence[int] | None, which: Any) -> Extreme:
    """The cell that raises or lowers the odds most, among those that hold anybody."""
    there = [code for code in range(len(values)) if not counts or counts[code]] or [0]
    code = which(there, key=lambda code: values[code])
    return Extreme(words[code], exp(values[code]))


def _pair(term: Term, scorecard: Scorecard, features: Mapping[str, Feature]) -> PairShape:
    """A pair's strongest entries as levels; neighbouring bins of a number that say the same are one."""
    labels = [features[name].label if name in features else name for name in term.features]
    runs = [_runs(name, axis, term.values, scorecard, features) for axis, name in enumerate(term.features)]
    counts = term.counts
    total = sum(map(sum, counts)) if counts else 0
    cells = []
    for (top, bottom), first in runs[0]:
        for (left, right), second in runs[1]:
            value = term.values[top][left]
            count = sum(sum(row[left:right]) for row in counts[top:bottom]) if counts else None
            if count is None or count:
                steady = is_stable(term, top, left)
                cells.append(_level(f"{first}, {second}", value, count, total, steady))
    strongest = sorted(cells, key=lambda cell: -abs(cell.value) * (cell.count or 1))[:MOST_LEVELS]
    return PairShape(
        name=" and ".join(term.features),
        label=" and ".join([labels[0], *(label[:1].lower() + label[1:] for label in labels[1:])]),
        side=term.side,
        importance=_importance(term.flat(term.values), term.flat(counts) if counts else None),
        levels=sorted(strongest, key=lambda cell: -cell.value),
        more=len(cells) - len(strongest),
    )


def _runs(
    name: str, axis: int, values: Entries, scorecard: Scorecard, features: Mapping[str, Feature]
) -> list[tuple[tuple[int, int], str]]:
    """The codes of one side as ((first, after the last), words): equal neighbours together, where they are bins."""
    table = values if axis == 0 else tuple(zip(*values, strict=True))
    encoding, feature = scorecard.encodings[name], features.get(name)
    starts = [
        code
        for code in range(len(table))
        if code <= 1 or isinstance(encoding, Category) or table[code] != table[code - 1]
    ]
    runs = list(pairwise([*starts, len(table)]))
    return [(run, _bare(feature, *_spanning(encoding, *run), name)) for run in runs]


def _spanning(encoding: Encoding, first: int, after: int) -> tuple[Encoding, int]:
    """An encoding and its code that stand for the bins from `first` to before `after` of a number."""
    if isinstance(encoding, Category) or first == 0:
        return encoding, first
    edges = encoding.edges
    low, high = edges[first - 2 : first - 1] if first > 1 else (), edges[after - 2 : after - 1]
    return Numeric((*low, *high)), 1 + len(low)


def _bare(feature: Feature | None, encoding: Encoding, code: int, name: str) -> str:
    """A code in words, without the feature's label: `never`, `8 to 10 days ago`, `Software`."""
    if feature is None:
        return "not known" if code == 0 else f"{name} {code}"
    words = phrase(feature, encoding, code)
    for label in (feature.label, feature.label.removesuffix(" for")):
        if words.startswith(label):
            return words.removeprefix(label).removeprefix(":").strip() or words
    return words


def _ticks(edges: Sequence[float], unit: str) -> list[tuple[int, str]]:
    """A few edges as (bins before it, words), spread evenly; not those that would read alike; the last has a unit."""
    if not edges:
        return []
    wanted = min(MOST_TICKS, len(edges))
    positions = sorted({round((i + 0.5) * len(edges) / wanted - 0.5) for i in range(wanted)})
    found = [(position + 1, short(edges[position])) for position in positions]
    kept = [found[0], *(b for a, b in pairwise(found) if a[1] != b[1])]
    return [*kept[:-1], (kept[-1][0], f"{kept[-1][1]} {unit}".strip())]
