"""What sales leaves alone: what a scorecard that learned from what was worked says of it, segment by segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from scoring.scorecard.forecast_error import Interval

#: A segment is neglected if it was worked less than half as often as is usual, and untried with less than a tenth.
NEGLECTED, UNTRIED = 0.5, 0.1
#: Fewest worked snapshots that would be usual, from which a share is no chance.
FEWEST = 20.0
#: A segment fits if its mean fit score is at most so far below that of all.
NEAR = 5.0


@dataclass(frozen=True, kw_only=True)
class WorkedSegment:
    """A level of a fit feature.

    Attributes
    ----------
    feature, value : str
    open : int
        Entities open at the training.
    snapshots, worked, usual : float
        Its snapshots without a deal, and the share that was worked, and that is usual for such intent.
    fit, fit_of_all : float
        The mean fit score of its open entities, and of all.
    as_it_is : float
        Wins that are expected as sales works today.
    if_worked : Interval
        Wins that are expected if it is worked as is usual.
    """

    feature: str
    value: str
    open: int
    snapshots: float
    worked: float
    usual: float
    fit: float
    fit_of_all: float
    as_it_is: float
    if_worked: Interval

    @property
    def neglected(self) -> bool:
        """Whether it was worked less than half as often as is usual, and not by chance."""
        return self.snapshots * self.usual >= FEWEST and self.worked < NEGLECTED * self.usual

    @property
    def untried(self) -> bool:
        """Whether it was worked so seldom that nothing shows what work brings there."""
        return self.neglected and self.worked < UNTRIED * self.usual

    @property
    def fits(self) -> bool:
        """Whether its accounts fit as well as all do."""
        return self.fit >= self.fit_of_all - NEAR


@dataclass(frozen=True, kw_only=True)
class Neglect:
    """How a scorecard learned from what was worked.

    Attributes
    ----------
    kinds : tuple of str
        The kinds of our own touches that counted as work.
    days : int
        How far back they counted.
    share : float
        The share of the snapshots without a deal that was worked.
    kept : float
        The share of the snapshots that it learned from, by weight.
    segments : tuple of WorkedSegment
        The levels of its fit features with few levels.
    """

    kinds: tuple[str, ...]
    days: int
    share: float
    kept: float
    segments: tuple[WorkedSegment, ...] = ()

    @property
    def neglected(self) -> list[WorkedSegment]:
        """The neglected segments: those that fit first, then by the wins that work would add."""
        found = [segment for segment in self.segments if segment.neglected]
        return sorted(found, key=lambda s: (not s.fits, s.as_it_is - s.if_worked.expected, s.feature, s.value))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        segments = (
            WorkedSegment(**{**segment, "if_worked": Interval(**segment["if_worked"])})
            for segment in content["segments"]
        )
        return cls(
            kinds=tuple(content["kinds"]),
            days=content["days"],
            share=content["share"],
            kept=content["kept"],
            segments=tuple(segments),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {**asdict(self), "kinds": list(self.kinds), "segments": [asdict(segment) for segment in self.segments]}
