"""The findings of `backtest` and `monitor` as a person reads them: tables of text."""

from collections.abc import Mapping, Sequence

from scoring.entity import plural
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import BY_NAME, CLOSEDWON
from scoring.evidence.comparison_result import Comparison, Measure
from scoring.evidence.measures.totals import IntervalCoverage, StatedTotals
from scoring.evidence.monitoring.monitor_findings import Drift, Hindsight, MonitorFindings, Outcome

RATIO = "predicted / actual"
#: The columns of a comparison: heading, the ranking that the figure is the lead of (or none), measure, and format.
COLUMNS = (
    ("revenue captured", "", "revenue_captured", ".1%"),
    ("closedwon's lead", CLOSEDWON, "revenue_captured", "+.1%"),
    ("AUC", "", "auc", ".3f"),
    ("Brier skill", "", "brier_skill", ".3f"),
    (RATIO, "", "ratio", ".2f"),
    ("like touch count", "", "touch_correlation", ".2f"),
)
#: Features whose shift is shown.
MOST_SHIFTS = 5
#: The headings of outcomes.
HEAD = ("open", "won", "expected", "predicted / actual", "booked", "expected", "predicted / actual")


def rows(comparison: Comparison, intervals: int = len(COLUMNS)) -> list[list[str]]:
    """The cells of a comparison: the headings, then a row for each ranking with its title and its figures.

    Parameters
    ----------
    comparison : Comparison
    intervals : int
        So many of the figures have their 95 % intervals.
    """
    found = [["", *(heading for heading, *_ in COLUMNS)]]
    for name, ranking in comparison.rankings.items():
        measures = [(ranking.minus(lead) if lead else ranking.measures).get(key) for _, lead, key, _ in COLUMNS]
        shown = [one if one is None or i < intervals else Measure(one.value) for i, one in enumerate(measures)]
        cells = [figure(one, form) for one, (*_, form) in zip(shown, COLUMNS, strict=True)]
        found.append([BY_NAME[name].title if name in BY_NAME else name, *cells])
    return found


def figure(measure: Measure | None, form: str) -> str:
    """A figure with its interval: `0.512 (0.461 to 0.560)`, `51.2 % (46.1 to 56.0)`; a dash where there is none.

    Parameters
    ----------
    measure : Measure or None
    form : str
        Python's format of the figure, such as ".1%".
    """
    if measure is None or measure.value is None:
        return "-"
    value, low, high = (
        "" if x is None else format(x, form).removesuffix("%") for x in (measure.value, measure.low, measure.high)
    )
    unit = " %" if form.endswith("%") else ""
    return f"{value}{unit} ({low} to {high})" if low and high else f"{value}{unit}"


def comparison_text(comparison: Comparison) -> list[str]:
    """A comparison as lines for a terminal: what is captured, and the lead, with their intervals."""
    return _aligned(rows(comparison, intervals=2))


def backtest_lines(evidence: BacktestEvidence) -> list[str]:
    """The comparison of a backtest as lines for a terminal, and above it what was compared."""
    comparison, cut_offs = evidence.comparison, evidence.cut_offs
    table = rows(comparison, intervals=2)
    if evidence.totals is not None:
        own = list(comparison.rankings).index(CLOSEDWON) + 1
        index = table[0].index(RATIO) + 1
        for i, row in enumerate(table):
            low, high = evidence.totals.together.wins.ratio
            row.insert(index, "its interval" if i == 0 else f"{low:.2f} to {high:.2f}" if i == own else "-")
    return [
        f"{plural(evidence.entity).capitalize()}, {evidence.horizon_days} days ahead, on {len(cut_offs)} cut-offs from "
        f"{cut_offs[0].as_of} to {cut_offs[-1].as_of}: {comparison.wins:,} wins worth "
        f"{comparison.revenue:,.0f} (horizons that overlap count each),",
        f"captured by working the best {comparison.share:.1%} of those open, with 95 % intervals:",
        "",
        *_aligned(table),
        *([] if evidence.totals is None else ["", *totals_lines(evidence.totals)]),
    ]


