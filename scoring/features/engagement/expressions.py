"""Engagement features as Ibis expressions, for any engine: `Recency`, `Breadth`, `Momentum` and `Regularity`.

Many cut-offs cost about one pass. Recency has no window: its days are reduced to one row for each unit and cut-off at
which they became known, then carried forward. A day is joined only to the cut-offs whose window it is in. Each function
gives tables of `unit`, `as_of` and a column for each feature. `engagement.arrays` computes the same in this process.
"""

import operator
from functools import reduce

import ibis
import ibis.expr.types as ir

from scoring.features.facts import Facts
from scoring.features.spec import Breadth, Momentum, Recency, Regularity, restriction
from scoring.timeline import Grid, Window, known


def recency(features: list[Recency], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """Days since the last day that matches, one table for each event asked for."""
    assert facts.engagements is not None
    parts = []
    for event in dict.fromkeys(feature.event for feature in features):
        asked = [feature for feature in features if feature.event == event]
        parts.append(facts.engagements.named(_last_days(asked, _rows(asked, facts, grid), grid)))
    return parts


def _rows(features: list[Recency], facts: Facts, grid: Grid) -> ibis.Table:
    """The engagement days that the features of one event need."""
    engaged = facts.engagements
    assert engaged is not None
    event = features[0].event
    if event == "returned" and not any(f.activity or f.department or f.by != "anyone" for f in features):
        return engaged.returns
    if event == "any":
        everything = grid.days == (engaged.reduced.end,)
        return engaged.latest if everything else engaged.latest_by(grid.first_seeing)
    return engaged.event(event)


def _last_days(features: list[Recency], days: ibis.Table, grid: Grid) -> ibis.Table:
    """Days since the last day that matches, for each unit and cut-off."""
    cells = days.mutate(cell=grid.first_seeing(days.known_day))
    cells = cells.filter(cells.cell < len(grid.days))
    last = cells.group_by("number", "cell").agg(**{f.name: cells.day.max(where=_matches(f, cells)) for f in features})
    carried = grid.carried(last, "number", {f.name: "max" for f in features})
    return carried.select("number", "as_of", **{f.name: carried.as_of - carried[f.name] for f in features})


def _matches(feature: Recency | Breadth | Regularity, days: ibis.Table) -> ir.BooleanValue:
    match: ir.BooleanValue = ibis.literal(True)
    for column, names in (("kind", restriction(feature.activity)), ("department", restriction(feature.department))):
        if names:
            match = match & reduce(operator.or_, [days[column] == name for name in names])
    return match & days.decision_maker if feature.by == "decision_maker" else match


def breadth(features: list[Breadth], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """The number of different people, departments or kinds in the window."""
    assert facts.engagements is not None
    near = _near(facts, Window(max(feature.days for feature in features)), grid)

    def distinct(feature: Breadth) -> ir.Value:
        inside = feature.window.covers(near.day, near.as_of) & _matches(feature, near)
        if feature.of == "decision_makers":
            inside = inside & near.decision_maker
        column = {"departments": "department", "kinds": "kind"}.get(feature.of, "lead_id")
        return near[column].nunique(where=inside)

    counts = near.group_by("number", "as_of").agg(**{f.name: distinct(f) for f in features})
    return [facts.engagements.named(counts)]


def momentum(features: list[Momentum], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """The share of recent weeks with any engagement, less that of the weeks before."""
    assert facts.engagements is not None
    parts = []
    for feature in features:
        both = feature.recent_weeks + feature.usual_weeks
        near = _near(facts, Window(7 * both), grid)
        weeks = near.select("number", "as_of", week=(near.as_of - 1 - near.day) // 7).distinct()
        recent = (weeks.week < feature.recent_weeks).cast("int64").sum() / feature.recent_weeks
        usual = (weeks.week >= feature.recent_weeks).cast("int64").sum() / feature.usual_weeks
        shares = weeks.group_by("number", "as_of").agg(**{feature.name: recent - usual})
        parts.append(facts.engagements.named(shares))
    return parts


def regularity(features: list[Regularity], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """The number of weeks with any engagement that matches, of the last ones."""
    assert facts.engagements is not None
    near = _near(facts, Window(max(feature.window.days for feature in features)), grid)
    near = near.mutate(week=(near.as_of - 1 - near.day) // 7)
    weeks = {f.name: near.week.nunique(where=(near.week < f.weeks) & _matches(f, near)) for f in features}
    return [facts.engagements.named(near.group_by("number", "as_of").agg(**weeks))]


def _near(facts: Facts, window: Window, grid: Grid) -> ibis.Table:
    """Each engagement day joined to the cut-offs at which it is known and in the window."""
    assert facts.engagements is not None
    days = facts.engagements.since(grid.days[0] - window.days)
    if len(grid.days) == 1:
        pairs = days.mutate(as_of=ibis.literal(grid.days[0], type="int64"))
    else:
        ahead = ibis.memtable({"ahead": list(range(grid.most_within(window.days)))}, schema={"ahead": "int64"})
        pairs = days.mutate(cell=grid.first_seeing(days.known_day)).cross_join(ahead)
        steps = grid.steps()
        pairs = pairs.inner_join(steps, pairs.cell + pairs.ahead == steps.step).drop("cell", "ahead", "step")
    return pairs.filter(known(pairs.known_day, pairs.as_of) & window.covers(pairs.day, pairs.as_of))
