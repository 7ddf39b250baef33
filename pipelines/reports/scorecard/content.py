"""The content of the report: dictionaries, lists and shapes of plain data, from which the page is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.reports.scorecard import trust, worth
from pipelines.reports.scorecard.buying_group import buying_group
from pipelines.reports.scorecard.changes import changes
from pipelines.reports.scorecard.limits import limits
from pipelines.reports.scorecard.neglect import neglected
from pipelines.reports.scorecard.shapes import shapes
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import CLOSEDWON
from scoring.evidence.comparison_result import Measure
from scoring.evidence.plain import to_plain
from scoring.evidence.promotion.decision import Decision
from scoring.nights.record import NightRecord
from scoring.nights.totals import NightTotals
from scoring.scorecard.scorecard import Scorecard

Facts = dict[str, Any]

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


def content(sections: Sequence[Section]) -> Facts:
    """All that the page shows, as data that JSON can hold: computed here, drawn and put into words elsewhere."""
    return {
        "as_of": max((section.scorecard.as_of.isoformat() for section in sections), default=""),
        "entities": [_entity(section) for section in sections],
    }


def _entity(section: Section) -> Facts:
    scorecard, evidence = section.scorecard, section.evidence
    drawn = shapes(scorecard)
    return {
        "entity": scorecard.entity,
        "plural": f"{scorecard.entity}s",
        "as_of": scorecard.as_of.isoformat(),
        "horizon_days": scorecard.horizon_days,
        "winning": "becomes a customer" if scorecard.win == "new_business" else "wins its next deal",
        "version": section.version,
        "role": section.role,
        "verdict": _decision(section.decision),
        "learned": _learned(scorecard),
        "shapes": drawn[:MOST_SHAPES],
        "shapes_left": [{"label": shape.label, "importance": shape.importance} for shape in drawn[MOST_SHAPES:]],
        "changes": _changes(section),
        "neglect": neglected(scorecard),
        "group": buying_group(scorecard),
        "limits": limits(scorecard, evidence),
        "night": _night(scorecard, section.night),
        **(_backtest(evidence) if evidence else {"backtested": False}),
    }


def _backtest(evidence: BacktestEvidence) -> Facts:
    return {
        "backtested": True,
        "headline": worth.headline(evidence),
        "rankings": worth.rankings(evidence),
        "curve": worth.curve(evidence),
        "measures": {"ranking": worth.RANKING, "probability": worth.PROBABILITY},
        "reliability": trust.reliability(evidence),
        "totals": trust.totals(evidence),
        "months": trust.months(evidence),
        "grid": trust.grid(evidence),
        "segments": trust.segments(evidence),
        "stability": to_plain(evidence.stability),
        "learning_curve": trust.learning_curve(evidence),
        "cut_offs": to_plain(evidence.cut_offs),
    }


def _night(scorecard: Scorecard, night: NightRecord | None) -> Facts | None:
    """What the newest night scored of an entity, and what each CRM's files hold; None if it was not scored."""
    entity = scorecard.entity
    if night is None or entity not in night.counts:
        return None
    counts = night.counts[entity]
    facts = night.facts.get(entity)
    return {
        "amounts": scorecard.amount_rung != "none",
        "expected": None if facts is None or facts.totals is None else _expected(facts.totals),
        "as_of": night.as_of.isoformat(),
        "version": night.models.get(entity, ""),
        "scored": counts.scored,
        "crms": [{"crm": crm, **delivered.to_json()} for crm, delivered in counts.delivered.items()],
    }


def _expected(totals: NightTotals) -> list[Facts]:
    """What a night's scores add up to: of all, and of each grade."""
    grades = sorted(totals.parts.get("grade", {}).items())
    return [{"name": name, **to_plain(total)} for name, total in [("All", totals.total), *grades]]


def _learned(scorecard: Scorecard) -> Facts:
    """What it was learned from. The counts of any one table add up to the number of those open."""
    counts = [term.counts for term in scorecard.terms if not term.is_pair and term.counts]
    sides = [term.side for term in scorecard.terms]
    return {
        "wins": scorecard.wins,
        "losses": scorecard.losses,
        "since": None if scorecard.since is None else scorecard.since.isoformat(),
        "open": sum(counts[0]) if counts else None,
        "base_rate": scorecard.base_rate,
        "model": scorecard.model,
        "calibration": scorecard.calibration.kind,
        "amount_rung": scorecard.amount_rung,
        "fit_terms": sides.count("fit"),
        "intent_terms": sides.count("intent"),
        "quarantined": [{"attribute": item.attribute, "reason": item.reason} for item in scorecard.quarantined],
        "left_out": [{"attribute": name, "reason": why} for name, why in (scorecard.left_out or {}).items()],
    }


def _decision(decision: Decision | None) -> Facts | None:
    if decision is None:
        return None
    verdict, forced = decision.verdict, decision.forced
    word = "Promoted by force, without the gate" if forced else "Promoted" if verdict.promoted else "Refused"
    return {
        "promoted": verdict.promoted,
        "forced": forced,
        "word": word,
        "reasons": [_sentence(reason) for reason in verdict.reasons if reason],
    }


def _sentence(words: str) -> str:
    """Words with a capital letter, except for the name of closedwon, which has none."""
    return words if words.startswith(CLOSEDWON) else words[:1].upper() + words[1:]


def _changes(section: Section) -> Facts | None:
    """What changed since the champion, with the revenue captured by both where the gate compared them."""
    if section.champion is None:
        return None
    figures: Mapping[str, float] = section.decision.verdict.figures if section.decision is not None else {}
    key = "challenger_minus_champion"
    ends = [key, f"{key}_low", f"{key}_high"]
    lead = Measure(*(float(figures[end]) for end in ends)) if all(end in figures for end in ends) else None
    return {
        "version": section.champion_version,
        "captured": to_plain(lead),
        "standing": worth.standing(lead),
        **changes(section.champion, section.scorecard),
    }