def totals_lines(found: StatedTotals) -> list[str]:
    """What was expected in all beside what came, and how often the stated intervals held, in three lines.

    Parameters
    ----------
    found : StatedTotals

    Notes
    -----
    Where wins have no amount, each counts 1 in what is expected: that is no revenue.
    """
    wins, revenue = found.together.wins, found.together.revenue
    (low, high), real = wins.ratio, found.together
    where = "within" if wins.holds(real.won) else "outside"
    ratio = f"{wins.expected / real.won:.2f} times as many" if real.won else "none of them"
    worth = real.booked > 0 or not real.won
    booked = (
        f"expected revenue {revenue.expected:,.0f} ({revenue.low_95:,.0f} to {revenue.high_95:,.0f}), "
        f"{real.booked:,.0f} was booked"
        if worth
        else "no amount was booked: nothing is said of revenue"
    )
    held, parts = _held(found.coverage, worth), _held(found.parts_coverage, worth)
    return [
        f"predicted {wins.expected:,.1f} wins (95 % interval {wins.low_95:,.0f} to {wins.high_95:,.0f}), {real.won:,} "
        f"came: {ratio}, {where} the {low:.2f} to {high:.2f} that closedwon states itself",
        booked,
        f"its intervals of 80 % and of 95 % held: {held} cut-offs; {parts} grades and segments of each cut-off",
    ]


def _held(found: IntervalCoverage, worth: bool) -> str:
    wins = f"wins in {found.wins_80} and {found.wins_95}"
    revenue = f", revenue in {found.revenue_80} and {found.revenue_95}" if worth else ""
    return f"{wins}{revenue} of {found.of}"


def monitor_lines(found: MonitorFindings) -> list[str]:
    """The findings of `monitor` on one entity as lines for a terminal: nights, grades, shifts, and the rest."""
    entity, hindsight, drift = found.entity, found.hindsight, found.drift
    lines = [f"{plural(entity).capitalize()}: scores as they were served, and their outcomes before {found.as_of}"]
    if hindsight is None:
        until = f": wait until {found.wait_until}" if found.wait_until else ""
        lines.append(f"  no score is old enough for hindsight{until}")
    else:
        lines += ["", *_nights(hindsight), "", *_grades(hindsight.outcomes.grades)]
    if drift is not None:
        lines += ["", *_shifts(drift)]
    if found.notes:
        lines += ["", *(f"  note: {note}" for note in found.notes)]
    if hindsight is not None:
        lines.append("")
    return lines + [f"{plural(entity)}: {finding.sentence}" for finding in found.findings]


def _nights(hindsight: Hindsight) -> list[str]:
    """A row for each night, for each version where there are several, and for all.

    A win counts in each night before it.
    """
    found = hindsight.outcomes
    table: list[Sequence[str]] = [("as of", "model", "days seen", *HEAD)]
    table += [
        (
            night.as_of,
            night.version,
            f"{night.elapsed_days} of {night.horizon_days}",
            *_figures(found.nights[night.night]),
        )
        for night in hindsight.nights
    ]
    if len(found.versions) > 1:
        table += [("all", version, "", *_figures(outcome)) for version, outcome in found.versions.items()]
    if len(hindsight.nights) > 1:
        table.append(("all", "", "", *_figures(found.total)))
    return _indented(table)


def _figures(outcome: Outcome) -> tuple[str, ...]:
    wins = (f"{outcome.wins:,}", f"{outcome.expected_wins:,.1f}", figure(outcome.ratio, ".2f"))
    revenue = (f"{outcome.revenue:,.0f}", f"{outcome.expected_revenue:,.0f}", figure(outcome.revenue_ratio, ".2f"))
    return (f"{outcome.rows:,}", *wins, *revenue)


def _grades(grades: Mapping[str, Outcome]) -> list[str]:
    table: list[Sequence[str]] = [("grade", "scores", "won", "win rate so far", "expected so far")]
    for grade, outcome in grades.items():
        rate = figure(Measure(outcome.actual, outcome.low, outcome.high), ".1%")
        table.append((grade, f"{outcome.rows:,}", f"{outcome.wins:,}", rate, f"{outcome.predicted * 100:.1f} %"))
    return _indented(table)


def _shifts(drift: Drift) -> list[str]:
    """The scores and the features that have changed most since training: population stability index, and gaps."""
    table: list[Sequence[str]] = [("what changed", "PSI", "", "missing", "unknown")]
    changed = [shift for shift in drift.features if shift.changed]
    for shift in [*drift.scores, *changed[:MOST_SHIFTS]]:
        gaps = [_then_now(shares) for shares in (shift.missing, shift.unknown)]
        table.append((shift.name, f"{shift.psi:.2f}", shift.changed or "no change", *gaps))
    head = f"  night of {drift.as_of} beside those open at the training of {drift.trained} (version {drift.version}):"
    lines = [head, *_indented(table)] if len(table) > 1 else []
    if len(changed) > MOST_SHIFTS:
        lines.append(f"  and {len(changed) - MOST_SHIFTS} more features")
    return lines


def _then_now(shares: tuple[float, float] | None) -> str:
    return "" if shares is None or max(shares) < 0.0005 else f"{shares[0]:.1%} -> {shares[1]:.1%}"


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def _indented(table: Sequence[Sequence[str]]) -> list[str]:
    return [f"  {line}" for line in _aligned(table)]
