"""Who had engaged by which stage of won deals, beside those that were not won, for the report."""

from dataclasses import dataclass

from scoring.buying_groups.group import NO_DEAL, OPENING, RoleShare, StageGroup, TitleRole
from scoring.buying_groups.roles import ROLES
from scoring.scorecard.scorecard import Scorecard

#: Seniorities and departments that are named.
MOST_TITLES = 12
_WORDS = {NO_DEAL: "Before a deal", OPENING: "At its opening"}


@dataclass(frozen=True)
class StageRow:
    """A stage in words, how many deals that were won and lost had reached it, and the share of each role."""

    stage: str
    won: int
    lost: int
    without_deal: bool
    shares: tuple[RoleShare, ...]


@dataclass(frozen=True)
class RoleTable:
    """The table of roles by stage.

    Attributes
    ----------
    days : int
        Within how many days somebody engaged.
    roles, typical : tuple of str
        The roles that are shown, and those that are typical of won deals.
    stages : tuple of StageRow
    titles : tuple of TitleRole
        What contact roles taught of titles, the most frequent ones.
    more_titles : int
        How many are not shown.
    """

    days: int
    roles: tuple[str, ...]
    typical: tuple[str, ...]
    stages: tuple[StageRow, ...]
    titles: tuple[TitleRole, ...]
    more_titles: int


def roles_by_stage(scorecard: Scorecard) -> RoleTable | None:
    """The table of roles by stage; None where nothing was learned."""
    found = scorecard.buying_group
    if found is None:
        return None
    shown = [stage for stage in found.stages if stage.won and stage.lost]
    roles = tuple(
        role
        for role in ROLES
        if any(share.role == role and max(share.won, share.lost) > 0 for stage in shown for share in stage.roles)
    )
    titles = sorted(found.titles, key=lambda one: (-one.accounts, one.seniority, one.department))
    return RoleTable(
        found.days,
        roles,
        typical=tuple(role for role in ROLES if any(role in stage.typical for stage in shown)),
        stages=tuple(_stage(i, stage, roles) for i, stage in enumerate(found.stages) if stage in shown),
        titles=tuple(titles[:MOST_TITLES]),
        more_titles=max(0, len(titles) - MOST_TITLES),
    )


def _stage(index: int, stage: StageGroup, roles: tuple[str, ...]) -> StageRow:
    return StageRow(
        _WORDS[stage.stage] if index < len(_WORDS) else stage.stage,
        stage.won,
        stage.lost,
        without_deal=index == 0,
        shares=tuple(share for share in stage.roles if share.role in roles),
    )
