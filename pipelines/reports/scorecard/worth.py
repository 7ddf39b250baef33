"""What the ranking is worth, by the evidence: money at the team's capacity, beside what is done today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from scoring.entity import plural
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import BY_NAME, CLOSEDWON, DRAWN, SIMPLE
from scoring.evidence.comparison_result import Comparison, Measure
from scoring.evidence.measures.totals import Total

CHANCE = "chance"

#: The measures of the two tables: key, heading, how it reads, which end is better, and what it says.
RANKING = (
    ("revenue_captured", "Revenue captured", "percent", "high", "of all revenue, by working the top to capacity"),
    ("wins_captured", "Wins captured", "percent", "high", "of all wins, likewise"),
    ("precision", "Precision", "percent", "high", "share of those worked who win"),
    ("lift", "Lift", "times", "high", "precision over the rate of everyone"),
    ("auc", "AUC", "decimals", "high", "0.5 is chance, 1 is perfect"),
    ("average_precision", "Average precision", "decimals", "high", "over the whole list"),
    ("touch_correlation", "Touch correlation", "decimals", "", "rank correlation with the touch count"),
)
PROBABILITY = (
    ("log_loss", "Log loss", "decimals", "low", "in nats"),
    ("log_loss_skill", "Log loss skill", "decimals", "high", "0 is a constant at the actual rate"),
    ("brier_skill", "Brier skill", "decimals", "high", "0 is a constant at the actual rate"),
    ("ratio", "Predicted / actual", "decimals", "one", "wins, in the large: 1 is right"),
    ("calibration_error", "Calibration error", "decimals", "low", "mean gap over ten bins"),
    ("revenue_ratio", "Expected / booked", "decimals", "one", "revenue, in the large: 1 is right"),
)


@dataclass(frozen=True)
class Brought:
    """What working by one ranking brings in: its name and words, the share captured, and that in one horizon."""

    name: str
    words: str
    share: Measure
    brought: Measure


@dataclass(frozen=True)
class RatioLimits:
    """Between what expected over booked revenue should lie (`high` None: no limit), and whether it did."""

    low: float
    high: float | None
    held: bool


@dataclass(frozen=True)
class Headline:
    """What working to capacity brings in, in one horizon.

    Attributes
    ----------
    what : {"revenue", "wins"}
        Wins where no win has an amount.
    per_week, worked, share : float
        The capacity: in a week, in a horizon, and as a share of those open.
    days : int
        Of the horizon.
    total : float
        What all of them brought.
    rows : tuple of Brought
        closedwon first, then the best of what teams rank by today.
    today : str or None
        That one, in words.
    precision : Measure
    base_rate : float
        The win rate of all.
    revenue_ratio : Measure or None
    first_day, last_day : str
        Of the cut-offs, as ISO dates.
    cut_offs : int
    won : str
        How many wins the evidence holds, in words.
    stated_ratio : RatioLimits or None
    """

    what: str
    per_week: float
    worked: float
    share: float
    days: int
    total: float
    rows: tuple[Brought, ...]
    today: str | None
    precision: Measure
    base_rate: float
    revenue_ratio: Measure | None
    first_day: str
    last_day: str
    cut_offs: int
    won: str
    stated_ratio: RatioLimits | None


@dataclass(frozen=True)
class RankingRow:
    """One ranking: what it captures, closedwon's lead over it and how that stands, and all its measures by name."""

    name: str
    words: str
    how: str
    captured: Measure
    lead: Measure | None
    standing: str
    measures: Mapping[str, Measure]


@dataclass(frozen=True)
class CurveLine:
    """A line of the chart of what is captured: its name, its words, and its points of share worked and captured."""

    name: str
    words: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class ShownCurve:
    """What is captured against share worked: how far the chart reaches, the capacity as a share, and the lines."""

    reach: float
    capacity: float
    lines: tuple[CurveLine, ...]


