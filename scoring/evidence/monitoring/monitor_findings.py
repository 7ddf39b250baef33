"""The findings of `closedwon monitor` for one entity: past scores in hindsight, and what has changed since training.

`hindsight` and `drift` make their parts, `pipelines.evaluation.monitor` puts them together. Money is in the currency
of the amounts; shares, rates and probabilities are from 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.entity import Entity
from scoring.evidence.comparison_result import Measure
from scoring.evidence.finding import Finding
from scoring.evidence.measures.totals import StatedTotals
from scoring.evidence.plain import KEY, OMIT_NONE, to_plain


@dataclass(frozen=True)
class Outcome:
    """Expected against actual of some scores.

    Attributes
    ----------
    rows, units, wins : int
        Scores, different accounts or leads among them, and scores that were won by now.
    expected_wins, revenue, expected_revenue : float
        The revenue is what was booked by now.
    predicted, actual, low, high : float
        Mean probability and win rate by now, and the 95 % interval of the rate.
    ratio, revenue_ratio : Measure
        Expected over actual wins, and over booked revenue.
    """

    rows: int
    units: int
    wins: int
    expected_wins: float
    revenue: float
    expected_revenue: float
    predicted: float
    actual: float
    low: float
    high: float
    ratio: Measure
    revenue_ratio: Measure


@dataclass(frozen=True)
class PastNight:
    """A night whose scores are looked back at: its name, its model version, and how many days of its horizon are over.

    `as_of` is an ISO date.
    """

    night: str
    version: str
    as_of: str
    elapsed_days: int
    horizon_days: int


@dataclass(frozen=True)
class CapturedByBest:
    """The share of scores that were among the best of their night, and what these brought of all revenue and wins."""

    share: float
    revenue: Measure
    wins: Measure


@dataclass(frozen=True)
class OutcomesByGroup:
    """The outcomes of past scores: in all, by night, by model version and by grade.

    Attributes
    ----------
    total : Outcome
    winners : int
        How many accounts won.
    nights, versions, grades : mapping of str to Outcome
        In order, by the name of the night, the version and the grade.
    captured : CapturedByBest
    stated : StatedTotals or None
        What the scorecards stated of the totals by now, of each night and grade; None where a scorecard of an earlier
        release did not.
    """

    total: Outcome
    winners: int
    nights: Mapping[str, Outcome]
    versions: Mapping[str, Outcome]
    grades: Mapping[str, Outcome]
    captured: CapturedByBest
    stated: StatedTotals | None = None


@dataclass(frozen=True)
class Hindsight:
    """The outcomes of past scores, the nights they are of, and the findings on wins, revenue and ranking."""

    outcomes: OutcomesByGroup
    nights: tuple[PastNight, ...]
    wins: Finding
    revenue: Finding
    ranking: Finding

    def to_json(self) -> dict[str, Any]:
        """Plain data: each outcome under `total`, `nights`, `versions` or `grades`, with what it is the outcome of."""
        found = self.outcomes
        return {
            "total": {**to_plain(found.total), "winners": found.winners},
            "nights": [{**to_plain(night), **to_plain(found.nights[night.night])} for night in self.nights],
            "versions": [{"version": name, **to_plain(outcome)} for name, outcome in found.versions.items()],
            "grades": [{"grade": name, **to_plain(outcome)} for name, outcome in found.grades.items()],
            "captured": to_plain(found.captured),
            **({} if found.stated is None else {"stated": to_plain(found.stated)}),
            "verdict": self.wins._asdict(),
            "revenue": self.revenue._asdict(),
            "ranking": self.ranking._asdict(),
        }


@dataclass(frozen=True)
class Shift:
    """How far a feature or a score has moved.

    Attributes
    ----------
    name : str
    psi, chance : float
        The population stability index, and the largest that chance makes, see `shift.chance`.
    changed : str
        "much", "some", or "" if it may be chance.
    missing, unknown : tuple of float, or None
        The shares then and now of rows without a value, and of rows whose value training did not know.
    """

    name: str
    psi: float
    chance: float
    changed: str
    missing: tuple[float, float] | None = field(default=None, metadata={OMIT_NONE: True})
    unknown: tuple[float, float] | None = field(default=None, metadata={OMIT_NONE: True})


@dataclass(frozen=True)
class Drift:
    """The newest night (`as_of`, an ISO date) beside the training (`trained`) of its model version."""

    night: str
    as_of: str
    version: str
    trained: str
    features: tuple[Shift, ...]
    scores: tuple[Shift, ...]
    finding: Finding = field(metadata={KEY: "verdict"})

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**to_plain(self), "verdict": self.finding._asdict()}


@dataclass(frozen=True)
class MonitorFindings:
    """All that `monitor` found of one entity.

    Attributes
    ----------
    entity : {"account", "lead"}
    as_of : str
        The day of the export, an ISO date.
    hindsight : Hindsight or None
        None where no night is old enough.
    drift : Drift or None
        None where nothing can be compared.
    notes : tuple of str
        What a reader must know about these figures.
    wait_until : str or None
        The first day with hindsight, an ISO date, where there is none yet.
    """

    entity: Entity
    as_of: str
    hindsight: Hindsight | None
    drift: Drift | None
    notes: tuple[str, ...] = ()
    wait_until: str | None = None

    @property
    def findings(self) -> list[Finding]:
        """All findings, those of hindsight first."""
        hindsight, drift = self.hindsight, self.drift
        past = [hindsight.wins, hindsight.revenue, hindsight.ranking] if hindsight is not None else []
        return [*past, *([drift.finding] if drift is not None else [])]

    def to_json(self) -> dict[str, Any]:
        """The content of `monitor.json` and of the file that `--out` names, for one entity."""
        return {
            "entity": self.entity,
            "as_of": self.as_of,
            "hindsight": None if self.hindsight is None else self.hindsight.to_json(),
            "notes": list(self.notes),
            **({} if self.wait_until is None else {"wait_until": self.wait_until}),
            "drift": None if self.drift is None else self.drift.to_json(),
        }
