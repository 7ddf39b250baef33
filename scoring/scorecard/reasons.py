"""Reasons: what an entry of a scorecard's table says in words, and how reasons are ranked.

`reason_expressions` chooses the reasons of each row on any engine, `reason_arrays` in this process.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.features.spec import (
    Bought,
    Breadth,
    Deal,
    DealPlan,
    Feature,
    Group,
    LastBought,
    Momentum,
    Recency,
    Regularity,
    is_count,
)
from scoring.scorecard.parts import Category, Encoding, Entries, Term

REASONS = ("reason_1", "reason_2", "reason_3")
#: Contributions below this, in log-odds, change a probability by less than a fortieth of itself: no reason.
LEAST = 0.025
#: An entry of a table is given as a reason if at least this share of the resamples would give it too. Two in three of
#: what features of pure noise say fall below, and one in five of the third reasons (6,000 simulated accounts).
LEAST_STABLE = 0.75

#: A contribution, its term and its cell are packed into one integer, the *key*: the largest contribution is then one
#: `greatest` on any engine. ``key = ((contribution * MILLIONTHS + SHIFT) * TERMS + term) * CELLS + cell``.
MILLIONTHS, SHIFT = 1_000_000, 1_000_000_000
TERMS, CELLS = 1_024, 1_048_576
#: The key of a contribution of nothing: above it speaks for, below it against.
NO_REASON = SHIFT * TERMS * CELLS


def phrase(feature: Feature, encoding: Encoding, code: int) -> str:
    """A feature at one of its codes, in words: `Pricing view 8 to 10 days ago`, `Industry: Software`.

    Days and counts are whole, so that their spans name the last one inside; a measured number's span ends
    below its second figure.
    """
    label, days = feature.label, feature.kind == "days"
    event = isinstance(feature, Recency | LastBought) or (isinstance(feature, Deal) and feature.of == "lost_days")
    if code == 0:
        absent = "never" if event else "none" if isinstance(feature, Deal | DealPlan | Bought) else "not known"
        return f"{label.removesuffix(' for')}: {absent}"
    if isinstance(encoding, Category):
        return f"{label}: {'other' if code == 1 else _level(encoding.levels[code - 2])}"
    low, high = [-math.inf, *encoding.edges, math.inf][code - 1 : code + 1]
    if (low, high) == (-math.inf, math.inf):
        return f"{label.removesuffix(' for')}: known"
    if days and event and low == -math.inf:
        return f"{label} in the last {'day' if high <= 2 else f'{high - 1:.0f} days'}"
    if days:
        return f"{label} {_whole(low, high)} days{' ago' if event else ''}"
    if isinstance(feature, Momentum):
        return f"{label}: {_against_usual(low, high)}"
    return f"{label}: {_whole(low, high) if _is_count(feature) else _measured(low, high)}"


def _is_count(feature: Feature) -> bool:
    slips = isinstance(feature, DealPlan) and feature.of == "slips"
    return is_count(feature) or isinstance(feature, Group | Breadth | Regularity) or slips


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


def words_of_term(features: Sequence[Feature], encodings: Mapping[str, Encoding]) -> Entries:
    """The words for every entry of a term's table."""
    sizes = [encodings[feature.name].size for feature in features]
    first = tuple(phrase(features[0], encodings[features[0].name], code) for code in range(sizes[0]))
    if len(features) == 1:
        return first
    second = [phrase(features[1], encodings[features[1].name], code) for code in range(sizes[1])]
    return tuple(tuple(f"{a} and {b}" for b in second) for a in first)


def is_stable(term: Term, *codes: int) -> bool:
    """Whether a term's entry at these codes survives resampling; in a scorecard that does not say, every entry does."""
    if term.stable is None:
        return True
    share: Any = term.stable
    for code in codes:
        share = share[code]
    return bool(share >= LEAST_STABLE)


def unstable_cells(term: Term) -> list[int]:
    """The cells of a term's flattened table whose contribution is large enough for a reason, but not stable."""
    if term.stable is None:
        return []
    entries = zip(term.flat(term.values), term.flat(term.stable), strict=True)
    return [cell for cell, (value, share) in enumerate(entries) if abs(value) >= LEAST and share < LEAST_STABLE]


def contribution(key: Any) -> Any:
    """The contribution in a key, in log-odds: of an expression or an array."""
    return ((key // (TERMS * CELLS)) - SHIFT) / MILLIONTHS
