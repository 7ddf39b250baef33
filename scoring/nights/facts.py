"""What a night's scores were made of, in a few figures, by which nights are compared."""

from collections.abc import Iterator, Sequence
from math import isfinite

import numpy as np

from scoring.evidence.monitoring.drift import learned_on
from scoring.nights.parts import PopulationFacts, ScoreFacts
from scoring.nights.totals import ExpectedTotal, NightTotals
from scoring.scorecard.arrays import ScoreArrays
from scoring.scorecard.forecast_error import ForecastError
from scoring.scorecard.lookup import MISSING, UNSEEN
from scoring.scorecard.parts import Category
from scoring.scorecard.scorecard import Scorecard

#: Upper edges of all but the last bin of `win_probability`, as multiples of the scorecard's base rate.
MULTIPLES = (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)
#: Bins of `fit_score` and `intent_score`, of ten points each.
TENTHS = 10
#: Rounding of a percentile: many equal values at 40 must not fall into the bin below.
ROUNDING = 1e-3
#: Segments are the levels of fit features with at most so many of them, of the first few such features.
MOST_LEVELS, MOST_FEATURES = 12, 4
#: Decimals of wins and of revenue: then sums do not depend on the order of the rows.
DECIMALS = (3, 1)


def facts(scorecard: Scorecard, read: ScoreArrays) -> ScoreFacts:
    """The figures of one night's scores of one entity.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard that made them.
    read : ScoreArrays
        What `score_arrays` returned.

    Returns
    -------
    ScoreFacts
        Its `bins` are those of `win_probability` (edges at `MULTIPLES` of the base rate), `fit_score` and
        `intent_score` (tenths); its `reference` is what `reference` gives.
    """
    rows = read.scores.num_rows
    counts = {
        name: np.bincount(codes, minlength=2) for name, codes in zip(scorecard.encodings, read.codes, strict=True)
    }
    edges = {
        "win_probability": [multiple * float(scorecard.base_rate) for multiple in MULTIPLES],
        "fit_score": [tenth - ROUNDING for tenth in _TENTHS],
        "intent_score": [tenth - ROUNDING for tenth in _TENTHS],
    }
    scores = {name: read.scores[name].to_numpy() for name in edges}
    positions = {name: np.searchsorted(ends, scores[name], side="right") for name, ends in edges.items()}
    sizes = {name: len(ends) + 1 for name, ends in edges.items()}
    return ScoreFacts(
        rows=rows,
        missing={name: _share(int(count[MISSING]), rows) for name, count in counts.items()},
        unknown={
            name: _share(int(count[UNSEEN]), rows - int(count[MISSING]))
            for name, count in counts.items()
            if _levels(scorecard, name)
        },
        bins={name: np.bincount(bins, minlength=sizes[name]).tolist() for name, bins in positions.items()},
        mean_probability=float(scores["win_probability"].mean()) if rows else None,
        reference=reference(scorecard),
        totals=night_totals(scorecard, read),
    )


def reference(scorecard: Scorecard) -> PopulationFacts | None:
    """The same figures of the entities that were open when the scorecard was trained, as far as it has them.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.

    Returns
    -------
    PopulationFacts or None
        With the `bins` of `fit_score` and `intent_score` only; None for a scorecard whose
        terms have no `counts`.
    """
    by_feature = learned_on(scorecard)
    rows = int(max((sum(counts) for counts in by_feature.values()), default=0))
    if not rows:
        return None
    return PopulationFacts(
        rows=rows,
        missing={name: _share(counts[MISSING], rows) for name, counts in by_feature.items()},
        unknown={
            name: _share(counts[UNSEEN], rows - counts[MISSING])
            for name, counts in by_feature.items()
            if _levels(scorecard, name)
        },
        bins={
            "fit_score": _tenths(scorecard.reference.fit, rows),
            "intent_score": _tenths(scorecard.reference.intent, rows),
        },
    )


_TENTHS = [100.0 / TENTHS * b for b in range(1, TENTHS)]


def _tenths(percentiles: Sequence[float], rows: int) -> list[float]:
    """The reference population by tenth of its score: each of its hundred parts counts half at either end.

    Equal values all have the lowest percentile of theirs. So a part between two such values, where nobody is, is
    counted at both of them.
    """
    counts = [0.0] * TENTHS
    for part in range(100):
        for end in (percentiles[part], percentiles[part + 1]):
            percentile = percentiles.index(end) if percentiles.count(end) > 1 else part
            counts[percentile * TENTHS // 100] += rows / 200
    return [round(count, 6) for count in counts]


def _levels(scorecard: Scorecard, name: str) -> bool:
    return isinstance(scorecard.encodings[name], Category)


def _share(count: float, of: float) -> float:
    """A share to nine decimals: then it does not depend on the number of threads that summed it."""
    share = count / of if of else 0.0
    return round(share, 9) if isfinite(share) else 0.0


def night_totals(scorecard: Scorecard, read: ScoreArrays) -> NightTotals | None:
    """What a night's scores of one entity add up to.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard that made them.
    read : ScoreArrays
        What `score_arrays` returned.

    Returns
    -------
    NightTotals or None
        None for a scorecard of an earlier release, which does not say how far its totals may be off.
    """
    error = scorecard.forecast_error
    if error is None:
        return None
    p, amount = (read.scores[name].to_numpy() for name in ("win_probability", "expected_amount"))
    everybody = np.ones(len(p), dtype=bool)
    return NightTotals(
        _total(error, p, amount, everybody, part=False),
        {
            feature: {value: _total(error, p, amount, rows, part=True) for value, rows in values}
            for feature, values in _parts(scorecard, read)
        },
    )


def _parts(scorecard: Scorecard, read: ScoreArrays) -> Iterator[tuple[str, list[tuple[str, np.ndarray]]]]:
    """The grades, and the levels of a few features: each with the rows that it holds."""
    grades = read.scores["grade"].dictionary_encode().combine_chunks()  # from other engines they are plain texts
    by_name = sorted((name, code) for code, name in enumerate(grades.dictionary.to_pylist()))
    of_row = grades.indices.to_numpy()
    yield "grade", [(name, rows) for name, code in by_name if (rows := of_row == code).any()]
    sides, shown = {feature.name: feature.side for feature in scorecard.features}, 0
    for (name, found), codes in zip(scorecard.encodings.items(), read.codes, strict=True):
        if not isinstance(found, Category) or sides.get(name) != "fit" or not 2 <= len(found.levels) <= MOST_LEVELS:
            continue
        by_word: dict[str, np.ndarray] = {}  # a level may itself be called "other"
        for code, word in enumerate(("not known", "other", *found.levels)):
            if (rows := codes == code).any():
                by_word[word] = by_word[word] | rows if word in by_word else rows
        yield name, list(by_word.items())
        shown += 1
        if shown == MOST_FEATURES:
            return


def _total(error: ForecastError, p: np.ndarray, amount: np.ndarray, rows: np.ndarray, *, part: bool) -> ExpectedTotal:
    chances = p[rows]
    wins, revenue = error.wins(chances, part=part), error.revenue(chances, amount[rows], part=part)
    return ExpectedTotal(wins.interval(whole=True).rounded(DECIMALS[0]), revenue.interval().rounded(DECIMALS[1]))
