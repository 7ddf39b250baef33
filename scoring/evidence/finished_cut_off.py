"""What one finished cut-off of a backtest keeps beside its forecasts, so that it need not be backtested again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from scoring.evidence.promotion.without_value import WithoutValue
from scoring.scorecard.scorecard import Scorecard


@dataclass(frozen=True)
class FinishedCutOff:
    """The summary of a finished cut-off, as `<date>.json` holds it.

    Attributes
    ----------
    as_of : str
        The past day, an ISO date.
    scorecard : Scorecard or None
        What was learned from what was known then; None where there were too few wins to learn from.
    without_value : tuple of WithoutValue
        Those for whom an attribute said nothing yet.
    refused : str or None
        Why nothing was learned, where nothing was.
    """

    as_of: str
    scorecard: Scorecard | None = None
    without_value: tuple[WithoutValue, ...] = ()
    refused: str | None = None

    @property
    def words(self) -> str:
        """What became of it, for a line of progress."""
        if self.scorecard is None:
            return f"left out: {self.refused}"
        return f"learned from {self.scorecard.wins} wins by then"

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave, by this release or an earlier one."""
        card = content.get("card")
        return cls(
            as_of=content["as_of"],
            scorecard=None if card is None else Scorecard.from_json(card),
            without_value=tuple(map(WithoutValue.from_json, content.get("without_value", ()))),
            refused=content.get("refused"),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        if self.scorecard is None:
            return {"as_of": self.as_of, "refused": self.refused}
        counts = [one.to_json() for one in self.without_value]
        return {"as_of": self.as_of, "card": self.scorecard.to_json(), "without_value": counts}
