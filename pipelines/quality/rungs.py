"""Which models a training tries with so many wins, and what more of them would change.

docs/model.md has the rungs. How well a model does is measured when it is trained; here it is only said what the number
of wins decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from models.outcome import AdditiveHazard

#: From so many wins on, trees are tried.
TREES_FROM = AdditiveHazard.trees_from
#: So many more wins are asked about.
MORE = 10

Model = Literal["none", "simple", "trees"]


@dataclass(frozen=True)
class Rung:
    """What a training does with a number of wins.

    Attributes
    ----------
    wins, min_wins : int
        Wins to learn from, and the fewest.
    """

    wins: int
    min_wins: int

    @property
    def model(self) -> Model:
        """Which models are tried."""
        return "none" if self.wins < self.min_wins else "simple" if self.wins < TREES_FROM else "trees"

    @property
    def words(self) -> str:
        """What training does with these wins, in words."""
        done = {
            "none": f"is refused: it needs {self.min_wins}",
            "simple": "tries weights of evidence and a logistic regression on coarse bins",
            "trees": "tries additive trees and a logistic regression",
        }
        return f"with {self.wins:,} {'win' if self.wins == 1 else 'wins'}, training {done[self.model]}"

    @property
    def to_next(self) -> int | None:
        """How many more wins lead to the next rung; None on the last one."""
        return {"none": self.min_wins - self.wins, "simple": TREES_FROM - self.wins, "trees": None}[self.model]

    @property
    def sure(self) -> tuple[float, float] | None:
        """By how much chance alone moves a rate of wins, either way (95 %): with these wins, and with `MORE`."""
        return (1.96 / sqrt(self.wins), 1.96 / sqrt(self.wins + MORE)) if self.wins else None

    @property
    def more(self) -> str:
        """What `MORE` wins would change, in words."""
        found = []
        if self.to_next is not None and self.to_next <= MORE:
            found.append(Rung(self.wins + MORE, self.min_wins).words)
        if self.sure is not None:
            now, then = self.sure
            found.append(f"chance alone would move the rate of wins by {then:.0%} either way instead of {now:.0%}")
        if self.model == "simple":
            found.append("the report says after a training by how much its skill should rise")
        return "; ".join(found)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "wins": self.wins,
            "model": self.model,
            "wins_to_next": self.to_next,
            "chance": [round(x, 4) for x in self.sure] if self.sure else None,
            "ten_more": self.more,
        }