def headline(evidence: BacktestEvidence) -> Headline:
    """The headline: what working to capacity brings in, in one horizon, by closedwon and by other rankings.

    The first of the others is the best of what teams rank by today. What is brought in is the share captured times the
    mean of the cut-offs: horizons overlap, a sum would count a deal twice. It is revenue or, where no win has an
    amount, wins: `what`.
    """
    found, days = evidence.comparison, evidence.horizon_days
    what, cut_offs = found.captures, len(evidence.cut_offs)
    total = (found.revenue if what == "revenue" else found.wins) / cut_offs
    worked = found.capacity / cut_offs
    rows = [
        _brought(name, found.rankings[name].measures[f"{what}_captured"], total)
        for name in (CLOSEDWON, *DRAWN)
        if name in found.rankings
    ]
    today = {name: found.rankings[name].measures[f"{what}_captured"] for name in SIMPLE if name in found.rankings}
    best = max(today, key=lambda name: today[name].value or 0.0, default=None)
    if best is not None:
        rows = [rows[0], _brought(best, today[best], total), *(row for row in rows[1:] if row.name != best)]
    own = found.rankings[CLOSEDWON].measures
    return Headline(
        what=what,
        per_week=worked * 7.0 / days,
        worked=worked,
        share=found.share,
        days=days,
        total=total,
        rows=(*rows, _brought(CHANCE, Measure(found.share), total)),
        today=None if best is None else BY_NAME[best].in_sentence,
        precision=own["precision"],
        base_rate=found.wins / found.rows,
        revenue_ratio=own.get("revenue_ratio"),
        first_day=evidence.cut_offs[0].as_of,
        last_day=evidence.cut_offs[-1].as_of,
        cut_offs=cut_offs,
        won=won_of(found, plural(evidence.entity)),
        stated_ratio=None if evidence.totals is None else _limits(evidence.totals.together),
    )


def won_of(found: Comparison, things: str) -> str:
    """How many wins the evidence holds: `40 wins`, and of how many units where overlapping horizons count some twice.

    Parameters
    ----------
    found : Comparison
    things : str
        Such as `accounts`.
    """
    wins = f"{found.wins:,} win{'' if found.wins == 1 else 's'}"
    if found.winners is None or found.winners == found.wins:
        return wins
    return f"{wins} of {found.winners:,} different {things}"


def _limits(total: Total) -> RatioLimits | None:
    """Between what expected over booked revenue should lie (`high` None: no limit); None where nothing is expected."""
    if total.revenue.expected <= 0.0:
        return None
    low, high = total.revenue.ratio
    return RatioLimits(low, high if isfinite(high) else None, total.revenue.holds(total.booked))


def _brought(name: str, share: Measure, total: float) -> Brought:
    words = BY_NAME[name].heading if name in BY_NAME else "By chance"
    return Brought(name, words, share, share.scaled(total))


def rankings(evidence: BacktestEvidence) -> tuple[RankingRow, ...]:
    """Every ranking, the best first: what it captures, closedwon's lead with its interval, and all measures."""
    found, measure = [], f"{evidence.comparison.captures}_captured"
    for name, ranking in evidence.comparison.rankings.items():
        words, how = (BY_NAME[name].heading, BY_NAME[name].how) if name in BY_NAME else (name, "")
        lead = ranking.minus(CLOSEDWON).get(measure)
        captured = ranking.measures[measure]
        found.append(RankingRow(name, words, how, captured, lead, lead_in_a_word(lead), ranking.measures))
    return tuple(sorted(found, key=lambda row: -(row.captured.value or 0.0)))


def lead_in_a_word(lead: Measure | None) -> str:
    """A lead in a word: `ahead`, `behind`, or `level` where its interval holds zero; empty where it has none."""
    if lead is None or lead.low is None or lead.high is None:
        return ""
    return "ahead" if lead.low > 0 else "behind" if lead.high < 0 else "level"


def curve(evidence: BacktestEvidence) -> ShownCurve:
    """The lines of what is captured against share worked, up to a few times the capacity."""
    found, share = evidence.curve, evidence.comparison.share
    captures = evidence.comparison.captures
    reach = min(1.0, max(0.2, 0.05 * -(-6 * share // 0.05)))
    drawn = [name for name in (CLOSEDWON, *DRAWN) if name in found.rankings]
    lines = [
        CurveLine(name, BY_NAME[name].heading, _upto(found.share, getattr(found.rankings[name], captures), reach))
        for name in drawn
    ]
    lines.append(CurveLine(CHANCE, "By chance", [(0.0, 0.0), (reach, reach)]))
    return ShownCurve(reach, share, tuple(lines))


def _upto(x: Sequence[float], y: Sequence[float], reach: float) -> list[tuple[float, float]]:
    """The points of a line as far as the chart reaches, the last one between its neighbours."""
    points = [(a, b) for a, b in zip(x, y, strict=True) if a <= reach]
    if len(points) < len(x) and points[-1][0] < reach:
        (a, b), (c, d) = points[-1], (x[len(points)], y[len(points)])
        points.append((reach, b + (d - b) * (reach - a) / (c - a)))
    return points
