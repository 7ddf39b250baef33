"""What the nights of a store say of a target market: how many are in it, in which grade, and how many enter one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pandas as pd

from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from pipelines.store import ledger
from pipelines.store.ledger import Night
from scoring.alignment.feasibility import ScoredMarket
from scoring.alignment.target_market import TargetMarket
from scoring.cells.cells import column_key
from scoring.entity import Entity
from scoring.hints import hint

#: The night that the newest one is compared with is so many days older.
LEAST_DAYS, MOST_DAYS = 7, 92
COLUMNS = ("grade", "expected_amount", "expected_revenue")


def in_market(market: TargetMarket, export: Export, entity: Entity) -> frozenset[str]:
    """The ids that are in a target market.

    Parameters
    ----------
    market : TargetMarket
    export : Export
        Its attributes decide.
    entity : {"account", "lead"}

    Raises
    ------
    UsageError
        If the export lacks an attribute.
    """
    table, key = dict(export.tables.present())[f"{entity}s"], f"{entity}_id"
    columns = {column_key(name): name for name in table.columns}
    if missing := [name for name in market.attributes if column_key(name) not in columns]:
        own = [name for name in table.columns if name != key]
        raise UsageError(f"[target_market]: {entity}s have no attribute {missing[0]!r}; {hint(missing[0], own)}")
    named = {name: columns[column_key(name)] for name in market.attributes}
    units = table.select(key, **{name: table[column] for name, column in named.items()}).to_pandas()
    return frozenset(units.loc[market.holds(units), key])


def measured(past: Sequence[Night], entity: Entity, ids: frozenset[str] | None) -> ScoredMarket:
    """What the newest night says of a target market, and the nights before it.

    Parameters
    ----------
    past : sequence of Night
        Oldest first; the last one has the entity.
    entity : {"account", "lead"}
    ids : frozenset of str or None
        Who is in the market; None for all.
    """
    newest = past[-1]
    now = _scores(newest.scores(entity), entity, ids)
    grades = {str(grade): int(count) for grade, count in now["grade"].value_counts().items()}
    revenue = float(now["expected_revenue"].sum())
    return ScoredMarket(
        newest.as_of, len(now), grades, _entered(past, now, entity, ids), revenue, float(now["expected_amount"].sum())
    )


def _entered(
    past: Sequence[Night], now: pd.DataFrame, entity: Entity, ids: frozenset[str] | None
) -> Mapping[str, float]:
    """How many came into each grade in a week, since the oldest night that is not too long ago."""
    newest = past[-1]
    from_day, to_day = newest.as_of - timedelta(days=MOST_DAYS), newest.as_of - timedelta(days=LEAST_DAYS)
    earlier = [night for night in past if night.has(entity) and from_day <= night.as_of <= to_day]
    if not earlier:
        return {}
    since = min(earlier, key=lambda night: (night.as_of, night.sequence))
    before = _scores(since.scores(entity), entity, ids)["grade"]
    was = before.reindex(now.index).fillna("E")
    entered = now.loc[now["grade"] < was, "grade"].value_counts()
    weeks = (newest.as_of - since.as_of).days / 7
    return {str(grade): float(count) / weeks for grade, count in entered.items()} or {"A": 0.0}


def _scores(file: Path, entity: Entity, ids: frozenset[str] | None) -> pd.DataFrame:
    scores = pd.read_parquet(file, columns=[f"{entity}_id", *COLUMNS]).set_index(f"{entity}_id")
    return scores if ids is None else scores[scores.index.isin(ids)]


def nights_with(past: Sequence[Night], entity: Entity | None) -> tuple[Entity, list[Night]] | None:
    """The entity that is planned by, with its nights: accounts where there are any, else leads; None without a night.

    Parameters
    ----------
    past : sequence of Night
        Oldest first.
    entity : {"account", "lead"}, optional
        The one that was asked for.
    """
    for wanted in ("account", "lead") if entity is None else (entity,):
        if (last := ledger.last(past, wanted)) is not None:
            return wanted, past[: past.index(last) + 1]  # type: ignore[return-value]
    return None
