"""Features as columns in this process: what `build` states as expressions, put together by place instead of joined.

Each table of features is fetched on its own and laid beside the snapshots by the place of its unit, a column at a time;
what is made from engagement comes from the `diary`. Values and types are those of `build`
(`tests/scoring/test_feature_arrays.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from scoring.engagement import Engagements
from scoring.features.engagement_arrays import Diary, Rows
from scoring.features.engagement_block_arrays import Engaged
from scoring.features.facts import Facts, Market
from scoring.features.feature_expressions import derived, finished, of_kind, require, stated
from scoring.features.spec import Feature, Group, Listed, Ratio
from scoring.timeline import Carry, Grid


@dataclass
class FeatureArrays:
    """Puts features of snapshots together; what accounts and leads of a market share it reads once, accounts first."""

    _rows: dict[int, tuple[Any, Rows]] = field(default_factory=dict, repr=False)
    _diaries: dict[int, tuple[Any, Diary]] = field(default_factory=dict, repr=False)

    def assemble(self, features: Sequence[Feature], market: Market, looks: ibis.Table, grid: Grid) -> pa.Table:
        """The features of every snapshot: parameters and columns are those of `feature_expressions.build`.

        Returns
        -------
        pyarrow.Table
            By `unit` and `as_of`.
        """
        given = looks.order_by("unit", "as_of").to_pyarrow()
        step = np.searchsorted(np.array(grid.days), given["as_of"].to_numpy())
        columns: dict[str, Any] = {name: given[name] for name in looks.columns}
        # What an account's scorecard asks for its leads' will ask for again, and nobody after them.
        remember = market.account is None
        for scope, facts, key in (("own", market.own, "unit"), ("account", market.account, "account_key")):
            wanted = [feature for feature in features if feature.scope == scope]
            if wanted and facts is None:
                raise ValueError(f"{wanted[0].name} is about the account, but no lead has one.")
            if wanted and facts is not None:
                columns |= self._level(wanted, facts, _Places.of(given[key], step, grid), grid, remember=remember)
        if not remember:
            self._rows.clear()
            self._diaries.clear()
        return pa.table({name: columns[name] for name in [*looks.columns, *(feature.name for feature in features)]})

    def _level(
        self, features: list[Feature], facts: Facts, places: _Places, grid: Grid, *, remember: bool
    ) -> dict[str, Any]:
        by_name = {feature.name: feature for feature in features}
        sources: dict[str, Any] = {}
        found: dict[str, Any] = {}
        for said in stated(features, facts, grid):
            in_cells = said.how is not None and len(grid.days) > 1
            table = said.rows if in_cells else said.table(grid)
            keys = [name for name in ("unit", "cell" if in_cells else "as_of") if name in table.columns]
            names = [name for name in table.columns if name not in keys]
            values = [finished(table, by_name[name]) if name in by_name else table[name] for name in names]
            part = places.beside(table.select(*keys, *values)).to_pyarrow()
            if in_cells and said.how is not None:
                found |= {name: places.carried(part, name, how) for name, how in said.how.items()}
                continue
            at = places.rows_of(part)
            for name in names:
                (found if name in by_name else sources)[name] = part[name].combine_chunks().take(at)
        for feature in of_kind(features, Group):
            if not feature.of.startswith("first_"):
                found[feature.name] = found[feature.name].fill_null(0.0)
        if asked := [feature for feature in features if isinstance(feature, Listed | Ratio)]:
            found |= _derived(asked, sources, facts)
        if engaged := [feature for feature in features if isinstance(feature, Engaged)]:
            require(facts.engagements, engaged)
            assert facts.engagements is not None
            diary = self._diary(facts.engagements)
            place = places.among(diary.units, facts.units.get_backend())
            told = diary.columns(engaged, grid, place, places.step, remember=remember)
            found |= {name: pa.array(column, from_pandas=True) for name, column in told.items()}
        return found

    def _diary(self, engagements: Engagements) -> Diary:
        # With what it was made from, whose place in memory nothing else can take then.
        if id(engagements) not in self._diaries:
            reduced = engagements.reduced
            if id(reduced) not in self._rows:
                self._rows[id(reduced)] = reduced, Rows.of(engagements)
            self._diaries[id(engagements)] = engagements, Diary(engagements, self._rows[id(reduced)][1])
        return self._diaries[id(engagements)][1]


#: A unit's name and place, and a row's number, beside what is told of it: nothing else has a blank at its beginning.
_NAME, _PLACE, _ROW = " name", " place", " row"


@dataclass(frozen=True)
class _Places:
    """Where each snapshot's unit stands among the `names` of a level, and its day among the grid's."""

    names: pa.Array
    place: np.ndarray
    step: np.ndarray
    grid: Grid

    @classmethod
    def of(cls, units: pa.ChunkedArray, step: np.ndarray, grid: Grid) -> _Places:
        coded = units.combine_chunks().dictionary_encode()
        return cls(coded.dictionary, coded.indices.to_numpy().astype(np.int64), step, grid)

    def beside(self, table: ibis.Table) -> ibis.Table:
        """The rows of a table about one of the names, with its place."""
        named = ibis.memtable(pa.table({_NAME: self.names, _PLACE: np.arange(len(self.names))}))
        return table.inner_join(named, table.unit == named[_NAME]).drop("unit", _NAME)

    def among(self, units: pa.Array, backend: Any) -> np.ndarray:
        """The place of each snapshot's unit among others; -1 for none."""
        theirs = ibis.memtable(pa.table({"unit": units, "theirs": np.arange(len(units))}))
        met = backend.to_pyarrow(self.beside(theirs))
        found = np.full(len(self.names), -1)
        found[met[_PLACE].to_numpy()] = met["theirs"].to_numpy()
        return found[self.place]

    def carried(self, part: pa.Table, name: str, how: Carry) -> pa.Array:
        """For each snapshot what became known before it, put together: see `Grid.carried`.

        Of the largest there must be one for each unit at most.
        """
        column = part[name].combine_chunks()
        some = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
        cell, place = part["cell"].to_numpy()[some], part[_PLACE].to_numpy()[some]
        dense = np.full((len(self.grid.days), len(self.names)), 0.0 if how == "sum" else -1)
        if how == "sum":
            dense[cell, place] = column.to_numpy(zero_copy_only=False)[some]
            return pa.array(np.cumsum(dense, axis=0)[self.step, self.place])
        dense[cell, place] = some
        rows = np.maximum.accumulate(dense, axis=0)[self.step, self.place]
        return column.take(pa.array(rows, mask=rows < 0))

    def rows_of(self, part: pa.Table) -> pa.Array:
        """For each snapshot the row of a part that is about it, null for none."""
        row, days, asked = part[_PLACE].to_numpy(), 1, self.place
        if "as_of" in part.column_names:
            days, asked = len(self.grid.days), self.place * len(self.grid.days) + self.step
            row = row * days + np.searchsorted(self.grid.days, part["as_of"].to_numpy())
        rows = np.full(len(self.names) * days, -1, dtype=np.int32)
        rows[row] = np.arange(len(row))
        found = rows[asked]
        return pa.array(found, mask=found < 0)


def _derived(features: Sequence[Listed | Ratio], sources: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """What is made from attributes, row by row, by the expressions that every engine has."""
    rows = len(next(iter(sources.values())))
    table = ibis.memtable(pa.table({**sources, _ROW: np.arange(rows)}))
    asked = [derived(feature, table).name(feature.name) for feature in features]
    told = facts.units.get_backend().to_pyarrow(table.select(_ROW, *asked).order_by(_ROW))
    return {feature.name: told[feature.name] for feature in features}
