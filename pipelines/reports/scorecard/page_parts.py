"""The types of the report's content: one for each part of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.reports.drawing.shape import DrawnShape
from pipelines.reports.scorecard import trust, worth
from pipelines.reports.scorecard.buying_group import RoleTable
from pipelines.reports.scorecard.changes import ScorecardChanges
from pipelines.reports.scorecard.neglect import NeglectedSegments
from scoring.entity import plural
from scoring.evidence.backtest_evidence import CutOffSummary, LearningPoint, Stability
from scoring.evidence.comparison_result import Measure
from scoring.nights.parts import CrmCounts
from scoring.nights.totals import ExpectedTotal


@dataclass(frozen=True)
class VerdictWords:
    """A decision of the gate in words, with its reasons as sentences."""

    promoted: bool
    forced: bool
    word: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Reasoned:
    """An attribute that was held back or left out, and why."""

    attribute: str
    reason: str


@dataclass(frozen=True)
class LearnedFrom:
    """What a scorecard was learned from, since an ISO date. `open` is None where no table has counts."""

    wins: int | None
    losses: int | None
    since: str | None
    open: int | None
    base_rate: float
    model: str
    calibration: str
    amount_rung: str | None
    fit_terms: int
    intent_terms: int
    quarantined: tuple[Reasoned, ...]
    left_out: tuple[Reasoned, ...]


@dataclass(frozen=True)
class ChangesPart:
    """What changed since the champion of this version, and the difference in what both capture, with its word."""

    version: str
    captured: Measure | None
    standing: str
    found: ScorecardChanges


@dataclass(frozen=True)
class NamedExpectation:
    """What a night expects of all or of a grade."""

    name: str
    total: ExpectedTotal


@dataclass(frozen=True)
class NightPart:
    """What the newest night scored of an entity, and what each CRM's files hold.

    Attributes
    ----------
    amounts : bool
        Whether the scorecard has amounts.
    expected : tuple of NamedExpectation
        Of all, and of each grade; empty where the night did not keep it.
    as_of : str
        As an ISO date.
    version : str
    scored : int
    crms : mapping of CrmCounts
    """

    amounts: bool
    expected: tuple[NamedExpectation, ...]
    as_of: str
    version: str
    scored: int
    crms: Mapping[str, CrmCounts]


@dataclass(frozen=True)
class BacktestPart:
    """What the page shows of a backtest: see the functions of `worth` and `trust`."""

    headline: worth.Headline
    rankings: tuple[worth.RankingRow, ...]
    curve: worth.ShownCurve
    reliability: trust.Reliability
    totals: trust.ShownTotals | None
    months: tuple[trust.MonthRow, ...]
    grid: trust.FitByIntent
    segments: trust.Segments
    stability: Stability | None
    learning_curve: tuple[LearningPoint, ...]
    cut_offs: tuple[CutOffSummary, ...]


@dataclass(frozen=True)
class EntityPart:
    """What the page shows of one entity; a part that is None is not there."""

    entity: str
    as_of: str
    horizon_days: int
    winning: str
    version: str
    role: str
    verdict: VerdictWords | None
    learned: LearnedFrom
    shapes: Sequence[DrawnShape]
    shapes_left: Sequence[DrawnShape]
    changes: ChangesPart | None
    neglect: NeglectedSegments | None
    group: RoleTable | None
    limits: tuple[str, ...]
    night: NightPart | None
    backtest: BacktestPart | None

    @property
    def plural(self) -> str:
        """The entities."""
        return plural(self.entity)


@dataclass(frozen=True)
class ReportContent:
    """All that the page shows."""

    entities: tuple[EntityPart, ...]

    @property
    def as_of(self) -> str:
        """The newest day of a scorecard, as an ISO date; empty without one."""
        return max((entity.as_of for entity in self.entities), default="")
