"""Attributes as nights kept them: at each cut-off, before each outcome, and from when on they are safe.

An attribute that is filled or emptied by the outcome looks like a leak, and is one as long as only today's values are
known. Of outcomes that came after nights began to keep it, the value before is known. If they show no leak, the
attribute is used from that day on, and is empty at the cut-offs before (`Kept.from_begin`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import ibis

from scoring.kept import KNOWN_AT, at_each, last_before, with_held
from scoring.timeline import Grid, day_of, known


@dataclass(frozen=True)
class Kept:
    """What nights kept of the attributes of one level.

    Attributes
    ----------
    rows : Table
        `unit`, `known_at`, and the value of each kept attribute from then on.
    since : mapping of int
        By attribute, the day number from which it is kept.
    from_begin : frozenset of str
        The attributes that count from that day only; of the others the first value held always.
    """

    rows: ibis.Table
    since: Mapping[str, int]
    from_begin: frozenset[str] = frozenset()

    def of_units(self, units: ibis.Table) -> Kept:
        """The same of some units only."""
        return replace(self, rows=self.rows.semi_join(units, "unit"))

    def counting_from_begin(self, names: Iterable[str]) -> Kept:
        """The same with these attributes counting from the day on which nights began to keep them."""
        return replace(self, from_begin=frozenset(names) & self.since.keys())

    def values(self, table: ibis.Table, column: str, grid: Grid) -> ibis.Table:
        """The values of an attribute at each cut-off: `unit`, `as_of` and `value`.

        Parameters
        ----------
        table : Table
            The current values, one row a unit.
        column : str
        grid : Grid
        """
        rows = self.rows.select("unit", KNOWN_AT, value=self.rows[column])
        if column in self.from_begin:
            return at_each(grid.crossed(rows), "unit", self.since[column]).select("unit", "as_of", "value")
        several = rows.group_by("unit").having(rows.count() > 1).agg(n=rows.count())
        always = table.select("unit", value=table[column]).anti_join(several, "unit")
        changed = at_each(grid.crossed(rows.semi_join(several, "unit")), "unit")
        always = grid.crossed(always).select("unit", "as_of", "value")
        return changed.select("unit", "as_of", "value").union(always.cast({"value": rows.value.type()}))

    def before(self, table: ibis.Table, outcomes: ibis.Table) -> ibis.Table:
        """The current values with those known before its outcome for each unit that has one.

        Parameters
        ----------
        table : Table
            The current values, one row a unit.
        outcomes : Table
            `unit` and `outcome_day`.
        """
        names = [name for name in self.since if name in table.columns]
        if not names:
            return table
        rows = self.rows.inner_join(outcomes, "unit")
        return with_held(table, last_before(rows, "unit", rows.outcome_day), "unit", names)

    def decided_later(self, table: ibis.Table, outcomes: ibis.Table, since: int) -> ibis.Table:
        """The units of a table whose outcome, if any, came after they were recorded with what is kept since a day.

        Parameters
        ----------
        table : Table
            One row a unit.
        outcomes : Table
            `unit` and `outcome_day`.
        since : int
            Day number.
        """
        recorded = self.rows.group_by("unit").agg(recorded=ibis.greatest(day_of(self.rows[KNOWN_AT].min()), since))
        before = outcomes.left_join(recorded, "unit").drop("unit_right")
        before = before.filter(~known(before.recorded, before.outcome_day).fill_null(False))
        return table.anti_join(before, "unit")
