"""Who had engaged by which stage of won deals, beside those that were not won, for the report."""

from typing import Any

from scoring.buying_groups.group import NO_DEAL, OPENING, BuyingGroup, StageGroup
from scoring.buying_groups.roles import ROLES
from scoring.scorecard.scorecard import Scorecard

#: Seniorities and departments that are named.
MOST_TITLES = 12
_WORDS = {NO_DEAL: "Before a deal", OPENING: "At its opening"}


def buying_group(scorecard: Scorecard) -> dict[str, Any] | None:
    """The table of roles by stage; None where nothing was learned."""
    found = scorecard.buying_group
    if found is None:
        return None
    shown = [stage for stage in found.stages if stage.won and stage.lost]
    roles = [
        role
        for role in ROLES
        if any(share.role == role and max(share.won, share.lost) > 0 for stage in shown for share in stage.roles)
    ]
    return {
        "days": found.days,
        "roles": roles,
        "stages": [_stage(i, stage, roles) for i, stage in enumerate(found.stages) if stage in shown],
        "typical": [role for role in ROLES if any(role in stage.typical for stage in shown)],
        "titles": _titles(found),
    }


def _stage(index: int, stage: StageGroup, roles: list[Any]) -> dict[str, Any]:
    return {
        "stage": _WORDS[stage.stage] if index < len(_WORDS) else stage.stage,
        "won": stage.won,
        "lost": stage.lost,
        "without_deal": index == 0,
        "shares": [
            {"role": share.role, "won": share.won, "lost": share.lost, "typical": share.typical}
            for share in stage.roles
            if share.role in roles
        ],
    }


def _titles(found: BuyingGroup) -> dict[str, Any]:
    most = sorted(found.titles, key=lambda one: (-one.accounts, one.seniority, one.department))
    rows = [
        {"seniority": one.seniority, "department": one.department, "role": one.role, "accounts": one.accounts}
        for one in most[:MOST_TITLES]
    ]
    return {"rows": rows, "more": max(0, len(most) - MOST_TITLES)}
