"""Features as Ibis expressions, for any engine: snapshots in, one column for each feature out.

These expressions define what a feature is. `feature_arrays` computes the same values in this process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.contracts.cells import text
from scoring.features import engagement_expressions
from scoring.features.facts import Facts, Market
from scoring.features.spec import (
    Age,
    Attribute,
    Breadth,
    Deal,
    Feature,
    Group,
    Listed,
    Momentum,
    Ratio,
    Recency,
    is_category,
)
from scoring.timeline import Carry, Grid, known


def build(features: Sequence[Feature], market: Market, snapshots: ibis.Table, grid: Grid) -> ibis.Table:
    """The features of every snapshot.

    Parameters
    ----------
    features : sequence of Feature
    market : Market
        The facts they read.
    snapshots : Table
        Snapshots: `unit`, `as_of`, and `account_key` where features of scope `account` are asked for.
    grid : Grid
        The days that `as_of` is taken from.

    Returns
    -------
    Table
        The columns of `snapshots`, then one for each feature, in order. Numbers are float64, null where unknown.
    """
    own_features = [feature for feature in features if feature.scope == "own"]
    account_features = [feature for feature in features if feature.scope == "account"]
    result = _joined(snapshots, _columns(own_features, market.own, grid), "unit")
    if account_features:
        if market.account is None:
            raise ValueError(f"{account_features[0].name} is about the account, but no lead has one.")
        result = _joined(result, _columns(account_features, market.account, grid), "account_key")
    return result.select(*snapshots.columns, *[finished(result, feature) for feature in features])


def _joined(snapshots: ibis.Table, columns: list[ibis.Table], key: str) -> ibis.Table:
    def join(left: ibis.Table, right: ibis.Table) -> ibis.Table:
        # An attribute may be called anything but something with a blank in it: see `sources.column_key`.
        right = right.rename({f"its {name}": name for name in ("unit", "as_of") if name in right.columns})
        on: list[Any] = [left[key] == right["its unit"]]
        if "its as_of" in right.columns:
            on.append(left["as_of"] == right["its as_of"])
        return left.left_join(right, on).drop([name for name in ("its unit", "its as_of") if name in right.columns])

    return reduce(join, columns, snapshots)


def finished(table: ibis.Table, feature: Feature) -> ir.Value:
    """A feature's final column: a number as float64, a level as text; 0 or null where there was nothing."""
    if isinstance(feature, Listed | Ratio):
        return derived(feature, table).name(feature.name)
    column = table[feature.name]
    if isinstance(feature, Breadth | Momentum) or (isinstance(feature, Group) and not feature.of.startswith("first_")):
        column = column.fill_null(0)
    if column.type().is_boolean():
        column = ibis.cases((column, "true"), (~column, "false"))  # and null, which `ifelse` would take for false
    if column.type().is_string():
        return (column if is_category(feature) else column.try_cast("float64")).name(feature.name)
    return (text(column) if is_category(feature) else column.cast("float64")).name(feature.name)


def derived(feature: Listed | Ratio, table: ibis.Table) -> ir.Value:
    """A feature made from attributes: the column, from a table that has them under the names of `feature.sources`."""
    values = [table[source.name] for source in feature.sources]
    if isinstance(feature, Listed):
        level = text(values[0]).lower()
        listed = level.cases(*((value.strip().lower(), "true") for value in feature.values), else_="false")
        return ibis.ifelse(level.isnull(), ibis.null("string"), listed)
    above, below = (value.try_cast("float64") for value in values)
    return above / below.nullif(0.0)


