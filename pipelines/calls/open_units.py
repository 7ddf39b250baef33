"""Who is open at the Monday of a week, with the score, the owner and the team of each."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from pipelines.alignment.agreed import Agreed, agreements
from pipelines.alignment.market import in_market
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from pipelines.planning.open_scores import NOBODY, known_owners
from pipelines.progress import Say
from pipelines.serving.scoring_arrays import score_table
from pipelines.store.store import Store
from scoring.alignment.target_market import TargetMarket, conditions
from scoring.entity import Entity
from scoring.features.facts import Facts
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import known

#: Whose list those without an owner are on.
NO_OWNER = "no owner"
#: Who calls whom: account executives those with an open deal, the inside-sales team all others.
INSIDE, EXECUTIVES = "inside sales", "account executives"


def open_units(export: Export, facts: Facts, scorecard: Scorecard, version: str, say: Say) -> pd.DataFrame:
    """Everybody who is open, as the champion scores them: a row for each, with `account`, `owner`, `in_deal`, `team`.

    Parameters
    ----------
    export : Export
    facts : Facts
        Of the entity.
    scorecard : Scorecard
    version : str
    say : callable

    Raises
    ------
    UsageError
        If the scorecard was trained on a later day: it knows what came of this week.
    """
    if scorecard.as_of > export.as_of:
        raise UsageError(
            f"the {scorecard.entity} champion was trained on what was known before {scorecard.as_of}, so it knows what "
            f"came after {export.as_of}: ask for a week from {scorecard.as_of} on"
        )
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    table = score_table(scorecard, version, export, since=export.day - 7, scored_at=now, say=say)
    frame = table.to_pandas().rename(columns={f"{scorecard.entity}_id": "unit"})
    frame["unit"] = frame["unit"].astype(str)
    frame["account"] = frame["unit"] if scorecard.entity == "account" else frame["account_id"].fillna("")
    unit, account = (frame[name].to_numpy(dtype=object) for name in ("unit", "account"))
    found = known_owners(export, scorecard.entity, unit, account)
    frame["owner"] = NO_OWNER if found is None else np.where(found == NOBODY, NO_OWNER, found)
    deals = facts.deals
    is_open = deals.closed_day.isnull() | ~known(deals.closed_day, export.day)
    dealing = deals.filter(known(deals.known_day, export.day) & is_open).select("unit").distinct().to_pandas()["unit"]
    frame["in_deal"] = frame["unit"].isin(dealing.astype(str))
    frame["team"] = np.where(frame["in_deal"], EXECUTIVES, INSIDE)
    return frame


def agreement_of(store: Store, export: Export) -> Agreed | None:
    """The agreement that holds on the Monday; None without one."""
    return next((one for one in agreements(store.path) if one.first_day <= export.as_of <= one.last_day), None)


def outside_market(agreed: Agreed | None, export: Export, entity: Entity, units: pd.Series) -> np.ndarray:
    """Who is not in the target market of the agreement, bool of shape (n,); nobody without conditions."""
    wanted = {} if agreed is None else agreed.content.get("target_market", {})
    found, _ = conditions(wanted)
    if not found:
        return np.zeros(len(units), dtype=bool)
    return ~units.isin(in_market(TargetMarket(found), export, entity)).to_numpy()


def capacity(
    agreed: Agreed | None, config: Config, entity: Entity, n_open: int, horizon_days: int
) -> tuple[float, dict[str, int], str]:
    """How many calls can be made in a week, of all and of each team, and where that is from, in words.

    Parameters
    ----------
    agreed : Agreed or None
    config : Config
    entity : {"account", "lead"}
    n_open : int
    horizon_days : int
        Of the scorecard: without any number, a share of those who are open is worked in it.
    """
    team = {} if agreed is None else agreed.content.get("capacity", {})
    by_team = {INSIDE: int(team.get("inside_sales", 0)), EXECUTIVES: int(team.get("account_executives", 0))}
    total = sum(by_team.values())
    if config.calls.a_week:
        return config.calls.a_week, {}, "[calls] a_week"
    if agreed is not None and total:
        limits = by_team if all(by_team.values()) else {}
        return total, limits, f"the agreement {agreed.name}"
    per_week = config.capacity.of(entity, n_open, horizon_days) * 7 / horizon_days
    weekly = config.capacity.accounts_per_week if entity == "account" else config.capacity.leads_per_week
    key = f"[capacity] {entity}s_per_week" if weekly else f"[capacity] share, {config.capacity.share:.0%} in a horizon"
    return max(1.0, per_week), {}, key
