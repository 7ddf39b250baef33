"""What came after triggers on past days: conversations within some days, and wins within the horizon.

It is looked at every four weeks. On each of these days only what was known before it counts, and those with a trigger
are compared with others on the same day who were in the same state before it: with or without an open deal, and engaged
or not in the four weeks before the last four. Compared by the last four weeks, who came back would stand beside those
who never went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np

from pipelines.calls.touches import PastTouches
from pipelines.config import Config
from pipelines.intake.point_in_time import Export
from scoring.calls.associations import Bools, Ints, association
from scoring.calls.call_list import Learned
from scoring.calls.trigger_events import standing_events
from scoring.calls.triggers import BY_NAME
from scoring.features.facts import Facts
from scoring.features.snapshots import snapshots
from scoring.planning.sources.conversations import conversations
from scoring.timeline import Grid, known

#: Days between two past days, and how many of them there are at most.
EVERY, MOST = 28, 20
#: The days of engagement by which others are alike: from so many days before until so many.
BEFORE, UNTIL = 56, 28
#: The first past day is so long after the first engagement: before that nothing is usual for anybody.
HISTORY = 182
CONVERSATION, WIN = "conversation", "win"


@dataclass(frozen=True)
class _Rows:
    """Who was open on past days; n is how many rows.

    Attributes
    ----------
    keys : ndarray of int, shape (n,)
        Unit and day in one number, rising.
    unit, day : ndarray of int, shape (n,)
    numbers : Table
        The number of each `unit`: names of millions of rows would fill the memory.
    days : tuple of int
    """

    keys: Ints
    unit: Ints
    day: Ints
    numbers: ibis.Table
    days: tuple[int, ...]

    @classmethod
    def of(cls, export: Export, facts: Facts, grid: Grid) -> _Rows:
        units = facts.units.select("unit").distinct()
        numbers = export.keep(units.mutate(number=ibis.row_number().over(order_by="unit")))
        keys = np.sort(_keys(snapshots(facts, grid), numbers, grid.days))
        return cls(keys, keys // len(grid.days), keys % len(grid.days), numbers, tuple(grid.days))

    def where(self, table: ibis.Table) -> Bools:
        """Which rows a table of `unit` and `as_of` names."""
        return np.isin(self.keys, _keys(table, self.numbers, self.days))


def _keys(table: ibis.Table, numbers: ibis.Table, days: Sequence[int]) -> Ints:
    """The key of each row of a table of `unit` and `as_of`, each once."""
    rows = table.select("unit", "as_of").inner_join(numbers, "unit").select("number", "as_of").distinct().to_pyarrow()
    day = np.searchsorted(days, rows["as_of"].to_numpy())
    return np.asarray(rows["number"].to_numpy().astype(np.int64) * len(days) + day)


def past_grid(facts: Facts, as_of: int, conversation_days: int) -> Grid | None:
    """The past days, whole weeks before `as_of`; None where the history is too short."""
    if facts.engagements is None:
        return None
    first = facts.engagements.reduced.log.days.day.min().to_pyarrow().as_py()
    begin = -(-conversation_days // EVERY)
    days = [as_of - EVERY * (begin + i) for i in range(MOST)]
    kept = sorted(day for day in days if first is not None and day >= first + HISTORY)
    return Grid(tuple(kept)) if kept else None


def learned(
    export: Export,
    facts: Facts,
    events: ibis.Table,
    touches: PastTouches,
    grid: Grid,
    config: Config,
    horizon_days: int,
    asked: Sequence[str],
) -> list[Learned]:
    """The association of each trigger with later conversations and wins.

    Parameters
    ----------
    export : Export
    facts : Facts
    events : Table
        As `trigger_events.events` gives them.
    touches : PastTouches
    grid : Grid
        The past days.
    config : Config
        Its section ``sources`` says what a conversation is.
    horizon_days : int
        Within how many days a win counts.
    asked : sequence of str
        Names of triggers.
    """
    rows, talk_days = _Rows.of(export, facts, grid), config.sources.conversation_days
    deals = grid.crossed(facts.deals)
    is_open = deals.closed_day.isnull() | ~known(deals.closed_day, deals.as_of)
    in_deal = rows.where(deals.filter(known(deals.known_day, deals.as_of) & is_open))
    won = deals.filter((deals.status == "won") & _soon(deals.closed_day, deals.as_of, horizon_days))
    outcomes = {WIN: (horizon_days, rows.where(won))}
    engaged = np.zeros(len(rows.keys), dtype=bool)
    if touches.rows is not None:
        kinds = touches.rows.select("kind", "direction").distinct().to_pandas()
        pairs = list(zip(kinds["kind"], kinds["direction"], strict=True))
        talks = [f"{kind}\x1f{way}" for kind, way in conversations(pairs, config.sources.conversation_types)]
        each = grid.crossed(
            touches.rows.select("unit", "day", word=touches.rows.kind + "\x1f" + touches.rows.direction)
        )
        talked = each.filter(each.word.isin(talks) & _soon(each.day, each.as_of, talk_days))
        outcomes = {CONVERSATION: (talk_days, rows.where(talked)), **outcomes}
        back = each.filter(
            each.word.endswith("\x1finbound") & (each.day < each.as_of - UNTIL) & (each.day >= each.as_of - BEFORE)
        )
        engaged = rows.where(back)
    stratum = (rows.day * 2 + in_deal) * 2 + engaged
    fresh = standing_events(events, grid)
    has = {name: rows.where(fresh.filter(fresh.trigger == name)) for name in asked}
    days = np.array(rows.days)[rows.day]
    found = []
    for name in (name for name in asked if has[name].any()):
        for outcome, (ahead, occurred) in outcomes.items():
            mature = days + ahead <= export.day
            one = association(occurred[mature], has[name][mature], stratum[mature], rows.unit[mature])
            found.append(Learned(name, BY_NAME[name].words, outcome, ahead, one))
    return found


def _soon(day: ibis.Value, as_of: ibis.Value, ahead: int) -> ibis.Value:
    return (day >= as_of) & (day < as_of + ahead)
