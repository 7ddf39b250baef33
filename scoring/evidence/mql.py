"""The marketing-qualified-lead rule: points for touches and titles are added up until they reach a threshold.

Marketing automation ships such a rule; here it is a baseline. Points never fall.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import ibis
from pydantic import AfterValidator, Field, WithJsonSchema

from scoring.buying_groups.titles import DEPARTMENT, SENIORITY
from scoring.entity import Entity
from scoring.evidence.touches import carried_forward, in_cells
from scoring.timeline import Grid

#: Points of one inbound touch by activity type; `other` is any type not listed.
POINTS: Mapping[str, float] = {
    "demo_request": 50.0,
    "contact_request": 50.0,
    "trial_start": 50.0,
    "meeting": 40.0,
    "reply": 25.0,
    "pricing_view": 20.0,
    "form_submit": 20.0,
    "event": 20.0,
    "webinar": 15.0,
    "content_download": 10.0,
    "email_click": 5.0,
    "page_view": 1.0,
    "email_open": 1.0,
    "other": 2.0,
}
#: Points of a person by title, given once.
TITLES: Mapping[str, float] = {
    "c_level": 20.0,
    "vp": 20.0,
    "director": 15.0,
    "manager": 10.0,
    "assistant": -10.0,
    "student": -25.0,
}
#: What a title can be worth points for.
TITLE_WORDS = tuple(dict.fromkeys(name for name, _ in (*SENIORITY, *DEPARTMENT)))


def _title_word(word: str) -> str:
    if word not in TITLE_WORDS:
        raise ValueError(f"one of {', '.join(TITLE_WORDS)}")
    return word


TitleWord = Annotated[str, AfterValidator(_title_word), WithJsonSchema({"type": "string", "enum": list(TITLE_WORDS)})]


@dataclass(frozen=True)
class MqlRule:
    """A lead with `threshold` points is marketing-qualified.

    `Demo Request` and `demo_request` are one activity type. Titles are read by `scoring.buying_groups.titles`.
    """

    threshold: Annotated[float, Field(gt=0, description="Points from which on a lead is marketing-qualified.")] = 100.0
    points: Annotated[
        Mapping[str, float],
        Field(
            description="Points of each inbound touch by activity type; a table replaces this one, `other` is the rest."
        ),
    ] = field(default_factory=lambda: dict(POINTS))
    titles: Annotated[
        Mapping[TitleWord, float],
        Field(description="Points of each person, once, by seniority and department; a table replaces this one."),
    ] = field(default_factory=lambda: dict(TITLES))

    def of(self, kind: str) -> float:
        """Points of one touch of an activity type."""
        listed = {rule_type(name): worth for name, worth in self.points.items()}
        return listed.get(rule_type(kind), listed.get("other", 0.0))


def rule_type(kind: str) -> str:
    """An activity type as a rule writes it: `DemoRequest`, `Demo request` and `demo_request` are one."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.strip())
    return re.sub(r"\W+", "_", words).lower().strip("_")


def mql_facts(
    days: ibis.Table | None, people: ibis.Table | None, level: Entity, rule: MqlRule, grid: Grid
) -> ibis.Table | None:
    """The points and qualified people of each unit at each day of the grid.

    Parameters
    ----------
    days : Table or None
        Of `touch_days`.
    people : Table or None
        The people of `entities.people`.
    level : {"account", "lead"}
    rule : MqlRule
    grid : Grid

    Returns
    -------
    Table or None
        `unit`, `as_of`, `mql_points` (of all its people and unknown visitors together) and `mqls` (how many of its
        people are qualified). A unit without any points has no row. None if there are neither touches nor people.
    """
    parts = [part for part in (_by_touch(days, rule, grid), _by_title(people, level, rule, grid)) if part is not None]
    if not parts:
        return None
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    points = every.group_by("unit", "lead_id", "cell").agg(points=every.points.sum())
    dense = carried_forward(points, ("unit", "lead_id"), grid)
    so_far = ibis.cumulative_window(group_by=["unit", "lead_id"], order_by="cell")
    scores = dense.select("unit", "lead_id", "as_of", points=dense.points.sum().over(so_far).fill_null(0.0))
    qualified = scores.lead_id.notnull() & (scores.points >= rule.threshold)
    return scores.group_by("unit", "as_of").agg(mql_points=scores.points.sum(), mqls=qualified.cast("int64").sum())


def _by_touch(days: ibis.Table | None, rule: MqlRule, grid: Grid) -> ibis.Table | None:
    if days is None:
        return None
    kinds = sorted(days.select("kind").distinct().kind.execute())
    worth = {kind: rule.of(kind) for kind in kinds if rule.of(kind)}
    if not worth:
        return None
    cells = in_cells(days.filter(days.inbound & days.kind.isin(list(worth))), grid)
    points = cells.touches * cells.kind.cases(*worth.items(), else_=0.0)
    return cells.mutate(worth=points).group_by("unit", "lead_id", "cell").agg(points=ibis._.worth.sum())


def _by_title(people: ibis.Table | None, level: Entity, rule: MqlRule, grid: Grid) -> ibis.Table | None:
    if people is None:
        return None
    worth = list(rule.titles.items()) or [("", 0.0)]
    points = people.seniority.cases(*worth, else_=0.0) + people.department.cases(*worth, else_=0.0)
    titled = people.select(
        "lead_id",
        unit=people.account_key if level == "account" else people.lead_id,
        known_day=people.known_day.fill_null(0),
        points=points,
    )
    return in_cells(titled, grid).select("unit", "lead_id", "cell", "points")
