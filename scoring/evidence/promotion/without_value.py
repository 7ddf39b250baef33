"""Those for whom an attribute says nothing yet: the wins predicted of them at the cut-offs, against those that came.

An attribute that is filled because of a deal is empty, 0 or "No" for everybody who is still to win. A scorecard that
learned from it expects nothing of them. Either more of them win than it predicted, as the newest wins do whose
attribute is not filled yet, or, where the past has today's values, none of them ever does.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from scoring.evidence.finding import Finding
from scoring.features.spec import Attribute, Feature
from scoring.leaks.rules import LEAST, RARER_OF_WORDS
from scoring.leaks.values import values_of

#: Standard deviations between predicted and actual wins above which the difference is not chance: of sixty attributes
#: one is beyond three of them by chance in every sixth comparison.
BEYOND_CHANCE = 4.0
#: How far predicted over actual wins of them may be from 1, as a factor, even if that is beyond chance.
WORST_RATIO = 2.0


@dataclass(frozen=True)
class WithoutValue:
    """The units of a cut-off for whom an attribute is empty, or a word for nothing, beside the others.

    Attributes
    ----------
    attribute : str
        The name of the feature.
    word : str
        The commonest word for nothing, such as 0; empty if there are only empty cells.
    units, others : int
        How many there are, and of the others.
    predicted, predicted_of_others : float
        The wins predicted of them.
    variance : float
        Of the number of wins of those without a value, if the predictions are right.
    wins, wins_of_others : int
        The wins that came.
    """

    attribute: str
    word: str
    units: int
    others: int
    predicted: float
    predicted_of_others: float
    variance: float
    wins: int
    wins_of_others: int

    @classmethod
    def of(cls, name: str, column: pd.Series, probability: np.ndarray, won: np.ndarray) -> Self | None:
        """The counts of one attribute at one cut-off; None where nobody, or everybody, is without a value.

        Parameters
        ----------
        name : str
        column : Series of shape (n_units,)
            Its values at the cut-off.
        probability : ndarray of shape (n_units,)
            The forecasts.
        won : ndarray of bool, shape (n_units,)
            The outcomes.
        """
        values = values_of(column)
        nothing = values.empty | values.coded
        if not 0 < nothing.sum() < len(nothing):
            return None
        return cls(
            attribute=name,
            word=values.word,
            units=int(nothing.sum()),
            others=int((~nothing).sum()),
            predicted=float(probability[nothing].sum()),
            predicted_of_others=float(probability[~nothing].sum()),
            variance=float((probability * (1 - probability))[nothing].sum()),
            wins=int(won[nothing].sum()),
            wins_of_others=int(won[~nothing].sum()),
        )

    def plus(self, other: "WithoutValue") -> "WithoutValue":
        """The sum of two cut-offs."""
        mine, its = asdict(self), asdict(other)
        sums = {name: mine[name] + its[name] for name in mine if name not in ("attribute", "word")}
        return WithoutValue(self.attribute, self.word or other.word, **sums)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        own = dict(content)
        return cls(wins=own.pop("came"), wins_of_others=own.pop("came_of_others"), **own)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        own = asdict(self)
        wins, wins_of_others = own.pop("wins"), own.pop("wins_of_others")
        return {**own, "came": wins, "came_of_others": wins_of_others}


def at_cut_off(
    features: Sequence[Feature], frame: pd.DataFrame, probability: np.ndarray, won: np.ndarray
) -> list[WithoutValue]:
    """The counts of every attribute that a scorecard reads, at one cut-off.

    Parameters
    ----------
    features : sequence of Feature
        Those of the scorecard.
    frame : DataFrame of n rows
        Their values for those who are open.
    probability, won : ndarray of shape (n,)
        The forecasts, and the outcomes.
    """
    found = (
        WithoutValue.of(f.name, frame[f.name], probability, won.astype(bool))
        for f in features
        if isinstance(f, Attribute) and f.name in frame
    )
    return [counts for counts in found if counts is not None]


def summed(cut_offs: Iterable[Sequence[WithoutValue]]) -> list[WithoutValue]:
    """The counts of each attribute over all cut-offs."""
    total: dict[str, WithoutValue] = {}
    for cut_off in cut_offs:
        for counts in cut_off:
            known = total.get(counts.attribute)
            total[counts.attribute] = counts if known is None else known.plus(counts)
    return list(total.values())


def says_nothing_yet(
    counted: Sequence[WithoutValue], things: str, cut_offs: int, trusted: frozenset[str]
) -> list[Finding]:
    """Whether those without a value of an attribute win as often as predicted, and whether any of them wins at all.

    Parameters
    ----------
    counted : sequence of WithoutValue
        Over all cut-offs.
    things : str
        `accounts` or `leads`.
    cut_offs : int
        How many: their horizons overlap, so that a win may count at each.
    trusted : frozenset of str
        Attributes that are used in spite of a suspicion: what is found of them is said, and refuses nothing.

    Returns
    -------
    list of Finding
        One for each attribute that is out of bounds or trusted, and else one for the attribute that is closest to it.
    """
    ranked = [_ranked_finding(counts, things, cut_offs) for counts in counted]
    findings = [
        finding._replace(kept=True) if counts.attribute in trusted else finding
        for counts, (_, finding) in zip(counted, ranked, strict=True)
        if not finding.kept or counts.attribute in trusted
    ]
    if findings or not ranked:
        return findings
    return [max(ranked, key=lambda one: one[0])[1]]


def _ranked_finding(counts: WithoutValue, things: str, cut_offs: int) -> tuple[float, Finding]:
    """How many standard deviations the wins are from those predicted, and the finding."""
    everybody = counts.predicted + counts.predicted_of_others
    wins = counts.wins + counts.wins_of_others
    # The level is checked elsewhere: here the predictions are set to the wins of all.
    level = wins / everybody if everybody > 0 else 1.0
    predicted = counts.predicted * level
    noise = math.sqrt(max(counts.variance * level, counts.predicted * level, 0.25) * cut_offs)
    distance = abs(counts.wins - predicted) / noise
    ratio = (predicted + 0.5) / (counts.wins + 0.5)
    wrong = distance >= BEYOND_CHANCE and not 1 / WORST_RATIO <= ratio <= WORST_RATIO
    like_others = counts.units * counts.wins_of_others / counts.others
    never = like_others >= 2 * LEAST * cut_offs and counts.wins <= RARER_OF_WORDS * like_others
    nothing = f"empty or {counts.word}" if counts.word else "empty"
    sentence = (
        f"of the {counts.units:,} {things} where {counts.attribute} is {nothing}, {predicted:.1f} wins were predicted "
        f"and {counts.wins:,} came"
    )
    if never:
        sentence += f", where {like_others:.0f} would have come as of the others: a deal may have filled it"
    figures = {
        f"without_{counts.attribute}_predicted": round(predicted, 3),
        f"without_{counts.attribute}_wins": float(counts.wins),
    }
    return distance, Finding(not (wrong or never), sentence, figures)
