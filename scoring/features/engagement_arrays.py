"""Engagement days in this process's memory: the interpreter of `Recency`, `Breadth` and `Momentum` in NumPy.

What `engaged` states as expressions, for any engine, is read off here from columns of whole numbers, where the engine
is in this process. The log is laid out by unit, in pages that stay in the processor's cache (`page`); each page gives
the features of its units on all days at once. Both give the same values, bit by bit (`tests/scoring/test_feature_arrays.py`).
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
from scoring.features.engagement_block_arrays import Engaged, Entries, Page
from scoring.features.spec import Recency
from scoring.timeline import Grid

#: Rows that are laid out at a time, and about how many entries a page has.
ROWS = 500_000
#: Pages that are read side by side: what bounds the memory.
THREADS = 2


@dataclass(frozen=True)
class Rows:
    """A log in columns.

    Attributes
    ----------
    actors : Table
        `actor` and its `place`, from 0.
    kinds : tuple of str
    actor, kind : array of int, shape (n,)
        Places among `actors` and `kinds`.
    day, known : array of int, shape (n,)
    """

    actors: ibis.Table
    kinds: tuple[str, ...]
    actor: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    known: np.ndarray

    @classmethod
    def of(cls, engagements: Engagements) -> Rows:
        """The log that engagements are made from: the same for all levels."""
        reduced = engagements.reduced
        days, place = reduced.log.days, ibis.row_number().over(order_by="actor")
        actors = reduced.keep(reduced.log.actors.select("actor").distinct().mutate(place=place.cast("int32")))
        kinds = tuple(sorted(days.select("kind").distinct().to_pyarrow()["kind"].to_pylist()))
        codes = ibis.memtable({"kind": kinds, "code": range(len(kinds))}, schema={"kind": "string", "code": "int16"})
        rows = days.inner_join(codes, "kind").inner_join(actors, "actor")
        day, known = rows.day.cast("int32"), rows.known_day.cast("int32")
        found = rows.select("place", "code", day=day, known_day=known).to_pyarrow()
        return cls(actors, kinds, *(found[name].to_numpy() for name in ("place", "code", "day", "known_day")))


class Diary:
    """What the units of one level did.

    Parameters
    ----------
    engagements : Engagements
    rows : Rows
        The log of `engagements`.

    Attributes
    ----------
    units : pyarrow.Array
        Who has any engagement: what a place in here means.
    """

    def __init__(self, engagements: Engagements, rows: Rows) -> None:
        self.rows = rows
        whose = engagements.whose.inner_join(rows.actors, "actor").drop("actor").to_pyarrow().combine_chunks()
        _, firsts, unit = np.unique(whose["number"].to_numpy(), return_index=True, return_inverse=True)
        self.units: pa.Array = whose["unit"].combine_chunks().take(pa.array(firsts))
        person = whose["lead_id"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
        departments = whose["department"].combine_chunks().dictionary_encode()
        self.departments = tuple(departments.dictionary.to_pylist())
        # The columns of `whose`, and of each known person a number for each unit that it is of.
        self._unit = unit.astype(np.int32)
        self._member = np.unique(unit << 32 | person, return_inverse=True)[1].astype(np.int32)
        self._member[person < 0] = -1
        self._since = whose["person_day"].to_numpy().astype(np.int32)
        self._decides = whose["decision_maker"].to_numpy()
        self._department = departments.indices.fill_null(-1).to_numpy().astype(np.int8)
        # An actor may be several of a level's people: where the first of them stands, and how many they are.
        actor = whose["place"].to_numpy()
        self._by_actor = np.argsort(actor, kind="stable").astype(np.int32)
        self._often = np.bincount(actor, minlength=int(rows.actor.max(initial=-1)) + 1).astype(np.int32)
        self._first = (np.cumsum(self._often) - self._often).astype(np.int32)
        self._remembered: dict[tuple[tuple[int, ...], Engaged], np.ndarray] = {}

    def columns(
        self, features: Sequence[Engaged], grid: Grid, place: np.ndarray, step: np.ndarray, *, remember: bool = False
    ) -> dict[str, np.ndarray]:
        """Each feature of some snapshots.

        Parameters
        ----------
        features : sequence of Recency, Breadth and Momentum
        grid : Grid
        place, step : array of int, shape (n,)
            Whose they are, among `units` (-1 for none of these), and of which day of the grid.
        remember : bool
            Whether somebody will ask for the same of the same day: leads do for what their accounts did.

        Returns
        -------
        dict of array
            By name: float64 of shape (n,), NaN for null.
        """
        told = {feature: (grid.days, _plain(feature)) for feature in features}
        new = {key: feature for feature, key in told.items() if key not in self._remembered}
        if remember and len(grid.days) == 1:
            every = np.arange(len(self.units))
            read = self._read([*new.values()], grid, every, 0 * every)
            for (key, feature), values in zip(new.items(), read, strict=True):
                self._remembered[key] = np.append(values, _nothing(feature))  # where -1 points
            found = {}
        else:
            found = dict(zip(new, self._read([*new.values()], grid, place, step), strict=True))
        return {
            feature.name: found[key] if key in found else self._remembered[key][place] for feature, key in told.items()
        }

    def _read(self, features: Sequence[Engaged], grid: Grid, place: np.ndarray, step: np.ndarray) -> list[np.ndarray]:
        found = {feature: np.empty(len(place)) for feature in features}
        nobody = np.flatnonzero(place < 0)
        each = max(1, len(self.units) * ROWS // max(len(self.rows.day), ROWS))
        pages = [range(begin, min(begin + each, len(self.units))) for begin in range(0, len(self.units), each)]
        looks = _parted(np.where(place < 0, -1, place // each), len(pages))
        with ThreadPoolExecutor(THREADS) as pool:
            slices = [slice(begin, begin + ROWS) for begin in range(0, len(self.rows.day), ROWS)]
            laid_out = list(pool.map(lambda some: self._laid_out(some, each, len(pages)), slices))

            def read(number: int) -> None:
                units, those = pages[number], looks[number]
                page = Page(self._entries([part[number] for part in laid_out], units), self.departments, grid)
                for feature, values in page.read(features):
                    found[feature][those] = values[step[those], place[those] - units.start]

            list(pool.map(read, [number for number in range(len(pages)) if len(looks[number])]))
            list(pool.map(lambda feature: found[feature].put(nobody, _nothing(feature)), features))
        return list(found.values())

    def _laid_out(self, some: slice, each: int, pages: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Some rows of the log, page by page: their places, and who it was, as often as the actor is somebody here."""
        actor = self.rows.actor[some]
        times = self._often[actor]
        if times.max() <= 1:
            rows = np.flatnonzero(times)
            nth = 0
        else:
            rows = np.repeat(np.arange(len(times)), times)
            nth = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
        who = self._by_actor[self._first[actor[rows]] + nth]
        rows = rows.astype(np.int32)
        return [(rows[page] + np.int32(some.start), who[page]) for page in _parted(self._unit[who] // each, pages)]

    def _entries(self, parts: Sequence[tuple[np.ndarray, np.ndarray]], units: range) -> Entries:
        rows, who = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        member = self._member[who]
        return Entries(
            units=len(units),
            kinds=self.rows.kinds,
            unit=self._unit[who] - units.start,
            kind=self.rows.kind[rows],
            day=self.rows.day[rows],
            known=np.maximum(self.rows.known[rows], self._since[who]),
            member=np.where(member < 0, -1, member - member.min(where=member >= 0, initial=len(self._member))),
            decides=self._decides[who],
            department=self._department[who],
        )


def _parted(page: np.ndarray, pages: int) -> list[np.ndarray]:
    """The places of each page's rows, in order; those of page -1 are nobody's."""
    page = page.astype(np.int16)  # which is sorted by counting
    order = np.argsort(page, kind="stable")
    ends = np.searchsorted(page[order], np.arange(-1, pages), side="right")
    return [order[begin:end] for begin, end in pairwise(ends)]


def _plain(feature: Engaged) -> Engaged:
    """What is computed, whatever it is called and whoever asks."""
    return replace(feature, name="", label="", side="intent", scope="own")


def _nothing(feature: Engaged) -> float:
    """The value where there is no engagement at all."""
    return np.nan if isinstance(feature, Recency) else 0.0
