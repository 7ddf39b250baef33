"""Features as Ibis expressions, for any engine: snapshots in, one column for each feature out.

These expressions define what a feature is. `feature_arrays` computes the same values in this process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from scoring.cells.cells import text
from scoring.features.deals.bought_before import bought_before
from scoring.features.deals.deal_plans import deal_plans
from scoring.features.deals.deal_stages import of_open_deals
from scoring.features.engagement import expressions
from scoring.features.facts import Facts, MarketFacts
from scoring.features.spec import (
    Age,
    Attribute,
    Bought,
    Breadth,
    Deal,
    DealPlan,
    Feature,
    Group,
    LastBought,
    Listed,
    Momentum,
    Ratio,
    Recency,
    Regularity,
    is_category,
    is_count,
)
from scoring.timeline import Carry, Grid, known


def build(features: Sequence[Feature], market: MarketFacts, snapshots: ibis.Table, grid: Grid) -> ibis.Table:
    """The features of every snapshot.

    Parameters
    ----------
    features : sequence of Feature
    market : MarketFacts
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
            raise ValueError(f"{account_features[0].name} is a feature of the account, but no lead has an account.")
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
    """A feature's final column: a number as float64, a level as text; without facts, counts are 0, others null."""
    if isinstance(feature, Listed | Ratio):
        return derived(feature, table).name(feature.name)
    column = table[feature.name]
    if isinstance(feature, Breadth | Momentum | Regularity) or is_count(feature):
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
    tables = [part.table(grid) for part in feature_rows(features, facts, grid)]
    for kind, interpret in ENGAGED.items():
        if wanted := of_kind(features, kind):
            require(facts.engagements, wanted)
            tables += interpret(wanted, facts, grid)
    return tables


ENGAGED: dict[type[Feature], Any] = {
    Recency: expressions.recency,
    Breadth: expressions.breadth,
    Momentum: expressions.momentum,
    Regularity: expressions.regularity,
}


def of_kind(features: Sequence[Feature], kind: type) -> list[Any]:
    """The features of one kind, in order."""
    return [feature for feature in features if isinstance(feature, kind)]


def require(source: object, wanted: Sequence[Feature]) -> None:
    """Raise `ValueError` if the table that features are made from is missing."""
    if source is None:
        raise ValueError(f"{wanted[0].name} is made from a table that is not in this export.")


@dataclass(frozen=True)
class FeatureRows:
    """Some features as rows of `unit`, and of `as_of` unless they are static.

    With a `how`, the rows have a `cell` instead of `as_of`: see `Grid.carried`.
    """

    rows: ibis.Table
    how: Mapping[str, Carry] | None = None

    def table(self, grid: Grid) -> ibis.Table:
        """The rows by day."""
        return self.rows if self.how is None else grid.carried(self.rows, "unit", self.how)


def feature_rows(features: Sequence[Feature], facts: Facts, grid: Grid) -> list[FeatureRows]:
    """The features that are not made from engagement but from attributes, people, deals and dates."""
    parts: list[tuple[list[Any], ibis.Table | None, Any]] = [
        ([source for feature in features for source in feature.sources], facts.attributes, _attributes),
        (of_kind(features, Group), facts.people, _group),
        (of_kind(features, Deal), facts.deals, _deals),
        (of_kind(features, DealPlan), facts.stages, deal_plans),
        ([*of_kind(features, Bought), *of_kind(features, LastBought)], facts.won_deals, bought_before),
        (of_kind(features, Age), facts.units, _age),
    ]
    result: list[FeatureRows] = []
    for wanted, source, interpret in parts:
        if wanted:
            require(source, wanted)
            result += [
                part if isinstance(part, FeatureRows) else FeatureRows(part) for part in interpret(wanted, facts, grid)
            ]
    return result


def _attributes(features: list[Attribute], facts: Facts, grid: Grid) -> list[ibis.Table]:
    table = facts.attributes
    assert table is not None
    history = facts.history
    traced = [f for f in features if history is not None and f.column in history.columns]
    kept = [f for f in features if facts.kept is not None and f.column in facts.kept.since and f not in traced]
    static = [f for f in features if f not in traced and f not in kept]
    parts = [table.select("unit", **{f.name: table[f.column] for f in static})] if static else []
    for feature in traced:
        assert history is not None
        changes = history.filter(history[feature.column].notnull())
        changes = changes.group_by("unit", "known_at").agg(value=changes[feature.column].max())
        values = grid.crossed(changes).mutate(known_day=ibis._.known_at.date().epoch_days())
        values = values.filter(known(values.known_day, values.as_of))
        then = values.group_by("unit", "as_of").agg(value=values.value.argmax(values.known_at))
        # A unit without history of the attribute has always had its current value.
        always = table.anti_join(changes, "unit").select("unit", value=table[feature.column])
        always = grid.crossed(always).select("unit", "as_of", "value")
        parts.append(ibis.union(then, always.cast({"value": then.value.type()})).rename({feature.name: "value"}))
    for feature in kept:
        assert facts.kept is not None
        parts.append(facts.kept.values(table, feature.column, grid).rename({feature.name: "value"}))
    return parts


