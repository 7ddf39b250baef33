"""What sales leaves alone, for the report: what wins there as it is, and what would win if it were worked."""

from dataclasses import dataclass

from scoring.scorecard.neglect import Neglect, WorkedSegment
from scoring.scorecard.scorecard import Scorecard

#: Segments on the page.
MOST = 12


@dataclass(frozen=True)
class NeglectedSegments:
    """The neglected segments.

    Attributes
    ----------
    kinds : tuple of str
        The types of activity that are work.
    days : int
        Within how many days.
    share, kept : float
        How many were worked, and how much of the rows the training kept.
    rows : tuple of WorkedSegment
        Those that are shown.
    more : int
        How many are not.
    """

    kinds: tuple[str, ...]
    days: int
    share: float
    kept: float
    rows: tuple[WorkedSegment, ...]
    more: int


def neglected(scorecard: Scorecard) -> NeglectedSegments | None:
    """The neglected segments; None where the scorecard did not learn from what was worked."""
    found = scorecard.neglect
    if found is None:
        return None
    segments = tuple(found.neglected)
    more = max(0, len(segments) - MOST)
    return NeglectedSegments(tuple(found.kinds), found.days, found.share, found.kept, segments[:MOST], more)


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
