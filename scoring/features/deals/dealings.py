"""The declarations of features that are made from deals: their state, their plans, and what was bought before."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.entity import Entity
from scoring.features.feature import Feature, Kind, Side, SourceColumn

#: That there are deals, and whether they are open.
DEAL_STATE = SourceColumn("opportunities", "status")
#: When deals were won. It says nothing ahead of that day, even where deals are recorded only once they are won.
WIN_DATE = SourceColumn("opportunities", "closed_at")


@dataclass(frozen=True, kw_only=True)
class Deal(Feature):
    """The state of the deals: days since the open one opened, days since the last was lost, the stage, days in it."""

    kind: ClassVar[Kind] = "days"
    of: Literal["open_days", "lost_days", "stage", "stage_days"]
    side: Side = "intent"

    def made_from(self, entity: Entity) -> tuple[SourceColumn, ...]:
        """The state of deals."""
        return (DEAL_STATE,)


PLANS = ("amount", "close_date", "probability")  # the columns of the opportunity history


@dataclass(frozen=True, kw_only=True)
class DealPlan(Feature):
    """What was planned of the open deal, as the opportunity history told it: null without an open deal that has one.

    `amount` is the largest, `days_to_close` until the first expected close (below 0 if it has passed), `slips` how
    often that was moved later, `probability` the one that sales entered.
    """

    of: Literal["amount", "amount_known", "days_to_close", "slips", "probability"]
    side: Side = "intent"

    @property
    def plan(self) -> str:
        """The column of the opportunity history that it is made from."""
        return "probability" if self.of == "probability" else "amount" if "amount" in self.of else "close_date"

    def made_from(self, entity: Entity) -> tuple[SourceColumn, ...]:
        """The state of deals, and the column of their history."""
        return (DEAL_STATE, SourceColumn("opportunity_history", self.plan))


@dataclass(frozen=True, kw_only=True)
class Bought(Feature):
    """What was bought before, and what was not, of any type of deal, as it was known.

    `wins` and `losses` are how many deals were won and lost, `other_deals` how many are known of a type that the model
    does not predict, each 0 where there is none; `amount` is the mean of what was won, null where no amount is known;
    `per_year` is how many were won a year since the first, and a year more; null where none was.
    """

    of: Literal["wins", "losses", "other_deals", "amount", "per_year"]
    side: Side = "fit"

    @property
    def counts(self) -> bool:
        """Whether it is a number of deals."""
        return self.of in ("wins", "losses", "other_deals")

    def made_from(self, entity: Entity) -> tuple[SourceColumn, ...]:
        """When deals were won; of deals that were not won, their state."""
        return (DEAL_STATE if self.of in ("losses", "other_deals") else WIN_DATE,)


@dataclass(frozen=True, kw_only=True)
class LastBought(Feature):
    """Days since the last deal of any type was won; null if none was."""

    kind: ClassVar[Kind] = "days"
    side: Side = "intent"

    def made_from(self, entity: Entity) -> tuple[SourceColumn, ...]:
        """When deals were won."""
        return (WIN_DATE,)
