"""Engagement features as NumPy arrays, in this process: the log as columns of whole numbers, cut into blocks of units.

`engagement.expressions` defines the same for any engine. A block fits into the processor's cache and gives the features
of its units on all days at once (`block_arrays`). Both give the same values, bit by bit
(`tests/scoring/features/test_feature_arrays.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import ibis
import numpy as np
import pyarrow as pa

from scoring.engagement import Engagements
from scoring.features.engagement.block_arrays import EngagementBlock, EngagementDays
from scoring.features.spec import Engaged, Recency
from scoring.timeline import Grid

#: Rows of the log that are sorted into blocks at a time, and about how many engagement days a block has.
ROWS = 500_000
#: Blocks that are computed at the same time: this bounds the memory.
THREADS = 2


@dataclass(frozen=True)
class LogArrays:
    """The engagement log as columns: see `scoring.tables.Log`.

    Attributes
    ----------
    actors : Table
        `actor` and its `index`, from 0.
    kinds : tuple of str
        The kinds of activity, in alphabetical order.
    actor, kind : array of int, shape (n,)
        Indices among `actors` and `kinds`.
    day, known : array of int, shape (n,)
        Day numbers: when it happened, and when it became known.
    """

    actors: ibis.Table
    kinds: tuple[str, ...]
    actor: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, engagements: Engagements) -> LogArrays:
        """The log that engagements are made from: the same for all levels."""
        reduced = engagements.reduced
        days, index = reduced.log.days, ibis.row_number().over(order_by="actor")
        actors = reduced.keep(reduced.log.actors.select("actor").distinct().mutate(index=index.cast("int32")))
        kinds = tuple(sorted(days.select("kind").distinct().to_pyarrow()["kind"].to_pylist()))
        codes = ibis.memtable({"kind": kinds, "code": range(len(kinds))}, schema={"kind": "string", "code": "int16"})
        rows = days.inner_join(codes, "kind").inner_join(actors, "actor")
        day, known = rows.day.cast("int32"), rows.known_day.cast("int32")
        columns_read = rows.select("index", "code", day=day, known_day=known).to_pyarrow()
        return cls(actors, kinds, *(columns_read[name].to_numpy() for name in ("index", "code", "day", "known_day")))


class EngagementArrays:
    """The engagement of the units of one level.

    Parameters
    ----------
    engagements : Engagements
    log : LogArrays
        The log of `engagements`.

    Attributes
    ----------
    units : pyarrow.Array
        The units with any engagement: a unit's index is its index in here.
    """

    def __init__(self, engagements: Engagements, log: LogArrays) -> None:
        self.log = log
        whose = engagements.whose.inner_join(log.actors, "actor").drop("actor").to_pyarrow().combine_chunks()
        firsts, unit = _counted(whose["number"].to_numpy())
        self.units: pa.Array = whose["unit"].combine_chunks().take(pa.array(firsts))
        person = whose["lead_id"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
        departments = whose["department"].combine_chunks().dictionary_encode()
        self.departments = tuple(departments.dictionary.to_pylist())
        # The columns of `whose`; each known person has a number of its own in each of its units.
        self._unit = unit.astype(np.int32)
        self._member = np.unique(unit << 32 | person, return_inverse=True)[1].astype(np.int32)
        self._member[person < 0] = -1
        self._since = whose["person_day"].to_numpy().astype(np.int32)
        self._decides = whose["decision_maker"].to_numpy()
        self._department = departments.indices.fill_null(-1).to_numpy().astype(np.int8)
        self._position = whose["position"].fill_null(-1).to_numpy()
        # An actor may be several of a level's people: the index of the first of them, and how many they are.
        actor = whose["index"].to_numpy()
        self._by_actor = np.argsort(actor, kind="stable").astype(np.int32)
        self._often = np.bincount(actor, minlength=int(log.actor.max(initial=-1)) + 1).astype(np.int32)
        self._first = (np.cumsum(self._often) - self._often).astype(np.int32)
        self._remembered: dict[tuple[tuple[int, ...], Engaged], np.ndarray] = {}

    def columns(
        self, features: Sequence[Engaged], grid: Grid, unit: np.ndarray, step: np.ndarray, *, remember: bool = False
    ) -> dict[str, np.ndarray]:
        """Each feature of some snapshots.

        Parameters
        ----------
        features : sequence of Recency, Breadth, Momentum and Regularity
        grid : Grid
        unit, step : array of int, shape (n,)
            Of each snapshot the index of its unit among `units` (-1 for a unit without engagement), and of its day
            among the days of the grid.
        remember : bool
            Whether the same features of the same day are needed again: leads need those of their accounts.

        Returns
        -------
        dict of array, shape (n,)
            By name: float64, NaN for null.
        """
        asked = {feature: (grid.days, _plain(feature)) for feature in features}
        new = {key: feature for feature, key in asked.items() if key not in self._remembered}
        if remember and len(grid.days) == 1:
            every = np.arange(len(self.units))
            computed = self._compute([*new.values()], grid, every, 0 * every)
            for (key, feature), values in zip(new.items(), computed, strict=True):
                self._remembered[key] = np.append(values, _nothing(feature))  # index -1
            new_values = {}
        else:
            new_values = dict(zip(new, self._compute([*new.values()], grid, unit, step), strict=True))
        return {
            feature.name: new_values[key] if key in new_values else self._remembered[key][unit]
            for feature, key in asked.items()
        }

    def engaged_codes(self, code: np.ndarray, since: int, as_of: int) -> np.ndarray:
        """The codes of those who engaged, as a number with a bit for each: int64 of shape (n_units,).

        Parameters
        ----------
        code : array of int, shape (n_positions,)
            The code of each of `titles.POSITIONS`, below 63; -1 for none.
        since, as_of : int
            Day numbers: engagement on days from the first on counts, as it was known before the second.
        """
        log = self.log
        engaged = np.zeros(len(self._often), dtype=bool)
        engaged[log.actor[(log.day >= since) & (log.known < as_of)]] = True
        rows = self._by_actor[np.repeat(engaged, self._often)]  # in the order of the actors
        codes = np.append(code, -1)[self._position[rows]]
        some = (codes >= 0) & (self._since[rows] < as_of)
        bits = np.zeros(len(self.units), dtype=np.int64)
        np.bitwise_or.at(bits, self._unit[rows[some]], 1 << codes[some])
        return bits

    def _compute(self, features: Sequence[Engaged], grid: Grid, unit: np.ndarray, step: np.ndarray) -> list[np.ndarray]:
        columns = {feature: np.empty(len(unit)) for feature in features}
        nobody = np.flatnonzero(unit < 0)
        size = max(1, len(self.units) * ROWS // max(len(self.log.day), ROWS))
        blocks = [range(begin, min(begin + size, len(self.units))) for begin in range(0, len(self.units), size)]
        snapshots = _by_block(np.where(unit < 0, -1, unit // size), len(blocks))
        with ThreadPoolExecutor(THREADS) as pool:
            # One slice at least: all activities of the units may be our own.
            slices = [slice(begin, begin + ROWS) for begin in range(0, max(len(self.log.day), 1), ROWS)]
            sorted_rows = list(pool.map(lambda some: self._sorted(some, size, len(blocks)), slices))

            def compute(number: int) -> None:
                units, rows = blocks[number], snapshots[number]
                days = self._days([part[number] for part in sorted_rows], units)
                for feature, values in EngagementBlock(days, self.departments, grid).compute(features):
                    columns[feature][rows] = values[step[rows], unit[rows] - units.start]

            list(pool.map(compute, [number for number in range(len(blocks)) if len(snapshots[number])]))
            list(pool.map(lambda feature: columns[feature].put(nobody, _nothing(feature)), features))
        return list(columns.values())

    def _sorted(self, part: slice, size: int, blocks: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each block its rows in a part of the log, with their rows in `whose`: one a person of the actor."""
        actor = self.log.actor[part]
        times = self._often[actor]
        if times.max(initial=0) <= 1:
            rows = np.flatnonzero(times)
            nth = 0
        else:
            rows = np.repeat(np.arange(len(times)), times)
            nth = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
        whose_rows = self._by_actor[self._first[actor[rows]] + nth]
        rows = rows.astype(np.int32)
        return [
            (rows[block] + np.int32(part.start), whose_rows[block])
            for block in _by_block(self._unit[whose_rows] // size, blocks)
        ]

    def _days(self, parts: Sequence[tuple[np.ndarray, np.ndarray]], units: range) -> EngagementDays:
        rows, whose_rows = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        member = self._member[whose_rows]
        return EngagementDays(
            units=len(units),
            kinds=self.log.kinds,
            unit=self._unit[whose_rows] - units.start,
            kind=self.log.kind[rows],
            day=self.log.day[rows],
            known=np.maximum(self.log.known[rows], self._since[whose_rows]),
            member=np.where(member < 0, -1, member - member.min(where=member >= 0, initial=len(self._member))),
            decides=self._decides[whose_rows],
            department=self._department[whose_rows],
        )


def _by_block(block: np.ndarray, blocks: int) -> list[np.ndarray]:
    """The indices of each block's rows, in order; rows of block -1 are in no result."""
    block = block.astype(np.int16)  # which is sorted by counting
    order = np.argsort(block, kind="stable")
    ends = np.searchsorted(block[order], np.arange(-1, blocks), side="right")
    return [order[begin:end] for begin, end in pairwise(ends)]


def _counted(number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each different number stands first, and the index of each among the sorted: `np.unique` without a sort."""
    first = np.full(int(number.max(initial=-1)) + 1, -1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]  # of several the one that is written last stays
    there = first >= 0
    return first[there], (np.cumsum(there) - 1)[number]


def _plain(feature: Engaged) -> Engaged:
    """The feature without its name, label, side and scope: the part that decides its values."""
    return replace(feature, name="", label="", side="intent", scope="own")


def _nothing(feature: Engaged) -> float:
    """The value without any engagement."""
    return np.nan if isinstance(feature, Recency) else 0.0
