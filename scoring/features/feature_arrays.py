"""Features as NumPy and Arrow columns, in this process.

`feature_expressions` defines the same features for any engine. Here each table of features is fetched on its own and
joined to the snapshots by the index of its unit, a column at a time; engagement features come from `engagement.arrays`.
Values and types are those of `feature_expressions.build` (`tests/scoring/features/test_feature_arrays.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.engagement import Engagements
from scoring.features.engagement.arrays import EngagementArrays, LogArrays
from scoring.features.facts import Facts, MarketFacts
from scoring.features.feature_expressions import derived, feature_rows, finished, require
from scoring.features.spec import Engaged, Feature, Listed, Ratio, is_count
from scoring.timeline import Carry, Grid

Made = TypeVar("Made")


@dataclass
class FeatureArrays:
    """The features of snapshots in this process. What accounts and leads share is read once: first for accounts."""

    _logs: dict[int, tuple[Any, LogArrays]] = field(default_factory=dict, repr=False)
    _engagements: dict[int, tuple[Any, EngagementArrays]] = field(default_factory=dict, repr=False)
    _made: dict[Any, tuple[Any, Any]] = field(default_factory=dict, repr=False)

    def assemble(self, features: Sequence[Feature], market: MarketFacts, snapshots: ibis.Table, grid: Grid) -> pa.Table:
        """The features of every snapshot: parameters and columns are those of `feature_expressions.build`.

        Returns
        -------
        pyarrow.Table
            By `unit` and `as_of`.
        """
        rows = snapshots.order_by("unit", "as_of").to_pyarrow()
        step = np.searchsorted(np.array(grid.days), rows["as_of"].to_numpy())
        columns: dict[str, Any] = {name: rows[name] for name in snapshots.columns}
        # The scorecard of leads uses again what the scorecard of accounts used; nothing uses it after that.
        remember = market.account is None
        for scope, facts, key in (("own", market.own, "unit"), ("account", market.account, "account_key")):
            wanted = [feature for feature in features if feature.scope == scope]
            if wanted and facts is None:
                raise ValueError(f"{wanted[0].name} is a feature of the account, but no lead has an account.")
            if wanted and facts is not None:
                columns |= self._level(wanted, facts, _Units.of(rows[key], step, grid), grid, remember=remember)
        if not remember:
            self._logs.clear()
            self._engagements.clear()
            self._made.clear()
        return pa.table({name: columns[name] for name in [*snapshots.columns, *(feature.name for feature in features)]})

    def _level(
        self, features: list[Feature], facts: Facts, units: _Units, grid: Grid, *, remember: bool
    ) -> dict[str, Any]:
        by_name = {feature.name: feature for feature in features}
        sources: dict[str, Any] = {}
        columns: dict[str, Any] = {}
        for part in feature_rows(features, facts, grid):
            in_cells = part.how is not None and len(grid.days) > 1
            table = part.rows if in_cells else part.table(grid)
            keys = [name for name in ("unit", "cell" if in_cells else "as_of") if name in table.columns]
            names = [name for name in table.columns if name not in keys]
            values = [finished(table, by_name[name]) if name in by_name else table[name] for name in names]
            rows = units.joined(table.select(*keys, *values)).to_pyarrow()
            if in_cells and part.how is not None:
                columns |= {name: units.carried(rows, name, how) for name, how in part.how.items()}
                continue
            index = units.rows_of(rows)
            for name in names:
                (columns if name in by_name else sources)[name] = rows[name].combine_chunks().take(index)
        for name in [feature.name for feature in features if is_count(feature)]:
            columns[name] = columns[name].fill_null(0.0)
        if asked := [feature for feature in features if isinstance(feature, Listed | Ratio)]:
            columns |= _derived(asked, sources, facts)
        if engaged := [feature for feature in features if isinstance(feature, Engaged)]:
            require(facts.engagements, engaged)
            assert facts.engagements is not None
            arrays = self.engagement(facts.engagements)
            engaged_units = units.among(arrays.units, facts.units.get_backend())
            engaged_columns = arrays.columns(engaged, grid, engaged_units, units.step, remember=remember)
            columns |= {name: pa.array(column, from_pandas=True) for name, column in engaged_columns.items()}
        return columns

    def once(self, engagements: Engagements, asked: Hashable, make: Callable[[], Made]) -> Made:
        """What is made of the engagement of a level for both entities: made when it is first asked for.

        Parameters
        ----------
        engagements : Engagements
        asked : hashable
            All else that it depends on.
        make : callable
            Makes it.
        """
        key = (id(engagements), asked)
        if key not in self._made:
            self._made[key] = engagements, make()
        made: Made = self._made[key][1]
        return made

    def engagement(self, engagements: Engagements) -> EngagementArrays:
        """The engagement of a level as arrays, which are made once and kept for its features."""
        # Each is kept with its source: as long as the source is kept, no other object can have its `id`.
        if id(engagements) not in self._engagements:
            reduced = engagements.reduced
            if id(reduced) not in self._logs:
                self._logs[id(reduced)] = reduced, LogArrays.of(engagements)
            self._engagements[id(engagements)] = engagements, EngagementArrays(engagements, self._logs[id(reduced)][1])
        return self._engagements[id(engagements)][1]


#: Columns for a unit's name and index, and for a row's number. No other column begins with a blank.
_NAME, _INDEX, _ROW = " name", " index", " row"


@dataclass(frozen=True)
class _Units:
    """The units of some snapshots: each snapshot's `index` among the `names` of a level, and its `step` in the grid."""

    names: pa.Array
    index: np.ndarray
    step: np.ndarray
    grid: Grid

    @classmethod
    def of(cls, units: pa.ChunkedArray, step: np.ndarray, grid: Grid) -> _Units:
        names = units.combine_chunks()
        one_a_unit = len(grid.days) == 1 and not names.null_count
        if one_a_unit and (len(names) < 2 or pc.all(pc.less(names[:-1], names[1:])).as_py()):
            return cls(names, np.arange(len(names)), step, grid)
        coded = names.dictionary_encode()
        return cls(coded.dictionary, coded.indices.to_numpy().astype(np.int64), step, grid)

    def joined(self, table: ibis.Table) -> ibis.Table:
        """The rows of a table whose unit is one of the names, with its index."""
        named = ibis.memtable(pa.table({_NAME: self.names, _INDEX: np.arange(len(self.names))}))
        return table.inner_join(named, table.unit == named[_NAME]).drop("unit", _NAME)

    def among(self, units: pa.Array, backend: Any) -> np.ndarray:
        """The index of each snapshot's unit among others; -1 for none."""
        others = ibis.memtable(pa.table({"unit": units, "other": np.arange(len(units))}))
        both = backend.to_pyarrow(self.joined(others))
        indices = np.full(len(self.names), -1)
        indices[both[_INDEX].to_numpy()] = both["other"].to_numpy()
        return indices[self.index]

    def carried(self, rows: pa.Table, name: str, how: Carry) -> pa.Array:
        """For each snapshot the sum or the largest of what was known before it: see `Grid.carried`.

        If `how` is the largest, each unit must have one row with a value at most.
        """
        column = rows[name].combine_chunks()
        some = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        cell, unit = rows["cell"].to_numpy()[some], rows[_INDEX].to_numpy()[some]
        dense = np.full((len(self.grid.days), len(self.names)), 0.0 if how == "sum" else -1)
        if how == "sum":
            dense[cell, unit] = column.to_numpy(zero_copy_only=False)[some]
            return pa.array(np.cumsum(dense, axis=0)[self.step, self.index])
        dense[cell, unit] = some
        newest = np.maximum.accumulate(dense, axis=0)[self.step, self.index]
        return column.take(pa.array(newest, mask=newest < 0))

    def rows_of(self, rows: pa.Table) -> pa.Array:
        """For each snapshot the index of its row, null for none."""
        slot, days, asked = rows[_INDEX].to_numpy(), 1, self.index
        if "as_of" in rows.column_names:
            days, asked = len(self.grid.days), self.index * len(self.grid.days) + self.step
            slot = slot * days + np.searchsorted(self.grid.days, rows["as_of"].to_numpy())
        by_slot = np.full(len(self.names) * days, -1, dtype=np.int32)
        by_slot[slot] = np.arange(len(slot))
        row = by_slot[asked]
        return pa.array(row, mask=row < 0)


def _derived(features: Sequence[Listed | Ratio], sources: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """The features made from attributes, computed row by row with the expressions of `feature_expressions`."""
    rows = len(next(iter(sources.values())))
    table = ibis.memtable(pa.table({**sources, _ROW: np.arange(rows)}))
    columns = [derived(feature, table).name(feature.name) for feature in features]
    values = facts.units.get_backend().to_pyarrow(table.select(_ROW, *columns).order_by(_ROW))
    return {feature.name: values[feature.name] for feature in features}
