"""The content of the report: what its page shows, computed here, drawn and put into words elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.reports.scorecard import trust, worth
from pipelines.reports.scorecard.buying_group import roles_by_stage
from pipelines.reports.scorecard.changes import changes
from pipelines.reports.scorecard.limits import limits_in_words
from pipelines.reports.scorecard.neglect import neglected
from pipelines.reports.scorecard.page_parts import (
    BacktestPart,
    ChangesPart,
    EntityPart,
    LearnedFrom,
    NamedExpectation,
    NightPart,
    Reasoned,
    ReportContent,
    VerdictWords,
)
from pipelines.reports.scorecard.shapes import shapes
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import CLOSEDWON
from scoring.evidence.comparison_result import Measure
from scoring.evidence.promotion.decision import Decision
from scoring.nights.record import NightRecord
from scoring.nights.totals import NightTotals
from scoring.scorecard.scorecard import Scorecard

#: Shapes on the page: what comes after them moves next to nothing, and the file must stay small.
MOST_SHAPES = 40


@dataclass(frozen=True)
class Section:
    """The inputs of the report on one entity.

    Attributes
    ----------
    scorecard : Scorecard
        The scorecard.
    evidence : BacktestEvidence or None
        What `backtest` found; None if there was no backtest yet, and the page says so.
    version : str
        Registered version of the scorecard, or empty.
    role : str
        Its role: "champion", "challenger", or empty.
    champion, champion_version
        The scorecard it replaced, or would replace, and its version; None if there was none.
    decision : Decision or None
        What was decided on it. Among the figures of the verdict may be `challenger_minus_champion` with `_low` and
        `_high`: what the challenger captures beyond the champion.
    night : NightRecord or None
        The newest published night; None if there is none.
    """

    scorecard: Scorecard
    evidence: BacktestEvidence | None = None
    version: str = ""
    role: str = ""
    champion: Scorecard | None = None
    champion_version: str = ""
    decision: Decision | None = None
    night: NightRecord | None = None


def content(sections: Sequence[Section]) -> ReportContent:
    """All that the page shows: computed here, drawn and put into words elsewhere."""
    return ReportContent(tuple(_entity(section) for section in sections))


def _entity(section: Section) -> EntityPart:
    scorecard, evidence = section.scorecard, section.evidence
    drawn = shapes(scorecard)
    return EntityPart(
        entity=scorecard.entity,
        as_of=scorecard.as_of.isoformat(),
        horizon_days=scorecard.horizon_days,
        winning="becomes a customer" if scorecard.win == "new_business" else "wins its next deal",
        version=section.version,
        role=section.role,
        verdict=_decision(section.decision),
        learned=_learned(scorecard),
        shapes=drawn[:MOST_SHAPES],
        shapes_left=drawn[MOST_SHAPES:],
        changes=_changes(section),
        neglect=neglected(scorecard),
        group=roles_by_stage(scorecard),
        limits=tuple(limits_in_words(scorecard, evidence)),
        night=_night(scorecard, section.night),
        backtest=None if evidence is None else _backtest(evidence),
    )


def _backtest(evidence: BacktestEvidence) -> BacktestPart:
    return BacktestPart(
        headline=worth.headline(evidence),
        rankings=worth.rankings(evidence),
        curve=worth.curve(evidence),
        reliability=trust.reliability(evidence),
        totals=trust.totals(evidence),
        months=trust.months(evidence),
        grid=trust.fit_intent_table(evidence),
        segments=trust.segments(evidence),
        stability=evidence.stability,
        learning_curve=trust.learning_curve(evidence),
        cut_offs=tuple(evidence.cut_offs),
    )


def _night(scorecard: Scorecard, night: NightRecord | None) -> NightPart | None:
    """What the newest night scored of an entity; None if it was not scored."""
    entity = scorecard.entity
    if night is None or entity not in night.counts:
        return None
    counts = night.counts[entity]
    facts = night.facts.get(entity)
    return NightPart(
        amounts=scorecard.amount_rung != "none",
        expected=() if facts is None or facts.totals is None else _expected(facts.totals),
        as_of=night.as_of.isoformat(),
        version=night.models.get(entity, ""),
        scored=counts.scored,
        crms=counts.delivered,
    )


def _expected(totals: NightTotals) -> tuple[NamedExpectation, ...]:
    """What a night's scores add up to: of all, and of each grade."""
    grades = sorted(totals.parts.get("grade", {}).items())
    return tuple(NamedExpectation(name, total) for name, total in [("All", totals.total), *grades])


def _learned(scorecard: Scorecard) -> LearnedFrom:
    """What it was learned from. The counts of any one table add up to the number of those open."""
    counts = [term.counts for term in scorecard.terms if not term.is_pair and term.counts]
    sides = [term.side for term in scorecard.terms]
    return LearnedFrom(
        wins=scorecard.wins,
        losses=scorecard.losses,
        since=None if scorecard.since is None else scorecard.since.isoformat(),
        open=sum(counts[0]) if counts else None,
        base_rate=scorecard.base_rate,
        model=scorecard.model,
        calibration=scorecard.calibration.kind,
        amount_rung=scorecard.amount_rung,
        fit_terms=sides.count("fit"),
        intent_terms=sides.count("intent"),
        quarantined=tuple(Reasoned(item.attribute, item.reason) for item in scorecard.quarantined),
        left_out=tuple(Reasoned(name, why) for name, why in (scorecard.left_out or {}).items()),
    )


def _decision(decision: Decision | None) -> VerdictWords | None:
    if decision is None:
        return None
    verdict, forced = decision.verdict, decision.forced
    word = "Promoted by force, without the gate" if forced else "Promoted" if verdict.promoted else "Refused"
    reasons = tuple(_sentence(reason) for reason in verdict.reasons if reason)
    return VerdictWords(verdict.promoted, forced, word, reasons)


def _sentence(words: str) -> str:
    """Words with a capital letter, except for the name of closedwon, which has none."""
    return words if words.startswith(CLOSEDWON) else words[:1].upper() + words[1:]


def _changes(section: Section) -> ChangesPart | None:
    """What changed since the champion, with the revenue captured by both where the gate compared them."""
    if section.champion is None:
        return None
    figures: Mapping[str, float] = section.decision.verdict.figures if section.decision is not None else {}
    key = "challenger_minus_champion"
    ends = [key, f"{key}_low", f"{key}_high"]
    lead = Measure(*(float(figures[end]) for end in ends)) if all(end in figures for end in ends) else None
    found = changes(section.champion, section.scorecard)
    return ChangesPart(section.champion_version, lead, worth.lead_in_a_word(lead), found)
