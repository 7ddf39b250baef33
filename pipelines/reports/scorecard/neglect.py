"""What sales leaves alone, for the report: what wins there as it is, and what would win if it were worked."""

from typing import Any

from scoring.scorecard.neglect import Neglect, WorkedSegment
from scoring.scorecard.scorecard import Scorecard

#: Segments on the page.
MOST = 12


def neglected(scorecard: Scorecard) -> dict[str, Any] | None:
    """The neglected segments; None where the scorecard did not learn from what was worked."""
    found = scorecard.neglect
    if found is None:
        return None
    segments = found.neglected
    return {
        "kinds": list(found.kinds),
        "days": found.days,
        "share": found.share,
        "kept": found.kept,
        "rows": [_row(segment) for segment in segments[:MOST]],
        "more": max(0, len(segments) - MOST),
    }


def _row(segment: WorkedSegment) -> dict[str, Any]:
    return {
        "feature": segment.feature,
        "value": segment.value,
        "open": segment.open,
        "worked": segment.worked,
        "usual": segment.usual,
        "fits": segment.fits,
        "untried": segment.untried,
        "as_it_is": segment.as_it_is,
        "if_worked": segment.if_worked.expected,
        "low": segment.if_worked.low_95,
        "high": segment.if_worked.high_95,
    }


def limits_of(found: Neglect, things: str) -> str:
    """The limit of what was learned from work, as one sentence or two.

    Parameters
    ----------
    found : Neglect
    things : str
        The entities in the plural.
    """
    limits = (
        f"Probabilities are those of {things} that sales works as is usual. Where it does not, less will come than is "
        f"expected, and the backtest leaves those {things} out: their outcomes do not show what work would bring."
    )
    if not any(segment.untried for segment in found.segments):
        return limits
    return limits + (
        " Where next to nobody was worked, nothing shows what work brings there: what is expected rests on the deals "
        "that were opened there and on the other attributes, and its interval is wider."
    )