def _columns(features: Sequence[Feature], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """One table for each kind of feature present, each with `unit`, its columns and, unless static, `as_of`."""
    tables = [part.table(grid) for part in stated(features, facts, grid)]
    for kind, interpret in ENGAGED.items():
        if wanted := of_kind(features, kind):
            require(facts.engagements, wanted)
            tables += interpret(wanted, facts, grid)
    return tables


ENGAGED: dict[type[Feature], Any] = {
    Recency: engagement_expressions.recency,
    Breadth: engagement_expressions.breadth,
    Momentum: engagement_expressions.momentum,
}


def of_kind(features: Sequence[Feature], kind: type) -> list[Any]:
    """Those of one kind, in order."""
    return [feature for feature in features if isinstance(feature, kind)]


def require(source: object, wanted: Sequence[Feature]) -> None:
    """Raise `ValueError` if what features are made from is not there."""
    if source is None:
        raise ValueError(f"{wanted[0].name} is made from a table that this export lacks.")


@dataclass(frozen=True)
class Stated:
    """Some features as rows of `unit`, with `as_of` unless they are static.

    Where there is a `how`, the rows have a `cell` instead: see `Grid.carried`.
    """

    rows: ibis.Table
    how: Mapping[str, Carry] | None = None

    def table(self, grid: Grid) -> ibis.Table:
        """The rows by day."""
        return self.rows if self.how is None else grid.carried(self.rows, "unit", self.how)


def stated(features: Sequence[Feature], facts: Facts, grid: Grid) -> list[Stated]:
    """All that is not made from engagement: attributes, people, deals and dates."""
    parts: list[tuple[list[Any], ibis.Table | None, Any]] = [
        ([source for feature in features for source in feature.sources], facts.attributes, _attributes),
        (of_kind(features, Group), facts.people, _group),
        (of_kind(features, Deal), facts.deals, _deals),
        (of_kind(features, Age), facts.units, _age),
    ]
    found: list[Stated] = []
    for wanted, source, interpret in parts:
        if wanted:
            require(source, wanted)
            found += [part if isinstance(part, Stated) else Stated(part) for part in interpret(wanted, facts, grid)]
    return found


def _attributes(features: list[Attribute], facts: Facts, grid: Grid) -> list[ibis.Table]:
    table = facts.attributes
    assert table is not None
    history = facts.history
    traced = [f for f in features if history is not None and f.column in history.columns]
    static = [f for f in features if f not in traced]
    parts = [table.select("unit", **{f.name: table[f.column] for f in static})] if static else []
    for feature in traced:
        assert history is not None
        changes = history.filter(history[feature.column].notnull())
        changes = changes.group_by("unit", "known_at").agg(value=changes[feature.column].max())
        seen = grid.crossed(changes).mutate(known_day=ibis._.known_at.date().epoch_days())
        seen = seen.filter(known(seen.known_day, seen.as_of))
        then = seen.group_by("unit", "as_of").agg(value=seen.value.argmax(seen.known_at))
        # A unit without any history of it has always had its current value.
        always = table.anti_join(changes, "unit").select("unit", value=table[feature.column])
        always = grid.crossed(always).select("unit", "as_of", "value")
        parts.append(ibis.union(then, always.cast({"value": then.value.type()})).rename({feature.name: "value"}))
    return parts


def _group(features: list[Group], facts: Facts, grid: Grid) -> list[Stated]:
    people = facts.people
    assert people is not None
    # Who has no date was always there. Who came first must not depend on row order: ties go by id.
    known_day = people.known_day.fill_null(0)
    arrival = known_day.cast("string").lpad(8, "0") + people.lead_id
    met = people.mutate(cell=grid.first_seeing(known_day), arrival=arrival)
    met = met.filter(met.cell < len(grid.days))
    cells = met.group_by("unit", "cell").agg(people=met.count(), decision_makers=met.decision_maker.cast("int64").sum())
    for of in dict.fromkeys(feature.of for feature in features):
        if of == "departments":
            found = met.filter(met.department.notnull()).group_by("unit", "department").agg(cell=met.cell.min())
            found = found.group_by("unit", "cell").agg(departments=found.count())
        elif of.startswith("first_"):
            column = of.removeprefix("first_")
            named = met.filter(met[column].notnull())
            found = named.group_by("unit").agg(cell=named.cell.min(), **{of: named[column].argmin(named.arrival)})
        else:
            continue
        cells = cells.left_join(found, ["unit", "cell"]).drop("unit_right", "cell_right")
    cells = cells.select("unit", "cell", **{feature.name: cells[feature.of] for feature in features})
    # There is one first: the largest of it and of nothing is it.
    return [Stated(cells, {f.name: "max" if f.of.startswith("first_") else "sum" for f in features})]


def _deals(features: list[Deal], facts: Facts, grid: Grid) -> list[ibis.Table]:
    seen = grid.crossed(facts.deals)
    seen = seen.filter(known(seen.known_day, seen.as_of))
    closed = seen.closed_day.notnull() & known(seen.closed_day, seen.as_of)
    measures = {
        "open_days": seen.as_of.max() - seen.opened_day.min(where=~closed),
        "lost_days": seen.as_of.max() - seen.closed_day.max(where=closed & (seen.status == "lost")),
    }
    states = {f.name: measures[f.of] for f in features if f.of in measures}
    parts = [seen.group_by("unit", "as_of").agg(**states)] if states else []
    staged = [f for f in features if f.of not in measures]
    if staged:
        assert facts.stages is not None
        changes = grid.crossed(facts.stages)
        changes = changes.filter(
            known(changes.known_day, changes.as_of)
            & (changes.closed_day.isnull() | ~known(changes.closed_day, changes.as_of))
        )
        last = ibis.window(group_by=["unit", "as_of"])
        # In two steps: not every engine lets a filter look at other rows.
        changes = changes.mutate(newest=changes.changed_at.max().over(last))
        latest = changes.filter(changes.changed_at == changes.newest)
        current = latest.group_by("unit", "as_of").agg(stage=latest.stage.max(), since=latest.changed_day.max())
        columns = {"stage": current.stage, "stage_days": current.as_of - current.since}
        parts.append(current.select("unit", "as_of", **{f.name: columns[f.of] for f in staged}))
    return parts


def _age(features: list[Age], facts: Facts, grid: Grid) -> list[ibis.Table]:
    ages = grid.crossed(facts.units.select("unit", "created_day"))
    ages = ages.filter(known(ages.created_day, ages.as_of))
    return [ages.select("unit", "as_of", **{f.name: ages.as_of - ages.created_day for f in features})]
