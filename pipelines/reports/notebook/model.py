"""A scorecard in Python, for a notebook: its shapes, its scores, and the breakdown of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from math import exp
from typing import cast

import pandas as pd

from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export, scorecard_features
from pipelines.reports.drawing.shape import CategoryShape, NumberShape
from pipelines.reports.notebook.picture import Picture, of_shape
from pipelines.reports.scorecard.shapes import shapes
from pipelines.serving.explain import printed
from pipelines.serving.score_breakdown import ScoreBreakdown, score_breakdown
from pipelines.serving.scoring_arrays import score_table
from pipelines.training.fitting import FittedScorecard
from scoring.entity import ID_COLUMN, plural
from scoring.scorecard.reasons import is_stable
from scoring.scorecard.scorecard import Scorecard


@dataclass(frozen=True)
class FeatureShape:
    """What was learned of one feature (or a pair): shown as a picture in a notebook, and as a table elsewhere.

    Attributes
    ----------
    name : str
    table : DataFrame
        `words`, `log_odds` and `odds` against the average, `count` and `share` of the open entities there, and
        `stable`: whether it survives resampling.
    picture : Picture
    """

    name: str
    table: pd.DataFrame = field(repr=False)
    picture: Picture = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.picture.svg

    def __repr__(self) -> str:
        return f"{self.picture.about}\n\n{self.table.to_string(index=False, float_format='%.3f')}"


@dataclass(frozen=True)
class Explained:
    """The breakdown of one entity's score."""

    score_breakdown: ScoreBreakdown = field(repr=False)

    def __repr__(self) -> str:
        return printed(self.score_breakdown, "not registered")


@dataclass(frozen=True)
class StudyScorecard:
    """A scorecard with what it was learned from.

    Attributes
    ----------
    fitted : FittedScorecard
        With the `frame` of all snapshots, their features and outcomes.
    export : Export
        What it was learned from.
    notes : tuple of str
        The messages of the training.
    """

    fitted: FittedScorecard = field(repr=False)
    export: Export = field(repr=False)
    notes: tuple[str, ...] = field(repr=False, default=())

    @property
    def scorecard(self) -> Scorecard:
        """The scorecard."""
        return self.fitted.scorecard

    @cached_property
    def terms(self) -> pd.DataFrame:
        """Every term, the most important first: `label`, `side`, `importance` (mean absolute log-odds), extremes.

        The index is the name that `shape` takes; `lowest` and `highest` are odds against the average.
        """
        values = {" and ".join(term.features): term.flat(term.values) for term in self.scorecard.terms}
        odds = {name: [round(float(e), 3) for e in _odds(values[name])] for name in values}
        found = [
            {
                "name": shape.name,
                "label": shape.label,
                "side": shape.side,
                "importance": round(shape.importance, 3),
                "lowest": min(odds[shape.name]),
                "highest": max(odds[shape.name]),
            }
            for shape in self._shapes
            if shape.name in odds
        ]
        return pd.DataFrame(found).set_index("name")

    @cached_property
    def _shapes(self) -> list[NumberShape | CategoryShape]:
        return shapes(self.scorecard)

    def shape(self, name: str) -> FeatureShape:
        """What was learned of a feature, or of a pair.

        Parameters
        ----------
        name : str
            The feature, or `first and second` for a pair.

        Raises
        ------
        UsageError
            If nothing was learned of it; the message says whether it was offered at all.
        """
        term = next((term for term in self.scorecard.terms if " and ".join(term.features) == name), None)
        if term is None:
            offered = name in [feature.name for feature in self.fitted.features]
            others = f"there are {', '.join(self.terms.index)}"
            why = "it was offered, but tells nothing about wins" if offered else others
            raise UsageError(f"nothing was learned of {name!r}: {why}")
        codes = [[code] for code in range(len(term.values))]
        if term.is_pair:
            codes = [[a, b] for a, row in enumerate(term.values) for b in range(len(row))]
        counts = term.flat(term.counts or ())
        table = pd.DataFrame(
            {
                "words": term.flat(term.words or ()),
                "log_odds": term.flat(term.values),
                "odds": _odds(term.flat(term.values)),
                "count": counts,
                "share": [count / (sum(counts) or 1) for count in counts],
                "stable": [is_stable(term, *code) for code in codes],
            }
        )
        drawn = next(shape for shape in self._shapes if shape.name == name)
        return FeatureShape(name, table, of_shape(drawn))

    def scores(self) -> pd.DataFrame:
        """Everything open, scored as `closedwon score` does, best first; the index is the CRM's own id."""
        day = self.export.day
        table = score_table(
            self.scorecard,
            "study",
            self.export,
            since=day - 7,
            scored_at=datetime.now(UTC).replace(tzinfo=None),
            say=_silent,
        )
        frame = cast(pd.DataFrame, table.to_pandas()).sort_values("rank", ignore_index=True)
        plain = frame.drop(columns=["as_of", "scored_at", "model_version"], errors="ignore")
        return plain.set_index(ID_COLUMN[self.scorecard.entity])

    def explain(self, identifier: str) -> Explained:
        """The breakdown of the score of one open entity.

        Raises
        ------
        UsageError
            If none with this id is open.
        """
        features, facts, _ = scorecard_features(self.scorecard, self.export)
        found = score_breakdown(self.scorecard, features, facts, self.export, identifier)
        if found is None:
            raise UsageError(
                f"{identifier} is not among the open {plural(self.scorecard.entity)} as of {self.export.as_of}"
            )
        return Explained(found)

    def __repr__(self) -> str:
        scorecard = self.scorecard
        lines = [
            f"Scorecard of {plural(scorecard.entity)} as of {scorecard.as_of}: {scorecard.wins} wins, "
            f"{scorecard.model}, {len(scorecard.terms)} terms, "
            f"base rate {scorecard.base_rate:.2%} in {scorecard.horizon_days} days, "
            f"held-out skill {self.fitted.metrics['held_out_skill']:.1%}"
        ]
        lines += [f"held back: {item.attribute}, {item.reason}" for item in scorecard.quarantined]
        lines += [f"trusted and used: {item.attribute}, although {item.reason}" for item in scorecard.trusted]
        return "\n".join(lines)


def _odds(values: Sequence[float]) -> list[float]:
    return [exp(value) for value in values]


def _silent(text: str) -> None:
    """Say nothing: a notebook shows results."""
