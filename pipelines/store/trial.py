"""One trial of a search for settings, as MLflow keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """What was tried, and what came of it.

    Attributes
    ----------
    number : int
        From 0, the trial of the settings as they were.
    settings : mapping of str to float
        Settings of the section `training`, by name; whole numbers are ints.
    log_loss : float
        The mean over the days, in nats an entity.
    wins : int
        The wins that the scorecard of the newest day was learned from.
    """

    number: int
    settings: Mapping[str, float]
    log_loss: float
    wins: int

    @property
    def figures(self) -> dict[str, float]:
        """The metrics of its run."""
        return {"log_loss": self.log_loss, "wins": self.wins}
