"""The buying group of a won deal, as training found it: who had engaged by which stage, in won and in lost deals.

One example. Before a deal was opened, a user had engaged at 70 % of the accounts that won, and at 20 % of those that
have no deal: a user is *typical*, then and at later stages. By `Proposal`, a decision maker had engaged in 60 % of 80
won deals and in 30 % of 200 lost ones: there a decision maker is typical too. An account whose deal is at `Proposal`
tonight, and where only a user engaged, has the group `1 of 2: user` and the missing role `decision maker`.

It changes no score: no term reads it. It holds shares of accounts, never an account or a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from typing import Any, Self

from scoring.buying_groups.roles import ROLES, Role, of_positions

#: The version of this part of a scorecard. A reader leaves out a later one: scores do not depend on it.
VERSION = 1
#: Who engaged within so many days has engaged.
DAYS = 365
#: The stage of accounts without an open deal, and of a deal that is open in no other stage that is told.
NO_DEAL, OPENING = "no deal", "opening"
#: A stage is told if so many accounts won, and so many lost, a deal that was in it.
LEAST = 25
#: Shares are drawn towards the share among won and lost deals together, with the weight of so many accounts.
PRIOR = 10
#: Shares differ clearly from so many standard errors on, since some thirty are looked at, and if the odds do so much:
#: among many deals a trifle has a small error.
CLEARLY, ODDS = 3.0, 1.5
#: In how large a share of won deals somebody of a typical role has engaged, at least.
USUAL = 1 / 3
#: Contact roles teach what a title means if so many accounts have such a person in a role, and most agree.
LEAST_NAMED, MOST_AGREE = 10, 0.6


@dataclass(frozen=True)
class RoleShare:
    """In which share of the won and of the other deals somebody of a role had engaged by a stage.

    Attributes
    ----------
    role : str
    won, lost : float
    separates : bool
        Whether won deals clearly had it more often.
    typical : bool
        Whether it separates here, or did before the deal and is still usual.
    """

    role: Role
    won: float
    lost: float
    separates: bool = False
    typical: bool = False


@dataclass(frozen=True)
class StageGroup:
    """The roles by one stage.

    Attributes
    ----------
    stage : str
        As the CRM calls it; of the first two stages `NO_DEAL` and `OPENING`.
    won, lost : int
        The accounts that won and that lost a deal which was in this stage. Before a deal: those that won one later, and
        those that have none.
    roles : tuple of RoleShare
        All of `ROLES`, in their order.
    """

    stage: str
    won: int
    lost: int
    roles: tuple[RoleShare, ...]

    @property
    def typical(self) -> tuple[Role, ...]:
        """The typical roles, in the order of `ROLES`."""
        return tuple(share.role for share in self.roles if share.typical)

    def columns(self, engaged: Sequence[Role]) -> tuple[str, str]:
        """The columns `buying_group` and `missing_role` of an account; empty where no role is typical.

        Parameters
        ----------
        engaged : sequence of str
            The roles of whom somebody has engaged.
        """
        if not self.typical:
            return "", ""
        there = [role for role in self.typical if role in engaged]
        missing = [share for share in self.roles if share.typical and share.role not in engaged]
        words = f"{len(there)} of {len(self.typical)}" + (f": {', '.join(there)}" if there else "")
        # What separates most; of equals the first of `ROLES`.
        return words, max(missing, key=lambda share: share.won - share.lost).role if missing else ""


@dataclass(frozen=True)
class TitleRole:
    """What role a seniority and a department have, as the contact roles of so many accounts say."""

    seniority: str
    department: str
    role: Role
    accounts: int


@dataclass(frozen=True)
class BuyingGroup:
    """What was learned of buying groups.

    Attributes
    ----------
    stages : tuple of StageGroup
        Before a deal, the opening of one, then the stages of the CRM in the order in which deals reach them.
    titles : tuple of TitleRole
        Where the contact roles of closed deals say another role than the title alone would.
    days : int
        Who engaged within so many days has engaged.
    """

    stages: tuple[StageGroup, ...]
    titles: tuple[TitleRole, ...] = ()
    days: int = DAYS

    @property
    def roles(self) -> tuple[Role | None, ...]:
        """The role of each of `titles.POSITIONS`."""
        return of_positions({(one.seniority, one.department): one.role for one in self.titles})

    @property
    def has_typical_roles(self) -> bool:
        """Whether some role is typical, so that there is something to tell of an account."""
        return any(stage.typical for stage in self.stages)

    def texts(self) -> list[list[tuple[str, str]]]:
        """The columns of each stage for every set of engaged roles, as a number with a bit for each of `ROLES`."""
        sets = [[role for i, role in enumerate(ROLES) if bits >> i & 1] for bits in range(1 << len(ROLES))]
        return [[stage.columns(engaged) for engaged in sets] for stage in self.stages]

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self | None:
        """Read what `to_json` gave; None for a later version."""
        if content["version"] > VERSION:
            return None
        stages = (
            StageGroup(**{**stage, "roles": tuple(RoleShare(**share) for share in stage["roles"])})
            for stage in content["stages"]
        )
        return cls(tuple(stages), tuple(TitleRole(**title) for title in content["titles"]), content["days"])

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "version": VERSION,
            "days": self.days,
            "stages": [{**asdict(stage), "roles": [asdict(share) for share in stage.roles]} for stage in self.stages],
            "titles": [asdict(title) for title in self.titles],
        }


def stage_group(stage: str, won: int, lost: int, engaged: Mapping[Role, tuple[int, int]]) -> StageGroup:
    """What a stage shows by itself.

    Parameters
    ----------
    stage : str
    won, lost : int
        The accounts whose won and whose lost deal was in it.
    engaged : mapping
        For each role how many of both had somebody of that role engaged by then.
    """
    return StageGroup(stage, won, lost, tuple(_share(role, won, lost, *engaged.get(role, (0, 0))) for role in ROLES))


def _share(role: Role, won: int, lost: int, in_won: int, in_lost: int) -> RoleShare:
    usual = (in_won + in_lost) / max(1, won + lost)
    of_won, of_lost = ((found + PRIOR * usual) / (of + PRIOR) for found, of in ((in_won, won), (in_lost, lost)))
    error = sqrt(usual * (1 - usual) * (1 / max(1, won) + 1 / max(1, lost)))
    clear = min(won, lost) >= LEAST and of_won - of_lost > CLEARLY * error
    clear = clear and of_won * (1 - of_lost) >= ODDS * of_lost * (1 - of_won) and of_won >= USUAL
    return RoleShare(role, round(of_won, 4), round(of_lost, 4), clear, clear)


def carried(stages: Sequence[StageGroup]) -> tuple[StageGroup, ...]:
    """The stages, where what is typical before a deal stays so as long as won deals usually have it.

    Parameters
    ----------
    stages : sequence of StageGroup
        The first is that before a deal.
    """
    before = set(stages[0].typical)
    return tuple(
        replace(
            stage,
            roles=tuple(
                replace(share, typical=share.separates or (share.role in before and share.won >= USUAL and enough))
                for share in stage.roles
            ),
        )
        for stage in stages
        for enough in (min(stage.won, stage.lost) >= LEAST,)
    )