def _group(features: list[Group], facts: Facts, grid: Grid) -> list[FeatureRows]:
    people = facts.people
    assert people is not None
    # People without a date were always known. The first must not depend on row order: ties go by id.
    known_day = people.known_day.fill_null(0)
    arrival = known_day.cast("string").lpad(8, "0") + people.lead_id
    met = people.mutate(cell=grid.first_seeing(known_day), arrival=arrival)
    met = met.filter(met.cell < len(grid.days))
    if len(grid.days) == 1:
        return [FeatureRows(_of_all_met(features, met), _carried(features))]
    cells = met.group_by("unit", "cell").agg(people=met.count(), decision_makers=met.decision_maker.cast("int64").sum())
    for of in dict.fromkeys(feature.of for feature in features):
        if of == "departments":
            firsts = met.filter(met.department.notnull()).group_by("unit", "department").agg(cell=met.cell.min())
            firsts = firsts.group_by("unit", "cell").agg(departments=firsts.count())
        elif of.startswith("first_"):
            column = of.removeprefix("first_")
            named = met.filter(met[column].notnull())
            firsts = named.group_by("unit").agg(cell=named.cell.min(), **{of: named[column].argmin(named.arrival)})
        else:
            continue
        cells = cells.left_join(firsts, ["unit", "cell"]).drop("unit_right", "cell_right")
    cells = cells.select("unit", "cell", **{feature.name: cells[feature.of] for feature in features})
    return [FeatureRows(cells, _carried(features))]


def _of_all_met(features: list[Group], met: ibis.Table) -> ibis.Table:
    """The features of everybody met, in one pass: on a single day, as a night has, there is one cell."""
    columns: dict[str, ir.Scalar] = {}
    for of in dict.fromkeys(feature.of for feature in features):
        if of == "people":
            columns[of] = met.count()
        elif of == "decision_makers":
            columns[of] = met.decision_maker.cast("int64").sum()
        elif of == "departments":
            columns[of] = met.department.nunique()
        else:
            first = met[of.removeprefix("first_")]
            columns[of] = first.argmin(met.arrival, where=first.notnull())
    cells = met.group_by("unit", "cell").agg(**columns)
    return cells.select("unit", "cell", **{feature.name: cells[feature.of] for feature in features})


def _carried(features: list[Group]) -> dict[str, Carry]:
    """How cells are combined. Each unit has one first value, so the largest is that value."""
    return {feature.name: "max" if feature.of.startswith("first_") else "sum" for feature in features}


def _deals(features: list[Deal], facts: Facts, grid: Grid) -> list[ibis.Table]:
    deals = grid.crossed(facts.deals)
    deals = deals.filter(known(deals.known_day, deals.as_of))
    closed = deals.closed_day.notnull() & known(deals.closed_day, deals.as_of)
    measures = {
        "open_days": deals.as_of.max() - deals.opened_day.min(where=~closed),
        "lost_days": deals.as_of.max() - deals.closed_day.max(where=closed & (deals.status == "lost")),
    }
    states = {f.name: measures[f.of] for f in features if f.of in measures}
    parts = [deals.group_by("unit", "as_of").agg(**states)] if states else []
    staged = [f for f in features if f.of not in measures]
    if staged:
        assert facts.stages is not None
        changes = grid.crossed(_stages_begun(of_open_deals(facts.stages, grid)))
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


def _stages_begun(stages: ibis.Table) -> ibis.Table:
    """The changes of the stage: a row that tells something else of a deal, or the same stage again, is none."""
    named = stages.filter(stages.stage.notnull())
    so_far = ibis.window(group_by=["unit", "opportunity_id"], order_by=["changed_at", "stage"])
    named = named.mutate(before=named.stage.lag().over(so_far))
    return named.filter(named.before.isnull() | (named.before != named.stage)).drop("before")


def _age(features: list[Age], facts: Facts, grid: Grid) -> list[ibis.Table]:
    ages = grid.crossed(facts.units.select("unit", "created_day"))
    ages = ages.filter(known(ages.created_day, ages.as_of))
    return [ages.select("unit", "as_of", **{f.name: ages.as_of - ages.created_day for f in features})]
