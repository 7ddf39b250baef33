"""What a night's scores were made of, in a few figures: what one night is told from the next by."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.evidence.drift import learned_on
from scoring.lookup import MISSING, UNSEEN

Card = Mapping[str, Any]
#: Upper edges of all but the last bin of `win_probability`, as multiples of the scorecard's base rate.
MULTIPLES = (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)
#: Bins of `fit_score` and `intent_score`, of ten points each.
TENTHS = 10
#: Rounding of a percentile: a crowd that stands at 40 must not fall into the bin below it.
ROUNDING = 1e-3


def facts(card: Card, scored: ibis.Table) -> dict[str, Any]:
    """The figures of one night's scores of one entity, in one aggregate query.

    Parameters
    ----------
    card : mapping
        The scorecard that made them.
    scored : Table
        What `scorecard.scored` returns: `code_<i>` of the i-th encoding, `win_probability`, `fit_score`,
        `intent_score`.

    Returns
    -------
    dict
        As JSON holds it: `rows`; `missing`, by feature the share of rows without a value; `unknown`, by feature
        with levels the share of the values present that the scorecard has no level for; `bins`, the rows by bin of
        `win_probability` (edges at `MULTIPLES` of the base rate), `fit_score` and `intent_score` (tenths);
        `mean_probability` (None without rows); and `reference`, the same of those that the scorecard was
        centred on (`reference`).
    """
    names = list(card["encodings"])
    codes = {name: scored[f"code_{i}"] for i, name in enumerate(names)}
    asked: dict[str, ir.Value] = {"rows": scored.count(), "mean_probability": scored.win_probability.mean()}
    asked |= {f"missing_{i}": (codes[name] == MISSING).sum() for i, name in enumerate(names)}
    asked |= {f"unknown_{i}": (codes[name] == UNSEEN).sum() for i, name in enumerate(names) if _levels(card, name)}
    places = {
        "win_probability": _place(scored.win_probability, [m * float(card["base_rate"]) for m in MULTIPLES]),
        "fit_score": _place(scored.fit_score + ROUNDING, _TENTHS),
        "intent_score": _place(scored.intent_score + ROUNDING, _TENTHS),
    }
    sizes = {"win_probability": len(MULTIPLES) + 1, "fit_score": TENTHS, "intent_score": TENTHS}
    asked |= {f"{name}_{b}": (place == b).sum() for name, place in places.items() for b in range(sizes[name])}
    found = {key: value or 0 for key, value in scored.aggregate(**asked).to_pyarrow().to_pylist()[0].items()}
    rows = int(found["rows"])
    present = {name: rows - int(found[f"missing_{i}"]) for i, name in enumerate(names)}
    return {
        "rows": rows,
        "missing": {name: _share(rows - present[name], rows) for name in names},
        "unknown": {
            name: _share(int(found[f"unknown_{i}"]), present[name])
            for i, name in enumerate(names)
            if _levels(card, name)
        },
        "bins": {name: [int(found[f"{name}_{b}"]) for b in range(size)] for name, size in sizes.items()},
        "mean_probability": float(found["mean_probability"]) if rows else None,
        "reference": reference(card),
    }


def reference(card: Card) -> dict[str, Any]:
    """The same figures of those that were open when the scorecard was trained, as far as it holds them.

    Returns
    -------
    dict
        `rows`, `missing`, `unknown`, and `bins` of `fit_score` and `intent_score`; empty for a scorecard that does
        not say whom it was centred on (the `counts` of its terms).
    """
    by_feature = learned_on(card)
    rows = int(max((sum(counts) for counts in by_feature.values()), default=0))
    if not rows:
        return {}
    return {
        "rows": rows,
        "missing": {name: _share(counts[MISSING], rows) for name, counts in by_feature.items()},
        "unknown": {
            name: _share(counts[UNSEEN], rows - counts[MISSING])
            for name, counts in by_feature.items()
            if _levels(card, name)
        },
        "bins": {f"{side}_score": _tenths(card["reference"][side], rows) for side in ("fit", "intent")},
    }


_TENTHS = [100.0 / TENTHS * b for b in range(1, TENTHS)]


def _place(value: ir.Value, edges: Sequence[float]) -> ir.IntegerValue:
    """How many edges are at or below the value: 0 for the first bin."""
    return sum(((value >= edge).cast("int8") for edge in edges), ibis.literal(0, type="int8"))


def _tenths(percentiles: Sequence[float], rows: int) -> list[float]:
    """The reference population by tenth of its score: each of its hundred parts, half for either of its ends.

    A crowd of equals stands at its lowest place, so a part between two crowds, where nobody is, goes to these.
    """
    counts = [0.0] * TENTHS
    for part in range(100):
        for end in (percentiles[part], percentiles[part + 1]):
            place = percentiles.index(end) if percentiles.count(end) > 1 else part
            counts[place * TENTHS // 100] += rows / 200
    return [round(count, 6) for count in counts]


def _levels(card: Card, name: str) -> bool:
    return bool(card["encodings"][name]["kind"] == "category")


def _share(count: float, of: float) -> float:
    """A share to nine decimals: the same however many threads added it up."""
    share = count / of if of else 0.0
    return round(share, 9) if isfinite(share) else 0.0
