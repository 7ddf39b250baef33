"""The plan by source, segment or owner: what is expected of each part, with intervals; the parts add up to the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from pipelines.intake.point_in_time import Export
from pipelines.planning.known_lives import NOT_KNOWN, KnownLives
from pipelines.planning.open_scores import OpenScores, owners
from pipelines.planning.period import Period
from scoring.persons.written import hidden
from scoring.planning.adaptive import Correction
from scoring.planning.draws import SEED, coming_totals, open_totals
from scoring.planning.largest_parts import largest_parts
from scoring.planning.open_groups import grouped
from scoring.planning.outlook import Outlook
from scoring.planning.plan import PlanPart, Split
from scoring.planning.pooling import Floats

By = Literal["source", "segment", "owner"]
#: How many totals are drawn for each part.
DRAWS = 5_000
#: The parts of a split that are listed: smaller ones are together.
MOST_PARTS = 20
OTHERS = "all others"
#: What the mean over all counts for beside a source's own recent arrivals, in expected wins.
PULL = 2.0


def splits(
    by: By,
    export: Export,
    scores: OpenScores,
    known: KnownLives,
    now: Period,
    *,
    recent: int,
    of_wins: Correction,
    of_revenue: Correction,
) -> tuple[Split, ...]:
    """Split a plan.

    Parameters
    ----------
    by : {"source", "segment", "owner"}
    export : Export
    scores : OpenScores
    known : KnownLives
    now : Period
    recent : int
        Day number: of who came since, the parts say what those who still come are like.
    of_wins, of_revenue : Correction

    Raises
    ------
    UsageError
        If the export does not say what is asked for.
    """
    arrivals_by_unit = _of_units(scores, known)
    named: dict[str, np.ndarray] = {"source": arrivals_by_unit}
    if by == "segment":
        named = {name: _unnamed(words) for name, words in scores.segments.items()}
    elif by == "owner":
        named = {"owner": owners(export, scores)}
    arrived = dict(zip(known.unit, known.lives.arrived, strict=True))
    new = np.array([arrived.get(unit, -1) >= recent for unit in _key_of(scores)], dtype=bool)
    return tuple(
        _split(
            name,
            words,
            arrivals_by_unit,
            new,
            scores,
            now,
            lambda wins, revenue, totals: Outlook.of_totals(wins, revenue, totals, of_wins, of_revenue),
        )
        for name, words in named.items()
    )


def _key_of(scores: OpenScores) -> np.ndarray:
    """What each open one is called among the lives: itself, or the company of a lead."""
    if scores.entity == "account":
        return scores.unit
    alone = np.array([f"lead:{unit}" for unit in scores.unit], dtype=object)
    return np.where(scores.account == "", alone, scores.account)


def _of_units(scores: OpenScores, known: KnownLives) -> np.ndarray:
    """The source of each open one."""
    found = known.by_unit.reindex(_key_of(scores)).fillna(NOT_KNOWN)
    return found.to_numpy(dtype=object)


def _split(
    name: str,
    words: np.ndarray,
    arrivals_by_unit: np.ndarray,
    new: np.ndarray,
    scores: OpenScores,
    now: Period,
    outlook: Callable[..., Outlook],
) -> Split:
    """One split, the largest part by revenue first."""
    words = _largest(words, scores.probability * scores.amount)
    values = sorted({*map(str, words), *(now.coming.sources if name == "source" else ())})
    shares = _shares(values, words, arrivals_by_unit, new, scores, now, by_source=name == "source")
    parts, common = [], now.common.first(DRAWS)
    for i, value in enumerate(values):
        own = words == value
        rng = np.random.default_rng([SEED, i])
        groups = grouped(scores.probability[own], scores.amount[own])
        part = now.error.part
        level = np.exp(rng.normal(-(part**2) / 2.0, part, DRAWS))
        total = open_totals(groups, common, now.error, rng, level)
        total = total + coming_totals(now.coming, common, rng, shares[:, i], level)
        wins = float(scores.probability[own].sum() + now.wins @ shares[:, i])
        revenue = float((scores.probability * scores.amount)[own].sum() + now.revenue @ shares[:, i])
        parts.append(PlanPart(value, outlook(wins, revenue, total)))
    return Split(name, tuple(sorted(parts, key=lambda one: (-one.outlook.revenue.expected, one.value))))


def _unnamed(words: np.ndarray) -> np.ndarray:
    """The words without what is somebody's: a model of an earlier release may have such a level."""
    without = {word: hidden(str(word)) for word in set(words)}
    return np.array([without[word] for word in words], dtype=object)


def _largest(words: np.ndarray, money: Floats) -> np.ndarray:
    """The values with the smallest parts as one, where there are too many."""
    names = pd.Series(words.astype(str), dtype=object)
    if names.nunique() <= MOST_PARTS:
        return words
    return largest_parts(names, MOST_PARTS - 1, OTHERS, money).to_numpy(dtype=object)


def _shares(
    values: list[str],
    words: np.ndarray,
    arrivals_by_unit: np.ndarray,
    new: np.ndarray,
    scores: OpenScores,
    now: Period,
    *,
    by_source: bool,
) -> Floats:
    """Of the wins of those who still come, the share of each part by source, (n_sources, n_parts): rows add up to 1.

    A source is its own part. Of segments and owners, those of a source who came lately say it, each by its probability
    of a win, pulled to what all who came lately say.
    """
    sources = now.coming.sources
    if by_source:
        return np.array([[float(value == source) for value in values] for source in sources])
    looked_at = new if (new & (scores.probability > 0)).any() else np.ones(len(new), dtype=bool)
    index = {value: i for i, value in enumerate(values)}
    part = np.array([index[str(word)] for word in words[looked_at]], dtype=np.int64)
    chance = scores.whole[looked_at]
    of_all = np.bincount(part, chance, len(values))
    of_all = of_all / of_all.sum() if of_all.sum() > 0 else np.full(len(values), 1.0 / len(values))
    rows = []
    for source in sources:
        own = arrivals_by_unit[looked_at] == source
        counted = np.bincount(part[own], chance[own], len(values)) + PULL * of_all
        rows.append(counted / counted.sum())
    return np.array(rows)
