"""The buying group of the deals that were won, learned from what was known at the training. No score depends on it."""

from __future__ import annotations

from dataclasses import replace

import ibis
import numpy as np

from pipelines.config import Config
from pipelines.intake.leak_guard import ACCOUNT_LINK, DEAL_STATE, LeakGuard
from pipelines.progress import Say
from scoring import entities
from scoring.buying_groups.closed_deals import before_deals, closed_deals, engaged_by, moments, named_roles
from scoring.buying_groups.group import (
    LEAST,
    LEAST_NAMED,
    MOST_AGREE,
    NO_DEAL,
    OPENING,
    BuyingGroup,
    StageGroup,
    TitleRole,
    carried,
    stage_group,
)
from scoring.buying_groups.roles import Role, is_known, of_position, of_positions, role_of_cell
from scoring.buying_groups.titles import POSITIONS
from scoring.engagement import engagement_log
from scoring.entity import Entity
from scoring.features.spec import Group
from scoring.persons.written import hidden
from scoring.tables import Keep, Tables

#: The most stages that are told, those that most won deals reached.
MOST_STAGES = 12
#: Accounts without a deal that those that won are compared with.
MOST_WITHOUT = 5_000
#: Different words of contact roles that are read, the most frequent ones, and unknown ones that are named.
MOST_WORDS, MOST_NAMED = 500, 3
#: What a group is made from: where the leak guard holds one of them back, nothing is learned.
_MADE_FROM = (
    Group(name="of seniority", label="", of="decision_makers"),
    Group(name="of department", label="", of="departments"),
)


def may_learn(entity: Entity, guard: LeakGuard) -> bool:
    """Whether the leak guard holds nothing back that a buying group is made from.

    Parameters
    ----------
    entity : {"account", "lead"}
        Whose scorecard gets it. The group is that of accounts either way.
    guard : LeakGuard
        Of the training.
    """
    made_from = [replace(feature, scope="account") for feature in _MADE_FROM] if entity == "lead" else _MADE_FROM
    if guard.held_back(ACCOUNT_LINK) or guard.held_back(DEAL_STATE):
        return False
    return len(guard.admitted(made_from, entity)) == len(made_from)


def learn_buying_group(
    tables: Tables, config: Config, *, keep: Keep, say: Say = lambda text: None
) -> BuyingGroup | None:
    """Learn which roles had engaged by which stage of won and of lost deals.

    Parameters
    ----------
    tables : Tables
        Cut at the day of the training.
    config : Config
        Gives the question and the seed.
    keep : callable
        Computes a table that several expressions read.
    say : callable
        Takes each message.

    Returns
    -------
    BuyingGroup or None
        None with too few won or lost deals, or without titles or engagement of people.
    """
    tables = replace(tables, win=config.question.win)
    found = entities.people(tables)
    if found is None or tables.accounts is None or engagement_log(tables) is None:
        return None
    people = keep(found)
    titles = _taught_titles(tables, people, say)
    roles = of_positions({(title.seniority, title.department): title.role for title in titles})
    numbered = {"of_position": list(range(len(roles))), "role": list(roles)}
    role_of = ibis.memtable(numbered, schema={"of_position": "int16", "role": "string"}).filter(ibis._.role.notnull())
    closed, role_of = keep(closed_deals(tables, people)), keep(role_of)
    before = keep(_before(*before_deals(tables, people, closed), config.training.seed))
    at = keep(moments(tables, closed))
    opening, later = at.filter(at.stage.isnull()), at.filter(at.stage.notnull())
    first = [
        (
            _stages(some.mutate(stage=ibis.literal(name)), tables, people, role_of, keep)
            or [stage_group(name, 0, 0, {})]
        )[0]
        for name, some in ((NO_DEAL, before), (OPENING, opening))
    ]
    stages = [*first, *_stages(later, tables, people, role_of, keep)]
    if not any(share.won or share.lost for stage in stages for share in stage.roles):
        return None
    return BuyingGroup(carried(stages), tuple(titles))


