"""The content of the report: one dictionary of plain data, from which the page is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.reports.scorecard import trust, worth
from pipelines.reports.scorecard.changes import changes
from pipelines.reports.scorecard.limits import limits
from pipelines.reports.scorecard.shapes import shapes
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import CLOSEDWON
from scoring.evidence.comparison_result import Measure
from scoring.evidence.plain import to_plain

Facts = dict[str, Any]

#: Shapes on the page: what comes after them moves next to nothing, and the file must stay small.
MOST_SHAPES = 40


@dataclass(frozen=True)
class Section:
    """The inputs of the report on one entity.

    Attributes
    ----------
    card : mapping
        The scorecard.
    evidence : BacktestEvidence or None
        What `backtest` found; None if there was no backtest yet, and the page says so.
    version : str
        Registered version of the scorecard, or empty.
    role : str
        Its role: "champion", "challenger", or empty.
    champion, champion_version
        The scorecard it replaced, or would replace, and its version; None if there was none.
    verdict : mapping or None
        The gate's record: `promoted`, `reasons` (a text or several), and where there are any `forced` and
        `challenger_minus_champion` with `_low` and `_high`: what the challenger captures beyond the champion.
    """

    card: Mapping[str, Any]
    evidence: BacktestEvidence | None = None
    version: str = ""
    role: str = ""
    champion: Mapping[str, Any] | None = None
    champion_version: str = ""
    verdict: Mapping[str, Any] | None = None


def content(sections: Sequence[Section]) -> Facts:
    """All that the page shows, as data that JSON can hold: computed here, drawn and put into words elsewhere."""
    return {
        "as_of": max((str(section.card["as_of"]) for section in sections), default=""),
        "entities": [_entity(section) for section in sections],
    }


def _entity(section: Section) -> Facts:
    card, evidence = section.card, section.evidence
    drawn = shapes(card)
    return {
        "entity": card["entity"],
        "plural": f"{card['entity']}s",
        "as_of": card["as_of"],
        "horizon_days": card["horizon_days"],
        "version": section.version,
        "role": section.role,
        "verdict": _verdict(section.verdict),
        "learned": _learned(card),
        "shapes": drawn[:MOST_SHAPES],
        "shapes_left": [{"label": shape["label"], "importance": shape["importance"]} for shape in drawn[MOST_SHAPES:]],
        "changes": _changes(section),
        "limits": limits(card, evidence),
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
        "months": trust.months(evidence),
        "grid": trust.grid(evidence),
        "segments": trust.segments(evidence),
        "stability": to_plain(evidence.stability),
        "learning_curve": trust.learning_curve(evidence),
        "cut_offs": to_plain(evidence.cut_offs),
    }


def _learned(card: Mapping[str, Any]) -> Facts:
    """What it was learned from. The counts of any one table add up to the number of those open."""
    counts = [term["counts"] for term in card["terms"] if len(term["features"]) == 1 and term.get("counts")]
    sides = [term["side"] for term in card["terms"]]
    return {
        "wins": card.get("wins"),
        "losses": card.get("losses"),
        "since": card.get("since"),
        "open": sum(counts[0]) if counts else None,
        "base_rate": card["base_rate"],
        "rung": card["rung"],
        "calibration": card["calibration"]["kind"],
        "amount_rung": card.get("amount_rung"),
        "fit_terms": sides.count("fit"),
        "intent_terms": sides.count("intent"),
        "quarantined": [{"attribute": item["attribute"], "reason": item["reason"]} for item in card["quarantined"]],
        "left_out": [{"attribute": name, "reason": why} for name, why in card.get("left_out", {}).items()],
    }


def _verdict(verdict: Mapping[str, Any] | None) -> Facts | None:
    if verdict is None:
        return None
    reasons = verdict.get("reasons", ())
    reasons = reasons.split("; ") if isinstance(reasons, str) else reasons
    forced = bool(verdict.get("forced"))
    word = "Promoted by force, without the gate" if forced else "Promoted" if verdict["promoted"] else "Refused"
    return {
        "promoted": bool(verdict["promoted"]),
        "forced": forced,
        "word": word,
        "reasons": [_sentence(reason) for reason in reasons if reason],
    }


def _sentence(words: str) -> str:
    """Words with a capital letter, except for the name of closedwon, which has none."""
    return words if words.startswith(CLOSEDWON) else words[:1].upper() + words[1:]


def _changes(section: Section) -> Facts | None:
    """What changed since the champion, with the revenue captured by both where the gate compared them."""
    if section.champion is None:
        return None
    verdict, key = section.verdict or {}, "challenger_minus_champion"
    ends = [key, f"{key}_low", f"{key}_high"]
    lead = Measure(*(float(verdict[end]) for end in ends)) if all(end in verdict for end in ends) else None
    return {
        "version": section.champion_version,
        "captured": to_plain(lead),
        "standing": worth.standing(lead),
        **changes(section.champion, section.card),
    }