def _before(won: ibis.Table, without: ibis.Table, seed: int) -> ibis.Table:
    """Accounts that won, before their deal, and a sample of those without one, on days on which such deals began."""
    winners = won.order_by("unit").to_pyarrow().to_pydict()
    others = without.order_by("unit").to_pyarrow()
    chance = np.random.default_rng(seed)
    some = chance.permutation(len(others))[:MOST_WITHOUT]
    days = np.sort(chance.choice(winners["day"], len(some))) if winners["day"] else np.array([], dtype=np.int64)
    units, created = others["unit"].to_numpy()[some], others["created_day"].to_numpy()[some]
    # By age, so that hardly any account is looked at before it was there.
    order = np.argsort(created, kind="stable")[: len(days)]
    there = created[order] < days
    return ibis.memtable(
        {
            "unit": [*winners["unit"], *units[order][there].tolist()],
            "status": ["won"] * len(winners["unit"]) + ["lost"] * int(there.sum()),
            "day": [*winners["day"], *days[there].tolist()],
        },
        schema={"unit": "string", "status": "string", "day": "int64"},
    ).mutate(after=ibis.literal(0, type="int64"))


def _stages(at: ibis.Table, tables: Tables, people: ibis.Table, role_of: ibis.Table, keep: Keep) -> list[StageGroup]:
    """The stages that enough deals were in, in the order in which they were reached."""
    at = keep(at)
    engaged = engaged_by(tables, people, at, role_of, keep)
    counts = at.group_by("stage", "status").agg(accounts=at.unit.nunique(), after=at.after.mean())
    of: dict[tuple[str, str], int] = {}
    after: dict[str, float] = {}
    for row in counts.to_pyarrow().to_pylist():
        of[row["stage"], row["status"]] = row["accounts"]
        if row["status"] == "won":
            after[row["stage"]] = row["after"]
    with_both = [name for name in after if min(of[name, "won"], of.get((name, "lost"), 0)) >= LEAST]
    most = sorted(with_both, key=lambda name: (-of[name, "won"], name))[:MOST_STAGES]
    shown: dict[str, dict[Role, dict[str, int]]] = {}
    for row in engaged.to_pyarrow().to_pylist():
        shown.setdefault(row["stage"], {}).setdefault(row["role"], {})[row["status"]] = row["accounts"]
    found = []
    for name in sorted(most, key=lambda name: (after[name], name)):
        by_role = shown.get(name, {})
        both = {role: (by.get("won", 0), by.get("lost", 0)) for role, by in by_role.items()}
        found.append(stage_group(hidden(name), of[name, "won"], of[name, "lost"], both))
    return found


def _taught_titles(tables: Tables, people: ibis.Table, say: Say) -> list[TitleRole]:
    """The titles that have another role here, by the contact roles of closed deals; says what was not understood."""
    if tables.contact_roles is None:
        return []
    roles = tables.contact_roles
    counted = roles.filter(roles.role.notnull()).group_by("role").agg(rows=ibis._.count())
    words = counted.order_by(ibis.desc("rows"), "role").limit(MOST_WORDS).to_pyarrow().to_pylist()
    unknown = [row for row in words if not is_known(row["role"])]
    if unknown:
        named = ", ".join(f"{hidden(row['role'])!r} ({row['rows']:,})" for row in unknown[:MOST_NAMED])
        rows = sum(row["rows"] for row in unknown)
        say(f"{rows:,} contact roles name no role that closedwon knows, and are not used: {named}")
    meaning: dict[str, Role] = {row["role"]: role for row in words if (role := role_of_cell(row["role"]))}
    if not meaning:
        return []
    table = ibis.memtable(
        {"cell": list(meaning), "meaning": list(meaning.values())}, schema={"cell": "string", "meaning": "string"}
    )
    by_position: dict[int, dict[Role, int]] = {}
    for row in named_roles(tables, people, table).to_pyarrow().to_pylist():
        by_position.setdefault(row["position"], {})[row["role"]] = row["accounts"]
    taught = []
    for position, accounts in sorted(by_position.items()):
        most = max(sorted(accounts), key=lambda name: accounts[name])
        agree = accounts[most] >= max(LEAST_NAMED, MOST_AGREE * sum(accounts.values()))
        if agree and most != of_position(*POSITIONS[position]):
            taught.append(TitleRole(*POSITIONS[position], most, accounts[most]))
    return taught
